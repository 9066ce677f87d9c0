"""What STS answers to AssumeRoleWithWebIdentity, by message and by code.

Sources: the API reference of AssumeRoleWithWebIdentity for the codes; for the messages, the issue trackers of the
SDKs and controllers that print them (2019 to 2026), because AWS documents none of them.
"""

from __future__ import annotations

from diagnostics.recognize.signs import answer, provided
from diagnostics.recognize.symptom import Cause

_TOKEN = "InvalidIdentityToken"  # noqa: S105  an error code
_EXPIRED = "ExpiredTokenException"

MESSAGES = {
    "Not authorized to perform sts:AssumeRoleWithWebIdentity": answer(
        Cause.ACCESS_DENIED, "AccessDenied"
    ),
    "Not authorized to perform sts:AssumeRoleWithWebI": answer(Cause.ACCESS_DENIED, "AccessDenied"),
    "not authorized to perform: sts:AssumeRoleWithWebIdentity": answer(
        Cause.ACCESS_DENIED, "AccessDenied"
    ),
    "No OpenIDConnect provider found in": answer(Cause.NO_PROVIDER, _TOKEN),
    "web identity token provided could not be validated": answer(Cause.TOKEN_NOT_VALIDATED, _TOKEN),
    "Incorrect token audience": answer(Cause.INCORRECT_AUDIENCE, _TOKEN),
    "Missing a required claim: ": answer(Cause.MISSING_CLAIM, _TOKEN),
    "more than one audience while authorized party": answer(Cause.INVALID_TOKEN, _TOKEN),
    "ID Token provided is not a valid JWT": answer(Cause.NOT_A_JWT, _TOKEN),
    "HTTPS certificate doesn't match configured thumbprint": answer(Cause.THUMBPRINT, _TOKEN),
    "retrieve verification key from your identity provider": answer(Cause.VERIFICATION_KEY, _TOKEN),
    "Token expired: current date/time": answer(Cause.EXPIRED_TOKEN, _EXPIRED),
    "Token too old: ": provided(Cause.EXPIRED_TOKEN, _EXPIRED),
    "STS is not activated in this region": answer(Cause.REGION_DISABLED, "RegionDisabledException"),
    "DurationSeconds exceeds the MaxSessionDuration": answer(Cause.VALIDATION, "ValidationError"),
    "at 'webIdentityToken' failed to satisfy constraint": answer(
        Cause.VALIDATION, "ValidationError"
    ),
    "at 'roleSessionName' failed to satisfy constraint": provided(
        Cause.VALIDATION, "ValidationError"
    ),
    "at 'roleArn' failed to satisfy constraint": provided(Cause.VALIDATION, "ValidationError"),
    "at 'durationSeconds' failed to satisfy constraint": provided(
        Cause.VALIDATION, "ValidationError"
    ),
    "Request ARN is invalid": provided(Cause.VALIDATION, "ValidationError"),
    "Rate exceeded": provided(Cause.THROTTLED, "Throttling"),
    "Request limit exceeded": provided(Cause.THROTTLED, "RequestLimitExceeded"),
}

CODES: dict[str, Cause] = {
    "AccessDenied": Cause.ACCESS_DENIED,
    "AccessDeniedException": Cause.ACCESS_DENIED,
    "InvalidIdentityToken": Cause.INVALID_TOKEN,
    "ExpiredTokenException": Cause.EXPIRED_TOKEN,
    "ExpiredToken": Cause.EXPIRED_TOKEN,
    "ValidationError": Cause.VALIDATION,
    "MalformedPolicyDocument": Cause.VALIDATION,
    "PackedPolicyTooLarge": Cause.VALIDATION,
    "InvalidParameterValue": Cause.VALIDATION,
    "IDPCommunicationError": Cause.IDP_UNREACHABLE,
    "IDPRejectedClaim": Cause.IDP_REJECTED,
    "RegionDisabledException": Cause.REGION_DISABLED,
    "Throttling": Cause.THROTTLED,
    "ThrottlingException": Cause.THROTTLED,
    "ThrottledException": Cause.THROTTLED,
    "RequestLimitExceeded": Cause.THROTTLED,
    "TooManyRequestsException": Cause.THROTTLED,
    "RequestThrottled": Cause.THROTTLED,
    "SlowDown": Cause.THROTTLED,
    "ServiceUnavailable": Cause.OTHER,
    "InternalFailure": Cause.OTHER,
    "InternalError": Cause.OTHER,
    "InvalidAction": Cause.OTHER,
    "InvalidClientTokenId": Cause.OTHER,
    "SignatureDoesNotMatch": Cause.OTHER,
    "MissingAuthenticationToken": Cause.OTHER,
    "InvalidToken": Cause.OTHER,
    "UnrecognizedClientException": Cause.OTHER,
    "OptInRequired": Cause.OTHER,
}
"""Error codes that may stand behind a failed call, as the wire spells them."""

OWN_CODES: dict[str, tuple[str, Cause]] = {
    "InvalidIdentityToken": ("InvalidIdentityToken", Cause.INVALID_TOKEN),
    "InvalidIdentityTokenException": ("InvalidIdentityToken", Cause.INVALID_TOKEN),
    "IDPCommunicationError": ("IDPCommunicationError", Cause.IDP_UNREACHABLE),
    "IDPCommunicationErrorException": ("IDPCommunicationError", Cause.IDP_UNREACHABLE),
    "IdpCommunicationErrorException": ("IDPCommunicationError", Cause.IDP_UNREACHABLE),
    "IDPRejectedClaim": ("IDPRejectedClaim", Cause.IDP_REJECTED),
    "IDPRejectedClaimException": ("IDPRejectedClaim", Cause.IDP_REJECTED),
    "IdpRejectedClaimException": ("IDPRejectedClaim", Cause.IDP_REJECTED),
}
"""Codes that only this call (and its SAML sister) answers with, in every SDK's spelling."""


def _own_code_phrases() -> dict[str, tuple[str, Cause]]:
    """Write each code as an error, never as a bare word: followed by a colon, or where a code stands."""
    places = (
        "{}: ", "<Code>{}</Code>", "Error Code: {};", "({})", '"code":"{}"', "code: '{}'", "name: '{}'",
        '"name":"{}"', 'code: Some("{}")', 'code: "{}"', '"__type":"{}"', "Errors::{}", "Exception name: {}",
        "{} (client)", "code={}", 'code="{}"', "[{}]", "api error {}", "failed with {}", "errorcode={}",
        '"errorCode":"{}"', "AWS Error Code: {}",
    )  # fmt: skip
    return {
        place.format(spelling): meaning
        for spelling, meaning in OWN_CODES.items()
        for place in places
    }


CODE_PHRASES = {
    phrase: answer(cause, code) for phrase, (code, cause) in _own_code_phrases().items()
}
