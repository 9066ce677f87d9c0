"""Who reads what: an account kept to a channel or a group shows nowhere else, by whatever way it is asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from bot.fleet_file import Reader
from bot.store.queue import JobQueue
from bot.store.tables import audit
from diagnostics.fleet import FleetCluster
from handlers.reach import Scope
from handlers.render.card import SHORTCUT
from sandbox.slack.faults import Fault
from tests.bot.failing import nothing
from tests.bot.town import ERROR, GAIL, GROUP, MINJI, OMAR, ONCALL, PASTE, PAYMENTS, labels, shown
from tests.engine import healthy as worlds

if TYPE_CHECKING:
    from tests.bot.town import Bot, Town

WHY = "`readers` in the fleet file says by whom"
NAMES = ("prod-eu", "payments-api", worlds.SHARED, "A1B2C3D4E5F6")
"""What nobody may see who may not read it."""


def kept(town: Town, *entries: Reader) -> None:
    """Give the fleet a second cluster in an account of its own, and the file these entries."""
    other = FleetCluster(
        name="staging", account=worlds.TEAM, region="us-east-1", eks_name="staging"
    )
    fleet = town.world.fleet
    if all(c.name != "staging" for c in fleet.clusters):
        town.world.fleet = replace(fleet, clusters=(*fleet.clusters, other))
    town.file = replace(town.file, fleet=town.world.fleet, readers=entries)


def of_account(**who: Any) -> Reader:
    return Reader(scope=Scope(accounts=frozenset({worlds.SHARED})), **who)


BY_CHANNEL = of_account(channels=frozenset({PAYMENTS}))
BY_GROUP = of_account(groups=frozenset({GROUP}))
ELSEWHERE_ONLY = Reader(
    scope=Scope(clusters=frozenset({"staging"})), channels=frozenset({ONCALL}), only=True
)
OTHERS_ONLY = Reader(
    scope=Scope(accounts=frozenset({worlds.TEAM})), users=frozenset({MINJI}), only=True
)


def everything(town: Town) -> str:
    """All that was ever said or shown, to anybody."""
    quiet = ("conversations.", "users.", "usergroups.", "auth.", "assistant.")
    return json.dumps(
        [a for name, a in town.slack.workspace.calls if not name.startswith(quiet)]
    ) + str([town.whispers(user) for user in (MINJI, OMAR, GAIL)])


@pytest.mark.parametrize("entry", [BY_CHANNEL, BY_GROUP, ELSEWHERE_ONLY, OTHERS_ONLY])
async def test_a_paste_about_what_is_not_read_here_is_answered_by_one_private_sentence(
    town: Town, entry: Reader
) -> None:
    kept(town, entry)
    async with town.bot() as bot:
        ts = await town.paste(bot, f"{PASTE}\ncluster: prod-eu")
        async with bot.service.store.engine.connect() as connection:
            (row,) = (await connection.execute(select(audit))).all()

    assert town.replies(ts) == []
    (told,) = town.whispers(MINJI)
    assert WHY in told
    assert not any(name in told for name in NAMES)
    assert (row.action, row.decision, row.user) == ("read", "denied:reader", MINJI)


@pytest.mark.parametrize("entry", [BY_CHANNEL, BY_GROUP, ELSEWHERE_ONLY, OTHERS_ONLY])
@pytest.mark.parametrize("way", ["paste", "mention", "command", "shortcut", "thread", "name"])
async def test_no_way_of_asking_shows_anything_of_what_is_hidden(
    town: Town, entry: Reader, way: str
) -> None:
    """The paste names the service account alone: where it is, the bot would have to find out."""
    kept(town, entry)
    async with town.bot() as bot:
        await _ask(town, bot, way)
        await town.settle(bot)

    said = everything(town)
    assert not any(name in said for name in NAMES if name != "payments-api"), said
    assert "staging" not in said or "nope" not in said
    assert WHY in said


async def _ask(town: Town, bot: Bot, way: str) -> None:
    match way:
        case "paste":
            town.driver.post_as(MINJI, ONCALL, PASTE)
        case "mention":
            town.driver.mention(MINJI, ONCALL, PASTE)
        case "command":
            await town.driver.command(MINJI, ONCALL, "/irsa diagnose payments/api")
        case "shortcut":
            ts = town.driver.post_as(MINJI, ONCALL, "look")
            await town.settle(bot)
            town.slack.workspace.messages[ONCALL][ts].text = PASTE
            await town.driver.shortcut(MINJI, ONCALL, ts, SHORTCUT)
        case "thread":
            ts = town.driver.post_as(OMAR, ONCALL, "it fails")
            town.driver.post_as(MINJI, ONCALL, PASTE, thread_ts=ts)
        case _:
            town.driver.mention(MINJI, ONCALL, "payments/api")


# -- who may ---------------------------------------------------------------------------------------


async def test_who_is_named_is_answered_where_it_is_read(town: Town) -> None:
    kept(town, BY_GROUP, BY_CHANNEL)
    async with town.bot() as bot:
        in_channel = await town.paste(bot, f"prod-eu\n{PASTE}", user=GAIL, channel=PAYMENTS)
        by_member = await town.paste(bot, user=OMAR)

    assert "Apply annotation" in labels(town.reply(in_channel, PAYMENTS))
    assert "Apply annotation" in labels(town.reply(by_member))


async def test_an_alert_is_nobody_in_particular(town: Town) -> None:
    kept(town, BY_GROUP)
    async with town.bot() as bot:
        unheard = town.driver.alert("alertmanager", ONCALL, text=PASTE)
        await town.settle(bot)

    assert town.replies(unheard) == []


async def test_who_asks_after_somebody_who_may_not_is_answered_in_the_same_thread(
    town: Town,
) -> None:
    kept(town, BY_GROUP)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        assert town.replies(ts) == []
        await town.paste(bot, user=OMAR, thread_ts=ts)

    (reply,) = [m for m in town.replies(ts) if m.bot_id]
    assert "Apply annotation" in labels(reply)


async def test_what_slack_does_not_say_of_a_group_keeps_hidden_what_is_kept_to_it(
    town: Town,
) -> None:
    kept(town, BY_GROUP)
    town.slack.workspace.faults.plan(
        "usergroups.users.list", Fault(error="internal_error"), times=50
    )
    async with town.bot() as bot:
        ts = await town.paste(bot, user=OMAR)

    assert town.replies(ts) == []
    assert WHY in town.whispers(OMAR)[-1]


async def test_the_last_cluster_that_is_left_is_not_taken_for_the_one_that_is_meant(
    town: Town,
) -> None:
    """The issuer in the error is the hidden cluster's, which no list in the fleet file says."""
    kept(town, BY_CHANNEL)
    error = f"{ERROR}\n{worlds.ISSUER}\nsystem:serviceaccount:payments:api"
    town.file = replace(town.file, channels=())
    async with town.bot() as bot:
        ts = await town.paste(bot, error)

    assert town.replies(ts) == []
    assert WHY in town.whispers(MINJI)[-1]


async def test_a_role_in_a_hidden_account_is_an_unknown_of_a_cluster_that_is_read(
    town: Town,
) -> None:
    """The cluster is read here; the role's account is kept to another channel."""
    moved = replace(town.world.fleet.cluster("prod-eu"), account=worlds.TEAM)
    town.world.fleet = replace(town.world.fleet, clusters=(moved,))
    town.world.accounts[0] = worlds.service_account()
    kept(town, BY_CHANNEL)
    town.world.fleet = replace(town.world.fleet, clusters=(moved, *town.world.fleet.clusters[1:]))
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press("Show all checks", MINJI, channel=ONCALL)

    words = shown(town.reply(ts))
    assert "Not enough evidence" in words
    assert "Statement" not in json.dumps(town.driver.modal(MINJI))


# -- what stands already ---------------------------------------------------------------------------

BUTTONS = ("Check again", "Show all checks", "Not this one", "Apply annotation")


@pytest.mark.parametrize("button", BUTTONS)
async def test_a_button_of_a_reply_is_no_way_around_it(town: Town, button: str) -> None:
    kept(town, BY_GROUP)
    async with town.bot() as bot:
        ts = await town.paste(bot, user=OMAR)
        before = shown(town.reply(ts))
        await town.driver.press(button, MINJI, channel=ONCALL)
        await town.settle(bot)

    assert WHY in town.whispers(MINJI)[-1]
    assert town.driver.modal(MINJI) is None
    assert shown(town.reply(ts)) == before


async def test_a_dialog_that_was_open_when_somebody_left_the_group_does_nothing(
    town: Town,
) -> None:
    kept(town, BY_GROUP)
    async with town.bot() as bot:
        await town.paste(bot, user=OMAR)
        await town.driver.press("Not this one", OMAR, channel=ONCALL)
        held = town.slack.workspace.groups
        held[GROUP] = replace(held[GROUP], users=())
        bot.service.bench.directory.forget()
        await town.driver.submit(OMAR, _form(service_account="other"))
        await town.settle(bot)

    assert WHY in json.dumps(town.driver.modal(OMAR))


def _form(**values: str) -> dict[str, Any]:
    given = {"cluster": "prod-eu", "namespace": "payments", **values}
    return {field: {"value": value} for field, value in given.items()}


@pytest.mark.parametrize("command", ["/irsa status", "/irsa history"])
async def test_commands_show_nothing_of_what_is_hidden(town: Town, command: str) -> None:
    kept(town, BY_GROUP)
    async with town.bot() as bot:
        ts = await town.paste(bot, user=OMAR)
        incident = town.reply(ts).metadata["event_payload"]["id"]  # type: ignore[index]
        theirs, ours = [], []
        for text in (command, f"{command} {incident[:8]}"):
            await town.driver.command(MINJI, ONCALL, text)
            theirs.append(town.whispers(MINJI)[-1] + json.dumps(_blocks(town, MINJI)))
            await town.driver.command(OMAR, ONCALL, text)
            ours.append(town.whispers(OMAR)[-1] + json.dumps(_blocks(town, OMAR)))
        await town.settle(bot)

    assert not any(name in said for said in theirs for name in NAMES)
    assert any("prod-eu" in said for said in ours)


def _blocks(town: Town, user: str) -> Any:
    return town.driver.whispers(user)[-1].blocks


async def test_where_nothing_is_read_the_status_says_so(town: Town) -> None:
    kept(town, OTHERS_ONLY, of_account(users=frozenset({OMAR})))
    town.world.fleet = replace(town.world.fleet, clusters=town.world.fleet.clusters[:1])
    async with town.bot():
        await town.driver.command(MINJI, ONCALL, "/irsa status")

    assert "I am running. No cluster is read here for you." in town.whispers(MINJI)[-1]


async def test_the_home_shows_nothing_of_what_is_hidden(town: Town) -> None:
    kept(town, BY_GROUP)
    async with town.bot() as bot:
        await town.paste(bot, user=OMAR)
        held = town.slack.workspace.groups
        town.driver.open_home(OMAR)
        await town.settle(bot)
        ours = json.dumps(town.calls("views.publish")[-1])
        held[GROUP] = replace(held[GROUP], users=())
        bot.service.bench.directory.forget()
        town.driver.open_home(OMAR)
        await town.settle(bot)
        theirs = json.dumps(town.calls("views.publish")[-1]).replace("--cluster prod-eu", "")

    assert "prod-eu" in ours
    assert "prod-eu" not in theirs
    assert "staging" in theirs


async def test_menus_offer_only_what_is_read(town: Town) -> None:
    kept(town, BY_GROUP)
    async with town.bot():
        await town.driver.command(MINJI, ONCALL, "/irsa diagnose")
        view = json.dumps(town.driver.view(MINJI))

    assert "staging" in view
    assert "prod-eu" not in view


async def test_a_hidden_cluster_that_is_typed_into_a_form_is_refused_under_its_field(
    town: Town,
) -> None:
    """Among more than a hundred clusters the name is typed."""
    kept(town, BY_GROUP)
    staging = town.world.fleet.cluster("staging")
    many = tuple(replace(staging, name=f"c{n}", eks_name=f"c{n}") for n in range(101))
    town.world.fleet = replace(town.world.fleet, clusters=(*town.world.fleet.clusters, *many))
    async with town.bot() as bot:
        await town.driver.command(MINJI, ONCALL, "/irsa diagnose")
        refused = await town.driver.submit(MINJI, _form(service_account="api"))
        await town.settle(bot)

    assert refused.errors == {
        "cluster": "This cluster is not read here, or not by you (readers in the fleet file)."
    }
    assert town.calls("chat.postMessage") == []


async def test_a_bare_error_is_asked_about_without_naming_what_is_hidden(town: Town) -> None:
    kept(town, BY_GROUP)
    town.file = replace(town.file, channels=())
    async with town.bot() as bot:
        await town.paste(bot, ERROR)

    assert not any(name in everything(town) for name in NAMES)


async def test_who_approves_must_read_it_too_when_the_change_is_made(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(town, BY_GROUP)
    async with town.bot() as bot:
        ts = await town.paste(bot, user=OMAR)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        with monkeypatch.context() as held:
            held.setattr(JobQueue, "claim", nothing)
            await town.driver.submit(OMAR, {})
        groups = town.slack.workspace.groups
        groups[GROUP] = replace(groups[GROUP], users=())
        bot.service.store.wake.set()
        await town.settle(bot)

    assert "nope" in str(town.world.accounts[0].role_arn)
    assert "nothing was written" in shown(town.reply(ts))


async def test_what_an_approver_applies_is_read_again_for_the_approver(town: Town) -> None:
    """Who pasted has left the group since: the reply goes on for who may read it."""
    held = town.slack.workspace.groups
    held[GROUP] = replace(held[GROUP], users=(*held[GROUP].users, MINJI))
    kept(town, BY_GROUP)
    async with town.bot() as bot:
        ts = await town.paste(bot, user=MINJI)
        held[GROUP] = replace(held[GROUP], users=(OMAR,))
        bot.service.bench.directory.forget()
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    assert town.world.accounts[0].role_arn == worlds.ROLE
    assert "proved by re-reading" in shown(town.reply(ts))
