"""What people see of a fix: the dialog, the request for approval, the deeds and the way back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from diagnostics.fix.plan import UpdateTrustPolicy
from handlers.blockkit import validate_message, validate_view
from handlers.render import (
    Card,
    Deed,
    Diagnosed,
    Happening,
    OfferedFix,
    Request,
    confirm_modal,
    diagnosis_message,
    request_message,
)
from tests.render import samples

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from handlers.render import Message

UNTIL = samples.AT + timedelta(hours=1)


def policy(*subjects: str) -> str:
    statements = [
        {
            "Effect": "Allow",
            "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/example.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {"example.com:sub": subject}},
        }
        for subject in subjects
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


TRUST = UpdateTrustPolicy(
    cluster="prod-eu",
    namespace="payments",
    account="111122223333",
    role_arn=samples.ROLE,
    before=policy("system:serviceaccount:payment:api"),
    after=policy("system:serviceaccount:payments:api"),
    source="Terraform owns the role: change the Terraform code too",
)
ASKED = Request(
    plan_id="plan-0",
    fix=samples.ANNOTATE,
    words="Set the annotation eks.amazonaws.com/role-arn of serviceaccount payments/api to x",
    by="U1",
    needed=2,
    approved=("U2",),
    ask="<!subteam^S1> or <@U2>",
    until=UNTIL,
)


def payload(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": message.blocks}


@pytest.mark.parametrize(
    "request_",
    [
        ASKED,
        replace(ASKED, approved=(), fix=samples.RESTART, words="Restart the pods", undoing=True),
        replace(ASKED, ended="approved and applied. The reply tells how it went."),
        replace(ASKED, fix=TRUST, words=f"Replace the trust policy of {samples.ROLE}"),
    ],
    ids=["open", "restart", "over", "trust"],
)
def test_a_request_names_who_asks_what_for_whom_and_until_when(
    request_: Request, snapshot: SnapshotAssertion
) -> None:
    message = request_message(request_)

    assert validate_message(payload(message)) == ()
    assert payload(message) == snapshot


def test_foreign_words_in_a_request_mention_nobody() -> None:
    fix = replace(samples.ANNOTATE, after="<!channel> <@U9>", namespace="<!here>")
    message = request_message(replace(ASKED, fix=fix, words="<!channel> " * 500, by="<!here>"))

    assert validate_message(payload(message)) == ()
    sections = [b for b in message.blocks if b["type"] in ("section", "context")]
    assert "<!channel>" not in str(sections) + message.text
    assert "<!here>" not in str(sections) + message.text


@pytest.mark.parametrize(
    "view",
    [
        confirm_modal(TRUST, "plan-0", samples.UNANNOTATED),
        confirm_modal(
            samples.ANNOTATE.undo(), "plan-0", samples.UNANNOTATED, undoing=True, submit="Approve"
        ),
        confirm_modal(
            samples.ANNOTATE,
            "plan-0",
            samples.UNANNOTATED,
            approvals="1 of 2 approvals so far.",
            submit="Approve",
        ),
    ],
    ids=["trust policy", "undo", "approval"],
)
def test_the_dialog_shows_the_change_and_what_the_press_means(
    view: dict[str, object], snapshot: SnapshotAssertion
) -> None:
    assert validate_view(view) == ()
    assert view == snapshot


def test_a_long_policy_is_shown_whole_before_it_is_approved() -> None:
    subjects = [f"system:serviceaccount:team-{n}:{'x' * 40}" for n in range(12)]
    fix = replace(TRUST, before=policy("old"), after=policy(*subjects))

    view = confirm_modal(fix, "plan-0", samples.UNANNOTATED)

    assert validate_view(view) == ()
    assert all(subject in str(view) for subject in subjects)


def test_what_is_too_long_to_be_shown_says_so() -> None:
    fix = replace(TRUST, before="{", after="\n".join(f"line {n} {'x' * 100}" for n in range(3_000)))

    view = confirm_modal(fix, "plan-0", samples.UNANNOTATED)

    assert validate_view(view) == ()
    assert "too long to be shown whole" in str(view)


def test_a_reply_offers_the_way_back_until_a_time_and_names_all_who_took_part(
    snapshot: SnapshotAssertion,
) -> None:
    fixes = (
        *(OfferedFix(plan_id=f"plan-{n}", fix=samples.RESTART) for n in range(4)),
        OfferedFix(plan_id="plan-9", fix=samples.ANNOTATE.undo(), undo_until=UNTIL),
    )
    deed = Happening(
        deed=Deed.DONE,
        words="Set the annotation; proved by re-reading: every check passes now",
        by="U3",
        at=samples.AT,
        requested_by="U1",
        approved_by=("U2", "U3"),
    )
    message = diagnosis_message(
        Card(
            incident_id="7Q2M",
            first=Diagnosed(diagnosis=samples.HEALTHY, fixes=fixes[3:]),
            also=(Diagnosed(diagnosis=samples.UNANNOTATED, fixes=fixes),),
            happenings=(deed,),
        )
    )

    assert validate_message(payload(message)) == ()
    chosen = [b for b in message.blocks if b["type"] == "context" or "irsa.undo" in str(b)]
    assert len([b for b in chosen if b["type"] == "actions"]) == 2
    assert [b for b in chosen if "Undo of" in str(b) or "approved by" in str(b)] == snapshot
