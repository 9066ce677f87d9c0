"""The page's files: what the server says about them, and what they must not hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession

from sandbox.page import PAGE
from tests.page.stub_driver import Stub, serving

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = sorted((PAGE / "static").glob("*.js"))
STYLES = sorted((PAGE / "static" / "css").glob("*.css"))


@pytest.mark.parametrize(
    "path", ["/", "/static/main.js", "/static/css/theme.css", "/static/mark.svg"]
)
async def test_every_file_comes_with_the_strict_headers(path: str) -> None:
    async with (
        serving(Stub()) as stub,
        ClientSession() as client,
        client.get(stub.url + path) as got,
    ):
        policy = got.headers["Content-Security-Policy"]

        assert got.status == 200
        assert "default-src 'self'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert got.headers["X-Content-Type-Options"] == "nosniff"


async def test_nothing_outside_the_page_is_served() -> None:
    async with serving(Stub()) as stub, ClientSession() as client:
        for path in ("/static/..%2f__init__.py", "/static/../mount.py", "/static/%2e%2e/mount.py"):
            async with client.get(stub.url + path) as got:
                assert got.status in {403, 404}, path


def test_every_file_the_page_names_exists() -> None:
    html = (PAGE / "index.html").read_text()
    named = re.findall(r'(?:href|src)="/(static/[^"]+)"', html)

    assert len(named) > 9
    assert [name for name in named if not (PAGE / name).is_file()] == []
    assert {f"static/css/{style.name}" for style in STYLES} <= set(named)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_makes_elements_through_dom_js_only(script: Path) -> None:
    text = script.read_text()
    unsafe = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|localStorage"

    assert re.findall(unsafe, text) == []
    assert script.name == "dom.js" or "createElement" not in text
    assert len(text.splitlines()) < 320


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_import_of_a_script_exists_and_is_used(script: Path) -> None:
    text = script.read_text()
    for names, source in re.findall(r'^import \{([^}]*)\} from "\./([^"]+)";', text, re.MULTILINE):
        exported = (script.parent / source).read_text()
        for name in (name.strip() for name in names.split(",")):
            assert re.search(
                rf"^export (async )?(function|const|class) {name}\b", exported, re.MULTILINE
            )
            assert len(re.findall(rf"\b{name}\b", text)) > 1, f"{name} is imported, not used"


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_style_fetches_nothing(style: Path) -> None:
    assert re.findall(r"url\(|@import|@font-face", style.read_text()) == []
