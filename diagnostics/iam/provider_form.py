"""Whether a principal's value can be the ARN of an OIDC provider.

Source: IAM User Guide, "IAM identifiers" and "Create an OpenID Connect (OIDC) identity provider in IAM".
"""

from __future__ import annotations

import re
from typing import Final

from diagnostics.languages import say

_ARN: Final = re.compile(
    r"arn:(?:aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc):iam::\d{12}:"
    r"oidc-provider/(?P<issuer>[A-Za-z0-9.-]+(?::\d+)?(?:/[^\s*?${}<>]*)?)"
)
_BLANK: Final = re.compile(r"[\x00-\x20]")
_EKS_ID: Final = re.compile(r"id/[A-Za-z0-9]+")
_EKS_HOST: Final = re.compile(r"oidc[.-]eks\.")


def fault_of(value: str) -> str | None:  # noqa: PLR0911  one rule per line
    """Why a value can't be an OIDC provider's ARN, as one clause, or None where it can."""
    if not value.isascii() or _BLANK.search(value):
        return say("it holds white space or a character that no ARN has")
    if "${" in value or "{{" in value or "<" in value:
        return say("a placeholder was never filled in")
    if "*" in value or "?" in value:
        return say("a principal takes no wildcards")
    if "://" in value:
        return say("it must not hold the scheme https://")
    if not value.startswith("arn:"):
        return say("it is no ARN")
    match = _ARN.fullmatch(value)
    if match is None:
        if ":saml-provider/" in value or ":oidc-provider/" not in value:
            return say("it is not the ARN of an OIDC provider (arn:…:oidc-provider/…)")
        return say("the account must have 12 digits and the partition must exist")
    host, _, path = match["issuer"].partition("/")
    if _EKS_HOST.match(host) and not _EKS_ID.fullmatch(path):
        return say("an EKS issuer ends in /id/<cluster ID>")
    return None


def is_provider(value: str) -> bool:
    """Whether a value can be an OIDC provider's ARN."""
    return fault_of(value) is None
