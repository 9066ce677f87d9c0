"""Two faults at once in one trust policy: both are told, and once the first is mended the second leads."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from diagnostics.result import Status
from tests.engine import faults
from tests.engine import healthy as h
from tests.engine.diagnosing import diagnosed

if TYPE_CHECKING:
    from collections.abc import Callable

    from diagnostics.result import Diagnosis

    Statement = dict[str, Any]

KEY = h.ISSUER.removeprefix("https://")


def _equals(statement: Statement) -> dict[str, Any]:
    found: dict[str, Any] = statement["Condition"]["StringEquals"]
    return found


def action(statement: Statement) -> None:
    statement["Action"] = "sts:AssumeRole"


def principal(statement: Statement) -> None:
    statement["Principal"] = {"Federated": h.provider_arn(h.TEAM)}


def namespace(statement: Statement) -> None:
    _equals(statement)[f"{KEY}:sub"] = "system:serviceaccount:staging:api"


def name(statement: Statement) -> None:
    _equals(statement)[f"{KEY}:sub"] = "system:serviceaccount:payments:worker"


def malformed(statement: Statement) -> None:
    _equals(statement)[f"{KEY}:sub"] = "system:serviceaccount: payments:api"


def wildcard(statement: Statement) -> None:
    _equals(statement)[f"{KEY}:sub"] = "system:serviceaccount:payments:*"


def audience(statement: Statement) -> None:
    _equals(statement)[f"{KEY}:aud"] = "vault"


def partition(statement: Statement) -> None:
    _equals(statement)[f"{KEY}:aud"] = "sts.amazonaws.com.cn"


def excluded(statement: Statement) -> None:
    statement["Condition"]["StringNotEquals"] = {f"{KEY}:sub": h.SUBJECT}


def external(statement: Statement) -> None:
    _equals(statement)["sts:ExternalId"] = "example"


FAULTS: dict[str, tuple[str, Callable[[Statement], None]]] = {
    "IRSA403": ("action", action),
    "IRSA404": ("principal", principal),
    "IRSA405": ("sub", namespace),
    "IRSA406": ("sub", name),
    "IRSA407": ("sub", malformed),
    "IRSA411": ("sub", wildcard),
    "IRSA408": ("aud", audience),
    "IRSA502": ("aud", partition),
    "IRSA412": ("another operator", excluded),
    "IRSA415": ("another key", external),
}
"""Each fault, and the part of the statement that it breaks."""
PAIRS = [
    (one, other) for one, other in combinations(FAULTS, 2) if FAULTS[one][0] != FAULTS[other][0]
]


async def of(*codes: str) -> Diagnosis:
    statement = h.statement()
    for code in codes:
        FAULTS[code][1](statement)
    world = h.healthy()
    faults.trust(world, statement)
    return await diagnosed(world, h.case())


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
async def test_both_are_told_and_the_second_leads_after_the_first_is_mended(
    pair: tuple[str, str],
) -> None:
    both = await of(*pair)

    assert both.root is not None
    assert both.root.code in pair, both.root.code
    (then,) = set(pair) - {both.root.code}
    second = {r.code: r for r in both.results}[then]
    assert second.status is Status.FAIL, (then, second.status, second.reason)
    mended = await of(then)
    assert mended.root is not None
    assert mended.root.code == then


def test_the_pairs_are_many() -> None:
    assert len(PAIRS) == 38
