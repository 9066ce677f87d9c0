"""The sweep's page in a browser: readable on a desk and on a phone, by day and by night, and free of axe's findings."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, Final

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import async_playwright

from bot.sweep.html import html_of
from tests.sweep.sweeping import documented, swept

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM: Final = shutil.which("chromium")
SCREENS: Final = ((1280, 900, "light"), (390, 844, "dark"))


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
async def test_the_page_fits_its_screen_and_axe_finds_nothing(tmp_path: Path) -> None:
    first = documented(*await swept())
    page_file = tmp_path / "sweep.html"
    page_file.write_text(html_of(documented(*await swept(), previous=first)), encoding="utf-8")

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width, height, scheme in SCREENS:
            options: dict[str, Any] = {"color_scheme": scheme, "bypass_csp": True}
            context = await browser.new_context(
                viewport={"width": width, "height": height}, **options
            )
            page = await context.new_page()
            await page.goto(page_file.as_uri())
            found = (await Axe().run(page)).response["violations"]
            assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            sizes = await page.eval_on_selector_all(
                ".bars .label", "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
            )
            assert sizes
            assert min(sizes) >= 13
        await browser.close()
