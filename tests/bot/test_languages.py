"""A channel is answered in its language, a person in theirs; no sentence is left in English."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.fleet_file import Channel
from diagnostics.languages import Language
from sandbox.slack.faults import Fault
from tests.bot.failing import failing
from tests.bot.town import ERROR, IN_BOTH, MINJI, OMAR, ONCALL, PASTE, labels, shown
from tests.languages.reading import SCRIPT, english_in, sentences

if TYPE_CHECKING:
    from tests.bot.town import Bot, Town

YUKI, JISOO = "U0YUKI0001", "U0JISOO001"


def settle_in(town: Town, language: Language) -> None:
    """The channel's language is this one."""
    channel = Channel(id=ONCALL, cluster="prod-eu", namespace="payments", language=language)
    town.file = replace(town.file, channels=(channel,))


def read_aloud(node: Any, language: Language) -> str:
    """All that people read of blocks, a message or a view: in a language, and nothing of it in English."""
    texts = [node] if isinstance(node, str) else list(sentences(node))
    for text in texts:
        assert english_in(text) == [], text
    whole = "\n".join(texts)
    assert SCRIPT[language].search(whole), whole
    return whole


async def whispered(town: Town, bot: Bot, user: str, command: str) -> str:
    """What a person reads after a command."""
    await town.driver.command(user, ONCALL, command)
    await town.settle(bot)
    message = town.driver.whispers(user)[-1]
    if message.blocks:
        read_aloud(message.blocks, Language.JAPANESE)
    return read_aloud(message.text, Language.JAPANESE)


@IN_BOTH
async def test_a_korean_channel_gets_a_korean_reply(town: Town) -> None:
    settle_in(town, Language.KOREAN)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    reply = town.reply(ts)
    assert "서비스 계정 api의 주석에 있는 역할 nope이(가) 존재하지 않습니다" in shown(reply)
    assert labels(reply)[0] == "주석 적용"
    assert reply.text.startswith("prod-eu의 payments/api: 서비스 계정")


@pytest.mark.parametrize(
    ("language", "apply", "sum_up"),
    [
        (Language.KOREAN, "주석 적용", "요약"),
        (Language.JAPANESE, "注釈を適用", "まとめる"),
    ],
)
async def test_an_incident_is_told_in_the_language_of_its_channel_from_paste_to_summary(
    town: Town, language: Language, apply: str, sum_up: str
) -> None:
    settle_in(town, language)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        read_aloud(town.reply(ts).text, language)
        read_aloud(town.reply(ts).blocks, language)
        await town.driver.press(apply, OMAR, channel=ONCALL)
        assert town.driver.modal(OMAR) is not None  # in the language of Omar, which is English
        await town.driver.submit(OMAR, {})
        await town.settle(bot)
        healed = town.reply(ts)
        read_aloud(healed.text, language)
        read_aloud(healed.blocks, language)
        await town.driver.press(sum_up, MINJI, channel=ONCALL, message_ts=healed.ts)
        await town.settle(bot)
        summary = [m for m in town.replies(ts) if m.bot_id is not None][-1]

    assert summary.ts != healed.ts
    read_aloud(summary.text, language)
    read_aloud(summary.blocks, language)


async def test_a_fix_that_broke_off_is_told_in_the_language_of_the_channel(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle_in(town, Language.JAPANESE)
    async with town.bot() as bot:
        ts = await town.paste(bot)

        monkeypatch.setattr("bot.jobs.fixing.apply", failing)
        await town.driver.press("注釈を適用", OMAR, channel=ONCALL)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)
        reply = town.reply(ts)

    assert "エラーで停止しました" in read_aloud(reply.blocks, Language.JAPANESE)
    read_aloud(reply.text, Language.JAPANESE)


async def test_an_error_of_ours_is_told_in_the_language_of_who_pressed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town.bot() as bot:
        await town.paste(bot)

        monkeypatch.setattr(type(bot.service.store.incidents), "get", failing)
        await town.driver.press("Check again", YUKI, channel=ONCALL)

    assert "エラー" in read_aloud(town.whispers(YUKI)[-1], Language.JAPANESE)


@pytest.mark.parametrize("language", list(SCRIPT))
async def test_a_question_is_asked_in_the_language_of_its_channel(
    town: Town, language: Language
) -> None:
    settle_in(town, language)
    town.file = replace(
        town.file,
        channels=tuple(replace(c, cluster=None, namespace=None) for c in town.file.channels),
    )
    async with town.bot() as bot:
        ts = await town.paste(bot, ERROR)

    read_aloud(town.reply(ts).text, language)
    read_aloud(town.reply(ts).blocks, language)


async def test_a_japanese_person_reads_commands_and_home_in_japanese(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot, user=YUKI)
        for command in (
            "/irsa help",
            "/irsa bogus",
            "/irsa status",
            "/irsa history",
            "/irsa history 0123456789",
            "/irsa mute forever",
            "/irsa unmute",
            "/irsa diagnose --role nope",
            "/irsa diagnose hello",
            "/irsa sweep now",
        ):
            await whispered(town, bot, YUKI, command)
        await town.driver.command(YUKI, ONCALL, "/irsa mute")
        read_aloud(town.driver.modal(YUKI), Language.JAPANESE)
        town.driver.open_home(YUKI)
        await town.settle(bot)

    read_aloud(town.slack.workspace.views.homes[YUKI], Language.JAPANESE)


async def test_what_everybody_reads_of_a_mute_is_in_the_language_of_the_channel(town: Town) -> None:
    settle_in(town, Language.KOREAN)
    async with town.bot() as bot:
        await town.driver.command(YUKI, ONCALL, "/irsa mute 2h")
        await town.settle(bot)

    posted = town.slack.workspace.messages[ONCALL].values()
    (openly,) = [m for m in posted if m.bot_id is not None or m.app_id is not None]
    assert "조용히" in read_aloud(openly.text, Language.KOREAN)


async def test_who_may_not_apply_a_fix_is_told_in_their_own_language(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press("Apply annotation", JISOO, channel=ONCALL)
        refusal = town.driver.whispers(JISOO)[-1]
        await town.driver.press("승인 요청", JISOO, channel=ONCALL, message_ts=refusal.ts)
        await town.settle(bot)

    read_aloud(refusal.blocks, Language.KOREAN)


async def test_an_author_is_warned_of_a_secret_in_their_own_language(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(
            bot,
            f"{PASTE}\nAKIAIOSFODNN7EXAMPL3\nwJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY",
            user=YUKI,
        )

    warning = town.driver.whispers(YUKI)[-1]
    assert "シークレット" in read_aloud(warning.text, Language.JAPANESE)


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
    assert "の注釈のロール" in read_aloud(japanese["blocks"], Language.JAPANESE)
    assert korean["title"]["text"] == "모든 검사"
    read_aloud(korean["blocks"], Language.KOREAN)


async def test_a_language_that_slack_is_slow_to_tell_is_english(town: Town) -> None:
    town.slack.workspace.faults.plan("users.info", Fault(error="internal_error"))
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press("Show all checks", YUKI, channel=ONCALL)

    modal = town.driver.modal(YUKI)
    assert modal is not None
    assert modal["title"]["text"] == "All checks"
