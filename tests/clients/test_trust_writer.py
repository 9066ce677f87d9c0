"""The writer of trust policies against moto in server mode, and against what is no AWS."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest
from aiohttp import web

from bot.clients import Limits, build_clients
from diagnostics.errors import NotInFleet, OutcomeUnknown, Stale, WriteDenied, WriteError
from diagnostics.fleet import Account, Fleet, FleetCluster
from diagnostics.journal import recording
from tests.clients.conftest import MEMBER, OTHER
from tests.clients.faulty import cut, serving
from tests.support.aws import aws_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.clients.conftest import Moto

OPEN = Account(
    id=MEMBER,
    name="member",
    read_role=f"arn:aws:iam::{MEMBER}:role/irsa-doctor-read",
    fix_role=f"arn:aws:iam::{MEMBER}:role/irsa-doctor-fix",
    allow_trust_policy_fix=True,
)
QUICK = Limits(aws_connect=0.5, aws_read=0.5, aws_attempts=1, aws_deadline=5.0)


def fleet(account: Account = OPEN) -> Fleet:
    return Fleet(
        accounts=(account,),
        clusters=(
            FleetCluster(name="prod-eu", account=MEMBER, region="eu-west-1", eks_name="prod"),
        ),
    )


def policy(subject: str, *, indent: int | None = None) -> str:
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": f"arn:aws:iam::{MEMBER}:oidc-provider/x"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {"x:sub": subject}},
            }
        ],
    }
    return json.dumps(document, indent=indent)


@pytest.fixture
def role(moto: Moto) -> Iterator[str]:
    iam = moto.client("iam", MEMBER)
    made = iam.create_role(
        RoleName="to-mend", Path="/team/", AssumeRolePolicyDocument=policy("old", indent=2)
    )
    yield made["Role"]["Arn"]
    iam.delete_role(RoleName="to-mend")


def held(moto: Moto) -> Any:
    found = moto.client("iam", MEMBER).get_role(RoleName="to-mend")["Role"]
    document = found["AssumeRolePolicyDocument"]
    return json.loads(unquote(document)) if isinstance(document, str) else document


async def test_a_policy_that_is_still_the_same_is_replaced_as_the_fix_role(
    moto: Moto, role: str
) -> None:
    async with build_clients(fleet(), moto.environ) as clients:
        with recording() as calls:
            await clients.trust_writer(MEMBER).update_trust_policy(
                role_arn=role, before=policy("old"), after=policy("new")
            )

    assert held(moto) == json.loads(policy("new"))
    assert [(c.operation, c.resource) for c in calls] == [
        ("AssumeRole", str(OPEN.fix_role)),
        ("GetRole", role),
        ("UpdateAssumeRolePolicy", role),
    ]


async def test_a_policy_that_changed_meanwhile_is_left_alone(moto: Moto, role: str) -> None:
    async with build_clients(fleet(), moto.environ) as clients:
        with pytest.raises(Stale, match="trust policy of") as caught:
            await clients.trust_writer(MEMBER).update_trust_policy(
                role_arn=role, before=policy("other"), after=policy("new")
            )

    assert json.loads(str(caught.value.found)) == json.loads(policy("old"))
    assert held(moto) == json.loads(policy("old"))


@pytest.mark.parametrize("path", ["", "other/"])
async def test_a_role_of_the_same_name_on_another_path_is_left_alone(
    moto: Moto, role: str, path: str
) -> None:
    async with build_clients(fleet(), moto.environ) as clients:
        with pytest.raises(Stale, match="role to-mend changed"):
            await clients.trust_writer(MEMBER).update_trust_policy(
                role_arn=role.replace("team/", path), before=policy("old"), after=policy("new")
            )

    assert held(moto) == json.loads(policy("old"))


async def test_a_role_that_is_gone_is_stale(moto: Moto) -> None:
    async with build_clients(fleet(), moto.environ) as clients:
        with pytest.raises(Stale, match="role/gone changed"):
            await clients.trust_writer(MEMBER).update_trust_policy(
                role_arn=f"arn:aws:iam::{MEMBER}:role/gone", before="{}", after="{}"
            )


async def test_what_is_no_policy_is_refused_by_iam_and_nothing_is_written(
    moto: Moto, role: str
) -> None:
    async with build_clients(fleet(), moto.environ) as clients:
        with pytest.raises(WriteError, match="nothing was written: MalformedPolicyDocument"):
            await clients.trust_writer(MEMBER).update_trust_policy(
                role_arn=role, before=policy("old"), after="{"
            )


@pytest.mark.parametrize(
    "account",
    [replace(OPEN, allow_trust_policy_fix=False), replace(OPEN, fix_role=None)],
)
async def test_an_account_that_does_not_allow_it_has_no_writer(
    moto: Moto, account: Account
) -> None:
    async with build_clients(fleet(account), moto.environ) as clients:
        with pytest.raises(WriteDenied, match="needs fix_role and allow_trust_policy_fix"):
            clients.trust_writer(MEMBER)
        with pytest.raises(NotInFleet):
            clients.trust_writer(OTHER)


async def test_an_endpoint_that_breaks_off_before_the_look_has_written_nothing() -> None:
    async with serving(cut) as url, build_clients(fleet(), aws_at(url), limits=QUICK) as clients:
        with pytest.raises(WriteError, match="nothing was written"):
            await clients.trust_writer(MEMBER).update_trust_policy(
                role_arn=f"arn:aws:iam::{MEMBER}:role/x", before="{}", after="{}"
            )


async def test_an_answer_that_is_lost_after_the_write_left_is_an_unknown_outcome() -> None:
    role = f"arn:aws:iam::{MEMBER}:role/x"
    document = quote(policy("old"))

    async def losing(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        match form.get("Action"):
            case "AssumeRole":
                body = CREDENTIALS
            case "GetRole":
                body = ROLE.format(arn=role, document=document)
            case _:
                return await cut(request)
        return web.Response(text=body, content_type="text/xml")

    async with serving(losing) as url, build_clients(fleet(), aws_at(url), limits=QUICK) as clients:
        with pytest.raises(OutcomeUnknown, match="it may have been written"):
            await clients.trust_writer(MEMBER).update_trust_policy(
                role_arn=role, before=policy("old"), after=policy("new")
            )


CREDENTIALS = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/x/y</Arn><AssumedRoleId>A:y</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
ROLE = """<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><Path>/</Path>
<Arn>{arn}</Arn><RoleName>x</RoleName><RoleId>AROAEXAMPLE</RoleId><CreateDate>2026-01-01T00:00:00Z</CreateDate>
<AssumeRolePolicyDocument>{document}</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>"""
