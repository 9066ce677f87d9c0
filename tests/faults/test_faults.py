"""AWS and clusters that fail while a diagnosis reads them: each ends in a stated unknown, in time, the rest intact.

The failures are made by real servers and sockets. docs/performance.md has the table.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from bot.clients import Limits, build_clients
from diagnostics.case import Case
from diagnostics.fleet import Hints
from diagnostics.pipeline import diagnose
from diagnostics.recognize import recognize
from diagnostics.result import Diagnosis, Status, Verdict
from sandbox.scenarios.load import scenarios
from sandbox.world import World
from sandbox.world.blueprint import paste_of, role_arn_of
from tests.faults.fronts import before_aws, cut, dead_cluster, error, once, page, slow
from tests.support.of_a_world import fleet_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from diagnostics.fleet import Fleet

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(120)]

PATIENT = Limits(aws_attempts=2, kube_connect=0.8, kube_request=1.0, kube_deadline=2.0)
"""AWS gets the product's own times, so that a busy machine is no fault."""
QUICK = replace(PATIENT, aws_connect=0.5, aws_read=1.0, aws_deadline=2.0)
"""For an AWS that does not answer."""
DEADLINE = 10.0
"""Seconds for the whole diagnosis."""
SLACK = 1.0
"""For judging what has arrived by then, on a busy machine."""

(SCENARIO,) = [one for one in scenarios() if one.id == "stray-space"]
CAUSE = SCENARIO.expect.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Suffered:
    """What came of a diagnosis under a fault."""

    answer: Diagnosis
    seconds: float

    @property
    def unknown(self) -> str:
        """What the reply says about what it could not read."""
        results = self.answer.with_status(Status.ERROR)
        return " | ".join(f"{r.reason}; {r.enable}" for r in results)

    @property
    def judged(self) -> set[str]:
        """The codes that were judged all the same."""
        return {
            r.code for status in (Status.PASS, Status.FAIL) for r in self.answer.with_status(status)
        }


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def world() -> AsyncIterator[World]:
    async with World(clusters=["prod-eu"]) as running:
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def fleet(world: World, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return fleet_of(world, tmp_path_factory.mktemp("fleet"))


async def suffer(
    fleet: Fleet,
    environ: dict[str, str],
    limits: Limits = PATIENT,
    *,
    deadline: float = DEADLINE,
) -> Suffered:
    """Diagnose the scenario, its target named, so that nothing needs to be searched."""
    where = SCENARIO.where
    (symptom, *_) = recognize(paste_of(SCENARIO))
    hints = Hints(
        cluster=where.cluster,
        namespace=where.namespace,
        service_account=where.service_account,
        role_arn=role_arn_of(SCENARIO),
    )
    async with build_clients(fleet, environ, limits=limits) as io:
        start = time.monotonic()
        answer = await diagnose(
            Case(symptom=symptom, hints=hints),
            io,
            now=lambda: datetime.now(UTC),
            deadline=deadline,
        )
        seconds = time.monotonic() - start
    assert isinstance(answer, Diagnosis)
    return Suffered(answer=answer, seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One action of a service that fails, and what the reply says then."""

    service: str
    action: str
    fail: Any
    words: str


def iam(fail: Any, words: str, action: str = "GetRole") -> Fault:
    return Fault(service="IAM", action=action, fail=fail, words=words)


def sts(fail: Any, words: str) -> Fault:
    return Fault(service="STS", action="AssumeRole", fail=fail, words=words)


def eks(fail: Any, words: str) -> Fault:
    # EKS is asked by path: /clusters/prod.
    return Fault(service="EKS", action="prod", fail=fail, words=words)


AWS = {
    "IAM throttles": iam(error("Throttling", 400, "Rate exceeded"), "its API rate limit"),
    "IAM answers 500": iam(error("InternalFailure", 500), "iam in eu-west-1 fails"),
    "IAM answers 503": iam(error("ServiceUnavailable", 503), "iam in eu-west-1 fails"),
    "IAM is slow": iam(slow, "did not answer in time"),
    "IAM breaks the connection": iam(cut, "network path from the bot to iam"),
    "a proxy's page in IAM's place": iam(page, "can't be read as one of AWS"),
    "IAM denies the read": iam(error("AccessDenied", 403, "no"), "allow iam:GetRole on"),
    "the session has expired for good": iam(error("ExpiredToken", 403), "renew the credentials"),
    "the clock is wrong": iam(error("RequestExpired", 400), "set this machine's clock"),
    "the signature does not match": iam(
        error("SignatureDoesNotMatch", 403), "set this machine's clock"
    ),
    "the provider's read is throttled": iam(
        error("Throttling", 400), "its API rate limit", "GetOpenIDConnectProvider"
    ),
    "EKS is slow": eks(slow, "did not answer in time"),
    "EKS breaks the connection": eks(cut, "network path from the bot to eks"),
    "STS denies the read role": sts(error("AccessDenied", 403, "no"), "must allow sts:AssumeRole"),
    "STS is slow": sts(slow, "did not answer in time"),
    "STS throttles": sts(error("Throttling", 400), "its API rate limit"),
}
INTACT = {"IAM": "get serviceaccounts", "EKS": "GetRole", "STS": ""}
"""The call that succeeds all the same: of the cluster, or of IAM; without STS none does."""


@pytest.mark.parametrize("fault", AWS.values(), ids=AWS)
async def test_a_fault_of_aws_is_a_stated_unknown_and_the_rest_is_answered(
    world: World, fleet: Fleet, fault: Fault
) -> None:
    environ = world.environ()
    # Where EKS is slow it is so for every cluster, and which one is meant takes a second look.
    deadline = DEADLINE / 2 if fault.fail is slow and fault.service != "EKS" else DEADLINE
    async with before_aws(environ["AWS_ENDPOINT_URL"], fault.action, fault.fail) as url:
        found = await suffer(
            fleet,
            {**environ, f"AWS_ENDPOINT_URL_{fault.service}": url},
            QUICK if fault.fail is slow else PATIENT,
            deadline=deadline,
        )

    assert fault.words in found.unknown
    assert found.seconds < deadline + SLACK
    intact = INTACT[fault.service]
    assert not intact or intact in {c.operation for c in found.answer.calls if c.outcome == "ok"}
    if fault.service == "IAM":
        assert {"IRSA102", "IRSA103"} <= found.judged
    if fault.action == "GetOpenIDConnectProvider":
        assert found.answer.root is not None
        assert found.answer.root.code == CAUSE
    else:
        assert found.answer.verdict is Verdict.NOT_ENOUGH_EVIDENCE


async def test_credentials_that_expire_in_mid_flight_are_renewed_and_cost_nothing(
    world: World, fleet: Fleet
) -> None:
    environ = world.environ()
    fail = once(error("ExpiredToken", 403))
    async with before_aws(environ["AWS_ENDPOINT_URL"], "GetRole", fail) as url:
        found = await suffer(fleet, {**environ, "AWS_ENDPOINT_URL_IAM": url})

    assert found.answer.root is not None
    assert found.answer.root.code == CAUSE
    assert [c.operation for c in found.answer.calls].count("AssumeRole") >= 2


async def test_one_answer_of_500_is_asked_for_again_and_costs_nothing(
    world: World, fleet: Fleet
) -> None:
    environ = world.environ()
    fail = once(error("InternalFailure", 500))
    async with before_aws(environ["AWS_ENDPOINT_URL"], "GetRole", fail) as url:
        found = await suffer(fleet, {**environ, "AWS_ENDPOINT_URL_IAM": url})

    assert found.answer.root is not None
    assert found.answer.root.code == CAUSE


CLUSTERS = (
    ("accepts TLS, then hangs", "did not answer in time"),
    ("accepts TCP, then hangs", "did not answer in time"),
    ("answers 503", "answered 503"),
    ("sends half a JSON", "an answer that can't be read"),
    ("cuts its answer off", "broke the connection"),
    ("speaks no TLS", "TLS to cluster prod-eu"),
    ("shows another CA's certificate", "is not trusted"),
    ("has no DNS name", "can't be resolved"),
    ("refuses connections", "can't be reached"),
)


@pytest.mark.parametrize(("kind", "words"), CLUSTERS, ids=[kind for kind, _ in CLUSTERS])
async def test_a_half_dead_cluster_is_a_stated_unknown_and_aws_is_judged_all_the_same(
    world: World, fleet: Fleet, kind: str, words: str
) -> None:
    async with dead_cluster(kind) as (url, ca):
        clusters = tuple(replace(c, endpoint=url, ca=ca) for c in fleet.clusters)
        found = await suffer(replace(fleet, clusters=clusters), world.environ())

    assert words in found.unknown
    assert found.seconds < DEADLINE + SLACK
    # The role was named, so its trust policy was read and found at fault without the cluster.
    assert found.answer.root is not None
    assert found.answer.root.code == CAUSE
    assert "IRSA301" in found.judged


async def test_a_fault_in_one_diagnosis_is_none_in_another_at_the_same_time(
    world: World, fleet: Fleet
) -> None:
    async with dead_cluster("accepts TLS, then hangs") as (url, ca):
        dead = tuple(replace(c, endpoint=url, ca=ca) for c in fleet.clusters)
        sick, well = await asyncio.gather(
            suffer(replace(fleet, clusters=dead), world.environ()),
            suffer(fleet, world.environ()),
        )

    assert "did not answer in time" in sick.unknown
    assert well.unknown == ""
