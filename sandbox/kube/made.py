"""Pods and replica sets as controllers and nodes make them of templates."""

from __future__ import annotations

import hashlib
import json
import random
from typing import TYPE_CHECKING, Any, Final

from sandbox.kube.resources import DEPLOYMENT, Object, Resource, name_of, namespace_of
from sandbox.kube.store import stamp

if TYPE_CHECKING:
    from sandbox.kube.store import Store

# Source: k8s.io/apimachinery, util/rand: no vowels, so that no words come about.
_LETTERS: Final = "bcdfghjklmnpqrstvwxz2456789"
_REVISION: Final = "deployment.kubernetes.io/revision"
NODES: Final = ("ip-10-0-1-17", "ip-10-0-2-41", "ip-10-0-3-5")


def with_defaults(pod: Object) -> Object:
    """A pod with the service account that it runs as."""
    spec = pod["spec"]
    account = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
    spec |= {"serviceAccountName": account, "serviceAccount": account}
    spec.setdefault("containers", [])
    return pod


def running(pod: Object, store: Store) -> Object:
    """A pod as it is once a node has it: Running, with all that it asks for."""
    now = stamp(store.now())
    node = NODES[int(hash_of(pod["metadata"].get("name", ""), raw=True), 16) % len(NODES)]
    pod["spec"].setdefault("nodeName", f"{node}.eu-west-1.compute.internal")
    pod["status"] = {
        "phase": "Running",
        "startTime": now,
        "conditions": [
            {"type": kind, "status": "True", "lastTransitionTime": now}
            for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")
        ],
        "containerStatuses": [
            {
                "name": container["name"],
                "image": container.get("image", ""),
                "ready": True,
                "restartCount": 0,
                "state": {"running": {"startedAt": now}},
            }
            for container in pod["spec"]["containers"]
        ],
    }
    return pod


def replica_set(deployment: Object, name: str, code: str, revision: int, replicas: int) -> Object:
    """The replica set of a revision of a deployment."""
    template = json.loads(json.dumps(deployment["spec"]["template"]))
    labels = template.setdefault("metadata", {}).setdefault("labels", {})
    labels["pod-template-hash"] = code
    return {
        "metadata": {
            "namespace": namespace_of(deployment),
            "name": name,
            "labels": dict(labels),
            "annotations": {_REVISION: str(revision)},
            "ownerReferences": [reference(deployment, DEPLOYMENT)],
        },
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
    }


def reference(owner: Object, resource: Resource) -> dict[str, Any]:
    """What an object says of the workload that made it."""
    return {
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "name": name_of(owner),
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def is_owned(found: Object, owner: Object) -> bool:
    """Whether a workload made an object."""
    uid = owner["metadata"]["uid"]
    return any(ref["uid"] == uid for ref in found["metadata"].get("ownerReferences", ()))


def revision_of(found: Object) -> str:
    """The revision of a replica set."""
    return str(found["metadata"].get("annotations", {}).get(_REVISION, "0"))


def hash_of(value: object, *, raw: bool = False) -> str:
    """A short name of a template, of its content alone; `raw` gives all hexadecimal digits."""
    digest = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
    if raw:
        return digest
    number = int(digest, 16)
    letters = []
    for _ in range(10):
        number, index = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "".join(letters)


def suffix() -> str:
    """The end of a pod's name."""
    return "".join(random.choices(_LETTERS, k=5))  # noqa: S311  a name, no secret
