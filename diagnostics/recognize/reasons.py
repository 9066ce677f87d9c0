"""Why a text was recognised, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.recognize.symptom import Cause, Kind

if TYPE_CHECKING:
    from diagnostics.recognize.symptom import Symptom

_WORDS = {
    Cause.ACCESS_DENIED: "STS refused the web-identity call: a trust policy, or a policy above it, does not admit it",
    Cause.NO_PROVIDER: "STS found no OIDC provider for the token's issuer in the role's account",
    Cause.TOKEN_NOT_VALIDATED: "STS could not validate the token: its provider is missing, or lacks the audience",
    Cause.INCORRECT_AUDIENCE: "STS refused the token's audience: the OIDC provider's client IDs lack it",
    Cause.MISSING_CLAIM: "STS refused the token: it lacks a claim",
    Cause.NOT_A_JWT: "STS refused the token: it is no JWT",
    Cause.THUMBPRINT: "STS refused the issuer's certificate: it does not match the OIDC provider's thumbprint",
    Cause.VERIFICATION_KEY: "STS could not get the issuer's keys",
    Cause.INVALID_TOKEN: "STS refused the token",
    Cause.EXPIRED_TOKEN: "STS refused the token: it has expired",
    Cause.VALIDATION: "STS refused the call's parameters",
    Cause.IDP_UNREACHABLE: "STS could not reach the issuer",
    Cause.IDP_REJECTED: "the issuer rejected the claim",
    Cause.REGION_DISABLED: "STS is not activated in the region for this account",
    Cause.THROTTLED: "STS asked the caller to slow down",
    Cause.TOKEN_FILE: "the token file is missing, or the process may not read it",
    Cause.NO_REGION: "the SDK has no region to find STS in",
    Cause.STS_UNREACHABLE: "STS could not be reached from the pod",
    Cause.SDK_LACKS_STS: "the SDK lacks its STS module",
    Cause.NOT_CONFIGURED: "the role ARN or the token file is not set",
    Cause.OTHER: "the web-identity call failed",
    Cause.NODE_ROLE: "the node's instance role made the call in place of the pod's role",
    Cause.PERMISSION: "a role was assumed and lacks a permission",
    Cause.ROLE_CHAINING: "sts:AssumeRole into another role failed",
    Cause.POD_IDENTITY: "this is EKS Pod Identity, not IRSA",
    Cause.OTHER_FEDERATION: "this is another federation than a pod's",
    Cause.NO_CREDENTIALS: "no provider of the SDK's chain had credentials",
}


def reason(symptom: Symptom) -> str:
    """Say why a text was recognised: one clause, without a full stop."""
    if symptom.kind is Kind.LOOK_ALIKE and symptom.cause is Cause.OTHER:
        return "AWS refused the caller's credentials; nothing speaks of web identity"
    return _WORDS[symptom.cause]
