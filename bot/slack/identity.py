"""Who we are at Slack, and what we may do there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.errors import IrsaDoctorError
from handlers.desk import Me
from handlers.slack_trouble import SLACK_TROUBLE, error_name

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient


class SlackUnusable(IrsaDoctorError):
    """Slack does not accept the token, or can't be reached; the message says what to do."""


async def who_am_i(client: AsyncWebClient) -> tuple[Me, frozenset[str]]:
    """Ask Slack who we are, and which scopes were granted.

    Raises:
        SlackUnusable: If it refuses the token or does not answer.
    """
    try:
        answer = await client.auth_test()
    except SLACK_TROUBLE as error:
        name = error_name(error)
        raise SlackUnusable(
            f"Slack does not accept SLACK_BOT_TOKEN ({name}); check the token at api.slack.com/apps, "
            f"OAuth & Permissions, and that {client.base_url} can be reached"
        ) from error
    headers = {str(k).lower(): str(v) for k, v in dict(answer.headers).items()}
    scopes = frozenset(s.strip() for s in headers.get("x-oauth-scopes", "").split(",") if s.strip())
    url = answer.get("url")
    me = Me(
        team=str(answer["team_id"]),
        user=str(answer["user_id"]),
        bot=answer.get("bot_id"),
        workspace=url if isinstance(url, str) and url.startswith("https://") else None,
    )
    return me, scopes
