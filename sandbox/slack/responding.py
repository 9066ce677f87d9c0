"""What an app may answer to a command or an interaction, by acknowledgement or by `response_url`.

Source: docs.slack.dev, "Handling user interaction", "Message responses".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.slack.api.call import ApiError, Call
from sandbox.slack.api.chat import by_app, content, named
from sandbox.slack.response_urls import ResponseRefused, ResponseUrl

if TYPE_CHECKING:
    from sandbox.slack.people import Json
    from sandbox.slack.workspace import Workspace


def respond(workspace: Workspace, place: ResponseUrl, said: Json) -> Json | None:
    """Post, replace or delete, as the app says; the message it made, if it made one.

    Raises:
        ApiError: If Slack would refuse it.
    """
    call = Call(workspace=workspace, method="response_url", args=said, base_url=workspace.base_url)
    pressed = None
    if place.message_ts is not None:
        shelf = workspace.whispers if place.ephemeral else workspace.messages[place.channel]
        pressed = shelf.get(place.message_ts)
    if call.flag("delete_original"):
        if pressed is not None:
            workspace.delete(pressed)
        return None
    held = content(call)
    text, blocks = held["text"], named(call, held["blocks"])
    if call.flag("replace_original") and pressed is not None:
        before = pressed.as_json()
        pressed.text = text
        pressed.blocks = blocks
        pressed.attachments = held["attachments"] or []
        if pressed.only_for:
            workspace.whisper(pressed, thread_ts=pressed.thread_ts)
        else:
            workspace.changed(pressed, before)
        return pressed.as_json()
    in_channel = call.text("response_type") == "in_channel"
    message = by_app(
        call,
        workspace.channels[place.channel],
        text=text,
        blocks=blocks,
        attachments=held["attachments"] or [],
        thread_ts=call.text("thread_ts") or None,
        only_for=None if in_channel else place.user,
    )
    if in_channel:
        workspace.post(message)
    else:
        workspace.whisper(message, thread_ts=message.thread_ts)
    return message.as_json()


async def handle(workspace: Workspace, request: web.Request) -> web.StreamResponse:
    """`POST /response/<key>`."""
    try:
        said = json.loads(await request.read())
    except (ValueError, RecursionError):
        return web.Response(status=HTTPStatus.BAD_REQUEST, text="invalid_payload")
    if not isinstance(said, Mapping):
        return web.Response(status=HTTPStatus.BAD_REQUEST, text="invalid_payload")
    try:
        place = workspace.response_urls.use(request.match_info["key"])
        respond(workspace, place, dict(said))
    except ResponseRefused as refused:
        return web.json_response({"ok": False, "error": str(refused)}, status=HTTPStatus.NOT_FOUND)
    except ApiError as refused:
        return web.json_response(
            {"ok": False, "error": refused.error, **refused.more}, status=HTTPStatus.BAD_REQUEST
        )
    return web.Response(text="ok")
