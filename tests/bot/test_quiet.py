"""Mute: no word by itself for a while, in a channel or about one cause; who asks is answered as ever."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.mutes import LONGEST, USUAL, NotALength, parse_mute
from tests.bot.town import (
    GAIL,
    IN_BOTH,
    MINJI,
    OMAR,
    ONCALL,
    OTHER,
    PARTNER,
    PASTE,
    PAYMENTS,
    labels,
    menu_value,
    shown,
)
from tests.engine import healthy as worlds

if TYPE_CHECKING:
    from tests.bot.town import Town

CAUSE = "with role nope, which does not exist"
KEY = "AKIA" + "IOSFODNN7EXAMPLE"
MORE = "irsa.more.v1"


def top_level(town: Town, channel: str) -> list[str]:
    """What the bot said outside threads."""
    held = town.slack.workspace.messages[channel].values()
    return [m.text for m in held if m.bot_id is not None and not m.is_reply]


async def code_of(town: Town, ts: str) -> str:
    words = shown(town.reply(ts)).split()
    return next(w for w in words if w.startswith("IRSA"))


@IN_BOTH
async def test_a_muted_channel_hears_nothing_until_somebody_asks(town: Town) -> None:
    async with town.bot() as bot:
        await town.driver.command(OMAR, ONCALL, "/irsa mute 2h")
        silent = await town.paste(bot)
        asked = town.driver.mention(MINJI, ONCALL, PASTE)
        elsewhere = await town.paste(bot, channel=PAYMENTS)

    assert "I keep quiet here unless somebody asks me until" in top_level(town, ONCALL)[0]
    assert town.replies(silent) == []
    assert CAUSE in shown(town.reply(asked))
    assert labels(town.reply(elsewhere, PAYMENTS))


@IN_BOTH
async def test_a_mute_ends_by_command_and_by_itself(town: Town) -> None:
    async with town.bot() as bot:
        await town.driver.command(OMAR, ONCALL, "/irsa mute 4h")
        await town.driver.command(MINJI, ONCALL, "/irsa unmute")
        first = await town.paste(bot)
        await town.driver.command(OMAR, ONCALL, "/irsa mute 1h")
        town.clock.ahead = timedelta(hours=1, seconds=1)
        second = await town.paste(bot, OTHER)
        await town.driver.command(MINJI, ONCALL, "/irsa unmute")

    assert labels(town.reply(first))
    assert labels(town.reply(second))
    assert "I was not keeping quiet here." in town.whispers(MINJI)[-1]


@IN_BOTH
async def test_mute_alone_opens_a_form_and_what_is_chosen_holds(town: Town) -> None:
    async with town.bot() as bot:
        first = await town.paste(bot)
        code = await code_of(town, first)
        await town.driver.command(OMAR, ONCALL, "/irsa mute")
        form = str(town.driver.view(OMAR))
        await town.driver.submit(OMAR, {"length": {"value": "1d"}, "cause": {"value": code}})
        same = await town.paste(bot)
        town.clock.ahead = timedelta(days=1, seconds=1)
        later = await town.paste(bot)

    assert f"Only {code}" in form
    assert "Whatever the cause" in form
    assert f"I keep quiet here about {code} until" in top_level(town, ONCALL)[0]
    assert town.replies(same) == []
    assert labels(town.reply(later))


async def test_the_form_keeps_the_channel_quiet_for_four_hours_unless_something_else_is_chosen(
    town: Town,
) -> None:
    async with town.bot() as bot:
        await town.driver.command(OMAR, ONCALL, "/irsa mute")
        await town.driver.submit(OMAR, {})
        silent = await town.paste(bot)
        await town.driver.command(GAIL, ONCALL, "/irsa mute")
        await town.driver.submit(GAIL, {})

    (said,) = top_level(town, ONCALL)
    assert "unless somebody asks me until" in said
    assert town.replies(silent) == []
    assert "guest" in str(town.driver.view(GAIL)).lower()


async def test_one_cause_is_muted_and_others_are_not(town: Town) -> None:
    async with town.bot() as bot:
        first = await town.paste(bot)
        code = await code_of(town, first)
        await town.driver.command(OMAR, ONCALL, f"/irsa mute {code} 1d")
        silent = await town.paste(bot)
        await town.driver.command(OMAR, ONCALL, "/irsa unmute")
        await town.driver.command(OMAR, ONCALL, "/irsa mute IRSA999 1d")
        answered = await town.paste(bot)
        await town.driver.command(OMAR, ONCALL, "/irsa history")

    assert town.replies(silent) == []
    assert labels(town.reply(answered))
    assert shown(town.driver.whispers(OMAR)[-1]).count(code) == 3  # muted, not unseen


@IN_BOTH
async def test_the_menu_of_a_reply_mutes_the_channel_and_says_so_in_the_reply(town: Town) -> None:
    async with town.bot() as bot:
        first = await town.paste(bot)
        quiet = menu_value(town.reply(first), "quiet:")
        await town.driver.press(MORE, MINJI, channel=ONCALL, selected=quiet)
        await town.settle(bot)
        silent = await town.paste(bot, OTHER)

    assert "quiet in this channel until <!date^" in shown(town.reply(first))
    assert "`/irsa unmute` ends it" in town.whispers(MINJI)[-1]
    assert town.replies(silent) == []


async def test_the_menu_mutes_one_cause_for_a_day(town: Town) -> None:
    async with town.bot() as bot:
        first = await town.paste(bot)
        cause = menu_value(town.reply(first), "cause:")
        await town.driver.press(MORE, MINJI, channel=ONCALL, selected=cause)
        silent = await town.paste(bot)
        town.clock.ahead = timedelta(days=1, seconds=1)
        answered = await town.paste(bot)

    assert town.replies(silent) == []
    assert labels(town.reply(answered))


async def test_a_muted_channel_still_warns_of_a_secret(town: Town) -> None:
    async with town.bot() as bot:
        await town.driver.command(OMAR, ONCALL, "/irsa mute 4h")
        await town.paste(bot, f"AWS_ACCESS_KEY_ID={KEY}\n{PASTE}")

    assert "Your message holds a secret" in town.whispers(MINJI)[-1]


async def test_an_error_in_a_file_is_silent_in_a_muted_channel(town: Town) -> None:
    async with town.bot() as bot:
        await town.driver.command(OMAR, ONCALL, "/irsa mute 4h")
        ts = await town.paste(bot, "see the log", files={"api.log": PASTE})

    assert town.replies(ts) == []


async def test_a_shared_channel_is_not_muted_in_front_of_others(town: Town) -> None:
    async with town.bot():
        await town.driver.command(MINJI, PARTNER, "/irsa mute 4h")

    assert "shared with another organisation" in town.whispers(MINJI)[-1]
    assert top_level(town, PARTNER) == []


@pytest.mark.parametrize(
    ("text", "code", "length"),
    [
        ("", None, USUAL),
        ("4h", None, timedelta(hours=4)),
        ("for 90 minutes", None, timedelta(minutes=90)),
        ("IRSA103", "IRSA103", USUAL),
        ("irsa103 for 2d", "IRSA103", timedelta(days=2)),
        ("30d", None, LONGEST),
    ],
)
def test_lengths_are_read_as_people_write_them(
    text: str, code: str | None, length: timedelta
) -> None:
    assert parse_mute(text) == (code, length)


@pytest.mark.parametrize(
    "text",
    ["0h", "31d", "99999d", "for ever", "-4h", "4", "1e9h", "IRSA103 IRSA104", "٤h", "<!channel>"],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(NotALength, match="/irsa mute 4h") as refused:
        parse_mute(text)

    assert "<!" not in str(refused.value)


@IN_BOTH
async def test_the_same_cause_in_many_threads_has_one_full_answer_and_short_pointers(
    town: Town,
) -> None:
    async with town.bot() as bot:
        first = await town.paste(bot)
        others = [await town.paste(bot) for _ in range(3)]
        asked = town.driver.mention(MINJI, ONCALL, PASTE)
        await town.settle(bot)

    assert "Apply annotation" in labels(town.reply(first))
    assert "Same cause" not in shown(town.reply(asked))
    for ts in others:
        pointer = town.reply(ts)
        assert CAUSE in shown(pointer)
        assert "Same cause as before" in shown(pointer)
        assert "Apply annotation" in labels(pointer)
        assert f"/p{town.reply(first).ts.replace('.', '')}" in shown(pointer)
        assert len(shown(pointer)) < len(shown(town.reply(first)))


async def test_a_pointer_is_no_pointer_after_an_hour_or_once_its_buttons_were_used(
    town: Town,
) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        pointer = await town.paste(bot)
        await town.driver.press(
            "Check again", OMAR, channel=ONCALL, message_ts=town.reply(pointer).ts
        )
        await town.settle(bot)
        town.clock.ahead = timedelta(hours=1, minutes=1)
        later = await town.paste(bot)

    assert "Same cause" not in shown(town.reply(pointer))
    assert "Same cause" not in shown(town.reply(later))


async def test_a_provider_that_is_missing_is_one_cause_for_every_service_account_behind_it(
    town: Town,
) -> None:
    town.world.providers.clear()
    town.world.accounts[:] = [
        worlds.service_account(),
        worlds.service_account(name="worker"),
    ]
    async with town.bot() as bot:
        first = await town.paste(bot)
        second = await town.paste(bot, PASTE.replace("payments:api", "payments:worker"))

    assert "IRSA301 at " in shown(town.reply(first))
    pointer = shown(town.reply(second))
    assert "Same cause as before" in pointer
    assert "IRSA301 at " in pointer
    assert "payments/worker" in pointer
