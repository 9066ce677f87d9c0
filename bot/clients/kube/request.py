"""One request to an API server, and its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

# Source: Kubernetes, "Object Names and IDs", DNS subdomain names.
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of object and where the API has it."""

    kind: str
    group: str
    """Empty for the core group."""
    plural: str
    version: str = "v1"

    def path(self, namespace: str | None = None, name: str | None = None) -> str:
        """Return the URL path of an object, or of a list."""
        parts = ["/apis", self.group, self.version] if self.group else ["/api", self.version]
        if namespace is not None:
            parts += ["namespaces", quote(namespace, safe="")]
        parts.append(self.plural)
        if name is not None:
            parts.append(quote(name, safe=""))
        return "/".join(parts)


SERVICE_ACCOUNT: Final = Kind(kind="ServiceAccount", group="", plural="serviceaccounts")
EVENT: Final = Kind(kind="Event", group="", plural="events")
POD: Final = Kind(kind="Pod", group="", plural="pods")
WEBHOOKS: Final = Kind(
    kind="MutatingWebhookConfiguration",
    group="admissionregistration.k8s.io",
    plural="mutatingwebhookconfigurations",
)
WORKLOADS: Final = {
    kind.kind: kind
    for kind in (
        Kind(kind="Deployment", group="apps", plural="deployments"),
        Kind(kind="StatefulSet", group="apps", plural="statefulsets"),
        Kind(kind="DaemonSet", group="apps", plural="daemonsets"),
        Kind(kind="ReplicaSet", group="apps", plural="replicasets"),
        Kind(kind="Job", group="batch", plural="jobs"),
        Kind(kind="CronJob", group="batch", plural="cronjobs"),
    )
}


def can_exist(*names: str | None) -> bool:
    """Whether an object can have these names; what can't be a name must not get into a URL."""
    return all(name is None or _NAME.fullmatch(name) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request: what goes over the wire, and what it means to RBAC."""

    method: str
    path: str
    verb: str
    resource: str
    """Plural, or a path that is no resource."""
    group: str | None = ""
    """None where it is no resource."""
    namespace: str | None = None
    name: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    content_type: str = "application/json"

    @property
    def operation(self) -> str:
        """The journal's word for it: `get serviceaccounts`."""
        dry = " (dry run)" if "dryRun" in self.query else ""
        return f"{self.verb} {self.resource}{dry}"

    @property
    def object(self) -> str:
        """`namespace/name`, as far as they are given."""
        return "/".join(part for part in (self.namespace, self.name) if part) or "*"

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def rule(self) -> str:
        """The RBAC rule that allows it, in words."""
        if self.group is None:
            return say(
                'RBAC must allow verb "{verb}" on nonResourceURL "{path}"',
                verb=self.verb,
                path=self.resource,
            )
        where = (
            say("in namespace {namespace}", namespace=self.namespace)
            if self.namespace
            else say("in all namespaces")
        )
        return say(
            'RBAC must allow verb "{verb}" on "{resource}" (apiGroup "{group}") {where}',
            verb=self.verb,
            resource=self.resource,
            group=self.group,
            where=where,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the API server said."""

    status: int
    body: bytes = field(repr=False)
    """Not shown: it may hold a token."""
    retry_after: float | None = None
    """Seconds."""

    @property
    def ok(self) -> bool:
        """Whether it did what was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004  HTTP
