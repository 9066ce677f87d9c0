"""Reads role, account, region, issuer, cluster, request ID and time out of a plain text, with the objects it names.

Every pattern starts with a literal and is bounded, so that the time is linear in the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from diagnostics.arn import RoleArn, account_of
from diagnostics.recognize.kubernetes import read_objects
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
_CLUSTER = compile_pattern(
    r"(?im)(?:^|[\s,{(\[\"*])(?:eks[ _-]?)?(?:cluster[_-]?name|k8s\.cluster\.name"
    r"|kube_cluster_name|k8s_cluster|cluster)[\"'*]{0,3}[ \t]?[:=][ \t\"'*]{0,4}"
    r"(arn:aws[a-z-]{0,10}:eks:[a-z0-9-]{1,32}:\d{12}:cluster/[\w-]{1,100}"
    r"|[A-Za-z0-9][\w.@/-]{1,199})(?:[\s,;}\])\"'*|]|$)",
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
_NO_NAMES = frozenset(
    ("name", "null", "none", "true", "false", "and", "is", "the", "in", "for", "with", "token")
)
"""What follows "cluster" in a sentence and is no cluster's name."""
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
    objects = read_objects(text)
    cluster = _CLUSTER.search(text)
    return Fields(
        role_arn=role,
        role_as_written=written,
        account_id=_account(text, role),
        region=_region(text),
        issuer=_issuer(text),
        namespace=objects.namespace,
        service_account=objects.service_account,
        pod=objects.pod,
        workload=objects.workload,
        cluster=cluster[1] if cluster and cluster[1].lower() not in _NO_NAMES else None,
        request_id=_request(text),
        session_name=assumed[2] if assumed else None,
        source_role=assumed[1] if assumed else None,
        at=_time(text),
    )


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
        return account_of(role)
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
