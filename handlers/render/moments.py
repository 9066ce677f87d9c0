"""Moments and links to replies, in Slack's own form, so that everybody reads their own clock and language."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from handlers.blockkit import escape

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.incident import Incident


def moment(at: datetime, *, link: str | None = None) -> str:
    """Day and time as mrkdwn; where Slack can't show it, in UTC.

    Source: docs.slack.dev, "Formatting text for messages", "Date formatting".
    """
    seconds = int(at.timestamp())
    address = f"^{link}" if link is not None and not set(link) & set("|<>^ ") else ""
    return (
        f"<!date^{seconds}^{{date_short_pretty}} {{time}}{address}|"
        f"{at.astimezone(UTC):%Y-%m-%d %H:%M UTC}>"
    )


def clock(at: datetime) -> str:
    """The time of day alone."""
    return f"<!date^{int(at.timestamp())}^{{time}}|{at.astimezone(UTC):%H:%M UTC}>"


def address_of(incident: Incident, workspace: str | None) -> str | None:
    """The address of an incident's reply, below the workspace's own (`https://example.slack.com/`).

    Where the reply is on its way yet, that of the message that it will answer.
    """
    spot = incident.spot
    if workspace is None or not spot.thread_ts:
        return None
    ts = (incident.reply_ts or spot.thread_ts).replace(".", "")
    return escape(
        f"{workspace.rstrip('/')}/archives/{spot.channel}/p{ts}"
        f"?thread_ts={spot.thread_ts}&cid={spot.channel}"
    )
