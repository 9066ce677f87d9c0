"""Who the failure is about: named, found from one clue, or asked."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.case import Case, Question
from diagnostics.evidence import Target
from diagnostics.fleet import Account, Fleet, FleetCluster, Hints, WorkloadRef
from diagnostics.locate.target import locate
from diagnostics.recognize.symptom import Cause
from tests.engine import healthy as h
from tests.engine.fleet_double import DoubleClients, World


async def located(case: Case, world: World | None = None) -> Target | Question:
    return await locate(case, DoubleClients(world or h.healthy()), patience=5.0)


def named(target: Target | Question) -> tuple[str, str, str | None]:
    assert isinstance(target, Target), target
    return target.cluster, target.namespace, target.service_account


async def test_what_is_named_is_taken_without_a_search() -> None:
    world = h.healthy()
    world.refuse("*")

    target = await located(h.case(), world)

    assert named(target) == ("prod-eu", "payments", "api")


async def test_the_role_in_the_error_leads_to_the_service_account_that_carries_it() -> None:
    target = await located(Case(symptom=h.symptom()))

    assert named(target) == ("prod-eu", "payments", "api")
    assert isinstance(target, Target)
    assert "it carries the role from the error" in target.how[-1]
    assert target.role_arn == h.ROLE


async def test_the_issuer_in_the_error_names_the_cluster() -> None:
    symptom = h.symptom(
        Cause.NO_PROVIDER,
        issuer=h.ISSUER,
        role_arn=None,
        namespace="payments",
        service_account="api",
    )

    target = await located(Case(symptom=symptom))

    assert named(target) == ("prod-eu", "payments", "api")
    assert isinstance(target, Target)
    assert "cluster prod-eu has the issuer from the error" in target.how


async def test_a_persons_word_is_stronger_than_the_text_and_the_text_than_the_default() -> None:
    symptom = h.symptom(namespace="payments", service_account="api")
    case = Case(
        symptom=symptom,
        hints=Hints(service_account="other"),
        defaults=Hints(cluster="prod-eu", namespace="elsewhere"),
    )

    assert named(await located(case)) == ("prod-eu", "payments", "other")


async def test_the_roles_trust_policy_names_who_lost_the_annotation() -> None:
    world = h.healthy()
    world.accounts[0] = h.service_account(role_arn=None)

    target = await located(Case(symptom=h.symptom()), world)

    assert named(target) == ("prod-eu", "payments", "api")


async def test_a_controllers_name_leads_to_its_service_account() -> None:
    world = h.healthy()
    world.accounts.append(h.service_account("dns", role_arn=None))
    world.workloads.append(h.deployment("dns", name="external-dns"))
    symptom = h.symptom(role_arn=None, workload="external-dns")

    target = await located(Case(symptom=symptom, defaults=Hints(cluster="prod-eu")), world)

    assert named(target) == ("prod-eu", "payments", "dns")
    assert isinstance(target, Target)
    assert target.workload == WorkloadRef(kind="Deployment", name="external-dns")


async def test_a_pods_name_leads_to_its_workloads_service_account() -> None:
    symptom = h.symptom(role_arn=None, namespace="payments", pod="api-5d8f7c9b6d-zzzzz")

    target = await located(Case(symptom=symptom, defaults=Hints(cluster="prod-eu")))

    assert named(target) == ("prod-eu", "payments", "api")


async def test_a_named_service_account_is_compared_with_the_workload_of_the_text() -> None:
    symptom = h.symptom(workload="api")

    target = await located(h.case(symptom))

    assert isinstance(target, Target)
    assert target.workload == WorkloadRef(kind="Deployment", name="api")


async def test_a_refused_permission_leads_by_its_session_and_not_by_the_next_role() -> None:
    symptom = h.symptom(
        Cause.ROLE_CHAINING,
        role_arn=f"arn:aws:iam::{h.TEAM}:role/next",
        source_role="payments-api",
        account_id=h.SHARED,
    )

    target = await located(Case(symptom=symptom))

    assert named(target) == ("prod-eu", "payments", "api")
    assert isinstance(target, Target)
    assert target.role_arn == h.ROLE


async def test_the_nodes_role_is_nobodys() -> None:
    answer = await located(Case(symptom=h.symptom(Cause.NODE_ROLE)))

    assert isinstance(answer, Question)
    assert answer.known == Hints()


async def test_two_that_fit_equally_are_offered_and_not_guessed() -> None:
    world = h.healthy()
    world.accounts.append(h.service_account(namespace="staging"))
    world.roles.clear()

    answer = await located(Case(symptom=h.symptom()), world)

    assert isinstance(answer, Question)
    assert [(c.target.namespace, c.target.service_account) for c in answer.candidates] == [
        ("payments", "api"),
        ("staging", "api"),
    ]
    assert answer.text == "Several service accounts fit; which one is it?"
    assert answer.missing == ("cluster", "namespace", "service_account")


async def test_a_service_account_that_only_the_trust_policy_knows_is_the_target() -> None:
    world = h.healthy()
    world.accounts = []

    target = await located(Case(symptom=h.symptom()), world)

    assert named(target) == ("prod-eu", "payments", "api")
    assert isinstance(target, Target)
    assert target.how[-1] == "service account that the role's trust policy names"


async def test_the_channels_namespace_settles_a_tie() -> None:
    world = h.healthy()
    world.accounts.append(h.service_account(namespace="staging"))
    world.roles.clear()

    answer = await located(
        Case(symptom=h.symptom(), defaults=Hints(cluster="prod-eu", namespace="staging")), world
    )

    assert named(answer) == ("prod-eu", "staging", "api")


async def test_nothing_to_go_by_asks_for_what_is_missing() -> None:
    answer = await located(Case(symptom=h.symptom(role_arn=None)))

    assert isinstance(answer, Question)
    assert answer.text == "I can't tell which cluster, namespace and service account this is about."
    assert answer.candidates == ()


async def test_an_unknown_cluster_is_answered_with_the_ones_there_are() -> None:
    answer = await located(h.case(cluster="prod-ue"))

    assert isinstance(answer, Question)
    assert answer.text == (
        "Cluster 'prod-ue' is neither in the fleet file nor found by EKS; did you mean prod-eu? "
        "Known: prod-eu, prod-us."
    )
    assert answer.missing == ("cluster",)


async def test_an_empty_fleet_says_so() -> None:
    world = h.healthy()
    world.fleet = Fleet(accounts=(Account(id=h.SHARED, name="shared", read_role=None),))

    answer = await located(Case(symptom=h.symptom()), world)

    assert isinstance(answer, Question)
    assert answer.text == "The fleet file names no cluster yet."


async def test_a_cluster_that_cannot_be_searched_is_named_in_the_question() -> None:
    world = h.healthy()
    world.refuse("list serviceaccounts")

    answer = await located(Case(symptom=h.symptom(), defaults=Hints(cluster="prod-eu")), world)

    assert isinstance(answer, Question)
    assert "Cluster prod-eu could not be searched: AccessDenied" in answer.text


async def test_hostile_names_are_never_put_into_a_request() -> None:
    symptom = h.symptom(
        role_arn=None, namespace="../../kube-system", service_account="a/b?c", workload="x" * 5000
    )

    answer = await located(Case(symptom=symptom))

    assert isinstance(answer, Question)
    assert answer.known == Hints()


async def test_a_fleet_of_many_clusters_is_searched_only_so_far() -> None:
    world = h.healthy()
    more = tuple(
        FleetCluster(name=f"c{n}", account=h.TEAM, region="eu-west-1", eks_name=f"c{n}")
        for n in range(40)
    )
    world.fleet = replace(world.fleet, clusters=(*more, *world.fleet.clusters))

    target = await located(Case(symptom=h.symptom()), world)

    assert named(target) == ("prod-eu", "payments", "api")


TEXT = st.none() | st.text(max_size=80) | st.sampled_from(["api", "payments", "prod-eu", h.ROLE])


@settings(max_examples=150, deadline=None)
@given(
    known=st.fixed_dictionaries(
        dict.fromkeys(
            (
                "role_arn",
                "account_id",
                "region",
                "issuer",
                "namespace",
                "service_account",
                "pod",
                "workload",
                "cluster",
                "source_role",
            ),
            TEXT,
        )
    ),
    hinted=st.fixed_dictionaries(
        dict.fromkeys(("cluster", "namespace", "service_account", "role_arn"), TEXT)
    ),
    cause=st.sampled_from(list(Cause)),
)
async def test_any_text_ends_in_a_target_of_the_fleet_or_in_a_question(
    known: dict[str, str | None], hinted: dict[str, str | None], cause: Cause
) -> None:
    hints = replace(Hints(), **hinted)  # type: ignore[arg-type]

    answer = await located(Case(symptom=h.symptom(cause, **known), hints=hints))

    if isinstance(answer, Target):
        assert answer.cluster in {"prod-eu", "prod-us"}
        for name in (answer.namespace, answer.service_account or "x"):
            assert name.isascii()
            assert "/" not in name
    else:
        assert answer.text
        assert len(answer.candidates) <= 20


async def test_a_lone_weak_candidate_is_offered_and_not_taken() -> None:
    world = h.healthy()
    world.accounts = [h.service_account("dns-for-external-dns", role_arn=None)]

    answer = await located(Case(symptom=h.symptom(role_arn=None, workload="external-dns")), world)

    assert isinstance(answer, Question)
    assert answer.text == "One service account may fit; is this the one?"
    assert answer.candidates[0].reason == "its name holds external-dns"
