"""The trust policy is written only where the account allows it, after a diff, and can be taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.fleet_file import Approver
from diagnostics.fix.plan import FixKind
from diagnostics.iam import parse
from tests.bot.town import MINJI, OMAR, ONCALL, labels, shown, with_approvers
from tests.engine import healthy as worlds
from tests.engine.healthy import ISSUER, ROLE, SHARED, SUBJECT

if TYPE_CHECKING:
    from diagnostics.evidence import IamRole
    from diagnostics.fleet import Account
    from sandbox.slack.messages import Message
    from tests.bot.town import Bot, Town

BUTTON = "Apply trust policy"
WRONG = "system:serviceaccount:payment:api"
KEY = (SHARED, "payments-api")


def refusing(town: Town, *, sub: object = WRONG, **tags: str) -> None:
    """A role that trusts another service account."""
    town.world.accounts[0] = worlds.service_account()
    held = worlds.role(worlds.statement(sub=sub))
    town.world.roles[KEY] = replace(held, tags=tags)


def allow(town: Town, *, fix_role: str = f"arn:aws:iam::{SHARED}:role/fix") -> None:
    def opened(account: Account) -> Account:
        if account.id != SHARED:
            return account
        return replace(account, fix_role=fix_role, allow_trust_policy_fix=True)

    fleet = town.world.fleet
    town.world.fleet = replace(fleet, accounts=tuple(opened(a) for a in fleet.accounts))
    town.file = replace(town.file, fleet=town.world.fleet)


def role(town: Town) -> IamRole:
    return town.world.roles[KEY]


def card(town: Town, ts: str) -> Message:
    return town.reply(ts)


async def applied(town: Town, bot: Bot, what: str = BUTTON) -> str:
    """Press and submit; what the dialog showed."""
    await town.driver.press(what, OMAR, channel=ONCALL)
    dialog = str(town.driver.view(OMAR))
    await town.driver.submit(OMAR, {})
    await town.settle(bot)
    return dialog


async def test_without_the_accounts_leave_there_is_no_such_button(town: Town) -> None:
    refusing(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert BUTTON not in labels(card(town, ts))


async def test_the_policy_is_written_after_its_diff_was_shown_and_proved(town: Town) -> None:
    refusing(town)
    allow(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        offered = labels(card(town, ts))
        dialog = await applied(town, bot)

    assert offered[0] == BUTTON
    assert "-" in dialog
    assert WRONG in dialog
    assert f"{SUBJECT}" in dialog
    assert "The whole trust policy of" in dialog
    assert SUBJECT in role(town).trust_text
    reply = shown(card(town, ts))
    assert f"Done*  Replace the trust policy of {ROLE}" in reply
    assert "proved by re-reading: every check passes now" in reply


async def test_it_can_be_taken_back_exactly(town: Town) -> None:
    refusing(town)
    allow(town)
    before = role(town).trust_text
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await applied(town, bot)
        dialog = await applied(town, bot, "Undo")

    assert "Take back: role payments-api" in dialog
    assert role(town).trust_text == before
    assert BUTTON in labels(card(town, ts))


async def test_a_policy_that_somebody_changed_meanwhile_is_left_alone(town: Town) -> None:
    refusing(town)
    allow(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press(BUTTON, OMAR, channel=ONCALL)
        refusing(town, sub="system:serviceaccount:payments:apj")
        there = role(town).trust_text
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    assert role(town).trust_text == there
    reply = card(town, ts)
    assert f"nothing was written, because the trust policy of {ROLE} changed" in shown(reply)
    key = f"{ISSUER.removeprefix('https://')}:sub"
    other = "system:serviceaccount:payments:apj"
    assert f'("{key}": "{WRONG}" → "{key}": "{other}")' in shown(reply)
    assert BUTTON in labels(reply)


async def test_undo_leaves_a_policy_that_somebody_changed_and_says_what_changed(town: Town) -> None:
    refusing(town)
    allow(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await applied(town, bot)
        other = "system:serviceaccount:payments:api-by-hand"
        refusing(town, sub=[SUBJECT, other])
        there = role(town).trust_text
        await applied(town, bot, "Undo")

    assert role(town).trust_text == there
    reply = shown(card(town, ts))
    assert f"nothing was written, because trust policy of {ROLE} changed since: it was " in reply
    assert other in reply
    assert "Undo" in labels(card(town, ts))


async def test_approvers_of_other_fixes_may_not_write_trust_policies(town: Town) -> None:
    kinds = frozenset({FixKind.ANNOTATE, FixKind.RESTART})
    town.file = with_approvers(
        town.file,
        Approver(users=frozenset({OMAR}), fixes=kinds),
        Approver(users=frozenset({MINJI}), fixes=frozenset({FixKind.TRUST_POLICY})),
    )
    refusing(town)
    allow(town)
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press(BUTTON, OMAR, channel=ONCALL)

    assert town.driver.modal(OMAR) is None
    assert "You may not apply fixes" in town.whispers(OMAR)[-1]


async def test_the_roles_that_the_bot_works_with_are_never_written(town: Town) -> None:
    refusing(town)
    allow(town, fix_role=ROLE)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert BUTTON not in labels(card(town, ts))


async def test_a_role_that_became_one_of_the_bots_before_the_press_is_left_alone(
    town: Town,
) -> None:
    refusing(town)
    allow(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        allow(town, fix_role=ROLE)
        await applied(town, bot)

    assert WRONG in role(town).trust_text
    assert "the roles that the bot works with are never written" in shown(card(town, ts))


async def test_leave_that_was_withdrawn_before_the_press_holds(town: Town) -> None:
    refusing(town)
    allow(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        fleet = town.world.fleet
        closed = tuple(replace(a, allow_trust_policy_fix=False) for a in fleet.accounts)
        town.world.fleet = replace(fleet, accounts=closed)
        await applied(town, bot)

    assert WRONG in role(town).trust_text
    assert "Failed*  Replace the trust policy" in shown(card(town, ts))


async def test_a_role_that_a_tool_owns_is_said_to_be_put_back(town: Town) -> None:
    refusing(town, ManagedBy="terraform")
    allow(town)
    async with town.bot() as bot:
        await town.paste(bot)
        dialog = await applied(town, bot)

    assert "Terraform owns the role: change the Terraform code too" in dialog


@pytest.mark.parametrize("count", [60])
async def test_a_policy_above_the_quota_is_offered_as_text_only(town: Town, count: int) -> None:
    town.world.accounts[0] = worlds.service_account()
    town.world.roles[KEY] = worlds.role(
        *(worlds.statement(sub=f"system:serviceaccount:team-{n}:api") for n in range(count))
    )
    allow(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert parse(role(town).trust_text).size > 2048
    assert BUTTON not in labels(card(town, ts))
