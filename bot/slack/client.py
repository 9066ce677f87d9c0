"""The Web API's client, with retries that never post twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from slack_sdk.http_retry.request import HttpRequest
    from slack_sdk.http_retry.response import HttpResponse
    from slack_sdk.http_retry.state import RetryState

_TIMEOUT: Final = 10
_KEPT_SECONDS: Final = 10.0
_ONCE: Final = ("/chat.postMessage", "/chat.postEphemeral", "/views.open")
"""What would be done twice if the answer was lost and the call made again."""


class RetryWhatMayBeRepeated(AsyncConnectionErrorRetryHandler):
    """Retries after a broken connection, but not what posts."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if request.url.endswith(_ONCE):
            return False
        return await super()._can_retry_async(
            state=state, request=request, response=response, error=error
        )


def connections() -> aiohttp.ClientSession:
    """Keep connections to Slack: a reply is several calls, and each would begin with three journeys for TCP and TLS.

    They are let go before Slack would close them: a post on a connection that ends meanwhile can't be repeated.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(keepalive_timeout=_KEPT_SECONDS),
        timeout=aiohttp.ClientTimeout(total=_TIMEOUT),
    )


def make_client(
    token: str, api_url: str, session: aiohttp.ClientSession | None = None
) -> AsyncWebClient:
    """Make the client: 10 s a call, two waits as long as Slack's Retry-After says.

    Args:
        token: xoxb-… or xapp-…
        api_url: Base of the Web API.
        session: See `connections`; None: a connection for each call.
    """
    return AsyncWebClient(
        token=token,
        base_url=api_url,
        timeout=_TIMEOUT,
        session=session,
        retry_handlers=[
            RetryWhatMayBeRepeated(max_retry_count=1),
            AsyncRateLimitErrorRetryHandler(max_retry_count=2),
        ],
    )
