"""Posting, changing and deleting messages."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from handlers.blockkit import Fault, has_rich_text, limits, validate_message
from sandbox.slack.api.call import ApiError, Call
from sandbox.slack.messages import Message

if TYPE_CHECKING:
    from sandbox.slack.people import Channel, Json

_EPHEMERAL_TEXT: Final = limits.POST_TEXT
_METADATA: Final = 8_000


def refuse(faults: tuple[Fault, ...]) -> None:
    """Turn what the validator found into Slack's refusal.

    Raises:
        ApiError: If there is a fault; its name is the first one's.
    """
    if not faults:
        return
    lines = [str(fault) for fault in faults]
    raise ApiError(
        faults[0].breach.value,
        errors=lines,
        response_metadata={"messages": [f"[ERROR] {line}" for line in lines]},
    )


def content(call: Call) -> Json:
    """`text`, `blocks`, `attachments` and `metadata` of a call, checked.

    Raises:
        ApiError: As Slack refuses them.
    """
    blocks = call.structure("blocks", "invalid_blocks_format")
    attachments = call.structure("attachments", "invalid_attachments")
    markdown = call.text("markdown_text")
    if markdown and (blocks or call.text("text")):
        raise ApiError("markdown_text_conflict")
    if blocks is not None and not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    if attachments is not None and not isinstance(attachments, list):
        raise ApiError("invalid_attachments")
    if markdown:
        blocks = [{"type": "markdown", "text": markdown}]
    held = {"text": call.text("text"), "blocks": blocks, "attachments": attachments}
    refuse(validate_message(held))
    return held | {"metadata": _metadata(call)}


def named(call: Call, blocks: object) -> list[Json]:
    """Blocks with the identifiers that Slack adds where the app gave none."""
    completed: list[Json] = copy.deepcopy(blocks) if isinstance(blocks, list) else []
    for block in completed:
        block.setdefault("block_id", call.workspace.ids.new("b"))
        inner = [block.get("accessory"), block.get("element")]
        if block["type"] in {"actions", "context_actions"}:
            inner += block["elements"]
        for element in inner:
            if isinstance(element, dict) and element.get("type") not in {None, "image"}:
                element.setdefault("action_id", call.workspace.ids.new("a"))
        for key in ("child_blocks", "blocks"):
            if isinstance(block.get(key), list):
                block[key] = named(call, block[key])
    return completed


async def post_message(call: Call) -> Json:
    """`chat.postMessage`."""
    channel = call.destination()
    if call.args.get("username") or call.args.get("icon_emoji") or call.args.get("icon_url"):
        call.scope("chat:write.customize")
    held = content(call)
    thread_ts = _thread(call, channel)
    text: str = held["text"]
    broadcast = thread_ts is not None and call.flag("reply_broadcast")
    message = by_app(
        call,
        channel,
        text=text[: limits.POST_TEXT],
        blocks=named(call, held["blocks"]),
        attachments=held["attachments"] or [],
        metadata=held["metadata"],
        thread_ts=thread_ts,
        subtype="thread_broadcast" if broadcast else None,
    )
    call.workspace.post(message)
    answer: Json = {"channel": channel.id, "ts": message.ts, "message": message.as_json()}
    if len(text) > limits.POST_TEXT:
        answer["warning"] = "message_truncated"
        answer["response_metadata"] = {"warnings": ["message_truncated"]}
    return answer


async def update(call: Call) -> Json:
    """`chat.update`: what is not sent stays as it was, except the text."""
    channel = call.channel()
    message = call.message(channel)
    app = call.workspace.app
    if message.bot_id != app.bot_id or message.only_for:
        raise ApiError("cant_update_message")
    if len(call.text("text")) > limits.UPDATE_TEXT:
        raise ApiError("msg_too_long")
    held = content(call)
    blocks = message.blocks if held["blocks"] is None else named(call, held["blocks"])
    if has_rich_text(message.blocks) and not has_rich_text(blocks):
        raise ApiError("block_mismatch")
    before = message.as_json()
    message.text = held["text"] or message.text
    message.blocks = blocks
    if held["attachments"] is not None:
        message.attachments = held["attachments"]
    if held["metadata"] is not None:
        message.metadata = held["metadata"]
    message.edited = {"user": app.user_id, "ts": call.workspace.clock.ts()}
    call.workspace.changed(message, before)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.as_json(),
    }


async def post_ephemeral(call: Call) -> Json:
    """`chat.postEphemeral`."""
    channel = call.destination()
    user = call.text("user")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    held = content(call)
    if len(held["text"]) > _EPHEMERAL_TEXT:
        raise ApiError("msg_too_long")
    message = by_app(
        call,
        channel,
        text=held["text"],
        blocks=named(call, held["blocks"]),
        attachments=held["attachments"] or [],
        only_for=user,
        thread_ts=_thread(call, channel),
    )
    call.workspace.whisper(message, thread_ts=message.thread_ts)
    return {"message_ts": message.ts}


async def delete(call: Call) -> Json:
    """`chat.delete`."""
    channel = call.channel()
    message = call.message(channel)
    if message.bot_id != call.workspace.app.bot_id:
        raise ApiError("cant_delete_message")
    call.workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


async def get_permalink(call: Call) -> Json:
    """`chat.getPermalink`."""
    channel = call.channel()
    message = call.message(channel, "message_ts")
    link = (
        f"https://{call.workspace.team.domain}.slack.com/archives/"
        f"{channel.id}/p{message.ts.replace('.', '')}"
    )
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def by_app(call: Call, channel: Channel, **fields: Any) -> Message:
    """A new message of the app under test."""
    workspace = call.workspace
    app = workspace.app
    return Message(
        channel=channel.id,
        ts=workspace.clock.ts(),
        user=app.user_id,
        bot_id=app.bot_id,
        app_id=app.id,
        team=workspace.team.id,
        bot_profile={
            "id": app.bot_id,
            "app_id": app.id,
            "name": app.name,
            "team_id": workspace.team.id,
            "deleted": False,
        },
        **fields,
    )


def _thread(call: Call, channel: Channel) -> str | None:
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return None
    root = call.workspace.messages[channel.id].get(thread_ts)
    if root is None:
        if thread_ts in call.workspace.whispers:
            raise ApiError("cannot_reply_to_message")
        raise ApiError("thread_not_found")
    return root.thread_ts or root.ts


def _metadata(call: Call) -> Json | None:
    held = call.structure("metadata", "invalid_metadata_format")
    if held is None:
        return None
    if not isinstance(held, Mapping) or not isinstance(held.get("event_payload"), Mapping):
        raise ApiError("invalid_metadata_format")
    if not isinstance(held.get("event_type"), str) or not held["event_type"]:
        raise ApiError("invalid_metadata_format")
    if len(str(held)) > _METADATA:
        raise ApiError("metadata_too_large")
    return dict(held)
