"""A bare error is placed by what stands around it: the thread's earlier messages and the channel's topic."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.slack.faults import Fault
from tests.bot.town import ERROR, MINJI, OMAR, ONCALL, labels, shown

if TYPE_CHECKING:
    from tests.bot.town import Town


def without_defaults(town: Town) -> None:
    town.file = replace(town.file, channels=())


async def test_an_earlier_message_of_the_thread_says_where_it_happened(town: Town) -> None:
    without_defaults(town)
    async with town.bot() as bot:
        ts = await town.paste(
            bot,
            "Alert: cluster=prod-eu namespace=payments serviceaccount=api error rate",
            user=OMAR,
        )
        await town.paste(bot, ERROR, thread_ts=ts)

    reply = town.reply(ts)
    assert reply.text.startswith("payments/api on prod-eu")
    assert "this thread or the channel's topic" in shown(reply)


async def test_the_channels_topic_says_which_cluster_it_is_about(town: Town) -> None:
    without_defaults(town)
    channel = town.slack.workspace.channels[ONCALL]
    channel.topic = "Incidents of prod-eu, namespace: payments, serviceaccount: api"
    async with town.bot() as bot:
        ts = await town.paste(bot, ERROR)

    assert town.reply(ts).text.startswith("payments/api on prod-eu")


async def test_a_thread_that_cannot_be_read_leads_to_the_question(town: Town) -> None:
    without_defaults(town)
    for _ in range(3):
        town.slack.workspace.faults.plan("conversations.replies", Fault(error="missing_scope"))
    async with town.bot() as bot:
        ts = await town.paste(bot, "serviceaccount=api namespace=payments", user=OMAR)
        await town.paste(bot, ERROR, user=MINJI, thread_ts=ts)

    assert {"Say where", "None of these"} & set(labels(town.reply(ts)))
