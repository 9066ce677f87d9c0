"""One Chromium for all tests of the page; each test has its own stub and its own window."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    async_playwright,
    expect,
)

from tests.page.stub_driver import Stub, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

PHONE: Final = {"width": 390, "height": 844}
DESKTOP: Final = {"width": 1280, "height": 800}
WIDE: Final = {"width": 1600, "height": 900}

expect.set_options(timeout=30_000)


@dataclass(slots=True, kw_only=True)
class Windows:
    """Opens the page, and keeps what went wrong in it: script errors, refused loads, other hosts."""

    browser: Browser
    stub: Stub
    trouble: list[str] = field(default_factory=list)
    _open: list[BrowserContext] = field(default_factory=list)

    async def open(self, size: dict[str, int] = DESKTOP, **options: Any) -> Page:
        """A fresh window on the stub's page, ready to be used."""
        context = await self.browser.new_context(viewport=size, **options)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        self._open.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.trouble.append(f"script error: {error}"))
        page.on("console", self._console())
        page.on("request", self._request())
        page.on("dialog", lambda dialog: self.trouble.append(f"dialog: {dialog.message}"))
        await page.goto(self.stub.url)
        await page.locator("#app[data-link=up][data-thread]").wait_for(state="attached")
        return page

    def _console(self) -> Callable[[ConsoleMessage], None]:
        def note(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and "status of 400" not in message.text:
                self.trouble.append(f"console: {message.text}")

        return note

    def _request(self) -> Callable[[Request], None]:
        def note(request: Request) -> None:
            if not request.url.startswith((self.stub.url, "data:")):
                self.trouble.append(f"another host: {request.url}")

        return note

    async def close(self) -> None:
        """Close every window."""
        for context in self._open:
            await context.close()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a screen."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no chromium on PATH; install Debian's package `chromium` to test the page")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def stub() -> AsyncIterator[Stub]:
    """The stub's doors on a free port."""
    async with serving(Stub()) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def windows(browser: Browser, stub: Stub) -> AsyncIterator[Windows]:
    """Windows on the stub; the test fails if anything went wrong inside one."""
    opened = Windows(browser=browser, stub=stub)
    yield opened
    await opened.close()
    assert opened.trouble == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(windows: Windows) -> Page:
    """One desktop window."""
    return await windows.open()
