"""Reactions, files and the assistant status."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sandbox.slack.api.call import ApiError, Call, invalid_arguments
from sandbox.slack.api.chat import by_app
from sandbox.slack.files import LARGEST, SNIPPET_TYPES

if TYPE_CHECKING:
    from sandbox.slack.messages import Message
    from sandbox.slack.people import Json

_EMOJI: Final = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
_LOADING_MESSAGES: Final = 10
_SHOWN: Final = 100_000


async def reaction_add(call: Call) -> Json:
    """`reactions.add`."""
    message, name = _reacted(call, "timestamp")
    me = call.workspace.app.user_id
    if any(item["name"] == name and me in item["users"] for item in message.reactions):
        raise ApiError("already_reacted")
    call.workspace.react(message, name, me, add=True)
    return {}


async def reaction_remove(call: Call) -> Json:
    """`reactions.remove`."""
    if not call.text("channel") or not call.text("timestamp"):
        raise ApiError("no_item_specified")
    message, name = _reacted(call, "timestamp")
    me = call.workspace.app.user_id
    if not any(item["name"] == name and me in item["users"] for item in message.reactions):
        raise ApiError("no_reaction")
    call.workspace.react(message, name, me, add=False)
    return {}


def _reacted(call: Call, ts: str) -> tuple[Message, str]:
    channel = call.channel()
    message = call.message(channel, ts)
    name = call.text("name").strip(":")
    if not _EMOJI.fullmatch(name):
        raise ApiError("invalid_name")
    return message, name


async def set_status(call: Call) -> Json:
    """`assistant.threads.setStatus`: an empty status clears it."""
    channel = call.channel("channel_id")
    if not call.workspace.hears(channel):
        raise ApiError("channel_not_found")
    thread_ts = call.text("thread_ts")
    if thread_ts not in call.workspace.messages[channel.id]:
        raise ApiError("invalid_thread_ts")
    loading = call.structure("loading_messages", "invalid_arguments")
    if isinstance(loading, list) and len(loading) > _LOADING_MESSAGES:
        raise invalid_arguments("no more than 10 items allowed [json-pointer:/loading_messages]")
    call.workspace.set_status(channel.id, thread_ts, call.text("status"))
    return {}


async def file_info(call: Call) -> Json:
    """`files.info`: with the content, if it is text."""
    file = call.workspace.files.kept.get(call.text("file"))
    if file is None or not _visible(call, file.channels):
        raise ApiError("file_not_found")
    shown: Json = {"file": file.as_json(call.base_url, call.workspace.team.id), "comments": []}
    if (text := file.text) is not None:
        shown |= {"content": text[:_SHOWN], "is_truncated": len(text) > _SHOWN}
    return shown


def _visible(call: Call, channels: list[str]) -> bool:
    known = call.workspace.channels
    return any(call.workspace.hears(known[c]) for c in channels if c in known)


async def upload_url(call: Call) -> Json:
    """`files.getUploadURLExternal`."""
    length = call.number("length", 0, most=LARGEST + 1)
    if length > LARGEST:
        raise ApiError("snippet_too_large" if call.text("snippet_type") else "file_too_large")
    kind = call.text("snippet_type") or "text"
    if kind not in SNIPPET_TYPES:
        raise ApiError("unknown_snippet_type")
    file = call.workspace.files.reserve(
        name=call.text("filename").replace("/", "_") or "untitled",
        filetype=kind,
        user=call.workspace.app.user_id,
        created=int(call.workspace.clock.now()),
    )
    return {"upload_url": f"{call.base_url}/upload/v1/{file.id}", "file_id": file.id}


async def upload_complete(call: Call) -> Json:
    """`files.completeUploadExternal`: make them files and share them."""
    held = call.structure("files", "invalid_arguments")
    if not isinstance(held, list) or not held:
        raise invalid_arguments("files must be a list of objects with an id")
    wanted = [str(item.get("id")) for item in held if isinstance(item, dict)]
    files = call.workspace.files
    if any(file_id not in files.pending for file_id in wanted):
        raise ApiError("file_not_found")
    target = call.text("channel_id") or call.text("channels").split(",")[0]
    channel = None
    if target:
        if target not in call.workspace.channels:
            raise ApiError("channel_not_found")
        channel = call.workspace.channels[target]
        if not call.workspace.hears(channel):
            raise ApiError("not_in_channel")
    done = [files.complete(file_id) for file_id in wanted]
    for file, item in zip(done, held, strict=True):
        file.title = str(item.get("title") or file.name)
        if channel is not None:
            file.channels.append(channel.id)
    shown = [file.as_json(call.base_url, call.workspace.team.id) for file in done]
    if channel is not None:
        message = by_app(
            call,
            channel,
            text=call.text("initial_comment"),
            files=shown,
            thread_ts=call.text("thread_ts") or None,
            subtype="file_share",
        )
        call.workspace.post(message)
    return {"files": shown}
