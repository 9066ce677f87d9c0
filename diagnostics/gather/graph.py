"""Run probes as their needs arrive: one task each, its own deadline, no failure stops a sibling."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from diagnostics.errors import ReadError
from diagnostics.evidence import Absent, Found, Unreadable
from diagnostics.journal import recording
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diagnostics.clients import Clients
    from diagnostics.journal import Call
    from diagnostics.wiring import Fact, Probe

Facts = dict[type, "Fact"]
"""Each fact by its type."""


class _Run:
    """One gathering: a task per probe, each of which awaits its needs."""

    def __init__(
        self, given: Mapping[type, Fact], io: Clients, progress: Callable[[str], None] | None
    ) -> None:
        self.given = given
        self.io = io
        self.progress = progress
        self.arriving: dict[type, asyncio.Task[Fact]] = {}

    async def fact(self, kind: type) -> Fact:
        if kind in self.given:
            return self.given[kind]
        return await asyncio.shield(self.arriving[kind])

    async def run(self, probe: Probe) -> Fact:
        inputs: dict[str, object] = {}
        before: dict[Call, None] = {}
        for need in probe.needs:
            if need.clients:
                inputs[need.name] = self.io
                continue
            fact = await self.fact(need.kind)
            before.update(dict.fromkeys(fact.calls))
            if isinstance(fact, Found):
                inputs[need.name] = fact.value
            elif isinstance(fact, Absent) and need.absent:
                inputs[need.name] = None
            elif isinstance(fact, Unreadable) and need.unreadable:
                inputs[need.name] = fact
            else:
                return fact
        if self.progress is not None and any(need.clients for need in probe.needs):
            self.progress(f"reading {probe.name.replace('_', ' ')}")
        found = await _read(probe, inputs)
        # What is worked out of other facts rests on their calls.
        return found if found.calls else replace(found, calls=tuple(before))


async def gather(
    probes: Mapping[type, Probe],
    given: Mapping[type, Fact],
    io: Clients,
    *,
    deadline: float,
    progress: Callable[[str], None] | None = None,
) -> Facts:
    """Read every fact, as far as it can be read.

    Args:
        probes: What reads which fact; a graph without cycles.
        given: Facts that are known already.
        io: The clients.
        deadline: Seconds for all together; what has not arrived then is unreadable.
        progress: Told what is being read, once per probe that begins.
    """
    run = _Run(given, io, progress)
    for kind in _longest_first(probes):
        if kind not in given:
            reading, name = run.run(probes[kind]), f"probe {probes[kind].name}"
            run.arriving[kind] = asyncio.create_task(reading, name=name)
    tasks = tuple(run.arriving.values())
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=deadline)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    facts = dict(given)
    late = Unreadable(
        why=say("no answer within {deadline} seconds", deadline=f"{deadline:.1f}"),
        enable=say("ask again; if it stays so, check the network path to AWS and to the cluster"),
    )
    for kind, task in run.arriving.items():
        facts[kind] = late if task.cancelled() else task.result()
    return facts


def _longest_first(probes: Mapping[type, Probe]) -> list[type]:
    """Order facts by how many others wait for them in a row: of the calls made at once, those come first."""
    used_by: dict[type, list[type]] = {}
    for kind, probe in probes.items():
        for need in probe.needs:
            used_by.setdefault(need.kind, []).append(kind)

    @cache
    def waiting(kind: type) -> int:
        return 1 + max((waiting(user) for user in used_by.get(kind, ())), default=0)

    return sorted(probes, key=waiting, reverse=True)


async def _read(probe: Probe, inputs: Mapping[str, object]) -> Fact:
    with recording() as calls:
        try:
            async with asyncio.timeout(probe.deadline):
                value = await probe.read(**inputs)
        except ReadError as error:
            return Unreadable(why=error.why, enable=error.enable, calls=tuple(calls))
        except TimeoutError:
            return Unreadable(
                why=say("no answer within {deadline} seconds", deadline=f"{probe.deadline:g}"),
                enable=say("check the network path, or ask again"),
                calls=tuple(calls),
            )
        except Exception as error:  # noqa: BLE001  one broken reader must not cost the other facts
            return Unreadable(
                why=say(
                    "unexpected {exception} while reading {fact}: {error}",
                    exception=type(error).__name__,
                    fact=probe.name,
                    error=str(error)[:200],
                ),
                enable=say("please report this as a bug of irsa-doctor"),
                calls=tuple(calls),
            )
    if value is None:
        return Absent(calls=tuple(calls))
    return Found(value=value, calls=tuple(calls))
