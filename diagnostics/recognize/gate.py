"""The gate that every message passes: a few substring searches, microseconds."""

from __future__ import annotations

# Each failure's words hold at least one of these, however they were escaped.
_ROOTS = (
    "identity", "assume", "oidc", "openidconnect", "credential", "authorized", "access denied", "accessdenied",
    "amazonaws", "thumbprint", "token", "sts", "iam", "audience", "request arn", "verification key", "169.254.170.23",
    "forbidden", "errorresponse", "saml", "awssdk",
)  # fmt: skip
_LIMIT = 1_048_576


def worth_reading(text: str) -> bool:
    """Tell whether a text may hold a failure that `recognize` knows. Quick and generous; never fails."""
    if len(text) < len("InvalidIdentityToken"):
        return False
    lower = text[:_LIMIT].lower()
    return any(root in lower for root in _ROOTS) or "│" in lower
