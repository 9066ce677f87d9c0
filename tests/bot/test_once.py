"""One failure, one reply: twins, retries, edits, repeats, loops, crashes and replicas."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.store import open_store
from bot.store.inbox import Limits
from sandbox.slack.delivery import Outgoing
from sandbox.slack.interactions import submission
from sandbox.slack.timing import Timing
from tests.bot.failing import killed, nothing
from tests.bot.town import ERROR, MINJI, OMAR, ONCALL, OTHER, PASTE, labels, shown, unfinished
from tests.engine.healthy import ROLE

if TYPE_CHECKING:
    from handlers.ports import Recorded
    from sandbox.slack.signed_http import SignedRequest
    from tests.bot.town import Town

pytestmark = pytest.mark.parametrize("engine", ["sqlite", "postgresql"])


async def test_a_mention_with_the_error_is_answered_once_though_it_comes_twice(town: Town) -> None:
    async with town.bot() as bot:
        ts = town.driver.mention(MINJI, ONCALL, PASTE)
        await town.settle(bot)

    kinds = [d.what for d in town.slack.workspace.delivery.history]
    assert sorted(kinds[:2]) == ["app_mention", "message"]
    assert labels(town.reply(ts))


async def test_slacks_retries_of_one_event_cause_one_reply(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        assert town.signed is not None
        request = town.signed.requests[-1]
        bot.gate._seen.clear()
        for _ in range(3):
            status, _, _ = await town.signed.post(request)
            assert status == 200
        await town.settle(bot)

    reply = town.reply(ts)
    assert "pasted" not in shown(reply)


async def test_an_event_that_cannot_be_recorded_is_refused_and_answered_when_slack_tries_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town.bot() as bot:
        kind = type(bot.service.store.inbox)
        real, failures = kind._paste, iter([True, False])

        async def failing(*arguments: Any) -> Recorded:
            if next(failures):
                raise OperationalError("insert", {}, Exception("disk full"))
            return await real(*arguments)

        monkeypatch.setattr(kind, "_paste", failing)
        ts = await town.paste(bot)

    history = list(town.slack.workspace.delivery.history)
    assert [d.acknowledged for d in history[:2]] == [False, True]
    assert labels(town.reply(ts))


async def test_the_same_failure_again_in_the_thread_counts_on_the_same_card(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        again = PASTE.replace("6b1f6d0c", "0a0b0c0d")
        await town.paste(bot, again, thread_ts=ts)
        await town.paste(bot, again, user=OMAR, thread_ts=ts)

    assert "pasted 3 times in this thread" in shown(town.reply(ts))


async def test_another_failure_in_the_thread_gets_its_own_reply(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.paste(bot, OTHER, thread_ts=ts)

    assert len([m for m in town.replies(ts) if m.bot_id]) == 2


async def test_an_edit_that_adds_the_error_starts_one_and_later_edits_do_not(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot, "something is wrong with payments")
        assert town.replies(ts) == []
        town.driver.edit(ONCALL, ts, text=f"something is wrong:\n{PASTE}", user=MINJI)
        await town.settle(bot)
        posted = len(town.calls("chat.postMessage"))
        town.driver.edit(ONCALL, ts, text=f"something is very wrong:\n{PASTE}", user=MINJI)
        town.driver.unfurl(ONCALL, ts, {"from_url": "https://example.com", "title": "Example"})
        await town.settle(bot)

    assert labels(town.reply(ts))
    assert posted == len(town.calls("chat.postMessage")) == 1
    assert "pasted" not in shown(town.reply(ts))


async def test_a_listed_alert_bot_is_answered_and_others_are_not(town: Town) -> None:
    workspace = town.slack.workspace
    async with town.bot() as bot:
        heard = town.driver.alert("alertmanager", ONCALL, attachments=[{"text": PASTE}])
        workspace.bots["B0ALERTS01"] = type(workspace.bots["B0ALERTS01"])(
            id="B0OTHER001", app_id="A0OTHER001", user_id="U0ALERTBOT", name="other"
        )
        unheard = town.driver.alert("other", ONCALL, text=OTHER)
        await town.settle(bot)

    assert labels(town.reply(heard))
    assert town.replies(unheard) == []


async def test_a_bot_that_quotes_our_reply_is_not_answered(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        posted = len(town.calls("chat.postMessage"))
        reply = town.reply(ts)
        quoting = town.driver.alert("alertmanager", ONCALL, text=PASTE, thread_ts=ts)
        held = town.slack.workspace.messages[ONCALL][quoting]
        held.metadata = reply.metadata
        await town.settle(bot)
        town.driver.edit(ONCALL, quoting, text=OTHER)
        await town.settle(bot)

    assert len(town.calls("chat.postMessage")) == posted


async def test_a_storm_in_one_thread_is_capped_but_who_asks_is_answered(town: Town) -> None:
    town.options["limits"] = Limits(per_thread=2)
    namespaces = ("aaa", "bbb", "ccc")
    async with town.bot() as bot:
        ts = await town.paste(bot, "a storm")
        for namespace in namespaces:
            text = f"{ERROR}\nsystem:serviceaccount:{namespace}:api"
            await town.paste(bot, text, thread_ts=ts)
        automatic = len([m for m in town.replies(ts) if m.bot_id])
        town.driver.mention(MINJI, ONCALL, f"{ERROR}\nsystem:serviceaccount:ddd:api", thread_ts=ts)
        await town.settle(bot)

    assert automatic == 2
    (whisper,) = town.driver.whispers(MINJI)
    assert "Mention me with the error" in whisper.text
    assert len([m for m in town.replies(ts) if m.bot_id]) == 3


async def test_what_was_recorded_before_a_crash_is_answered_at_the_next_start(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town.bot() as bot:
        monkeypatch.setattr(type(bot.service.store.queue), "claim", nothing)
        ts = town.driver.post_as(MINJI, ONCALL, PASTE)
        await town.slack.workspace.delivery.settle()
        assert await unfinished(bot.service.store) == 1
    monkeypatch.undo()
    assert town.replies(ts) == []

    async with town.bot() as bot:
        await bot.idle()

    assert labels(town.reply(ts))


async def test_a_job_whose_process_died_goes_to_the_next_when_its_lease_is_over(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town.bot() as bot:
        monkeypatch.setattr(type(bot.service.store.queue), "claim", nothing)
        ts = town.driver.post_as(MINJI, ONCALL, PASTE)
        await town.slack.workspace.delivery.settle()
    monkeypatch.undo()
    async with open_store(town.database, now=town.clock, owner="dead") as dead:
        job = await dead.queue.claim()
    assert job is not None

    async with town.bot() as bot:
        await asyncio.sleep(0)
        assert town.replies(ts) == []
        town.clock.ahead = timedelta(seconds=31)
        bot.service.store.wake.set()
        await bot.idle()

    assert labels(town.reply(ts))


async def test_a_crash_after_the_post_does_not_post_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town.bot() as bot:
        monkeypatch.setattr(type(bot.service.store.incidents), "posted", nothing)
        monkeypatch.setattr(type(bot.service.store.queue), "finish", killed)
        ts = town.driver.post_as(MINJI, ONCALL, PASTE)
        await town.driver.wait_for(lambda: town.replies(ts), what="the reply")
        await bot.quiet()
    monkeypatch.undo()
    town.clock.ahead = timedelta(seconds=31)

    async with town.bot() as bot:
        await bot.idle()

    assert labels(town.reply(ts))


async def test_two_replicas_on_one_database_answer_a_redelivered_event_once(town: Town) -> None:
    async with town.bot() as first:
        ts = town.driver.post_as(MINJI, ONCALL, PASTE)
        await town.slack.workspace.delivery.settle()
        assert town.signed is not None
        request: SignedRequest = town.signed.requests[-1]
        async with town.bot() as second:
            twin = type(request)(url=second.url, headers=request.headers, body=request.body)
            assert town.signed is not None
            answers = await asyncio.gather(*(town.signed.post(twin) for _ in range(5)))
            await town.settle(first)
            await town.settle(second)

    assert {status for status, _, _ in answers} == {200}
    assert labels(town.reply(ts))


async def test_fifty_submissions_over_two_replicas_apply_a_fix_once(
    town: Town, annotated: list[str]
) -> None:
    async with town.bot() as first:
        ts = await town.paste(first)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        workspace = town.slack.workspace
        view = town.driver.view(OMAR)
        async with town.bot() as second:
            assert town.signed is not None
            payloads = [
                submission(workspace, workspace.users[OMAR], view, {}) | {"number": number}
                for number in range(50)
            ]
            requests = [
                replace(
                    town.signed._signed(Outgoing(kind="interactive", payload=payload)),
                    url=(first if number % 2 else second).url,
                )
                for number, payload in enumerate(payloads)
            ]
            patient = replace(town.signed, timing=Timing(answer=60.0))
            answers = await asyncio.gather(*(patient.post(r) for r in requests))
            await town.settle(second)
            await first.quiet()

    bodies = [body for _, _, body in answers]
    assert {status for status, _, _ in answers} == {200}
    assert len([b for b in bodies if not b]) == 1
    assert len([b for b in bodies if "already" in b or "Somebody else" in b]) == 49
    assert annotated == [ROLE]
    assert "Done*  Set the annotation" in shown(town.reply(ts))
