"""The dialog says what else a fix touches: pods and how they are replaced, who else uses it, and who reverts it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from diagnostics.evidence import ROLE_ARN, RoleSightings
from diagnostics.fix.impact import Impact, PodAtStake, Rollout
from diagnostics.fix.plan import RestartWorkload
from diagnostics.fleet import WorkloadRef
from handlers.render.blast_radius import touched_lines
from tests.bot.test_trust_fix import allow, refusing
from tests.bot.town import OMAR, ONCALL, labels, shown
from tests.engine import healthy as worlds
from tests.engine.healthy import ROLE

if TYPE_CHECKING:
    from tests.bot.town import Town

RESTART = RestartWorkload(
    cluster="prod-eu",
    namespace="payments",
    ref=WorkloadRef(kind="Deployment", name="api"),
    uid="u",
    pods=2,
)


async def dialog(town: Town, label: str) -> str:
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press(label, OMAR, channel=ONCALL)
        return str(town.driver.view(OMAR))


async def test_a_restart_names_its_pods_and_how_they_are_replaced(town: Town) -> None:
    town.world.accounts[0] = worlds.service_account()
    stale = worlds.pod(role_arn=None)
    town.world.pods = [replace(stale, ready=True), replace(stale, name="api-b", ready=False)]
    town.world.workloads = [
        replace(worlds.deployment(), strategy="RollingUpdate, at most 25% unavailable")
    ]

    text = await dialog(town, "Restart pods")

    assert "Replaced: api-5d8f7c9b6d-x2x7k, api-b; 1 of 2 ready now." in text
    assert "own strategy (RollingUpdate, at most 25% unavailable)" in text
    assert "a PodDisruptionBudget does not hold a rollout back" in text


async def test_what_git_or_helm_puts_back_is_said_with_the_place_to_change(town: Town) -> None:
    town.world.accounts[0] = worlds.service_account()
    town.world.pods = [worlds.pod(role_arn=None)]
    labels_ = {"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "api"}
    town.world.workloads = [replace(worlds.deployment(), labels=labels_)]

    text = await dialog(town, "Restart pods")

    assert "Helm owns deployment/api: the values of Helm release api." in text


async def test_both_steps_stand_in_one_dialog_with_all_that_they_touch(town: Town) -> None:
    town.world.workloads = [worlds.deployment(), worlds.deployment(name="worker")]

    text = await dialog(town, "Annotate and restart")

    assert "1. annotation" in text
    assert f"+ {ROLE_ARN}: {ROLE}" in text
    assert "2. restart" in text
    assert "Runs as this service account: deployment/api, deployment/worker." in text
    assert "Undo takes the annotation back. The pods then need another restart." in text


async def test_a_trust_policy_names_its_other_subjects_and_who_carries_the_role(town: Town) -> None:
    refusing(town, sub=["system:serviceaccount:web:front", "system:serviceaccount:web:back"])
    allow(town)
    town.world.sightings[ROLE] = RoleSightings(
        users=("prod-us: web/front", "prod-eu: payments/api")
    )

    text = await dialog(town, "Apply trust policy")

    assert "The policy also names: system:serviceaccount:web:front, " in text
    assert "Also seen to carry this role: prod-us: web/front." in text


async def test_a_bare_pod_is_said_to_need_its_owner(town: Town) -> None:
    town.world.pods = [replace(worlds.pod(), owner=None)]

    text = await dialog(town, "Apply annotation")

    assert "1 pod that nothing makes anew: delete and create it by hand." in text


async def test_a_key_that_nothing_reads_can_be_removed(town: Town) -> None:
    key = "eks.amazonaws.com/role_arn"
    town.world.accounts[0] = worlds.service_account(role_arn=None, annotations={key: ROLE})
    async with town.bot() as bot:
        ts = await town.paste(bot)
        offered = labels(town.reply(ts))
        await town.driver.press("Remove annotation", OMAR, channel=ONCALL)
        text = str(town.driver.view(OMAR))
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    assert offered[:3] == ["Apply annotation", "Annotate and restart", "Remove annotation"]
    assert f"- {key}: {ROLE}" in text
    assert key not in town.world.accounts[0].annotations
    assert f"Done*  Remove the annotation {key}" in shown(town.reply(ts))


@pytest.mark.parametrize(
    ("impact", "line"),
    [
        (
            Impact(rollouts=(Rollout(workload="deployment/api", pods=1, by_hand=True),)),
            "each pod must be deleted by hand before a new one comes",
        ),
        (
            Impact(
                pods=tuple(
                    PodAtStake(name=f"api-{n}", ready=None, workload="deployment/api")
                    for n in range(20)
                ),
                pod_count=40,
            ),
            "api-7, and more",
        ),
    ],
    ids=["on-delete", "many"],
)
def test_a_restart_says_what_it_does_not_do_and_how_much_is_left_out(
    impact: Impact, line: str
) -> None:
    assert any(line in one for one in touched_lines(RESTART, impact))


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert touched_lines(RESTART, None) == []


async def test_an_event_names_who_approved_and_a_refused_one_stops_nothing(town: Town) -> None:
    fleet = town.world.fleet
    town.world.fleet = replace(
        fleet, clusters=tuple(replace(c, events=True) for c in fleet.clusters)
    )
    town.file = replace(town.file, fleet=town.world.fleet)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)
        left = list(town.world.events)
        town.world.refuse("create events")
        await town.driver.press("Undo", OMAR, channel=ONCALL)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    assert len(left) == 1
    assert f"approved in Slack by {OMAR}; incident " in left[0]
    assert len(town.world.events) == 1
    reply = shown(town.reply(ts))
    assert "Done*  Undo: set the annotation" in reply
    assert "running pods keep what they have until they are restarted" in reply
