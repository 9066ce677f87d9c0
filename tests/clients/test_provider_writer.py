"""The writer of OIDC providers against moto in server mode, with the two calls that it lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.clients import build_clients
from diagnostics.errors import NotInFleet, Stale, WriteDenied
from diagnostics.fleet import Account, Fleet
from diagnostics.journal import recording
from sandbox.iam import serve_client_ids
from tests.clients.conftest import MEMBER, OTHER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.clients.conftest import Moto

OPEN = Account(
    id=MEMBER,
    name="member",
    read_role=f"arn:aws:iam::{MEMBER}:role/irsa-doctor-read",
    fix_role=f"arn:aws:iam::{MEMBER}:role/irsa-doctor-fix",
    allow_provider_fix=True,
)
URL = "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
ARN = f"arn:aws:iam::{MEMBER}:oidc-provider/{URL.removeprefix('https://')}"
STS = "sts.amazonaws.com"


@pytest.fixture
def iam(moto: Moto) -> Iterator[Any]:
    serve_client_ids()
    client = moto.client("iam", MEMBER)
    yield client
    for found in client.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        client.delete_open_id_connect_provider(OpenIDConnectProviderArn=found["Arn"])


def ids(iam: Any) -> list[str]:
    found: list[str] = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=ARN)[
        "ClientIDList"
    ]
    return sorted(found)


def by_hand(iam: Any, *client_ids: str) -> None:
    iam.create_open_id_connect_provider(
        Url=URL, ClientIDList=list(client_ids), ThumbprintList=["0" * 40]
    )


async def test_a_provider_is_created_with_our_mark_and_deleted_as_it_was_made(
    moto: Moto, iam: Any
) -> None:
    async with build_clients(Fleet(accounts=(OPEN,)), moto.environ) as clients:
        writer = clients.provider_writer(MEMBER)
        with recording() as calls:
            await writer.create(arn=ARN, url=URL, client_ids=(STS,))
        made = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=ARN)
        await writer.delete(arn=ARN, client_ids=(STS,))

    assert made["ClientIDList"] == [STS]
    assert made["Tags"] == [{"Key": "irsa-doctor", "Value": "created"}]
    assert [c.operation for c in calls] == [
        "AssumeRole",
        "GetOpenIDConnectProvider",
        "CreateOpenIDConnectProvider",
    ]
    left = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert ARN not in {one["Arn"] for one in left}


async def test_what_is_there_already_is_not_created(moto: Moto, iam: Any) -> None:
    by_hand(iam, "theirs")
    async with build_clients(Fleet(accounts=(OPEN,)), moto.environ) as clients:
        with pytest.raises(Stale, match="OIDC provider") as caught:
            await clients.provider_writer(MEMBER).create(arn=ARN, url=URL, client_ids=(STS,))

    assert caught.value.found == "theirs"
    assert ids(iam) == ["theirs"]


async def test_what_somebody_else_made_is_never_deleted(moto: Moto, iam: Any) -> None:
    by_hand(iam, STS)
    async with build_clients(Fleet(accounts=(OPEN,)), moto.environ) as clients:
        with pytest.raises(Stale, match="tag irsa-doctor"):
            await clients.provider_writer(MEMBER).delete(arn=ARN, client_ids=(STS,))

    assert ids(iam) == [STS]


async def test_what_was_changed_since_is_not_deleted(moto: Moto, iam: Any) -> None:
    async with build_clients(Fleet(accounts=(OPEN,)), moto.environ) as clients:
        writer = clients.provider_writer(MEMBER)
        await writer.create(arn=ARN, url=URL, client_ids=(STS,))
        iam.add_client_id_to_open_id_connect_provider(
            OpenIDConnectProviderArn=ARN, ClientID="by-hand"
        )
        with pytest.raises(Stale, match="client IDs") as caught:
            await writer.delete(arn=ARN, client_ids=(STS,))

    assert caught.value.found == f"by-hand, {STS}"
    assert ids(iam) == ["by-hand", STS]


async def test_a_client_id_is_added_and_taken_out_again(moto: Moto, iam: Any) -> None:
    by_hand(iam, "other")
    async with build_clients(Fleet(accounts=(OPEN,)), moto.environ) as clients:
        writer = clients.provider_writer(MEMBER)
        await writer.set_client_ids(arn=ARN, before=("other",), after=("other", STS))
        added = ids(iam)
        await writer.set_client_ids(arn=ARN, before=("other", STS), after=("other",))

    assert added == ["other", STS]
    assert ids(iam) == ["other"]


async def test_client_ids_that_changed_meanwhile_are_left_alone(moto: Moto, iam: Any) -> None:
    by_hand(iam, "other", "new")
    async with build_clients(Fleet(accounts=(OPEN,)), moto.environ) as clients:
        with pytest.raises(Stale, match="client IDs"):
            await clients.provider_writer(MEMBER).set_client_ids(
                arn=ARN, before=("other",), after=("other", STS)
            )

    assert ids(iam) == ["new", "other"]


async def test_a_provider_that_is_gone_is_stale(moto: Moto, iam: Any) -> None:
    assert iam
    async with build_clients(Fleet(accounts=(OPEN,)), moto.environ) as clients:
        writer = clients.provider_writer(MEMBER)
        with pytest.raises(Stale, match="OIDC provider"):
            await writer.set_client_ids(arn=ARN, before=(), after=(STS,))
        with pytest.raises(Stale, match="OIDC provider"):
            await writer.delete(arn=ARN, client_ids=(STS,))


@pytest.mark.parametrize(
    "account", [replace(OPEN, allow_provider_fix=False), replace(OPEN, fix_role=None)]
)
async def test_an_account_that_does_not_allow_it_has_no_writer(
    moto: Moto, account: Account
) -> None:
    async with build_clients(Fleet(accounts=(account,)), moto.environ) as clients:
        with pytest.raises(WriteDenied, match="needs fix_role and allow_provider_fix"):
            clients.provider_writer(MEMBER)
        with pytest.raises(NotInFleet):
            clients.provider_writer(OTHER)
