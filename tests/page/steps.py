"""What a person does on the page, in one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.page.replies import ERROR

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page


async def say(page: Page, text: str, place: str = "channel") -> None:
    """Type into a composer and press Enter."""
    box = page.get_by_test_id(f"composer-{place}")
    await box.fill(text)
    await box.press("Enter")


async def answered(page: Page, error: str = ERROR) -> Locator:
    """Paste the error, and wait for the bot's reply in the thread that opens by itself."""
    await say(page, error)
    reply = page.get_by_test_id("thread").get_by_test_id("message").nth(1)
    await reply.wait_for()
    return reply
