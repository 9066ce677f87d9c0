"""Reads the Kubernetes objects out of a plain text: namespace, service account, pod and workload.

Every pattern starts with a literal and is bounded, so that the time is linear in the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from diagnostics.recognize.linear import compile_pattern

_SUBJECT = compile_pattern(
    r"system:serviceaccount:([a-z0-9][a-z0-9-]{0,62}):([a-z0-9][a-z0-9.-]{0,252})"
)
_NAMESPACE = compile_pattern(
    r"(?im)(?:^|[\s,{(\[\"*])(?:kubernetes[._])?(?:namespace_name|pod_namespace"
    r"|k8s\.namespace\.name|kube_namespace|k8s_namespace|exported_namespace|namespace)"
    r"[\"'*]{0,3}[ \t]?[:=][ \t\"'*]{0,4}([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:[\s,;}\])\"'*|]|$)"
    r"|(?:^|\s)(?:-n|--namespace)[ =]([a-z0-9][a-z0-9-]{0,62})"
    r"|\b(?:in|of) (?:the )?namespace [\"']?([a-z0-9][a-z0-9-]{0,62})"
    r"|\bin (?:the )?([a-z0-9][a-z0-9-]{1,62}) namespace\b",
)
_ACCOUNT_NAME = compile_pattern(
    r"(?im)(?:^|[\s,{(\[\"*])(?:kubernetes[._])?"
    r"(?:service[ _-]?account(?:[ _]?name)?|sa|k8s\.serviceaccount\.name)[\"'*]{0,3}"
    r"(?:[ \t]?[:=][ \t\"'*]{0,4}(?:([a-z0-9][a-z0-9-]{0,62})[/:])?([a-z0-9][a-z0-9.-]{0,252})"
    r"|(?:[ \t]is)?[ \t]([a-z0-9][a-z0-9-]{0,62})/([a-z0-9][a-z0-9.-]{0,252})"
    r"|[ \t][\"']([a-z0-9][a-z0-9.-]{0,252})[\"'])"
)
_ACCOUNT_WITHIN = compile_pattern(
    r"(?i)service ?account [\"']?([a-z0-9][a-z0-9.-]{0,252})[\"']? ?\(namespace:? ?[\"']?([a-z0-9][a-z0-9-]{0,62})"
)
"""As External Secrets and the Secrets Store provider write it."""
_SPOKEN_ACCOUNT = compile_pattern(
    r"(?i)(?:\b([a-z0-9][a-z0-9-]{0,62})/[a-z0-9][a-z0-9.-]{0,252}[,;:)]{0,2} ?\(?)?"
    r"\bservice ?account ([a-z0-9][a-z0-9-]{0,62})"
    r"(?:[,;)\n]|[.!?]?$|[.!?][ \n]| \(| in (?:the )?namespace\b| (?:in|of) [a-z0-9-]{1,63}[).,\n])"
)
"""Somebody's own words: "service account orders (namespace: shop)", "shop/orders, service account orders"."""
_SPOKEN_NAMESPACE = compile_pattern(
    r"(?i)(?:^|[\s,(])namespace ([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:[,;)\n/]|[.!?]?$|[.!?][ \n])"
)
_NO_OBJECTS = frozenset(
    (
        "and", "annotation", "annotations", "are", "exists", "has", "in", "is", "it", "itself", "missing", "name",
        "names", "not", "ok", "only", "or", "role", "roles", "secret", "subject", "that", "this", "token", "tokens",
        "too", "was", "wrong", "yaml", "here", "there", "now", "correct", "correctly", "exist", "error", "errors",
        "works", "fails", "setup", "below", "above", "again", "fine", "mismatch", "policy", "key", "field",
    )
)  # fmt: skip
"""What follows "service account" or "namespace" in a sentence and is no object's name."""
_POD = compile_pattern(
    r"(?im)(?:^|[\s,{(\[\"*])(?:kubernetes[._])?(?:pod_name|k8s\.pod\.name|kube_pod_name"
    r"|logging_pod|podname|pod)[\"'*]{0,3}[ \t]?[:=][ \t\"'*]{0,4}"
    r"(?:([a-z0-9][a-z0-9-]{0,62})/)?([a-z0-9][a-z0-9.-]{2,252})(?:[\s,;}\])\"'*|]|$)",
)
_CSI_POD = compile_pattern(r"for pod ([a-z0-9][a-z0-9-]{0,62})/([a-z0-9][a-z0-9.-]{0,252})")
_LOG_PATH = compile_pattern(r"/var/log/(?:pods|containers)/([a-z0-9-]{1,63})_([a-z0-9.-]{1,253})_")
_POD_PATH = compile_pattern(r"\bpods?/([a-z0-9][a-z0-9.-]{2,252})")
_POD_NAME = compile_pattern(
    r"(?:^|[^/a-z0-9.-])([a-z0-9][a-z0-9.-]*-[0-9a-f]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5})(?:[^a-z0-9-]|$)"
)
_WORKLOAD = compile_pattern(
    r"(?i)\b(deployment|statefulset|daemonset"
    r"|cronjob)(?:\.apps)?[/=: *]{1,4}[\"']?([a-z0-9][a-z0-9-]{2,61})\b"
)
_FIELDS_OF_LOG_LINES = compile_pattern(
    r"\"(?:logger|controller|reconciler kind|reconcilerKind|controllerKind)\"|Request\""
    r"|\"request\"="
)
_KINDS = {k.lower(): k for k in ("Deployment", "StatefulSet", "DaemonSet", "CronJob")}
_FEW = 5
"""Namespaces that are looked at before giving up."""
_ANY = frozenset(
    (
        "all", "another", "any", "both", "correct", "different", "each", "every", "its", "my", "new", "one", "other",
        "our", "own", "right", "same", "some", "that", "the", "their", "these", "this", "what", "which", "wrong",
        "your",
    )
)  # fmt: skip
"""What stands before "namespace" in a sentence and is no namespace's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """What a text names. None where it does not."""

    namespace: str | None
    service_account: str | None
    pod: str | None
    workload: str | None


def read_objects(text: str) -> Objects:
    """Read what a text names; a namespace of another object than the pod does not count."""
    namespace, service_account, pod = _place(text)
    workload = _WORKLOAD.search(text)
    return Objects(
        namespace=namespace,
        service_account=service_account,
        pod=pod,
        workload=workload[2].lower() if workload else None,
    )


def workload_kind(text: str) -> str | None:
    """Name the kind of the workload that `read_objects` finds in the same text, such as `Deployment`."""
    match = _WORKLOAD.search(text)
    return _KINDS[match[1].lower()] if match else None


def _place(text: str) -> tuple[str | None, str | None, str | None]:
    namespace = service_account = pod = None
    if (subject := _SUBJECT.search(text)) is not None:
        return subject[1], subject[2].rstrip("."), _pod(text)[1]
    if (within := _ACCOUNT_WITHIN.search(text)) is not None:
        return within[2].lower(), within[1].lower(), _pod(text)[1]
    if (path := _LOG_PATH.search(text)) is not None:
        namespace, pod = path[1], path[2]
    elif (mount := _CSI_POD.search(text)) is not None:
        namespace, pod = mount[1], mount[2]
    elif not _FIELDS_OF_LOG_LINES.search(text):
        namespace = _namespace(text)
    if (account := _ACCOUNT_NAME.search(text)) is not None:
        of, labelled, inside, spoken, quoted = account.groups()
        namespace = of or inside or namespace
        service_account = (labelled or spoken or quoted or "").rstrip(".")
    if service_account is None:
        namespace, service_account = _spoken(text, namespace)
    found_namespace, found_pod = _pod(text)
    return namespace or found_namespace, service_account, pod or found_pod


def _namespace(text: str) -> str | None:
    """Read the first namespace that is one: "in every namespace" names none."""
    for named in islice(_NAMESPACE.finditer(text), _FEW):
        name = next((g for g in named.groups() if g), None)
        if name is not None and name.lower() not in _ANY:
            return name
    return None


def _spoken(text: str, namespace: str | None) -> tuple[str | None, str | None]:
    """Read what a sentence, rather than a label, says of the service account and its namespace."""
    if namespace is None and (named := _SPOKEN_NAMESPACE.search(text)) is not None:
        namespace = None if named[1].lower() in _NO_OBJECTS else named[1].lower()
    said = _SPOKEN_ACCOUNT.search(text)
    if said is None or said[2].lower() in _NO_OBJECTS:
        return namespace, None
    return namespace or (said[1].lower() if said[1] else None), said[2].lower()


def _pod(text: str) -> tuple[str | None, str | None]:
    if not _FIELDS_OF_LOG_LINES.search(text) and (labelled := _POD.search(text)) is not None:
        return labelled[1], labelled[2]
    named = _POD_PATH.search(text) or _POD_NAME.search(text)
    return None, named[1].rstrip(".") if named else None
