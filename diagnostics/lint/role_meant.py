"""Which role a malformed annotation means, as far as all sources together tell; else the command that prints it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn
from diagnostics.document.tree import HOLE
from diagnostics.iam.subject import is_subject
from diagnostics.iam.trusted_key import claim_meant
from diagnostics.lint.placeholders import FILLED_LATER, placeholder_in
from diagnostics.lint.trust import filled_policy
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.iam.json_text import Json
    from diagnostics.lint.finding import SourceFinding, Spot
    from diagnostics.lint.policy_source import PolicySource
    from diagnostics.lint.sources import MalformedRole, Sources

_NAME: Final = r"[\w+=,.@-]{1,64}"
_NAMED: Final = re.compile(
    rf"(?:.*:(?:assumed-)?role/(?:[\w+=,.@/-]*/)?|role/|:?)(?P<name>{_NAME})", re.ASCII
)
"""A value that ends in a role's name, or is one."""
_SESSION: Final = re.compile(
    rf"arn:(aws[a-z-]*):sts::(\d{{12}}):assumed-role/({_NAME})/.+", re.ASCII
)
_ACCOUNT: Final = re.compile(r"(?<!\d)(\d{12})(?!\d)")
_PROVIDER: Final = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):oidc-provider/", re.ASCII)
_MOST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meant:
    """What an annotation should say, and how one knows."""

    wanted: str
    """The ARN, or an expression that is one; with `<…>` where a part is not known."""
    next: str
    source: PolicySource | None = None


def roles_meant(sources: Sources, notes: list[str]) -> Iterator[SourceFinding]:
    """Each finding about a malformed role annotation, with the role that it means.

    Args:
        sources: All of them, read.
        notes: Where to say that a file is a template, whose values are not known yet.
    """
    if not sources.malformed:
        return
    known = _Known(sources)
    for one in sources.malformed:
        if _filled_later(one, sources):
            notes.append(FILLED_LATER.format(file=one.finding.spot.file))
            continue
        meant = _meant(one, known)
        related = one.finding.related
        if meant.source is not None:
            related = (*related, (meant.source.spot(""), "the role's trust policy"))
        yield replace(one.finding, wanted=meant.wanted, next=meant.next, related=related)


def _filled_later(one: MalformedRole, sources: Sources) -> bool:
    """Whether a tool is known to put values in: Helm and its like, Flux, or Terraform's `templatefile`."""
    if "{{" in one.value:
        return True
    file = one.finding.spot.file.replace("\\", "/").rpartition("/")[2]
    return "${" in one.value and (sources.substituted or file in sources.templates)


class _Known:
    """The trust policies of the sources, by whom they let in and by role, and the roles of service accounts."""

    def __init__(self, sources: Sources) -> None:
        self.by_subject: dict[str, list[PolicySource]] = {}
        self.by_role: dict[str, list[PolicySource]] = {}
        self.annotated: dict[tuple[str, str], dict[str, Spot]] = {}
        self.owners: set[tuple[str, str]] = set()
        for source in sources.policies:
            if source.role:
                self.by_role.setdefault(source.role, []).append(source)
            if (owner := _owner(source)) is not None:
                self.owners.add(owner)
            for subject in _subjects(source):
                self.by_subject.setdefault(subject, []).append(source)
        for account in sources.accounts:
            if (arn := RoleArn.parse(account.role_arn or "")) is not None:
                self.owners.add((arn.partition, arn.account))
                named = (account.namespace or "default", account.name)
                self.annotated.setdefault(named, {})[str(arn)] = account.spot


def _meant(one: MalformedRole, known: _Known) -> _Meant:
    if RoleArn.parse(one.finding.wanted):
        return _Meant(wanted=one.finding.wanted, next=f"Write {one.written(one.finding.wanted)}")
    session = _SESSION.fullmatch(one.value)
    if session is not None:
        arn = f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}"
        return _Meant(
            wanted=arn,
            next=f"Write {one.written(arn)} (a session's ARN leaves out the role's path; {_get_role(session[3])} "
            "prints it whole).",
        )
    return _as_elsewhere(one, known) or _as_defined(one, known) or _as_named(one, known)


def _as_elsewhere(one: MalformedRole, known: _Known) -> _Meant | None:
    """The ARN that another file gives the same service account."""
    found = known.annotated.get((one.namespace or "default", one.name or ""), {})
    if len(found) != 1:
        return None
    ((arn, spot),) = found.items()
    return _Meant(
        wanted=arn,
        next=f"Write {one.written(arn)}, as {spot} has it for the same service account.",
    )


def _as_defined(one: MalformedRole, known: _Known) -> _Meant | None:
    """The role of the sources that the value names, or that lets this service account in."""
    name = _role_name(one.value)
    candidates = known.by_role.get(name, []) if name else []
    why = "the role of that name"
    if len(candidates) != 1 and one.name is not None and one.namespace is not None:
        candidates = known.by_subject.get(f"system:serviceaccount:{one.namespace}:{one.name}", [])
        why = f"the role that trusts {one.namespace}/{one.name}"
    if len(candidates) != 1:
        return None
    (source,) = candidates
    address = source.address or ""
    wanted = _arn_of(source)
    if one.terraform and address.startswith("aws_iam_role."):
        wanted = f"{address}.arn"
    if wanted is not None:
        words = f"Write {one.written(wanted)} ({why})."
        return _Meant(wanted=wanted, next=words, source=source)
    if not source.role and not address:
        return None
    return _Meant(
        wanted=_pattern(one, known, source.role or "<name>"),
        next=f"Write the ARN of {address or source.object}, {why}: {_printing(source)}.",
        source=source,
    )


def _as_named(one: MalformedRole, known: _Known) -> _Meant:
    """No role of the sources: what the value itself tells, and a command for the rest."""
    name = _role_name(one.value)
    wanted = _pattern(one, known, name or "<name>")
    if (placeholder := placeholder_in(one.value)) is not None:
        return _Meant(
            wanted=wanted,
            next=f"Put the value in place of {visible(placeholder)}, or lint what your tool makes of the file, as in "
            f"`envsubst < {quote(one.finding.spot.file)} | irsa lint -`."
            + (f" {_get_role(name)} prints the whole ARN." if name else ""),
        )
    if name is not None:
        return _Meant(
            wanted=wanted,
            next=f"Write the role's ARN, which {_get_role(name)} prints with credentials of its account.",
        )
    subject = f"system:serviceaccount:{one.namespace or 'default'}:{one.name or '?'}"
    if not is_subject(subject) or one.namespace is None:
        return _Meant(
            wanted=wanted,
            next="Write the ARN of the role that the service account is to assume; "
            '`aws iam list-roles --query "Roles[].Arn" --output text` prints those of an account.',
        )
    query = f"Roles[?contains(to_string(AssumeRolePolicyDocument), '{subject}')].Arn"
    return _Meant(
        wanted=wanted,
        next=f"Write the ARN of the role that trusts {one.namespace}/{one.name}: "
        f'`aws iam list-roles --query "{query}" --output text` prints it with credentials of the role\'s account.',
    )


def _role_name(value: str) -> str | None:
    """The role's name in a value that is no role ARN; None where none is told."""
    found = _NAMED.fullmatch("".join(value.split()).strip("\"'`").rstrip("/"))
    name = found["name"] if found else None
    return None if name is None or _ACCOUNT.fullmatch(name) else name


def _pattern(one: MalformedRole, known: _Known, name: str) -> str:
    """The ARN with what is known put in: the value's own account, else the only one of all sources."""
    account = _ACCOUNT.search(one.value)
    owner = next(iter(known.owners)) if len(known.owners) == 1 else ("aws", "<account>")
    partition = next((p for p, a in known.owners if account and a == account[1]), owner[0])
    return f"arn:{partition}:iam::{account[1] if account else owner[1]}:role/{name}"


def _arn_of(source: PolicySource) -> str | None:
    """The role's ARN, where a source tells name, path and account."""
    if source.arn is not None:
        return source.arn
    owner = _owner(source)
    if owner is None or source.role is None or source.path is None:
        return None
    arn = f"arn:{owner[0]}:iam::{owner[1]}:role{source.path}{source.role}"
    return arn if RoleArn.parse(arn) else None


def _owner(source: PolicySource) -> tuple[str, str] | None:
    """Partition and account of a role: those of the OIDC provider that it trusts, where they are written out."""
    if source.arn is not None and (arn := RoleArn.parse(source.arn)) is not None:
        return arn.partition, arn.account
    document = source.document
    statements = document.get("Statement") if isinstance(document, dict) else None
    found = {
        (match[1], match[2])
        for one in _listed(statements)
        if isinstance(one, dict) and isinstance(principal := one.get("Principal"), dict)
        for text in _listed(principal.get("Federated"))
        if isinstance(text, str) and (match := _PROVIDER.match(text))
    }
    return next(iter(found)) if len(found) == 1 and not source.generated else None


def _subjects(source: PolicySource) -> set[str]:
    """The service accounts that a trust policy names, each written out."""
    policy = filled_policy(source)
    return {
        value
        for s in (policy.statements if policy is not None else ())
        if s.allow
        for c in s.conditions
        if not c.base.negated and claim_meant(c.key) == "sub"
        for value in c.values[:100]
        if HOLE not in value and is_subject(value)
    }


def _printing(source: PolicySource) -> str:
    """The command that prints the ARN of a role that the sources define."""
    if source.role:
        return f"{_get_role(source.role)} prints it"
    address = source.address or ""
    if address.startswith("module."):
        return f"an output of the module ({address}.iam_role_arn, from version 6 on {address}.arn)"
    if address.startswith("aws_iam_role."):
        return f"`echo {quote(f'{address}.arn')} | terraform console` prints it"
    return (
        f"`aws cloudformation describe-stack-resource --stack-name <stack> --logical-resource-id {quote(address)} "
        "--query StackResourceDetail.PhysicalResourceId --output text` prints its name"
    )


def _get_role(name: str) -> str:
    return f"`aws iam get-role --role-name {quote(name)} --query Role.Arn --output text`"


def _listed(value: Json) -> list[Json]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
