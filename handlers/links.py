"""Links to incidents (`https://irsa.example.com/i/ID`), and their previews where somebody posts one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from handlers.paste.reading.untrusted import nodes_at, text_at
from handlers.ports import Order, Task

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from handlers.desk import Desk

PATH: Final = "/i/"
"""Below the bot's own address; the incident's whole ID follows."""
UNKNOWN: Final = "I know no such incident; I keep them for 90 days.\n"
"""What such an address answers where there is no reply to lead to."""
_ID: Final = re.compile(r"[0-9a-f]{20}")
_MOST: Final = 5
"""Previews of one message."""


def link_of(base: str | None, incident_id: str) -> str | None:
    """The address of an incident below the bot's own (`https://irsa.example.com`); None without one."""
    return None if base is None else f"{base.rstrip('/')}{PATH}{incident_id}"


def id_in(url: str) -> str | None:
    """The ID that such an address names."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    found = path.rpartition(PATH)[2] if PATH in path else ""
    return found if _ID.fullmatch(found) else None


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to links of our domain, which the manifest names."""

    @app.event("link_shared")
    async def shared(event: dict[str, Any], body: dict[str, Any]) -> None:
        desk.meter.delivery("link", await hear(desk, event, body))


async def hear(desk: Desk, event: dict[str, Any], body: dict[str, Any]) -> str:
    """Queue the previews of a message; what became of it, in a word.

    While a message is being written nobody knows where it will stand, so nothing is shown then.
    """
    links = {text_at(link, "url"): id_in(text_at(link, "url")) for link in nodes_at(event, "links")}
    named = [[url, found] for url, found in links.items() if found is not None][:_MOST]
    if not named or text_at(event, "source") == "composer":
        return "other"
    if text_at(event, "user") == desk.me.user:
        return "ours"  # our own replies need no preview of themselves
    payload = {
        "channel": text_at(event, "channel")[:32],
        "ts": text_at(event, "message_ts")[:32],
        "user": text_at(event, "user")[:32],
        "links": named,
    }
    order = Order(task=Task.UNFURL, payload=payload, urgent=False)
    recorded = await desk.inbox.order(order, event_id=text_at(body, "event_id") or None)
    return recorded.value
