"""What IAM refuses on save although the document can be evaluated.

Sources: IAM User Guide, "Access Analyzer policy check reference", "Grammar of the IAM JSON policy language",
"AWS JSON policy elements: NotPrincipal"; IAM API reference, UpdateAssumeRolePolicy.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from diagnostics.iam import json_text
from diagnostics.iam.json_text import escape
from diagnostics.iam.problem import LIMIT_EXCEEDED, VALIDATION_ERROR, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.iam.json_text import Json
    from diagnostics.iam.policy import TrustPolicy
    from diagnostics.iam.statement import Statement

QUOTA: Final = 2048
"""Characters without white space; adjustable. Source: IAM User Guide, "IAM and AWS STS quotas"."""

STS_ACTIONS: Final = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithWebIdentity",
    "sts:AssumeRoleWithSAML",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
)
"""What a trust policy may speak of. Source: Service Authorization Reference, AWS STS."""

_LOWER: Final = frozenset(a.lower() for a in STS_ACTIONS)
OUTSIDE: Final = re.compile(r"[^\t\n\r\u0020-\u00ff]")
"""A character that no policy may hold. Source: IAM API reference, UpdateAssumeRolePolicy, PolicyDocument."""
_SID: Final = re.compile(r"[A-Za-z0-9]*")
_PROVIDER: Final = re.compile(
    r"arn:[^:/\s*?]+:iam::\d{12}:(?:oidc-provider/[^\s*?]+|saml-provider/[\w+=,.@-]+)"
)
_DOMAIN: Final = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_SESSION_OR_ID: Final = re.compile(r"\d{12}|\*|A[A-Z0-9]{15,30}|arn:[^:]+:iam::\d{12}:root")
_MAX: Final = 50


def refusals(policy: TrustPolicy) -> tuple[Problem, ...]:
    """Why IAM refuses, or may refuse, to save a policy although its meaning is clear; at most 50."""
    found: list[Problem] = []
    for problem in _walk(policy):
        found.append(problem)
        if len(found) == _MAX:
            break
    return located(tuple(found), policy.document, policy.text)


def _walk(policy: TrustPolicy) -> Iterator[Problem]:
    yield from _characters(policy)
    yield from _sids(policy)
    raw = policy.document["Statement"]
    bodies = raw if isinstance(raw, list) else [raw]
    for statement, body in zip(policy.statements, bodies, strict=True):
        for element in ("Resource", "NotResource"):
            if isinstance(body, dict) and element in body:
                yield Problem(
                    pointer=f"{statement.pointer}/{element}",
                    words=f"A trust policy must not contain {element}; it always speaks of its own role.",
                )
        yield from _principals(statement)
        yield from _actions(statement)
        yield from _conditions(statement)
    if policy.size > QUOTA:
        yield Problem(
            pointer="",
            words=(
                f"Cannot exceed quota for ACLSizePerRole: {QUOTA}; without white space this has "
                f"{policy.size:,} characters. The quota can be raised per account."
            ),
            code=LIMIT_EXCEEDED,
            certain=False,
        )


def _characters(policy: TrustPolicy) -> Iterator[Problem]:
    if policy.text is not None:
        match = OUTSIDE.search(policy.text)
        if match:
            line, column = json_text.position(policy.text, match.start())
            yield Problem(
                pointer="",
                words=_character(match[0]),
                line=line,
                column=column,
                code=VALIDATION_ERROR,
            )
        return
    for pointer, text in _strings(policy.document, ""):
        match = OUTSIDE.search(text)
        if match:
            yield Problem(pointer=pointer, words=_character(match[0]), code=VALIDATION_ERROR)
            return


def _character(character: str) -> str:
    return (
        f"U+{ord(character):04X} cannot be stored: IAM takes tab, line feed, carriage return and "
        "U+0020 to U+00FF only. Type the character anew."
    )


def _strings(value: Json, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _strings(item, f"{pointer}/{i}")
    elif isinstance(value, dict):
        for key, item in value.items():
            at = f"{pointer}/{escape(key)}"
            yield at, key
            yield from _strings(item, at)


def _sids(policy: TrustPolicy) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for statement in policy.statements:
        sid = statement.sid
        if not sid:
            continue
        pointer = f"{statement.pointer}/Sid"
        if not _SID.fullmatch(sid):
            yield Problem(pointer=pointer, words="Sid takes letters A-Z, a-z and digits only.")
        if sid in seen:
            yield Problem(
                pointer=pointer,
                words=f"The Sid stands at {seen[sid]} too; Sids must be unique.",
            )
        seen.setdefault(sid, pointer)


def _principals(statement: Statement) -> Iterator[Problem]:
    who = statement.principals
    at = f"{statement.pointer}/{who.element}"
    if who.negated:
        yield Problem(
            pointer=at, words="A trust policy must not contain NotPrincipal; use Principal."
        )
    if not who.entries:
        yield Problem(pointer=at, words="Principal is empty, so the statement matches nobody.")
    for kind, value in who.entries:
        if kind == "*":
            yield Problem(
                pointer=at,
                words='A trust policy must not have the principal "*"; name who may assume.',
            )
        elif kind == "Federated" and not (_PROVIDER.fullmatch(value) or _DOMAIN.fullmatch(value)):
            yield Problem(
                pointer=f"{at}/Federated",
                words=(
                    "Federated principals must be valid domain names or SAML metadata ARNs, or an OIDC "
                    "provider's ARN: arn:aws:iam::<account>:oidc-provider/<issuer without https://>."
                ),
            )
        elif kind == "AWS" and not _SESSION_OR_ID.fullmatch(value):
            plain = value.startswith("arn:") and "*" not in value
            yield Problem(
                pointer=f"{at}/AWS",
                words=(
                    "IAM refuses this with Invalid principal in policy unless that user or role exists."
                    if plain
                    else "Invalid principal in policy: AWS takes an account, a role, a user or a session ARN."
                ),
                certain=not plain,
            )


def _actions(statement: Statement) -> Iterator[Problem]:
    at = f"{statement.pointer}/{statement.action_element}"
    if not statement.actions:
        yield Problem(
            pointer=at, words="No action is named, so the statement matches nothing.", certain=False
        )
    for action in statement.actions:
        lower = action.lower()
        prefix, colon, _ = lower.partition(":")
        if lower in _LOWER:
            continue
        if action == "*" or (prefix == "sts" and ("*" in lower or "?" in lower)):
            yield Problem(
                pointer=at,
                words="This would match, but IAM may refuse it: name the STS actions in full.",
                certain=False,
            )
        elif not colon:
            yield Problem(
                pointer=at,
                words='Actions must be prefaced by a vendor, as in "sts:AssumeRoleWithWebIdentity".',
            )
        elif lower.count(":") > 1:
            yield Problem(pointer=at, words="An action can contain only one colon.")
        else:
            yield Problem(
                pointer=at, words="AssumeRole policy may only specify STS AssumeRole actions."
            )


def _conditions(statement: Statement) -> Iterator[Problem]:
    for group in statement.twins:
        yield Problem(
            pointer=group[1].pointer,
            words=f"The key stands twice under {group[1].operator}, in different case; merge the two.",
        )
    for condition in statement.conditions:
        if not condition.values:
            yield Problem(
                pointer=condition.pointer, words="The list of values is empty.", certain=False
            )
        if condition.base.name in ("Null", "Bool"):
            for value in condition.values:
                if value.lower() not in ("true", "false") and "${" not in value:
                    yield Problem(
                        pointer=condition.pointer,
                        words=f"{condition.base.name} takes true or false.",
                        certain=condition.base.name == "Null",
                    )
                    break


def located(problems: tuple[Problem, ...], document: Json, text: str | None) -> tuple[Problem, ...]:
    """Give each problem the line and column of its element.

    Without the text they are those of the document printed with an indent of two.
    """
    if not problems:
        return ()
    source = json_text.write(document) if text is None else text
    places = json_text.chart(source)
    out = []
    for problem in problems:
        if problem.line != 1 or problem.column != 1:
            out.append(problem)
            continue
        offset = places.keys.get(problem.pointer, places.places.get(problem.pointer, 0))
        line, column = json_text.position(source, offset)
        out.append(replace(problem, line=line, column=column))
    return tuple(sorted(out, key=lambda p: (p.line, p.column)))
