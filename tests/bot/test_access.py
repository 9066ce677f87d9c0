"""Who may press: approvers of the fleet file, of our own workspace, and nobody else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select

from bot.fleet_file import Approver
from bot.store.tables import audit
from sandbox.slack.delivery import Outgoing
from sandbox.slack.faults import Fault
from tests.bot.town import (
    GAIL,
    MINJI,
    OMAR,
    ONCALL,
    PARTNER,
    PASTE,
    PAYMENTS,
    SAM,
    elements,
    labels,
    shown,
    with_approvers,
)

if TYPE_CHECKING:
    from tests.bot.town import Bot, Town

EVERYBODY = Approver(users=frozenset({MINJI, OMAR, GAIL, SAM, "U0ALERTBOT"}))


async def pressed(town: Town, user: str, *, channel: str = ONCALL) -> str:
    """What a person gets to see who presses Apply."""
    await town.driver.press("Apply annotation", user, channel=channel)
    if town.driver.modal(user) is not None:
        return "the dialog"
    return town.whispers(user)[-1]


@pytest.mark.parametrize(
    ("approvers", "words"),
    [
        ((), "Nobody is named as approver for payments on prod-eu"),
        ((Approver(users=frozenset({OMAR})),), f"Ask <@{OMAR}> to press the button"),
        ((Approver(groups=frozenset({"S0ONCALL01"})),), "Ask <!subteam^S0ONCALL01> to press"),
        (
            (Approver(users=frozenset({MINJI}), namespaces=frozenset({"other"})),),
            "Nobody is named as approver for payments on prod-eu",
        ),
        ((Approver(users=frozenset({MINJI}), clusters=frozenset({"prod-us"})),), "Nobody is named"),
        (
            (Approver(groups=frozenset({"S0NOBODY01"})),),
            "did not tell me who is in the approver group",
        ),
    ],
)
async def test_who_is_not_named_may_not_and_reads_why(
    town: Town, approvers: tuple[Approver, ...], words: str
) -> None:
    town.file = with_approvers(town.file, *approvers)
    async with town.bot() as bot:
        await town.paste(bot)
        seen = await pressed(town, MINJI)

    assert words in seen


@pytest.mark.parametrize(
    "approver",
    [
        Approver(users=frozenset({OMAR})),
        Approver(groups=frozenset({"S0ONCALL01"})),
        Approver(
            users=frozenset({OMAR}),
            clusters=frozenset({"prod-eu"}),
            namespaces=frozenset({"payments"}),
        ),
        Approver(users=frozenset({OMAR}), groups=frozenset({"S0NOBODY01"})),
    ],
)
async def test_who_is_named_gets_the_dialog(town: Town, approver: Approver) -> None:
    town.file = with_approvers(town.file, approver)
    async with town.bot() as bot:
        await town.paste(bot)

        assert await pressed(town, OMAR) == "the dialog"


async def test_a_guest_may_not_even_when_named(town: Town) -> None:
    town.file = with_approvers(town.file, EVERYBODY)
    async with town.bot() as bot:
        await town.paste(bot, f"prod-eu cluster=prod-eu\n{PASTE}", channel=PAYMENTS)
        seen = await pressed(town, GAIL, channel=PAYMENTS)

    assert seen == "Guests may not apply fixes. Ask a member who is named as approver."


@pytest.mark.parametrize("way", ["/irsa mute 1h", "/irsa unmute", "form", "menu"])
async def test_a_guest_may_not_mute(town: Town, way: str) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot, f"prod-eu cluster=prod-eu\n{PASTE}", channel=PAYMENTS)
        if way == "menu":
            await town.driver.press(
                "irsa.more.v1",
                GAIL,
                channel=PAYMENTS,
                message_ts=town.reply(ts, PAYMENTS).ts,
                selected=_quiet_of(town, ts),
            )
        elif way == "form":
            await town.driver.command(GAIL, PAYMENTS, "/irsa mute")
            await town.driver.submit(GAIL, {})
        else:
            await town.driver.command(GAIL, PAYMENTS, way)
        await town.settle(bot)
        mutes = await bot.service.store.mutes.of(bot.service.me.team, PAYMENTS)

    said = str(town.driver.modal(GAIL)) if way == "form" else town.whispers(GAIL)[-1]
    assert "Guests may not say when I keep quiet. Ask a member of this workspace." in said
    assert tuple(mutes) == ()


def _quiet_of(town: Town, ts: str) -> str:
    """The value of the menu's entry that asks for quiet."""
    options: list[str] = [
        option["value"]
        for block in town.reply(ts, PAYMENTS).blocks
        for element in block.get("elements", ())
        if element.get("action_id") == "irsa.more.v1"
        for option in element["options"]
    ]
    return next(o for o in options if o.startswith("quiet"))


async def test_who_slack_cannot_name_may_not(town: Town) -> None:
    town.file = with_approvers(town.file, EVERYBODY)
    async with town.bot() as bot:
        await town.paste(bot)
        town.slack.workspace.faults.plan("users.info", Fault(error="internal_error"), times=2)
        seen = await pressed(town, OMAR)

    assert "Slack did not tell me who you are (internal_error), so I changed nothing" in seen


async def test_the_approver_group_is_asked_for_again_after_a_minute(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        assert await pressed(town, OMAR) == "the dialog"
        asked = len(town.calls("usergroups.users.list"))
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        remembered = len(town.calls("usergroups.users.list"))
        held = town.slack.workspace.groups
        held["S0ONCALL01"] = replace(held["S0ONCALL01"], users=())
        directory = bot.service.bench.directory
        directory.timer = _later(directory.timer)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)

    assert asked == remembered == 1
    assert "You may not apply fixes" in town.whispers(OMAR)[-1]


def _later(timer: Any) -> Any:
    return lambda: timer() + 61


async def test_rules_are_checked_again_when_the_dialog_is_submitted(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        assert await pressed(town, OMAR) == "the dialog"
        held = town.slack.workspace.users
        held[OMAR] = replace(held[OMAR], is_restricted=True)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    modal = town.driver.modal(OMAR)
    assert modal is not None
    assert "Guests may not apply fixes" in str(modal["blocks"])
    assert "nope" in str(town.world.accounts[0].role_arn)


async def test_a_dialog_left_open_for_an_hour_applies_nothing(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        assert await pressed(town, OMAR) == "the dialog"
        town.clock.ahead = timedelta(minutes=31)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    assert "older than 30 minutes" in str(town.driver.modal(OMAR))
    assert "nope" in str(town.world.accounts[0].role_arn)


async def press_forged(town: Town, bot: Bot, value: str, **changed: Any) -> str:
    """Send a signed press with a value of our choosing."""
    await town.driver.press("Check again", OMAR, channel=ONCALL)
    await town.settle(bot)
    assert town.signed is not None
    last = next(r for r in reversed(town.signed.requests) if b"payload=" in r.body)
    payload = json.loads(parse_qs(last.body.decode())["payload"][0])
    payload["actions"][0] |= {"action_id": "irsa.apply.v1", "value": value}
    payload |= changed
    await town.signed.send(Outgoing(kind="interactive", payload=payload))
    await town.settle(bot)
    return town.whispers(OMAR)[-1]


@pytest.mark.parametrize("value", ["", "0" * 20, "'; DROP TABLE plans; --", "x" * 2000, "\u0000"])
async def test_a_forged_button_says_that_it_is_unknown(town: Town, value: str) -> None:
    async with town.bot() as bot:
        await town.paste(bot)

        assert "I do not know this button any more" in await press_forged(town, bot, value)


async def test_a_button_pressed_in_another_channel_than_its_own_is_unknown(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        element = next(e for e in elements(town.reply(ts)) if e["action_id"] == "irsa.apply.v1")
        seen = await press_forged(
            town,
            bot,
            element["value"],
            channel={"id": PAYMENTS, "name": "payments"},
            container={"type": "message", "message_ts": "1.1", "channel_id": PAYMENTS},
        )

    assert "I do not know this button any more" in seen


async def test_a_press_without_a_team_is_refused(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        seen = await press_forged(town, bot, "0" * 20, user={"id": OMAR, "name": "omar"})

    assert seen == "Only members of the workspace that installed me may do that."


async def test_an_offer_that_a_newer_check_replaced_is_refused(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        element = next(e for e in elements(town.reply(ts)) if e["action_id"] == "irsa.apply.v1")
        seen = await press_forged(town, bot, element["value"])

    assert "A newer check took this offer's place" in seen


async def test_in_a_shared_channel_nothing_of_ours_is_shown_and_nothing_can_be_pressed(
    town: Town,
) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot, channel=PARTNER)

    reply = town.reply(ts, PARTNER)
    assert labels(reply) == []
    assert "arn:" not in shown(reply)
    assert "payments" not in shown(reply)
    assert "This channel is shared with another organisation" in shown(reply)


async def test_a_strangers_paste_and_mention_are_not_answered(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot, channel=PARTNER, user=SAM)
        asked = town.driver.mention(SAM, PARTNER, PASTE)
        await town.settle(bot)

    assert town.replies(ts, PARTNER) == []
    assert town.replies(asked, PARTNER) == []


async def test_a_channel_that_became_shared_closes_the_buttons(town: Town) -> None:
    town.file = with_approvers(town.file, EVERYBODY)
    async with town.bot() as bot:
        await town.paste(bot)
        channel = town.slack.workspace.channels[ONCALL]
        channel.is_ext_shared = True
        channel.members.append(SAM)
        bot.service.bench.directory.forget()
        ours = await pressed(town, OMAR)
        theirs = await pressed(town, SAM)
        await town.driver.press("Show all checks", SAM, channel=ONCALL)

    assert "shared with another organisation" in ours
    assert theirs == "Only members of the workspace that installed me may do that."
    assert town.driver.modal(SAM) is None


async def test_a_channel_that_slack_does_not_describe_counts_as_shared(town: Town) -> None:
    town.slack.workspace.faults.plan("conversations.info", Fault(error="internal_error"), times=3)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert "shared with another organisation" in shown(town.reply(ts))


async def test_presses_refusals_and_changes_are_on_the_record(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        await pressed(town, MINJI)
        await pressed(town, OMAR)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)
        async with bot.service.store.engine.connect() as connection:
            rows = (await connection.execute(select(audit).order_by(audit.c.id))).all()

    assert [(r.action, r.decision, r.user) for r in rows] == [
        ("press", "denied:not-approver", MINJI),
        ("press", "allowed", OMAR),
        ("confirm", "claimed", OMAR),
        ("apply", "applied", OMAR),
        ("proof", "applied", OMAR),
    ]
    assert "kubectl -n payments annotate serviceaccount api" in rows[-1].words
