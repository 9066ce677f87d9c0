"""A text as a canvas that the channel may read: needs the optional scope canvases:write, and a plan that has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import structlog

from handlers.slack_trouble import SLACK_TROUBLE, error_name

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

_log = structlog.get_logger("irsa.slack")
_MOST: Final = 200_000
"""Characters; Slack takes a million."""
_TITLE: Final = 150


async def make_canvas(
    client: AsyncWebClient, *, title: str, markdown: str, channel: str
) -> str | None:
    """Make a canvas, let the channel read it, and give its address; None where Slack refuses any of it.

    Source: docs.slack.dev, `canvases.create`, `canvases.access.set`, `files.info`.
    """
    try:
        made = await client.canvases_create(
            title=title[:_TITLE],
            document_content={"type": "markdown", "markdown": markdown[:_MOST]},
        )
        canvas = str(made["canvas_id"])
        await client.canvases_access_set(
            canvas_id=canvas, access_level="read", channel_ids=[channel]
        )
        held: Any = (await client.files_info(file=canvas)).get("file")
    except (*SLACK_TROUBLE, KeyError) as error:
        _log.info("no canvas", error=error_name(error))
        return None
    address = held.get("permalink") if isinstance(held, dict) else None
    return address if isinstance(address, str) and address.startswith("http") else None
