"""Botocore's errors, translated once into ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from diagnostics.errors import ReadDenied, ReadError, Throttled, Unreachable
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

DENIED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "OptInRequired",
        "UnauthorizedOperation",
    }
)
THROTTLED: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "LimitExceededException",
        "PriorRequestNotComplete",
    }
)
EXPIRED: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidToken",
        "UnrecognizedClientException",
    }
)
SKEWED: Final = frozenset(
    {
        "InvalidSignatureException",
        "RequestExpired",
        "RequestInTheFuture",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    }
)
ABSENT: Final = frozenset({"NoSuchEntity", "NoSuchEntityException", "ResourceNotFoundException"})
FAILURES: Final = (
    ClientError,
    BotoCoreError,
    TimeoutError,
    # What answers may not be AWS: then anything can be missing or of another type.
    ResponseParserError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
)
_MOST_WORDS: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Which call is made, for the journal and for what an error says."""

    service: str
    operation: str
    resource: str
    """ARN, or `*`."""
    account: str
    region: str
    principal: str
    """Who calls, such as the read role's ARN."""

    @property
    def action(self) -> str:
        """The IAM action."""
        return f"{self.service}:{self.operation}"


def code_of(error: Exception) -> str:
    """Name an error for the journal."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code") or "ClientError")
    return type(error).__name__


def translate(error: Exception, attempt: Attempt) -> ReadError:
    """Say what went wrong and what would let the call succeed."""
    if isinstance(error, ClientError):
        return _answered(error, attempt)
    if isinstance(error, TimeoutError | ConnectTimeoutError | ReadTimeoutError):
        return Unreachable(
            say(
                "{action} in account {account} did not answer in time",
                action=attempt.action,
                account=attempt.account,
            ),
            enable=_path(attempt),
        )
    if isinstance(error, SSLError):
        return Unreachable(
            say(
                "{action}: TLS to {service} failed: {error}",
                action=attempt.action,
                service=attempt.service,
                error=_short(str(error)),
            ),
            enable=say(
                "make the certificate trusted: set AWS_CA_BUNDLE to the CA of the proxy or endpoint "
                "in between"
            ),
        )
    if isinstance(error, ProxyConnectionError):
        return Unreachable(
            say("{action}: the proxy did not let the call through", action=attempt.action),
            enable=say("check HTTPS_PROXY and NO_PROXY of the process"),
        )
    if isinstance(error, HTTPClientError | EndpointConnectionError):
        return Unreachable(
            say(
                "{action} in {region} could not be reached: {error}",
                action=attempt.action,
                region=attempt.region,
                error=_short(str(error)),
            ),
            enable=_path(attempt),
        )
    return _no_credentials(error, attempt)


def _no_credentials(error: Exception, attempt: Attempt) -> ReadError:
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return ReadError(
            say("{action}: the bot has no AWS credentials of its own", action=attempt.action),
            enable=say(
                "give the process credentials: an IRSA or EKS Pod Identity role in a cluster, "
                "AWS_PROFILE on a laptop"
            ),
        )
    if isinstance(error, CredentialRetrievalError | ProfileNotFound):
        return ReadError(
            say(
                "{action}: the bot's own AWS credentials can't be loaded: {error}",
                action=attempt.action,
                error=_short(str(error)),
            ),
            enable=say(
                "check AWS_PROFILE and the AWS configuration of the process (`aws sts get-caller-identity`)"
            ),
        )
    if isinstance(error, BotoCoreError):
        return ReadError(
            f"{attempt.action}: {_short(str(error))}",
            enable=say(
                "check the AWS configuration of the process and the region in the fleet file"
            ),
        )
    return ReadError(
        say(
            "{action}: an answer that can't be read as one of AWS ({error})",
            action=attempt.action,
            error=type(error).__name__,
        ),
        enable=say(
            "check what answers as {service} in {region}",
            service=attempt.service,
            region=attempt.region,
        ),
    )


def _answered(error: ClientError, attempt: Attempt) -> ReadError:
    response: Mapping[str, object] = error.response["Error"]
    code, message = str(response.get("Code", "")), str(response.get("Message", ""))
    why = _short(f"{code}: {message}" if message else f"{code} from {attempt.action}")
    if code in DENIED:
        return ReadDenied(why, enable=_grant(attempt, message))
    if code in THROTTLED:
        return Throttled(
            why,
            enable=say(
                "try again in a minute; account {account} is at its API rate limit",
                account=attempt.account,
            ),
        )
    if code in EXPIRED:
        return ReadError(
            why,
            enable=say(
                "renew the credentials of {principal}; for a region that is off by default, turn it "
                "on in the account",
                principal=attempt.principal,
            ),
        )
    if code in SKEWED:
        return ReadError(
            why,
            enable=say("set this machine's clock (AWS allows 5 minutes), or check the secret key"),
        )
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= 500:  # noqa: PLR2004  HTTP
        return Unreachable(
            why,
            enable=say(
                "try again; {service} in {region} fails",
                service=attempt.service,
                region=attempt.region,
            ),
        )
    return ReadError(
        why,
        enable=say(
            "check that {action} works on {resource}",
            action=attempt.action,
            resource=attempt.resource,
        ),
    )


def _grant(attempt: Attempt, message: str) -> str:
    if attempt.operation == "AssumeRole":
        return say(
            "let the bot assume it: the trust policy of {resource} must allow sts:AssumeRole to "
            "{principal} (with the external ID of the fleet file, if one is asked for), and the "
            "bot's own role must allow sts:AssumeRole on {resource}",
            resource=attempt.resource,
            principal=attempt.principal,
        )
    grant = say(
        "allow {action} on {resource} to {principal}",
        action=attempt.action,
        resource=attempt.resource,
        principal=attempt.principal,
    )
    for words, where in (
        ("service control policy", say("the organisation's service control policy")),
        ("resource control policy", say("the organisation's resource control policy")),
        ("permissions boundary", say("its permissions boundary")),
        ("session policy", say("its session policy")),
    ):
        if f"explicit deny in a {words}" in message:
            return say("{grant}: {where} denies it explicitly", grant=grant, where=where)
    return grant


def _path(attempt: Attempt) -> str:
    return say(
        "open the network path from the bot to {service} in {region} (VPC endpoint, NAT or "
        "HTTPS_PROXY)",
        service=attempt.service,
        region=attempt.region,
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_WORDS else text[: _MOST_WORDS - 1] + "…"
