"""What a reply says, in each of its states, within Slack's limits."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.case import Candidate, Question
from diagnostics.fleet import Hints
from handlers.blockkit import validate_message, validate_view
from handlers.render import (
    Card,
    Deed,
    Diagnosed,
    Happening,
    OfferedFix,
    checks_modal,
    confirm_modal,
    diagnosis_message,
    form_modal,
    help_message,
    progress_message,
    question_message,
    trouble_message,
)
from tests.render import samples

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from diagnostics.result import Diagnosis
    from handlers.render import Message


def card(diagnosis: Diagnosis, **changes: object) -> Card:
    offered = tuple(
        OfferedFix(plan_id=f"plan-{at}", fix=fix) for at, fix in enumerate(diagnosis.fixes)
    )
    made = Card(incident_id="7Q2M", first=Diagnosed(diagnosis=diagnosis, fixes=offered))
    return replace(made, **changes)  # type: ignore[arg-type]


def payload(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": message.blocks}


def written(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


@pytest.mark.parametrize("name", samples.ALL)
def test_reply_reads_as_agreed(name: str, snapshot: SnapshotAssertion) -> None:
    message = diagnosis_message(card(samples.ALL[name]))

    assert validate_message(payload(message)) == ()
    assert payload(message) == snapshot


@pytest.mark.parametrize("name", samples.ALL)
def test_every_state_of_a_reply_holds_rich_text_so_that_it_can_be_updated(name: str) -> None:
    states = (
        card(samples.ALL[name]),
        card(samples.ALL[name], busy="Applying …"),
        card(samples.ALL[name], internal=False),
    )

    for state in states:
        kinds = [block["type"] for block in diagnosis_message(state).blocks]
        assert "rich_text" in kinds
    assert "rich_text" in [b["type"] for b in progress_message("Reading …").blocks]


def test_buttons_carry_ids_only_and_name_their_target_to_screen_readers() -> None:
    message = diagnosis_message(card(samples.UNANNOTATED))
    buttons = [
        e
        for b in message.blocks
        if b["type"] == "actions"
        for e in b["elements"]  # type: ignore[attr-defined]
        if e["type"] == "button"
    ]

    assert [b["text"]["text"] for b in buttons] == [
        "Apply annotation",
        "Restart pods",
        "Check again",
        "Show all checks",
    ]
    assert [b["value"] for b in buttons] == ["plan-0", "plan-1", "7Q2M", "7Q2M"]
    assert all("payments" in b["accessibility_label"] for b in buttons)


def test_buttons_are_gone_while_something_runs() -> None:
    message = diagnosis_message(card(samples.UNANNOTATED, busy="Applying the annotation …"))

    assert "actions" not in [b["type"] for b in message.blocks]
    assert "Applying the annotation …" in written(message)


def test_what_people_did_stands_in_the_reply_with_who_and_when() -> None:
    deed = Happening(
        deed=Deed.DONE,
        words="Set the annotation of serviceaccount payments/api",
        by="U1",
        at=samples.AT,
    )
    message = diagnosis_message(card(samples.HEALTHY, happenings=(deed,)))

    assert "<@U1>" in written(message)
    assert "03:12 UTC" in written(message)
    assert "Done: Set the annotation" in message.text


def test_fix_that_made_it_healthy_is_said_to_hold() -> None:
    deed = Happening(deed=Deed.DONE, words="Restart the pods", by="U1", at=samples.AT)
    undone = replace(deed, words="Undo: set the annotation")

    assert "holds: every check passes" in written(
        diagnosis_message(card(samples.HEALTHY, happenings=(deed,)))
    )
    assert "holds: every check passes" not in written(
        diagnosis_message(card(samples.HEALTHY, happenings=(deed, undone)))
    )


def test_question_says_the_main_thing_in_bold_and_the_rest_quietly() -> None:
    message = question_message(
        Question(
            text="Which cluster is it? No. CloudTrail shows nothing yet.", missing=("cluster",)
        ),
        "7Q2M",
    )
    (asked,) = message.blocks[0]["elements"][0]["elements"]  # type: ignore[index]

    assert asked == {"type": "text", "text": "Which cluster is it?", "style": {"bold": True}}
    assert message.blocks[-1]["type"] == "context"
    assert "No. CloudTrail shows nothing yet." in json.dumps(message.blocks[-1])


def test_the_cause_is_not_said_to_fail_also() -> None:
    root = samples.UNANNOTATED.root
    assert root is not None
    as_read = replace(samples.UNANNOTATED, root=replace(root))  # as the store gives it back

    assert "IRSA103 The service account" not in written(diagnosis_message(card(as_read)))


def test_nothing_of_ours_is_shown_in_a_channel_shared_with_others() -> None:
    message = diagnosis_message(card(samples.UNANNOTATED, internal=False))

    for secret in ("111122223333", "payments", "prod-eu"):
        assert secret not in written(message) + message.text


def test_stray_blank_is_visible_in_what_was_seen() -> None:
    message = diagnosis_message(card(samples.BLANK_IN_SUBJECT))

    assert "system:serviceaccount:␣payments:api" in written(message)


def test_notification_text_is_a_whole_sentence_with_the_result() -> None:
    message = diagnosis_message(card(samples.UNANNOTATED))

    assert message.text == (
        "payments/api on prod-eu: The service account has no role annotation. "
        "A fix can be applied from the thread."
    )


@given(st.text(max_size=9_000), st.integers(1, 60))
def test_no_value_however_long_or_strange_breaks_slacks_limits(text: str, results: int) -> None:
    finding = replace(
        samples.STRAY_SPACE, seen=text, wanted=text[::-1], headline=text, why=text, next=text
    )
    root = samples.failed("IRSA407", finding)
    diagnosis = samples.diagnosis(
        root=root,
        rest=(root,) * results,
        correction=replace(samples.CORRECTION, diff=text, changes=(text,)),
        headline=text,
    )
    several = card(
        diagnosis,
        also=tuple(Diagnosed(diagnosis=diagnosis) for _ in range(4)),
    )

    assert validate_message(payload(diagnosis_message(several))) == ()
    assert validate_view(checks_modal(diagnosis, "7Q2M")) == ()


@pytest.mark.parametrize("fix", [samples.ANNOTATE, samples.ANNOTATE.undo(), samples.RESTART])
def test_confirmation_shows_the_exact_change_and_the_way_back(
    fix: object, snapshot: SnapshotAssertion
) -> None:
    view = confirm_modal(fix, "plan-0", samples.UNANNOTATED)  # type: ignore[arg-type]

    assert validate_view(view) == ()
    assert view["private_metadata"] == "plan-0"
    assert view == snapshot


@pytest.mark.parametrize("name", samples.ALL)
def test_all_checks_are_shown_with_their_evidence(name: str, snapshot: SnapshotAssertion) -> None:
    view = checks_modal(samples.ALL[name], "7Q2M")

    assert validate_view(view) == ()
    assert view == snapshot


def test_form_asks_only_for_what_is_missing() -> None:
    view = form_modal(("cluster", "service_account"), Hints(), ("prod-eu", "prod-us"), "7Q2M")

    assert validate_view(view) == ()
    blocks: list[dict[str, object]] = view["blocks"]  # type: ignore[assignment]
    assert [b["block_id"] for b in blocks if b["type"] == "input"] == ["cluster", "service_account"]


def test_question_offers_its_candidates_and_a_way_out() -> None:
    question = Question(
        text="Two service accounts carry this role. Which one is it?",
        missing=("service_account",),
        candidates=(
            Candidate(target=samples.TARGET, reason="its service account carries the role"),
            Candidate(target=replace(samples.TARGET, cluster="prod-us"), reason="so does this"),
        ),
    )
    message = question_message(question, "7Q2M")

    assert validate_message(payload(message)) == ()
    assert "payments/api on prod-us" in written(message)
    assert "None of these" in written(message)


def test_a_question_without_candidates_says_what_would_have_answered_it() -> None:
    question = Question(
        text="I can't tell which namespace and service account this is about.",
        missing=("namespace", "service_account"),
    )
    message = question_message(question, "7Q2M")

    assert validate_message(payload(message)) == ()
    assert [block["type"] for block in message.blocks] == ["rich_text", "actions", "context"]
    assert "system:serviceaccount:NAMESPACE:NAME" in written(message)


def test_a_question_for_the_cluster_alone_says_how_to_name_one() -> None:
    question = Question(text="I can't tell which cluster this is about.", missing=("cluster",))
    message = question_message(question, "7Q2M")

    assert validate_message(payload(message)) == ()
    assert "`cluster: NAME`" in written(message)
    assert "NAMESPACE:NAME" not in written(message)


def test_trouble_and_help_are_valid_messages() -> None:
    for message in (trouble_message("It broke.", trouble_id="T1"), help_message()):
        assert validate_message(payload(message)) == ()
