"""Failures before STS answers, told by words that stand near each other: the token's file, the network."""

from __future__ import annotations

import re

from diagnostics.recognize.symptom import Cause

_TOKEN_PATH = re.compile(r"eks\.amazonaws\.com/serviceaccount/token|web[_-]?identity[_-]?token|WebIdentityToken(?:File)?", re.I)
_FILE_FAILS = re.compile(
    r"permission denied|no such file|is denied|cannot open|could not open|can't open|unable to read|failed to open"
    r"|failed to read|not found|EACCES|ENOENT|PermissionError|FileNotFound|NoSuchFile|does not exist"
    r"|UnauthorizedAccess|AccessDeniedException: /var|os error \d|Errno (?:2|13)|readFileSync|openSync|is a directory"
    r"|file is empty|couldn't read|could not read",
    re.I,
)
_NEAR = 240
_STS_HOST = re.compile(
    r"\bsts(?:-fips)?\.(?:[a-z]{2}(?:-[a-z]{1,10}){1,3}-?\d?\.)?(?:api\.aws|amazonaws\.com(?:\.cn)?)|\bto sts\.", re.I
)
_NETWORK = re.compile(
    r"dial tcp|i/o timeout|timed? ?out|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|connection refused|no such host"
    r"|connection reset|no route to host|network is unreachable|could not connect|couldn't connect|unable to connect"
    r"|UnknownHostException|Name or service not known|Temporary failure in name resolution|getaddrinfo|x509|certificate verify failed"
    r"|TLS handshake|deadline exceeded|Unable to execute HTTP request|broken connection|SSLHandshake|SSL: |dns error|error trying to connect"
    r"|proxyconnect|context canceled|DispatchFailure|unexpected EOF|: EOF|Connection was closed|ConnectTimeout|unsupported protocol scheme"
    r"|cURL error (?:6|7|28|35|60)|curlCode",
    re.I,
)


def token_file_fails(text: str) -> bool:
    """Tell whether the words around the token's path say that it can't be read."""
    for path in _TOKEN_PATH.finditer(text):
        near = text[max(0, path.start() - _NEAR) : path.end() + _NEAR]
        if _FILE_FAILS.search(near) and "/" in near:
            return True
    return False


def network_cause(text: str) -> Cause | None:
    """Tell whether the words say that STS was not reached."""
    if (_STS_HOST.search(text) or "role with OIDC" in text) and _NETWORK.search(text):
        return Cause.STS_UNREACHABLE
    return None
