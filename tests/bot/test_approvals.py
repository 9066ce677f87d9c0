"""Fixes are asked for, approved by as many as the rules say, held to the rules when they are made, and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from bot.fleet_file import Approver, Freeze
from bot.store.tables import audit
from diagnostics.evidence import ROLE_ARN
from diagnostics.fix.plan import FixKind
from tests.bot.failing import nothing
from tests.bot.town import GROUP, MINJI, OMAR, ONCALL, PAYMENTS, labels, shown, with_approvers
from tests.engine.fleet_double import DoubleWriter
from tests.engine.healthy import ROLE

if TYPE_CHECKING:
    from sandbox.slack.messages import Message
    from tests.bot.town import Bot, Town

pytestmark = pytest.mark.parametrize("engine", ["sqlite", "postgresql"])

TWO = Approver(users=frozenset({OMAR, MINJI}), approvals=2)
NOT_ONES_OWN = Approver(users=frozenset({OMAR, MINJI}), own_requests=False)
APPLY = "Apply annotation"
REVIEW = "Review and approve"


def nope(town: Town) -> bool:
    """Whether nothing has been changed."""
    return "nope" in str(town.world.accounts[0].role_arn)


def request_of(town: Town, ts: str) -> Message:
    """The one message that asks for approval."""
    (found,) = [m for m in town.replies(ts) if m.bot_id and "asks for approval" in shown(m)]
    return found


def card_of(town: Town, ts: str) -> Message:
    """The reply itself."""
    (found,) = [m for m in town.replies(ts) if m.bot_id and "asks for approval" not in shown(m)]
    return found


async def submit(town: Town, bot: Bot, user: str, what: str = APPLY) -> str:
    """Press, submit the dialog, and wait; what the dialog says in the end."""
    await town.driver.press(what, user, channel=ONCALL)
    if town.driver.modal(user) is None:
        return town.whispers(user)[-1]
    await town.driver.submit(user, {})
    await town.settle(bot)
    left = town.driver.modal(user)
    if left is not None:
        await town.driver.close(user, clear=True)
    return "" if left is None else str(left["blocks"])


async def audited(bot: Bot) -> list[tuple[str, str, str | None]]:
    async with bot.service.store.engine.connect() as connection:
        rows = (await connection.execute(select(audit).order_by(audit.c.id))).all()
    return [(r.action, r.decision, r.user) for r in rows]


# -- asking -------------------------------------------------------------------------------------


async def test_who_may_not_can_ask_in_one_press_and_the_approvers_are_mentioned_once(
    town: Town,
) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press(APPLY, MINJI, channel=ONCALL)
        await town.driver.press("Ask for approval", MINJI, channel=ONCALL)
        await town.settle(bot)
        asked = shown(request_of(town, ts))
        await town.driver.press("Ask for approval", MINJI, channel=ONCALL)
        await town.settle(bot)
        posted = [c for c in town.calls("chat.postMessage") if "S0ONCALL01" in str(c)]
        await submit(town, bot, OMAR, REVIEW)
        record = await audited(bot)

    assert f"<@{MINJI}> asks for approval: Set the annotation" in asked
    assert "<!subteam^S0ONCALL01>: please review. The request expires" in asked
    assert f"+ {ROLE_ARN}: {ROLE}" in asked
    assert len(posted) == 1
    assert "asked already" in town.whispers(MINJI)[-1]
    assert town.world.accounts[0].role_arn == ROLE
    reply = shown(card_of(town, ts))
    assert f"<@{OMAR}>  ·  asked by <@{MINJI}>" in reply
    over = request_of(town, ts)
    assert "Over: approved and applied" in shown(over)
    assert labels(over) == []
    assert [r for r in record if r[0] != "proof"] == [
        ("press", "denied:not-approver", MINJI),
        ("ask", "waiting", MINJI),
        ("ask", "repeated", MINJI),
        ("press", "allowed", OMAR),
        ("confirm", "claimed", OMAR),
        ("apply", "applied", OMAR),
    ]


async def test_a_request_survives_a_check_that_offers_the_same_fix_again(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press(APPLY, MINJI, channel=ONCALL)
        await town.driver.press("Ask for approval", MINJI, channel=ONCALL)
        await town.settle(bot)
        await town.driver.press("Check again", MINJI, channel=ONCALL)
        await town.settle(bot)
        await submit(town, bot, OMAR, REVIEW)

    assert town.world.accounts[0].role_arn == ROLE
    assert "Over: approved and applied" in shown(request_of(town, ts))


async def test_a_request_for_what_is_no_longer_needed_says_so_and_closes(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press(APPLY, MINJI, channel=ONCALL)
        await town.driver.press("Ask for approval", MINJI, channel=ONCALL)
        await town.settle(bot)
        account = town.world.accounts[0]
        town.world.accounts[0] = replace(account, annotations={ROLE_ARN: ROLE})
        await town.driver.press("Check again", MINJI, channel=ONCALL)
        await town.settle(bot)

    over = request_of(town, ts)
    assert "no longer offers it" in shown(over)
    assert labels(over) == []


async def test_a_request_expires_after_an_hour(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press(APPLY, MINJI, channel=ONCALL)
        await town.driver.press("Ask for approval", MINJI, channel=ONCALL)
        await town.settle(bot)
        town.clock.ahead = timedelta(minutes=59)
        await town.driver.press(REVIEW, OMAR, channel=ONCALL)
        in_time = town.driver.modal(OMAR)
        town.clock.ahead = timedelta(minutes=61)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    assert in_time is not None
    assert "This request is older than an hour" in str(town.driver.modal(OMAR))
    assert nope(town)


@pytest.mark.parametrize("who", [OMAR, MINJI])
async def test_an_approver_may_decline_and_who_asked_may_take_it_back(town: Town, who: str) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press(APPLY, MINJI, channel=ONCALL)
        await town.driver.press("Ask for approval", MINJI, channel=ONCALL)
        await town.settle(bot)
        await town.driver.press(REVIEW, OMAR, channel=ONCALL)
        await town.driver.press("Decline", who, channel=ONCALL)
        await town.settle(bot)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)
        buttons = labels(card_of(town, ts))
        await town.driver.press("Check again", OMAR, channel=ONCALL)
        await town.settle(bot)
        record = await audited(bot)

    over = request_of(town, ts)
    assert f"Declined by <@{who}>." in shown(over)
    assert labels(over) == []
    assert "This fix was declined" in str(town.driver.modal(OMAR))
    assert nope(town)
    assert APPLY not in buttons
    assert APPLY in labels(card_of(town, ts))
    assert ("decline", "declined", who) in record


async def test_nobody_else_may_decline(town: Town) -> None:
    third = "U0LINA0001"
    town.file = with_approvers(town.file, Approver(users=frozenset({third})))
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press(APPLY, MINJI, channel=ONCALL)
        await town.driver.press("Ask for approval", MINJI, channel=ONCALL)
        await town.settle(bot)
        await town.driver.press("Decline", OMAR, channel=ONCALL)
        await town.settle(bot)

    assert "You may not apply fixes" in town.whispers(OMAR)[-1]
    assert REVIEW in labels(request_of(town, ts))


# -- how many -----------------------------------------------------------------------------------


async def test_two_people_must_approve_where_the_rules_say_so(town: Town) -> None:
    town.file = with_approvers(town.file, TWO)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press(APPLY, OMAR, channel=ONCALL)
        dialog = str(town.driver.modal(OMAR))
        first = await submit(town, bot, OMAR)
        untouched = nope(town)
        asked = shown(request_of(town, ts))
        again = await submit(town, bot, OMAR, REVIEW)
        still = nope(town)
        await submit(town, bot, MINJI, REVIEW)

    assert "0 of 2 approvals so far" in dialog
    assert "'text': 'Approve'" in dialog
    assert "This is on record" in first
    assert untouched
    assert still
    assert f"Approved by <@{OMAR}>: 1 of 2." in asked
    assert "You approved this fix already" in again
    assert town.world.accounts[0].role_arn == ROLE
    reply = shown(card_of(town, ts))
    assert f"asked by <@{OMAR}>  ·  approved by <@{OMAR}>, <@{MINJI}>" in reply


async def test_who_asked_may_not_approve_where_the_rules_forbid_it(town: Town) -> None:
    town.file = with_approvers(town.file, NOT_ONES_OWN)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        first = await submit(town, bot, OMAR)
        own = await submit(town, bot, OMAR, REVIEW)
        untouched = nope(town)
        asked = shown(request_of(town, ts))
        await submit(town, bot, MINJI, REVIEW)

    assert "This is on record" in first
    assert "the rules want somebody else to approve it" in own
    assert untouched
    assert "Approved by nobody yet: 0 of 1." in asked
    assert town.world.accounts[0].role_arn == ROLE


async def test_the_strictest_entry_that_covers_a_fix_decides(town: Town) -> None:
    lax = Approver(users=frozenset({OMAR}))
    town.file = with_approvers(town.file, lax, replace(TWO, users=frozenset({MINJI, "U0X"})))
    async with town.bot() as bot:
        await town.paste(bot)
        said = await submit(town, bot, OMAR)
        untouched = nope(town)
        await submit(town, bot, MINJI, REVIEW)

    assert "This is on record" in said
    assert untouched
    assert town.world.accounts[0].role_arn == ROLE


# -- where, what and when -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("approver", "words"),
    [
        (Approver(users=frozenset({OMAR}), channels=frozenset({PAYMENTS})), f"<#{PAYMENTS}>"),
        (
            Approver(users=frozenset({OMAR}), fixes=frozenset({FixKind.RESTART})),
            "Nobody is named as approver",
        ),
    ],
)
async def test_an_entry_counts_for_its_channels_and_kinds_of_fixes_only(
    town: Town, approver: Approver, words: str
) -> None:
    town.file = with_approvers(town.file, approver)
    async with town.bot() as bot:
        await town.paste(bot)

        assert words in await submit(town, bot, OMAR)
    assert nope(town)


def frozen(town: Town, *, minutes: float, **limits: Any) -> None:
    since = datetime.now(UTC) + timedelta(minutes=minutes)
    freeze = Freeze(name="Year end", since=since, until=since + timedelta(days=9), **limits)
    town.file = replace(town.file, freezes=(freeze,))


async def test_in_a_freeze_nobody_may_and_reads_until_when(town: Town) -> None:
    frozen(town, minutes=-1)
    async with town.bot() as bot:
        await town.paste(bot)
        said = await submit(town, bot, OMAR)

    assert "Changes to payments on prod-eu are frozen until <!date^" in said
    assert "(Year end)" in said
    assert nope(town)


async def test_a_freeze_that_begins_while_the_dialog_is_open_holds(town: Town) -> None:
    frozen(town, minutes=10)
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press(APPLY, OMAR, channel=ONCALL)
        town.clock.ahead = timedelta(minutes=11)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    assert "frozen until" in str(town.driver.modal(OMAR))
    assert nope(town)


# -- at the moment of the change ----------------------------------------------------------------


async def test_rules_are_checked_again_when_the_fix_is_made(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        queue = type(bot.service.store.queue)
        with monkeypatch.context() as held:
            held.setattr(queue, "claim", nothing)
            await town.driver.press(APPLY, OMAR, channel=ONCALL)
            await town.driver.submit(OMAR, {})
        users = town.slack.workspace.users
        users[OMAR] = replace(users[OMAR], is_restricted=True)
        bot.service.store.wake.set()
        await town.settle(bot)

    reply = shown(card_of(town, ts))
    assert nope(town)
    assert "Failed*  Set the annotation" in reply
    assert "nothing was written, because the rules ask for 1 approval by now, and none" in reply
    assert APPLY in labels(card_of(town, ts))


async def test_who_left_the_group_between_approval_and_change_does_not_count(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once: not when the minute is over for which the group's members are remembered."""
    async with town.bot() as bot:
        ts = await town.paste(bot)
        with monkeypatch.context() as held:
            held.setattr(type(bot.service.store.queue), "claim", nothing)
            await town.driver.press(APPLY, OMAR, channel=ONCALL)
            await town.driver.submit(OMAR, {})
        groups = town.slack.workspace.groups
        groups[GROUP] = replace(groups[GROUP], users=())
        bot.service.store.wake.set()
        await town.settle(bot)

    assert nope(town)
    assert "the rules ask for 1 approval by now, and none" in shown(card_of(town, ts))


async def test_a_freeze_that_begins_before_the_fix_is_made_stops_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen(town, minutes=10)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        with monkeypatch.context() as held:
            held.setattr(type(bot.service.store.queue), "claim", nothing)
            await town.driver.press(APPLY, OMAR, channel=ONCALL)
            await town.driver.submit(OMAR, {})
        town.clock.ahead = timedelta(minutes=11)
        bot.service.store.wake.set()
        await town.settle(bot)

    assert "nothing was written, because changes are frozen by now" in shown(card_of(town, ts))
    assert nope(town)


async def test_what_changed_meanwhile_is_told_and_a_new_plan_is_offered(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press(APPLY, OMAR, channel=ONCALL)
        account = town.world.accounts[0]
        other = f"{ROLE}-of-somebody-else"
        town.world.accounts[0] = replace(account, annotations={ROLE_ARN: other})
        await town.driver.submit(OMAR, {})
        await town.settle(bot)
        reply = shown(card_of(town, ts))
        await submit(town, bot, OMAR)

    assert "nothing was written, because annotation" in reply
    assert f"it was {ROLE.rpartition('/')[0]}/nope and is {other} now" in reply
    assert town.world.accounts[0].role_arn == ROLE


async def test_a_fix_is_proved_by_re_reading(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await submit(town, bot, OMAR)

    assert "proved by re-reading: every check passes now" in shown(card_of(town, ts))


async def test_what_remains_after_a_fix_is_said(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = DoubleWriter.annotate_service_account

    async def and_break(self: DoubleWriter, **values: Any) -> Any:
        written = await real(self, **values)
        self.world.providers.clear()
        return written

    monkeypatch.setattr(DoubleWriter, "annotate_service_account", and_break)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await submit(town, bot, OMAR)

    assert "re-read: this part is in order; what remains:" in shown(card_of(town, ts))


async def test_the_dialog_says_which_tool_will_put_back_what_it_knows(town: Town) -> None:
    account = town.world.accounts[0]
    labelled = {"app.kubernetes.io/managed-by": "Helm"}
    named = {"meta.helm.sh/release-name": "api", "meta.helm.sh/release-namespace": "payments"}
    town.world.accounts[0] = replace(
        account, labels=labelled, annotations={**account.annotations, **named}
    )
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press(APPLY, OMAR, channel=ONCALL)

    dialog = str(town.driver.modal(OMAR))
    assert "Helm owns service account api and will put back what it knows" in dialog
    assert "Make the change in the values of Helm release api as well" in dialog


# -- the way back -------------------------------------------------------------------------------


async def test_an_applied_fix_can_be_taken_back_by_a_press(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await submit(town, bot, OMAR)
        offered, words = labels(card_of(town, ts)), shown(card_of(town, ts))
        await town.driver.press("Undo", OMAR, channel=ONCALL)
        dialog = str(town.driver.modal(OMAR))
        await town.driver.submit(OMAR, {})
        await town.settle(bot)
        record = await audited(bot)

    assert "Undo" in offered
    assert "until <!date^" in words
    assert f"- {ROLE_ARN}: {ROLE}" in dialog
    assert nope(town)
    reply = card_of(town, ts)
    assert "Done*  Undo: set the annotation" in shown(reply)
    assert "Undo" not in labels(reply)
    assert APPLY in labels(reply)
    assert ("undo", "applied", OMAR) in record


async def test_an_undo_is_under_the_same_rules(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        await submit(town, bot, OMAR)
        said = await submit(town, bot, MINJI, "Undo")

    assert "You may not apply fixes" in said
    assert town.world.accounts[0].role_arn == ROLE


async def test_an_undo_that_would_overwrite_a_later_change_writes_nothing(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await submit(town, bot, OMAR)
        account = town.world.accounts[0]
        later = f"{ROLE}-by-hand"
        town.world.accounts[0] = replace(account, annotations={ROLE_ARN: later})
        await submit(town, bot, OMAR, "Undo")

    assert town.world.accounts[0].role_arn == later
    reply = shown(card_of(town, ts))
    assert f"Undo: set the annotation {ROLE_ARN}" in reply
    assert f"it was {ROLE} and is {later} now" in reply


async def test_a_way_back_that_was_declined_stays_open_for_its_day(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await submit(town, bot, OMAR)
        await town.driver.press("Undo", MINJI, channel=ONCALL)
        await town.driver.press("Ask for approval", MINJI, channel=ONCALL)
        await town.settle(bot)
        asked = shown(request_of(town, ts))
        await town.driver.press("Decline", OMAR, channel=ONCALL)
        await town.settle(bot)
        town.clock.ahead = timedelta(hours=23)
        await submit(town, bot, OMAR, "Undo")

    assert "asks for approval: Undo: set the annotation" in asked
    assert nope(town)


async def test_a_way_back_that_a_freeze_stops_is_there_after_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = datetime.now(UTC) + timedelta(minutes=10)
    freeze = Freeze(name="Short", since=since, until=since + timedelta(hours=1))
    town.file = replace(town.file, freezes=(freeze,))
    async with town.bot() as bot:
        await town.paste(bot)
        await submit(town, bot, OMAR)
        with monkeypatch.context() as held:
            held.setattr(type(bot.service.store.queue), "claim", nothing)
            await town.driver.press("Undo", OMAR, channel=ONCALL)
            await town.driver.submit(OMAR, {})
        town.clock.ahead = timedelta(minutes=11)
        bot.service.store.wake.set()
        await town.settle(bot)
        stopped = town.world.accounts[0].role_arn
        town.clock.ahead = timedelta(minutes=80)
        await submit(town, bot, OMAR, "Undo")

    assert stopped == ROLE
    assert nope(town)


async def test_after_a_day_a_change_is_no_longer_taken_back_by_a_press(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await submit(town, bot, OMAR)
        town.clock.ahead = timedelta(hours=25)
        said = await submit(town, bot, OMAR, "Undo")
        await town.driver.press("Check again", OMAR, channel=ONCALL)
        await town.settle(bot)

    assert "can't be taken back by a press any more" in said
    assert "Undo" not in labels(card_of(town, ts))
    assert town.world.accounts[0].role_arn == ROLE
