"""One diagnosis with 50 ms on every AWS and Kubernetes call, beside its ideal path and beside the same reads by hand.

Run: `python -m bench.diagnosis [ROUNDS]`. Each round is a new process: imports and clients as the bot's, nothing known
of the fleet. Cold is its first diagnosis, warm its second. All three ways meet the same servers in the same run.
The hand needs kubectl on PATH (or in KUBECTL); awscli is put into `.cache/awscli`.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.far.hand import Hand, NoTools, Tools
from bench.far.path import ideal
from bench.far.product import shown
from bot.clients import build_clients
from bot.fleet_file import load
from bot.warm import warm
from diagnostics.case import Case
from diagnostics.fleet import Hints
from diagnostics.journal import Call
from diagnostics.pipeline import diagnose
from diagnostics.recognize import recognize
from diagnostics.result import Diagnosis
from sandbox.scenarios.load import scenarios
from sandbox.world.blueprint import paste_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.far.path import Ideal
    from sandbox.scenarios.model import Scenario

LATENCY = 0.05
ROUNDS = 2
HANDS = 1
SHOWN = ("stray-space", "provider-in-clusters-account", "healthy-cross-account")
"""A search and a refusing policy; a missing provider in another account; a role chain through the organization."""
DEFAULTS = {
    "oncall": Hints(cluster="prod-eu"),
    "payments": Hints(cluster="prod-eu", namespace="payments"),
}


def scenario(name: str) -> Scenario:
    return next(one for one in scenarios() if one.id == name)


def case_of(one: Scenario) -> Case:
    (symptom, *_) = recognize(paste_of(one))
    return Case(symptom=symptom, defaults=DEFAULTS[one.channel])


# -- one process ---------------------------------------------------------------------------------


async def one_process(fleet_file: str, environ: dict[str, str], name: str) -> None:
    """Answer each line on standard input with one diagnosis; the first is cold."""
    one = scenario(name)
    async with build_clients(load(Path(fleet_file)).fleet, environ) as io:
        warm()  # as `irsa serve` does at its start
        print("ready", flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            start, cpu = time.perf_counter(), time.process_time()
            answer = await diagnose(case_of(one), io, now=lambda: datetime.now(UTC))
            seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
            assert isinstance(answer, Diagnosis), answer
            code = answer.root.code if answer.root else None
            assert code == one.expect.code, (name, code)
            calls = [
                {
                    **{key: getattr(call, key) for key in Call.__slots__},
                    "at": call.at.isoformat(),
                }
                for call in answer.calls
            ]
            print(json.dumps({"seconds": seconds, "cpu": cpu, "calls": calls}), flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a process says of one diagnosis."""

    seconds: float
    cpu: float
    calls: tuple[Call, ...]

    @classmethod
    def of(cls, line: str) -> Told:
        said = json.loads(line)
        calls = tuple(
            Call(**{**call, "at": datetime.fromisoformat(call["at"])}) for call in said["calls"]
        )
        return cls(seconds=said["seconds"], cpu=said["cpu"], calls=calls)


class Child:
    """A process that answers a line with a line."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.first = self._line()

    def ask(self) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._line()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process ended; see its words above")
        return line


@contextmanager
def child(*arguments: str) -> Iterator[Child]:
    one = Child(*arguments)
    try:
        yield one
    finally:
        one.close()


# -- the table -----------------------------------------------------------------------------------


def cost_of(services: dict[str, list[float]]) -> Callable[[Call], float]:
    """Latency, and the median time that the servers took for such a call in this run."""
    usual = statistics.median(second for all_of_it in services.values() for second in all_of_it)

    def cost(call: Call) -> float:
        name = call.operation
        if call.service == "kubernetes":
            verb, plural = call.operation.split(" ", 1)
            name = call.resource.rpartition("/")[2] if verb == "get" else plural
        found = services.get(name)
        return LATENCY + (statistics.median(found) if found else usual)

    return cost


def best(told: Told, services: dict[str, list[float]], home: str, *, named: bool) -> Ideal:
    return ideal(told.calls, cost=cost_of(services), home=home, role_named=named)


@dataclass(slots=True, kw_only=True)
class Row:
    """One scenario's figures, in seconds."""

    name: str
    cold: list[float]
    ideals: list[float]
    warm: list[float]
    hand: list[float]
    chain: tuple[Call, ...] = ()
    calls: int = 0
    commands: int = 0
    cpu: float = 0.0

    @property
    def ratios(self) -> list[float]:
        return [cold / path for cold, path in zip(self.cold, self.ideals, strict=True)]


def measured(name: str, world: Child, way: dict[str, Any], rounds: int) -> Row:
    fleet = load(Path(way["fleet"])).fleet
    one = scenario(name)
    entry = fleet.cluster(one.where.cluster)
    home = f"arn:aws:eks:{entry.region}:{entry.account}:cluster/{entry.eks_name}"
    named = bool(case_of(one).symptom and case_of(one).symptom.role_arn)  # type: ignore[union-attr]
    row = Row(name=name, cold=[], ideals=[], warm=[], hand=[])
    made: tuple[Call, ...] = ()
    for number in range(rounds + 1):
        with child(
            "bench.diagnosis", "--one", way["fleet"], json.dumps(way["environ"]), name
        ) as us:
            time.sleep(1.0)  # a person who pastes comes no sooner after the start
            world.ask()
            cold = Told.of(us.ask())
            services = json.loads(world.ask())
            warm = Told.of(us.ask())
        if number == 0:
            continue  # the servers' own first time
        path = best(cold, services, home, named=named)
        row.cold.append(cold.seconds)
        row.ideals.append(path.seconds)
        row.warm.append(warm.seconds)
        row.chain, row.calls, row.cpu, made = path.chain, len(cold.calls), cold.cpu, cold.calls
    try:
        tools = Tools.found()
    except NoTools as error:
        print(f"By hand: not measured; {error}.")
        return row
    for _ in range(min(rounds, HANDS) if rounds <= ROUNDS else rounds):
        with tempfile.TemporaryDirectory() as folder:
            hand = Hand(tools=tools, fleet=fleet, environ=way["environ"], folder=Path(folder))
            row.hand.append(hand.repeat(made))
            row.commands = hand.commands
    return row


def spread(figures: Sequence[float], digits: int = 2) -> str:
    if not figures:
        return "not measured"
    middle = statistics.median(figures)
    return f"{middle:.{digits}f} ({min(figures):.{digits}f} to {max(figures):.{digits}f})"


def show(row: Row) -> None:
    print(f"\n{row.name}: {row.calls} calls, {row.cpu * 1000:.0f} ms of processor time when cold")
    print("  longest chain: " + " → ".join(f"{c.service}:{c.operation}" for c in row.chain))
    print(f"  cold             {spread(row.cold)} s; ideal path {spread(row.ideals)} s")
    print(f"  cold / ideal     {spread(row.ratios)}   (aim: 1.25)")
    print(f"  warm             {spread(row.warm)} s   (aim: 0.6)")
    if row.hand:
        ratios = [hand / statistics.median(row.cold) for hand in row.hand]
        warm = [hand / statistics.median(row.warm) for hand in row.hand]
        print(f"  by hand          {spread(row.hand)} s, {row.commands} commands")
        print(f"  hand / cold      {spread(ratios, 1)};  hand / warm {spread(warm, 1)}")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print(f"{LATENCY * 1000:.0f} ms on every AWS and Kubernetes call, {rounds} rounds")
    try:
        print(f"by hand: {Tools.found().versions()}")
    except NoTools as error:
        print(f"by hand: {error}")
    with child("bench.far.world", str(LATENCY)) as world:
        way = json.loads(world.first)
        for name in SHOWN:
            show(measured(name, world, way, rounds))
    seen = asyncio.run(shown([scenario(name) for name in SHOWN * 2], latency=LATENCY))
    print("\nThe whole product, from the paste in Slack's stand-in:")
    print(f"  start to ready   {seen.started:.2f} s   (aim: 2)")
    print(
        f"  first sign       {spread(seen.sign)} s   (aim: 1); after the start {seen.sign[0]:.2f} s"
    )
    print(f"  final reply      {spread(seen.answer)} s; after the start {seen.answer[0]:.2f} s")
    print(f"  resident memory  {seen.resident:.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        asyncio.run(one_process(sys.argv[2], json.loads(sys.argv[3]), sys.argv[4]))
    else:
        main()
