"""`/irsa preflight`: one walk at a time, kept for a while, told to who asked and as far as they may read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from bot.clients.kube.errors import broken
from bot.fleet_file import Reader
from bot.inventory import InventoryRecords
from bot.inventory.keeper import told
from bot.jobs import preflighting
from bot.preflight import remedies
from bot.preflight.account import failed
from bot.preflight.links import check_links
from bot.preflight.outcome import Check, Outcome, Place, Remedy, State
from bot.preflight.walker import LEFT_OUT, Walker
from bot.serve_http import PATH
from bot.store.tables import preflights
from diagnostics.errors import ReadError
from diagnostics.languages import Language, say
from handlers.blockkit import validate_message
from handlers.reach import Scope
from tests.bot.test_languages import read_aloud
from tests.bot.test_reload import TWO
from tests.bot.test_reload import serving as process_of
from tests.bot.test_serve import FLEET as FILE
from tests.bot.town import MINJI, OMAR, ONCALL, PARTNER, shown
from tests.engine import healthy as worlds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.fleet_file import FleetFile
    from diagnostics.fleet import Fleet
    from tests.bot.town import Bot, Town

SECRET = "a-value-of-ours"
POLICY = f'{{\n  "Condition": {{"StringEquals": {{"sts:ExternalId": "{SECRET}"}}}}\n}}'


def place(name: str, kind: str = "cluster", *, missing: int = 0, text: str = POLICY) -> Place:
    checks = [Check(what="get pods", state=State.WORKS)]
    checks += [
        Check(
            what=f"list thing{number}",
            state=State.MISSING if number else State.NO_ANSWER,
            why="no network <!channel>" if not number else "RBAC does not allow it",
            enable=f"allow thing{number}",
        )
        for number in range(missing)
    ]
    remedies = (Remedy(title=f"Policy of {name}", text=text),) if missing else ()
    return Place(kind=kind, name=name, checks=tuple(checks), remedies=remedies)  # type: ignore[arg-type]


@dataclass
class Walks:
    """Stands for the walk itself, which tests/preflight is about."""

    places: tuple[Place, ...]
    left_out: int = 0
    done: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    fails: bool = False

    def __post_init__(self) -> None:
        self.go_on.set()

    async def __call__(self) -> Outcome:
        self.done += 1
        self.begun.set()
        await self.go_on.wait()
        if self.fails:
            raise RuntimeError("as if")
        return Outcome(
            places=self.places, started=datetime.now(UTC), seconds=1.5, left_out=self.left_out
        )


def with_secret(file: FleetFile) -> FleetFile:
    accounts = tuple(replace(a, external_id=SECRET) for a in file.fleet.accounts)
    return replace(file, fleet=replace(file.fleet, accounts=accounts))


async def attached(town: Town, bot: Bot, *places: Place) -> Walks:
    walks = Walks(places)
    file = with_secret(town.file)
    await bot.service.bench.preflights.attach(Walker(file=file, walk=walks))
    return walks


async def ask(town: Town, bot: Bot, text: str = "", user: str = MINJI) -> str:
    await town.driver.command(user, ONCALL, f"/irsa preflight {text}".strip())
    await bot.idle()
    message = town.driver.whispers(user)[-1]
    assert validate_message({"text": message.text, "blocks": message.blocks}) == ()
    return f"{message.text}\n{shown(message)}"


FLEET = worlds.healthy().fleet
CLUSTER, ACCOUNT = FLEET.clusters[0].name, FLEET.accounts[0].id


async def test_who_asks_reads_what_is_missing_and_the_text_that_mends_it(town: Town) -> None:
    async with town.bot() as bot:
        await attached(town, bot, place(CLUSTER, missing=2), place(f"{ACCOUNT} (x)", "account"))
        await town.driver.command(MINJI, ONCALL, "/irsa status")
        before = shown(town.driver.whispers(MINJI)[-1])

        said = await ask(town, bot)
        await town.driver.command(MINJI, ONCALL, "/irsa status")
        town.driver.open_home(MINJI)
        await town.settle(bot)

    assert f"places do not work: cluster {CLUSTER}" in str(town.calls("views.publish")[-1])
    assert "No preflight yet: `/irsa preflight`" in before
    assert f"1 of 2 places do not work: cluster {CLUSTER}" in said
    assert "• no answer: `list thing0`" in said
    assert "• missing: `list thing1`" in said
    assert "to mend it: allow thing1" in said
    assert f'"sts:ExternalId": "{LEFT_OUT}"' in said
    assert SECRET not in said
    assert "<!channel>" not in said
    status = shown(town.driver.whispers(MINJI)[-1])
    assert f"1 of 2 places do not work: cluster {CLUSTER}" in status
    assert town.calls("chat.postMessage") == []  # for who asked alone


async def test_within_ten_minutes_nothing_is_walked_again_and_then_it_is(town: Town) -> None:
    async with town.bot() as bot:
        walks = await attached(town, bot, place(CLUSTER))
        await ask(town, bot)
        again = await ask(town, bot, user=OMAR)
        assert walks.done == 1
        assert f"cluster {CLUSTER} works." in again

        town.clock.ahead = timedelta(minutes=11)
        old = await ask(town, bot, "last")
        assert walks.done == 1
        assert f"cluster {CLUSTER} works." in old
        await ask(town, bot)
        assert walks.done == 2


async def test_one_walk_at_a_time_and_a_failed_one_stands_in_nobodys_way(town: Town) -> None:
    async with town.bot() as bot:
        walks = await attached(town, bot, place(CLUSTER))
        walks.go_on.clear()
        await town.driver.command(MINJI, ONCALL, "/irsa preflight")
        await walks.begun.wait()
        await town.driver.command(OMAR, ONCALL, "/irsa preflight")
        assert "A preflight is under way since" in town.whispers(OMAR)[-1]
        walks.fails = True
        walks.go_on.set()
        await bot.idle()
        assert "I could not finish this preflight" in town.whispers(MINJI)[-1]
        walks.fails = False
        assert f"cluster {CLUSTER} works." in await ask(town, bot, user=OMAR)
        assert walks.done == 2


async def test_what_another_version_kept_is_walked_anew(town: Town) -> None:
    async with town.bot() as bot:
        walks = await attached(town, bot, place(CLUSTER))
        await ask(town, bot)
        async with bot.service.store.engine.begin() as connection:
            await connection.execute(update(preflights).values(document='{"version": 2}'))
        await ask(town, bot)

    assert walks.done == 2


async def test_another_fleet_file_is_walked_anew(town: Town) -> None:
    async with town.bot() as bot:
        walks = await attached(town, bot, place(CLUSTER))
        await ask(town, bot)
        fewer = replace(town.file, fleet=replace(town.file.fleet, organization=True))
        await bot.service.bench.preflights.attach(Walker(file=fewer, walk=walks))
        await ask(town, bot)

    assert walks.done == 2


async def test_hundreds_of_places_fit_into_one_message_and_each_can_be_asked_for(
    town: Town,
) -> None:
    many = [
        place(f"cluster-{n:03}", missing=9, text=f"{'x' * 70}\n" * 30 + str(min(n, 300)))
        for n in range(400)
    ]
    many = [replace(one, remedies=(replace(one.remedies[0], title="Policy"),)) for one in many]
    clusters = tuple(replace(FLEET.clusters[0], name=one.name, eks_name=one.name) for one in many)
    town.file = replace(town.file, fleet=replace(town.file.fleet, clusters=clusters))
    async with town.bot() as bot:
        await attached(town, bot, *many, place("huge", missing=1, text="y" * 9_000))
        said = await ask(town, bot)
        one = await ask(town, bot, "CLUSTER-399")
        none = await ask(town, bot, "nowhere")

    assert "400 of 400 places do not work" in said
    assert "`list thing8`: RBAC does not allow it" in said
    assert "`/irsa preflight NAME` shows one of them" in said
    assert len([line for line in said.splitlines() if line.startswith("*cluster")]) > 2
    assert "cluster cluster-399 does not work." in one
    assert "I tried nothing of the name “nowhere”." in none


async def test_places_that_lack_the_same_are_one_entry(town: Town) -> None:
    alike = [place(name, missing=1) for name in ("prod-eu", "prod-us", "staging")]
    alike = [replace(one, remedies=(replace(one.remedies[0], title="RBAC"),)) for one in alike]
    clusters = tuple(replace(FLEET.clusters[0], name=one.name) for one in alike)
    town.file = replace(town.file, fleet=replace(town.file.fleet, clusters=clusters))
    async with town.bot() as bot:
        await attached(town, bot, *alike)
        said = await ask(town, bot)

    assert "*cluster prod-eu, cluster prod-us, cluster staging*" in said
    assert said.count("StringEquals") == 1


async def test_what_the_inventory_found_is_marked_and_the_rest_is_counted(town: Town) -> None:
    name = "shared/eu-west-1/forgotten"
    found = replace(FLEET.clusters[0], name=name, eks_name="forgotten", discovered=True)
    known = replace(town.file.fleet, clusters=(*FLEET.clusters, found))
    walks = Walks((place(CLUSTER), replace(place(name, missing=1), discovered=True)), left_out=7)
    async with town.bot() as bot:
        attached = bot.service.bench.preflights
        await attached.attach(Walker(file=town.file, walk=walks, found=lambda: known))
        said = await ask(town, bot)
        one = await ask(town, bot, name)
        await attached.attach(Walker(file=town.file, walk=walks))
        gone = await ask(town, bot)

    assert f"cluster {name} (found by inventory)" in said
    assert "Not tried: 7 clusters found beyond the first 500 by inventory." in said
    assert f"cluster {name} (found by inventory) does not work." in one
    assert name not in gone  # EKS lists it no more


@pytest.mark.parametrize(
    ("language", "user", "words"),
    [
        (Language.KOREAN, "U0JISOO001", ("읽기 역할", "네트워크 경로", "신뢰 정책")),
        (Language.JAPANESE, "U0YUKI0001", ("読み取りロール", "ネットワーク経路", "信頼ポリシー")),
    ],
)
async def test_every_detail_is_in_the_language_of_who_asks(
    town: Town, language: Language, user: str, words: tuple[str, ...]
) -> None:
    """As they are after a walk that another process put on record."""
    role = "arn:aws:iam::111122223333:role/irsa-doctor-read"
    access = remedies.trust(role, "arn:aws:iam::111122223333:role/bot", SECRET)
    silent = broken(TimeoutError(), cluster=CLUSTER, url="https://10.0.0.1")
    checks = (
        Check(what=say("assume {role}", role=role), state=State.MISSING, why="AccessDenied: no"),
        Check(what="get pods", state=State.MISSING, why=say("the read role can't be assumed")),
        failed(say("find the API server"), silent),
    )
    kept = Place(kind="cluster", name=CLUSTER, checks=checks, remedies=access)
    async with town.bot() as bot:
        await attached(town, bot, replace(kept, discovered=True))
        said = await ask(town, bot, user=user)
        message = town.driver.whispers(user)[-1]

    read_aloud(message.text, language)
    read_aloud(message.blocks, language)
    assert [word for word in words if word not in said] == [], said
    assert "AccessDenied: no" in said


async def test_a_text_that_does_not_fit_is_not_cut(town: Town) -> None:
    async with town.bot() as bot:
        await attached(town, bot, place(CLUSTER, missing=1, text="y" * 9_000))
        said = await ask(town, bot)

    assert "yy" not in said
    assert "too long for here; `irsa preflight` on a terminal has it" in said


async def test_nobody_reads_of_a_place_that_is_kept_from_them(town: Town) -> None:
    readers = (Reader(scope=Scope(clusters=frozenset({CLUSTER})), users=frozenset({OMAR})),)
    town.file = replace(town.file, readers=readers)
    async with town.bot() as bot:
        await attached(town, bot, place(CLUSTER, missing=1), place("Slack", "slack", missing=1))
        theirs = await ask(town, bot)
        ours = await ask(town, bot, user=OMAR)
        named = await ask(town, bot, CLUSTER)

    assert CLUSTER not in theirs.replace("--cluster prod-eu", "")
    assert f"cluster {CLUSTER}" in ours
    assert "I tried nothing of the name" in named
    assert "tried nothing that you may read here" in theirs


async def test_nothing_is_told_in_a_channel_that_another_organisation_reads(town: Town) -> None:
    async with town.bot() as bot:
        walks = await attached(town, bot, place(CLUSTER))
        await town.driver.command(MINJI, PARTNER, "/irsa preflight")
        await bot.idle()

    assert "shared with another organisation" in town.whispers(MINJI)[-1]
    assert walks.done == 0


async def test_what_cannot_be_read_of_the_fleet_is_told_in_the_readers_language(town: Town) -> None:
    """As the inventory put it on record."""
    error = ReadError(say("RBAC does not allow it"), enable=say("ask who manages it"))
    async with town.bot() as bot:
        records = InventoryRecords(engine=bot.service.store.engine, now=town.clock)
        region = (FLEET.accounts[0].id, "eu-west-1")
        await records.claim(*region, every=timedelta(0))
        await records.failed(*region, told(error))
        await town.driver.command("U0YUKI0001", ONCALL, "/irsa status")
        message = town.driver.whispers("U0YUKI0001")[-1]
        await town.driver.command(MINJI, ONCALL, "/irsa status")
        english = shown(town.driver.whispers(MINJI)[-1])

    read_aloud(message.blocks, Language.JAPANESE)
    assert "RBAC が許可していません。可能にするには" in shown(message)
    assert "RBAC does not allow it; to enable it, ask who manages it" in english


@pytest.mark.parametrize("text", ["<!channel>", "`*_~", "x" * 3_000, "\u202e\x00", "%s{name}"])
async def test_a_hostile_name_is_shown_as_text_and_cut(town: Town, text: str) -> None:
    async with town.bot() as bot:
        await attached(town, bot, place(CLUSTER))
        await ask(town, bot)
        said = await ask(town, bot, text)

    assert "I tried nothing of the name" in said
    assert "<!channel>" not in said
    assert len(said) < 1_000


async def test_a_link_that_leads_to_the_bot_is_known_by_its_answer(town: Town) -> None:
    async with town.bot() as bot:
        place = await check_links(bot.url.removesuffix(PATH))

    assert [check.state for check in place.checks] == [State.WORKS]


async def test_the_process_walks_the_fleet_file_that_is_in_use(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def made(
        file: FleetFile,
        _environ: object,
        _slack: object,
        links: str | None,
        found: Callable[[], Fleet],
    ) -> Walker:
        async def walk() -> Outcome:
            assert found() == file.fleet  # nothing is on record
            seen.append(", ".join(cluster.name for cluster in file.fleet.clusters))
            return await Walks((place("prod-eu", missing=1),))()

        assert links is None
        return Walker(file=file, walk=walk)

    monkeypatch.setattr(preflighting, "walker_of", made)
    async with process_of(town, tmp_path) as process:
        for file, clusters in ((FILE, "prod-eu"), (TWO, "prod-eu, new-one")):
            process.write(file)
            await process.until(f"{clusters}.")
            await town.driver.command(MINJI, ONCALL, "/irsa preflight")
            await process.until("cluster prod-eu does")

    assert seen == ["prod-eu", "prod-eu, new-one"]
