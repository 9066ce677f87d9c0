"""A failed call in somebody's own words: programs that wrap no SDK's text, and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.recognize.linear import compile_pattern
from diagnostics.recognize.sts import CODES, OWN_CODES
from diagnostics.recognize.talk import is_talk

if TYPE_CHECKING:
    from diagnostics.recognize.symptom import Cause

_FREE_FORM = compile_pattern(
    r"(?i)\b(?:fail\w*|errors?|unable|could not|couldn't|cannot|can't|can not)(?: to)?(?: \w{1,20}){0,3} "
    r"(?:(?:assum|exchang)\w*|(?:retriev|get|obtain|fetch|load|refresh)\w*"
    r"(?: \w{1,20}){0,3} (?:credentials?|tokens?|role|session))"
    r" [^.\n]{0,60}\b(?:web[ _-]identity|WebIdentity|with OIDC)\b"
    r"|\b(?:fail\w*|unable|could not|couldn't|cannot|can't)(?: to)? (?:retriev|get|obtain|fetch|load|refresh)\w* "
    r"(?:the |AWS |STS ){0,2}web[ _-]?identity (?:token )?credentials"
    r"|\b(?:fail\w* to|unable to|could not|couldn't|cannot|error) (?:call|invoke|execut|perform|mak|send)\w* "
    r"(?:the )?(?:sts:?)?AssumeRoleWithWebIdentity"
    r"|\bsts[ _]web[ _]identity[^\n]{0,120}?(?:fail|error|invalid)"
    r"|AssumeRoleWithWebIdentity[\"'\])]{0,2}: ?[^\n]{0,80}?(?:error|exception|denied|fail|forbidden|Invalid|Expired"
    r"|time(?:d )?out|refused|unsupported)"
    r"|AssumeRoleWithWebIdentity (?:call |request |response |operation ){0,2}"
    r"(?:returned|answered|responded|ended|had|got)[^.\n]{0,40}?(?:error|denied|status(?: code)?:? [45]\d\d"
    r"|HTTP [45]\d\d|[45]\d\d \w|InvalidIdentityToken|AccessDenied)"
    r"|(?:AccessDenied|denied|InvalidIdentityToken|error|exception|[45]\d\d)\w* "
    r"(?:when calling|while calling|in the call (?:of|to)) (?:the )?(?:sts:?)?AssumeRoleWithWebIdentity"
    r"|\b(?:exchang|assum|us|read|validat|retriev)ing (?:the |AWS |role ){0,2}(?:with |by )?web[ _-]identity"
    r"(?: token| role| credentials)?: ?[^\n]{0,60}?(?:error|denied|fail|invalid|exception|timeout|refused"
    r"|forbidden|40[03])"
    r"|unable to find child 'AssumeRoleWithWebIdentityResult'"
    r"|Error performing (?:POST|GET|request) [^\n]{0,400}Action=AssumeRoleWithWebIdentity"
    r"|Action=AssumeRoleWithWebIdentity[^\n]*?(?:unsupported protocol|dial tcp|timeout|refused|no such host|EOF"
    r"|error sending request|Server returned error)"
)
_SPOKEN_CODE = compile_pattern(
    r"\b(AccessDenied|InvalidIdentityToken|ExpiredTokenException|ValidationError|IDPCommunicationError"
    r"|IDPRejectedClaim|RegionDisabledException|Throttling|ThrottlingException)\b"
)
"""Codes that nobody writes by chance."""
_BEFORE, _AFTER = 160, 4400


def call_failed(line: str, column: int) -> bool:
    """Tell whether the words around a column of a line say that the web-identity call failed.

    Args:
        line: The plain line.
        column: Where it speaks of web identity.
    """
    match = _FREE_FORM.search(line, max(0, column - _BEFORE), column + _AFTER)
    return match is not None and not is_talk(line, match.start(), match.end())


def spoken_code(text: str) -> tuple[str | None, Cause | None]:
    """Read an error code that stands as a word of its own; None where there is none."""
    named = _SPOKEN_CODE.search(text)
    if named is None:
        return None, None
    return OWN_CODES.get(named[1]) or (named[1], CODES[named[1]])
