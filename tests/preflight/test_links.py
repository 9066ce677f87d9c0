"""Whether links to incidents lead to the bot, with each thing between that a platform team puts there."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.preflight.links import NOBODYS, check_links
from bot.preflight.outcome import State
from handlers.links import UNKNOWN
from tests.clients.faulty import serving

if TYPE_CHECKING:
    from aiohttp.web import Request, StreamResponse


@pytest.mark.parametrize(
    ("status", "text", "state"),
    [
        (404, UNKNOWN, State.WORKS),
        (404, "default backend - 404", State.MISSING),
        (404, UNKNOWN + "x" * 100_000, State.MISSING),
        (200, "Welcome to nginx!", State.MISSING),
        (502, "Bad Gateway", State.MISSING),
        (302, "", State.SKIPPED),
        (401, "", State.SKIPPED),
        (403, "", State.SKIPPED),
    ],
)
async def test_what_answers_there_is_told_apart(status: int, text: str, state: State) -> None:
    asked: list[str] = []

    async def handler(request: Request) -> StreamResponse:
        asked.append(request.path)
        headers = {"Location": "https://login.example.com/"} if status == 302 else {}
        return web.Response(status=status, text=text, headers=headers)

    async with serving(handler) as url:
        place = await check_links(url)

    assert asked == [f"/i/{NOBODYS}"]
    assert [check.state for check in place.checks] == [state]
    assert place.works is (state is not State.MISSING)
    assert bool(place.remedies) is (state is State.MISSING)


async def test_where_nothing_answers_it_is_unknown() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        place = await check_links(f"http://127.0.0.1:{taken.getsockname()[1]}")

    (check,) = place.checks
    assert check.state is State.NO_ANSWER
    assert "ClientConnectorError" in str(check.why)
