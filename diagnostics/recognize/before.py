"""Failures before STS answers, told by words that stand near each other: the token's file, the network."""

from __future__ import annotations

from itertools import islice

from diagnostics.recognize.linear import compile_pattern
from diagnostics.recognize.symptom import Cause

_TOKEN_PATH = compile_pattern(
    r"(?i)eks\.amazonaws\.com/serviceaccount/token|web[_-]?identity[_-]?token"
)
_FILE_FAILS = compile_pattern(
    r"(?i)permission denied|no such file|is denied|cannot open|could not open|can't open"
    r"|unable to read|failed to open"
    r"|failed to read|not found|EACCES|ENOENT|PermissionError|FileNotFound|NoSuchFile"
    r"|does not exist"
    r"|UnauthorizedAccess|AccessDeniedException: /var|os error \d|Errno (?:2|13)|readFileSync"
    r"|openSync|is a directory"
    r"|file is empty|couldn't read|could not read",
)
_NEAR = 240
_PLACES = 12
_STS_HOST = compile_pattern(
    r"(?i)\bsts(?:-fips)?\.(?:[a-z]{2}(?:-[a-z]{1,10}){1,3}-?\d?\.)?(?:api\.aws"
    r"|amazonaws\.com(?:\.cn)?)|\bto sts\."
)
_NETWORK = compile_pattern(
    r"(?i)dial tcp|i/o timeout|timed out|time-out|connect(?:ion)? ?timeout|timeout (?:on|while"
    r"|exceeded|error|awaiting|waiting)|timeouterror|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN"
    r"|connection refused|no such host"
    r"|connection reset|no route to host|network is unreachable|could not connect"
    r"|couldn't connect|unable to connect"
    r"|UnknownHostException|Name or service not known|Temporary failure in name resolution"
    r"|getaddrinfo|x509|certificate verify failed"
    r"|TLS handshake|deadline exceeded|Unable to execute HTTP request|broken connection"
    r"|SSLHandshake|SSL: |dns error|error trying to connect"
    r"|proxyconnect|context canceled|DispatchFailure|unexpected EOF|: EOF|Connection was closed"
    r"|ConnectTimeout|unsupported protocol scheme"
    r"|cURL error (?:6|7|28|35|60)|curlCode",
)


def token_file_fails(text: str) -> bool:
    """Tell whether the words around the token's path say that it can't be read."""
    for path in islice(_TOKEN_PATH.finditer(text), _PLACES):
        near = text[max(0, path.start() - _NEAR) : path.end() + _NEAR]
        if _FILE_FAILS.search(near) and "/" in near:
            return True
    return False


def network_cause(text: str) -> Cause | None:
    """Tell whether the words say that STS was not reached."""
    if (_STS_HOST.search(text) or "role with OIDC" in text) and _NETWORK.search(text):
        return Cause.STS_UNREACHABLE
    return None
