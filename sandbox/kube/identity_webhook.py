"""What the EKS pod identity webhook does to a pod when it is created.

Source: aws/amazon-eks-pod-identity-webhook, README ("EKS Walkthrough" and "Usage with Windows/containers") and
pkg/handler/handler.go: which containers are skipped, and that a container which sets either variable is left alone.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, Final

from diagnostics.text.whole_number import whole_number
from sandbox.kube.selectors import selects

if TYPE_CHECKING:
    from sandbox.kube.resources import Object

CONFIGURATION: Final = "pod-identity-webhook"
DOMAIN: Final = "eks.amazonaws.com"
HOME: Final = "kube-system"
MAP: Final = "pod-identity-webhook"
"""The ConfigMap from which a self-hosted webhook may take roles, and its namespace."""
VOLUME: Final = "aws-iam-token"
MOUNT: Final = "/var/run/secrets/eks.amazonaws.com/serviceaccount"
_ROLE: Final = "AWS_ROLE_ARN"
_TOKEN: Final = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  a variable's name
_DEFAULT_SECONDS: Final = 86_400
_LEAST_SECONDS: Final = 600
_MOST_SECONDS: Final = 86_400


def configuration(*, url: str, ca_bundle: str) -> Object:
    """The MutatingWebhookConfiguration, as EKS installs it.

    Args:
        url: Where the webhook listens, under /mutate.
        ca_bundle: Base64 of the PEM text of its authority.
    """
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": CONFIGURATION},
        "webhooks": [
            {
                "name": "iam-for-pods.amazonaws.com",
                "admissionReviewVersions": ["v1beta1", "v1"],
                "clientConfig": {"url": url, "caBundle": ca_bundle},
                "failurePolicy": "Ignore",
                "sideEffects": "None",
                "matchPolicy": "Equivalent",
                "reinvocationPolicy": "IfNeeded",
                "namespaceSelector": {},
                "objectSelector": {
                    "matchExpressions": [
                        {"key": f"{DOMAIN}/skip-pod-identity-webhook", "operator": "DoesNotExist"}
                    ]
                },
                "rules": [
                    {
                        "apiGroups": [""],
                        "apiVersions": ["v1"],
                        "operations": ["CREATE"],
                        "resources": ["pods"],
                        "scope": "*",
                    }
                ],
            }
        ],
    }


def is_called(found: Object, *, pod: Object, namespace_labels: dict[str, str]) -> bool:
    """Whether the API server reaches the webhook for this pod; a failure is ignored, as EKS configures it."""
    for hook in found.get("webhooks", ()):
        client = hook.get("clientConfig", {})
        covers = any(
            "pods" in rule.get("resources", ()) and "CREATE" in rule.get("operations", ())
            for rule in hook.get("rules", ())
        )
        if (
            covers
            and client.get("caBundle")
            and (client.get("url") or client.get("service"))
            and selects(hook.get("namespaceSelector") or {}, namespace_labels)
            and selects(hook.get("objectSelector") or {}, pod["metadata"].get("labels", {}))
        ):
            return True
    return False


def with_mapped_role(account: Object | None, config_map: Object | None) -> Object | None:
    """The service account as a self-hosted webhook knows it: its annotation, or else what the ConfigMap says."""
    if account is None or config_map is None:
        return account
    metadata = account["metadata"]
    entries = json.loads(config_map.get("data", {}).get("config") or "{}")
    entry = entries.get(f"{metadata['namespace']}/{metadata['name']}", {})
    annotations = metadata.get("annotations") or {}
    if not entry.get("RoleARN") or annotations.get(f"{DOMAIN}/role-arn"):
        return account
    annotations = {**annotations, f"{DOMAIN}/role-arn": entry["RoleARN"]}
    return {**account, "metadata": {**metadata, "annotations": annotations}}


def mutated(pod: Object, account: Object | None, *, region: str) -> Object:
    """Return the pod as it comes back from the webhook.

    Args:
        pod: As it is to be created.
        account: Its service account, if there is one.
        region: The cluster's; the webhook of EKS sets it beside the role.
    """
    annotations = (account or {}).get("metadata", {}).get("annotations", {})
    role = annotations.get(f"{DOMAIN}/role-arn")
    if not role:
        return pod
    result = copy.deepcopy(pod)
    wanted = result["metadata"].get("annotations", {})
    skipped = {n.strip() for n in wanted.get(f"{DOMAIN}/skip-containers", "").split(",")}
    regional = annotations.get(f"{DOMAIN}/sts-regional-endpoints", "true")
    spec = result["spec"]
    touched = False
    for container in (*spec.get("initContainers", ()), *spec["containers"]):
        if container["name"] not in skipped:
            touched |= _inject(container, role=role, region=region, regional=regional)
    if touched:
        _add_volume(
            spec,
            audience=annotations.get(f"{DOMAIN}/audience") or "sts.amazonaws.com",
            seconds=_seconds(
                wanted.get(f"{DOMAIN}/token-expiration")
                or annotations.get(f"{DOMAIN}/token-expiration")
            ),
        )
    return result


def _inject(container: dict[str, Any], *, role: str, region: str, regional: str) -> bool:
    env = container.setdefault("env", [])
    names = {variable["name"] for variable in env}
    if names & {_ROLE, _TOKEN}:
        return False
    for name, value in (
        ("AWS_STS_REGIONAL_ENDPOINTS", "regional" if regional == "true" else "legacy"),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_REGION", region),
        (_ROLE, role),
        (_TOKEN, f"{MOUNT}/token"),
    ):
        if name not in names:
            env.append({"name": name, "value": value})
    mounts = container.setdefault("volumeMounts", [])
    if all(mount["mountPath"] != MOUNT for mount in mounts):
        mounts.append({"name": VOLUME, "mountPath": MOUNT, "readOnly": True})
    return True


def _add_volume(spec: dict[str, Any], *, audience: str, seconds: int) -> None:
    volumes = spec.setdefault("volumes", [])
    if any(volume["name"] == VOLUME for volume in volumes):
        return
    token = {"audience": audience, "expirationSeconds": seconds, "path": "token"}
    volumes.append(
        {"name": VOLUME, "projected": {"sources": [{"serviceAccountToken": token}]}},
    )


def _seconds(text: str | None) -> int:
    """The webhook takes what is no number as the default, and keeps the rest within bounds."""
    seconds = whole_number(text or "", digits=9)
    return _DEFAULT_SECONDS if seconds is None else min(max(seconds, _LEAST_SECONDS), _MOST_SECONDS)
