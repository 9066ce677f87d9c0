"""Judges the log entries of a reading: what failed in each, and why, as far as its own words say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diagnostics.recognize.before import network_cause, token_file_fails
from diagnostics.recognize.entries import entries
from diagnostics.recognize.linear import compile_pattern
from diagnostics.recognize.own_words import call_failed, spoken_code
from diagnostics.recognize.signs import Says
from diagnostics.recognize.symptom import Cause, Kind
from diagnostics.recognize.talk import is_talk, machine_wrote
from diagnostics.recognize.wrapped_codes import known_code, service_code, spelling_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diagnostics.recognize.entries import Anchor, Entry
    from diagnostics.recognize.unwrap import Reading

_CONTINUES = compile_pattern(r"(?i)caused by|status code")
_SENTENCE = 400
_CLOUDTRAIL = compile_pattern(r'"eventName": ?"AssumeRoleWithWebIdentity"')
_SISTER_CALL = compile_pattern(r"AssumeRole(?:WithSAML)? operation|STS: AssumeRole(?:WithSAML)?,")
_CHAIN = compile_pattern(
    r"(?i)in the chain|any of the providers|any of the credential providers|Provider chain"
    r"|_chain\b"
)
_SEVERAL_SPELLINGS = frozenset((Cause.THROTTLED, Cause.EXPIRED_TOKEN))
_TELLING = {cause: rank for rank, cause in enumerate(
    (Cause.OTHER, Cause.NO_CREDENTIALS, Cause.PERMISSION, Cause.OTHER_FEDERATION, Cause.POD_IDENTITY,
     Cause.ROLE_CHAINING, Cause.NODE_ROLE)
)}  # fmt: skip
"""What says more about a look-alike comes later."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure that an entry tells of."""

    kind: Kind
    cause: Cause
    code: str | None
    first: int
    """First line of the entry."""
    last: int
    line: int
    """The line with the words that say so."""
    column: int


def failures(reading: Reading) -> list[Failure]:
    """Find every failure of a text, in its order; the same one as often as it stands there."""
    found = entries(reading)
    mentioned = any(a.sign.says is not Says.LOOK_ALIKE for entry in found for a in entry.anchors)
    return [f for entry in found for f in _judge(reading, entry, mentioned=mentioned)]


def _judge(reading: Reading, entry: Entry, *, mentioned: bool) -> Iterable[Failure]:
    machine = machine_wrote(entry.text)
    happened = [a for a in entry.anchors if not _talked(reading, a, machine=machine)]
    answers = [a for a in happened if a.sign.says is Says.ANSWER]
    failed = [a for a in happened if a.sign.says is Says.FAILED]
    mentions = [a for a in happened if a.sign.says is Says.MENTION]
    chain = _CHAIN.search(entry.text) is not None and not failed
    if chain:
        answers = [a for a in answers if a.sign.cause is not Cause.NOT_CONFIGURED]
    if answers:
        # Words that name the cause; a bare code only where no words do.
        named = [a for a in answers if not _is_bare(a, answers)] or answers
        yield from _each_cause(named, entry)
        return
    conditional = [a for a in happened if a.sign.says is Says.IF_WEB_IDENTITY]
    spoken = failed or mentions
    if conditional and spoken and not (chain and _not_set(conditional)):
        yield _as_spelled(_failure(Kind.WEB_IDENTITY, conditional[-1], entry), entry)
        return
    if spoken and (worded := _by_words(reading, spoken, entry, wrapped=bool(failed))):
        yield worded
        return
    yield from _look_alike(happened, entry, mentioned=mentioned)


def _by_words(
    reading: Reading, spoken: Sequence[Anchor], entry: Entry, *, wrapped: bool
) -> Failure | None:
    """Judge an entry whose cause no fixed phrase names: by network words, error code, or the token's path."""
    cause, code = None, None
    if token_file_fails(entry.text):
        cause = Cause.TOKEN_FILE
    elif (found := network_cause(entry.text)) is not None:
        cause = found
    elif wrapped or _CLOUDTRAIL.search(entry.text) is not None:
        code, cause = known_code(entry.text)
        if not wrapped and code is None:
            return None
    elif not any(call_failed(reading.lines[a.line], a.column) for a in spoken[:4]):
        return None
    else:
        code, cause = spoken_code(entry.text)
    failure = _failure(Kind.WEB_IDENTITY, spoken[0], entry)
    return replace(failure, cause=cause or Cause.OTHER, code=code)


def _each_cause(anchors: Sequence[Anchor], entry: Entry) -> Iterable[Failure]:
    seen: set[Cause] = set()
    for anchor in anchors:
        if anchor.sign.cause is None or anchor.sign.cause in seen:
            continue
        seen.add(anchor.sign.cause)
        if _another_call(anchor, entry):
            failure = _failure(Kind.LOOK_ALIKE, anchor, entry)
            yield replace(failure, cause=Cause.ROLE_CHAINING)
        else:
            yield _as_spelled(_failure(Kind.WEB_IDENTITY, anchor, entry), entry)


def _as_spelled(failure: Failure, entry: Entry) -> Failure:
    """Take the code as the text spells it, where STS has several for one cause."""
    if failure.cause not in _SEVERAL_SPELLINGS:
        return failure
    spelled = spelling_of(failure.cause, entry.text)
    return failure if spelled is None else replace(failure, code=spelled)


def _another_call(anchor: Anchor, entry: Entry) -> bool:
    """Tell whether the answer, which other STS calls can get too, was to one of those."""
    return anchor.sign.cause in {Cause.VALIDATION, Cause.REGION_DISABLED} and (
        _SISTER_CALL.search(entry.text) is not None
    )


def _is_bare(anchor: Anchor, anchors: Sequence[Anchor]) -> bool:
    return anchor.sign.cause is Cause.INVALID_TOKEN and any(
        other.sign.code == "InvalidIdentityToken" and other.sign.cause is not Cause.INVALID_TOKEN
        for other in anchors
    )


def _not_set(anchors: Sequence[Anchor]) -> bool:
    return all(a.sign.cause in {Cause.NOT_CONFIGURED, Cause.NO_REGION} for a in anchors)


def _talked(reading: Reading, anchor: Anchor, *, machine: bool) -> bool:
    if anchor.sign.says in {Says.LOOK_ALIKE, Says.MENTION}:
        return False
    line, column = reading.lines[anchor.line], anchor.column
    row = anchor.line
    while row and _CONTINUES.match(reading.lines[row]) and column < _SENTENCE:
        row -= 1
        line = f"{reading.lines[row]} {line}"
        column += len(reading.lines[row]) + 1
    return is_talk(line, column, column + anchor.length, machine=machine)


def _look_alike(anchors: Sequence[Anchor], entry: Entry, *, mentioned: bool) -> Iterable[Failure]:
    others = [a for a in anchors if a.sign.says is Says.LOOK_ALIKE]
    if not others:
        return
    node = next((a for a in others if a.sign.cause is Cause.NODE_ROLE), None)
    code = service_code(entry.text) or next((a.sign.code for a in others if a.sign.code), None)
    telling = node or max(others, key=lambda a: _TELLING[a.sign.cause or Cause.OTHER])
    kind = Kind.WEB_IDENTITY if node and mentioned else Kind.LOOK_ALIKE
    yield replace(_failure(kind, telling, entry), code=code)


def _failure(kind: Kind, at: Anchor, entry: Entry) -> Failure:
    """What an anchor says by itself."""
    return Failure(
        kind=kind,
        cause=at.sign.cause or Cause.OTHER,
        code=at.sign.code,
        first=entry.first,
        last=entry.last,
        line=at.line,
        column=at.column,
    )
