"""Paste, read, apply, restart: the main job through signed payloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bot.conftest import ERROR, MINJI, OMAR, ONCALL, labels, shown
from tests.engine.healthy import ROLE

if TYPE_CHECKING:
    from tests.bot.conftest import Town

PASTE = f"{ERROR}\nsystem:serviceaccount:payments:api"


async def test_a_pasted_error_gets_one_reply_in_its_thread(town: Town) -> None:
    async with town.bot() as bot:
        ts = town.driver.post_as(MINJI, ONCALL, PASTE)
        await town.settle(bot)

        reply = town.reply(ts)

    assert "names role nope, which does not exist" in shown(reply)
    assert "Apply annotation" in labels(reply)
    assert reply.text.startswith("payments/api on prod-eu")


async def test_an_approver_applies_the_annotation_and_the_reply_tells_it(town: Town) -> None:
    async with town.bot() as bot:
        ts = town.driver.post_as(MINJI, ONCALL, PASTE)
        await town.settle(bot)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        modal = town.driver.modal(OMAR)
        assert modal is not None
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

        reply = town.reply(ts)

    assert town.world.accounts[0].role_arn == ROLE
    assert (
        f"Done*  Set the annotation eks.amazonaws.com/role-arn of serviceaccount payments/api to {ROLE}"
        in shown(reply)
    )
    assert f"<@{OMAR}>" in shown(reply)
    assert town.driver.modal(OMAR) is None
