"""Error codes as SDKs write them around an answer: of STS, and of other services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.recognize.linear import compile_pattern
from diagnostics.recognize.sts import CODES, OWN_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.recognize.symptom import Cause

_AWS_CODE = compile_pattern(
    r"An error occurred \((\w{3,60})\)|api error (\w{3,60})|Error Code: (\w{3,60})"
    r"|caused by: (\w{3,60}): "
    r"|<Code> ?(\w{3,60})|\"?[cC]ode\"?: (?:Some\()?[\"'](\w{3,60})"
    r"|StatusCode: \d{3}, RequestID: [\w*-]{1,64}, (\w{3,60}): "
    r"|\"errorCode\": ?\"(\w{3,60})|Errors::(\w{3,60})|unhandled error \((\w{3,60})\)"
    r"|\((\w{3,60})\): Error"
    r"|\b(\w{3,60}(?:Exception|Error|Denied))\b: "
)
_SERVICE_CODE = compile_pattern(
    r"^(?:[A-Z][a-zA-Z]{3,50}(?:Exception|Denied|Token|TokenId|Error|Operation|Failure|Match"
    r"|Forbidden))$"
)
_NO_SERVICE = ("Client", "RequestError", "Sdk", "Runtime", "IO", "Amazon", "Type", "Sts", "S3", "Credentials",
               "EnvAccess", "EC2Role", "EC2Meta", "Sasl", "Null", "Trino", "NoAuth", "Storage", "Illegal",
               "AWSSecurityToken", "FormatError", "Permission", "PresentError", "Unmarshal", "Serialization",
               "WebIdentity")  # fmt: skip
"""Beginnings of what looks like a service's code and is a client's."""


def known_code(text: str) -> tuple[str | None, Cause | None]:
    """Read the first code that STS answers with, and what it means."""
    for code in _codes(text):
        if code in OWN_CODES:
            return OWN_CODES[code]
        if code in CODES:
            return code, CODES[code]
    return None, None


def service_code(text: str) -> str | None:
    """Read the first code that looks like one of a service's."""
    for code in _codes(text):
        if _SERVICE_CODE.match(code) and not code.startswith(_NO_SERVICE):
            return code
    return None


def spelling_of(cause: Cause, text: str) -> str | None:
    """Read the code that the text has for a cause, where STS has several; None where it has none."""
    for match in _AWS_CODE.finditer(text):
        *spelled, _exception = match.groups()  # an exception's name is the SDK's
        code = next((group for group in spelled if group), "")
        if CODES.get(code) is cause:
            return code
    return None


def _codes(text: str) -> Iterator[str]:
    for match in _AWS_CODE.finditer(text):
        yield next(group for group in match.groups() if group)
