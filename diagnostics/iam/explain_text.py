"""A decision explained as a compiler explains an error: the place, the line, a caret under the first difference."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.iam import json_text
from diagnostics.iam.decide import decide
from diagnostics.iam.decision import Mismatch, Outcome
from diagnostics.iam.keys import issuer_of
from diagnostics.iam.repair import repair
from diagnostics.iam.trusted_key import claim_meant
from diagnostics.iam.words import nearest
from diagnostics.text.difference import first_difference
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from diagnostics.iam.decision import Decision, Reason
    from diagnostics.iam.policy import TrustPolicy
    from diagnostics.iam.request import WebIdentityRequest

_KEYS: Final = (Mismatch.KEY_FORM, Mismatch.KEY_ISSUER, Mismatch.KEY_ABSENT)
_LONG: Final = 160
_SHOWN: Final = 12
_UNIT: Final = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
_HEAD: Final = {
    Outcome.ALLOWED: "Allowed",
    Outcome.IMPLICIT_DENY: "Denied: no statement allows the call",
    Outcome.EXPLICIT_DENY: "Denied: a Deny statement matches the call",
    Outcome.UNDECIDED: "Undecided: it depends on what is not known here, or on what AWS does not document",
}


@dataclass(frozen=True, slots=True)
class _Source:
    """The text that lines are quoted from, and where its elements stand."""

    text: str
    chart: json_text.Map

    @classmethod
    def of(cls, policy: TrustPolicy) -> _Source:
        text = policy.text
        if text is None or any(len(line) > _LONG for line in text.splitlines()):
            text = policy.printed()
        return cls(text, json_text.chart(text))


def explained(
    policy: TrustPolicy, request: WebIdentityRequest, *, name: str = "policy.json"
) -> str:
    """Decide and explain one call in plain text."""
    decision = decide(policy, request)
    lines = [_headline(policy, decision)]
    source = _Source.of(policy)
    for reason in decision.reasons[:_SHOWN]:
        lines.extend(["", *_reason(reason, source, request, name)])
    hidden = len(decision.reasons) - _SHOWN
    if hidden > 0:
        lines.extend(["", f"… and {hidden} more reasons in statements further away."])
    if decision.outcome is not Outcome.ALLOWED:
        lines.extend(["", *_help(policy, request)])
    return "\n".join(lines)


def _headline(policy: TrustPolicy, decision: Decision) -> str:
    head = _HEAD[decision.outcome]
    if decision.statement is None:
        return f"{head}."
    statement = policy.statements[decision.statement]
    sid = f' "{visible(statement.sid)}"' if statement.sid else ""
    if decision.outcome is Outcome.ALLOWED:
        return f"{head} by {statement.pointer}{sid}."
    nearest_one = decision.outcome is Outcome.IMPLICIT_DENY
    note = "; {}{} comes nearest." if nearest_one else " ({}{})."
    return head + note.format(statement.pointer, sid)


def _help(policy: TrustPolicy, request: WebIdentityRequest) -> list[str]:
    fix = repair(policy, request)
    if fix.policy is None:
        return [f"help: {fix.blocked}"]
    lines = [f"help: {change.words} ({change.pointer})" for change in fix.changes]
    return [*lines, f"help: {fix.blocked}"] if fix.blocked else lines


def _reason(reason: Reason, source: _Source, request: WebIdentityRequest, name: str) -> list[str]:
    kind = "note" if reason.mismatch in (Mismatch.UNKNOWN, Mismatch.UNDOCUMENTED) else "error"
    offset, seen, wanted = _place(reason, source, request)
    line, column = json_text.position(source.text, offset)
    shown, caret = _quote(source.text, line, column, seen, wanted)
    gutter = " " * len(str(line))
    out = [
        f"{kind}[{reason.mismatch.value}]: {reason.words}",
        f"{gutter}--> {name}:{line}:{column} {reason.pointer}",
        f"{gutter} |",
        f"{line} | {shown}",
        f"{gutter} | {' ' * caret}^" + (" first difference" if wanted is not None else ""),
    ]
    if reason.presented is not None:
        out.append(f"{gutter} = the call carries: {visible(reason.presented)}")
    elif reason.key is not None and reason.mismatch is not Mismatch.UNKNOWN:
        out.append(f"{gutter} = the call carries: nothing under this key")
    if wanted is not None and wanted != reason.presented:
        out.append(f"{gutter} = it should be:     {visible(wanted)}")
    return out


def _place(
    reason: Reason, source: _Source, request: WebIdentityRequest
) -> tuple[int, str | None, str | None]:
    """Offset of the element, its text where it is a string, and the text that belongs there."""
    places, keys = source.chart.places, source.chart.keys
    if reason.mismatch in _KEYS and reason.key is not None:
        claim = claim_meant(reason.key)
        known = claim is not None and reason.mismatch is not Mismatch.KEY_ABSENT
        wanted = f"{issuer_of(request.provider_arn)}:{claim}" if known else None
        return keys.get(reason.pointer, 0), reason.key, wanted
    comparable = reason.presented is not None and reason.mismatch not in (
        Mismatch.PRINCIPAL_KIND,
        Mismatch.EXCLUDED,
        Mismatch.DENY,
        Mismatch.UNKNOWN,
        Mismatch.UNDOCUMENTED,
    )
    if comparable and reason.presented is not None and reason.trusted:
        near = nearest(reason.trusted, reason.presented)
        pointer = reason.pointer
        if f"{pointer}/0" in places:
            pointer = f"{pointer}/{reason.trusted.index(near)}"
        if pointer in places and source.text[places[pointer]] == '"':
            return places[pointer], near, reason.presented
    return keys.get(reason.pointer, places.get(reason.pointer, 0)), None, None


def _quote(
    text: str, line: int, column: int, seen: str | None, wanted: str | None
) -> tuple[str, int]:
    """The line with what is invisible in the value spelled out, and the caret's column."""
    full = text.split("\n", line)[line - 1].rstrip("\r")
    head, rest = full[: column - 1], full[column - 1 :]
    head = "".join(c if c.isprintable() else " " for c in head)
    if seen is None or not rest.startswith('"'):
        return _window(head + "".join(c if c.isprintable() else "?" for c in rest), len(head))
    length = 1
    for unit in _UNIT.finditer(rest, 1):
        length = unit.end()
        if unit[0] == '"':
            break
    shown = visible(seen)
    tail = "".join(c if c.isprintable() else "?" for c in rest[length:])
    at = first_difference(seen, wanted) if wanted is not None else 0
    before = visible(seen[: at or 0] + "x")[:-1] if at else ""
    if not shown.startswith(before):
        before = seen[: at or 0]
    return _window(f'{head}"{shown}"{tail}', len(head) + 1 + len(before))


def _window(line: str, caret: int) -> tuple[str, int]:
    """Cut a long line around the caret."""
    if len(line) <= _LONG:
        return line, caret
    start = max(0, caret - _LONG // 2)
    piece = line[start : start + _LONG]
    return ("…" if start else "") + piece + "…", caret - start + (1 if start else 0)
