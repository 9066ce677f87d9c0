"""Killed at each step of an application, on both databases: one change or none, and a reply that tells the truth."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.audit import AuditTrail
from bot.jobs import fixing
from bot.store.plans import PlanStore
from bot.store.queue import JobQueue
from diagnostics.fix import drive
from sandbox.slack.delivery import Outgoing
from sandbox.slack.interactions import submission
from sandbox.slack.timing import Timing
from tests.bot.failing import killed, submitted_then_killed
from tests.bot.test_approvals import TWO
from tests.bot.town import MINJI, OMAR, ONCALL, labels, shown, with_approvers
from tests.engine.healthy import ROLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bot.town import Town

pytestmark = pytest.mark.parametrize("engine", ["sqlite", "postgresql"])


async def written_then_killed(*arguments: Any, **named: Any) -> Any:
    await drive.apply(*arguments, **named)
    raise asyncio.CancelledError


def after(kind: type, name: str) -> Callable[..., Any]:
    """The method itself, and the end of the process behind it."""
    real = getattr(kind, name)

    async def then_killed(*arguments: Any, **named: Any) -> Any:
        await real(*arguments, **named)
        raise asyncio.CancelledError

    return then_killed


STEPS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "before the reply says what is under way": (fixing, "happened", killed),
    "before the rules are checked": (fixing, "withdrawn", killed),
    "before the last check is recorded": (PlanStore, "begin", killed),
    "before the write": (fixing, "apply", killed),
    "between write and record": (fixing, "apply", written_then_killed),
    "before the audit entry": (AuditTrail, "note", killed),
    "between audit entry and state": (PlanStore, "settle", killed),
    "after the state": (PlanStore, "settle", after(PlanStore, "settle")),
    "before the look afterwards": (fixing, "look_again", killed),
    "before the job is finished": (JobQueue, "finish", killed),
}


@pytest.mark.parametrize("step", STEPS)
async def test_a_process_killed_at_any_step_leaves_one_change_and_the_truth(
    town: Town, annotated: list[str], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    where, name, end = STEPS[step]
    reached: list[str] = []

    async def kill(*arguments: Any, **named: Any) -> Any:
        reached.append(step)
        return await end(*arguments, **named)

    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        await submitted_then_killed(town, bot, monkeypatch, (where, name, kill))
    town.clock.ahead = timedelta(seconds=31)
    async with town.bot() as bot:
        await bot.idle()
        found = await AuditTrail(engine=bot.service.store.engine, now=town.clock).verify()

    assert reached == [step]
    assert annotated == [ROLE]
    assert town.world.accounts[0].role_arn == ROLE
    reply = shown(town.reply(ts))
    assert reply.count("Done*  Set the annotation") == 1
    assert "Failed" not in reply
    assert "Now*" not in reply
    assert "proved by re-reading" in reply
    assert "Undo" in labels(town.reply(ts))
    assert "Check again" in labels(town.reply(ts))
    assert found.faults == ()


async def test_two_approvals_that_race_over_two_processes_apply_a_fix_once(
    town: Town, annotated: list[str]
) -> None:
    town.file = with_approvers(town.file, TWO)
    async with town.bot() as first:
        await town.paste(first)
        workspace = town.slack.workspace
        views = {}
        for user in (OMAR, MINJI):
            await town.driver.press("Apply annotation", user, channel=ONCALL)
            views[user] = town.driver.view(user)
        async with town.bot() as second:
            assert town.signed is not None
            signed = town.signed
            people = [OMAR, MINJI] * 10
            requests = [
                replace(
                    signed._signed(
                        Outgoing(
                            kind="interactive",
                            payload=submission(workspace, workspace.users[user], views[user], {})
                            | {"number": number},
                        )
                    ),
                    url=(first if number % 3 else second).url,
                )
                for number, user in enumerate(people)
            ]
            patient = replace(signed, timing=Timing(answer=60.0))
            answers = await asyncio.gather(*(patient.post(r) for r in requests))
            await town.settle(second)
            await first.quiet()

    bodies = [body for _, _, body in answers]
    assert {status for status, _, _ in answers} == {200}
    assert len([b for b in bodies if not b]) == 1
    assert len([b for b in bodies if "This is on record" in b]) == 1
    assert annotated == [ROLE]
    assert town.world.accounts[0].role_arn == ROLE
