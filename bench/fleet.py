"""Many diagnoses at once in the embedded world: what each costs in calls, and that roles are assumed once per account.

Run: `make bench`, or `python -m bench.fleet`. The world runs in a process of its own, so that its time is not the
bot's; both share the machine. Each line starts with new clients: cold is the first round, warm the second one. Ratios
within one run count; times alone are the machine's.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.endpoint import Endpoint

from bot.clients import build_clients
from bot.clients.aws.sessions import AwsSessions
from bot.clients.kube.endpoint import Connections
from bot.fleet_file import load
from diagnostics.case import Case
from diagnostics.fleet import Hints
from diagnostics.pipeline import diagnose
from diagnostics.recognize import recognize
from diagnostics.result import Diagnosis
from sandbox.scenarios.load import scenarios
from sandbox.world import World
from sandbox.world.blueprint import paste_of

if TYPE_CHECKING:
    from bot.clients import FleetClients
    from diagnostics.fleet import Fleet

AT_ONCE = (1, 10, 50)
SCENARIOS = 5
LATENCY = 0.05
ROUNDS = 5
DEFAULTS = {
    "oncall": Hints(cluster="prod-eu"),
    "payments": Hints(cluster="prod-eu", namespace="payments"),
}
CASES = [
    one
    for one in scenarios()
    if one.where.cluster in ("prod-eu", "prod-us") and one.expect.code is not None
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """How it went."""

    seconds: float
    calls: float
    """That were made for one diagnosis, on average, credentials apart; what several wait for is made once."""
    slowest: float
    right: int
    """Diagnoses that found the cause within their time."""
    assumed: dict[str, int]
    """How often each role was assumed, by its ARN."""


async def serve() -> None:
    """Run the world until standard input is closed; say first how it is reached."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fleet.yaml"
        async with World() as world:
            world.fleet_yaml(file)
            print(json.dumps({"environ": world.environ(), "fleet": str(file)}), flush=True)
            await asyncio.to_thread(sys.stdin.read)


async def one_round(io: FleetClients, count: int) -> Round:
    """Diagnose as many failures at once, of the same scenarios in every line."""
    assumed: Counter[str] = Counter()
    calls = 0
    original, ask = AwsSessions.call, Connections.exchange

    async def asked(self: Any, request: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        return await ask(self, request, **more)

    async def counted(self: Any, attempt: Any, function: Any, *, credentials: Any) -> Any:
        nonlocal calls
        if attempt.operation == "AssumeRole":
            assumed[attempt.resource] += 1
        else:
            calls += 1
        return await original(self, attempt, function, credentials=credentials)

    AwsSessions.call = counted  # type: ignore[method-assign]
    Connections.exchange = asked  # type: ignore[method-assign]
    try:
        start = time.perf_counter()
        answers = await asyncio.gather(*(_diagnosed(io, n) for n in range(count)))
        seconds = time.perf_counter() - start
    finally:
        AwsSessions.call = original  # type: ignore[method-assign]
        Connections.exchange = ask  # type: ignore[method-assign]
    return Round(
        seconds=seconds,
        calls=calls / count,
        slowest=max(answer.seconds for answer, _ in answers),
        right=sum(right for _, right in answers),
        assumed=dict(assumed),
    )


async def _diagnosed(io: FleetClients, number: int) -> tuple[Diagnosis, bool]:
    """The answer, and whether it is the cause that the scenario states."""
    # The same five for all, so that a line differs from another in nothing but how many there are.
    scenario = CASES[number % SCENARIOS]
    (symptom, *_) = recognize(paste_of(scenario))
    case = Case(symptom=symptom, defaults=DEFAULTS[scenario.channel])
    answer = await diagnose(case, io, now=lambda: datetime.now(UTC))
    assert isinstance(answer, Diagnosis), scenario.id
    return answer, answer.root is not None and answer.root.code == scenario.expect.code


async def measure(fleet: Fleet, environ: dict[str, str]) -> None:
    """Print the table."""
    print(
        f"{'at once':>7}  {'round':<5}  {'s':>6}  {'s each':>7}  {'slowest':>7}  {'calls each':>10}"
        "  cause found  roles assumed (most often one)"
    )
    first: dict[str, float] = {}
    # The libraries' own start is no diagnosis's.
    async with build_clients(fleet, environ) as io:
        await one_round(io, 1)
    for count in AT_ONCE:
        async with build_clients(fleet, environ) as io:
            for name in ("cold", "warm"):
                found = await one_round(io, count)
                often = max(found.assumed.values(), default=0)
                print(
                    f"{count:>7}  {name:<5}  {found.seconds:>6.2f}  {found.seconds / count:>7.3f}  "
                    f"{found.slowest:>7.2f}  {found.calls:>10.1f}  {found.right:>4} of {count:<4}  "
                    f"{len(found.assumed)} ({often})"
                )
                assert often <= 1, f"a role was assumed {often} times"
                if count >= SCENARIOS:
                    ratio = found.calls / first.setdefault(name, found.calls)
                    assert ratio <= 1.05, f"calls per diagnosis grow with the load: {ratio:.2f}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"Peak resident memory of the bot's side: {peak:.0f} MB")


async def far_away(fleet: Fleet, environ: dict[str, str]) -> None:
    """One diagnosis with a latency on every call, beside the same calls one after another."""
    exchange, make = Connections.exchange, Endpoint.make_request
    made = 0

    async def exchanged(self: Any, request: Any, **more: Any) -> Any:
        nonlocal made
        made += 1
        await asyncio.sleep(LATENCY)
        return await exchange(self, request, **more)

    def made_request(self: Any, operation_model: Any, request_dict: Any) -> Any:
        nonlocal made
        made += 1
        time.sleep(LATENCY)
        return make(self, operation_model, request_dict)

    Connections.exchange = exchanged  # type: ignore[method-assign]
    Endpoint.make_request = made_request  # type: ignore[method-assign]
    print(
        f"{LATENCY * 1000:.0f} ms more on every AWS and Kubernetes call, median of {ROUNDS} rounds:"
    )
    try:
        seconds: dict[str, list[float]] = {"cold": [], "warm": []}
        calls: dict[str, list[int]] = {"cold": [], "warm": []}
        for number in range(ROUNDS):
            async with build_clients(fleet, environ) as io:
                for name, all_of_it in seconds.items():
                    made = 0
                    start = time.perf_counter()
                    await _diagnosed(io, number)
                    all_of_it.append(time.perf_counter() - start)
                    calls[name].append(made)
    finally:
        Connections.exchange = exchange  # type: ignore[method-assign]
        Endpoint.make_request = make  # type: ignore[method-assign]
    for name, all_of_it in seconds.items():
        median = statistics.median(all_of_it)
        in_turn = statistics.median(calls[name]) * LATENCY
        print(
            f"  {name}: {median:.2f} s ({min(all_of_it):.2f} to {max(all_of_it):.2f}), "
            f"{statistics.median(calls[name]):.0f} calls; their latency alone, one after another: {in_turn:.2f} s "
            f"({median / in_turn:.2f} of it)"
        )


async def main() -> None:
    """Start the world, measure, stop it."""
    world = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.fleet",
        "--world",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert world.stdout is not None
    assert world.stdin is not None
    try:
        way = json.loads(await world.stdout.readline())
        fleet = load(Path(way["fleet"])).fleet
        await measure(fleet, way["environ"])
        await far_away(fleet, way["environ"])
    finally:
        world.stdin.close()
        await world.wait()


if __name__ == "__main__":
    asyncio.run(serve() if "--world" in sys.argv else main())
