"""Cuts a reading into log entries around the places that matter, and judges each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diagnostics.recognize.before import network_cause, token_file_fails
from diagnostics.recognize.linear import compile_pattern
from diagnostics.recognize.look_alikes import LOOK_ALIKES
from diagnostics.recognize.own_words import call_failed, spoken_code
from diagnostics.recognize.phrases import PhraseBook
from diagnostics.recognize.sdks import BEFORE_THE_CALL, CALL_FAILED, MENTIONS
from diagnostics.recognize.signs import Says, Sign
from diagnostics.recognize.sts import CODE_PHRASES, CODES, MESSAGES, OWN_CODES
from diagnostics.recognize.symptom import Cause, Kind
from diagnostics.recognize.talk import is_talk, machine_wrote
from diagnostics.recognize.unwrap import starts_entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.recognize.unwrap import Reading

BOOK = PhraseBook(
    {**MENTIONS, **LOOK_ALIKES, **BEFORE_THE_CALL, **CALL_FAILED, **CODE_PHRASES, **MESSAGES}
)
_OCCURRENCES = 12
"""Of one phrase in one text: more are the same failure again."""
_LINES_BACK, _LINES_ON = 60, 80
_ENTRY_CHARACTERS = 12_000

_NODE_ROLE = compile_pattern(
    r"(?i)assumed-role/[^/\s]{1,80} ?[^/\s]{0,64}/i-[0-9a-zA-Z]{3,17}"
    r"|assumed-role/[\w+=,.@-]{0,64}Node(?:Instance)?Role|role/[\w+=,.@/-]{0,128}NodeInstanceRole"
    r"|assumed-role/[\w+=,.@-]{0,64}/(?:INSTANCE|NODE)",
)
_AWS_CODE = compile_pattern(
    r"An error occurred \((\w{3,60})\)|api error (\w{3,60})|Error Code: (\w{3,60})"
    r"|caused by: (\w{3,60}): "
    r"|<Code> ?(\w{3,60})|\"?[cC]ode\"?: (?:Some\()?[\"'](\w{3,60})"
    r"|StatusCode: \d{3}, RequestID: [\w*-]{1,64}, (\w{3,60}): "
    r"|\"errorCode\": ?\"(\w{3,60})|Errors::(\w{3,60})|unhandled error \((\w{3,60})\)"
    r"|\((\w{3,60})\): Error"
    r"|\b(\w{3,60}(?:Exception|Error|Denied))\b: "
)
_CONTINUES = compile_pattern(r"(?i)caused by|status code")
_SENTENCE = 400
_CLOUDTRAIL = compile_pattern(r'"eventName": ?"AssumeRoleWithWebIdentity"')
_SISTER_CALL = compile_pattern(r"AssumeRole(?:WithSAML)? operation|STS: AssumeRole(?:WithSAML)?,")
_CHAIN = compile_pattern(
    r"(?i)in the chain|any of the providers|any of the credential providers|Provider chain"
    r"|_chain\b"
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """One occurrence of a phrase."""

    at: int
    """Offset in the dense text."""
    length: int
    line: int
    column: int
    sign: Sign


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
    anchors = _anchors(reading)
    if not anchors:
        return []
    mentioned = any(a.sign.says is not Says.LOOK_ALIKE for a in anchors)
    found: list[Failure] = []
    for first, last, inside in _entries(reading, anchors):
        found += _judge(reading, first, last, inside, mentioned=mentioned)
    return found


def _anchors(reading: Reading) -> list[Anchor]:
    found: list[Anchor] = []
    text = reading.dense
    for phrase, sign in BOOK.present(text):
        at = -1
        for _ in range(_OCCURRENCES):
            at = text.find(phrase, at + 1)
            if at < 0:
                break
            line, column = reading.locate(at)
            found.append(Anchor(at, len(phrase), line, column, sign))
    if len(found) < _OCCURRENCES * 2 and (node := _NODE_ROLE.search(reading.text)) is not None:
        line = reading.text.count("\n", 0, node.start())
        at = reading.span(line, line)[0]
        found.append(Anchor(at, 1, line, 0, Sign(Says.LOOK_ALIKE, Cause.NODE_ROLE)))
    found.sort(key=lambda a: a.at)
    return found


def _entries(reading: Reading, anchors: list[Anchor]) -> Iterable[tuple[int, int, list[Anchor]]]:
    """Group the anchors by the log entry that holds them."""
    start = end = -1
    inside: list[Anchor] = []
    for anchor in anchors:
        if anchor.line > end:
            if inside:
                yield start, end, inside
            start, end = _bounds(reading.lines, anchor.line, after=end)
            inside = []
        inside.append(anchor)
    if inside:
        yield start, end, inside


def _bounds(lines: tuple[str, ...], line: int, *, after: int) -> tuple[int, int]:
    first = line
    while first - 1 > after and line - first < _LINES_BACK and not starts_entry(lines[first]):
        first -= 1
    last = line
    while last + 1 < len(lines) and last - line < _LINES_ON and not starts_entry(lines[last + 1]):
        last += 1
    return first, last


def _judge(
    reading: Reading, first: int, last: int, anchors: list[Anchor], *, mentioned: bool
) -> Iterable[Failure]:
    around = "\n".join(reading.lines[first : last + 1])[:_ENTRY_CHARACTERS]
    machine = machine_wrote(around)
    happened = [a for a in anchors if not _talked(reading, a, machine=machine)]
    answers = [a for a in happened if a.sign.says is Says.ANSWER]
    failed = [a for a in happened if a.sign.says is Says.FAILED]
    mentions = [a for a in happened if a.sign.says is Says.MENTION]
    if _CHAIN.search(around) and not failed:
        answers = [a for a in answers if a.sign.cause is not Cause.NOT_CONFIGURED]
    if answers:
        # Words that name the cause; a bare code only where no words do.
        named = [a for a in answers if not _is_bare(a, answers)] or answers
        yield from _each_cause(named, around, first, last)
        return
    conditional = [a for a in happened if a.sign.says is Says.IF_WEB_IDENTITY]
    spoken = failed or mentions
    if (
        conditional
        and spoken
        and not (_CHAIN.search(around) and not failed and _not_set(conditional))
    ):
        yield _as_spelled(_failure(Kind.WEB_IDENTITY, conditional[-1], first, last), around)
        return
    if spoken and (worded := _by_words(reading, spoken, around, first, last, wrapped=bool(failed))):
        yield worded
        return
    yield from _look_alike(happened, around, first, last, mentioned=mentioned)


def _by_words(
    reading: Reading, spoken: list[Anchor], around: str, first: int, last: int, *, wrapped: bool
) -> Failure | None:
    """Judge an entry whose cause no fixed phrase names: by network words, error code, or the token's path."""
    at = spoken[0]
    cause, code = None, None
    if token_file_fails(around):
        cause = Cause.TOKEN_FILE
    elif (found := network_cause(around)) is not None:
        cause = found
    elif wrapped or _cloudtrail(around):
        code, cause = _coded(around)
        if not wrapped and code is None:
            return None
    elif not any(call_failed(reading.lines[a.line], a.column) for a in spoken[:4]):
        return None
    else:
        code, cause = spoken_code(around)
    return Failure(Kind.WEB_IDENTITY, cause or Cause.OTHER, code, first, last, at.line, at.column)


def _cloudtrail(around: str) -> bool:
    return _CLOUDTRAIL.search(around) is not None


def _coded(around: str) -> tuple[str | None, Cause | None]:
    """Read the error code that stands behind a wrapper."""
    for match in _AWS_CODE.finditer(around):
        code = next(group for group in match.groups() if group)
        if code in OWN_CODES:
            return OWN_CODES[code]
        if code in CODES:
            return code, CODES[code]
    return None, None


_SERVICE_CODE = compile_pattern(
    r"^(?:[A-Z][a-zA-Z]{3,50}(?:Exception|Denied|Token|TokenId|Error|Operation|Failure|Match"
    r"|Forbidden))$"
)


def _any_code(around: str) -> str | None:
    """Read the first error code that looks like one of a service's."""
    for match in _AWS_CODE.finditer(around):
        code = next(group for group in match.groups() if group)
        if _SERVICE_CODE.match(code) and not code.startswith(_NO_SERVICE):
            return code
    return None


_NO_SERVICE = ("Client", "RequestError", "Sdk", "Runtime", "IO", "Amazon", "Type", "Sts", "S3", "Credentials",
               "EnvAccess", "EC2Role", "EC2Meta", "Sasl", "Null", "Trino", "NoAuth", "Storage", "Illegal",
               "AWSSecurityToken", "FormatError", "Permission", "PresentError", "Unmarshal", "Serialization",
               "WebIdentity")  # fmt: skip


def _each_cause(anchors: list[Anchor], around: str, first: int, last: int) -> Iterable[Failure]:
    seen: set[Cause] = set()
    for anchor in anchors:
        if anchor.sign.cause not in seen and anchor.sign.cause is not None:
            seen.add(anchor.sign.cause)
            if _another_call(anchor, around):
                yield Failure(
                    Kind.LOOK_ALIKE, Cause.ROLE_CHAINING, anchor.sign.code, first, last,
                    anchor.line, anchor.column,
                )  # fmt: skip
            else:
                yield _as_spelled(_failure(Kind.WEB_IDENTITY, anchor, first, last), around)


def _as_spelled(failure: Failure, around: str) -> Failure:
    """Take the code as the text spells it, where STS has several for one cause."""
    if failure.cause not in _SPELLINGS:
        return failure
    for match in _AWS_CODE.finditer(around):
        *spelled, _exception = match.groups()  # an exception's name is the SDK's
        code = next((group for group in spelled if group), "")
        if CODES.get(code) is failure.cause:
            return replace(failure, code=code)
    return failure


_SPELLINGS = frozenset((Cause.THROTTLED, Cause.EXPIRED_TOKEN))


def _another_call(anchor: Anchor, around: str) -> bool:
    """Tell whether the answer, which other STS calls can get too, was to one of those."""
    return anchor.sign.cause in {Cause.VALIDATION, Cause.REGION_DISABLED} and (
        _SISTER_CALL.search(around) is not None
    )


def _is_bare(anchor: Anchor, anchors: list[Anchor]) -> bool:
    return anchor.sign.cause is Cause.INVALID_TOKEN and any(
        other.sign.code == "InvalidIdentityToken" and other.sign.cause is not Cause.INVALID_TOKEN
        for other in anchors
    )


def _not_set(anchors: list[Anchor]) -> bool:
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


def _look_alike(
    anchors: list[Anchor], around: str, first: int, last: int, *, mentioned: bool
) -> Iterable[Failure]:
    others = [a for a in anchors if a.sign.says is Says.LOOK_ALIKE]
    if not others:
        return
    node = next((a for a in others if a.sign.cause is Cause.NODE_ROLE), None)
    code = _any_code(around) or next((a.sign.code for a in others if a.sign.code), None)
    telling = node or max(others, key=lambda a: _TELLING[a.sign.cause or Cause.OTHER])
    kind = Kind.WEB_IDENTITY if node and mentioned else Kind.LOOK_ALIKE
    yield Failure(
        kind, telling.sign.cause or Cause.OTHER, code, first, last, telling.line, telling.column,
    )  # fmt: skip


_TELLING = {cause: rank for rank, cause in enumerate(
    (Cause.OTHER, Cause.NO_CREDENTIALS, Cause.PERMISSION, Cause.OTHER_FEDERATION, Cause.POD_IDENTITY,
     Cause.ROLE_CHAINING, Cause.NODE_ROLE)
)}  # fmt: skip


def _failure(kind: Kind, anchor: Anchor, first: int, last: int) -> Failure:
    return Failure(
        kind,
        anchor.sign.cause or Cause.OTHER,
        anchor.sign.code,
        first,
        last,
        anchor.line,
        anchor.column,
    )
