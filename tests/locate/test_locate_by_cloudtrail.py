"""The service account that CloudTrail names, where nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.case import Case, Question
from diagnostics.errors import Unreachable
from diagnostics.evidence import Target
from diagnostics.fleet import Hints
from diagnostics.journal import recording
from diagnostics.locate.target import locate
from diagnostics.pipeline import diagnose
from diagnostics.recognize.symptom import Cause
from diagnostics.web_identity_call import WebIdentityCall, WebIdentityCalls
from tests.engine import healthy as h
from tests.engine.fleet_double import NOON, DoubleAws, DoubleClients, World

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.recognize.symptom import Symptom

REQUEST = "0f7d1c2e-5a55-4a57-8f0b-000000000001"


def call(minutes: float = 10, **more: str | None) -> WebIdentityCall:
    given: dict[str, str | None] = {
        "event_id": "e-1",
        "region": "eu-west-1",
        "role_arn": h.ROLE,
        "provider_arn": h.provider_arn(),
        "audience": "sts.amazonaws.com",
        "subject": h.SUBJECT,
        "error_code": "AccessDenied",
        "request_id": REQUEST,
    }
    return WebIdentityCall(at=NOON - timedelta(minutes=minutes), **given | more)  # type: ignore[arg-type]


def two_that_fit() -> World:
    """Two service accounts carry the role, and its trust policy can't be read."""
    world = h.healthy()
    world.accounts.append(h.service_account(namespace="staging"))
    world.roles.clear()
    return world


async def located(
    symptom: Symptom, world: World, now: datetime = NOON, **hints: str
) -> Target | Question:
    case = Case(symptom=symptom, hints=Hints(**hints))  # type: ignore[arg-type]
    return await locate(case, DoubleClients(world), patience=5.0, now=now)


def question(answer: Target | Question) -> Question:
    assert isinstance(answer, Question), answer
    return answer


def target(answer: Target | Question) -> Target:
    assert isinstance(answer, Target), answer
    return answer


async def test_a_record_with_the_errors_request_id_settles_it() -> None:
    world = two_that_fit()
    world.trail.append(call(subject="system:serviceaccount:staging:api"))

    found = target(await located(h.symptom(request_id=REQUEST.upper()), world))

    assert (found.cluster, found.namespace, found.service_account) == ("prod-eu", "staging", "api")
    assert found.how[-1] == "CloudTrail record e-1 of 11:50:00 UTC names it"


async def test_a_request_id_leads_without_any_other_clue() -> None:
    world = h.healthy()
    world.trail.append(call())

    found = target(
        await located(h.symptom(role_arn=None, account_id=h.SHARED, request_id=REQUEST), world)
    )

    assert (found.namespace, found.service_account) == ("payments", "api")
    assert found.role_arn == h.ROLE


async def test_the_only_caller_that_failed_for_the_role_is_taken() -> None:
    world = two_that_fit()
    world.trail += [
        call(9, event_id="good", subject="system:serviceaccount:staging:api", error_code=None),
        call(8, event_id="newest"),
        call(12, event_id="older"),
    ]

    found = target(await located(h.symptom(request_id="of another call"), world))

    assert found.namespace == "payments"
    assert found.how[-1] == (
        "CloudTrail record newest of 11:52:00 UTC shows that it failed to assume the role"
    )


async def test_several_callers_that_failed_are_offered_with_their_records() -> None:
    world = two_that_fit()
    world.trail += [
        call(9, event_id="one"),
        call(8, event_id="two", subject="system:serviceaccount:staging:api"),
    ]

    answer = question(await located(h.symptom(), world))

    assert answer.text == "Several service accounts fit; which one is it?"
    assert [(c.target.namespace, c.reason.rpartition(", ")[2]) for c in answer.candidates] == [
        (
            "staging",
            "CloudTrail record two of 11:52:00 UTC shows that it failed to assume the role",
        ),
        (
            "payments",
            "CloudTrail record one of 11:51:00 UTC shows that it failed to assume the role",
        ),
    ]


async def test_where_the_role_was_assumed_the_calls_that_succeeded_count() -> None:
    world = two_that_fit()
    world.trail += [call(9, error_code=None), call(8, subject="system:serviceaccount:staging:api")]
    symptom = h.symptom(
        Cause.PERMISSION, role_arn=None, source_role="payments-api", account_id=h.SHARED
    )

    found = target(await located(symptom, world))

    assert found.namespace == "payments"
    assert found.how[-1].endswith("shows that it assumed the role")


async def test_nothing_is_asked_where_the_target_is_clear() -> None:
    world = h.healthy()
    world.trail.append(call(subject="system:serviceaccount:staging:api"))

    with recording() as calls:
        found = target(await located(h.symptom(request_id=REQUEST), world))

    assert found.namespace == "payments"
    assert "LookupEvents" not in {c.operation for c in calls}


async def test_the_errors_time_and_region_narrow_the_lookup() -> None:
    world = two_that_fit()
    at = NOON - timedelta(days=2)
    long_ago = replace(call(request_id=None), at=at + timedelta(minutes=2), region="sa-east-1")
    world.trail += [long_ago, call(5, request_id=None, subject="system:serviceaccount:staging:api")]

    with recording() as calls:
        found = target(await located(h.symptom(at=at, region="sa-east-1"), world))

    assert found.namespace == "payments"
    asked = [c.resource for c in calls if c.operation == "LookupEvents"]
    assert asked == ["sa-east-1", "eu-west-1", "us-east-1"]


async def test_a_record_that_may_not_be_there_yet_is_spoken_of() -> None:
    answer = question(await located(h.symptom(), two_that_fit()))

    assert answer.text == (
        "Several service accounts fit; which one is it? "
        f"CloudTrail in {h.SHARED} (eu-west-1, us-east-1) shows no such call from 11:30 to 12:00 UTC; "
        "records lag by 5 to 15 minutes, so it may not be there yet."
    )


async def test_an_old_error_without_a_record_says_that_not_all_are_recorded() -> None:
    answer = question(await located(h.symptom(at=NOON - timedelta(hours=3)), two_that_fit()))

    assert answer.text.endswith("from 08:55 to 09:05 UTC; not every refused call is recorded.")


async def test_an_error_older_than_the_history_is_not_looked_up() -> None:
    with recording() as calls:
        symptom = h.symptom(at=NOON - timedelta(days=100))
        answer = question(await located(symptom, two_that_fit()))

    assert "CloudTrail looks back 90 days only; the error is older." in answer.text
    assert "LookupEvents" not in {c.operation for c in calls}


@pytest.mark.parametrize("minutes", [-600, 600])
async def test_a_clock_of_another_zone_is_not_trusted_into_the_future(minutes: int) -> None:
    world = two_that_fit()
    at = NOON.replace(tzinfo=None) - timedelta(minutes=minutes)
    world.trail.append(replace(call(), at=NOON - timedelta(minutes=max(minutes, 10))))

    assert target(await located(h.symptom(at=at), world)).namespace == "payments"


async def test_a_refused_lookup_is_stated_and_hinders_nothing() -> None:
    world = two_that_fit()
    world.refuse("LookupEvents")

    answer = question(await located(h.symptom(), world))

    assert len(answer.candidates) == 2
    assert (
        f"CloudTrail of account {h.SHARED} (eu-west-1, us-east-1) could not be asked: "
        "AccessDenied: not authorized to perform LookupEvents."
    ) in answer.text


async def test_an_account_outside_of_the_fleet_is_stated() -> None:
    symptom = h.symptom(role_arn="arn:aws:iam::999999999999:role/theirs")

    answer = question(await located(symptom, h.healthy()))

    assert "account 999999999999 is not in the fleet file" in answer.text


async def test_a_caller_from_a_cluster_outside_of_the_fleet_is_named() -> None:
    world = two_that_fit()
    world.trail.append(call(provider_arn=h.provider_arn(issuer="https://oidc.example.com/x")))

    answer = question(await located(h.symptom(request_id=REQUEST), world))

    assert (
        f"CloudTrail record e-1 of 11:50:00 UTC names {h.SUBJECT} of issuer oidc.example.com/x, "
        "which is no cluster of the fleet file."
    ) in answer.text


async def test_a_person_who_names_the_namespace_is_not_overruled() -> None:
    world = two_that_fit()
    world.accounts.append(h.service_account("api-2", namespace="payments"))
    world.trail.append(call(subject="system:serviceaccount:staging:api"))

    answer = question(await located(h.symptom(request_id=REQUEST), world, namespace="payments"))

    assert {c.target.namespace for c in answer.candidates} == {"payments"}
    assert (
        "CloudTrail record e-1 of 11:50:00 UTC names staging/api on prod-eu, which is not what was said."
    ) in answer.text


async def test_one_region_that_fails_does_not_hide_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = two_that_fit()
    world.trail.append(replace(call(), region="us-east-1"))
    lookup = DoubleAws.web_identity_calls

    async def refused_in_europe(
        self: DoubleAws, region: str, since: datetime, until: datetime
    ) -> WebIdentityCalls:
        if region == "eu-west-1":
            raise Unreachable("no way there", enable="open it")
        return await lookup(self, region, since, until)

    monkeypatch.setattr(DoubleAws, "web_identity_calls", refused_in_europe)

    assert target(await located(h.symptom(request_id=REQUEST), world)).namespace == "payments"


WORDS = st.text(max_size=60) | st.sampled_from(
    [h.SUBJECT, h.provider_arn(), h.ROLE, REQUEST, "system:serviceaccount:../x:y", "eu-west-1"]
)


@settings(max_examples=200, deadline=None)
@given(
    records=st.lists(
        st.fixed_dictionaries(
            dict.fromkeys(
                ("event_id", "role_arn", "provider_arn", "audience", "subject", "request_id"), WORDS
            )
        ),
        max_size=15,
    )
)
async def test_whatever_records_say_the_target_is_one_of_the_fleet(
    records: list[dict[str, str | None]],
) -> None:
    world = two_that_fit()
    world.trail += [
        call(n, **record)
        for n, record in enumerate(records)
        if str(record["role_arn"]).count(":") > 3
    ]

    answer = await located(h.symptom(request_id=REQUEST), world)

    if isinstance(answer, Target):
        assert answer.cluster in {"prod-eu", "prod-us"}
        assert ".." not in answer.namespace
    else:
        assert len(answer.candidates) <= 20


async def test_the_diagnosis_goes_on_by_itself_and_shows_the_lookup_among_its_reads() -> None:
    world = two_that_fit()
    world.trail.append(call(subject="system:serviceaccount:staging:api"))
    case = Case(symptom=h.symptom(request_id=REQUEST))

    diagnosis = await diagnose(case, DoubleClients(world), now=lambda: NOON)

    assert not isinstance(diagnosis, Question)
    assert diagnosis.target.namespace == "staging"
    assert "LookupEvents" in {c.operation for c in diagnosis.calls}
