"""The controllers that make pods of workloads. They run to the end after every write, so nothing has to be awaited.

Source: Kubernetes, "Deployments", "StatefulSets", "DaemonSet", "Jobs". A pod is Running as soon as it is created:
there is no kubelet.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from sandbox.kube.made import (
    NODES,
    hash_of,
    is_owned,
    reference,
    replica_set,
    revision_of,
    running,
    suffix,
    with_defaults,
)
from sandbox.kube.resources import (
    DAEMON_SET,
    DEPLOYMENT,
    EVENT,
    JOB,
    NAMESPACE,
    POD,
    REPLICA_SET,
    SERVICE_ACCOUNT,
    STATEFUL_SET,
    Object,
    Resource,
    name_of,
    namespace_of,
)
from sandbox.kube.store import Store, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MANAGER: Final = "kube-controller-manager"
_MOST_REPLICAS: Final = 20


class Controllers:
    """Everything that makes and removes pods in one cluster.

    Args:
        store: The cluster's objects.
        admit: What the admission chain makes of a pod that is to be created.
    """

    def __init__(self, store: Store, admit: Callable[[Object], Object]) -> None:
        self._store = store
        self._admit = admit

    def admitted(self, pod: Object) -> Object:
        """A pod that is created by hand goes the same way."""
        return running(self._admit(with_defaults(pod)), self._store)

    def run(self, namespace: str | None) -> None:
        """Bring one namespace to what its workloads ask for; None where it is no namespaced object."""
        if namespace is None:
            for found in self._store.list(NAMESPACE):
                self._default_account(name_of(found))
            return
        for deployment in self._store.list(DEPLOYMENT, namespace):
            self._deployment(deployment)
        for found in self._store.list(STATEFUL_SET, namespace):
            self._numbered(found)
        for found in self._store.list(DAEMON_SET, namespace):
            self._per_node(found)
        for found in self._store.list(JOB, namespace):
            self._job(found)

    def _default_account(self, namespace: str) -> None:
        if self._store.find(SERVICE_ACCOUNT, namespace, "default") is None:
            body = {"metadata": {"namespace": namespace, "name": "default"}}
            self._store.create(SERVICE_ACCOUNT, body, manager=_MANAGER)

    def _deployment(self, deployment: Object) -> None:
        wanted = min(deployment["spec"].get("replicas", 1), _MOST_REPLICAS)
        code = hash_of(deployment["spec"]["template"])
        name = f"{name_of(deployment)}-{code}"
        sets = [
            s
            for s in self._store.list(REPLICA_SET, namespace_of(deployment))
            if is_owned(s, deployment)
        ]
        current = next((s for s in sets if name_of(s) == name), None)
        if current is None:
            revision = 1 + max((int(revision_of(s)) for s in sets), default=0)
            current = self._store.create(
                REPLICA_SET,
                replica_set(deployment, name, code, revision, wanted),
                manager=_MANAGER,
            )
        ready = self._scale(current, wanted)
        for old in sets:
            if name_of(old) != name:
                self._scale(old, 0)
        status: Object = {
            "observedGeneration": deployment["metadata"].get("generation", 1),
            "replicas": ready,
            "updatedReplicas": ready,
            "readyReplicas": ready,
            "availableReplicas": ready,
        }
        if ready < wanted:
            status["unavailableReplicas"] = wanted - ready
        status["conditions"] = [
            {
                "type": "Available",
                "status": "True" if ready == wanted else "False",
                "reason": "MinimumReplicasAvailable"
                if ready == wanted
                else "MinimumReplicasUnavailable",
            }
        ]
        self._store.set_status(DEPLOYMENT, deployment, status)

    def _scale(self, owner: Object, wanted: int) -> int:
        """Make a replica set have so many pods; the number that it has now."""
        pods = list(self._pods_of(owner))
        for surplus in pods[wanted:]:
            self._store.delete(POD, namespace_of(surplus), name_of(surplus))
        for _ in range(wanted - len(pods)):
            if not self._make_pod(owner, REPLICA_SET, f"{name_of(owner)}-{suffix()}"):
                break
        ready = len(list(self._pods_of(owner)))
        if owner["spec"].get("replicas") != wanted:
            body = self._store.get(REPLICA_SET, namespace_of(owner), name_of(owner))
            body["spec"]["replicas"] = wanted
            self._store.replace(REPLICA_SET, body, manager=_MANAGER)
        self._store.set_status(
            REPLICA_SET, owner, {"replicas": ready, "readyReplicas": ready, "observedGeneration": 1}
        )
        return ready

    def _numbered(self, owner: Object) -> None:
        wanted = min(owner["spec"].get("replicas", 1), _MOST_REPLICAS)
        names = [f"{name_of(owner)}-{n}" for n in range(wanted)]
        self._renewed(owner, STATEFUL_SET, names)

    def _per_node(self, owner: Object) -> None:
        pods = [name_of(p) for p in self._pods_of(owner, hash_of(owner["spec"]["template"]))]
        names = pods or [f"{name_of(owner)}-{suffix()}" for _ in NODES]
        self._renewed(owner, DAEMON_SET, names)

    def _renewed(self, owner: Object, resource: Resource, names: list[str]) -> None:
        """Have exactly these pods, all of the present template."""
        code = hash_of(owner["spec"]["template"])
        fresh = {name_of(p) for p in self._pods_of(owner, code)}
        for pod in self._pods_of(owner):
            if name_of(pod) not in fresh or name_of(pod) not in names:
                self._store.delete(POD, namespace_of(pod), name_of(pod))
        for name in names:
            if name not in fresh and not self._make_pod(owner, resource, name, code):
                break
        ready = len(list(self._pods_of(owner)))
        generation = owner["metadata"].get("generation", 1)
        status: Object = (
            {
                "observedGeneration": generation,
                "desiredNumberScheduled": len(names),
                "currentNumberScheduled": ready,
                "updatedNumberScheduled": ready,
                "numberReady": ready,
                "numberAvailable": ready,
                "numberMisscheduled": 0,
            }
            if resource is DAEMON_SET
            else {
                "observedGeneration": generation,
                "replicas": ready,
                "readyReplicas": ready,
                "updatedReplicas": ready,
                "availableReplicas": ready,
            }
        )
        self._store.set_status(resource, owner, status)

    def _job(self, owner: Object) -> None:
        if not list(self._pods_of(owner)):
            self._make_pod(owner, JOB, f"{name_of(owner)}-{suffix()}")
        active = len(list(self._pods_of(owner)))
        self._store.set_status(JOB, owner, {"active": active})

    def _pods_of(self, owner: Object, code: str | None = None) -> Iterator[Object]:
        def fits(pod: Object) -> bool:
            labels = pod["metadata"].get("labels", {})
            return is_owned(pod, owner) and code in (None, labels.get("controller-revision-hash"))

        return self._store.list(POD, namespace_of(owner), where=fits)

    def _make_pod(
        self, owner: Object, resource: Resource, name: str, code: str | None = None
    ) -> bool:
        template = json.loads(json.dumps(owner["spec"]["template"]))
        meta = template.get("metadata", {})
        labels = dict(meta.get("labels", {}))
        if code is not None:
            labels["controller-revision-hash"] = code
        pod: Object = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "namespace": namespace_of(owner),
                "name": name,
                "labels": labels,
                "annotations": dict(meta.get("annotations", {})),
                "ownerReferences": [reference(owner, resource)],
            },
            "spec": template["spec"],
        }
        account = pod["spec"].get("serviceAccountName", "default")
        if self._store.find(SERVICE_ACCOUNT, namespace_of(owner), account) is None:
            self._fail(owner, resource, name, account)
            return False
        self._store.create(POD, self.admitted(pod), manager=_MANAGER)
        return True

    def _fail(self, owner: Object, resource: Resource, pod: str, account: str) -> None:
        """Tell why there is no pod, as the ServiceAccount admission plugin has it told."""
        name = f"{name_of(owner)}.failedcreate"
        if self._store.find(EVENT, namespace_of(owner), name) is not None:
            return
        namespace = namespace_of(owner)
        body: Object = {
            "metadata": {"namespace": namespace, "name": name},
            "involvedObject": {
                "kind": resource.kind,
                "namespace": namespace,
                "name": name_of(owner),
                "uid": owner["metadata"]["uid"],
            },
            "type": "Warning",
            "reason": "FailedCreate",
            "message": f'Error creating: pods "{pod}" is forbidden: error looking up service account '
            f'{namespace}/{account}: serviceaccount "{account}" not found',
            "lastTimestamp": stamp(self._store.now()),
        }
        self._store.create(EVENT, body, manager=_MANAGER)
