"""Puts a text's failures and fields together: `recognize`."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from diagnostics.recognize.controllers import workload_of
from diagnostics.recognize.failures import Failure, failures
from diagnostics.recognize.fields import SCAN, Fields, read_fields
from diagnostics.recognize.gate import worth_reading
from diagnostics.recognize.linear import compile_pattern, storable
from diagnostics.recognize.sdks import sdk_of
from diagnostics.recognize.secrets import redact
from diagnostics.recognize.symptom import Cause, Kind, Symptom
from diagnostics.recognize.unwrap import LIMIT, unwrap

if TYPE_CHECKING:
    from diagnostics.recognize.unwrap import Reading

MOST = 10
"""Symptoms of one text, at most."""
_EXCERPT = 600
_MESSAGE = 300
_MESSAGE_END = compile_pattern(r"\"|<|\t| \(Service:| status code: \d| ---> |\n|, \"|\\|', |: \[|$")
_MESSAGE_OPENING = compile_pattern(r"(?:[Cc]ould(?:n't| not)|Value '[^'\n]{0,256}'|[Tt]he) $")
"""What stands before the words that a cause is known by, and belongs to their sentence."""
_FEDERATIONS = (
    (
        compile_pattern(
            r"(?i)configure-aws-credentials|GitHub Actions|role with OIDC"
            r"|token\.actions\.githubusercontent|ACTIONS_ID_TOKEN"
        ),
        "GitHub Actions",
    ),
    (compile_pattern(r"(?i)\bgitlab"), "GitLab"),
    (compile_pattern(r"(?i)\bbuildkite\b"), "Buildkite"),
    (compile_pattern(r"(?i)\bcircleci\b"), "CircleCI"),
    (compile_pattern(r"(?i)cognito"), "Amazon Cognito"),
    (compile_pattern(r"(?i)Terraform Cloud|app\.terraform\.io"), "HCP Terraform"),
)
_REPEATED = frozenset((Cause.NO_CREDENTIALS, Cause.OTHER))


@dataclass(frozen=True, slots=True)
class _Context:
    """What the whole text shows, for fields that a failure's own entry lacks."""

    fields: Fields
    sdk: str | None
    workload: str | None
    federation: str | None


def recognize(text: str) -> tuple[Symptom, ...]:
    """Find the failures that a pasted text tells of.

    Web-identity failures come first, then look-alikes; the same failure comes once. Nothing in the result holds a
    secret. Reads at most 1,048,576 characters, finds at most ten failures, never fails, takes time linear in the text.
    """
    if not worth_reading(text):
        return ()
    reading = unwrap(redact(storable(text[:LIMIT])))
    found = failures(reading)
    if not found:
        return ()
    context = _context(reading)
    symptoms: list[Symptom] = []
    seen: dict[str, tuple[Fields, str | None]] = {}
    alone = len({(f.kind, f.cause, f.code) for f in found if f.kind is Kind.WEB_IDENTITY}) <= 1
    for failure in _few_of_each(found):
        _merge(symptoms, _symptom(reading, failure, context, seen, alone=alone))
    ordered = sorted(symptoms, key=lambda s: s.kind is not Kind.WEB_IDENTITY)
    if (
        ordered[0].kind is Kind.WEB_IDENTITY
    ):  # what no provider found follows from what this one met
        ordered = [s for s in ordered if s.kind is Kind.WEB_IDENTITY or s.cause not in _REPEATED]
    return tuple(replace(s, fingerprint=_fingerprint(s)) for s in ordered[:MOST])


def _few_of_each(found: list[Failure]) -> list[Failure]:
    """Leave out what repeats: a log says the same thing a hundred times."""
    counts: Counter[tuple[Kind, Cause, str | None]] = Counter()
    few = []
    for failure in found:
        counts[failure.kind, failure.cause, failure.code] += 1
        if counts[failure.kind, failure.cause, failure.code] <= MOST:
            few.append(failure)
    return few


def _context(reading: Reading) -> _Context:
    text = reading.text[:SCAN]
    federation = next((name for words, name in _FEDERATIONS if words.search(text)), None)
    return _Context(read_fields(text), sdk_of(text), workload_of(text), federation)


def _symptom(
    reading: Reading,
    failure: Failure,
    context: _Context,
    seen: dict[str, tuple[Fields, str | None]],
    *,
    alone: bool,
) -> Symptom:
    """Make one symptom; `seen` keeps what an entry's text shows, for entries that say the same."""
    if failure.first == 0 and failure.last == len(reading.lines) - 1:
        own, sdk, workload = context.fields, context.sdk, context.workload
    else:
        own_text = "\n".join(reading.lines[failure.first : failure.last + 1])[:SCAN]
        if own_text not in seen:
            seen[own_text] = read_fields(own_text), workload_of(own_text)
        own, workload = seen[own_text]
        own = _filled(own, context.fields, _ALL if alone else _AROUND)
        workload = workload or own.workload or context.workload
        sdk = context.sdk if alone else sdk_of(own_text) or context.sdk
    values = {f.name: getattr(own, f.name) for f in fields(Fields)}
    if failure.kind is Kind.LOOK_ALIKE and failure.cause in {Cause.PERMISSION, Cause.NODE_ROLE}:
        values["role_arn"] = None  # what the text names is what was asked for, or the node's
    values["workload"] = workload or own.workload or _owner(own.pod)
    return Symptom(
        kind=failure.kind,
        cause=failure.cause,
        excerpt=_excerpt(reading, failure),
        fingerprint="",
        sdk=sdk,
        sts_error_code=failure.code,
        message=_message(reading, failure),
        federation=context.federation,
        **values,
    )


_AROUND = ("cluster", "namespace", "service_account", "pod", "region", "account_id", "at")
"""What an alert's head or a command line says for all that follows."""
_ALL = tuple(f.name for f in fields(Fields))


def _filled(own: Fields, around: Fields, names: tuple[str, ...]) -> Fields:
    missing = {n: getattr(around, n) for n in names if getattr(own, n) is None}
    if own.role_as_written is not None:
        missing.pop("role_arn", None)
    if own.service_account is None and own.namespace not in {None, around.namespace}:
        missing.pop("service_account", None)
    return replace(own, **missing)


def _excerpt(reading: Reading, failure: Failure) -> str:
    """Show the lines around the words that say so, up to 600 characters."""
    chosen = [reading.lines[failure.line]]
    size = len(chosen[0])
    if size > _EXCERPT:
        start = max(0, min(failure.column - 120, size - _EXCERPT))
        return chosen[0][start : start + _EXCERPT].strip()
    before, after = failure.line - 1, failure.line + 1
    while after <= failure.last and size + len(reading.lines[after]) < _EXCERPT:
        chosen.append(reading.lines[after])
        size += len(reading.lines[after]) + 1
        after += 1
    while before >= failure.first and size + len(reading.lines[before]) < _EXCERPT:
        chosen.insert(0, reading.lines[before])
        size += len(reading.lines[before]) + 1
        before -= 1
    return "\n".join(chosen).strip()[:_EXCERPT]


def _message(reading: Reading, failure: Failure) -> str | None:
    """Read the sentence in which the words stand that say so, to its end."""
    lines = "\n".join(reading.lines[failure.line : failure.line + 3])
    opening = _MESSAGE_OPENING.search(lines[max(0, failure.column - _MESSAGE) : failure.column])
    rest = lines[failure.column - (len(opening[0]) if opening else 0) :]
    end = _MESSAGE_END.search(rest, 1, _MESSAGE)
    return rest[: end.start() if end else _MESSAGE].strip(" '\"`.,;_") or None


def _merge(symptoms: list[Symptom], new: Symptom) -> None:
    """Add a symptom, or fill the gaps of the same one."""
    for index, old in enumerate(symptoms):
        if _same(old, new):
            gaps = {
                f.name: getattr(new, f.name)
                for f in fields(Symptom)
                if getattr(old, f.name) is None and getattr(new, f.name) is not None
            }
            symptoms[index] = replace(old, **gaps)
            return
    if len(symptoms) < MOST:
        symptoms.append(new)


def _same(a: Symptom, b: Symptom) -> bool:
    if (a.kind, a.cause) != (b.kind, b.cause):
        return False
    pairs = (
        (a.sts_error_code, b.sts_error_code),
        (a.role_as_written, b.role_as_written),
        (a.issuer, b.issuer),
        (a.service_account, b.service_account),
        (a.workload, b.workload),
        (a.cluster, b.cluster),
        (a.source_role, b.source_role),
    )
    return all(x is None or y is None or x == y for x, y in pairs)


_POD_SUFFIX = compile_pattern(r"(?:-[0-9a-f]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}$|-\d{1,5}$")


_OWNED = compile_pattern(r"-[0-9a-f]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$")


def _owner(pod: str | None) -> str | None:
    """Name the deployment whose pod this is, where the name shows that it is one's."""
    suffix = _OWNED.search(pod) if pod else None
    return pod[: suffix.start()] if pod and suffix else None


def _base_name(pod: str) -> str:
    """Leave out what a controller appends to the name of a pod."""
    suffix = _POD_SUFFIX.search(pod)
    return pod[: suffix.start()] if suffix else pod


def _fingerprint(symptom: Symptom) -> str:
    """Hash what makes a failure that failure: 16 hex digits."""
    pod = _base_name(symptom.pod) if symptom.pod else None
    parts = (
        symptom.kind, symptom.cause, symptom.sts_error_code, symptom.role_as_written, symptom.account_id,
        symptom.issuer, symptom.namespace, symptom.service_account, symptom.workload, pod, symptom.cluster,
        symptom.source_role,
    )  # fmt: skip
    return hashlib.sha256("\x1f".join(str(p or "") for p in parts).encode()).hexdigest()[:16]
