"""Each clue alone points to the one service account that it fits, and says so; a weak one is asked about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from diagnostics.case import Case, Question
from diagnostics.evidence import ServiceAccount, Target, Workload
from diagnostics.fleet import Hints
from diagnostics.locate.target import locate
from tests.engine import healthy as h
from tests.engine.fleet_double import DoubleClients

if TYPE_CHECKING:
    from diagnostics.evidence import IamRole

OTHERS = (
    h.service_account("default", role_arn=None),
    h.service_account("worker", role_arn=None),
    h.service_account("worker", "elsewhere", role_arn=None),
)
"""Service accounts that no clue fits."""

BARE = h.service_account(role_arn=None)
ELSEWHERE = f"arn:aws:iam::{h.TEAM}:role/payments-api"
LABEL = {"app.kubernetes.io/name": "ledger"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """What is there beside the others, and what the text names."""

    account: ServiceAccount = BARE
    workload: Workload | None = None
    role: IamRole | None = None
    text: dict[str, Any] = field(default_factory=dict)
    taken: bool = True
    """Whether it is enough to diagnose at once; else the bot asks whether this is the one."""


def trusting(subject: str) -> IamRole:
    return h.role(h.statement(sub=subject))


CLUES = {
    "it has the name": Clue(text={"role_arn": None, "service_account": "api"}),
    "it carries the role from the error": Clue(account=h.service_account()),
    "it carries a role of the same name as the error's": Clue(
        account=h.service_account(role_arn=ELSEWHERE)
    ),
    "the role from the error trusts it": Clue(role=trusting(h.SUBJECT)),
    "the role from the error means to trust it": Clue(
        role=trusting("system:serviceaccount: payments:API")
    ),
    "the role from the error trusts one of this name": Clue(
        role=trusting("system:serviceaccount:staging:api"), taken=False
    ),
    "its name is in that of the role from the error": Clue(taken=False),
    "it has the name of api": Clue(text={"role_arn": None, "workload": "api"}),
    "it is labelled ledger": Clue(
        account=replace(BARE, labels=LABEL), text={"role_arn": None, "workload": "ledger"}
    ),
    "its name holds ledger": Clue(
        account=h.service_account("the-ledger-api", role_arn=None),
        text={"role_arn": None, "workload": "ledger"},
        taken=False,
    ),
    "deployment ledger runs as it": Clue(
        workload=h.deployment(name="ledger"), text={"role_arn": None, "workload": "ledger"}
    ),
    "deployment api, labelled ledger, runs as it": Clue(
        workload=replace(h.deployment(), labels=LABEL),
        text={"role_arn": None, "workload": "ledger"},
    ),
    "the pod's name is that of deployment ledger": Clue(
        workload=h.deployment(name="ledger"),
        text={"role_arn": None, "pod": "ledger-5d8f7c9b6d-abcde"},
    ),
}


async def located(clue: Clue) -> Target | Question:
    world = h.healthy()
    world.accounts = [*OTHERS, clue.account]
    world.workloads = [clue.workload] if clue.workload else []
    world.pods = []
    if clue.role is None:
        world.roles.clear()
    else:
        world.roles = {(h.SHARED, clue.role.name): clue.role}
    case = Case(symptom=h.symptom(**clue.text), defaults=Hints(cluster="prod-eu"))
    return await locate(case, DoubleClients(world), patience=5.0)


@pytest.mark.parametrize("reason", CLUES)
async def test_a_clue_points_to_the_one_service_account_that_it_fits(reason: str) -> None:
    clue = CLUES[reason]

    answer = await located(clue)

    if clue.taken:
        assert isinstance(answer, Target), answer
        found, why = answer, answer.how[-1]
    else:
        assert isinstance(answer, Question), answer
        found, why = answer.candidates[0].target, answer.candidates[0].reason
    assert (found.namespace, found.service_account) == ("payments", clue.account.name)
    assert reason in str(why)


async def test_a_workload_of_the_named_accounts_name_is_no_second_reason() -> None:
    text = {"role_arn": None, "service_account": "api", "workload": "api"}

    answer = await located(Clue(text=text))

    assert isinstance(answer, Target)
    assert answer.how[-1] == "service account payments/api: it has the name"


@pytest.mark.parametrize("name", ["default", "api"])
async def test_the_name_of_every_namespaces_own_account_says_nothing_of_a_role(name: str) -> None:
    """`default` is in many role names and in every namespace."""
    role = f"arn:aws:iam::{h.SHARED}:role/{name}-access"
    clue = Clue(account=h.service_account(name, role_arn=None), text={"role_arn": role})

    answer = await located(clue)

    assert isinstance(answer, Question)
    named = [one.target.service_account for one in answer.candidates]
    assert named == ([] if name == "default" else [name])
