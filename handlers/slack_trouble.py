"""What a call to Slack may raise."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

_UNKNOWN: Final = frozenset(
    (
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "unreadable_answer",
    )
)
"""Slack's own failures."""
NO_ANSWER: Final = (aiohttp.ClientError, OSError, TimeoutError)
"""The call may or may not have been carried out."""
SLACK_TROUBLE: Final = (SlackClientError, *NO_ANSWER)
"""Everything."""


def error_name(error: BaseException) -> str:
    """Slack's own name of a refusal, or the exception's."""
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    # slack_sdk puts a text there where the answer was no JSON, as a gateway's is.
    answer: object = error.response
    if isinstance(answer, AsyncSlackResponse):
        answer = answer.data
    named = answer.get("error") if isinstance(answer, dict) else None
    return str(named or "unreadable_answer")


def may_have_been_done(error: BaseException) -> bool:
    """Whether a call that failed so may have been carried out all the same."""
    return not isinstance(error, SlackApiError) or error_name(error) in _UNKNOWN


def is_response_url(url: str, *, api_url: str) -> bool:
    """Whether a response URL points at Slack, or at whatever stands in for it."""
    try:
        given, own = urlsplit(url), urlsplit(api_url)
    except ValueError:
        return False
    if given.scheme == "https" and given.netloc == "hooks.slack.com":
        return True
    return (given.scheme, given.netloc) == (own.scheme, own.netloc) and bool(own.netloc)
