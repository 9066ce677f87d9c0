"""The world through plain HTTP, boto3 and the bot's own tokens."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import boto3
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.clients.kube.token import eks_token
from bot.fleet_file import load
from sandbox.kube.tls import new_authority
from sandbox.scenarios.load import scenarios
from sandbox.world import World, mount_world
from sandbox.world.blueprint import blueprint
from sandbox.world.landscape import (
    CLUSTERS,
    FIX_ROLE,
    MANAGEMENT,
    MEMBERS,
    READ_ROLE,
    cluster_named,
)
from sandbox.world.state import client
from tests.world.conftest import iam_of

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.scenarios.model import Scenario

pytestmark = pytest.mark.asyncio(loop_scope="package")

ACCOUNT = "/api/v1/namespaces/web/serviceaccounts/status"
DEPLOYMENT = "/apis/apps/v1/namespaces/web/deployments/status"


def token(
    world: World,
    *,
    role: str = READ_ROLE,
    name: str = "prod",
    account: Any = MEMBERS[0],
    **other: str,
) -> str:
    sts = client("sts", account, environ=world.environ(), role=role)
    credentials = sts._request_signer._credentials.get_frozen_credentials()
    where = {
        "cluster": name,
        "region": "eu-west-1",
        "endpoint": world.environ()["AWS_ENDPOINT_URL"],
    }
    return eks_token(credentials, **(where | other))


async def ask(
    world: World, bearer: str | None, path: str = ACCOUNT, *, method: str = "GET", body: Any = None
) -> tuple[int, Any]:
    url, ca = world.endpoint("prod-eu")
    context = ssl.create_default_context(cadata=ca)
    headers = {"Content-Type": "application/merge-patch+json"}
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session,
        session.request(
            method, url + path, headers=headers, data=json.dumps(body) if body else None
        ) as answer,
    ):
        return answer.status, await answer.json()


async def test_the_bots_credentials_are_of_management_and_assume_roles_in_the_members(
    started: World,
) -> None:
    for member in MEMBERS:
        sts = await asyncio.to_thread(
            client, "sts", member, environ=started.environ(), role=READ_ROLE
        )
        arn = sts.get_caller_identity()["Arn"]
        assert arn == member.arn("sts", f"assumed-role/{READ_ROLE}/sandbox")


async def test_the_organization_has_the_members_under_their_numbers(started: World) -> None:
    environ = started.environ()
    make: Any = boto3.client
    organizations = make(
        "organizations",
        endpoint_url=environ["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
    )
    found = {a["Id"]: a["Name"] for a in organizations.list_accounts()["Accounts"]}

    # Another partition is another organization.
    members = {one.id: one.name for one in MEMBERS if one.partition == "aws"}
    assert members.items() <= found.items()
    described = organizations.describe_organization()["Organization"]
    assert described["MasterAccountId"] == MANAGEMENT.id


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda one: one.name)
async def test_eks_says_where_the_api_server_is_and_whom_to_trust(
    started: World, cluster: Any
) -> None:
    url, _ = started.endpoint(cluster.name)
    environ = {**started.environ(), "AWS_REGION": cluster.region}
    eks = await asyncio.to_thread(client, "eks", cluster.account, environ=environ, role=READ_ROLE)
    found = eks.describe_cluster(name=cluster.eks_name)["cluster"]

    assert found["endpoint"] == url
    assert found["identity"]["oidc"]["issuer"] == cluster.issuer
    place = f"{cluster.account.partition}:eks:{cluster.region}:{cluster.account.id}"
    assert found["arn"].startswith(f"arn:{place}:cluster/")
    discovery = await started.kubectl_get(cluster.name, "/.well-known/openid-configuration")
    assert discovery["issuer"] == cluster.issuer


async def test_the_fleet_file_is_one_that_the_bot_reads(started: World, tmp_path: Path) -> None:
    file = tmp_path / "fleet.yaml"

    text = started.fleet_yaml(file)
    fleet = load(file)

    assert file.read_text() == text
    assert [c.name for c in fleet.fleet.clusters] == [c.name for c in CLUSTERS]
    assert fleet.fleet.bound_role("prod-eu", "payments", "api") == (
        "arn:aws:iam::222233334444:role/payments-api"
    )


# -- who may come in ---------------------------------------------------------------------------


async def test_the_read_role_reads_and_may_not_write(started: World) -> None:
    bearer = await asyncio.to_thread(token, started)

    status, account = await ask(started, bearer)
    assert (status, account["metadata"]["name"]) == (200, "status")

    status, refusal = await ask(started, bearer, method="PATCH", body={"metadata": {}})
    assert (status, refusal["reason"]) == (403, "Forbidden")
    assert refusal["message"] == (
        'serviceaccounts "status" is forbidden: User '
        f'"arn:aws:sts::222233334444:assumed-role/{READ_ROLE}/sandbox" cannot patch resource '
        '"serviceaccounts" in API group "" in the namespace "web"'
    )


async def test_the_fix_role_patches_and_may_not_look_around(world: World) -> None:
    bearer = await asyncio.to_thread(token, world, role=FIX_ROLE)
    change = {"metadata": {"annotations": {"note": "x"}}}

    status, changed = await ask(world, bearer, method="PATCH", body=change)
    assert (status, changed["metadata"]["annotations"]["note"]) == (200, "x")

    status, _ = await ask(world, bearer, "/api/v1/pods")
    assert status == 403
    status, _ = await ask(world, bearer, "/api/v1/namespaces/web/pods/x", method="DELETE")
    assert status == 403


@pytest.mark.parametrize(
    ("why", "make"),
    [
        ("no token", lambda _: None),
        ("nonsense", lambda _: "nonsense"),
        ("no URL", lambda _: "k8s-aws-v1.aGVsbG8"),
        ("no base64", lambda _: "k8s-aws-v1.%%%"),
        ("another cluster's", lambda world: token(world, name="staging")),
        ("another account's", lambda world: token(world, account=MEMBERS[1])),
        ("a role without access entry", lambda world: token(world, role="payments-api")),
        ("another STS", lambda world: token(world, endpoint="http://127.0.0.1:9")),
        ("cut", lambda world: token(world)[:-8]),
        ("too long", lambda world: token(world) + "A" * 5_000),
    ],
)
async def test_a_token_that_is_not_for_this_cluster_is_refused(
    started: World, why: str, make: Any
) -> None:
    bearer = await asyncio.to_thread(make, started)

    status, refusal = await ask(started, bearer)

    assert (status, refusal["reason"]) == (401, "Unauthorized"), why


async def test_a_token_is_refused_after_fifteen_minutes(
    started: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bearer = await asyncio.to_thread(token, started)
    assert (await ask(started, bearer))[0] == 200

    monkeypatch.setattr(
        type(started._clock), "__call__", lambda _: datetime.now(UTC) + timedelta(minutes=16)
    )

    assert (await ask(started, bearer))[0] == 401


# -- what is in it ------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda one: one.id)
async def test_what_a_scenario_states_is_read_back_from_iam_and_kubernetes(
    started: World, scenario: Scenario
) -> None:
    plan, where = blueprint(scenario), scenario.where
    base = f"/api/v1/namespaces/{where.namespace}"
    iam = iam_of(started, plan.cluster.account.name)
    for role in plan.roles:
        if role.account is plan.cluster.account:
            found = iam.get_role(RoleName=role.name)["Role"]
            assert found["Arn"] == role.arn
            assert found["AssumeRolePolicyDocument"] == role.trust

    workload = await started.kubectl_get(
        where.cluster, plan.resource.path(where.namespace, where.workload.name)
    )
    used = workload["spec"]["template"]["spec"].get("serviceAccountName", "default")
    if plan.service_account is None:
        with pytest.raises(aiohttp.ClientResponseError, match="not found"):
            await started.kubectl_get(
                where.cluster, f"{base}/serviceaccounts/{where.service_account}"
            )
        events = await started.kubectl_get(where.cluster, f"{base}/events")
        assert "error looking up service account" in events["items"][0]["message"]
        return
    account = await started.kubectl_get(
        where.cluster, f"{base}/serviceaccounts/{where.service_account}"
    )
    assert (
        account["metadata"].get("annotations", {})
        == plan.service_account["metadata"]["annotations"]
    )
    pods = await started.kubectl_get(
        where.cluster, f"{base}/pods?labelSelector=app.kubernetes.io/name={where.workload.name}"
    )
    assert pods["items"]
    assert {pod["spec"]["serviceAccountName"] for pod in pods["items"]} == {used}
    assert {pod["status"]["phase"] for pod in pods["items"]} == {"Running"}


async def test_a_restart_replaces_the_pods_and_the_new_ones_get_the_role(world: World) -> None:
    base = "/api/v1/namespaces/mail"
    before = await world.kubectl_get("prod-eu", f"{base}/pods")
    stamp = {"kubectl.kubernetes.io/restartedAt": "2026-11-24T10:00:00Z"}

    await world.kubectl(
        "prod-eu",
        "PATCH",
        "/apis/apps/v1/namespaces/mail/statefulsets/mailer",
        {"spec": {"template": {"metadata": {"annotations": stamp}}}},
        patch="strategic-merge",
    )

    after = await world.kubectl_get("prod-eu", f"{base}/pods")
    assert [p["metadata"]["name"] for p in before["items"]] == ["mailer-0", "mailer-1"]
    assert [p["metadata"]["name"] for p in after["items"]] == ["mailer-0", "mailer-1"]
    uids = [{p["metadata"]["uid"] for p in pods["items"]} for pods in (before, after)]
    assert not uids[0] & uids[1]
    assert all("env" not in p["spec"]["containers"][0] for p in before["items"])
    for pod in after["items"]:
        env = {v["name"]: v["value"] for v in pod["spec"]["containers"][0]["env"]}
        assert env["AWS_ROLE_ARN"] == "arn:aws:iam::222233334444:role/mail-mailer"
        assert env["AWS_REGION"] == "eu-west-1"
        (volume,) = pod["spec"]["volumes"]
        (source,) = volume["projected"]["sources"]
        assert source["serviceAccountToken"]["audience"] == "sts.amazonaws.com"


async def test_pods_come_when_their_service_account_does(world: World) -> None:
    base = "/api/v1/namespaces/search"
    label = "labelSelector=app.kubernetes.io/name=suggest"
    assert not (await world.kubectl_get("prod-eu", f"{base}/pods?{label}"))["items"]

    await world.kubectl(
        "prod-eu", "POST", f"{base}/serviceaccounts", {"metadata": {"name": "suggest"}}
    )

    assert len((await world.kubectl_get("prod-eu", f"{base}/pods?{label}"))["items"]) == 2


async def test_a_reset_brings_every_fault_back_and_leaves_sessions_valid(world: World) -> None:
    bearer = await asyncio.to_thread(token, world)
    before = await world.state()
    iam = iam_of(world, "payments")
    iam.delete_role(RoleName="payments-api")
    await world.kubectl("prod-eu", "DELETE", "/api/v1/namespaces/payments/serviceaccounts/api")
    assert await world.state() != before

    await world.reset()
    again = await world.state()
    await world.reset()

    assert steady(again) == steady(before)
    assert steady(await world.state()) == steady(before)
    assert (await ask(world, bearer))[0] == 200


def steady(state: Any) -> Any:
    """Without the random part of the pods' names."""
    text = json.loads(json.dumps(state))
    for cluster in text["clusters"]:
        for pod in cluster["pods"]:
            pod["name"] = pod["name"].rpartition("-")[0]
        cluster["pods"].sort(key=str)
    return text


async def test_the_page_gets_state_and_scenarios_and_resets(world: World) -> None:
    app = web.Application()
    mount_world(app, world)
    async with TestClient(TestServer(app)) as page:
        offered = (await (await page.get("/world/scenarios")).json())["scenarios"]
        state = await (await page.get("/world/state")).json()
        reset = await page.post("/world/reset", json={})

        assert reset.status == 200
    assert offered[0]["id"] == "missing-annotation"
    assert offered[0].keys() == {
        *("id", "title", "story", "channel", "paste", "asks", "code", "group")
    }
    asked = {one["id"] for one in offered if one["asks"]}
    assert "keys-from-secret" in asked
    assert "missing-annotation" not in asked
    assert "role/payments-api-v1" in {
        pod["role_arn"].partition("::222233334444:")[2]
        for cluster in state["clusters"]
        for pod in cluster["pods"]
        if pod["service_account"] == "api"
    }
    assert {a["name"] for a in state["accounts"]} == {one.name for one in MEMBERS}
    assert READ_ROLE not in {r["name"] for a in state["accounts"] for r in a["roles"]}


# -- start and stop -----------------------------------------------------------------------------


async def test_a_world_leaves_no_port_thread_or_task_behind() -> None:
    async def live() -> list[int | None]:
        async with World(clusters=["prod-us"]) as small:
            assert {one.where.cluster for one in small.scenarios} == {"prod-us"}
            ports = [
                urlsplit(small.endpoint("prod-us")[0]).port,
                urlsplit(small.environ()["AWS_ENDPOINT_URL"]).port,
            ]
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return ports

    threads = set(threading.enumerate())
    # A loop of its own: on the shared one the servers of other tests come and go meanwhile.
    ports = await asyncio.to_thread(asyncio.run, live())

    for port in ports:
        with pytest.raises(ConnectionRefusedError), socket.socket() as knock:
            knock.connect(("127.0.0.1", port))
    left = {t for t in threading.enumerate() if t.is_alive()} - threads
    # asyncio keeps its own pool for `to_thread` until the loop ends.
    assert all(t.name.startswith("asyncio_") for t in left), left


async def test_a_start_that_fails_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: World) -> None:
        raise RuntimeError("seeding failed")

    monkeypatch.setattr(World, "seed", fail)
    broken = World(clusters=["prod-us"])

    with pytest.raises(RuntimeError, match="seeding failed"):
        await broken.__aenter__()

    port = urlsplit(broken.environ()["AWS_ENDPOINT_URL"]).port
    with pytest.raises(ConnectionRefusedError), socket.socket() as knock:
        knock.connect(("127.0.0.1", port))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"clusters": ["nowhere"]}, "the world has no cluster nowhere"),
        ({"kube": "apiserver"}, "needs a control_plane"),
        ({"control_plane": object()}, "only that takes one"),
    ],
)
async def test_a_world_that_cannot_be_is_refused(arguments: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        World(**arguments)


async def test_each_authority_is_trusted_for_loopback_only_by_whom_it_was_given() -> None:
    one, other = new_authority(), new_authority()

    assert one.pem != other.pem
    assert "PRIVATE" not in one.pem
    assert "PRIVATE" not in repr(one)
    assert cluster_named("prod-eu").issuer_path.startswith("oidc.eks.eu-west-1.")
