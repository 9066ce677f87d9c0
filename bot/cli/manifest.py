"""`irsa manifest`: the Slack app's manifest, for Socket Mode or for HTTP."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import typer
import yaml

from bot.manifest import manifest_document


def manifest(
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="https address of the bot, for HTTP mode; without it: Socket Mode."
        ),
    ] = None,
    links: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="https address of links to incidents (IRSA_LINKS); they get previews.",
        ),
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
    app.command(short_help="Print the Slack app's manifest.")(manifest)
