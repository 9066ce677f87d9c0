"""The world's own routes, beside the workspace's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from diagnostics.recognize import recognize
from diagnostics.recognize.symptom import Kind
from sandbox.world.blueprint import paste_of

if TYPE_CHECKING:
    from sandbox.world.world import World


def mount_world(app: web.Application, world: World) -> None:
    """Answer `/world/state`, `/world/scenarios`, and POST `/world/reset`, for the page of the demo."""

    async def state(_request: web.Request) -> web.Response:
        return web.json_response(await world.state())

    async def scenarios(_request: web.Request) -> web.Response:
        # A look-alike is answered only when somebody asks: the page mentions the bot then.
        offered = [
            {
                "id": one.id,
                "title": one.title,
                "story": one.story,
                "channel": one.channel,
                "paste": paste_of(one),
                "asks": all(found.kind is Kind.LOOK_ALIKE for found in recognize(paste_of(one))),
                "code": one.expect.code,
                "group": one.group,
            }
            for one in world.scenarios
        ]
        return web.json_response({"scenarios": offered})

    async def reset(_request: web.Request) -> web.Response:
        await world.reset()
        return web.json_response({"ok": True})

    app.router.add_get("/world/state", state)
    app.router.add_get("/world/scenarios", scenarios)
    app.router.add_post("/world/reset", reset)
