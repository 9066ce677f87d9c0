"""The generated pages are current, and what links to a page finds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from docs.generate import DOCS, PAGES
from docs.menu import fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = DOCS.parent
MARKDOWN = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
# Not images: those are made by running the bot, and some are attached later.
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_current(name: str) -> None:
    """`make docs` writes it anew."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()


def test_no_page_is_left_of_a_check_that_is_no_more() -> None:
    """`make docs` drops it."""
    there = {f"checks/{path.name}" for path in (DOCS / "checks").iterdir()}
    assert there == {name for name in PAGES if name.startswith("checks/")}


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_of_a_page_leads_somewhere(page: Path) -> None:
    """The file is there, and so is the heading that it names."""
    broken = [link for link in LINK.findall(_prose(page)) if not _leads(page, link)]
    assert broken == []


def test_every_page_stands_in_the_menu_of_the_site() -> None:
    """`make site` builds it; nobody finds a page that no menu names."""
    nav: list[object] = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    fill(nav)

    named = sorted(_pages(nav))
    there = sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))
    assert named == there


def _pages(nav: object) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        yield from _pages(list(nav.values()))
    elif isinstance(nav, list):
        for entry in nav:
            yield from _pages(entry)


def _leads(page: Path, link: str) -> bool:
    if "://" in link or link.startswith("mailto:"):
        return True
    name, _, heading = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists():
        return False
    return not heading or heading in {_anchor(h) for h in HEADING.findall(_prose(target))}


def _prose(page: Path) -> str:
    return re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )


def _anchor(heading: str) -> str:
    """Write a heading as GitHub does in links."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
