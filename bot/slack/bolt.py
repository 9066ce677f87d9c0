"""The Bolt app, and its one error handler."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from diagnostics.languages import speak
from handlers.buttons.pressed import tell
from handlers.click import Click, notice

if TYPE_CHECKING:
    from handlers.desk import Me

_log = structlog.get_logger("irsa.app")


def make_bolt(client: AsyncWebClient, me: Me) -> AsyncApp:
    """Make the Bolt app. Its listeners finish before Slack gets its answer: what fails is delivered again.

    Args:
        client: Its token is the one in use, whenever a delivery comes.
        me: Who we are.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=client.token,
            bot_id=me.bot,
            bot_user_id=me.user,
        )

    bolt = AsyncApp(
        # A model for the client of each delivery, which gets its token from `authorize`.
        client=AsyncWebClient(
            base_url=client.base_url,
            timeout=client.timeout,
            session=client.session,
            retry_handlers=client.retry_handlers,
        ),
        authorize=authorize,
        # `bot.serve_signed` verifies requests, by the secret of the moment; a connection of Socket Mode is ours.
        signing_secret="verified-before",  # noqa: S106  Bolt wants one
        request_verification_enabled=False,
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
        logger=logging.getLogger("slack_bolt.irsa"),
    )

    @bolt.error
    async def failed(error: Exception, body: dict[str, Any]) -> BoltResponse | None:
        return await tell_of_failure(client, error, body)

    return bolt


async def tell_of_failure(
    client: AsyncWebClient, error: Exception, body: dict[str, Any]
) -> BoltResponse | None:
    """Log what went wrong; tell the person who pressed or typed, since Slack does not try those again."""
    trouble_id = secrets.token_hex(4)
    kind = str(body.get("type") or body.get("command") or "unknown")
    _log.error("listener failed", trouble_id=trouble_id, kind=kind, exc_info=error)
    if kind == "event_callback":
        return None
    words = speak(
        "That did not work because of an error on my side. Try again; the log tells more under "
        "ID {trouble_id}.",
        trouble_id=trouble_id,
    )
    if kind == "view_submission":
        return BoltResponse(
            status=200, body={"response_action": "update", "view": notice(speak("Sorry"), words)}
        )
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": words})
    await tell(Click.parse(body), client, words)
    return BoltResponse(status=200, body="")
