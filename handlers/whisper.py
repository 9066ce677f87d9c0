"""Tell one person something, privately."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.webhook.async_client import AsyncWebhookClient

from diagnostics.languages import aloud
from handlers.blockkit import build
from handlers.slack_trouble import SLACK_TROUBLE, is_response_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.blockkit import Block

_OK = 200


async def whisper(
    client: AsyncWebClient,
    *,
    user: str,
    channel: str | None,
    thread_ts: str | None = None,
    words: str,
    blocks: Sequence[Block] | None = None,
    response_url: str | None = None,
) -> bool:
    """Say it in an ephemeral message; by the response URL where the channel can't be posted to.

    Args:
        client: The Web API.
        user: Who sees it.
        channel: Where.
        thread_ts: In which thread.
        words: mrkdwn; also the fallback text of `blocks`.
        blocks: In place of a section with the words.
        response_url: From the interaction or command that asked.

    Returns:
        Whether Slack took it. A private word that can't be said is no reason to fail.
    """
    words = aloud(words)
    shown = list(blocks) if blocks is not None else [build.section(words)]
    if channel is not None:
        try:
            await client.chat_postEphemeral(
                channel=channel, user=user, thread_ts=thread_ts, text=words, blocks=shown
            )
        except SLACK_TROUBLE:
            pass
        else:
            return True
    return await respond(client, response_url, words=words, blocks=shown)


async def respond(
    client: AsyncWebClient, response_url: str | None, *, words: str, blocks: Sequence[Block]
) -> bool:
    """Answer by a response URL, to the one who asked; whether Slack took it."""
    if response_url is None or not is_response_url(response_url, api_url=client.base_url):
        return False
    try:
        answer = await AsyncWebhookClient(response_url, timeout=5).send(
            text=words, blocks=list(blocks), response_type="ephemeral", replace_original=False
        )
    except SLACK_TROUBLE:
        return False
    return answer.status_code == _OK
