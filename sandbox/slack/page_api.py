"""The driver over HTTP, for the page: `/workspace/…`, and its events as a stream."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeAlias

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.slack.delivery import NotAcknowledged
from sandbox.slack.driver import Driver, Impossible
from sandbox.slack.loopback import local
from sandbox.slack.people import Json

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace

Answer: TypeAlias = Callable[[Driver, web.Request], Awaitable[Json]]

_QUIET: Final = 15.0
"""Seconds after which a stream without events says that it is alive."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _File(_Body):
    name: str = Field(max_length=255)
    content: str = Field(max_length=1 << 20)


class _Post(_Body):
    channel: str
    text: str
    user: str
    thread_ts: str | None = None
    files: list[_File] = Field(default_factory=list, max_length=10)


class _Edit(_Body):
    channel: str
    ts: str
    text: str
    user: str


class _Press(_Body):
    block_id: str
    action_id: str
    user: str
    selected: str | list[str] | None = None
    channel: str | None = None
    message_ts: str | None = None
    view_id: str | None = None
    values: dict[str, dict[str, str | list[str]]] = Field(default_factory=dict)


class _Submit(_Body):
    view_id: str
    user: str
    values: dict[str, dict[str, str | list[str]]]


class _Close(_Body):
    view_id: str
    user: str


class _Command(_Body):
    channel: str
    user: str
    text: str


class _Shortcut(_Body):
    channel: str
    message_ts: str
    callback_id: str
    user: str


class _Home(_Body):
    user: str


def mount_workspace(app: web.Application, workspace: Workspace) -> None:
    """Answer `/workspace/` for the demo's page; refuses what other sites' pages send."""
    driver = Driver(workspace)

    def door(answer: Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handler(request: web.Request) -> web.StreamResponse:
            return await _answered(answer, driver, request)

        return local(handler)

    for path, answer in (("state", _state), ("messages", _messages)):
        app.router.add_get(f"/workspace/{path}", door(answer))
    for path, answer in (
        ("post", _post),
        ("edit", _edit),
        ("press", _press),
        ("submit", _submit),
        ("close", _close),
        ("command", _command),
        ("shortcut", _shortcut),
        ("home", _home),
    ):
        app.router.add_post(f"/workspace/{path}", door(answer))

    async def events(request: web.Request) -> web.StreamResponse:
        return await _stream(workspace, request)

    async def part(_app: web.Application) -> None:
        workspace.part()

    app.router.add_get("/workspace/events", local(events))
    app.on_shutdown.append(part)


async def _answered(answer: Answer, driver: Driver, request: web.Request) -> web.StreamResponse:
    try:
        return web.json_response(await answer(driver, request))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the body"
        words, status = f"{where}: {first['msg']}.", HTTPStatus.BAD_REQUEST
    except Impossible as error:
        words, status = str(error), HTTPStatus.CONFLICT
    except NotAcknowledged as error:
        words, status = str(error), HTTPStatus.BAD_GATEWAY
    return web.json_response({"error": words}, status=status)


async def _state(driver: Driver, _request: web.Request) -> Json:
    workspace, app = driver.workspace, driver.workspace.app
    return {
        "team": asdict(workspace.team),
        "me": workspace.me,
        "users": [asdict(user) for user in workspace.users.values()],
        "channels": [asdict(channel) for channel in workspace.channels.values()],
        "groups": [{"id": one.id, "handle": one.handle} for one in workspace.groups.values()],
        "bot": {"user_id": app.user_id, "bot_id": app.bot_id, "name": app.name},
        "starting": not workspace.delivery.opened.is_set(),
        "commands": [asdict(item) for item in app.commands],
        "shortcuts": [asdict(item) for item in app.shortcuts if item.type == "message"],
    }


async def _messages(driver: Driver, request: web.Request) -> Json:
    channel = driver.channel(request.query.get("channel", ""))
    shelf = driver.workspace.messages[channel.id].values()
    return {"messages": [message.as_json() for message in shelf]}


async def _post(driver: Driver, request: web.Request) -> Json:
    body = _Post.model_validate_json(await request.read())
    ts = driver.post_as(
        body.user,
        body.channel,
        body.text,
        thread_ts=body.thread_ts,
        files={file.name: file.content for file in body.files},
    )
    return {"ts": ts}


async def _edit(driver: Driver, request: web.Request) -> Json:
    body = _Edit.model_validate_json(await request.read())
    driver.edit(body.channel, body.ts, text=body.text, user=body.user)
    return {"ok": True}


async def _press(driver: Driver, request: web.Request) -> Json:
    body = _Press.model_validate_json(await request.read())
    await driver.press(
        body.action_id,
        body.user,
        channel=body.channel,
        message_ts=body.message_ts,
        view_id=body.view_id,
        block_id=body.block_id,
        selected=body.selected,
        filled=body.values,
    )
    return {"ok": True}


async def _submit(driver: Driver, request: web.Request) -> Json:
    body = _Submit.model_validate_json(await request.read())
    done = await driver.submit(body.user, body.values, view_id=body.view_id)
    return {"ok": True} if done.ok else {"ok": False, "errors": dict(done.errors)}


async def _close(driver: Driver, request: web.Request) -> Json:
    body = _Close.model_validate_json(await request.read())
    await driver.close(body.user, view_id=body.view_id)
    return {"ok": True}


async def _command(driver: Driver, request: web.Request) -> Json:
    body = _Command.model_validate_json(await request.read())
    said = await driver.command(body.user, body.channel, body.text)
    return {"ok": True} if said is None else {"ok": True, "response": said}


async def _shortcut(driver: Driver, request: web.Request) -> Json:
    body = _Shortcut.model_validate_json(await request.read())
    await driver.shortcut(body.user, body.channel, body.message_ts, body.callback_id)
    return {"ok": True}


async def _home(driver: Driver, request: web.Request) -> Json:
    body = _Home.model_validate_json(await request.read())
    driver.open_home(body.user)
    view = driver.workspace.views.homes.get(driver.user(body.user).id)
    if view is not None:
        driver.workspace.publish({"type": "home", "user": body.user, "view": view})
    return {"ok": True}


async def _stream(workspace: Workspace, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    async with workspace.watching() as watcher:
        with contextlib.suppress(ConnectionError):  # the page was closed
            await response.write(b": connected\n\n")
            while True:
                try:
                    async with asyncio.timeout(_QUIET):
                        event = await watcher.events.get()
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if event is None:
                    break
                await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")
    return response
