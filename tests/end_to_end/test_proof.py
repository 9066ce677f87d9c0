"""One approval annotates and restarts; STS then says yes; neither token nor credentials are anywhere afterwards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sandbox.world.blueprint import paste_of
from tests.end_to_end.conftest import MINJI, ONCALL, PAYMENTS, text_of
from tests.end_to_end.test_main_job import scenario

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Scene

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(400)]

GAVE = "STS itself gave system:serviceaccount:payments:ledger credentials, thrown away unused"
LIMIT = "asked from the bot's network, not the pod's"


async def test_one_approval_annotates_restarts_and_is_proved_at_sts(scene: Scene) -> None:
    one = scenario(scene, "wrong-annotation")
    ts = scene.stage.driver.post_as(MINJI, PAYMENTS, f"proof\n{paste_of(one)}")
    card = await scene.card(PAYMENTS, ts)

    await scene.press_through("Annotate and restart", MINJI, PAYMENTS, card)
    said = text_of(await scene.says(PAYMENTS, ts, GAVE))

    assert "then restart the pods of deployment/ledger" in said
    assert "Healthy" in said
    assert LIMIT in said
    asked = scene.stage.world.sts.asked[-1]
    assert (asked.code, asked.subject) == ("ok", "system:serviceaccount:payments:ledger")
    assert (asked.seconds, asked.lifetime, asked.signed) == (900, 600, False)
    assert json.loads(asked.policy)["Statement"] == [
        {"Effect": "Deny", "Action": "*", "Resource": "*"}
    ]


async def test_neither_token_nor_credentials_are_left_anywhere(scene: Scene) -> None:
    sts = scene.stage.world.sts
    secrets = [secret for secret in (*sts.tokens, *sts.given) if len(secret) > 8]
    pieces = [piece for token in sts.tokens for piece in token.split(".")[1:]]
    assert sts.tokens
    assert sts.given

    kept = {path.name: path.read_bytes() for path in _files(scene)}
    kept["slack"] = repr(scene.stage.workspace.calls).encode()
    kept["messages"] = repr(
        [m for held in scene.stage.workspace.messages.values() for m in held.values()]
    ).encode()
    assert any(b"AssumeRoleWithWebIdentity" in data for data in kept.values())
    found = [
        (name, secret[:12])
        for name, data in kept.items()
        for secret in (*secrets, *pieces)
        if secret.encode() in data
    ]

    assert found == []


def _files(scene: Scene) -> list[Path]:
    """The log, the database with its journal, and whatever else the bot wrote."""
    return [path for path in scene.stage.log.parent.rglob("*") if path.is_file()]


async def test_the_objects_say_who_approved(scene: Scene) -> None:
    path = "/api/v1/namespaces/payments/events"
    events = (await scene.stage.world.kubectl_get("prod-eu", path))["items"]
    ours = {
        event["involvedObject"]["kind"]: event["message"]
        for event in events
        if event.get("reason") == "IrsaDoctorFix"
    }

    assert set(ours) == {"ServiceAccount", "Deployment"}
    assert f"approved in Slack by {MINJI}; incident " in ours["ServiceAccount"]


async def test_a_missing_audience_is_added_to_the_provider_and_taken_back(scene: Scene) -> None:
    if not scene.whole:
        return  # of real clusters there is one, which has another provider; Slack's way in is no matter here
    one = scenario(scene, "client-id-missing")
    ts = scene.stage.driver.post_as(MINJI, ONCALL, paste_of(one))
    card = await scene.card(ONCALL, ts)

    await scene.press_through("Add audience to provider", MINJI, ONCALL, card)
    await scene.says(ONCALL, ts, "credentials, thrown away unused")
    await scene.press_through("Undo", MINJI, ONCALL, card)
    said = text_of(await scene.says(ONCALL, ts, "InvalidIdentityToken: Incorrect token audience"))

    assert "Undo: take the audience sts.amazonaws.com out of OIDC provider" in said
