"""What the bot calls in every scenario is what the ready-made policies and RBAC grant: not more, not less."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from aiohttp import web

from bot.clients import Limits, build_clients
from bot.fleet_file import load
from bot.preflight import needs
from bot.sweep import FleetSweepReader
from diagnostics.case import Case, Question
from diagnostics.checks.catalogue import catalogue
from diagnostics.errors import Stale
from diagnostics.fix.drive import apply
from diagnostics.fix.plan import RestartWorkload
from diagnostics.fix.provider_plan import SetClientIds, SetProvider
from diagnostics.fleet import Fleet, FleetCluster, Hints, WorkloadRef
from diagnostics.pipeline import diagnose
from diagnostics.recognize import recognize
from diagnostics.sweep import sweep
from sandbox.kube.access import CLUSTER_ROLES, FIXERS, PROVERS, READERS
from sandbox.world import World
from sandbox.world.blueprint import paste_of
from sandbox.world.landscape import FIX_ROLE, PAYMENTS, PROOF_ROLE, READ_ROLE
from tests.clients.faulty import serving
from tests.deploy.manifests import FOLDERS, granted, objects, rules
from tests.deploy.recorded import Recorded, record_into
from tests.deploy.templates import DEPLOY, Stack, listed, statements
from tests.deploy.terraform import Module

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.clients import FleetClients
    from diagnostics.fix.plan import Fix

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

BOT = "arn:aws:iam::999988887777:role/irsa-doctor-bot"
NO_CALLS = {"iam:TagOpenIDConnectProvider"}
"""Needed, and no call of ours: IAM asks for it where something is created with tags.

Source: IAM API reference, CreateOpenIDConnectProvider, `Tags`.
"""
KINDS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod")
DEFAULTS = {
    "oncall": Hints(cluster="prod-eu"),
    "payments": Hints(cluster="prod-eu", namespace="payments"),
}
NOWHERE = (
    "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to "
    "perform sts:AssumeRoleWithWebIdentity on arn:aws:iam::222233334444:role/unheard-of "
    "(request id: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0)"
)


def now() -> datetime:
    return datetime.now(UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recorded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Recorded]:
    """Everything that the bot calls: each scenario in up to three ways, each kind of fix by a process just started."""
    calls = Recorded()
    with pytest.MonkeyPatch.context() as monkeypatch:
        async with World() as world:
            file = tmp_path_factory.mktemp("fleet") / "fleet.yaml"
            world.fleet_yaml(file)
            # From here on: what the world itself asks for is not the bot's.
            record_into(calls, monkeypatch)
            await _everything(world, file)
    yield calls


async def _everything(world: World, file: Path) -> None:
    fleet = load(file).fleet
    accounts = (replace(a, allow_trust_policy_fix=a.fix_role is not None) for a in fleet.accounts)
    fleet = replace(fleet, accounts=tuple(accounts))
    limits = Limits(trail_pause=0.01)
    applied: set[type] = set()
    async with build_clients(fleet, world.environ(), limits=limits) as io:
        for number, scenario in enumerate(world.scenarios):
            where = scenario.where
            (symptom, *_) = recognize(paste_of(scenario))
            ref = WorkloadRef(kind=where.workload.kind, name=where.workload.name)
            named = Hints(cluster=where.cluster, namespace=where.namespace, workload=ref)
            cases = [Case(symptom=symptom, defaults=DEFAULTS[scenario.channel])]
            if number % 8 == 0:
                cases += [Case(symptom=symptom), Case(hints=named)]
            for case in cases:
                answer = await diagnose(case, io, now=now)
                if isinstance(answer, Question):
                    continue
                for fix in answer.fixes:
                    if type(fix) in applied:
                        await _applied(fix, io)
                        continue
                    applied.add(type(fix))
                    async with build_clients(fleet, world.environ()) as fresh:
                        await _applied(fix, fresh)
        await _named_workloads(io)
        await _nobody_knows_who(io)
        await _a_daemon_set_is_restarted(world, io)
        await _an_event_is_left(world, io)
        for cluster in fleet.clusters[:2]:
            await io.clusters_in(cluster.account, cluster.region)
        await io.members()
        await sweep(FleetSweepReader(io), now=now)
        await io.aws(PAYMENTS.id).trust_changes("payments-api", now() - timedelta(minutes=5), now())
        await io.organization().control_policies(PAYMENTS.id)
        await io.kubernetes("prod-eu").signing_keys()
    await _logins(fleet, world)
    async with build_clients(_beside_eks(fleet, world), world.environ()) as io:
        hints = Hints(cluster="own", namespace="payments", service_account="api")
        await diagnose(Case(hints=hints), io, now=now)


async def _applied(fix: Fix, io: FleetClients) -> None:
    # Two plans may make the same change; the second looks, and finds it made.
    with suppress(Stale):
        await apply(fix, io, now=now)
        if isinstance(fix, SetClientIds | SetProvider):
            # And back; what is made anew is as it was for the scenarios that follow.
            await apply(fix.undo(), io, now=now)


async def _named_workloads(io: FleetClients) -> None:
    for kind in KINDS:
        ref = WorkloadRef(kind=kind, name="named-by-a-person")
        hints = Hints(cluster="prod-eu", namespace="payments", workload=ref)
        await diagnose(Case(hints=hints), io, now=now)


async def _nobody_knows_who(io: FleetClients) -> None:
    (symptom, *_) = recognize(NOWHERE)
    assert isinstance(await diagnose(Case(symptom=symptom), io, now=now), Question)


async def _a_daemon_set_is_restarted(world: World, io: FleetClients) -> None:
    for cluster in world.clusters:
        found = await world.kubectl_get(cluster.name, "/apis/apps/v1/daemonsets")
        for one in found["items"]:
            fix = RestartWorkload(
                cluster=cluster.name,
                namespace=one["metadata"]["namespace"],
                ref=WorkloadRef(kind="DaemonSet", name=one["metadata"]["name"]),
                uid=one["metadata"]["uid"],
                pods=1,
            )
            await apply(fix, io, now=now)
            return
    pytest.fail("no scenario has a daemon set")


async def _an_event_is_left(world: World, io: FleetClients) -> None:
    (account, *_) = (await world.kubectl_get("prod-eu", "/api/v1/serviceaccounts"))["items"]
    await io.kubernetes_writer("prod-eu").leave_event(
        namespace=account["metadata"]["namespace"],
        kind="ServiceAccount",
        name=account["metadata"]["name"],
        uid=account["metadata"]["uid"],
        message="Set the annotation; approved in Slack by U0OMAR0001; incident 5f0c27ab",
        at=now(),
    )


async def _logins(fleet: Fleet, world: World) -> None:
    """Identity provider configurations, which moto does not have."""

    async def handler(request: web.Request) -> web.StreamResponse:
        config = {"type": "oidc", "name": "people"}
        if request.path.endswith("/describe"):
            oidc = {"issuerUrl": "https://login.example.com"}
            return web.json_response({"identityProviderConfig": {"oidc": oidc}})
        return web.json_response({"identityProviderConfigs": [config]})

    async with serving(handler) as url:
        environ = {**world.environ(), "AWS_ENDPOINT_URL_EKS": url}
        async with build_clients(fleet, environ) as io:
            entry = fleet.cluster("prod-eu")
            found = await io.aws(entry.account).login_issuers(entry)
            assert found.urls == ("https://login.example.com",)


def _beside_eks(fleet: Fleet, world: World) -> Fleet:
    """A cluster that EKS does not run: its API server says who the issuer is."""
    url, ca = world.endpoint("prod-eu")
    sound = fleet.cluster("prod-eu")
    own = FleetCluster(
        name="own",
        account=sound.account,
        region="eu-south-1",
        eks_name=sound.eks_name,
        endpoint=url,
        ca=ca,
    )
    return replace(fleet, clusters=(own,))


async def test_nothing_is_called_past_what_is_accounted_for(recorded: Recorded) -> None:
    assert recorded.on_the_wire == {action for _, action, _ in recorded.aws}
    assert recorded.requests == recorded.answered > 0


async def test_the_read_role_may_do_in_aws_what_diagnosis_does(recorded: Recorded) -> None:
    assert recorded.actions_of(READ_ROLE) == {a.name for a in needs.READ_ACTIONS}
    assert recorded.actions_of(READ_ROLE) == _actions(_member().resource("Reader"))
    assert recorded.actions_of(READ_ROLE) == _terraform("read")
    _all_allowed(recorded, READ_ROLE, _member().resource("Reader"))


async def test_the_fix_role_may_do_in_aws_what_fixes_do(recorded: Recorded) -> None:
    needed = {a.name for a in (*needs.FIX_ACTIONS, *needs.TRUST_ACTIONS, *needs.PROVIDER_ACTIONS)}
    assert recorded.actions_of(FIX_ROLE) | NO_CALLS == needed
    assert needed == _actions(_member().resource("Fixer"))
    _all_allowed(recorded, FIX_ROLE, _member().resource("Fixer"))


async def test_without_the_opt_ins_the_fix_role_may_find_clusters_and_nothing_else() -> None:
    plain = Stack("member-roles.yaml", BotRoleArn=BOT, ExternalId="example", FixRole="yes")

    assert _actions(plain.resource("Fixer")) == {a.name for a in needs.FIX_ACTIONS}
    assert _terraform("fix") == {a.name for a in needs.FIX_ACTIONS}


async def test_the_proof_role_calls_nothing_in_aws_that_is_signed(recorded: Recorded) -> None:
    assert recorded.actions_of(PROOF_ROLE) == set()
    assert "Policies" not in _member().resource("Prover")


async def test_the_proof_rbac_is_what_proofs_do(recorded: Recorded) -> None:
    needed = _needed((*needs.PROOF_RULES, *needs.PROOF_POD_RULES))
    assert recorded.rules_of("prove") == granted(rules("prove", "prove-pod")) == needed


@pytest.mark.parametrize("template", ["bot-role.yaml", "hub-role.yaml"])
async def test_the_bots_own_role_may_assume_roles_and_nothing_else(
    recorded: Recorded, template: str
) -> None:
    if template == "bot-role.yaml":
        stack = Stack(
            template,
            Identity="IRSA",
            Issuer="oidc.eks.eu-west-1.amazonaws.com/id/A1",
            ProofRoleName=PROOF_ROLE,
        )
        document = stack.resource("AssumeMemberRoles")["PolicyDocument"]
    else:
        stack = Stack(template, BotRoleArn=BOT, ExternalId="hub", ProofRoleName=PROOF_ROLE)
        document = stack.resource("HubRole")["Policies"][0]["PolicyDocument"]
    organization = {action.name for action in needs.ORGANIZATION_ACTIONS}
    assert recorded.actions_of("bot") - organization == {"sts:AssumeRole"}
    (statement,) = document["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    for who, action, resource in recorded.aws:
        if (who, action) == ("bot", "sts:AssumeRole"):
            assert any(_covers(pattern, resource) for pattern in statement["Resource"]), resource


async def test_the_bots_own_role_may_read_control_policies_only_where_that_is_wanted(
    recorded: Recorded,
) -> None:
    asked = {"Identity": "IRSA", "Issuer": "oidc.eks.eu-west-1.amazonaws.com/id/A1"}
    wanted = Stack("bot-role.yaml", **asked, ControlPolicies="yes").resource("ReadControlPolicies")
    (statement,) = wanted["PolicyDocument"]["Statement"]

    assert Stack("bot-role.yaml", **asked).resource("ReadControlPolicies") is None
    assert recorded.actions_of("bot") - {"sts:AssumeRole"} == set(statement["Action"])
    assert {a.name for a in needs.ORGANIZATION_ACTIONS} == set(statement["Action"])


async def test_the_read_rbac_is_what_diagnosis_reads(recorded: Recorded) -> None:
    assert recorded.rules_of("read") == granted(rules("read")) == _needed(needs.READ_RULES)


async def test_the_fix_rbac_is_what_fixes_write(recorded: Recorded) -> None:
    needed = _needed((*needs.FIX_RULES, *needs.EVENT_RULES))
    for folder in ("fix", "fix-namespaces"):
        assert recorded.rules_of("fix") == granted(rules(folder, "fix-events")) == needed
        assert granted(rules(folder)) == _needed(needs.FIX_RULES), "events are an opt-in"


async def test_the_embedded_world_allows_what_the_deployed_rbac_does() -> None:
    """So every test in that world runs under the deployed rules."""
    assert granted(CLUSTER_ROLES[READERS]) == granted(rules("read"))
    assert granted(CLUSTER_ROLES[FIXERS]) == granted(rules("fix", "fix-events"))
    assert granted(CLUSTER_ROLES[PROVERS]) == granted(rules("prove", "prove-pod"))
    groups = (needs.READ_GROUP, needs.FIX_GROUP, needs.PROVE_GROUP)
    assert groups == (READERS, FIXERS, PROVERS)


@pytest.mark.parametrize(
    "folder", [f for f in FOLDERS if f.startswith(("read", "fix", "prove")) and f != "fix-guard"]
)
async def test_every_role_is_bound_to_the_one_group(folder: str) -> None:
    found = objects(folder)
    roles = {o["metadata"]["name"] for o in found if o["kind"] == "ClusterRole"}
    bindings = [o for o in found if o["kind"].endswith("RoleBinding")]

    assert {b["roleRef"]["name"] for b in bindings} == roles
    kind = folder.partition("-")[0]
    group = {"read": needs.READ_GROUP, "fix": needs.FIX_GROUP, "prove": needs.PROVE_GROUP}[kind]
    assert [s["name"] for b in bindings for s in b["subjects"]] == [group] * len(bindings)


async def test_the_comments_name_checks_that_exist() -> None:
    known = {check.code for check in catalogue()}
    for path in (*DEPLOY.rglob("*.yaml"), *DEPLOY.rglob("*.tf")):
        for first, last in re.findall(r"(IRSA\d{3})(?:-(\d{3}))?", path.read_text()):
            assert first in known, f"{path}: {first}"
            assert not last or f"IRSA{last}" in known, f"{path}: {last}"


def _member() -> Stack:
    """Everything is turned on, as in the embedded world."""
    return Stack(
        "member-roles.yaml",
        BotRoleArn=BOT,
        ExternalId="example",
        FixRole="yes",
        TrustPolicyPath="/",
        ProviderFixes="yes",
        ProofRole="yes",
    )


def _needed(rules: tuple[needs.Rule, ...]) -> set[tuple[str, str | None, str]]:
    return {(verb, rule.group, rule.resource) for rule in rules for verb in rule.verbs}


def _actions(role: Any) -> set[str]:
    found = [s for s in statements(role["Policies"]) if s["Effect"] == "Allow"]
    return {action for s in found for action in listed(s["Action"])}


def _terraform(name: str) -> set[str]:
    """The actions that a policy of the Terraform module allows."""
    module = Module("member", bot_role_arn=BOT, external_id="example", fix_role=True)
    policy = json.loads(module.resources("aws_iam_role_policy")[name]["policy"])
    return {action for s in policy["Statement"] for action in listed(s["Action"])}


def _all_allowed(recorded: Recorded, who: str, role: Any) -> None:
    for actor, action, resource in recorded.aws:
        if actor == who and action != "sts:GetCallerIdentity":
            assert any(
                action in listed(s["Action"])
                and any(_covers(pattern, resource) for pattern in listed(s["Resource"]))
                for s in statements(role["Policies"])
                if s["Effect"] == "Allow"
            ), f"{action} on {resource}"


def _covers(pattern: str, resource: str) -> bool:
    # Whatever account of the world it is, in whatever partition, its own stack grants it.
    anywhere = re.sub(r":\d{12}:", ":*:", pattern).replace("arn:aws:", "arn:aws*:", 1)
    return fnmatchcase(resource, anywhere)
