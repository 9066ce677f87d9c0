"""Previews that the app gives to links of its own domains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from handlers.blockkit import validate_blocks
from sandbox.slack.api.call import ApiError, Call
from sandbox.slack.api.chat import named, refuse

if TYPE_CHECKING:
    from sandbox.slack.people import Json


async def unfurl(call: Call) -> Json:
    """`chat.unfurl`, for a message named by channel and `ts`."""
    for name in ("channel", "ts"):
        if not call.text(name):
            raise ApiError(f"missing_{name}")
    workspace = call.workspace
    channel = workspace.channels.get(call.text("channel"))
    if channel is None or not workspace.hears(channel):
        raise ApiError("cannot_find_channel")
    message = workspace.messages[channel.id].get(call.text("ts"))
    if message is None:
        raise ApiError("cannot_find_message")
    unfurls = call.structure("unfurls", "invalid_unfurls_format")
    if unfurls is None:
        raise ApiError("missing_unfurls")
    if not isinstance(unfurls, Mapping):
        raise ApiError("invalid_unfurls_format")
    shared = {link["url"] for link in workspace.own_links(message)}
    made = [_preview(call, url, held, shared) for url, held in unfurls.items()]
    before = message.as_json()
    first = len(message.attachments) + 1
    message.attachments += [
        {"id": number, "app_id": workspace.app.id, "bot_id": workspace.app.bot_id, **item}
        for number, item in enumerate(made, first)
    ]
    workspace.changed(message, before)
    return {}


def _preview(call: Call, url: str, preview: object, shared: set[str]) -> Json:
    if url not in shared:
        raise ApiError("cannot_unfurl_url")
    if not isinstance(preview, Mapping):
        raise ApiError("cannot_parse_attachment")
    held = dict(preview)
    if "blocks" in held:
        refuse(validate_blocks(held["blocks"]))
        held["blocks"] = named(call, held["blocks"])
    return {"from_url": url, "original_url": url, "is_app_unfurl": True, **held}
