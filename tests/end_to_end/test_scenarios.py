"""Paste the errors of the scenarios, and read each cause in its thread: on every stage."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from diagnostics.recognize import recognize
from diagnostics.recognize.symptom import Kind
from sandbox.world.blueprint import paste_of
from tests.end_to_end.conftest import CHANNELS, MINJI, ONCALL, PAYMENTS, text_of

if TYPE_CHECKING:
    from sandbox.scenarios.model import Scenario
    from tests.end_to_end.conftest import Scene

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(400)]


async def test_a_scenario_gets_its_cause_in_the_thread_of_the_paste(scene: Scene) -> None:
    internal = [one for one in scene.stage.world.scenarios if one.channel != "partner-shared"]
    # Slack takes one post a second and channel: two channels go on beside each other, one with a default
    # cluster and one without. tests/world diagnoses every scenario; here every third is read in its thread,
    # on the other stages every ninth.
    shown = internal[::3] if scene.whole else internal[::9]
    own = [one for one in shown if one.channel != "oncall"]
    rest = [one for one in shown if one.channel == "oncall"]
    wrong = await asyncio.gather(
        _wrong_in(scene, ONCALL, rest[::2]),
        _wrong_in(scene, CHANNELS["war-room"], rest[1::2]),
        _wrong_in(scene, PAYMENTS, [one for one in own if one.channel == "payments"]),
        _wrong_in(scene, CHANNELS["war-room"], [one for one in own if one.channel == "war-room"]),
    )

    assert [words for found in wrong for words in found] == []


async def _wrong_in(scene: Scene, channel: str, scenarios: list[Scenario]) -> list[str]:
    """Paste the scenarios one after another, and tell which replies are not what they should be."""
    wrong = []
    for one in scenarios:
        words = paste_of(one)
        if all(symptom.kind is Kind.LOOK_ALIKE for symptom in recognize(words)):
            # A look-alike is answered only when somebody asks.
            words = f"<@{scene.stage.workspace.app.user_id}> {words}"
        ts = scene.stage.driver.post_as(MINJI, channel, words)

        expected = "Healthy" if one.expect.code is None else f"{one.expect.code} at "
        try:
            said = text_of(await scene.card(channel, ts))
        except TimeoutError:
            heard = [text_of(m) for m in scene.stage.driver.replies(channel, ts)]
            said = f"nothing but {heard}"
        if expected not in said:
            wrong.append(f"{one.id}: expected {expected!r} in\n{said}")
        if (count := len(scene.stage.driver.replies(channel, ts))) != 1:
            wrong.append(f"{one.id}: {count} replies")
    return wrong
