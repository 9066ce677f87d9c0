"""Pastes by the hundred into the whole product: what is lost, doubled or late, and what Slack's rate limits do to it.

Run: `python -m bench.load [PASTES SECONDS THREADS]`; by default 100 in 10 s over 20 threads. The bot is a process of
its own, reached by signed HTTP; Slack's stand-in refuses with 429 and Retry-After what Slack would. In each thread two
failures are pasted by turns, so that most pastes repeat one that is under way: an incident is a failure in a thread.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from dataclasses import replace
from typing import Any

from bench.far.crowd import Crowd
from bench.far.elsewhere import ElsewhereWorld
from bench.far.product import play, resident
from sandbox.stage import Stage

SMALL = (100, 10.0, 20)
LATENCY = 0.02
PATIENCE = 120.0
"""Seconds without a new reply after which the rest counts as lost."""
SETTINGS = {"IRSA_REPLIES_PER_CHANNEL": "100000", "IRSA_REPLIES_PER_THREAD": "1000"}


async def run(pastes: int, seconds: float, threads: int) -> int:
    """Print the counts; 1 where an incident has not exactly one right reply."""
    world: Any = ElsewhereWorld(latency=LATENCY)
    async with Stage(replace(play(), settings=SETTINGS), world) as stage:
        assert stage.bot is not None
        crowd = Crowd(stage, threads)
        crowd.gather()
        start = time.monotonic()
        watching = asyncio.create_task(crowd.watch(patience=PATIENCE))
        await crowd.paste(pastes, seconds)
        sent = time.monotonic() - start
        await watching
        done = time.monotonic() - start
        await settled(stage)
        peak = resident(stage.bot.pid, "VmHWM")
        faults = crowd.faults()
        history = stage.workspace.delivery.history
    times = sorted(crowd.answered.values())
    print(
        f"{crowd.pasted} pastes in {sent:.0f} s over {threads} threads, {LATENCY * 1000:.0f} ms on each call"
    )
    print(f"  incidents        {len(crowd.first)}")
    print(
        f"  replies          {len(times)} right, {len(faults)} faults; the last one after {done:.0f} s"
    )
    if times:
        tail = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
        print(
            f"  time to reply    p50 {statistics.median(times):.1f} s, p95 {tail:.1f} s, max {times[-1]:.1f} s"
        )
    met = ", ".join(f"{method} {count}" for method, count in crowd.limits.met.most_common())
    print(f"  429 met          {sum(crowd.limits.met.values())} ({met or 'none'})")
    late = [one for one in history if not one.acknowledged]
    print(f"  deliveries       {len(late)} of the last {len(history)} not acknowledged within 3 s")
    print(
        f"  settled after    {time.monotonic() - start:.0f} s; peak memory of the bot {peak:.0f} MB"
    )
    for fault in faults[:10]:
        print(f"  FAULT {fault}")
    return 1 if faults else 0


async def settled(stage: Stage) -> None:
    """Wait until the bot has edited what it still had to edit."""
    quiet = 0
    before = -1
    while quiet < 5:
        await asyncio.sleep(1.0)
        now = len(stage.workspace.calls)
        quiet = quiet + 1 if now == before else 0
        before = now


def main() -> None:
    words = sys.argv[1:4]
    pastes, seconds, threads = [float(word) for word in words] + list(SMALL[len(words) :])
    sys.exit(asyncio.run(run(int(pastes), seconds, int(threads))))


if __name__ == "__main__":
    main()
