"""Reads role, account, region, issuer, service account, pod, request ID and time out of a plain text.

Every pattern starts with a literal and is bounded, so that the time is linear in the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from diagnostics.arn import RoleArn
from diagnostics.recognize.linear import compile_pattern

_ROLE = compile_pattern(
    r"(?i)arn:aws[a-z-]{0,10}:iam::[^\s:\"'/]{0,40}:role/[^\s\"',;|)\]}\\]{1,600}"
)
_RESOURCE = compile_pattern(r"on resource: ?[\"']?$")
_ASSUMED = compile_pattern(r"assumed-role/([^/\s\"']{1,80})/([^\s\"',;)\]}<>]{1,80})")
_ACCOUNT = compile_pattern(
    r"(?i)arn:aws[a-z-]{0,10}:(?:iam|sts)::(\d{12}):"
    r"|\baccount[ :_-]{0,3}(?:id)?[ :=\"']{0,4}(\d{12})\b"
)
_SHORT_ACCOUNT = compile_pattern(r"arn:aws[a-z-]{0,10}:(?:iam|sts)::(\d{6,14}):")
"""An ID that lost a digit or two when it was pasted: shown as it is written, never looked up."""
_REGION_NAME = (
    r"([a-z]{2}(?:-(?:gov|iso[a-z]?))?"
    r"-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d)"
)
_REGIONS = (
    compile_pattern(
        r"\bsts(?:-fips)?\." + _REGION_NAME + r"\.|sts\.(?:dualstack\.)?" + _REGION_NAME
    ),
    compile_pattern(r"\boidc(?:-eks|\.eks)\." + _REGION_NAME + r"\."),
    compile_pattern(r"(?i)\bregion[\"']?[ :=]{1,3}[\"']?" + _REGION_NAME + r"\b"),
    compile_pattern(r"AWS_(?:DEFAULT_)?REGION[\"']?[ :=]{1,3}[\"']?" + _REGION_NAME + r"\b"),
    compile_pattern(r"(?m)(?:^|[ .:/=\"'@])" + _REGION_NAME + r"(?:[.:,/ \"']|$)"),
)
_EKS_ISSUER = compile_pattern(
    r"(oidc(?:-eks)?\.[a-z0-9.-]{3,60}\.(?:amazonaws\.com(?:\.cn)?|api\.aws)/id/[0-9A-F]{32})"
)
_ISSUER = compile_pattern(
    r"(?:https?://)?(oidc(?:-eks)?\.[\w.-]{0,60}?(?:amazonaws\.com(?:\.cn)?"
    r"|api\.aws)/id/(?:<[^<>\s]{1,64}>|\[[^\[\]\s]{1,64}\]|[\w*-]{1,80}))"
)
_NAMED_ISSUER = compile_pattern(r"found in (?:your )?account for (https?://[^\s\"'<>\\,;)]{4,300})")
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
_CLUSTER = compile_pattern(
    r"(?im)(?:^|[\s,{(\[\"*])(?:eks[ _-]?)?(?:cluster[_-]?name|k8s\.cluster\.name"
    r"|kube_cluster_name|k8s_cluster|cluster)[\"'*]{0,3}[ \t]?[:=][ \t\"'*]{0,4}"
    r"(arn:aws[a-z-]{0,10}:eks:[a-z0-9-]{1,32}:\d{12}:cluster/[\w-]{1,100}"
    r"|[A-Za-z0-9][\w.@/-]{1,199})(?:[\s,;}\])\"'*|]|$)",
)
_WORKLOAD = compile_pattern(
    r"(?i)\b(deployment|statefulset|daemonset"
    r"|cronjob)(?:\.apps)?[/=: *]{1,4}[\"']?([a-z0-9][a-z0-9-]{2,61})\b"
)
_REQUEST = compile_pattern(
    r"(?i)(?:aws_)?request[ _-]?id[\"']?(?:\" ?:|[:=>]| is)\s?(?:Some\()?[\"'\[]?"
    r"([0-9a-f]{8}-\s?[0-9a-f]{4}-\s?[0-9a-f]{4}-\s?[0-9a-f]{4}-\s?[0-9a-f]{12}"
    r"|[A-Za-z0-9]{8,40}(?:-[A-Za-z0-9]{4,12}){0,4})(?:[^\w-]|$)"
)
_ISO = compile_pattern(
    r"\b(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?"
)
_EPOCH = compile_pattern(r"\"(?:ts|time|timestamp)\": ?(1[4-9]\d{8})(?:\.\d{1,9}|\d{3})?\b")
_FIELDS_OF_LOG_LINES = compile_pattern(
    r"\"(?:logger|controller|reconciler kind|reconcilerKind|controllerKind)\"|Request\""
    r"|\"request\"="
)
SCAN = 12_000
"""Characters that are read for fields; a field stands near its failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What a text shows about where a failure happened. None where it does not."""

    role_arn: str | None = None
    role_as_written: str | None = None
    account_id: str | None = None
    region: str | None = None
    issuer: str | None = None
    namespace: str | None = None
    service_account: str | None = None
    pod: str | None = None
    workload: str | None = None
    cluster: str | None = None
    request_id: str | None = None
    session_name: str | None = None
    source_role: str | None = None
    at: datetime | None = None


def read_fields(text: str) -> Fields:
    """Read what a plain text shows. Reads at most 12,000 characters."""
    text = text[:SCAN]
    role, written = _role(text)
    assumed = _ASSUMED.search(text)
    namespace, service_account, pod = _place(text)
    workload = _WORKLOAD.search(text)
    cluster = _CLUSTER.search(text)
    return Fields(
        role_arn=role,
        role_as_written=written,
        account_id=_account(text, role),
        region=_region(text),
        issuer=_issuer(text),
        namespace=namespace,
        service_account=service_account,
        pod=pod,
        workload=workload[2].lower() if workload else None,
        cluster=cluster[1] if cluster and cluster[1].lower() not in _NO_NAMES else None,
        request_id=_request(text),
        session_name=assumed[2] if assumed else None,
        source_role=assumed[1] if assumed else None,
        at=_time(text),
    )


_KINDS = {k.lower(): k for k in ("Deployment", "StatefulSet", "DaemonSet", "CronJob")}


def workload_kind(text: str) -> str | None:
    """Name the kind of the workload that `read_fields` finds in the same text, such as `Deployment`."""
    match = _WORKLOAD.search(text[:SCAN])
    return _KINDS[match[1].lower()] if match else None


_NO_NAMES = frozenset(
    ("name", "null", "none", "true", "false", "and", "is", "the", "in", "for", "with", "token")
)


_FEW = 5
_ANY = frozenset(
    (
        "all", "another", "any", "both", "correct", "different", "each", "every", "its", "my", "new", "one", "other",
        "our", "own", "right", "same", "some", "that", "the", "their", "these", "this", "what", "which", "wrong",
        "your",
    )
)  # fmt: skip


def _role(text: str) -> tuple[str | None, str | None]:
    """Pick the role that the call was about: the resource of a refused sts:AssumeRole, or else the first one."""
    written: str | None = None
    for match in _ROLE.finditer(text):
        arn = match[0].rstrip(".,:>")
        if arn.count("<") > arn.count(">"):
            arn += ">"
        told = _RESOURCE.search(text, max(0, match.start() - 24), match.start()) is not None
        if written is None or told:
            written = arn
        if told:
            break
    parsed = RoleArn.parse(written) if written else None
    if parsed is None and written is None:
        return None, None
    return (str(parsed) if parsed else None), written


def _account(text: str, role: str | None) -> str | None:
    if role is not None:
        return role.split(":")[4]
    match = _ACCOUNT.search(text) or _SHORT_ACCOUNT.search(text)
    return next((g for g in match.groups() if g), None) if match else None


def _region(text: str) -> str | None:
    for pattern in _REGIONS:
        if (match := pattern.search(text)) is not None:
            return next(g for g in match.groups() if g)
    return None


def _issuer(text: str) -> str | None:
    """Read the issuer; EKS's IDs have 32 hex digits, so that one is whole again however it was wrapped."""
    if (whole := _EKS_ISSUER.search("".join(text.split()))) is not None:
        return f"https://{whole[1]}"
    if (match := _ISSUER.search(text)) is not None:
        return f"https://{match[1]}"
    if (named := _NAMED_ISSUER.search(text)) is not None:
        return named[1].rstrip(".")
    return None


def _place(text: str) -> tuple[str | None, str | None, str | None]:
    """Find namespace, service account and pod; a namespace of another object than the pod does not count."""
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


def _request(text: str) -> str | None:
    for match in _REQUEST.finditer(text):
        if any(c.isdigit() for c in match[1]):
            return "".join(match[1].split())
    return None


def _time(text: str) -> datetime | None:
    if (iso := _ISO.search(text)) is not None:
        year, month, day, hour, minute, second, fraction, zone = iso.groups()
        stamp = f"{year}-{month}-{day}T{hour}:{minute}:{second}.{(fraction or '0')[:6]:0<6}{zone or 'Z'}"
        try:
            return datetime.fromisoformat(stamp).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
    epoch = _EPOCH.search(text)
    return datetime.fromtimestamp(int(epoch[1]), UTC) if epoch else None
