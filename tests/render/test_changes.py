"""What the dialog of each kind of fix shows, whole, and its undo; and the buttons that open it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from diagnostics.fix.impact import Impact, PodAtStake, Rollout
from diagnostics.fix.plan import AnnotateAndRestart, SetClientIds, SetProvider
from diagnostics.proof.answer import Asked, Injected, Proof, Rehearsal, StsAnswer
from diagnostics.proof.words import sentences
from handlers.blockkit import validate_message, validate_view
from handlers.render import (
    Card,
    Diagnosed,
    OfferedFix,
    Request,
    confirm_modal,
    diagnosis_message,
    request_message,
)
from tests.render import samples

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from diagnostics.fix.plan import Fix

ARN = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EX"
BOTH = AnnotateAndRestart(annotate=samples.ANNOTATE, restarts=(samples.RESTART,))
AUDIENCE = SetClientIds(
    cluster="prod-eu",
    namespace="payments",
    account="111122223333",
    provider_arn=ARN,
    before=("vault.example.com",),
    after=("vault.example.com", "sts.amazonaws.com"),
)
PROVIDER = SetProvider(
    cluster="prod-eu",
    namespace="payments",
    account="111122223333",
    provider_arn=ARN,
    url="https://oidc.eks.eu-west-1.amazonaws.com/id/EX",
    client_ids=("sts.amazonaws.com",),
)
IMPACT = Impact(
    pods=(
        PodAtStake(name="api-5d8f7-abcde", ready=True, workload="deployment/api"),
        PodAtStake(name="api-5d8f7-fghij", ready=False, workload="deployment/api"),
        PodAtStake(name="debug", ready=True, workload=None),
    ),
    pod_count=3,
    rollouts=(
        Rollout(
            workload="deployment/api",
            pods=2,
            strategy="RollingUpdate, at most 25% unavailable",
            source="Argo CD owns deployment/api: the manifest in the Git repository of Argo CD application shop",
        ),
    ),
    workloads=("deployment/api", "deployment/worker"),
    users=("prod-us: web/front",),
)
PROOF = Proof(
    at=samples.AT,
    role_arn=samples.ROLE,
    subject="system:serviceaccount:payments:api",
    audience="sts.amazonaws.com",
    sts=StsAnswer(asked=Asked.REFUSED, words="InvalidIdentityToken: Incorrect token audience"),
    rehearsal=Rehearsal(injected=Injected.INJECTED),
)
KINDS: dict[str, tuple[Fix, bool]] = {
    "both": (BOTH, False),
    "both, taken back": (BOTH.undo(), True),
    "audience": (AUDIENCE, False),
    "audience, taken back": (AUDIENCE.undo(), True),
    "provider": (PROVIDER, False),
    "provider, taken back": (PROVIDER.undo(), True),
}


@pytest.mark.parametrize("name", KINDS)
def test_the_dialog_reads_as_agreed(name: str, snapshot: SnapshotAssertion) -> None:
    fix, undoing = KINDS[name]
    diagnosis = replace(samples.diagnosis(), impact=IMPACT)

    view = confirm_modal(fix, "plan-0", diagnosis, undoing=undoing)

    assert validate_view(view) == ()
    assert view == snapshot


@pytest.mark.parametrize("name", KINDS)
def test_the_request_shows_the_change_whole(name: str) -> None:
    fix, undoing = KINDS[name]
    request = Request(
        plan_id="plan-0",
        fix=fix,
        words="…",
        by="U1",
        needed=1,
        approved=(),
        ask="<@U2>",
        until=samples.AT,
        undoing=undoing,
    )

    message = request_message(request)

    assert validate_message({"text": message.text, "blocks": message.blocks}) == ()
    shown = str(message.blocks)
    assert ("sts.amazonaws.com" in shown) is not isinstance(
        fix, (AnnotateAndRestart, type(samples.ANNOTATE))
    )
    assert ("eks.amazonaws.com/role-arn" in shown) is isinstance(
        fix, (AnnotateAndRestart, type(samples.ANNOTATE))
    )


def test_the_buttons_and_the_proof_stand_in_the_reply(snapshot: SnapshotAssertion) -> None:
    offered: tuple[Fix, ...] = (samples.ANNOTATE, BOTH, AUDIENCE, PROVIDER)
    fixes = tuple(OfferedFix(plan_id=f"plan-{n}", fix=fix) for n, fix in enumerate(offered))
    diagnosis = replace(samples.diagnosis(), proof=PROOF)
    card = Card(incident_id="0" * 20, first=Diagnosed(diagnosis=diagnosis, fixes=fixes))

    message = diagnosis_message(card)

    assert validate_message({"text": message.text, "blocks": message.blocks}) == ()
    (row,) = [b for b in message.blocks if b["type"] == "actions"]
    elements = row["elements"]
    assert isinstance(elements, list)
    assert [element["action_id"] for element in elements[:4]] == [
        "irsa.apply.v1",
        "irsa.both.v1:1",
        "irsa.provider.v1:2",
        "irsa.provider.v1:3",
    ]
    assert "STS itself says no to system:serviceaccount:payments:api" in str(message.blocks)
    assert sentences(PROOF) == snapshot
