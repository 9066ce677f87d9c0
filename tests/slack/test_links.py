"""Links of the app's own domains, and the previews that it gives them."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.slack import SlackApp, SlackServer, demo_workspace
from tests.slack.conftest import ONCALL, QUICK, Ledger, bolt, over_http

INCIDENT = "https://irsa.example.com/i/7"
PREVIEW: dict[str, Any] = {
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Incident 7"}}]
}


async def test_a_link_to_the_app_is_told_and_can_be_previewed() -> None:
    workspace = demo_workspace(SlackApp(unfurl_domains=("irsa.example.com",)), timing=QUICK)
    async with SlackServer(workspace) as server:
        app, told = bolt(server), Ledger()
        app.event("link_shared")(told)
        app.event("message")(told)
        async with over_http(server, app):
            text = f"see {INCIDENT} and https://other.example/ and http://[broken"
            ts = server.driver.post_as("minji", ONCALL, text)
            await told.reach(2)
            await app.client.chat_unfurl(channel=ONCALL, ts=ts, unfurls={INCIDENT: PREVIEW})
            with pytest.raises(SlackApiError, match="cannot_unfurl_url"):
                await app.client.chat_unfurl(
                    channel=ONCALL, ts=ts, unfurls={"https://other.example/": PREVIEW}
                )
            with pytest.raises(SlackApiError, match="invalid_blocks"):
                await app.client.chat_unfurl(
                    channel=ONCALL, ts=ts, unfurls={INCIDENT: {"blocks": [{"type": "x"}]}}
                )

    event = next(b["event"] for b in told.seen if b["event"]["type"] == "link_shared")
    assert event["message_ts"] == ts
    assert event["links"] == [{"domain": "irsa.example.com", "url": INCIDENT}]
    (attachment,) = workspace.messages[ONCALL][ts].attachments
    assert attachment["from_url"] == INCIDENT
    assert attachment["blocks"][0]["text"]["text"] == "Incident 7"
