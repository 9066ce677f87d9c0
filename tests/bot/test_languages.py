"""A channel is answered in its language, a person in theirs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.fleet_file import Channel
from diagnostics.languages import Language
from sandbox.slack.faults import Fault
from tests.bot.conftest import IN_BOTH, ONCALL, labels, shown

if TYPE_CHECKING:
    from tests.bot.conftest import Town

YUKI, JISOO = "U0YUKI0001", "U0JISOO001"


@IN_BOTH
async def test_a_korean_channel_gets_a_korean_reply(town: Town) -> None:
    channel = Channel(id=ONCALL, cluster="prod-eu", language=Language.KOREAN)
    town.file = replace(town.file, channels=(channel,))
    async with town.bot() as bot:
        ts = await town.paste(bot)

    reply = town.reply(ts)
    assert "주석이 가리키는 역할 nope이(가) 존재하지 않습니다" in shown(reply)
    assert labels(reply)[0] == "주석 적용"
    assert reply.text.startswith("payments/api on prod-eu: 주석이")


async def test_a_dialog_is_in_the_language_of_who_opened_it(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press("Show all checks", YUKI, channel=ONCALL)
        japanese = town.driver.modal(YUKI)
        await town.driver.press("Show all checks", JISOO, channel=ONCALL)
        korean = town.driver.modal(JISOO)

    assert japanese is not None
    assert korean is not None
    assert japanese["title"]["text"] == "すべてのチェック"
    assert "注釈が誤ったロールを指しています" in str(japanese) or "注釈が指すロール" in str(
        japanese
    )
    assert korean["title"]["text"] == "모든 검사"


async def test_a_language_that_slack_is_slow_to_tell_is_english(town: Town) -> None:
    town.slack.workspace.faults.plan("users.info", Fault(error="internal_error"))
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press("Show all checks", YUKI, channel=ONCALL)

    modal = town.driver.modal(YUKI)
    assert modal is not None
    assert modal["title"]["text"] == "All checks"
