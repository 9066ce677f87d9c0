"""Puts a page per check into the site's menu, grouped as their codes are; MkDocs calls it while it builds."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from diagnostics.checks.catalogue import catalogue
from diagnostics.checks.page import LINKS

if TYPE_CHECKING:
    from collections.abc import Sequence

OVERVIEW = "checks.md"


def on_config(config: Any) -> None:
    """Extend the menu; an event of MkDocs, by its name.

    Source: mkdocs.org, "Plugins", Events, `on_config`, and "Configuration", `hooks`.
    """
    fill(config["nav"])


def fill(nav: Sequence[object]) -> None:
    """Add the checks' pages to the section that holds their overview."""
    for entry in nav:
        for pages in entry.values() if isinstance(entry, dict) else ():
            if isinstance(pages, list) and OVERVIEW in pages:
                pages.extend(_checks())


def _checks() -> list[dict[str, list[str]]]:
    codes = sorted(check.code for check in catalogue())
    return [
        {LINKS[link]: [f"checks/{code}.md" for code in group]}
        for link, group in groupby(codes, key=lambda code: code.removeprefix("IRSA")[0])
    ]
