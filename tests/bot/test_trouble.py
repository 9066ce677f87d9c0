"""When Slack, the fleet or we ourselves fail: nothing twice, nobody left without an answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.slack.progress import Progress
from diagnostics import pipeline
from diagnostics.errors import OutcomeUnknown
from sandbox.slack.faults import Fault
from tests.bot.failing import failing, killed, nothing
from tests.bot.town import MINJI, OMAR, ONCALL, PASTE, labels, shown
from tests.engine.fleet_double import DoubleWriter
from tests.engine.healthy import ROLE

if TYPE_CHECKING:
    from tests.bot.town import Town

POST = "chat.postMessage"


async def test_a_rate_limited_post_is_made_when_slack_says(town: Town) -> None:
    town.slack.workspace.faults.plan(POST, Fault(retry_after=1))
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert labels(town.reply(ts))


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long"])
async def test_blocks_refused_in_both_forms_are_sent_as_plain_words(town: Town, error: str) -> None:
    town.slack.workspace.faults.plan(POST, Fault(error=error), times=2)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    reply = town.reply(ts)
    assert "payments/api on prod-eu" in reply.text
    assert labels(reply) == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(after_acting=True),
        Fault(error="internal_error"),
        Fault(status=503),
    ],
)
async def test_a_post_whose_answer_was_lost_is_looked_for_before_it_is_made_again(
    town: Town, fault: Fault
) -> None:
    town.slack.workspace.faults.plan(POST, fault)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert labels(town.reply(ts))
    assert town.calls("conversations.replies")


async def test_where_nothing_can_be_posted_the_asker_is_told_privately(town: Town) -> None:
    town.slack.workspace.faults.plan(POST, Fault(error="restricted_action"), times=9)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert town.replies(ts) == []
    assert "payments/api on prod-eu" in town.whispers(MINJI)[-1]


@pytest.mark.parametrize("error", ["internal_error", "ratelimited"])
async def test_an_edit_that_slack_cannot_take_just_then_is_made_later(
    town: Town, error: str
) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        town.slack.workspace.faults.plan("chat.update", Fault(error=error), times=2)
        await town.paste(bot, thread_ts=ts)

    assert "pasted 2 times" in shown(town.reply(ts))


async def test_a_long_diagnosis_shows_a_message_that_becomes_the_reply(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = asyncio.Event()
    real = pipeline.diagnose

    async def slow(case: Any, io: Any, *, progress: Any, **options: Any) -> Any:
        progress("reading cluster prod-eu")
        await go.wait()
        return await real(case, io, **options)

    monkeypatch.setattr("bot.jobs.diagnosing.diagnose", slow)
    monkeypatch.setattr("bot.jobs.diagnosing.Progress", partial(Progress, patience=0.0))
    monkeypatch.setattr("bot.slack.progress.BETWEEN", 0.01)
    async with town.bot() as bot:
        ts = town.driver.post_as(MINJI, ONCALL, PASTE)
        await town.driver.wait_for(
            lambda: [m for m in town.replies(ts) if "Reading cluster prod-eu …" in m.text],
            what="the progress",
        )
        go.set()
        await town.settle(bot)

    assert labels(town.reply(ts))


async def test_a_reply_that_somebody_deleted_is_posted_anew(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        town.driver.delete(ONCALL, town.reply(ts).ts)
        await town.paste(bot, thread_ts=ts)

    assert "pasted 2 times" in shown(town.reply(ts))


async def test_without_the_status_line_progress_is_a_message_that_becomes_the_reply(
    town: Town,
) -> None:
    town.slack.workspace.faults.plan(
        "assistant.threads.setStatus", Fault(error="channel_not_found"), times=9
    )
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert len(town.calls(POST)) == 1
    assert labels(town.reply(ts))


async def test_an_error_of_ours_ends_in_one_sentence_with_an_id(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.diagnosing.diagnose", failing)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        monkeypatch.undo()
        await town.paste(bot, f"once more\n{PASTE}", channel=ONCALL)

    reply = shown(town.reply(ts))
    assert "I could not finish this diagnosis because of an error on my side" in reply
    assert "ZeroDivisionError" not in reply


async def test_a_failing_listener_tells_the_person_who_pressed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town.bot() as bot:
        await town.paste(bot)

        monkeypatch.setattr(type(bot.service.store.incidents), "get", failing)
        await town.driver.press("Check again", MINJI, channel=ONCALL)

    assert "That did not work because of an error on my side" in town.whispers(MINJI)[-1]


async def test_a_refused_write_is_told_in_the_reply(town: Town) -> None:
    town.world.may_write = False
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    assert "Failed" in shown(town.reply(ts))
    assert "the account has no fix role" in shown(town.reply(ts))


async def test_a_write_whose_answer_was_lost_is_settled_by_a_second_try(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = DoubleWriter.annotate_service_account
    tries = 0

    async def lossy(self: DoubleWriter, **values: Any) -> Any:
        nonlocal tries
        tries += 1
        made = await real(self, **values)
        if tries == 1:
            raise OutcomeUnknown("the connection broke")
        return made

    monkeypatch.setattr(DoubleWriter, "annotate_service_account", lossy)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    assert "Done" in shown(town.reply(ts))
    assert town.world.accounts[0].role_arn == ROLE


async def test_a_crash_between_write_and_record_ends_as_applied(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)

        monkeypatch.setattr(type(bot.service.store.plans), "settle", killed)
        monkeypatch.setattr(type(bot.service.store.queue), "release", nothing)
        await town.driver.submit(OMAR, {})
        async with asyncio.timeout(30):
            while town.world.accounts[0].role_arn != ROLE:  # noqa: ASYNC110  a write sets no event
                await asyncio.sleep(0.005)
        await bot.quiet()
    monkeypatch.undo()
    town.clock.ahead = timedelta(seconds=31)
    async with town.bot() as bot:
        await bot.idle()

    reply = shown(town.reply(ts))
    assert "Done*  Set the annotation" in reply
    assert "Failed" not in reply


async def test_an_error_in_the_middle_of_a_fix_says_that_it_may_have_been_written(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        monkeypatch.setattr(DoubleWriter, "annotate_service_account", failing)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    assert "It may or may not have been written: press Check again" in shown(town.reply(ts))
    assert "Check again" in labels(town.reply(ts))


async def test_a_stop_lets_what_runs_finish(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    started, go = asyncio.Event(), asyncio.Event()
    real = pipeline.diagnose

    async def slow(*arguments: Any, **options: Any) -> Any:
        started.set()
        await go.wait()
        return await real(*arguments, **options)

    monkeypatch.setattr("bot.jobs.diagnosing.diagnose", slow)
    async with town.bot() as bot:
        ts = town.driver.post_as(MINJI, ONCALL, PASTE)
        await started.wait()
        stop = asyncio.create_task(bot.service.runner.stop(patience=5))
        await asyncio.sleep(0)
        go.set()
        await stop

    assert labels(town.reply(ts))


async def test_what_does_not_finish_in_time_is_taken_up_at_the_next_start(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = asyncio.Event()

    async def endless(*_: Any, **__: Any) -> None:
        started.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.jobs.diagnosing.diagnose", endless)
    async with town.bot(drain=0.05) as bot:
        ts = town.driver.post_as(MINJI, ONCALL, PASTE)
        await started.wait()
    monkeypatch.undo()
    assert bot.service.runner.busy is False

    async with town.bot() as bot:
        await bot.idle()

    assert labels(town.reply(ts))


async def test_unreadable_accounts_end_in_words_not_in_silence(town: Town) -> None:
    town.world.refuse("*")
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert "Not enough evidence" in shown(town.reply(ts)) or "?" in shown(town.reply(ts))
