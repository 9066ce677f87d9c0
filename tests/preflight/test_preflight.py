"""`irsa preflight` in the embedded world: sound, and with each thing broken that a platform team gets wrong."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import pytest_asyncio
import yaml
from rich.console import Console
from typer.testing import CliRunner

from bot.__main__ import app
from bot.fleet_file import Approver, FleetFile, load
from bot.inventory.merge import with_seen
from bot.inventory.records import SeenCluster
from bot.preflight import needs
from bot.preflight.attempts import ACTIONS
from bot.preflight.document import report_of
from bot.preflight.found import listed_now
from bot.preflight.outcome import Check, Outcome, Place, State
from bot.preflight.terminal import terminal
from bot.preflight.walk import bounded, preflight
from bot.preflight.walker import Walker, walker_of
from diagnostics.fleet import Hub
from sandbox.kube.access import CLUSTER_ROLES, FIXERS, PROVERS, READERS
from sandbox.world import World
from tests.conftest import ROOT
from tests.deploy.templates import Stack, listed, statements
from tests.preflight.gate import gate
from tests.preflight.patient import PATIENT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAYMENTS = "222233334444"
FOUND = "payments/eu-west-1/prod"
READ = f"arn:aws:iam::{PAYMENTS}:role/irsa-doctor-read"
FIX = f"arn:aws:iam::{PAYMENTS}:role/irsa-doctor-fix"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with World(clusters=["prod-eu"]) as running:
        yield running


@pytest.fixture
def file(world: World, tmp_path: Path) -> FleetFile:
    """The fleet of the world, less the accounts that the cluster is not in."""
    path = tmp_path / "fleet.yaml"
    world.fleet_yaml(path)
    found = load(path)
    accounts = tuple(a for a in found.fleet.accounts if a.id == PAYMENTS)
    return replace(found, fleet=replace(found.fleet, accounts=accounts, organization=False))


def with_account(file: FleetFile, **changes: Any) -> FleetFile:
    (account,) = file.fleet.accounts
    return replace(file, fleet=replace(file.fleet, accounts=(replace(account, **changes),)))


def with_cluster(file: FleetFile, **changes: Any) -> FleetFile:
    (cluster,) = file.fleet.clusters
    return replace(file, fleet=replace(file.fleet, clusters=(replace(cluster, **changes),)))


async def outcome_of(file: FleetFile, environ: dict[str, str]) -> tuple[Place, Place]:
    account, cluster = (await preflight(file, environ, limits=PATIENT)).places
    return account, cluster


def behind(world: World, url: str, *services: str) -> dict[str, str]:
    """The world's environment with some services, or all, behind a gate."""
    environ = world.environ()
    if not services:
        return {**environ, "AWS_ENDPOINT_URL": url}
    return {**environ, **{f"AWS_ENDPOINT_URL_{service}": url for service in services}}


def troubles(place: Place) -> dict[str, Check]:
    return {check.what: check for check in place.troubles}


async def test_a_sound_fleet_works_and_nothing_is_written(world: World, file: FleetFile) -> None:
    server: Any = world._servers["prod-eu"]
    server.api.requests.clear()
    seen: list[tuple[str, int, int]] = []

    outcome = await preflight(
        file, world.environ(), limits=PATIENT, progress=lambda *told: seen.append(told)
    )

    assert [place.troubles for place in outcome.places] == [(), ()]
    assert outcome.works
    assert {r for r in server.api.requests if not r.startswith("GET")} == {
        "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    }
    assert [told[1:] for told in seen] == [(1, 2), (2, 2)]
    whats = {check.what for place in outcome.places for check in place.checks}
    assert {action.name for action in needs.READ_ACTIONS} <= whats
    assert {f"{v} {r.resource}" for r in needs.READ_RULES for v in r.verbs} <= whats
    fixes = (*needs.FIX_RULES, *needs.EVENT_RULES)
    assert {f"{v} {r.resource} (fix role)" for r in fixes for v in r.verbs} <= whats


async def test_every_needed_action_can_be_tried() -> None:
    assert {a.name for a in (*needs.READ_ACTIONS, *needs.FIX_ACTIONS)} == ACTIONS


@pytest.mark.parametrize("action", [a.name for a in needs.READ_ACTIONS])
async def test_an_action_that_is_not_allowed_is_named_with_the_statement_that_allows_it(
    world: World, file: FleetFile, action: str
) -> None:
    services = ("CLOUDTRAIL",) if action.startswith("cloudtrail:") else ("IAM", "EKS")
    async with gate(world.environ()["AWS_ENDPOINT_URL"], {action}) as url:
        account, cluster = await outcome_of(file, behind(world, url, *services))

    check = next(c for c in account.checks if c.what == action)
    optional = next(a.optional for a in needs.READ_ACTIONS if a.name == action)
    assert check.state is (State.OPTIONAL if optional else State.MISSING)
    assert action in (check.why or "")
    assert f"allow {action}" in (check.enable or "")
    assert READ in (check.enable or "")
    assert account.works is optional, account.troubles
    if not optional:
        (statement,) = json.loads(account.remedies[0].text)["Statement"]
        assert account.remedies[0].title == f"Policy of {READ}"
        assert (statement["Effect"], statement["Action"]) == ("Allow", [action])
        assert statement["Resource"] in _deployed(action)
    assert cluster.works is (action != "eks:DescribeCluster")


def _deployed(action: str) -> list[str]:
    """The resources on which the ready-made policy allows an action."""
    stack = Stack("member-roles.yaml", BotRoleArn="arn:aws:iam::1:role/b", ExternalId="example")
    found = statements(stack.resource("Reader")["Policies"])
    return [r for s in found if action in listed(s["Action"]) for r in listed(s["Resource"])]


async def test_a_role_that_refuses_is_told_with_both_sides_of_the_trust(
    world: World, file: FleetFile
) -> None:
    file = with_account(file, external_id="of-payments")
    async with gate(world.environ()["AWS_ENDPOINT_URL"], {f"sts:AssumeRole {FIX}"}) as url:
        account, _ = await outcome_of(file, behind(world, url))

    assert list(troubles(account)) == [f"assume {FIX}"]
    trust, allowed = account.remedies
    assert trust.title == f"Trust policy of {FIX}"
    (statement,) = json.loads(trust.text)["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "of-payments"}}
    assert statement["Principal"]["AWS"].startswith("arn:aws:")
    assert statement["Principal"]["AWS"] in allowed.title
    assert json.loads(allowed.text)["Statement"][0]["Resource"] == FIX
    skipped = [c.what for c in account.checks if c.why == "the fix role can't be assumed"]
    assert skipped == ["eks:DescribeCluster"]


@pytest.mark.parametrize(
    ("turned_on", "actions"),
    [
        ({}, set()),
        ({"allow_trust_policy_fix": True}, {a.name for a in needs.TRUST_ACTIONS}),
        ({"allow_provider_fix": True}, {a.name for a in needs.PROVIDER_ACTIONS}),
    ],
)
async def test_writes_in_aws_are_named_where_they_are_turned_on_and_never_tried(
    world: World, file: FleetFile, turned_on: dict[str, bool], actions: set[str]
) -> None:
    off = {"allow_trust_policy_fix": False, "allow_provider_fix": False}
    account, _ = await outcome_of(with_account(file, **{**off, **turned_on}), world.environ())

    skipped = [c for c in account.checks if c.state is State.SKIPPED]
    assert {c.what for c in skipped} == {f"{action} (fix role)" for action in actions}
    assert all("only a write could show it" in (c.why or "") for c in skipped)
    assert account.works


async def test_proofs_are_checked_where_the_cluster_turns_them_on(
    world: World, file: FleetFile
) -> None:
    asked = {"create serviceaccounts/token (proof role)", "create pods (proof role)"}
    expected = {
        (False, False): set(),
        (True, False): {"create serviceaccounts/token (proof role)"},
        (True, True): asked,
    }
    for (proof, pod), checks in expected.items():
        place = with_cluster(file, proof=proof, proof_pod=pod)
        _, cluster = await outcome_of(place, world.environ())

        assert cluster.works, cluster.troubles
        assert {c.what for c in cluster.checks if c.what in asked} == checks


@pytest.mark.parametrize("refused", ["hub", "member"])
async def test_through_a_hub_the_side_that_refuses_is_named(
    world: World, file: FleetFile, refused: str
) -> None:
    hub = "arn:aws:iam::333344445555:role/irsa-doctor-hub"
    file = replace(file, fleet=replace(file.fleet, hub=Hub(role=hub, external_id="of-the-hub")))
    denied = f"sts:AssumeRole {hub if refused == 'hub' else READ}"
    async with gate(world.environ()["AWS_ENDPOINT_URL"], {denied}) as url:
        account, _ = await outcome_of(file, behind(world, url))

    trust = account.remedies[0]
    (statement,) = json.loads(trust.text)["Statement"]
    if refused == "hub":
        assert trust.title == f"Trust policy of {hub}"
        assert statement["Condition"]["StringEquals"]["sts:ExternalId"] == "of-the-hub"
    else:
        assert trust.title == f"Trust policy of {READ}"
        assert statement["Principal"] == {"AWS": hub}


async def test_the_organization_is_tried_where_the_fleet_file_says_so(
    world: World, file: FleetFile
) -> None:
    file = replace(file, fleet=replace(file.fleet, organization=True))
    denied = {"organizations:ListParents"}
    async with gate(world.environ()["AWS_ENDPOINT_URL"], denied) as url:
        environ = behind(world, url, "ORGANIZATIONS")
        *_, sound = (await preflight(file, world.environ(), limits=PATIENT)).places
        *_, broken = (await preflight(file, environ, limits=PATIENT)).places

    assert (sound.kind, sound.works) == ("organization", True)
    assert set(troubles(broken)) == denied
    assert '"organizations:ListParents"' in broken.remedies[0].text


async def test_credentials_that_are_missing_stop_nothing_else(
    world: World, file: FleetFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {k: v for k, v in world.environ().items() if "KEY" not in k}
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    account, cluster = await outcome_of(file, environ)

    assert "no AWS credentials of its own" in (account.troubles[0].why or "")
    assert account.troubles[0].state is State.NO_ANSWER
    assert not cluster.works


async def test_a_cluster_that_does_not_know_the_role_is_told_with_its_access_entry(
    world: World, file: FleetFile
) -> None:
    stranger = f"arn:aws:iam::{PAYMENTS}:role/team/reader-of-another-name"
    account, cluster = await outcome_of(with_account(file, read_role=stranger), world.environ())

    assert account.works
    (check,) = cluster.troubles
    assert check.what == "reach the API server and log in"
    assert f"does not know {stranger}" in (check.why or "")
    entry, mapped = cluster.remedies
    assert entry.text == (
        "aws eks create-access-entry --cluster-name prod --region eu-west-1 "
        f"--principal-arn {stranger} --kubernetes-groups irsa-doctor:read --type STANDARD"
    )
    (line,) = yaml.safe_load(mapped.text)
    assert line["rolearn"] == f"arn:aws:iam::{PAYMENTS}:role/reader-of-another-name"
    assert line["groups"] == ["irsa-doctor:read"]


@pytest.mark.parametrize("group", [READERS, FIXERS, PROVERS])
async def test_rbac_that_is_missing_is_told_rule_by_rule_with_the_yaml(
    world: World, file: FleetFile, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    first, *rest = CLUSTER_ROLES[group]
    monkeypatch.setitem(CLUSTER_ROLES, group, rest)

    account, cluster = await outcome_of(file, world.environ())

    assert account.works
    suffix = {READERS: "", FIXERS: " (fix role)", PROVERS: " (proof role)"}[group]
    lacking = {f"{verb} {what}{suffix}" for verb in first["verbs"] for what in first["resources"]}
    assert set(troubles(cluster)) == lacking
    assert all(
        "RBAC must allow verb" in (c.enable or "") and group in (c.enable or "")
        for c in cluster.troubles
    )
    (remedy,) = cluster.remedies
    role, binding = yaml.safe_load_all(remedy.text)
    granted = {(v, r) for rule in role["rules"] for v in rule["verbs"] for r in rule["resources"]}
    assert granted == {(v, r) for v in first["verbs"] for r in first["resources"]}
    assert binding["subjects"][0]["name"] == group


async def test_the_issuers_path_is_optional_where_eks_tells_the_issuer(
    world: World, file: FleetFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = [rule for rule in CLUSTER_ROLES[READERS] if "nonResourceURLs" not in rule]
    monkeypatch.setitem(CLUSTER_ROLES, READERS, rules)
    url, ca = world.endpoint("prod-eu")

    _, by_eks = await outcome_of(file, world.environ())
    _, by_endpoint = await outcome_of(with_cluster(file, endpoint=url, ca=ca), world.environ())

    assert by_eks.works
    assert not by_endpoint.works


@pytest.mark.parametrize(
    ("changes", "why", "enable"),
    [
        ({"endpoint": "closed"}, "can't be reached", "open a network path"),
        ({"endpoint": "sound", "ca": None}, "is not trusted", "give the API server's CA"),
        ({"eks_name": "nonesuch"}, "EKS knows no such cluster", "correct eks_name"),
        ({"proxy_url": "http://127.0.0.1:1"}, "the proxy on the way", "check `proxy_url`"),
        ({"kubeconfig": "/nonexistent/config"}, "/nonexistent/config", "kubectl"),
    ],
)
async def test_a_way_that_does_not_lead_to_the_api_server_is_explained(
    world: World, file: FleetFile, changes: dict[str, Any], why: str, enable: str
) -> None:
    url, ca = world.endpoint("prod-eu")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = f"https://127.0.0.1:{taken.getsockname()[1]}"
        if "endpoint" in changes:
            endpoint = closed if changes["endpoint"] == "closed" else url
            changes = {"ca": ca, **changes, "endpoint": endpoint}
        account, cluster = await outcome_of(with_cluster(file, **changes), world.environ())

    assert account.works or "eks_name" in changes, account.troubles
    assert not cluster.works
    assert why in (cluster.troubles[0].why or "")
    assert enable in (cluster.troubles[0].enable or "")


async def test_the_json_form_follows_its_schema(world: World, file: FleetFile) -> None:
    async with gate(world.environ()["AWS_ENDPOINT_URL"], {"iam:GetRole"}) as url:
        outcome = await preflight(file, behind(world, url, "IAM"), limits=PATIENT)
    schema = json.loads((ROOT / "docs" / "preflight.schema.json").read_text())

    document = json.loads(report_of(outcome).model_dump_json())

    jsonschema.validate(document, schema)
    assert (document["version"], document["works"]) == (1, False)
    assert [place["works"] for place in document["places"]] == [False, True]


async def test_the_terminal_shows_what_is_wrong_and_the_text_to_copy(
    world: World, file: FleetFile
) -> None:
    async with gate(world.environ()["AWS_ENDPOINT_URL"], {"iam:GetRole"}) as url:
        outcome = await preflight(file, behind(world, url, "IAM"), limits=PATIENT)
    console = Console(width=120, record=True, file=StringIO())

    console.print(terminal(outcome), soft_wrap=True)
    text = console.export_text()

    assert f"account {PAYMENTS} (payments): does not work" in text
    assert "missing                iam:GetRole" in text
    assert "why: AccessDenied: User is not authorized to perform: iam:GetRole" in text
    assert f"Policy of {READ}:" in text
    assert "cluster prod-eu: works" in text
    assert "1 of 2 places work" in text


async def test_what_is_to_be_copied_is_whole_on_a_narrow_terminal(
    world: World, file: FleetFile
) -> None:
    stranger = f"arn:aws:iam::{PAYMENTS}:role/team/reader-of-another-name"
    outcome = await preflight(
        with_account(file, read_role=stranger), world.environ(), limits=PATIENT
    )
    console = Console(width=60, record=True, file=StringIO())

    console.print(terminal(outcome), soft_wrap=True)

    lines = console.export_text().splitlines()
    for place in outcome.places:
        for remedy in place.remedies:
            assert {f"    {line}" for line in remedy.text.splitlines()} <= set(lines)


async def test_a_hostile_text_reaches_neither_terminal_nor_layout() -> None:
    check = Check(what="x\x1b[31m", state=State.MISSING, why="[red]\u202e]", enable="[/]")
    place = Place(kind="cluster", name="[bold]\x07", checks=(check,))
    console = Console(width=120, record=True, file=StringIO())

    console.print(
        terminal(Outcome(places=(place,), started=Any, seconds=0.0)),  # type: ignore[arg-type]
        soft_wrap=True,
    )
    text = console.export_text()

    assert "[bold]" in text
    assert "[red]" in text
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


@pytest.mark.parametrize(("denied", "status"), [(set(), 0), ({"iam:GetRole"}, 1)])
async def test_the_exit_status_tells_a_pipeline_whether_everything_works(
    world: World, tmp_path: Path, denied: set[str], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.preflight.Limits", lambda: PATIENT)
    path = tmp_path / "fleet.yaml"
    world.fleet_yaml(path)
    document = yaml.safe_load(path.read_text())
    document["accounts"] = [a for a in document["accounts"] if a["id"] == PAYMENTS]
    document.pop("organization", None)
    path.write_text(yaml.safe_dump(document))
    command = ["preflight", "--fleet", str(path), "--no-slack", "--format", "json"]

    async with gate(world.environ()["AWS_ENDPOINT_URL"], denied) as url:
        environ = behind(world, url, "IAM")
        result = await asyncio.to_thread(CliRunner().invoke, app, command, env=environ)

    assert result.exit_code == status, result.output
    assert json.loads(result.stdout)["works"] is (status == 0)


def forgotten(file: FleetFile, **changes: Any) -> FleetFile:
    """The fleet file without its cluster, which is in the account all the same."""
    account = replace(file.fleet.accounts[0], regions=("eu-west-1",), **changes)
    return replace(file, fleet=replace(file.fleet, accounts=(account,), clusters=()))


@pytest.mark.parametrize("option", ["--inventory", "--no-inventory"])
async def test_clusters_that_only_eks_lists_are_tried_and_marked_unless_told_not_to(
    world: World, tmp_path: Path, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.preflight.Limits", lambda: PATIENT)
    path = tmp_path / "fleet.yaml"
    world.fleet_yaml(path)
    document = yaml.safe_load(path.read_text())
    accounts = [a for a in document["accounts"] if a["id"] == PAYMENTS]
    url, ca = world.endpoint("prod-eu")
    named = {"name": "other", "account": PAYMENTS, "region": "eu-west-1", "endpoint": url, "ca": ca}
    path.write_text(yaml.safe_dump({"version": 1, "accounts": accounts, "clusters": [named]}))
    command = ["preflight", "--fleet", str(path), "--no-slack", option, "--format", "json"]

    result = await asyncio.to_thread(CliRunner().invoke, app, command, env=world.environ())

    assert result.exit_code == 1, result.output  # the API server knows that it is not the other one
    works = {(p["name"], p["discovered"]): p["works"] for p in json.loads(result.stdout)["places"]}
    found = {(FOUND, True): True} if option == "--inventory" else {}
    assert works == {(f"{PAYMENTS} (payments)", False): True, ("other", False): False, **found}


async def test_clusters_in_accounts_that_only_the_organization_lists_are_tried_with_their_account(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "fleet.yaml"
    world.fleet_yaml(path)
    fleet = load(path).fleet
    platform = next(a for a in fleet.accounts if a.name == "platform")
    own = replace(platform, regions=("eu-west-1",))
    file = replace(load(path), fleet=replace(fleet, accounts=(own,), clusters=(), bindings=()))

    outcome = await preflight(file, world.environ(), limits=PATIENT, found=listed_now)

    works = {(p.kind, p.discovered): p.works for p in outcome.places}
    found = [p for p in outcome.places if p.kind == "cluster"]
    assert works[("account", False)]
    assert works[("account", True)]
    assert any(place.name.endswith("/eu-west-1/prod") and place.works for place in found)
    assert not [c for place in found for c in place.checks if "fix role" in c.what]
    with_none = {p.name for p in outcome.places if p.kind == "account" and p.discovered}
    assert len(with_none) == 1  # accounts without a cluster there are not tried


async def test_a_list_that_is_refused_hides_nothing_else(world: World, file: FleetFile) -> None:
    async with gate(world.environ()["AWS_ENDPOINT_URL"], {"eks:ListClusters"}) as url:
        outcome = await preflight(file, behind(world, url, "EKS"), limits=PATIENT, found=listed_now)

    assert [place.name for place in outcome.places] == [f"{PAYMENTS} (payments)", "prod-eu"]
    assert outcome.works


async def test_the_bot_tries_what_its_inventory_has_on_record(
    world: World, file: FleetFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fix role only where somebody may approve there."""
    first, *rest = CLUSTER_ROLES[READERS]
    monkeypatch.setitem(CLUSTER_ROLES, READERS, rest)
    seen = SeenCluster(
        account=PAYMENTS, region="eu-west-1", eks_name="prod", issuer=None, at=datetime.now(UTC)
    )
    monkeypatch.setattr("bot.preflight.walker.Limits", lambda: PATIENT)

    async def no_slack() -> Place:
        return Place(kind="slack", name="Slack", checks=())

    def walker_with(approvers: tuple[Approver, ...]) -> Walker:
        bare = replace(forgotten(file), approvers=approvers)
        known = with_seen(bare.fleet, [seen])
        return walker_of(bare, world.environ(), no_slack, None, lambda: known)

    async def asked(walker: Walker) -> set[str]:
        return {check.what for place in (await walker.walk()).places for check in place.checks}

    walker = walker_with(file.approvers)
    more = await asked(walker) - await asked(walker_with(()))
    told = await walker.outcome()
    _, cluster, _ = told.places
    console = Console(width=120, record=True, file=StringIO())
    console.print(terminal(replace(told, left_out=2)), soft_wrap=True)
    text = console.export_text()

    assert (cluster.name, cluster.discovered) == (FOUND, True)
    assert {c.what for c in cluster.checks} == {
        f"{verb} {what}" for verb in first["verbs"] for what in first["resources"]
    }
    assert f"cluster {FOUND} (found by inventory): does not work" in text
    assert "2 clusters that the inventory found beyond the first 500 are not tried" in text
    assert FOUND in {c.name for c in walker.known().clusters}
    assert more >= {"patch serviceaccounts (fix role)"}


async def test_so_many_that_were_found_are_tried_and_the_others_counted(file: FleetFile) -> None:
    cluster = file.fleet.clusters[0]
    member = replace(file.fleet.accounts[0], id="999988887777", discovered=True)
    found = [
        replace(cluster, name=f"c{n}", discovered=True, account=member.id if n > 2 else PAYMENTS)
        for n in range(6)
    ]
    fleet = replace(file.fleet, accounts=(*file.fleet.accounts, member), clusters=(*found, cluster))

    tried, left_out = bounded(fleet, most=3)
    all_of_it, none = bounded(fleet, most=6)

    assert [c.name for c in tried.clusters] == [cluster.name, "c0", "c1", "c2"]
    assert [a.id for a in tried.accounts] == [PAYMENTS]  # nothing is tried in the member's account
    assert (left_out, none) == (3, 0)
    assert [a.id for a in all_of_it.accounts] == [PAYMENTS, member.id]


async def test_bad_configuration_is_exit_status_2(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text("version: 2\n")

    result = CliRunner().invoke(app, ["preflight", "--fleet", str(path), "--no-slack"])

    assert result.exit_code == 2
    assert "version 1 is expected" in result.output
