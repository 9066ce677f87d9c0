"""A cluster that only the inventory knows is as good as one of the fleet file, wherever a cluster can be named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.fleet_file import Channel
from diagnostics.fleet import Fleet, FleetCluster
from tests.bot.town import ERROR, MINJI, OMAR, ONCALL, labels
from tests.engine import healthy as worlds
from tests.engine.fleet_double import NOON

if TYPE_CHECKING:
    from tests.bot.town import Town

FOUND = "shared/eu-west-1/batch-2"
ARN = f"arn:aws:eks:eu-west-1:{worlds.SHARED}:cluster/batch-2"


def discovered(
    *names: str, account: str = worlds.SHARED, region: str = "eu-west-1"
) -> tuple[FleetCluster, ...]:
    return tuple(
        FleetCluster(
            name=f"shared/{region}/{name}",
            account=account,
            region=region,
            eks_name=name,
            seen_at=NOON,
            discovered=True,
        )
        for name in names
    )


def found_beside(town: Town, *clusters: FleetCluster) -> None:
    """What the inventory tells the clients; the fleet file stays as it is."""
    fleet: Fleet = town.world.fleet
    town.world.fleet = replace(fleet, clusters=(*fleet.clusters, *clusters))
    town.file = replace(town.file, channels=())


@pytest.mark.parametrize(
    "text",
    [
        f"{ERROR}\ncluster=batch-2 namespace=payments serviceaccount=api",
        f"{ERROR}\ncluster={ARN} namespace=payments serviceaccount=api",
        f"{ERROR}\nkube_cluster_name:batch-2 kube_namespace:payments service_account:api",
        f"{ERROR}\ncluster: {FOUND}, namespace: payments, serviceaccount: api",
        f"{ERROR}\ncluster=sre@batch-2.eu-west-1.eksctl.io namespace=payments serviceaccount=api",
    ],
)
async def test_an_alerts_label_may_name_it(town: Town, text: str) -> None:
    found_beside(town, *discovered("batch-2"))
    async with town.bot() as bot:
        ts = await town.paste(bot, text)

    assert town.reply(ts).text.startswith(f"payments/api on {FOUND}")


@pytest.mark.parametrize("name", ["batch-2", FOUND, ARN, f"{worlds.SHARED}/eu-west-1/batch-2"])
async def test_the_command_and_a_mention_may_name_it(town: Town, name: str) -> None:
    found_beside(town, *discovered("batch-2"))
    async with town.bot() as bot:
        await town.driver.command(MINJI, ONCALL, f"/irsa diagnose payments/api --cluster {name}")
        await town.settle(bot)
        anchor = next(m for m in town.slack.workspace.messages[ONCALL].values() if not m.is_reply)
        me = bot.service.me.mention
        asked = await town.paste(bot, f"{me} payments/api --cluster {name}", user=OMAR)

    for ts in (anchor.ts, asked):
        assert town.reply(ts).text.startswith(f"payments/api on {FOUND}")


async def test_free_words_may_name_it_unless_it_is_a_plain_word(town: Town) -> None:
    found_beside(town, *discovered("batch-2", "please"))
    async with town.bot() as bot:
        ts = await town.paste(
            bot, f"{bot.service.me.mention} please look at payments/api on batch-2"
        )

    assert town.reply(ts).text.startswith(f"payments/api on {FOUND}")


async def test_a_channels_default_may_name_it(town: Town) -> None:
    found_beside(town, *discovered("batch-2"))
    town.file = replace(town.file, channels=(Channel(id=ONCALL, cluster=FOUND),))
    async with town.bot() as bot:
        ts = await town.paste(bot, f"{ERROR}\nnamespace=payments serviceaccount=api")

    assert f"on {FOUND}" in town.reply(ts).text


async def _form(town: Town) -> list[dict[str, Any]]:
    await town.driver.command(MINJI, ONCALL, "/irsa diagnose")
    modal = town.driver.modal(MINJI)
    assert modal is not None
    return [b["element"] for b in modal["blocks"] if b["type"] == "input"]


def _filled(cluster: str) -> dict[str, Any]:
    values = {"cluster": cluster, "namespace": "payments", "service_account": "api"}
    return {field: {"value": value} for field, value in values.items()}


async def test_the_forms_menu_offers_it(town: Town) -> None:
    found_beside(town, *discovered("batch-2"))
    async with town.bot() as bot:
        menu, *_ = await _form(town)
        await town.driver.submit(MINJI, _filled(FOUND))
        await town.settle(bot)
        anchor = next(m for m in town.slack.workspace.messages[ONCALL].values() if not m.is_reply)

    assert [o["value"] for o in menu["options"]] == [
        *(c.name for c in town.file.fleet.clusters),
        FOUND,
    ]
    assert town.reply(anchor.ts).text.startswith(f"payments/api on {FOUND}")


async def test_of_more_clusters_than_a_menu_holds_one_is_typed_and_a_slip_is_answered(
    town: Town,
) -> None:
    found_beside(town, *discovered(*(f"batch-{n}" for n in range(120))))
    async with town.bot() as bot:
        field, *_ = await _form(town)
        assert field["type"] == "plain_text_input"
        refused = await town.driver.submit(MINJI, _filled("shared/eu-west-1/bacth-77"))
        await town.driver.submit(MINJI, _filled("batch-77"))
        await town.settle(bot)
        anchor = next(m for m in town.slack.workspace.messages[ONCALL].values() if not m.is_reply)

    assert "Did you mean shared/eu-west-1/batch-7" in refused.errors["cluster"]
    assert town.reply(anchor.ts).text.startswith("payments/api on shared/eu-west-1/batch-77")


async def test_a_name_that_several_clusters_have_is_narrowed_down_to_those(town: Town) -> None:
    found_beside(
        town,
        *discovered("twin-1"),
        *discovered("twin-1", region="us-east-1"),
        *discovered("other-1"),
    )
    async with town.bot() as bot:
        ts = await town.paste(bot, f"{ERROR}\ncluster=twin-1 namespace=payments serviceaccount=api")

    assert "I can't tell which cluster" in town.reply(ts).text
    assert labels(town.reply(ts))
