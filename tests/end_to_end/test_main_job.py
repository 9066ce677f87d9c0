"""Paste an error, read the cause, press the button, see it healthy: on every stage, through every door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.world.blueprint import paste_of
from tests.end_to_end.conftest import MINJI, ONCALL, PAYMENTS, YUKI, text_of

if TYPE_CHECKING:
    from sandbox.scenarios.model import Scenario
    from tests.end_to_end.conftest import Scene

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(400)]


def scenario(scene: Scene, name: str) -> Scenario:
    return next(one for one in scene.stage.world.scenarios if one.id == name)


async def test_annotation_is_applied_pods_are_restarted_and_all_is_healthy(scene: Scene) -> None:
    await scene.stage.world.reset()
    one = scenario(scene, "missing-annotation")
    ts = scene.stage.driver.post_as(MINJI, PAYMENTS, paste_of(one))
    card = await scene.card(PAYMENTS, ts)

    await scene.press_through("Apply annotation", MINJI, PAYMENTS, card)
    await scene.says(PAYMENTS, ts, "Restart pods")
    account = await scene.stage.world.kubectl_get(
        "prod-eu", "/api/v1/namespaces/payments/serviceaccounts/api"
    )
    annotations = account["metadata"]["annotations"]
    assert annotations["eks.amazonaws.com/role-arn"].endswith(":role/payments-api")
    managers = {entry["manager"] for entry in account["metadata"]["managedFields"]}
    assert "irsa-doctor" in managers

    await scene.press_through("Restart pods", MINJI, PAYMENTS, card)
    healthy = await scene.says(PAYMENTS, ts, "Healthy")

    assert [m.ts for m in scene.stage.driver.replies(PAYMENTS, ts)] == [healthy.ts]
    pods = [
        pod
        for cluster in (await scene.stage.world.state())["clusters"]
        for pod in cluster["pods"]
        if (pod["namespace"], pod["service_account"]) == ("payments", "api")
    ]
    assert {pod["role_arn"] for pod in pods} == {annotations["eks.amazonaws.com/role-arn"]}


async def test_who_is_no_approver_is_told_so_and_nothing_changes(scene: Scene) -> None:
    await scene.stage.world.reset()
    one = scenario(scene, "missing-annotation")
    ts = scene.stage.driver.post_as(YUKI, PAYMENTS, f"again\n{paste_of(one)}")
    card = await scene.card(PAYMENTS, ts)
    driver = scene.stage.driver
    before = len(driver.whispers(YUKI))

    await driver.press("Apply annotation", YUKI, channel=PAYMENTS, message_ts=card.ts)
    await driver.wait_for(lambda: len(driver.whispers(YUKI)) > before, timeout=40, what="a refusal")

    refusal = driver.whispers(YUKI)[-1].text
    assert "prod-eu の payments" in refusal  # Yuki reads Japanese
    assert f"<@{MINJI}>" in refusal
    account = await scene.stage.world.kubectl_get(
        "prod-eu", "/api/v1/namespaces/payments/serviceaccounts/api"
    )
    assert "annotations" not in account["metadata"] or (
        "eks.amazonaws.com/role-arn" not in account["metadata"]["annotations"]
    )


async def test_mention_with_the_error_gets_one_reply(scene: Scene) -> None:
    one = scenario(scene, "stray-space")
    bot = scene.stage.workspace.app.user_id
    ts = scene.stage.driver.post_as(MINJI, ONCALL, f"<@{bot}> please: {paste_of(one)}")

    await scene.card(ONCALL, ts)
    await scene.stage.workspace.delivery.settle()

    assert len(scene.stage.driver.replies(ONCALL, ts)) == 1


async def test_command_answers_for_a_named_service_account(scene: Scene) -> None:
    driver = scene.stage.driver

    await driver.command(MINJI, PAYMENTS, "/irsa diagnose payments/api --cluster prod-eu")

    def answered() -> bool:
        posted = [
            m for m in driver.workspace.messages[PAYMENTS].values() if "payments/api" in m.text
        ]
        whispered = [m for m in driver.whispers(MINJI) if "payments/api" in m.text]
        return bool(posted or whispered)

    await driver.wait_for(answered, timeout=40, what="the command's answer")


async def test_ordinary_talk_gets_no_answer(scene: Scene) -> None:
    driver = scene.stage.driver
    ts = driver.post_as(MINJI, ONCALL, "Shall we order lunch? The AssumeRole talk starts at noon.")
    await scene.stage.workspace.delivery.settle()

    assert driver.replies(ONCALL, ts) == []


async def test_bot_that_crashed_answers_what_it_had_on_record(scene: Scene) -> None:
    one = scenario(scene, "stray-space")
    ts = scene.stage.driver.post_as(MINJI, ONCALL, f"once more\n{paste_of(one)}")
    await scene.stage.workspace.delivery.settle()
    await scene.stage.kill_bot()
    await scene.stage.start_bot()

    # What ran when it was killed is taken up once its lease is over.
    said = text_of(await scene.card(ONCALL, ts, patience=90))

    assert "IRSA407" in said
