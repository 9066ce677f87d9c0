"""The command against the embedded world: real boto3 and Kubernetes calls over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from diagnostics.result import Severity
from diagnostics.sweep import rule
from sandbox.world import World

if TYPE_CHECKING:
    from pathlib import Path

ONLY_THE_TEXT_SAYS = {
    # what the SDK or STS said, or what a process in the container has
    *("IRSA209", "IRSA210", "IRSA211", "IRSA213", "IRSA214", "IRSA216", "IRSA306", "IRSA307"),
    *("IRSA501", "IRSA503", "IRSA504", "IRSA601", "IRSA602", "IRSA603", "IRSA604", "IRSA605"),
}
ONLY_HERE_THE_TEXT_SAYS = {
    # some containers of the pods have the role; only the text says that another one needs it
    "container-added-later",
}
NOT_IN_A_LIST = {
    # iam:ListRoles gives no tags, so that a condition on them stays undecided
    "role-lacks-tag",
}


SMALL = ("prod-eu", "prod-us", "data-eu", "edge-eu", "legacy-eu", "tools-eu")
"""Enough clusters to be interrupted between them."""


DIES_AFTER_THREE = """
import os
from bot.__main__ import main
from bot.sweep import SweepState
keep, count = SweepState.keep, 0
def last(self, result):
    global count
    keep(self, result)
    count += 1
    if count == 3:
        os._exit(9)
SweepState.keep = last
main()
"""


async def run(world: World, folder: Path, *more: str) -> tuple[int, str]:
    fleet = folder / "fleet.yaml"
    world.fleet_yaml(fleet)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "sweep",
        "--fleet",
        str(fleet),
        *more,
        env={**os.environ, **world.environ()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert b"Traceback" not in err, err.decode()
    return process.returncode or 0, out.decode()


@pytest.mark.timeout(180)
async def test_the_sweep_names_the_cause_that_the_diagnosis_names(tmp_path: Path) -> None:
    async with World() as world:
        status, out = await run(world, tmp_path, "--format", "json", "--state", str(tmp_path / "s"))
        scenarios = world.scenarios

    document = json.loads(out)
    found: dict[tuple[str, str, str], set[str]] = {}
    for finding in document["findings"]:
        where = (finding["cluster"], finding["namespace"], finding["service_account"])
        found.setdefault(where, set()).add(finding["code"])
    wrong = {}
    for one in scenarios:
        where = (one.where.cluster, one.where.namespace, one.where.service_account)
        codes = found.get(where, set())
        causes = {c for c in codes if rule(c).severity is Severity.CAUSE}
        unseen = ONLY_HERE_THE_TEXT_SAYS | NOT_IN_A_LIST
        seen = one.expect.code not in ONLY_THE_TEXT_SAYS and one.id not in unseen
        # The one cause, and no other: neither more nor less than the diagnosis says.
        if causes != ({one.expect.code} if seen and one.expect.code else set()):
            wrong[one.id] = (one.expect.code, causes)
    assert wrong == {}
    assert status == 1
    assert document["not_read"] == []
    assert document["sums"]["clusters"] == len({s.where.cluster for s in scenarios})
    assert not (tmp_path / "s").exists()


@pytest.mark.timeout(240)
async def test_a_killed_sweep_goes_on_where_it_was(tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with World(clusters=SMALL) as world:
        fleet = tmp_path / "fleet.yaml"
        world.fleet_yaml(fleet)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", DIES_AFTER_THREE, "sweep", "--fleet", str(fleet)),
            *("--state", str(state), "--at-once", "2"),
            env={**os.environ, **world.environ()},
            stdout=asyncio.subprocess.DEVNULL,
        )
        assert await process.wait() == 9
        kept = state.read_text(encoding="utf-8").splitlines()[1:]
        whole = json.loads((await run(world, tmp_path, "--format", "json"))[1])
        resumed = json.loads(
            (await run(world, tmp_path, "--format", "json", "--state", str(state)))[1]
        )

    assert len(kept) == 3
    assert [f["key"] for f in resumed["findings"]] == [f["key"] for f in whole["findings"]]
    assert resumed["sums"] == whole["sums"]
    assert not state.exists()
