"""Laws that hold for every policy and every request."""

from __future__ import annotations

import itertools
import json
from typing import Any

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from diagnostics.iam import (
    Outcome,
    PolicyError,
    Problem,
    TrustPolicy,
    decide,
    from_document,
    narrow,
    outcome,
    parse,
    refusals,
    repair,
    unified_diff,
)
from diagnostics.iam.explain_text import explained
from tests.iam import reference
from tests.iam.building import ACTION, AUD, PROVIDER, SUB, Body, request
from tests.iam.generated import AUDIENCES, PROVIDERS, SUBJECTS, anything, documents

RELAXED = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TAGS = {"team": "payments"}
OTHERS = [
    request(sub, aud, provider=provider, tags=TAGS)
    for provider, sub, aud in itertools.product(PROVIDERS, SUBJECTS, AUDIENCES)
    if (provider, sub, aud) != (PROVIDER, SUB, AUD)
]
TARGET = request(tags=TAGS)


def read(text: str) -> TrustPolicy | tuple[Problem, ...]:
    try:
        return parse(text)
    except PolicyError as error:
        return error.problems


def decisions(trust: TrustPolicy) -> list[Outcome]:
    return [outcome(trust, one) for one in [TARGET, *OTHERS]]


@RELAXED
@given(anything, st.booleans())
def test_any_json_is_decided_or_refused_with_a_pointer(value: Any, open_context: bool) -> None:  # noqa: FBT001
    trust = read(json.dumps(value))
    if not isinstance(trust, TrustPolicy):
        assert trust
        assert all(p.words and p.line >= 1 and p.column >= 1 for p in trust)
        assert all(p.pointer == "" or p.pointer.startswith("/") for p in trust)
        return
    asked = request(open_context=open_context)
    assert decide(trust, asked).outcome is outcome(trust, asked)
    assert explained(trust, asked)
    assert repair(trust, asked).size > 0
    assert all(p.words for p in refusals(trust))


@RELAXED
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert read(text)


@RELAXED
@given(documents())
def test_a_repair_lets_the_target_in_or_says_what_is_in_the_way(document: Body) -> None:
    fix = repair(from_document(document), TARGET)
    if fix.policy is None:
        assert fix.blocked
        assert fix.changes == ()
    else:
        assert outcome(fix.policy, TARGET) is Outcome.ALLOWED
        assert fix.after is Outcome.ALLOWED
        assert bool(fix.changes) == (fix.before is not Outcome.ALLOWED)


@RELAXED
@given(documents())
@example({"Statement": {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": ACTION}})
def test_a_repair_changes_no_decision_but_the_targets(document: Body) -> None:
    trust = from_document(document)
    fix = repair(trust, TARGET)
    assume(fix.policy is not None)
    assert fix.policy is not None

    assert decisions(fix.policy)[1:] == decisions(trust)[1:]


@RELAXED
@given(documents())
def test_a_repair_changes_no_decision_about_tagging_or_other_actions(document: Body) -> None:
    trust = from_document(document)
    fix = repair(trust, TARGET)
    assume(fix.policy is not None)
    assert fix.policy is not None
    for action in ("sts:TagSession", "sts:SetSourceIdentity"):
        for sub in SUBJECTS[1:]:
            one = request(sub, action=action, tags=TAGS)
            assert outcome(fix.policy, one) is outcome(trust, one)


@RELAXED
@given(documents())
def test_repairing_twice_changes_nothing(document: Body) -> None:
    fix = repair(from_document(document), TARGET)
    assume(fix.policy is not None)
    assert fix.policy is not None

    again = repair(fix.policy, TARGET)
    assert again.changes == ()
    assert again.policy == fix.policy
    assert unified_diff(fix.policy, fix.policy) == ""


@RELAXED
@given(documents())
def test_a_repair_leaves_the_policy_it_was_given_alone(document: Body) -> None:
    trust = from_document(document)
    before = trust.printed()
    repair(trust, TARGET)
    narrow(trust, TARGET)
    assert trust.printed() == before


@RELAXED
@given(documents())
def test_narrowing_lets_nobody_in_and_keeps_the_target(document: Body) -> None:
    trust = from_document(document)
    fix = narrow(trust, TARGET)
    assume(fix is not None)
    assert fix is not None
    assert fix.policy is not None
    assert outcome(fix.policy, TARGET) is Outcome.ALLOWED
    for one in OTHERS:
        assert not (
            outcome(fix.policy, one) is Outcome.ALLOWED
            and outcome(trust, one) is not Outcome.ALLOWED
        )


@RELAXED
@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_statements_operators_and_keys_does_not_matter(
    document: Body, random: Any
) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            items = [(key, shuffled(item)) for key, item in value.items()]
            random.shuffle(items)
            return dict(items)
        if isinstance(value, list):
            items_ = [shuffled(item) for item in value]
            random.shuffle(items_)
            return items_
        return value

    assert decisions(from_document(shuffled(document))) == decisions(from_document(document))


@RELAXED
@given(documents())
def test_a_single_value_may_stand_in_a_list(document: Body) -> None:
    def listed(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: listed(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [listed(item) for item in value]
        return value if name in ("Effect", "Version", "Sid", "") else [value]

    wrapped = listed(document)
    if not isinstance(wrapped["Statement"], list):
        wrapped["Statement"] = [wrapped["Statement"]]
    assert decisions(from_document(wrapped)) == decisions(from_document(document))


@RELAXED
@given(documents(), st.sampled_from([str.upper, str.lower, str.swapcase]))
def test_the_case_of_key_names_does_not_matter(document: Body, change: Any) -> None:
    def recased(body: Body) -> Body:
        blocks = {
            operator: {change(key): value for key, value in block.items()}
            for operator, block in body.get("Condition", {}).items()
        }
        return {**body, "Condition": blocks}

    found = document["Statement"]
    found = [found] if isinstance(found, dict) else found
    other = {**document, "Statement": [recased(body) for body in found]}
    assert decisions(from_document(other)) == decisions(from_document(document))


@RELAXED
@given(documents())
def test_printing_and_parsing_again_gives_the_same_policy(document: Body) -> None:
    trust = from_document(document)
    assert parse(trust.printed()) == trust


@RELAXED
@given(documents())
def test_a_plain_second_evaluator_decides_the_same(document: Body) -> None:
    trust = from_document(document)
    for one in [TARGET, *OTHERS]:
        assert outcome(trust, one) == reference.decide(document, one)
