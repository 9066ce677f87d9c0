"""Conditions on the role itself: its tags, its account, its organization."""

from __future__ import annotations

import pytest

from diagnostics.iam import Mismatch, Outcome, decide, outcome, repair
from tests.iam.building import ACCOUNT, AUD, ISSUER, SUB, Body, policy, request, statement

TAG = "aws:ResourceTag/team"
OTHER = "system:serviceaccount:payments:worker"


def guarded(guard: Body, sub: str = SUB) -> Body:
    """The statement of one service account, with a further condition."""
    condition: Body = {"StringEquals": {f"{ISSUER}:aud": AUD, f"{ISSUER}:sub": sub}}
    for operator, block in guard.items():
        condition.setdefault(operator, {}).update(block)
    return statement(condition)


ALLOWED, DENIED, OPEN = Outcome.ALLOWED, Outcome.IMPLICIT_DENY, Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("guard", "with_team", "without", "unknown"),
    [
        ({"StringEquals": {TAG: "payments"}}, ALLOWED, DENIED, OPEN),
        ({"StringEquals": {"iam:ResourceTag/team": "payments"}}, ALLOWED, DENIED, OPEN),
        ({"StringEquals": {"AWS:resourcetag/TEAM": "payments"}}, ALLOWED, DENIED, OPEN),
        ({"StringEquals": {TAG: "web"}}, DENIED, DENIED, OPEN),
        ({"StringNotEquals": {TAG: "payments"}}, DENIED, ALLOWED, OPEN),
        ({"StringEqualsIfExists": {TAG: "web"}}, DENIED, ALLOWED, OPEN),
        ({"Null": {TAG: "false"}}, ALLOWED, DENIED, OPEN),
        ({"Null": {TAG: "true"}}, DENIED, ALLOWED, OPEN),
        ({"StringLike": {TAG: "pay*"}}, ALLOWED, DENIED, OPEN),
        ({"StringEquals": {"aws:ResourceAccount": ACCOUNT}}, ALLOWED, ALLOWED, ALLOWED),
        ({"StringEquals": {"aws:ResourceAccount": "444455556666"}}, DENIED, DENIED, DENIED),
        ({"StringEquals": {"aws:ResourceOrgID": "o-example"}}, OPEN, OPEN, OPEN),
        ({"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": "o-example/*"}}, OPEN, OPEN, OPEN),
    ],
)
@pytest.mark.parametrize("open_context", [True, False])
def test_a_condition_on_the_role_is_decided_where_the_role_is_known_and_open_where_not(
    guard: Body, with_team: Outcome, without: Outcome, unknown: Outcome, *, open_context: bool
) -> None:
    trust = policy(guarded(guard))

    def asked(tags: dict[str, str] | None) -> Outcome:
        return outcome(trust, request(tags=tags, open_context=open_context))

    assert asked({"team": "payments", "owner": "x"}) is with_team
    assert asked({"owner": "payments"}) is without
    assert asked(None) is unknown


def test_a_tag_may_stand_in_the_value_of_a_subject() -> None:
    trust = policy(
        guarded({}, "system:serviceaccount:${aws:ResourceTag/team}:api"),
    )

    assert outcome(trust, request(tags={"team": "payments"})) is ALLOWED
    assert outcome(trust, request(tags={"team": "web"})) is DENIED
    decision = decide(trust, request())
    assert decision.outcome is OPEN
    assert decision.undecided == ("aws:resourcetag/team",)


def test_what_is_given_for_the_call_goes_before_what_is_not_known() -> None:
    trust = policy(guarded({"StringEquals": {TAG: "payments"}}))

    assert outcome(trust, request(context={TAG: "payments"})) is ALLOWED
    assert outcome(trust, request(context={TAG: "web"})) is DENIED


def test_a_reason_says_what_the_role_has() -> None:
    trust = policy(guarded({"StringEquals": {TAG: "payments"}}))
    other = decide(trust, request(tags={"team": "web"})).reasons
    none = decide(trust, request(tags={})).reasons

    assert [(r.mismatch, r.presented) for r in (*other, *none)] == [
        (Mismatch.ROLE, "web"),
        (Mismatch.ROLE, None),
    ]
    assert other[0].words == 'The role\'s tag "team" is "web"; StringEquals wants "payments".'
    assert none[0].words == 'The role has no tag "team"; StringEquals wants it to be "payments".'


@pytest.mark.parametrize("tags", [{"team": "web"}, {}])
@pytest.mark.parametrize("before", [True, False])
def test_a_correction_goes_not_around_what_is_demanded_of_the_role(
    tags: dict[str, str], *, before: bool
) -> None:
    ours = guarded({"StringEquals": {TAG: "payments"}})
    unguarded = guarded({}, OTHER)
    fix = repair(policy(*((unguarded, ours) if before else (ours, unguarded))), request(tags=tags))

    assert fix.policy is None
    assert fix.blocked is not None
    assert "change the role" in fix.blocked


@pytest.mark.parametrize("guard", [{"StringEquals": {TAG: "payments"}}, {"Null": {TAG: "false"}}])
@pytest.mark.parametrize("tags", [{"team": "payments"}, None])
@pytest.mark.parametrize("wildcard", [True, False])
def test_a_correction_keeps_the_condition_on_the_role(
    guard: Body, tags: dict[str, str] | None, *, wildcard: bool
) -> None:
    # Where the subject can't be added in place, a statement of its own carries the guard too.
    twice: Body = {"StringLike": {f"{ISSUER}:sub": "*worker"}} if wildcard else {}
    fix = repair(policy(guarded({**guard, **twice}, OTHER)), request(tags=tags))

    assert fix.policy is not None
    assert outcome(fix.policy, request(tags={"team": "payments"})) is ALLOWED
    assert outcome(fix.policy, request(tags={})) is DENIED
    assert fix.after is (OPEN if tags is None else ALLOWED)


def test_a_correction_of_the_subject_says_first_what_the_role_lacks() -> None:
    fix = repair(
        policy(guarded({"StringEquals": {TAG: "payments"}}, OTHER)), request(tags={"team": "web"})
    )

    assert fix.policy is None
    assert fix.blocked is not None
    assert fix.blocked.startswith('The role\'s tag "team" is "web"')


def test_a_deny_on_a_tag_that_is_not_known_leaves_the_call_open() -> None:
    spared = statement({"StringNotEquals": {TAG: "payments"}}, Effect="Deny")
    trust = policy(statement(), spared)

    assert outcome(trust, request(tags={"team": "payments"})) is ALLOWED
    assert outcome(trust, request(tags={})) is Outcome.EXPLICIT_DENY
    assert outcome(trust, request()) is OPEN
