"""Canvases: a document of the app, and who may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sandbox.slack.api.call import ApiError, Call, invalid_arguments

if TYPE_CHECKING:
    from sandbox.slack.people import Json

_LONGEST: Final = 1_048_576
"""Characters of a canvas's Markdown."""
_LEVELS: Final = ("read", "write", "owner")


async def create(call: Call) -> Json:
    """`canvases.create`: kept as a file that nobody but the app sees."""
    content = call.structure("document_content", "invalid_arguments")
    markdown = ""
    if content is not None:
        if not isinstance(content, dict) or content.get("type") != "markdown":
            raise invalid_arguments("document_content must be of type markdown")
        markdown = str(content.get("markdown") or "")
    if len(markdown) > _LONGEST:
        raise ApiError("canvas_creation_failed")
    files, me = call.workspace.files, call.workspace.app.user_id
    created = int(call.workspace.clock.now())
    file = files.add(name="canvas.md", content=markdown.encode(), user=me, created=created)
    file.title = call.text("title") or "Untitled"
    file.filetype = "quip"
    return {"canvas_id": file.id}


async def grant(call: Call) -> Json:
    """`canvases.access.set`, for channels."""
    file = call.workspace.files.kept.get(call.text("canvas_id"))
    if file is None or file.filetype != "quip":
        raise ApiError("canvas_not_found")
    # A JSON list, or as slack_sdk sends it: names with commas between them.
    held = call.args.get("channel_ids")
    channels: object = (
        call.structure("channel_ids", "invalid_parameters") if _is_json(held) else None
    )
    if isinstance(held, str) and not _is_json(held):
        channels = held.split(",")
    if call.text("access_level") not in _LEVELS or not isinstance(channels, list) or not channels:
        raise ApiError("invalid_parameters")
    for name in channels:
        channel = call.workspace.channels.get(str(name))
        if channel is None or not call.workspace.hears(channel):
            raise ApiError("channel_not_found")
        file.channels.append(channel.id)
    return {}


def _is_json(held: object) -> bool:
    return not isinstance(held, str) or held.startswith("[")
