"""How many calls run at once, and how a place that throttles gets fewer of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from aiohttp.web import json_response
from hypothesis import given
from hypothesis import strategies as st

from bot.clients import Limits, build_clients
from bot.clients.slots import Slots, Turn
from diagnostics.errors import Throttled
from diagnostics.evidence import ServiceAccount
from diagnostics.fleet import Account, Fleet, FleetCluster
from tests.clients.aws_answers import assumed, error
from tests.clients.conftest import MEMBER, OTHER
from tests.clients.faulty import serving
from tests.support.aws import aws_at

if TYPE_CHECKING:
    from aiohttp import web

    from tests.clients.conftest import Moto


@given(st.integers(1, 10), st.lists(st.booleans(), max_size=60))
def test_there_is_room_for_one_and_never_for_more_than_the_most(
    most: int, throttled: list[bool]
) -> None:
    async def run() -> None:
        slots = Slots(most)
        for one in throttled:
            await slots.take()
            slots.give_back(Turn(throttled=one))
            assert 1 <= slots.room <= most
        for _ in range(most * most + 1):
            await slots.take()
            slots.give_back(Turn())
        assert slots.room == most

    asyncio.run(run())


async def test_a_place_that_throttles_gets_half() -> None:
    slots = Slots(8)
    for expected in (4, 2, 1, 1):
        async with slots.turn() as turn:
            turn.throttled = True
        assert slots.room == expected


@given(st.lists(st.sampled_from(["end", "throttle", "cancel"]), min_size=1, max_size=40))
def test_no_turn_is_lost_however_they_end(ends: list[str]) -> None:
    async def run() -> None:
        slots = Slots(3)
        running = most = 0

        async def work(end: str) -> None:
            nonlocal running, most
            async with slots.turn() as turn:
                running += 1
                most = max(most, running)
                try:
                    await asyncio.sleep(0)
                finally:
                    running -= 1
                turn.throttled = end == "throttle"

        tasks = [asyncio.create_task(work(end)) for end in ends]
        await asyncio.sleep(0)
        for task, end in zip(tasks, ends, strict=True):
            if end == "cancel":
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert most <= 3
        async with asyncio.timeout(30):
            await slots.take()

    asyncio.run(run())


async def test_turns_are_first_come_first_served() -> None:
    slots = Slots(1)
    order: list[int] = []

    async def work(number: int) -> None:
        async with slots.turn():
            order.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(work(n) for n in range(10)))

    assert order == list(range(10))


@pytest.fixture
def fleet() -> Fleet:
    return Fleet(
        accounts=tuple(
            Account(id=i, name=i, read_role=f"arn:aws:iam::{i}:role/read") for i in (MEMBER, OTHER)
        )
    )


async def a_moment_for_more() -> None:
    """Stay unanswered while more calls than may be here at once would arrive."""
    await asyncio.sleep(0.1)


async def test_an_account_that_throttles_is_asked_less_at_once_and_no_other_account_is(
    fleet: Fleet,
) -> None:
    at_once: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    peak = 0
    four = {MEMBER: asyncio.Barrier(4), OTHER: asyncio.Barrier(4)}

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal peak
        form = await request.post()
        if form["Action"] == "AssumeRole":
            return assumed("ASIA" + str(form["RoleArn"]).split(":")[4])
        account = request.headers["Authorization"].split("Credential=ASIA")[1].split("/")[0]
        asked[account] += 1
        throttled = account == MEMBER and asked[account] <= 4
        at_once[account] += 1
        if account == OTHER or throttled:
            await four[account].wait()
        else:
            peak = max(peak, at_once[account])
            await a_moment_for_more()
        at_once[account] -= 1
        return error("Throttling", "Rate exceeded", 400) if throttled else error("NoSuchEntity")

    limits = Limits(aws_attempts=1, aws_at_once=4, aws_deadline=50.0, threads=16)
    async with serving(handler) as url, build_clients(fleet, aws_at(url), limits=limits) as clients:
        first, second = [
            await asyncio.gather(
                *(clients.aws(i).role(f"r{n}") for i in (MEMBER, OTHER) for n in range(4)),
                return_exceptions=True,
            )
            for _ in range(2)
        ]

    assert [type(one) for one in first] == [Throttled] * 4 + [type(None)] * 4
    assert second == [None] * 8
    assert peak <= 2


async def test_a_cluster_that_throttles_is_asked_less_at_once(moto: Moto) -> None:
    at_once = asked = peak = 0
    four = asyncio.Barrier(4)

    async def handler(_: web.Request) -> web.StreamResponse:
        nonlocal at_once, asked, peak
        asked += 1
        if asked <= 4:
            await four.wait()
            return json_response({"kind": "Status"}, status=429, headers={"Retry-After": "0"})
        at_once += 1
        peak = max(peak, at_once)
        await a_moment_for_more()
        at_once -= 1
        return json_response({"metadata": {"name": "api", "namespace": "x", "uid": "u"}})

    async with serving(handler) as url:
        fleet = Fleet(
            accounts=(Account(id=MEMBER, name="m", read_role=f"arn:aws:iam::{MEMBER}:role/read"),),
            clusters=(
                FleetCluster(
                    name="prod", account=MEMBER, region="eu-west-1", eks_name="prod", endpoint=url
                ),
            ),
        )
        limits = Limits(kube_attempts=1, kube_at_once=4, kube_deadline=50.0, kube_request=50.0)
        async with build_clients(fleet, moto.environ, limits=limits) as clients:
            reader = clients.kubernetes("prod")
            first, second = [
                await asyncio.gather(
                    *(reader.service_account("x", "api") for _ in range(4)), return_exceptions=True
                )
                for _ in range(2)
            ]

    assert [type(one) for one in first] == [Throttled] * 4
    assert [type(one) for one in second] == [ServiceAccount] * 4
    assert peak <= 2
