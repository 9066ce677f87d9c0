"""The reader of an account against moto in server mode, and against what is no AWS."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bot.clients import Limits, build_clients
from diagnostics.errors import NotInFleet, ReadDenied, ReadError, Throttled, Unreachable
from diagnostics.fleet import Account, Fleet, FleetCluster
from diagnostics.journal import recording
from tests.clients.aws_answers import assumed, aws, error
from tests.clients.conftest import MANAGEMENT, MEMBER, OTHER
from tests.clients.faulty import cut, hang, serving
from tests.support.aws import aws_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.clients.conftest import Moto

ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"
PROVIDER = f"arn:aws:iam::{MEMBER}:oidc-provider/{ISSUER}"
SUBJECT = "system:serviceaccount:payments:api"
TRUST = (
    '{"Version": "2012-10-17",\n  "Statement": [{"Effect": "Allow", "Principal": {"Federated": "%s"},'
    ' "Action": "sts:AssumeRoleWithWebIdentity",\n "Condition": {"StringEquals": {"%s:sub": "%s"}}}]}'
)
READ = f"arn:aws:iam::{MEMBER}:role/irsa-doctor-read"
QUICK = Limits(aws_connect=0.5, aws_read=0.5, aws_attempts=1, aws_deadline=5.0)

FLEET = Fleet(
    accounts=(
        Account(id=MEMBER, name="member", read_role=READ, external_id="example"),
        Account(id=MANAGEMENT, name="management", read_role=None),
        Account(id=OTHER, name="other", read_role=None),
    ),
    clusters=(
        FleetCluster(name="prod-eu", account=MEMBER, region="eu-west-1", eks_name="prod"),
        FleetCluster(
            name="kops",
            account=MEMBER,
            region="cn-north-1",
            eks_name="kops",
            issuer="https://kops.example.com",
        ),
    ),
)


@pytest.fixture(scope="module", autouse=True)
def member(moto: Moto) -> Iterator[None]:
    """A member account with a cluster, a provider and roles."""
    iam, eks = moto.client("iam", MEMBER), moto.client("eks", MEMBER)
    iam.create_open_id_connect_provider(
        Url=f"https://{ISSUER}", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40]
    )
    for name, subject in (("payments", SUBJECT), ("reports", "system:serviceaccount:x:y")):
        iam.create_role(
            RoleName=name,
            Path="/team/",
            AssumeRolePolicyDocument=TRUST % (PROVIDER, ISSUER, subject),
            Tags=[{"Key": "owner", "Value": "team"}],
        )
    eks.create_cluster(
        name="prod",
        roleArn=f"arn:aws:iam::{MEMBER}:role/eks",
        resourcesVpcConfig={"subnetIds": ["subnet-1"]},
    )
    yield
    eks.delete_cluster(name="prod")


async def test_a_role_is_read_with_its_trust_policy_byte_for_byte(moto: Moto) -> None:
    async with build_clients(FLEET, moto.environ) as clients:
        role = await clients.aws(MEMBER).role("payments")
        absent = await clients.aws(MEMBER).role("absent")

    assert absent is None
    assert role is not None
    assert role.arn == f"arn:aws:iam::{MEMBER}:role/team/payments"
    assert (role.path, role.account) == ("/team/", MEMBER)
    assert role.trust_text == TRUST % (PROVIDER, ISSUER, SUBJECT)
    assert role.trust is not None
    assert role.tags == {"owner": "team"}


async def test_roles_that_let_a_subject_in_are_found(moto: Moto) -> None:
    async with build_clients(FLEET, moto.environ) as clients:
        found = await clients.aws(MEMBER).roles_trusting(PROVIDER, SUBJECT)

    assert [role.name for role in found] == ["payments"]


async def test_more_roles_than_the_limit_are_refused(moto: Moto) -> None:
    async with build_clients(FLEET, moto.environ, limits=Limits(most_roles=1)) as clients:
        with pytest.raises(ReadError, match="more than 1 roles"):
            await clients.aws(MEMBER).roles_trusting(PROVIDER, SUBJECT)


async def test_providers_are_read(moto: Moto) -> None:
    async with build_clients(FLEET, moto.environ) as clients:
        reader = clients.aws(MEMBER)
        provider, absent, arns = await asyncio.gather(
            reader.oidc_provider(PROVIDER),
            reader.oidc_provider(PROVIDER + "X"),
            reader.oidc_provider_arns(),
        )

    assert provider is not None
    assert (provider.url, provider.client_ids) == (ISSUER, ("sts.amazonaws.com",))
    assert absent is None
    assert (arns.account, arns.items) == (MEMBER, (PROVIDER,))


async def test_a_cluster_is_read_once_for_all_who_ask_at_the_same_time(moto: Moto) -> None:
    (entry, _) = FLEET.clusters
    async with build_clients(FLEET, moto.environ) as clients:
        with recording() as calls:
            found = await asyncio.gather(*(clients.aws(MEMBER).cluster(entry) for _ in range(5)))

    cluster = found[0]
    assert cluster is not None
    assert cluster.issuer.startswith("https://oidc.eks.eu-west-1.amazonaws.com/id/")
    assert cluster.arn == f"arn:aws:eks:eu-west-1:{MEMBER}:cluster/prod"
    assert set(found) == {cluster}
    # Each of the five facts rests on the same two calls.
    assert {(c.service, c.operation, c.region) for c in set(calls)} == {
        ("sts", "AssumeRole", "eu-west-1"),
        ("eks", "DescribeCluster", "eu-west-1"),
    }
    assert len(set(calls)) == 2


async def test_an_issuer_in_the_fleet_file_needs_no_call(moto: Moto) -> None:
    async with build_clients(FLEET, moto.environ) as clients:
        with recording() as calls:
            cluster = await clients.aws(MEMBER).cluster(FLEET.clusters[1])

    assert cluster is not None
    assert (cluster.issuer, cluster.partition) == ("https://kops.example.com", "aws-cn")
    assert calls == []


async def test_credentials_are_kept(moto: Moto) -> None:
    async with build_clients(FLEET, moto.environ) as clients:
        await clients.aws(MEMBER).role("payments")
        with recording() as calls:
            await clients.aws(MEMBER).role("payments")

    assert [(c.operation, c.resource, c.outcome) for c in calls] == [
        ("GetRole", f"arn:aws:iam::{MEMBER}:role/payments", "ok")
    ]


async def test_an_account_outside_of_the_fleet_is_not_read(moto: Moto) -> None:
    async with build_clients(FLEET, moto.environ) as clients:
        with pytest.raises(NotInFleet):
            clients.aws("999999999999")
        with pytest.raises(NotInFleet):
            clients.kubernetes("absent")
        with pytest.raises(NotInFleet):
            await clients.aws(OTHER).cluster(FLEET.clusters[0])


async def test_own_credentials_read_their_own_account_only(moto: Moto) -> None:
    """In another account every name would be absent, which would be a lie."""
    async with build_clients(FLEET, moto.environ) as clients:
        assert await clients.aws(MANAGEMENT).role("payments") is None
        with pytest.raises(ReadError) as caught:
            await clients.aws(OTHER).role("payments")

    assert caught.value.why == (
        f"the bot's own credentials are of account {MANAGEMENT}, not of {OTHER}"
    )
    assert "name a read_role" in caught.value.enable


@pytest.mark.parametrize(
    ("answer", "kind", "why", "enable"),
    [
        (
            error("AccessDenied", "User is not authorized to perform: iam:GetRole", 403),
            ReadDenied,
            "AccessDenied: User is not authorized to perform: iam:GetRole",
            f"allow iam:GetRole on arn:aws:iam::{MEMBER}:role/payments to {READ}",
        ),
        (
            error("AccessDenied", "with an explicit deny in a service control policy", 403),
            ReadDenied,
            "AccessDenied",
            "service control policy denies it explicitly",
        ),
        (
            error("Throttling", "Rate exceeded"),
            Throttled,
            "Throttling: Rate exceeded",
            "rate limit",
        ),
        (error("ServiceUnavailable", "", 503), Unreachable, "ServiceUnavailable", "try again"),
        (error("RequestExpired"), ReadError, "RequestExpired", "clock"),
        (error("ExpiredToken"), ReadError, "ExpiredToken", "renew the credentials"),
        (error("ValidationError", "x" * 9000), ReadError, "ValidationError", "iam:GetRole"),
        (
            web.Response(text="<html>"),
            ReadError,
            "an answer that can't be read",
            "what answers as iam",
        ),
        (web.Response(text="<GetRoleResponse/>"), ReadError, "an answer that can't be read", ""),
        (
            web.Response(status=502, text="no"),
            ReadError,
            "an answer that can't be read",
            "in eu-west-1",
        ),
    ],
)
async def test_an_error_says_what_would_let_the_call_succeed(
    answer: web.Response, kind: type[ReadError], why: str, enable: str
) -> None:
    body, status = answer.text or "", answer.status

    def again(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type="text/xml")

    async with (
        serving(aws(GetRole=again)) as url,
        build_clients(FLEET, aws_at(url), limits=Limits(aws_attempts=1)) as clients,
    ):
        with recording() as calls, pytest.raises(kind) as caught:
            await clients.aws(MEMBER).role("payments")

    assert type(caught.value) is kind
    assert why in caught.value.why
    assert enable in caught.value.enable
    assert len(caught.value.why) <= 400
    assert calls[-1].outcome not in ("ok", "absent")


async def test_a_read_role_that_refuses_us_is_told_with_its_trust() -> None:
    def denied(_: web.Request) -> web.Response:
        return error("AccessDenied", "not authorized to perform: sts:AssumeRole", 403)

    async with serving(aws(AssumeRole=denied)) as url, build_clients(FLEET, aws_at(url)) as clients:
        with pytest.raises(ReadDenied) as caught:
            await clients.aws(MEMBER).role("payments")

    assert f"the trust policy of {READ} must allow sts:AssumeRole" in caught.value.enable


@pytest.mark.parametrize(("handler", "kind"), [(hang, Unreachable), (cut, Unreachable)])
async def test_a_service_that_does_not_answer_is_unreachable(
    handler: Any, kind: type[ReadError]
) -> None:
    async with serving(handler) as url, build_clients(FLEET, aws_at(url), limits=QUICK) as clients:
        async with asyncio.timeout(30):
            with pytest.raises(kind) as caught:
                await clients.aws(MEMBER).role("payments")

    assert "network path" in caught.value.enable


async def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with build_clients(FLEET, aws_at(url), limits=QUICK) as clients:
            with pytest.raises(Unreachable, match="sts:AssumeRole in eu-west-1"):
                await clients.aws(MEMBER).role("payments")


async def test_without_credentials_of_its_own_the_bot_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    async with build_clients(FLEET, {}, limits=QUICK) as clients:
        with pytest.raises(ReadError, match="no AWS credentials of its own"):
            await clients.aws(MEMBER).role("payments")
    async with build_clients(FLEET, {"AWS_PROFILE": "absent"}, limits=QUICK) as clients:
        with pytest.raises(ReadError, match="can't be loaded"):
            await clients.aws(MEMBER).role("payments")


async def test_credentials_that_expire_on_the_way_are_renewed_once() -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        asked.append(str(form["Action"]))
        if form["Action"] == "AssumeRole":
            return assumed(f"ASIA{len(asked)}")
        if "ASIA1/" in request.headers["Authorization"]:
            return error("ExpiredToken", "", 403)
        return error("NoSuchEntity", "", 404)

    async with serving(handler) as url, build_clients(FLEET, aws_at(url)) as clients:
        assert await clients.aws(MEMBER).role("payments") is None

    assert asked == ["AssumeRole", "GetRole", "AssumeRole", "GetRole"]


async def test_one_role_is_assumed_for_a_hundred_who_wait_and_each_account_signs_for_itself() -> (
    None
):
    signed: list[tuple[str, str]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        key = request.headers["Authorization"].split("Credential=")[1].split("/")[0]
        signed.append((str(form["Action"]), key))
        if form["Action"] == "AssumeRole":
            await asyncio.sleep(0.05)
            return assumed("ASIA" + str(form["RoleArn"]).split(":")[4])
        wanted = key.removeprefix("ASIA")
        return error("NoSuchEntity" if form["RoleName"] == wanted else "Mixed", "", 404)

    fleet = Fleet(
        accounts=tuple(
            Account(id=i, name=i, read_role=f"arn:aws:iam::{i}:role/read") for i in (MEMBER, OTHER)
        )
    )
    async with serving(handler) as url, build_clients(fleet, aws_at(url)) as clients:
        found = await asyncio.gather(
            *(clients.aws(i).role(i) for _ in range(50) for i in (MEMBER, OTHER))
        )

    assert set(found) == {None}
    assert sorted(s for s in signed if s[0] == "AssumeRole") == [("AssumeRole", "AKIAEXAMPLE")] * 2
    assert len(signed) == 102


async def test_whoever_gives_up_does_not_stop_the_others() -> None:
    go = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        if form["Action"] == "AssumeRole":
            await go.wait()
            return assumed()
        return error("NoSuchEntity", "", 404)

    async with serving(handler) as url, build_clients(FLEET, aws_at(url)) as clients:
        impatient = asyncio.create_task(clients.aws(MEMBER).role("a"))
        patient = asyncio.create_task(clients.aws(MEMBER).role("b"))
        await asyncio.sleep(0.1)
        impatient.cancel()
        go.set()
        assert await patient is None
