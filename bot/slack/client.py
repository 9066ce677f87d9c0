"""The Web API's client, with retries that never post twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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


def make_client(token: str, api_url: str) -> AsyncWebClient:
    """Make the client: 10 s a call, two waits as long as Slack's Retry-After says."""
    return AsyncWebClient(
        token=token,
        base_url=api_url,
        timeout=_TIMEOUT,
        retry_handlers=[
            RetryWhatMayBeRepeated(max_retry_count=1),
            AsyncRateLimitErrorRetryHandler(max_retry_count=2),
        ],
    )
