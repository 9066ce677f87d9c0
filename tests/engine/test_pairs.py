"""Two faults at once: both are listed, one leads, and once it is mended the other does."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from diagnostics.result import Status, Verdict
from tests.engine import faults as f
from tests.engine import healthy as h
from tests.engine.test_codes import codes, diagnosed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engine.fleet_double import World


def _no_annotation(world: World) -> None:
    world.accounts[0] = h.service_account(role_arn=None)


def _blank_in_annotation(world: World) -> None:
    world.accounts[0] = h.service_account(role_arn=f"{h.ROLE} ")


def _no_provider(world: World) -> None:
    world.providers.pop(h.provider_arn(), None)


def _audience_not_listed(world: World) -> None:
    only = h.provider(client_ids=("vault",))
    if only.arn in world.providers:
        world.providers[only.arn] = only


def _mend_provider(world: World) -> None:
    world.providers[h.provider_arn()] = h.provider()


def _mend_trust(world: World) -> None:
    world.roles[h.SHARED, "payments-api"] = h.role(h.statement())


def _mend_annotation(world: World) -> None:
    world.accounts[0] = h.service_account()


def _mend_pods(world: World) -> None:
    world.pods = [h.pod()]


def _sub(world: World) -> None:
    f.trust(world, h.statement(sub="system:serviceaccount:staging:api"))


def _action(world: World) -> None:
    f.trust(world, {**h.statement(), "Action": "sts:AssumeRole"})


def _old_pods(world: World) -> None:
    world.pods = [h.pod(f"arn:aws:iam::{h.SHARED}:role/old")]


BY_LAYER: dict[str, tuple[Callable[[World], None], Callable[[World], None]]] = {
    "IRSA103": (_no_annotation, _mend_annotation),
    "IRSA105": (_blank_in_annotation, _mend_annotation),
    "IRSA301": (_no_provider, _mend_provider),
    "IRSA304": (_audience_not_listed, _mend_provider),
    "IRSA403": (_action, _mend_trust),
    "IRSA405": (_sub, _mend_trust),
    "IRSA201": (_old_pods, _mend_pods),
}
TOGETHER = [
    pair for pair in combinations(BY_LAYER, 2) if BY_LAYER[pair[0]][1] is not BY_LAYER[pair[1]][1]
]
MENDS_THE_POD_TOO = {"IRSA103", "IRSA105"}


@pytest.mark.parametrize("pair", TOGETHER, ids=" and ".join)
async def test_two_faults_lead_one_after_the_other(pair: tuple[str, str]) -> None:
    world = h.healthy()
    for code in pair:
        BY_LAYER[code][0](world)
    leading, other = pair
    # Pods are judged against the annotation, so what they lack shows when that is right.
    hidden = other == "IRSA201" and leading in MENDS_THE_POD_TOO

    both = await diagnosed(world, h.case())
    assert both.root is not None
    assert both.root.code == leading
    assert {leading} | (set() if hidden else {other}) <= codes(both, Status.FAIL)

    BY_LAYER[leading][1](world)
    one = await diagnosed(world, h.case())
    assert one.root is not None
    assert one.root.code == other

    BY_LAYER[other][1](world)
    assert (await diagnosed(world, h.case())).verdict is Verdict.HEALTHY
