"""What a call to Slack may raise."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

NO_ANSWER: Final = (aiohttp.ClientError, OSError, TimeoutError)
"""The call may or may not have been carried out."""
SLACK_TROUBLE: Final = (SlackClientError, *NO_ANSWER)
"""Everything."""


def error_name(error: BaseException) -> str:
    """Slack's own name of a refusal, or the exception's."""
    if isinstance(error, SlackApiError):
        return str(error.response.get("error") or f"http_{error.response.status_code}")
    return type(error).__name__


def is_response_url(url: str, *, api_url: str) -> bool:
    """Whether a response URL points at Slack, or at whatever stands in for it."""
    try:
        given, own = urlsplit(url), urlsplit(api_url)
    except ValueError:
        return False
    if given.scheme == "https" and given.netloc == "hooks.slack.com":
        return True
    return (given.scheme, given.netloc) == (own.scheme, own.netloc) and bool(own.netloc)
