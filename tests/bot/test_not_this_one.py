"""Not this one, and what a channel's people answered before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.fleet_file import Channel
from bot.store.retention import Retention
from tests.bot.town import ERROR, MINJI, OMAR, ONCALL, RANDOM, labels, shown
from tests.engine import healthy as worlds

if TYPE_CHECKING:
    from tests.bot.town import Town

CAUSE = "with role nope, which does not exist"
ROLE = f"arn:aws:iam::{worlds.SHARED}:role/nope"


def form(namespace: str = "billing", name: str = "api", cluster: str = "prod-eu") -> dict[str, Any]:
    values = {"cluster": cluster, "namespace": namespace, "service_account": name}
    return {field: {"value": value} for field, value in values.items()}


def with_billing(town: Town, **defaults: str) -> None:
    """A second service account of the same name and role, which lacks nothing but the role."""
    town.world.accounts.append(
        replace(town.world.accounts[0], namespace="billing", uid="sa-billing-api")
    )
    town.file = replace(
        town.file,
        channels=(
            Channel(
                id=ONCALL, cluster=defaults.get("cluster"), namespace=defaults.get("namespace")
            ),
        ),
    )


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_another_service_account_is_diagnosed_in_the_same_reply(town: Town) -> None:
    with_billing(town, cluster="prod-eu", namespace="payments")
    async with town.bot() as bot:
        ts = await town.paste(bot, f"{ERROR}\nsystem:serviceaccount:payments:api")
        assert "payments/api on prod-eu" in town.reply(ts).text
        await town.driver.press("Not this one", OMAR, channel=ONCALL)
        modal = town.driver.modal(OMAR)
        assert modal is not None
        shown_values = [b["element"] for b in modal["blocks"] if b["type"] == "input"]
        assert shown_values[0]["initial_option"]["value"] == "prod-eu"
        assert [e.get("initial_value") for e in shown_values[1:]] == ["payments", "api"]
        await town.driver.submit(OMAR, form())
        await town.settle(bot)

    reply = town.reply(ts)
    assert reply.text.startswith("billing/api on prod-eu")
    assert f"Named another service account: billing/api on prod-eu  ·  <@{OMAR}>" in shown(reply)
    assert "Not this one" not in labels(reply)


async def test_the_withdrawn_targets_fix_can_no_longer_be_applied(town: Town) -> None:
    with_billing(town, cluster="prod-eu", namespace="payments")
    async with town.bot() as bot:
        ts = await town.paste(bot, f"{ERROR}\nsystem:serviceaccount:payments:api")
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        await town.driver.press("Not this one", MINJI, channel=ONCALL)
        await town.driver.submit(MINJI, form())
        await town.settle(bot)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    assert town.world.accounts[0].role_arn == ROLE
    assert town.reply(ts).text.startswith("billing/api on prod-eu")


async def test_what_is_named_is_checked_before_anything_is_read(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        for given, field in (
            (form(namespace="No Such"), "namespace"),
            (form("payments", "api"), "service_account"),
        ):
            await town.driver.press("Not this one", MINJI, channel=ONCALL)
            await town.driver.submit(MINJI, given)
            assert town.driver.modal(MINJI) is not None, field
        await town.settle(bot)

    assert town.reply(ts).text.startswith("payments/api on prod-eu")


async def test_of_two_corrections_the_first_counts(town: Town) -> None:
    with_billing(town, cluster="prod-eu", namespace="payments")
    async with town.bot() as bot:
        ts = await town.paste(bot, f"{ERROR}\nsystem:serviceaccount:payments:api")
        await town.driver.press("Not this one", OMAR, channel=ONCALL)
        await town.driver.press("Not this one", MINJI, channel=ONCALL)
        await town.driver.submit(OMAR, form())
        await town.driver.submit(MINJI, form("default", "web"))
        await town.settle(bot)

    assert town.reply(ts).text.startswith("billing/api on prod-eu")
    assert shown(town.reply(ts)).count("Named another service account") == 1


async def test_who_names_everything_gets_no_such_button(town: Town) -> None:
    async with town.bot() as bot:
        await town.driver.command(MINJI, ONCALL, "/irsa diagnose payments/api --cluster prod-eu")
        await town.settle(bot)

    anchor = next(m for m in town.slack.workspace.messages[ONCALL].values() if not m.is_reply)
    assert "Not this one" not in labels(town.reply(anchor.ts))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_an_answer_is_remembered_in_its_channel_for_the_same_failure(town: Town) -> None:
    town.file = replace(town.file, channels=())
    town.world.accounts[0] = replace(town.world.accounts[0], annotations={})
    async with town.bot() as bot:
        first = await town.paste(bot, ERROR)
        (label,) = labels(town.reply(first))
        await town.driver.press(label, MINJI, channel=ONCALL)
        await town.driver.submit(MINJI, form("payments"))
        await town.settle(bot)
        second = await town.paste(bot, ERROR)
        town.driver.invite_app(RANDOM, by=MINJI)
        elsewhere = await town.paste(bot, ERROR, channel=RANDOM)

    reply = town.reply(second)
    assert reply.text.startswith("payments/api on prod-eu")
    assert "cluster from an earlier answer in this channel" in shown(reply)
    assert "Not this one" in labels(reply)
    assert "I can't tell" in town.reply(elsewhere, RANDOM).text


async def test_another_failure_takes_the_cluster_and_namespace_of_the_answer_only(
    town: Town,
) -> None:
    town.file = replace(town.file, channels=())
    async with town.bot() as bot:
        first = await town.paste(bot, ERROR)
        (label,) = labels(town.reply(first))
        await town.driver.press(label, MINJI, channel=ONCALL)
        await town.driver.submit(MINJI, form("payments"))
        await town.settle(bot)
        other = ERROR.replace("AccessDenied: Not authorized to perform", "ExpiredTokenException:")
        second = await town.paste(bot, other)

    assert "payments/api" not in town.reply(second).text


async def test_an_answer_is_forgotten_after_a_month(town: Town) -> None:
    town.file = replace(town.file, channels=())
    async with town.bot() as bot:
        first = await town.paste(bot, ERROR)
        (label,) = labels(town.reply(first))
        await town.driver.press(label, MINJI, channel=ONCALL)
        await town.driver.submit(MINJI, form("payments"))
        await town.settle(bot)
        town.clock.ahead = timedelta(days=31)
        again = await town.paste(bot, ERROR)
        await bot.service.store.forget(Retention())

    assert "I can't tell" in town.reply(again).text
