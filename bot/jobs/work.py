"""What each kind of job does."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Final

import structlog

from bot.jobs.diagnosing import (
    diagnose_incident,
    recheck_incident,
    show_again,
    show_card,
    take_evidence,
    watch_incident,
)
from bot.jobs.fixing import apply_plan, give_up_plan
from bot.jobs.home import show_home
from bot.jobs.language import language_of
from bot.jobs.looking_up import show_incident, unfurl
from bot.jobs.preflighting import give_up_preflight, preflight_fleet
from bot.jobs.reach import within_reach
from bot.jobs.reading import read_files, read_thread
from bot.jobs.requesting import show_request
from bot.jobs.runner import ATTEMPTS
from bot.jobs.summing_up import sum_up
from bot.jobs.sweeping import sweep_fleet
from bot.jobs.telling import give_help, say_hello, warn_of_secret
from bot.slack.replies import CannotPost
from diagnostics.journal import reporting
from diagnostics.languages import speak, speaking
from handlers.ports import Task
from handlers.render import trouble_message

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from diagnostics.clients import Clients
    from handlers.incident import Incident

    Lease = Callable[[], AbstractAsyncContextManager[Clients]]

_log = structlog.get_logger("irsa.jobs")


@dataclass(frozen=True, slots=True)
class Work:
    """Does jobs with what lies on the bench."""

    bench: Bench
    lease: Lease | None = None
    """Gives clients that stay the same while a job runs, whatever becomes of the fleet file meanwhile."""

    async def __call__(self, job: Job) -> None:
        """Do one job.

        Raises:
            TooOften: If it was started too often already.
        """
        if job.attempt > ATTEMPTS:
            raise TooOften(f"started {job.attempt - 1} times without an end")
        started = perf_counter()
        with reporting(self.bench.telemetry.called):
            async with self.lease() if self.lease else nullcontext(self.bench.io) as io:
                bench = replace(self.bench, io=io)
                incident = await _incident_of(bench, job)
                with speaking(await language_of(bench, job, incident)):
                    await _do(bench, job, incident)
        _log.info("job done", milliseconds=round((perf_counter() - started) * 1000))

    async def give_up(self, job: Job, trouble_id: str) -> None:
        """Tell the thread that a job failed for good, in one sentence."""
        incident = await _incident_of(self.bench, job)
        if incident is None:
            if job.task is Task.PREFLIGHT:
                with speaking(await language_of(self.bench, job, None)):
                    await give_up_preflight(self.bench, job, trouble_id)
            return
        with speaking(await language_of(self.bench, job, incident)):
            if job.task is Task.APPLY:
                await give_up_plan(self.bench, job, incident, trouble_id)
            elif job.task in (Task.DIAGNOSE, Task.RECHECK):
                await self._give_up(job, incident, trouble_id)

    async def _give_up(self, job: Job, incident: Incident, trouble_id: str) -> None:
        if incident.diagnoses:
            await show_card(self.bench, incident)
            return
        words = speak("I could not finish this diagnosis because of an error on my side.")
        message = trouble_message(words, trouble_id=trouble_id)
        try:
            await self.bench.replies.show(incident, message, look_first=job.attempt > 1)
        except CannotPost:
            await self.bench.replies.elsewhere(incident, message)


class TooOften(Exception):
    """A job was started again and again."""


async def _incident_of(bench: Bench, job: Job) -> Incident | None:
    """The incident that a job is about, as it stands when the job begins: none of its other jobs runs meanwhile."""
    return None if job.incident_id is None else await bench.store.incidents.get(job.incident_id)


async def _do(bench: Bench, job: Job, incident: Incident | None) -> None:
    alone = _BY_ITSELF.get(job.task)
    if alone is not None:
        await alone(bench, job)
    elif incident is not None:  # else it was kept long enough, and is forgotten
        within = await within_reach(bench, job, incident)
        if within is not None:
            await _ABOUT_AN_INCIDENT[job.task](within, job, incident)


_ABOUT_AN_INCIDENT: Final = {
    Task.DIAGNOSE: diagnose_incident,
    Task.SHOW: show_again,
    Task.RECHECK: recheck_incident,
    Task.WATCH: watch_incident,
    Task.SUMMARY: sum_up,
    Task.APPLY: apply_plan,
    Task.REQUEST: show_request,
    Task.EVIDENCE: take_evidence,
}
_BY_ITSELF: Final = {
    Task.INCIDENT: show_incident,
    Task.UNFURL: unfurl,
    Task.READ_THREAD: read_thread,
    Task.READ_FILES: read_files,
    Task.WARN: warn_of_secret,
    Task.HELP: give_help,
    Task.HOME: show_home,
    Task.HELLO: say_hello,
    Task.SWEEP: sweep_fleet,
    Task.PREFLIGHT: preflight_fleet,
}
