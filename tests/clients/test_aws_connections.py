"""The way to AWS: whom it trusts, and that connections are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from botocore.utils import parse_timestamp
from hypothesis import given
from hypothesis import strategies as st

from bot.clients import build_clients
from bot.clients.aws.timestamps import timestamp
from diagnostics.errors import ReadError
from diagnostics.fleet import Account, Fleet
from sandbox.kube.tls import new_authority
from tests.clients.aws_answers import assumed, error
from tests.clients.conftest import MEMBER, OTHER
from tests.clients.faulty import serving
from tests.support.aws import aws_at

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp import web

AUTHORITY = new_authority()


def fleet() -> Fleet:
    roles = {i: f"arn:aws:iam::{i}:role/read" for i in (MEMBER, OTHER)}
    return Fleet(accounts=tuple(Account(id=i, name=i, read_role=r) for i, r in roles.items()))


async def nothing_there(request: web.Request) -> web.StreamResponse:
    form = await request.post()
    return assumed() if form["Action"] == "AssumeRole" else error("NoSuchEntity", status=404)


async def test_all_services_and_accounts_share_the_connections_to_a_host(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text(AUTHORITY.pem)
    peers = set()

    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return await nothing_there(request)

    async with serving(handler, tls=AUTHORITY.server) as url:
        environ = aws_at(url, AWS_CA_BUNDLE=str(bundle))
        async with build_clients(fleet(), environ) as clients:
            for number in range(5):
                for account in (MEMBER, OTHER):
                    assert await clients.aws(account).role(f"r{number}") is None

    assert len(peers) == 1, "twelve calls, one after the other"


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
async def test_an_authority_of_ones_own_is_trusted_where_the_environment_names_it(
    tmp_path: Path, variable: str
) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text(AUTHORITY.pem)

    async with (
        serving(nothing_there, tls=AUTHORITY.server) as url,
        build_clients(fleet(), aws_at(url, **{variable: str(bundle)})) as clients,
    ):
        assert await clients.aws(MEMBER).role("r") is None


async def test_nobody_else_is_trusted() -> None:
    touched: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        touched.append(request.path)
        return await nothing_there(request)

    async with (
        serving(handler, tls=AUTHORITY.server) as url,
        build_clients(fleet(), aws_at(url)) as clients,
    ):
        with pytest.raises(ReadError) as refused:
            await clients.aws(MEMBER).role("r")

    assert touched == []
    assert "set AWS_CA_BUNDLE" in refused.value.enable


async def test_a_certificate_for_another_host_is_not_trusted(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text(AUTHORITY.pem)

    touched: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        touched.append(request.path)
        return await nothing_there(request)

    async with serving(handler, tls=AUTHORITY.server) as url:
        elsewhere = url.replace("127.0.0.1", "127.1")  # the same server, by another name
        async with build_clients(fleet(), aws_at(elsewhere, AWS_CA_BUNDLE=str(bundle))) as clients:
            with pytest.raises(ReadError) as refused:
                await clients.aws(MEMBER).role("r")

    assert touched == []
    assert "AWS_CA_BUNDLE" in refused.value.enable


@pytest.mark.parametrize("text", [None, "", "no certificate"])
async def test_a_bundle_that_cannot_be_read_is_told_as_such(
    tmp_path: Path, text: str | None
) -> None:
    bundle = tmp_path / "ca.pem"
    if text is not None:
        bundle.write_text(text)

    async with (
        serving(nothing_there, tls=AUTHORITY.server) as url,
        build_clients(fleet(), aws_at(url, AWS_CA_BUNDLE=str(bundle))) as clients,
    ):
        with pytest.raises(ReadError) as refused:
            await clients.aws(MEMBER).role("r")

    assert "AWS_CA_BUNDLE" in refused.value.enable


@given(st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_time_is_read_as_botocore_reads_it(at: datetime) -> None:
    for text in (at.isoformat(), at.strftime("%Y-%m-%dT%H:%M:%SZ")):
        assert timestamp(text) == parse_timestamp(text)
    assert timestamp(1_700_000_000) == parse_timestamp("1700000000")
    assert timestamp("Wed, 02 Oct 2024 13:00:00 GMT") == datetime(2024, 10, 2, 13, tzinfo=UTC)
