"""The ways to accounts and clusters: through a hub role, in other partitions, through a proxy."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.credentials import ReadOnlyCredentials

from bot.clients import Limits, build_clients
from bot.clients.aws.options import AwsOptions
from bot.clients.aws.sessions import AwsSessions
from bot.clients.kube.token import eks_token
from bot.fleet_file import load
from diagnostics.errors import ReadDenied, Unreachable
from diagnostics.fleet import Account, Fleet, Hub
from diagnostics.journal import recording
from sandbox.world import World
from tests.clients.aws_answers import assumed, error
from tests.clients.conftest import MEMBER, OTHER
from tests.clients.faulty import serving
from tests.support.aws import aws_at
from tests.support.connect_proxy import connect_proxy
from tests.support.of_a_world import fleet_of

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp import web

HUB = "arn:aws:iam::999988887777:role/irsa-doctor-hub"
FLEET = Fleet(
    accounts=tuple(
        Account(id=i, name=i, read_role=f"arn:aws:iam::{i}:role/read", external_id=f"of-{i}")
        for i in (MEMBER, OTHER)
    ),
    hub=Hub(role=HUB, external_id="of-the-hub"),
)


def signer(request: web.Request) -> str:
    return request.headers["Authorization"].split("Credential=")[1].split("/")[0]


async def test_members_are_entered_through_the_hub_which_is_assumed_once() -> None:
    asked: list[tuple[str, str, str]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        if form["Action"] != "AssumeRole":
            return error("NoSuchEntity", "", 404)
        asked.append((signer(request), str(form["RoleArn"]), str(form["ExternalId"])))
        return assumed("ASIA" + str(form["RoleArn"]).split(":")[4])

    async with serving(handler) as url, build_clients(FLEET, aws_at(url)) as clients:
        with recording() as calls:
            await asyncio.gather(
                *(clients.aws(i).role("x") for _ in range(20) for i in (MEMBER, OTHER))
            )

    assert asked[0] == ("AKIAEXAMPLE", HUB, "of-the-hub")
    assert sorted(asked[1:]) == [
        ("ASIA999988887777", f"arn:aws:iam::{MEMBER}:role/read", f"of-{MEMBER}"),
        ("ASIA999988887777", f"arn:aws:iam::{OTHER}:role/read", f"of-{OTHER}"),
    ]
    assert {c.resource for c in calls if c.operation == "AssumeRole"} == {a[1] for a in asked}


async def test_credentials_are_kept_until_five_minutes_before_they_expire(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    clock = time.time
    ahead = [0.0]
    monkeypatch.setattr(time, "time", lambda: clock() + ahead[0])
    expires = datetime.now(UTC) + timedelta(hours=1)

    async def handler(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        asked.append(str(form["Action"]))
        if form["Action"] == "AssumeRole":
            return assumed(expires=f"{expires:%Y-%m-%dT%H:%M:%SZ}")
        return error("NoSuchEntity", "", 404)

    fleet = Fleet(
        accounts=(Account(id=MEMBER, name="m", read_role=f"arn:aws:iam::{MEMBER}:role/read"),)
    )
    async with serving(handler) as url, build_clients(fleet, aws_at(url)) as clients:
        for seconds in (0.0, 3200.0, 3400.0):
            ahead[0] = seconds
            assert await clients.aws(MEMBER).role("payments") is None

    assert asked == ["AssumeRole", "GetRole", "GetRole", "AssumeRole", "GetRole"]


async def test_a_hub_session_that_ended_on_the_way_is_renewed_once() -> None:
    hubs = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal hubs
        form = await request.post()
        if form["Action"] != "AssumeRole":
            return error("NoSuchEntity", "", 404)
        if form["RoleArn"] == HUB:
            hubs += 1
            return assumed(f"ASIAHUB{hubs}")
        if signer(request) == "ASIAHUB1":
            return error("ExpiredToken", "", 403)
        return assumed("ASIAMEMBER")

    async with serving(handler) as url, build_clients(FLEET, aws_at(url)) as clients:
        assert await clients.aws(MEMBER).role("x") is None

    assert hubs == 2


async def test_a_member_that_does_not_trust_the_hub_is_told_about_the_hub() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        if form["RoleArn"] == HUB:
            return assumed("ASIAHUB")
        return error("AccessDenied", "not authorized to perform: sts:AssumeRole", 403)

    async with serving(handler) as url, build_clients(FLEET, aws_at(url)) as clients:
        with pytest.raises(ReadDenied) as caught:
            await clients.aws(MEMBER).role("x")

    assert f"must allow sts:AssumeRole to {HUB}" in caught.value.enable


@pytest.mark.parametrize(
    ("region", "hosts"),
    [
        (
            "eu-west-1",
            {
                "sts": "sts.eu-west-1.amazonaws.com",
                "iam": "iam.amazonaws.com",
                "eks": "eks.eu-west-1.amazonaws.com",
                "cloudtrail": "cloudtrail.eu-west-1.amazonaws.com",
            },
        ),
        (
            "cn-north-1",
            {
                "sts": "sts.cn-north-1.amazonaws.com.cn",
                "iam": "iam.cn-north-1.amazonaws.com.cn",
                "eks": "eks.cn-north-1.amazonaws.com.cn",
                "cloudtrail": "cloudtrail.cn-north-1.amazonaws.com.cn",
            },
        ),
        (
            "us-gov-west-1",
            {
                "sts": "sts.us-gov-west-1.amazonaws.com",
                "iam": "iam.us-gov.amazonaws.com",
                "eks": "eks.us-gov-west-1.amazonaws.com",
                "cloudtrail": "cloudtrail.us-gov-west-1.amazonaws.com",
            },
        ),
    ],
)
def test_each_partition_has_its_own_endpoints(region: str, hosts: dict[str, str]) -> None:
    sessions = AwsSessions(AwsOptions(), Limits())
    try:
        found = {
            service: urlsplit(sessions.client(service, region).meta.endpoint_url).hostname  # type: ignore[call-overload]
            for service in hosts
        }
        token = eks_token(
            ReadOnlyCredentials("AKIAEXAMPLE", "secret", None),
            cluster="prod",
            region=region,
            endpoint=sessions.client("sts", region).meta.endpoint_url,
        )
    finally:
        sessions.close()

    assert found == hosts
    coded = token.removeprefix("k8s-aws-v1.")
    url = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    assert urlsplit(url).hostname == hosts["sts"]
    assert f"/{region}/sts/" in parse_qs(urlsplit(url).query)["X-Amz-Credential"][0]


async def test_a_private_cluster_is_read_through_its_proxy_and_aws_is_not(tmp_path: Path) -> None:
    async with World(clusters=["prod-eu"]) as world, connect_proxy("pass:word") as proxy:
        file = tmp_path / "fleet.yaml"
        text = world.fleet_yaml()
        way = f"http://bot:pass%3Aword@127.0.0.1:{proxy.port}"
        file.write_text(re.sub("(  eks_name: prod\n)", rf"\1  proxy_url: {way}\n", text))
        fleet = load(file).fleet
        async with build_clients(fleet, world.environ()) as clients:
            account = await clients.kubernetes("prod-eu").service_account("payments", "api")
            assert account is not None
            url, _ = world.endpoint("prod-eu")

            assert set(proxy.asked) == {urlsplit(url).netloc}
            assert proxy.opened >= 1


async def test_a_proxy_that_refuses_is_named(tmp_path: Path) -> None:
    async with World(clusters=["prod-eu"]) as world, connect_proxy("secret") as proxy:
        fleet = fleet_of(world, tmp_path)
        way = f"http://bot:wrong@127.0.0.1:{proxy.port}"
        clusters = tuple(replace(c, proxy_url=way) for c in fleet.clusters)
        async with build_clients(replace(fleet, clusters=clusters), world.environ()) as clients:
            with pytest.raises(Unreachable) as caught:
                await clients.kubernetes("prod-eu").service_account("payments", "api")

    assert "the proxy on the way" in caught.value.why
    assert f"http://127.0.0.1:{proxy.port}" in caught.value.why
    assert "wrong" not in caught.value.why + caught.value.enable
    assert "`proxy_url` of cluster prod-eu" in caught.value.enable
    assert proxy.opened == 0
