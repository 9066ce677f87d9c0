"""Secrets in a paste: found, named by kind, and taken out before anything else reads the text.

Every pattern starts at a literal or reads a whole run of token characters once, so that the time is linear in
the text, whatever the text.
"""

from __future__ import annotations

import re
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from diagnostics.recognize.linear import compile_pattern, storable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.recognize.linear import Pattern


class SecretKind(StrEnum):
    """What kind of secret a text holds; the value is what a person is told."""

    JWT = "a JSON web token"
    ACCESS_KEY = "an AWS access key ID"
    SECRET_KEY = "an AWS secret access key"  # noqa: S105  its name, no secret
    SESSION_TOKEN = "an AWS session token"  # noqa: S105  its name, no secret
    AUTHORIZATION = "an Authorization header"
    COOKIE = "a cookie"
    PASSWORD = "a password"  # noqa: S105  its name, no secret
    PRIVATE_KEY = "a private key"
    API_TOKEN = "an API token"  # noqa: S105  its name, no secret
    SIGNED_URL = "a signed URL"


Span: TypeAlias = tuple[int, int, SecretKind]

_RUN = re.compile(r"[A-Za-z0-9_.~+/=%-]{16,}")
_ACCESS_KEY = re.compile(r"A(?:KI|SI)A[A-Z2-7]{16}")
_API_TOKEN = re.compile(
    r"(?:xox[abeprs]-|xapp-|gh[oprsu]_|github_pat_|glpat-|sk-ant-|sk-proj-|k8s-aws-v1\.)[A-Za-z0-9_.-]{10,}"
)
_API_OPENINGS = (
    "xox",
    "xapp-",
    "gho_",
    "ghp_",
    "ghr_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "sk-ant-",
    "sk-proj-",
    "k8s-aws-v1.",
)
_HEADER = re.compile(r"eyJ(?:hbGciOi|raWQiOi|0eXAiOi|jdHkiOi|4NXQ)")
_JWT_PART = re.compile(r"[A-Za-z0-9_-]*={0,2}")
# Every session token that STS has issued opens with one of these (seen in its answers since 2014).
_SESSION = (
    "IQoJb3JpZ2lu",
    "FwoGZXIvYXdz",
    "FQoGZXIvYXdz",
    "AQoDYXdz",
    "AgoJb3JpZ2lu",
    "AgoGb3JpZ2lu",
)
# `kubectl describe` puts many blanks after the colon.
_LABEL = r"[\"'\\\s]{0,4}[:=>][\"'\\\s]{0,40}"
_WORD = r"[\"'\\]{0,3}[ \t]{0,20}[:=][ \t]{0,40}[\"'\\]{0,3}"
_NAME = r"(?i)\bname[\"'\\]{0,3}[ \t]?[:=][ \t]?[\"'\\]{0,3}[a-z0-9_.-]{0,80}"
_VALUE = (
    r"[\"'\\]{0,3}(?:[\s,]|\\[nrt]){1,40}[\"'\\]{0,3}value[\"'\\]{0,3}[ \t]?[:=][ \t]?[\"'\\]{0,3}"
    r"([^\s\"'\\,;&]{4,})"
)
"""Between the name of a container's variable and its value, in YAML and in JSON."""
_LABELLED: tuple[tuple[Pattern, SecretKind], ...] = (
    (
        compile_pattern(
            r"(?i)secret_?-?(?:access_?-?)?key"
            + _LABEL
            + r"(?:[<\[]?CDATA\[)?([A-Za-z0-9/+=]{16,200})"
        ),
        SecretKind.SECRET_KEY,
    ),
    (compile_pattern(_NAME + "secret_?access_?key" + _VALUE), SecretKind.SECRET_KEY),
    (
        compile_pattern(_NAME + "(?:session|security)_?token" + _VALUE),
        SecretKind.SESSION_TOKEN,
    ),
    (
        compile_pattern(_NAME + "(?:password|passwd|pwd|passphrase)" + _VALUE),
        SecretKind.PASSWORD,
    ),
    (
        compile_pattern(
            _NAME + "(?:secret|secret_?key|private_?key|api_?key|token|credentials?)" + _VALUE
        ),
        SecretKind.API_TOKEN,
    ),
    (
        compile_pattern(
            r"(?i)(?:api[_-]?key|(?:client|app|auth|access|refresh|id)[_-]?(?:secret|token))"
            + _WORD
            + r"([A-Za-z0-9._~+=-]{16,})"
        ),
        SecretKind.API_TOKEN,
    ),
    (
        compile_pattern(
            r"(?i)(?:session|security)_?-?token" + _LABEL + r"([A-Za-z0-9/+=%_.-]{16,})"
        ),
        SecretKind.SESSION_TOKEN,
    ),
    (
        compile_pattern(r"(?i)(?:\bbearer|\bbasic)[ \t]{1,4}([A-Za-z0-9._~+/=-]{16,})"),
        SecretKind.AUTHORIZATION,
    ),
    (
        compile_pattern(
            r"(?i)\bauthorization"
            + _LABEL
            + r"((?:bearer|basic|token|aws4-hmac-sha256)[ \t][^\r\n\"']{4,})",
        ),
        SecretKind.AUTHORIZATION,
    ),
    (
        compile_pattern(
            r"(?i)\b(?:set-)?cookie[\"'\\]{0,3}[ \t]?:[ \t\"'\\]{0,4}([^\r\n\"\\]{4,})"
        ),
        SecretKind.COOKIE,
    ),
    (
        compile_pattern(r"(?i)(?:password|passwd|passphrase)" + _WORD + r"([^\s\"'\\,;&]{4,200})"),
        SecretKind.PASSWORD,
    ),
    # Not the shell's own PWD, which is a path.
    (
        compile_pattern(r"(?i)pwd" + _WORD + r"([^\s\"'\\,;&/][^\s\"'\\,;&]{3,200})"),
        SecretKind.PASSWORD,
    ),
    (compile_pattern(r"(?i)X-Amz-Signature(?:=|%3D)([0-9a-f]{16,64})"), SecretKind.SIGNED_URL),
    (
        compile_pattern(r"(?i)\bhooks\.slack\.com/services/([A-Za-z0-9/]{10,200})"),
        SecretKind.API_TOKEN,
    ),
    (compile_pattern(r"://[^\s/:@]{0,64}:([^\s/:]{3,200})@"), SecretKind.PASSWORD),
    # base64 of `eyJ`, as Secrets hold a JSON web token.
    (compile_pattern(r"\b(ZXlK[A-Za-z0-9+/]{20,}={0,2})"), SecretKind.JWT),
    # base64 of `-----BEGIN … PRIVATE KEY`, as kubeconfig files and Secrets hold one; certificates stay.
    (
        compile_pattern(
            r"(LS0tLS1CRUdJTiB(?:SU0Eg|FQyB|QUklWQVRF|PUEVOU1NI|FTkNSWVBUR)[A-Za-z0-9+/]+={0,2})"
        ),
        SecretKind.PRIVATE_KEY,
    ),
    (
        compile_pattern(r"(?s)-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(.+?)(?:-----END|$)"),
        SecretKind.PRIVATE_KEY,
    ),
)
_SECRET_KEY_LENGTH = 40
_CONTINUED = re.compile(r"[ \t]{0,4}(?:\\[rn]|\r?\n|\\){1,4}[>| \t│]{0,4}([A-Za-z0-9_.+/=-]{16,})")
_HEX = frozenset("0123456789abcdefABCDEF")
_PLACEHOLDER = compile_pattern(
    r"[*xX.…-]+|<.*|\[redacted.*|redacted.*|\$\{?\w+\}?|\$\(\w+\)|None|null|true|false"
)


def find_secrets(text: str) -> tuple[SecretKind, ...]:
    """Name the kinds of secrets in a text, each once, in the order of their first appearance."""
    kinds: dict[SecretKind, None] = {}
    for _, _, kind in _spans(storable(text)):
        kinds.setdefault(kind)
    return tuple(kinds)


def redact(text: str) -> str:
    """Take every secret out of a text, leaving what kind it was in brackets."""
    text = storable(text)
    parts: list[str] = []
    done = 0
    for start, end, kind in _spans(text):
        parts += (text[done:start], f"[{kind.value} was here]")
        done = end
    if not parts:
        return text
    parts.append(text[done:])
    return "".join(parts)


def _spans(text: str) -> list[Span]:
    """Find where the secrets are: ascending, without overlap; where two overlap, the union counts."""
    found = sorted([*_in_runs(text), *_labelled(text)], key=itemgetter(0, 1))
    merged: list[Span] = []
    for start, end, kind in found:
        if merged and start < merged[-1][1]:
            before = merged[-1]
            merged[-1] = (before[0], max(before[1], end), before[2])
        else:
            merged.append((start, end, kind))
    return merged


def _in_runs(text: str) -> Iterator[Span]:
    """Look through the runs of token characters for what the text as a whole can hold."""
    keys, jwts = "AKIA" in text or "ASIA" in text, "eyJ" in text
    tokens = any(opening in text for opening in _API_OPENINGS)
    sessions = [opening for opening in _SESSION if opening in text]
    if not (keys or jwts or tokens or sessions):
        return
    for run in _RUN.finditer(text):
        token, at = run[0], run.start()
        if keys:
            yield from _keys(token, at)
        if tokens:
            for key in _API_TOKEN.finditer(token):
                yield at + key.start(), at + key.end(), SecretKind.API_TOKEN
        if jwts and (start := _jwt_start(token)) is not None:
            yield at + start, _continued(text, at + _jwt_end(token, start)), SecretKind.JWT
        for opening in sessions:
            if (start := token.find(opening)) >= 0:
                yield at + start, _continued(text, run.end()), SecretKind.SESSION_TOKEN


def _keys(token: str, at: int) -> Iterator[Span]:
    for key in _ACCESS_KEY.finditer(token):
        yield at + key.start(), at + key.end(), SecretKind.ACCESS_KEY
    if _is_secret_key(token):
        yield at, at + len(token), SecretKind.SECRET_KEY


def _labelled(text: str) -> Iterator[Span]:
    for pattern, kind in _LABELLED:
        for match in pattern.finditer(text):
            if not _PLACEHOLDER.fullmatch(match[1]):
                yield match.start(1), match.end(1), kind


def _jwt_start(token: str) -> int | None:
    """Find a JWT in a run: a JOSE header, or two parts that are both base64 of a JSON object."""
    if (header := _HEADER.search(token)) is not None:
        return header.start()
    first = token.find("eyJ")
    return first if first >= 0 and token.find(".eyJ", first) > 0 else None


def _jwt_end(token: str, start: int) -> int:
    """Find where a JWT's last part ends, inside the run."""
    end = start
    for part in range(5):  # JWS has three parts, JWE five
        end = _JWT_PART.match(token, end).end()  # type: ignore[union-attr]  # matches the empty text
        if end >= len(token) or token[end] != "." or part == 4:  # noqa: PLR2004  the fifth is the last
            break
        end += 1
    return end


def _continued(text: str, end: int) -> int:
    """Follow a long token over the lines that a terminal or a mail program broke it into."""
    while (more := _CONTINUED.match(text, end)) is not None:
        end = more.end()
    return end


def _is_secret_key(token: str) -> bool:
    """Tell a bare secret access key from a SHA-1 sum or a path: 40 characters of base64, mixed."""
    return (
        len(token) == _SECRET_KEY_LENGTH
        and not set(token) <= _HEX
        and any(c.isupper() for c in token)
        and any(c.islower() for c in token)
        and any(c.isdigit() for c in token)
        and token.count("/") < 4  # noqa: PLR2004  more is a path
        and not set(token) & set("_.~%-")
    )
