"""The way through: fix, check again, order of causes, what cannot be read, deadlines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.case import Case
from diagnostics.checks.catalogue import catalogue
from diagnostics.errors import ReadDenied, Stale, Throttled, Unreachable, WriteDenied
from diagnostics.evidence import RESTARTED_AT, ROLE_ARN, Pods
from diagnostics.explain.order import EXPLAINS, explained, leading
from diagnostics.fix.drive import apply
from diagnostics.fix.plan import AnnotateServiceAccount, RestartWorkload
from diagnostics.fleet import Binding, Hints, WorkloadRef
from diagnostics.iam import parse
from diagnostics.pipeline import diagnose
from diagnostics.recognize.symptom import Cause
from diagnostics.result import Diagnosis, Severity, Status, Verdict
from diagnostics.verify import recheck
from tests.engine import faults
from tests.engine import healthy as h
from tests.engine.diagnosing import codes, diagnosed
from tests.engine.fleet_double import NOON, DoubleClients, DoubleKubernetes

OPERATIONS = (
    "DescribeCluster",
    "GetRole",
    "ListRoles",
    "GetOpenIDConnectProvider",
    "ListOpenIDConnectProviders",
    "get issuer",
    "get serviceaccounts",
    "list serviceaccounts",
    "get workloads",
    "list workloads",
    "list pods",
    "list mutatingwebhookconfigurations",
)


def root(diagnosis: Diagnosis) -> str | None:
    return diagnosis.root.code if diagnosis.root else None


async def test_annotate_then_restart_then_healthy() -> None:
    world = h.healthy()
    faults.annotated(world, None)
    io = DoubleClients(world)

    first = await diagnosed(world, h.case(h.symptom()))
    assert root(first) == "IRSA103"
    annotate = first.fixes[0]
    assert isinstance(annotate, AnnotateServiceAccount)
    assert (annotate.before, annotate.after) == (None, h.ROLE)

    applied = await apply(annotate, io, now=lambda: NOON)
    assert [c.operation for c in applied.calls] == ["patch serviceaccounts"]

    second = await recheck(first, io, now=lambda: NOON)
    assert root(second) == "IRSA201"
    restart = second.fixes[0]
    assert isinstance(restart, RestartWorkload)
    assert (str(restart.ref), restart.pods) == ("deployment/api", 1)

    await apply(restart, io, now=lambda: NOON)
    world.pods = [h.pod()]
    third = await recheck(second, io, now=lambda: NOON)
    assert third.verdict is Verdict.HEALTHY
    assert "has been fixed since" in (third.advice or "")


async def test_a_fix_made_on_an_old_view_writes_nothing() -> None:
    world = h.healthy()
    faults.annotated(world, None)
    diagnosis = await diagnosed(world)
    world.accounts[0] = replace(world.accounts[0], annotations={ROLE_ARN: "somebody else's"})

    with pytest.raises(Stale, match="changed since the diagnosis"):
        await apply(diagnosis.fixes[0], DoubleClients(world), now=lambda: NOON)

    assert world.accounts[0].role_arn == "somebody else's"


async def test_a_fleet_without_a_fix_role_offers_no_button_and_says_why() -> None:
    world = h.healthy()
    faults.annotated(world, None)
    account, other = world.fleet.accounts
    world.fleet = replace(world.fleet, accounts=(replace(account, fix_role=None), other))

    diagnosis = await diagnosed(world)

    assert diagnosis.fixes == ()
    assert diagnosis.fixes_blocked == (
        "Account 111122223333 has no fix_role in the fleet file, so nothing can be changed from here; "
        "add one to get buttons."
    )


async def test_pods_that_are_newer_than_the_text_are_not_blamed_for_it() -> None:
    world = h.healthy()
    faults.annotated(world, None)
    io = DoubleClients(world)
    fell_back = h.case(h.symptom(Cause.NODE_ROLE, role_arn=None))
    first = await diagnosed(world, fell_back)
    assert root(first) == "IRSA103"

    await apply(first.fixes[0], io, now=lambda: NOON)
    world.pods = [h.pod(age=-timedelta(seconds=30))]
    later = NOON + timedelta(minutes=2)
    second = await recheck(first, io, now=lambda: later)
    third = await recheck(second, io, now=lambda: later + timedelta(minutes=2))

    assert second.verdict is Verdict.HEALTHY, second.headline
    assert third.verdict is Verdict.HEALTHY, third.headline


async def test_an_account_without_a_fix_role_refuses() -> None:
    world = h.healthy()
    faults.annotated(world, None)
    diagnosis = await diagnosed(world)
    world.may_write = False

    with pytest.raises(WriteDenied):
        await apply(diagnosis.fixes[0], DoubleClients(world), now=lambda: NOON)


async def test_a_role_that_only_the_text_claims_is_never_offered_as_a_button() -> None:
    world = h.healthy()
    faults.annotated(world, None)
    world.roles.clear()
    foreign = "arn:aws:iam::999999999999:role/evil/$(id)/x"

    diagnosis = await diagnosed(world, h.case(h.symptom(role_arn=foreign)))

    assert root(diagnosis) == "IRSA103"
    assert diagnosis.fixes == ()
    for result in diagnosis.results:
        for command in result.finding.commands if result.finding else ():
            assert "$(id)" not in command.replace(
                "'eks.amazonaws.com/role-arn=" + foreign + "'", ""
            )


async def test_the_fleet_files_binding_says_which_role_to_annotate() -> None:
    world = h.healthy()
    faults.annotated(world, None)
    bound = h.role(h.statement(sub="system:serviceaccount:payments:worker"), name="bound")
    world.roles = {(h.SHARED, "bound"): bound}
    world.fleet = replace(
        world.fleet,
        bindings=(
            Binding(
                cluster="prod-eu", namespace="payments", service_account="api", role_arn=bound.arn
            ),
        ),
    )

    diagnosis = await diagnosed(world)

    fix = diagnosis.fixes[0]
    assert isinstance(fix, AnnotateServiceAccount)
    assert fix.after == bound.arn


async def test_two_roles_that_trust_the_service_account_are_not_guessed_between() -> None:
    world = h.healthy()
    faults.annotated(world, None)
    second = h.role(h.statement(), name="second")
    world.roles[h.SHARED, "second"] = second

    diagnosis = await diagnosed(world)

    assert root(diagnosis) == "IRSA103"
    assert diagnosis.fixes == ()


async def test_a_role_that_was_asked_about_and_is_not_the_annotated_one_is_not_called_healthy() -> (
    None
):
    other = h.ROLE.replace("payments-api", "payments-worker")
    named = f"The service account has {h.ROLE}; {other}, which the error or the question names"

    asked = await diagnosed(h.healthy(), h.case(role_arn=other))
    told = await diagnosed(h.healthy(), h.case(h.symptom(role_arn=other)))
    same = await diagnosed(h.healthy(), h.case(role_arn=h.ROLE))

    assert asked.advice == f"{named}, was not checked."
    assert (told.advice or "").startswith(f"{named}, was not checked. What failed has been fixed")
    assert same.advice is None


async def test_a_missing_provider_leads_over_the_trust_policy() -> None:
    world = h.healthy()
    faults.trust(world, h.statement(sub="system:serviceaccount:payments:worker"))
    world.providers.clear()

    diagnosis = await diagnosed(world, h.case(h.symptom()))

    assert root(diagnosis) == "IRSA301"
    assert "IRSA406" in codes(diagnosis, Status.FAIL)


async def test_a_missing_annotation_leads_unless_the_token_itself_was_refused() -> None:
    world = h.healthy()
    faults.annotated(world, None)
    world.providers.clear()

    plain = await diagnosed(world, h.case(h.symptom()))
    refused = await diagnosed(world, h.case(h.symptom(Cause.TOKEN_NOT_VALIDATED)))

    assert root(plain) == "IRSA103"
    assert root(refused) == "IRSA301"
    assert "IRSA103" in codes(refused, Status.FAIL)


async def test_old_pods_lead_where_the_text_shows_the_nodes_role() -> None:
    world = h.healthy()
    world.pods = [h.pod(None)]
    faults.trust(world, h.statement(aud="vault"))

    refused = await diagnosed(world, h.case(h.symptom()))
    fell_back = await diagnosed(world, h.case(h.symptom(Cause.NODE_ROLE)))

    assert root(refused) == "IRSA408"
    assert root(fell_back) == "IRSA201"


async def test_an_account_outside_the_fleet_is_stated_and_the_rest_is_checked() -> None:
    world = h.healthy()
    faults.annotated(world, "arn:aws:iam::999999999999:role/elsewhere")

    diagnosis = await diagnosed(world)
    by_code = {r.code: r for r in diagnosis.results}

    assert diagnosis.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert "Account 999999999999 is not in the fleet file" in (diagnosis.advice or "")
    assert (
        by_code["IRSA301"].enable
        == 'add `- id: "999999999999"` under `accounts:` in the fleet file'
    )
    assert by_code["IRSA103"].status is Status.PASS


async def test_a_cluster_that_cannot_be_reached_leaves_the_trust_policy_judged() -> None:
    world = h.healthy()
    faults.trust(world, h.statement(sub="system:serviceaccount:staging:api"))
    for operation in OPERATIONS[5:]:
        world.refused[operation] = Unreachable("no route to host", enable="open the network")

    diagnosis = await diagnosed(world, h.case(h.symptom()))

    assert root(diagnosis) == "IRSA405"
    assert {r.reason for r in diagnosis.results if r.code == "IRSA103"} == {"no route to host"}


async def test_the_correction_is_a_diff_that_lets_the_service_account_in() -> None:
    world = h.healthy()
    faults.trust(world, h.statement(sub="system:serviceaccount: payments:api"))

    diagnosis = await diagnosed(world, h.case(h.symptom()))

    assert diagnosis.correction is not None
    removed = [line for line in diagnosis.correction.diff.splitlines() if line.startswith("-  ")]
    assert len(removed) == 1
    assert "system:serviceaccount: payments:api" in removed[0]
    assert h.SUBJECT in diagnosis.correction.policy_json
    corrected = replace(
        world.roles[h.SHARED, "payments-api"],
        trust_text=diagnosis.correction.policy_json,
        trust=parse(diagnosis.correction.policy_json),
    )
    world.roles[h.SHARED, "payments-api"] = corrected
    assert (await diagnosed(world)).verdict is Verdict.HEALTHY


async def test_a_wrong_roles_trust_policy_is_not_corrected() -> None:
    world = h.healthy()
    other = h.role(h.statement(sub="system:serviceaccount:payments:worker"), name="payments-worker")
    world.roles[h.SHARED, other.name] = other
    faults.annotated(world, other.arn)

    diagnosis = await diagnosed(world, h.case(h.symptom(role_arn=other.arn)))

    assert root(diagnosis) == "IRSA104"
    assert diagnosis.correction is None


async def test_a_narrower_policy_is_offered_beside_a_risk() -> None:
    world = h.healthy()
    faults.trust(world, h.statement(aud=None))

    diagnosis = await diagnosed(world)

    assert diagnosis.verdict is Verdict.HEALTHY
    assert diagnosis.correction is None
    assert diagnosis.hardening is not None
    assert ":aud" in diagnosis.hardening.policy_json


async def test_a_trust_policy_that_hangs_on_what_only_sts_sees_is_not_enough_evidence() -> None:
    world = h.healthy()
    whole = h.statement()
    whole["Condition"]["IpAddress"] = {"aws:SourceIp": "10.0.0.0/8"}  # type: ignore[index]
    faults.trust(world, whole)

    diagnosis = await diagnosed(world, h.case(h.symptom()))

    assert diagnosis.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert "aws:SourceIp" in (diagnosis.advice or "")


async def test_a_workload_that_does_not_exist_is_not_called_healthy() -> None:
    case = Case(
        hints=Hints(
            cluster="prod-eu",
            namespace="payments",
            workload=WorkloadRef(kind="Deployment", name="gone"),
        )
    )

    diagnosis = await diagnosed(h.healthy(), case)

    assert diagnosis.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert "There is no deployment/gone in namespace payments" in (diagnosis.advice or "")


async def test_each_read_is_made_once_and_shown_with_every_result_that_rests_on_it() -> None:
    diagnosis = await diagnosed(h.healthy(), h.case(h.symptom()))
    made = [(c.operation, c.resource) for c in diagnosis.calls]

    assert len(made) == len(set(made))
    assert len(made) <= 12
    by_code = {r.code: r for r in diagnosis.results}
    assert "GetRole" in {c.operation for c in by_code["IRSA406"].calls}
    assert "GetRole" in {c.operation for c in by_code["IRSA401"].calls}


async def test_what_does_not_answer_in_time_is_stated_and_the_rest_is_not_held_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def never(_: DoubleKubernetes, namespace: str) -> Pods:
        await asyncio.Event().wait()
        raise AssertionError(namespace)

    monkeypatch.setattr(DoubleKubernetes, "pods", never)
    world = h.healthy()
    faults.trust(world, h.statement(aud="vault"))

    diagnosis = await diagnose(h.case(), DoubleClients(world), now=lambda: NOON, deadline=0.3)

    assert isinstance(diagnosis, Diagnosis)
    assert root(diagnosis) == "IRSA408"
    reasons = {r.reason for r in diagnosis.results if r.code == "IRSA201"}
    assert reasons == {"no answer within 0.3 seconds"}


async def test_progress_is_told_in_words() -> None:
    said: list[str] = []

    await diagnose(h.case(), DoubleClients(h.healthy()), now=lambda: NOON, progress=said.append)

    assert said[0] == "finding the service account"
    assert "reading oidc provider" in said


async def test_a_rollout_under_way_is_waited_for_and_a_stuck_one_is_restarted_again() -> None:
    world = h.healthy()
    world.pods = [h.pod(None, age=timedelta(hours=5))]

    async def after(minutes: int) -> Diagnosis:
        at = (NOON - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
        template = replace(h.deployment().template, annotations={RESTARTED_AT: at})
        world.workloads = [h.deployment(template=template)]
        return await diagnosed(world)

    soon, late = await after(1), await after(30)

    assert soon.fixes == ()
    assert soon.root is not None
    assert soon.root.finding is not None
    assert soon.root.finding.next == "Wait for the rollout to replace them, then check again."
    assert soon.root.finding.commands == ("kubectl -n payments rollout status deployment/api",)
    assert [f.summary for f in late.fixes] == ["Restart pods"]
    assert late.root is not None
    assert late.root.finding is not None
    assert late.root.finding.note == ("A restart at 11:30:00 UTC has not replaced this pod yet.")


async def test_a_job_that_outlived_the_annotation_has_no_button_but_a_command() -> None:
    world = h.healthy()
    bare = h.pod(None, age=timedelta(hours=5))
    world.pods = [replace(bare, owner=WorkloadRef(kind="Job", name="backup"))]

    diagnosis = await diagnosed(world)

    assert root(diagnosis) == "IRSA201"
    assert diagnosis.fixes == ()
    assert diagnosis.root is not None
    assert diagnosis.root.finding is not None
    assert diagnosis.root.finding.commands == (
        "kubectl -n payments delete pod api-5d8f7c9b6d-x2x7k",
    )


async def test_an_audience_that_is_to_go_is_not_let_in_by_a_corrected_policy_too() -> None:
    world = h.healthy()
    fault = next(f for f in faults.FAULTS if f.code == "IRSA108")
    fault.break_it(world)

    diagnosis = await diagnosed(world, fault.case)

    assert root(diagnosis) == "IRSA108"
    assert diagnosis.correction is None
    assert [fix.summary for fix in diagnosis.fixes] == ["Remove annotation", "Remove and restart"]


async def test_pods_that_cannot_be_read_are_not_called_healthy() -> None:
    world = h.healthy()
    world.refuse("list pods")

    diagnosis = await diagnosed(world, h.case(h.symptom()))

    assert diagnosis.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert "not authorized to perform list pods" in (diagnosis.advice or "")


@pytest.mark.parametrize("cause", [None, *Cause])
def test_every_cause_has_its_place_in_the_order(cause: Cause | None) -> None:
    known = {c.code for c in catalogue()}
    causes = {c.code for c in catalogue() if c.severity is Severity.CAUSE}
    order = leading(h.symptom(cause) if cause else None)

    assert len(order) == len(set(order))
    assert causes <= set(order) <= known
    assert {f"IRSA{code}" for pair in EXPLAINS.items() for code in (pair[0], *pair[1])} <= known


def test_no_two_faults_follow_from_each_other() -> None:
    everything = frozenset(f"IRSA{code}" for code in EXPLAINS) | {
        f"IRSA{code}" for codes_ in EXPLAINS.values() for code in codes_
    }
    follows = explained(everything)

    for code in follows:
        seen, at = {code}, code
        while at in follows:
            at = follows[at]
            assert at not in seen, f"{code} follows from itself by way of {at}"
            seen.add(at)


ERRORS = st.sampled_from(
    [
        ReadDenied("AccessDenied", enable="allow it"),
        Unreachable("timed out", enable="open the network"),
        Throttled("rate exceeded", enable="wait"),
        ValueError("the client broke its contract"),
    ]
)


@settings(max_examples=120, deadline=None)
@given(
    refused=st.dictionaries(st.sampled_from(OPERATIONS), ERRORS),
    fault=st.sampled_from(faults.FAULTS),
    second=st.sampled_from(faults.FAULTS),
    cause=st.none() | st.sampled_from(list(Cause)),
)
async def test_whatever_cannot_be_read_the_answer_is_a_diagnosis_and_never_a_false_health(
    refused: dict[str, Exception], fault: faults.Fault, second: faults.Fault, cause: Cause | None
) -> None:
    world = h.healthy()
    fault.break_it(world)
    second.break_it(world)
    world.refused.update(refused)  # type: ignore[arg-type]

    diagnosis = await diagnosed(world, h.case(h.symptom(cause) if cause else None))

    for result in diagnosis.results:
        assert "in the check" not in (result.reason or ""), result
        assert (result.follows_from is None) or result.status is Status.FAIL
    failing = [
        r for r in diagnosis.results if r.status is Status.FAIL and r.severity is Severity.CAUSE
    ]
    assert (diagnosis.root in failing) if failing else (diagnosis.root is None)
    assert (diagnosis.verdict is Verdict.CAUSE_FOUND) == bool(failing)
    if "GetRole" in refused and not failing:
        assert diagnosis.verdict is Verdict.NOT_ENOUGH_EVIDENCE
