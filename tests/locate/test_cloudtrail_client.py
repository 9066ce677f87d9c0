"""The lookup in CloudTrail through real boto3, against the stand-in with the real one's limits."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clients import Limits, build_clients
from diagnostics.errors import ReadDenied, Throttled
from diagnostics.fleet import Account, Fleet
from diagnostics.journal import recording
from diagnostics.web_identity_call import read_record
from sandbox.cloudtrail import CloudTrail, account_of, web_identity_event
from tests.support.aws import aws_at, moto_running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

MEMBER, OTHER = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{MEMBER}:role/payments-api"
ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/A1B2C3D4E5F60718293A4B5C6D7E8F90"
PROVIDER = f"arn:aws:iam::{MEMBER}:oidc-provider/{ISSUER}"
SUBJECT = "system:serviceaccount:payments:api"
REGION = "eu-west-1"
NOW = datetime.now(UTC)
SINCE, UNTIL = NOW - timedelta(minutes=30), NOW

FLEET = Fleet(
    accounts=tuple(
        Account(id=a, name=a, read_role=f"arn:aws:iam::{a}:role/irsa-doctor-read")
        for a in (MEMBER, OTHER)
    )
)


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    with moto_running() as url:
        yield url


@pytest_asyncio.fixture
async def trail() -> AsyncIterator[CloudTrail]:
    async with CloudTrail(account_of=account_of) as running:
        yield running


def environ(moto_url: str, trail: CloudTrail) -> dict[str, str]:
    return aws_at(moto_url, AWS_ENDPOINT_URL_CLOUDTRAIL=trail.url, AWS_REGION=REGION)


def event(minutes: float = 5, **more: str) -> dict[str, object]:
    given = {"subject": SUBJECT, "role_arn": ROLE, "provider_arn": PROVIDER, "region": REGION}
    return web_identity_event(at=NOW - timedelta(minutes=minutes), **given | more)


async def test_a_refused_call_is_read_with_who_made_it(moto_url: str, trail: CloudTrail) -> None:
    trail.record(event(request_id="7f0e", event_id="e-1"))

    async with build_clients(FLEET, environ(moto_url, trail)) as clients:
        found = await clients.aws(MEMBER).web_identity_calls(REGION, SINCE, UNTIL)

    assert found.complete
    [call] = found.items
    assert (call.event_id, call.request_id, call.error_code) == ("e-1", "7f0e", "AccessDenied")
    assert (call.role_arn, call.provider_arn) == (ROLE, PROVIDER)
    assert (call.audience, call.subject, call.issuer) == ("sts.amazonaws.com", SUBJECT, ISSUER)
    assert call.service_account == ("payments", "api")


async def test_each_account_and_region_has_its_own_history(
    moto_url: str, trail: CloudTrail
) -> None:
    trail.record(event(region="us-east-1"))
    trail.record(event(role_arn=f"arn:aws:iam::{OTHER}:role/x", event_id="other"))

    async with build_clients(FLEET, environ(moto_url, trail)) as clients:
        here = await clients.aws(MEMBER).web_identity_calls(REGION, SINCE, UNTIL)
        there = await clients.aws(OTHER).web_identity_calls(REGION, SINCE, UNTIL)

    assert here.items == ()
    assert [call.event_id for call in there.items] == ["other"]


async def test_pages_are_read_at_the_pace_that_cloudtrail_takes_and_only_so_many(
    moto_url: str, trail: CloudTrail
) -> None:
    for n in range(130):
        trail.record(event(minutes=1 + n / 10, event_id=f"e-{n}"))

    limits = Limits(trail_pages=2, aws_attempts=1)
    async with build_clients(FLEET, environ(moto_url, trail), limits=limits) as clients:
        first, second = await asyncio.gather(
            clients.aws(MEMBER).web_identity_calls(REGION, SINCE, UNTIL),
            clients.aws(MEMBER).web_identity_calls(REGION, SINCE - timedelta(hours=1), UNTIL),
        )

    for found in (first, second):
        assert [call.event_id for call in found.items] == [f"e-{n}" for n in range(100)]
        assert not found.complete


async def test_the_same_question_is_asked_once(moto_url: str, trail: CloudTrail) -> None:
    async with build_clients(FLEET, environ(moto_url, trail)) as clients:
        aws = clients.aws(MEMBER)
        await asyncio.gather(*(aws.web_identity_calls(REGION, SINCE, UNTIL) for _ in range(5)))
        with recording() as calls:
            await aws.web_identity_calls(REGION, SINCE, UNTIL)

    assert trail.asked == [(MEMBER, REGION)]
    assert calls == []


async def test_a_refusal_says_what_to_allow(moto_url: str, trail: CloudTrail) -> None:
    trail.denied.add(MEMBER)

    async with build_clients(FLEET, environ(moto_url, trail)) as clients:
        with pytest.raises(ReadDenied) as caught:
            await clients.aws(MEMBER).web_identity_calls(REGION, SINCE, UNTIL)

    assert "not authorized to perform: cloudtrail:LookupEvents" in caught.value.why
    assert caught.value.enable == (
        f"allow cloudtrail:LookupEvents on * to arn:aws:iam::{MEMBER}:role/irsa-doctor-read"
    )


async def test_somebody_elses_lookups_end_in_a_rate_limit_and_not_in_a_crash(
    moto_url: str, trail: CloudTrail
) -> None:
    limits = Limits(trail_pause=0.0, aws_attempts=1)
    for n in range(200):
        trail.record(event(event_id=f"e-{n}"))

    async with build_clients(FLEET, environ(moto_url, trail), limits=limits) as clients:
        with pytest.raises(Throttled, match="Rate exceeded"):
            await clients.aws(MEMBER).web_identity_calls(REGION, SINCE, UNTIL)


async def test_a_record_shows_only_after_its_lag(moto_url: str) -> None:
    async with CloudTrail(
        account_of=account_of, lag=timedelta(minutes=10), now=lambda: NOW
    ) as trail:
        trail.record(event(minutes=5, event_id="late"))
        trail.record(event(minutes=15, event_id="there"))
        async with build_clients(FLEET, environ(moto_url, trail)) as clients:
            found = await clients.aws(MEMBER).web_identity_calls(REGION, SINCE, UNTIL)

    assert [call.event_id for call in found.items] == ["there"]


def changed(**more: object) -> str:
    return json.dumps(event() | more)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        changed(eventName="AssumeRole"),
        changed(eventSource="signin.amazonaws.com"),
        changed(userIdentity=None),
        changed(userIdentity={"principalId": 7}),
        changed(userIdentity={"principalId": "arn:aws:iam::1:saml-provider/x:aud:someone"}),
        changed(eventTime="yesterday"),
        changed(requestParameters=None, resources=[None, {"ARN": "nothing"}]),
        changed(userAgent="x" * 400_000),
    ],
)
def test_what_is_no_record_of_a_web_identity_call_is_passed_over(text: str) -> None:
    assert read_record(text) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(sorted(event())) | st.sampled_from(["principalId", "ARN", "roleArn"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(sorted(event())), JSON, max_size=4))
def test_no_record_breaks_the_reading(changes: dict[str, object]) -> None:
    call = read_record(changed(**changes))

    assert call is None or (call.role_arn.startswith("arn:") and call.subject)


@pytest.mark.parametrize(
    ("identity", "audience"),
    [
        ({"principalId": f"{PROVIDER}:sts.amazonaws.com:{SUBJECT}"}, "sts.amazonaws.com"),
        (
            {
                "principalId": f"{PROVIDER}:https://example.com:8443:{SUBJECT}",
                "identityProvider": PROVIDER,
                "userName": SUBJECT,
            },
            "https://example.com:8443",
        ),
        ({"identityProvider": PROVIDER, "userName": SUBJECT}, ""),
    ],
)
def test_the_caller_is_read_however_much_of_the_identity_is_there(
    identity: dict[str, str], audience: str
) -> None:
    call = read_record(changed(userIdentity=identity, requestParameters=None))

    assert call is not None
    assert (call.provider_arn, call.audience, call.subject) == (PROVIDER, audience, SUBJECT)
    assert call.role_arn == ROLE


def test_a_subject_that_could_not_be_a_service_account_names_none() -> None:
    for subject in ("repo:org/name:ref", "system:serviceaccount:a", "system:serviceaccount:../x:y"):
        identity = {"identityProvider": PROVIDER, "userName": subject}
        call = read_record(changed(userIdentity=identity))
        assert call is not None
        assert call.service_account is None
