"""What alert products post and what people share, delivered as Slack delivers it: the error is found, and where it happened."""
# ruff: noqa: E501  (messages stand as the products write them)

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.bot.town import ERROR, MINJI, OMAR, ONCALL

if TYPE_CHECKING:
    from tests.bot.town import Town

DENIED = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"


def section(text: str, *fields: str) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return block | ({"fields": [{"type": "mrkdwn", "text": f} for f in fields]} if fields else {})


PRODUCTS: dict[str, dict[str, Any]] = {
    "Alertmanager": {"attachments": [{
        "color": "danger", "fallback": "[FIRING:1] WebIdentityDenied (prod-eu payments critical)",
        "title": "[FIRING:1] WebIdentityDenied (critical)", "title_link": "https://alertmanager.example.com/#/alerts",
        "text": f"*Description:* {DENIED}\n*Details:*\n  • *alertname:* `WebIdentityDenied`\n  • *cluster:* `prod-eu`\n  • *namespace:* `payments`\n  • *serviceaccount:* `api`",
        "mrkdwn_in": ["fallback", "pretext", "text"]}]},
    "Grafana": {"attachments": [{
        "color": "#D63232", "title": "[FIRING:1] Web identity (prod)", "fallback": "[FIRING:1] Web identity (prod)",
        "footer": "Grafana v11.2.0",
        "text": f"**Firing**\n\nValue: A=4\nLabels:\n - alertname = Web identity\n - cluster = prod-eu\n - namespace = payments\n - service_account = api\nAnnotations:\n - description = {DENIED}\nSource: https://grafana.example.com/alerting"}]},
    "Datadog": {"attachments": [{
        "color": "#d9534f", "fallback": "Triggered: errors of payments", "title": "Triggered: errors of payments",
        "text": f"{DENIED}\n\nMetric value: 12.0\n@slack-oncall",
        "fields": [{"title": "Tags", "value": "env:prod, kube_cluster_name:prod-eu, kube_namespace:payments, kube_service_account:api, service_account:api", "short": True}]}]},
    "PagerDuty": {"blocks": [
        section("*<https://example.pagerduty.com/incidents/Q1|#4411 [FIRING:1] PodErrors>*", "*Urgency:* High", "*Service:* payments"),
        section(f"*Details:*\ncluster: prod-eu\nnamespace: payments\nserviceaccount: api\nlog: {DENIED}"),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "Triggered by Prometheus"}]}]},
    "Opsgenie": {"attachments": [{
        "color": "#ff0000", "fallback": "New alert: pod errors", "title": "#8: pod errors",
        "fields": [{"title": "Priority", "value": "P2", "short": True},
                   {"title": "Cluster", "value": "prod-eu", "short": True},
                   {"title": "Namespace", "value": "payments", "short": True},
                   {"title": "Service account", "value": "api", "short": True},
                   {"title": "Description", "value": ERROR, "short": False}]}]},
    "Sentry": {"attachments": [{"color": "#E03E2F", "fallback": "[payments] ClientError", "blocks": [
        section(":red_circle: *<https://sentry.example.com/issues/1/|ClientError>*"),
        {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": f"An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: {DENIED.partition(': ')[2]}"}]}]},
        section("cluster: `prod-eu`  namespace: `payments`  serviceaccount: `api`"),
        {"type": "actions", "elements": [{"type": "button", "action_id": "resolve", "text": {"type": "plain_text", "text": "Resolve"}}]}]}]},
    "CloudWatch through Amazon Q Developer": {"attachments": [{
        "color": "#D13212", "fallback": "CloudWatch Alarm | web-identity | eu-west-1 | Account: 111122223333",
        "blocks": [
            section("*:rotating_light: CloudWatch Alarm | web-identity | eu-west-1 | Account: 111122223333*"),
            section(f"A log line matched: {DENIED}", "*cluster*: prod-eu", "*namespace*: payments", "*serviceaccount*: api")]}]},
}  # fmt: skip


@pytest.mark.parametrize("product", PRODUCTS)
async def test_an_alert_product_is_heard_and_its_labels_say_where(town: Town, product: str) -> None:
    town.file = replace(town.file, channels=())
    async with town.bot() as bot:
        ts = town.driver.alert("alertmanager", ONCALL, **PRODUCTS[product])
        await town.settle(bot)

    assert town.reply(ts).text.startswith("payments/api on prod-eu")


PLACE = "cluster=prod-eu namespace=payments serviceaccount=api"
SHARED: dict[str, dict[str, Any]] = {
    "forwarded": {"is_share": True, "from_url": "https://example-corp.slack.com/archives/C0RANDOM01/p1",
                  "author_name": "Omar", "text": f"{DENIED}\n{PLACE}", "footer": "Posted in #random"},
    "linked": {"is_msg_unfurl": True, "from_url": "https://example-corp.slack.com/archives/C0RANDOM01/p1",
               "message_blocks": [{"team": "T1", "channel": "C0RANDOM01", "ts": "1.1", "message": {"blocks": [
                   {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": f"{DENIED}\n{PLACE}"}]}]}]}}]},
}  # fmt: skip


@pytest.mark.parametrize("how", SHARED)
async def test_a_message_that_is_passed_on_is_read(town: Town, how: str) -> None:
    town.file = replace(town.file, channels=())
    async with town.bot() as bot:
        ts = town.driver.post_as(OMAR, ONCALL, "does anybody know this one")
        town.driver.unfurl(ONCALL, ts, SHARED[how])
        await town.settle(bot)

    assert town.reply(ts).text.startswith("payments/api on prod-eu")


@pytest.mark.parametrize(
    "text",
    [
        f"> {DENIED}\n> {PLACE}\nany idea?",
        f"```{DENIED}\n{PLACE}```",
        f"it says `{DENIED}` with {PLACE}",
        f"it says “{DENIED}”, {PLACE}",
    ],
    ids=["quoted", "code block", "code", "smart quotes"],
)
async def test_what_a_person_types_is_read_in_each_of_its_forms(town: Town, text: str) -> None:
    town.file = replace(town.file, channels=())
    async with town.bot() as bot:
        ts = await town.paste(bot, text)

    assert town.reply(ts).text.startswith("payments/api on prod-eu")


async def test_a_reply_that_also_goes_to_the_channel_is_answered_in_its_thread_once(
    town: Town,
) -> None:
    async with town.bot() as bot:
        ts = town.driver.post_as(OMAR, ONCALL, "anything new?")
        await town.paste(bot, f"{DENIED}\n{PLACE}", user=MINJI, thread_ts=ts, broadcast=True)

    assert town.reply(ts).text.startswith("payments/api on prod-eu")


async def test_a_log_of_almost_a_megabyte_is_read_to_its_end(town: Town) -> None:
    line = "2026-11-24T09:15:02Z INFO request served in 12 ms, nothing to see here\n"
    log = f"{line * 14_700}{DENIED} {PLACE}\n"
    async with town.bot() as bot:
        ts = await town.paste(bot, "the log", files={"api.log": log})

    assert 1_040_000 < len(log) < 1_048_576
    assert town.reply(ts).text.startswith("payments/api on prod-eu")


async def test_an_edited_alert_that_adds_the_error_starts_one(town: Town) -> None:
    async with town.bot() as bot:
        ts = town.driver.alert(
            "alertmanager", ONCALL, attachments=[{"title": "pending", "text": PLACE}]
        )
        await town.settle(bot)
        before = [m for m in town.replies(ts) if m.bot_id == bot.service.me.bot]
        town.driver.edit(
            ONCALL, ts, attachments=[{"title": "firing", "text": f"{DENIED}\n{PLACE}"}]
        )
        await town.settle(bot)

    assert before == []
    assert town.reply(ts).text.startswith("payments/api on prod-eu")


async def test_several_failures_of_one_paste_are_one_reply_with_a_section_each(town: Town) -> None:
    text = (
        f"2026-11-24T09:15:01Z ERROR {DENIED} serviceaccount=api namespace=payments cluster=prod-eu\n"
        f"2026-11-24T09:15:02Z ERROR InvalidIdentityToken: Incorrect token audience serviceaccount=api namespace=payments cluster=prod-eu\n"
        f"2026-11-24T09:15:03Z ERROR {DENIED} serviceaccount=api namespace=payments cluster=prod-eu\n"
    )
    async with town.bot() as bot:
        ts = await town.paste(bot, text)
        incidents = await bot.service.store.incidents.recent(
            bot.service.me.team, channel=ONCALL, limit=5
        )

    town.reply(ts)
    assert len(incidents[0].cases) == 2
