"""Every door, by HTTP and by Socket Mode: mention, direct message, command, form, question, shortcut, files, Home."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.fleet_file import Channel
from sandbox.slack.delivery import Outgoing
from tests.bot.town import (
    ERROR,
    IN_BOTH,
    MINJI,
    OMAR,
    ONCALL,
    PARTNER,
    PASTE,
    PAYMENTS,
    RANDOM,
    elements,
    labels,
    shown,
)
from tests.engine import healthy as worlds

if TYPE_CHECKING:
    from tests.bot.town import Town

CAUSE = "with role nope, which does not exist"
KEY = "AKIA" + "IOSFODNN7EXAMPLE"


@pytest.mark.parametrize(
    "words",
    [
        "payments/api --cluster prod-eu",
        "why can't payments/api in prod-eu assume its role?",
        "--namespace payments --service-account api --cluster=prod-eu",
        "--workload deployment/api -n payments --cluster prod-eu",
    ],
)
async def test_a_mention_that_names_the_service_account_is_answered(town: Town, words: str) -> None:
    async with town.bot() as bot:
        ts = town.driver.mention(MINJI, PAYMENTS, words)
        await town.settle(bot)

    assert CAUSE in shown(town.reply(ts, PAYMENTS))


@IN_BOTH
async def test_a_mention_alone_in_a_thread_looks_for_the_error_there(town: Town) -> None:
    async with town.bot() as bot:
        root = town.driver.post_as(MINJI, RANDOM, PASTE)
        town.driver.invite_app(RANDOM, by=MINJI)
        town.driver.post_as(OMAR, RANDOM, "anybody?", thread_ts=root)
        town.driver.mention(OMAR, RANDOM, "what about this, in prod-eu?", thread_ts=root)
        await town.settle(bot)

    assert CAUSE in shown(town.reply(root, RANDOM))


@IN_BOTH
async def test_a_mention_alone_in_an_answered_thread_checks_again(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        town.world.accounts[0] = worlds.service_account()
        town.driver.mention(MINJI, ONCALL, "and now?", thread_ts=ts)
        await town.settle(bot)

    assert "Healthy since" in shown(town.reply(ts))
    assert "Cause found" not in shown(town.reply(ts))


@IN_BOTH
async def test_a_mention_without_anything_gets_help_privately(town: Town) -> None:
    async with town.bot() as bot:
        ts = town.driver.mention(MINJI, ONCALL, "")
        await town.settle(bot)

    assert town.replies(ts) == []
    assert "Paste the error" in town.whispers(MINJI)[-1]


async def test_a_misused_option_is_named(town: Town) -> None:
    async with town.bot() as bot:
        town.driver.mention(MINJI, ONCALL, "--cluter prod-eu")
        town.driver.mention(OMAR, ONCALL, "--role nonsense")
        await town.settle(bot)

    assert "I do not know the option --cluter" in town.whispers(MINJI)[-1]
    assert "nonsense is not the ARN of an IAM role" in town.whispers(OMAR)[-1]


@IN_BOTH
async def test_a_direct_message_is_answered_and_small_talk_gets_help(town: Town) -> None:
    direct = town.driver.channel("@minji").id
    town.file = replace(
        town.file, channels=(Channel(id=direct, cluster="prod-eu", namespace="payments"),)
    )
    async with town.bot() as bot:
        ts = town.driver.post_as(MINJI, "@minji", PASTE)
        talk = town.driver.post_as(MINJI, "@minji", "good morning")
        await town.settle(bot)

    assert CAUSE in shown(town.reply(ts, direct))
    assert "Paste the error" in town.reply(talk, direct).text


@IN_BOTH
async def test_the_command_is_answered_in_a_thread_of_its_own(town: Town) -> None:
    async with town.bot() as bot:
        said = await town.driver.command(
            MINJI, ONCALL, "/irsa diagnose payments/api --cluster prod-eu"
        )
        await town.settle(bot)

    assert said is not None
    assert "I am looking" in town.whispers(MINJI)[-1]
    anchor = next(m for m in town.slack.workspace.messages[ONCALL].values() if not m.is_reply)
    assert anchor.text == f"<@{MINJI}> asks about payments/api. My answer is in the thread."
    assert CAUSE in shown(town.reply(anchor.ts))


@IN_BOTH
async def test_the_command_where_the_bot_is_no_member_is_answered_privately(town: Town) -> None:
    async with town.bot() as bot:
        await town.driver.command(MINJI, RANDOM, "/irsa diagnose payments/api --cluster prod-eu")
        await town.settle(bot)

    last = town.driver.whispers(MINJI)[-1]
    assert CAUSE in shown(last)
    assert labels(last) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/irsa help", "I find why a pod"),
        ("/irsa", "I find why a pod"),
        ("/irsa dance", "I do not know `dance`"),
        ("/irsa diagnose --cluster", "--cluster needs a value"),
        ("/irsa diagnose it is broken", "I found no web-identity error in that"),
    ],
)
async def test_what_the_command_cannot_do_is_said_in_words(
    town: Town, text: str, words: str
) -> None:
    async with town.bot():
        await town.driver.command(MINJI, ONCALL, text)

    assert words in town.whispers(MINJI)[-1]


async def test_the_command_says_nothing_in_a_shared_channel(town: Town) -> None:
    async with town.bot() as bot:
        await town.driver.command(MINJI, PARTNER, "/irsa diagnose payments/api --cluster prod-eu")
        await town.settle(bot)

    assert "shared with another organisation" in town.whispers(MINJI)[-1]
    assert not [m for m in town.slack.workspace.messages[PARTNER].values() if m.bot_id]


@IN_BOTH
async def test_the_command_without_arguments_opens_a_form_that_checks_what_is_filled_in(
    town: Town,
) -> None:
    async with town.bot() as bot:
        await town.driver.command(MINJI, ONCALL, "/irsa diagnose")
        wrong = await town.driver.submit(
            MINJI,
            {
                "cluster": {"value": "prod-eu"},
                "namespace": {"value": "Payments!"},
                "service_account": {"value": "api"},
            },
        )
        right = await town.driver.submit(
            MINJI,
            {
                "cluster": {"value": "prod-eu"},
                "namespace": {"value": "payments"},
                "service_account": {"value": "api"},
            },
        )
        await town.settle(bot)

    assert wrong.errors == {
        "namespace": "A Kubernetes name has lower-case letters, digits, - and . only."
    }
    assert not right.errors
    anchor = next(m for m in town.slack.workspace.messages[ONCALL].values() if not m.is_reply)
    assert CAUSE in shown(town.reply(anchor.ts))


@IN_BOTH
async def test_an_unclear_target_is_asked_for_and_the_choice_is_diagnosed(town: Town) -> None:
    town.world.accounts.append(
        replace(town.world.accounts[0], namespace="billing", uid="sa-billing-api")
    )
    town.file = replace(town.file, channels=(Channel(id=ONCALL, cluster="prod-eu"),))
    role = town.world.accounts[0].role_arn
    async with town.bot() as bot:
        ts = await town.paste(bot, f"{ERROR}\nrole {role}")
        question = town.reply(ts)
        menu = next(e for e in elements(question) if e["type"] == "static_select")
        option = next(o for o in menu["options"] if o["text"]["text"].startswith("payments/api"))
        await town.driver.press(menu["action_id"], MINJI, channel=ONCALL, selected=option["value"])
        await town.settle(bot)

    assert CAUSE in shown(town.reply(ts))


@IN_BOTH
async def test_none_of_these_asks_with_a_form(town: Town) -> None:
    town.file = replace(town.file, channels=())
    async with town.bot() as bot:
        ts = await town.paste(bot, ERROR)
        (label,) = labels(town.reply(ts))
        await town.driver.press(label, MINJI, channel=ONCALL)
        await town.driver.submit(
            MINJI,
            {
                "cluster": {"value": "prod-eu"},
                "namespace": {"value": "payments"},
                "service_account": {"value": "api"},
            },
        )
        await town.settle(bot)

    assert CAUSE in shown(town.reply(ts))
    assert label not in labels(town.reply(ts))


@IN_BOTH
async def test_the_message_shortcut_diagnoses_that_message(town: Town) -> None:
    async with town.bot() as bot:
        ts = town.driver.post_as(MINJI, RANDOM, PASTE)
        town.driver.invite_app(RANDOM, by=MINJI)
        await town.driver.shortcut(OMAR, RANDOM, ts, "irsa.diagnose_message")
        await town.settle(bot)

    assert CAUSE in shown(town.reply(ts, RANDOM))


@IN_BOTH
async def test_the_shortcut_on_an_answered_message_points_to_the_answer(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.shortcut(OMAR, ONCALL, ts, "irsa.diagnose_message")
        await town.settle(bot)

    assert labels(town.reply(ts))
    assert "My answer to this message is in its thread" in town.whispers(OMAR)[-1]


@IN_BOTH
async def test_the_shortcut_on_a_message_without_an_error_opens_the_form(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot, "it does not work")
        await town.driver.shortcut(MINJI, ONCALL, ts, "irsa.diagnose_message")

    modal = town.driver.modal(MINJI)
    assert modal is not None
    assert modal["callback_id"] == "irsa.form.v1"


@IN_BOTH
async def test_an_error_in_an_uploaded_log_is_found(town: Town) -> None:
    log = "\n".join(["INFO all is well"] * 500 + [PASTE] + ["INFO bye"] * 500)
    async with town.bot() as bot:
        ts = await town.paste(bot, "see the log", files={"api.log": log})

    assert CAUSE in shown(town.reply(ts))


async def test_a_harmless_or_binary_file_gets_no_answer(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(
            bot, "see", files={"a.log": "all is well", "b.txt": b"\xff\xfe\x00\x80" * 1000}
        )

    assert town.replies(ts) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://files.example.com/api.log",
        "https://slack.com.example.com/api.log",
        "https://evilslack.com/api.log",
        "https://files.slack.com:8443/api.log",
        "https://files.slack.com@example.com/api.log",
        "http://files.slack.com/api.log",
        "http://[::1/api.log",
    ],
)
async def test_our_token_goes_to_slacks_own_hosts_only(
    town: Town, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(aiohttp.ClientSession, "get", lambda _self, url, **_: asked.append(url))
    async with town.bot() as bot:
        event = {
            "type": "message",
            "subtype": "file_share",
            "channel": ONCALL,
            "channel_type": "channel",
            "user": MINJI,
            "ts": "1764000000.000100",
            "text": "see",
            "files": [{"id": "F1", "mode": "snippet", "name": "api.log", "url_private": url}],
        }
        payload = {"type": "event_callback", "event_id": "Ev1", "event": event, "team_id": "T"}
        assert town.signed is not None
        await town.signed.send(Outgoing(kind="events_api", payload=payload))
        await town.settle(bot)

    assert asked == []


async def test_the_author_of_a_secret_is_told_privately_and_it_is_not_repeated(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot, f"AWS_ACCESS_KEY_ID={KEY}\n{PASTE}")

    assert "Your message holds a secret" in town.whispers(MINJI)[-1]
    assert KEY not in str(town.calls("chat.postMessage"))
    assert labels(town.reply(ts))
    assert KEY.encode() not in _file(town)


def _file(town: Town) -> bytes:
    path = Path(town.database.removeprefix("sqlite+aiosqlite:///"))
    return b"".join(p.read_bytes() for p in path.parent.iterdir())


@IN_BOTH
async def test_the_home_tab_shows_how_to_start_and_ones_own_incidents(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        town.driver.open_home(MINJI)
        town.driver.open_home(OMAR)
        await town.settle(bot)

    homes = town.slack.workspace.views.homes
    assert CAUSE in str(homes[MINJI])
    assert "None yet" in str(homes[OMAR])


@IN_BOTH
async def test_every_subscribed_event_is_acknowledged(town: Town) -> None:
    async with town.bot() as bot:
        ts = town.driver.post_as(MINJI, ONCALL, "hello")
        town.driver.delete(ONCALL, ts)
        town.driver.open_home(MINJI, tab="messages")
        town.driver.invite_app(RANDOM, by=MINJI)
        await town.settle(bot)

    assert all(d.acknowledged for d in town.slack.workspace.delivery.history)


async def test_40_000_characters_are_read_in_time(town: Town) -> None:
    async with town.bot() as bot:
        noise = ("AccessDenied " * 4_000)[: 40_000 - len(PASTE) - 2]
        ts = await town.paste(bot, f"{noise}\n{PASTE}")

    assert town.slack.workspace.delivery.history[0].seconds < 1
    assert labels(town.reply(ts))
