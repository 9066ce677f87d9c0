"""Tokens mounted by subPath: where the file stands, and that nothing ever renews it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from diagnostics.evidence import Mount
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding, Status
from tests.engine import edits as e
from tests.engine import healthy as h
from tests.engine.diagnosing import diagnosed
from tests.engine.fleet_double import NOON, World

FILE = f"{h.TOKEN_DIR}/token"


@pytest.mark.parametrize(
    ("sub_path", "inner", "file"),
    [
        ("", "token", "/sts/token"),
        ("token", "token", "/sts"),
        ("token/", "/token", "/sts"),
        ("aws", "aws/token", "/sts/token"),
        ("aws", "aws2/token", None),
        ("other", "token", None),
    ],
)
def test_a_mount_says_where_a_file_of_its_volume_stands(
    sub_path: str, inner: str, file: str | None
) -> None:
    assert Mount(volume="v", path="/sts", sub_path=sub_path).file(inner) == file


async def found(
    mount: Mount, code: str, *, symptom: Symptom | None = None, hours: int = 1
) -> tuple[Status, Finding | None]:
    world: World = h.healthy()
    e.edit_containers(world, lambda c: replace(c, mounts=(mount,)))
    world.pods = [replace(p, created=NOON - timedelta(hours=hours)) for p in world.pods]
    results = {r.code: r for r in (await diagnosed(world, h.case(symptom))).results}
    return results[code].status, results[code].finding


@pytest.mark.parametrize(
    ("path", "sub_path", "status"),
    [
        (FILE, "token", Status.PASS),
        (FILE, "$(POD_NAME)/token", Status.PASS),
        (h.TOKEN_DIR, "$(POD_NAME)", Status.PASS),
        (FILE, "tokn", Status.FAIL),
        (h.TOKEN_DIR, "token", Status.FAIL),
    ],
)
async def test_a_token_is_mounted_where_its_sub_path_puts_it(
    path: str, sub_path: str, status: Status
) -> None:
    mount = Mount(volume="aws-iam-token", path=path, sub_path=sub_path)

    assert (await found(mount, "IRSA207"))[0] is status


ONE_FILE = Mount(volume="aws-iam-token", path=FILE, sub_path="token")


async def test_without_a_text_the_pods_age_makes_it_likely() -> None:
    _, finding = await found(ONE_FILE, "IRSA210", hours=25)

    assert finding is not None
    assert finding.likely
    assert finding.note == (
        "The pod is older than the 24 hours that its token lasts; a container that has started anew since may "
        "have a newer one."
    )


@pytest.mark.parametrize(
    ("mount", "symptom", "hours", "status"),
    [
        (ONE_FILE, None, 23, Status.NOT_CHECKED),
        (ONE_FILE, h.symptom(Cause.ACCESS_DENIED), 25, Status.PASS),
        (Mount(volume="aws-iam-token", path=h.TOKEN_DIR), None, 25, Status.NOT_CHECKED),
    ],
)
async def test_a_token_that_has_not_expired_is_no_cause(
    mount: Mount, symptom: Symptom | None, hours: int, status: Status
) -> None:
    assert await found(mount, "IRSA210", symptom=symptom, hours=hours) == (status, None)


async def test_a_token_of_another_audience_is_found_by_sub_path_too() -> None:
    world = h.healthy()
    e.edit_containers(world, lambda c: replace(c, mounts=(ONE_FILE,)))
    volumes = tuple(replace(v, audience="vault") for v in world.pods[0].spec.token_volumes)
    e.edit_pods(world, token_volumes=volumes)

    results = {r.code: r.status for r in (await diagnosed(world, h.case())).results}

    assert results["IRSA208"] is Status.FAIL
