"""What a newcomer does after `make demo`: open the page, paste, read, apply, restart, see it healthy."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

expect.set_options(timeout=30_000)

PICTURES: Final = os.environ.get("IRSA_PICTURES")
"""A folder for the README's screenshots, where somebody wants them taken anew."""
SEED: Final = (
    "WebIdentityErr: failed to retrieve credentials\n"
    "caused by: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity\n"
    "\tstatus code: 403, request id: 2f6f1c0e-1c1d-4c5e-9d6a-0d8f3f9a2b11"
)


@asynccontextmanager
async def demo(*, early: bool = False) -> AsyncIterator[str]:
    """`irsa demo` as a process; its page's address.

    Args:
        early: Do not wait until everything is ready, only until the page is served.
    """
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", str(port)),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    try:
        heard = ""
        async with asyncio.timeout(90):
            while "Ctrl-C" not in heard and not (early and is_served(port)):
                if early:
                    await asyncio.sleep(0.05)
                    continue
                line = await process.stdout.readline()
                assert line, f"the demo ended: {heard}"
                heard += line.decode()
        if not early:
            assert f"http://127.0.0.1:{port}" in heard
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(45):
            assert await process.wait() == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_served(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def window(url: str, *, width: int = 1280, height: int = 860) -> AsyncIterator[Page]:
    """Chromium on the demo's page."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no chromium on PATH; install Debian's package `chromium` to test the demo")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = await browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(20_000)
        await page.goto(url)
        await page.locator("#app[data-link=up][data-thread]").wait_for(state="attached")
        yield page
        await browser.close()


async def picture(page: Page, name: str) -> None:
    if PICTURES is not None:
        await page.wait_for_timeout(600)
        await page.screenshot(path=Path(PICTURES) / f"{name}.png")


IN_ONE_DEMO = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared() -> AsyncIterator[str]:
    """One demo for several tests, in the order in which they stand here; its page's address."""
    async with demo() as url:
        yield url


@IN_ONE_DEMO
async def test_paste_in_the_korean_channel_is_answered_in_korean(shared: str) -> None:
    async with window(shared) as page:
        await page.get_by_test_id("channel-incidents-kr").click()
        await page.get_by_test_id("composer-channel").fill(
            f"{SEED}\nsystem:serviceaccount:payments:api"
        )
        await page.get_by_test_id("composer-channel").press("Enter")

        thread = page.get_by_test_id("thread")
        await expect(thread.get_by_text("모든 검사 보기").last).to_be_visible(timeout=60_000)
        await expect(thread.get_by_role("heading", level=3).first).to_contain_text("원인")
        await picture(page, "korean")


@IN_ONE_DEMO
async def test_newcomer_pastes_reads_applies_restarts_and_sees_it_healthy(shared: str) -> None:
    async with window(shared) as page:
        thread = page.get_by_test_id("thread")
        await page.get_by_test_id("try-missing-annotation").click()
        await expect(thread.get_by_role("heading", level=3).first).to_contain_text("annotation")
        await expect(thread.get_by_text("IRSA103").first).to_be_visible()
        await picture(page, "reply")

        await thread.get_by_text("Apply annotation", exact=True).last.click()
        await expect(page.get_by_test_id("modal")).to_contain_text("eks.amazonaws.com/role-arn")
        await picture(page, "confirm")
        await page.get_by_test_id("modal-submit").click()

        restart = thread.get_by_text("Restart pods", exact=True).last
        await restart.click()
        await page.get_by_test_id("modal-submit").click()
        await expect(thread.get_by_role("heading", level=3).first).to_contain_text(
            "Healthy", timeout=60_000
        )
        await expect(thread.get_by_role("heading", level=3).first).to_contain_text("Healthy since")
        await picture(page, "healthy")
        await thread.get_by_text("Sum up", exact=True).last.click()
        await expect(thread.get_by_role("heading", name="Summary of incident")).to_be_visible()
        await picture(page, "summary")

        await page.get_by_test_id("panel-world").click()
        account = page.locator("[data-sa='prod-eu/payments/api']")
        await expect(account).to_contain_text(":role/payments-api")
        await picture(page, "world")

        await page.get_by_test_id("panel-try").click()
        await page.get_by_test_id("try-stray-space").click()
        await expect(thread.get_by_text("␣kube-system").first).to_be_visible()
        await picture(page, "diff")
        await thread.get_by_text("Show all checks", exact=True).last.click()
        await expect(page.get_by_test_id("modal")).to_contain_text("With AWS CLI")


async def test_seed_error_pasted_bare_before_the_bot_is_ready_is_answered_or_asked_about() -> None:
    async with demo(early=True) as url, window(url, width=390, height=844) as page:
        await page.get_by_test_id("composer-channel").fill(SEED)
        await page.get_by_test_id("composer-channel").press("Enter")

        reply = page.get_by_test_id("thread").get_by_text(re.compile("which|Cause found"))
        await expect(reply.first).to_be_visible(timeout=60_000)
        await picture(page, "phone")


async def test_port_that_is_taken_is_said_in_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--port", port),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        _, said = await process.communicate()

    assert process.returncode == 2
    assert f"127.0.0.1:{port} can't be listened on" in said.decode()
    assert "Traceback" not in said.decode()
