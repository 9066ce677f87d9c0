"""What API servers and the way to them answer, translated once into our errors."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import aiohttp
from pydantic import ValidationError

from bot.clients.kube.wire import Status
from diagnostics.errors import ReadDenied, ReadError, Throttled, Unreachable
from diagnostics.languages import say

if TYPE_CHECKING:
    from bot.clients.kube.request import Answer, Request
    from diagnostics.languages import Said, Words

_ADMISSION: Final = "ValidatingAdmissionPolicy"
"""Its denials are 422 unless the policy gives another reason.

Source: Kubernetes API reference, ValidatingAdmissionPolicy, `spec.validations[].reason`.
"""
_USER: Final = re.compile(r'User "([^"]{1,512})"')
_PASSWORD: Final = re.compile(r"(\w{1,10}://)[^\s/@]{1,1024}@")
_MOST_WORDS: Final = 400

NOT_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
"""Failures after which the request has surely not reached the API server."""

CUT: Final = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError)
"""Failures of a connection that was there."""

BROKEN: Final = (aiohttp.ClientError, TimeoutError, OSError)
"""Everything that a connection can do to us."""


class TooLarge(aiohttp.ClientError):
    """An answer beyond the limit; the message gives the limit."""


def status_of(answer: Answer) -> Status:
    """Read the Status object of a refusal; an empty one where it is none."""
    try:
        return Status.model_validate_json(answer.body)
    except ValidationError:
        return Status()


def is_absent(answer: Answer) -> bool:
    """Whether the API server itself says that there is no such object.

    A 404 of a proxy or of another web server is none: that would read as a fact about the cluster.
    """
    return answer.status == HTTPStatus.NOT_FOUND and status_of(answer).kind == "Status"


def outcome_of(answer: Answer) -> str:
    """Name an answer for the journal."""
    if answer.ok:
        return "ok"
    if is_absent(answer):
        return "absent"
    return status_of(answer).reason or str(answer.status)


def refused(answer: Answer, request: Request, *, cluster: str, principal: str) -> ReadError:
    """Say why an answer is no success, and what would make it one."""
    status = status_of(answer)
    what = _what(request, cluster)
    why: Words = short(f"{answer.status} {status.reason}: {status.message or what}")
    if status.kind != "Status":
        why = say(
            "{what}: answered {status}, but not as a Kubernetes API does",
            what=what,
            status=answer.status,
        )
    enable = _what_would_allow(answer, request, cluster=cluster, principal=principal)
    if enable is not None:
        if answer.status == HTTPStatus.UNAUTHORIZED:
            why = say(
                "401 Unauthorized: cluster {cluster} does not know {principal}",
                cluster=cluster,
                principal=principal,
            )
        return ReadDenied(why, enable=enable)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(
            why,
            enable=say("try again in a minute; cluster {cluster} is overloaded", cluster=cluster),
        )
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unreachable(
            why, enable=say("try again; the API server of cluster {cluster} fails", cluster=cluster)
        )
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        return ReadError(
            say(
                "{what}: redirected ({status}), which no Kubernetes API does",
                what=what,
                status=answer.status,
            ),
            enable=say(
                "check endpoint and proxy of cluster {cluster} in the fleet file", cluster=cluster
            ),
        )
    return ReadError(
        why,
        enable=say(
            "check that the endpoint of cluster {cluster} is its Kubernetes API", cluster=cluster
        ),
    )


def _what_would_allow(
    answer: Answer, request: Request, *, cluster: str, principal: str
) -> Words | None:
    """What would let a request pass that was denied; None for other failures."""
    message = status_of(answer).message
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return say(
            "give {principal} an EKS access entry (or a line in aws-auth) in cluster {cluster}",
            principal=principal,
            cluster=cluster,
        )
    if answer.status == HTTPStatus.FORBIDDEN:
        user = _USER.search(message)
        who = f"user {user[1]} ({principal})" if user else principal
        return say(
            "in cluster {cluster}, {rule} for {who}", cluster=cluster, rule=request.rule, who=who
        )
    if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY and _ADMISSION in message:
        return say(
            "let the admission policy that it names admit that, in cluster {cluster}",
            cluster=cluster,
        )
    return None


def broken(error: Exception, *, cluster: str, url: str) -> ReadError:
    """Say why there was no answer, and what would bring one."""
    place = say("cluster {cluster} ({url})", cluster=cluster, url=url)
    path = say(
        "open a network path from the bot to {url}; a private endpoint needs the bot in the VPC, a peered network, or "
        "`proxy_url` of cluster {cluster} in the fleet file",
        url=url,
        cluster=cluster,
    )
    said = short(str(error))
    told: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Said, Said], ...] = (
        (
            aiohttp.ClientConnectorCertificateError,
            say("the certificate of {place} is not trusted: {error}", place=place, error=said),
            say(
                "give the API server's CA as `ca` of cluster {cluster} in the fleet file, or remove an old one",
                cluster=cluster,
            ),
        ),
        (
            aiohttp.ClientSSLError,
            say("TLS to {place} failed: {error}", place=place, error=said),
            say(
                "check that {url} is the API server, and that nothing on the way ends TLS", url=url
            ),
        ),
        (
            (aiohttp.ClientHttpProxyError, aiohttp.ClientProxyConnectionError),
            say("the proxy on the way to {place} refused: {error}", place=place, error=said),
            say(
                "check `proxy_url` of cluster {cluster}, or HTTPS_PROXY and NO_PROXY",
                cluster=cluster,
            ),
        ),
        (
            TooLarge,
            say("{place} sent {error}", place=place, error=said),
            say("name the object or the namespace"),
        ),
        (
            aiohttp.ClientConnectorDNSError,
            say("the host name of {place} can't be resolved", place=place),
            path,
        ),
        (TimeoutError, say("{place} did not answer in time", place=place), path),
        (
            aiohttp.ClientConnectorError,
            say("{place} can't be reached: {error}", place=place, error=said),
            path,
        ),
        (
            (aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError, OSError),
            say("{place} broke the connection", place=place),
            say("try again; if it stays: {path}", path=path),
        ),
    )
    for types, why, enable in told:
        if isinstance(error, types):
            return Unreachable(why, enable=enable)
    return Unreachable(
        say("{place} answered what is no HTTP: {error}", place=place, error=type(error).__name__),
        enable=say("check that {url} is the API server", url=url),
    )


def unreadable(request: Request, *, cluster: str) -> ReadError:
    """Say that an answer is no object of the kind that was asked for."""
    return ReadError(
        say("{what}: an answer that can't be read", what=_what(request, cluster)),
        enable=say(
            "check that the endpoint of cluster {cluster} is its Kubernetes API", cluster=cluster
        ),
    )


def _what(request: Request, cluster: str) -> Said:
    return say(
        "{operation} {object} in cluster {cluster}",
        operation=request.operation,
        object=request.object,
        cluster=cluster,
    )


def short(text: str) -> str:
    """Put a foreign text on one line of bounded length, without the password of a proxy's URL."""
    text = _PASSWORD.sub(r"\1", " ".join(text[: 4 * _MOST_WORDS].split()))
    return text if len(text) <= _MOST_WORDS else text[: _MOST_WORDS - 1] + "…"
