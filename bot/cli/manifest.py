"""`irsa manifest`: the Slack app's manifest, for Socket Mode or for HTTP."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
import yaml

_MENTION_ONLY = ("channels:history", "groups:history", "im:history")
_MESSAGES = ("message.channels", "message.groups", "message.im")


def manifest_text() -> str:
    """Read the manifest that stands at the top of the repository, or in the installed package."""
    checkout = Path(__file__).parents[2] / "manifest.yml"
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


def manifest(
    url: Annotated[
        str | None,
        typer.Option(help="https address of the bot, for HTTP mode; without it: Socket Mode."),
    ] = None,
    links: Annotated[
        str | None,
        typer.Option(help="https address of links to incidents (IRSA_LINKS); they get previews."),
    ] = None,
    *,
    mention_only: Annotated[
        bool, typer.Option("--mention-only", help="Read only messages that mention the bot.")
    ] = False,
) -> None:
    """Print the Slack app manifest."""
    for option, address in (("--url", url), ("--links", links)):
        if address is not None and not _is_https(address):
            raise typer.BadParameter(f"{address!r} is not an https:// address", param_hint=option)
    document = manifest_document(url=url, links=links, mention_only=mention_only)
    typer.echo(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), nl=False)


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        return False


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    app.command()(manifest)
