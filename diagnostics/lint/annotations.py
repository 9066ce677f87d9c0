"""The annotations of service accounts, wherever they are written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from diagnostics.checks.irsa105_annotation_malformed import annotation_malformed
from diagnostics.checks.irsa109_token_expiration import lifetime_for, token_expiration
from diagnostics.document.tree import HOLE, Mapping, Node, Scalar, text_at
from diagnostics.evidence import (
    AUDIENCE,
    DEFAULT_AUDIENCE,
    ROLE_ARN,
    TOKEN_EXPIRATION,
    ServiceAccount,
    Target,
)
from diagnostics.evidence.role_annotation import looks_like_role_key
from diagnostics.lint.finding import SourceFinding, Spot
from diagnostics.lint.placeholders import has_placeholder
from diagnostics.lint.sources import AccountSource, MalformedRole
from diagnostics.lint.strings_only import not_strings
from diagnostics.result import Finding
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.lint.sources import Sources
    from diagnostics.lint.strings_only import Refusal
    from diagnostics.wiring import Check

_EPOCH: Final = datetime.fromtimestamp(0, UTC)


def keep_account(
    out: Sources,
    *,
    file: str,
    annotations: Mapping,
    namespace: str | None,
    name: str | None,
    object_: str,
    reference: str | None = None,
    strings: Refusal | None = None,
    terraform: bool = False,
) -> None:
    """Keep a service account by its annotations, and what is wrong with them.

    Args:
        out: Where to.
        file: The file that writes it.
        annotations: Without one of a role it is judged, and not kept.
        namespace: None where it is left to whoever applies it.
        name: None where it is not written out; then too it is only judged.
        object_: What the findings name.
        reference: The address of the role that the same sources define.
        strings: Who refuses what is no string; None where the tool makes a string of it, as Terraform does.
        terraform: Whether a value may be an expression of Terraform.
    """
    judge_annotations(
        out,
        file=file,
        annotations=annotations,
        namespace=namespace,
        name=name,
        object_=object_,
        strings=strings,
        terraform=terraform,
    )
    role = annotations.get(ROLE_ARN)
    if role is not None and name is not None:
        out.accounts.append(
            AccountSource(
                spot=spot_of(file, role),
                name=name,
                namespace=namespace,
                role_arn=text_at(annotations, ROLE_ARN),
                reference=reference,
                audience=text_at(annotations, AUDIENCE) or DEFAULT_AUDIENCE,
            )
        )


def judge_annotations(
    out: Sources,
    *,
    file: str,
    annotations: Mapping,
    namespace: str | None,
    name: str | None,
    object_: str,
    strings: Refusal | None,
    terraform: bool = False,
    key_written: str | None = None,
) -> None:
    """Note what is wrong with the annotations of a service account.

    Args:
        out: Where to.
        file: As of `keep_account`, as are the others.
        annotations: All of them, or those that a patch writes.
        namespace: None where it is not written out.
        name: None where it is not written out.
        object_: What the findings name.
        strings: Who refuses what is no string.
        terraform: Whether a value may be an expression.
        key_written: What stands before the value where that is not the key: `value` of a JSON patch.
    """
    if strings is not None:
        out.findings.extend(
            not_strings(
                annotations,
                file=file,
                object_=object_,
                refusal=strings,
                every=True,
                key_written=key_written,
            )
        )
    out.findings.extend(_misspelled(annotations, file, object_))
    target = Target(
        cluster="the manifest",
        namespace=namespace or "default",
        service_account=name or "?",
        workload=None,
    )
    values = {
        key.text: value
        for key, value in annotations.pairs
        if isinstance(value, Scalar) and HOLE not in value.text
    }
    account = ServiceAccount(
        namespace=namespace or "default",
        name=name or "?",
        uid="",
        resource_version="",
        created=_EPOCH,
        annotations={key: value.text for key, value in values.items()},
    )
    role = values.get(ROLE_ARN)
    if role is not None and role.text:
        found = judged(
            annotation_malformed,
            target=target,
            account=account,
            question=None,
            role=None,
            cluster=None,
            trusting=None,
        )
        if found is not None:
            finding = from_check(annotation_malformed, found, spot_of(file, role), object_)
            out.malformed.append(
                MalformedRole(
                    finding=finding,
                    value=role.text,
                    namespace=namespace,
                    name=name,
                    key=key_written or ROLE_ARN,
                    terraform=terraform,
                )
            )
    expiration = values.get(TOKEN_EXPIRATION)
    if expiration is not None and not has_placeholder(expiration.text):
        found = judged(token_expiration, target=target, account=account)
        if found is not None:
            shown = key_written or TOKEN_EXPIRATION
            fix = f'Set {shown} to "{lifetime_for(expiration.text)}".'
            spot = spot_of(file, expiration)
            out.findings.append(from_check(token_expiration, found, spot, object_, fix=fix))


def _misspelled(annotations: Mapping, file: str, object_: str) -> Iterator[SourceFinding]:
    for key, value in annotations.pairs:
        if isinstance(value, Scalar) and looks_like_role_key(key.text):
            yield SourceFinding(
                code="IRSA106",
                spot=spot_of(file, key),
                object=object_,
                headline=f"The role annotation is spelled {visible(key.text[:120])}.",
                seen=key.text[:200],
                wanted=ROLE_ARN,
                next=f"Write the key as {ROLE_ARN}.",
            )


def judged(check: Check, **facts: object) -> Finding | None:
    """What a check of the engine says of these facts, if it fails."""
    found = check.judge(**facts)
    return found if isinstance(found, Finding) else None


def from_check(
    check: Check, found: Finding, spot: Spot, object_: str, *, fix: str | None = None
) -> SourceFinding:
    """A finding of the engine at its place in a file; `fix` is what to write there, where the engine speaks of more."""
    following = fix or found.next.partition(", then restart")[0].rstrip(".") + "."
    return SourceFinding(
        code=check.code,
        spot=spot,
        object=object_,
        headline=found.headline.rstrip(".") + ".",
        seen=found.seen,
        wanted=found.wanted,
        next=following,
    )


def spot_of(file: str, node: Node) -> Spot:
    """Where a node stands."""
    return Spot(file=file, line=node.line, column=node.column)
