"""The Slack app's manifest: as it stands in the repository, and as one installation needs it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

_MENTION_ONLY: Final = ("channels:history", "groups:history", "im:history")
_MESSAGES: Final = ("message.channels", "message.groups", "message.im")


def manifest_text() -> str:
    """Read the manifest that stands at the top of the repository, or in the installed package."""
    checkout = Path(__file__).parents[1] / "manifest.yml"
    if checkout.is_file():
        return checkout.read_text(encoding="utf-8")
    return (resources.files("bot") / "manifest.yml").read_text(encoding="utf-8")


def manifest_document(
    *, url: str | None = None, links: str | None = None, mention_only: bool = False
) -> dict[str, Any]:
    """The manifest as a document.

    Args:
        url: https address under which Slack reaches the bot; None for Socket Mode.
        links: https address of the incidents' links, as in `IRSA_LINKS`; with it, posted links get previews.
        mention_only: Leave out every scope and event that reads messages nobody addressed to the bot.
    """
    document: dict[str, Any] = yaml.safe_load(manifest_text())
    settings = document["settings"]
    if url is not None:
        endpoint = f"{url.rstrip('/')}/slack/events"
        settings["socket_mode_enabled"] = False
        settings["event_subscriptions"]["request_url"] = endpoint
        settings["interactivity"]["request_url"] = endpoint
        for command in document["features"]["slash_commands"]:
            command["url"] = endpoint
    if links is not None:
        document["features"]["unfurl_domains"] = [urlsplit(links).hostname]
        document["oauth_config"]["scopes"]["bot"] += ["links:read", "links:write"]
        settings["event_subscriptions"]["bot_events"].append("link_shared")
    if mention_only:
        scopes = document["oauth_config"]["scopes"]
        scopes["bot"] = [s for s in scopes["bot"] if s not in _MENTION_ONLY]
        events = settings["event_subscriptions"]
        events["bot_events"] = [e for e in events["bot_events"] if e not in _MESSAGES]
    return document
