"""The failures to try, and the world that shows what really changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.page.replies import ERROR, ROLE
from tests.page.steps import answered

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.page.conftest import Windows
    from tests.page.stub_driver import Stub

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_failure_is_pasted_in_its_channel_by_the_on_call_person(
    page: Page, stub: Stub
) -> None:
    await page.get_by_test_id("act-as-jonas").click()
    await page.get_by_test_id("try-missing-annotation").click()

    await expect(page.get_by_role("main").get_by_role("heading", level=1)).to_have_text("payments")
    await expect(page.get_by_test_id("thread").get_by_role("heading", level=3)).to_be_visible()
    assert stub.asked_of("workspace/post") == [{"channel": "C2", "text": ERROR, "user": "UONCALL"}]


async def test_failures_are_found_by_code_and_words(page: Page) -> None:
    cards = page.get_by_test_id("failures").get_by_role("listitem")
    await expect(cards).to_have_count(2)
    await page.get_by_test_id("filter-failures").fill("irsa407")
    await expect(cards).to_have_count(1)
    await page.get_by_test_id("filter-failures").fill("nothing like it")
    await expect(page.get_by_test_id("failures")).to_contain_text("No failure matches")


async def test_the_world_shows_the_annotation_that_a_fix_wrote(page: Page) -> None:
    reply = await answered(page)
    await page.get_by_test_id("panel-world").click()
    account = page.locator("[data-sa='prod-eu/payments/api']")
    await expect(account).to_contain_text("no annotation")
    await expect(account).to_contain_text("got no role")
    await reply.get_by_role("button", name="Apply annotation to payments/api").click()
    await page.get_by_test_id("confirm-yes").click()

    await expect(account).to_contain_text(f"role-arn{ROLE}")
    await expect(account).to_contain_text("CHANGED")
    changed = page.get_by_test_id("changes").get_by_role("listitem").filter(has_text="Annotation")
    await expect(changed).to_contain_text("Annotation eks.amazonaws.com/role-arn of payments/api")
    await expect(changed).to_contain_text(f"Before(none)Now{ROLE}")


async def test_a_changed_trust_policy_is_shown_as_a_diff(page: Page, stub: Stub) -> None:
    await page.get_by_test_id("panel-world").click()
    await expect(page.get_by_test_id("changes")).to_contain_text("Nothing has changed")
    stub.subjects = ["system:serviceaccount:payments:api"]

    changes = page.get_by_test_id("changes")
    await expect(changes).to_contain_text("Trust policy of payments-api in payments")
    await expect(changes.locator(".removed")).to_contain_text(
        '-          "system:serviceaccount: p'
    )
    await expect(changes.locator(".added")).to_contain_text('+          "system:serviceaccount:p')


async def test_the_world_is_reset_after_a_question(page: Page, stub: Stub) -> None:
    stub.annotated = True
    await page.get_by_test_id("panel-world").click()
    await page.get_by_test_id("reset-world").click()
    await page.get_by_test_id("confirm-yes").click()

    await expect(page.locator(".toast")).to_contain_text("as it was at the start")
    assert stub.asked_of("world/reset") == [{}]
    account = page.locator("[data-sa='prod-eu/payments/api']")
    await expect(account).to_contain_text("no annotation")
    await expect(page.get_by_test_id("changes")).to_contain_text("Nothing has changed")


async def test_the_world_is_narrowed_and_what_was_folded_stays_folded(
    page: Page, stub: Stub
) -> None:
    await page.get_by_test_id("panel-world").click()
    world = page.get_by_test_id("world")
    await world.get_by_text("Cluster prod-eu").click()
    stub.annotated = True
    await expect(page.get_by_test_id("changes")).to_contain_text("What changed")
    await expect(page.locator("[data-sa]").first).to_be_hidden()
    await page.get_by_test_id("filter-world").fill("external-dns")

    await expect(page.locator("[data-sa]:visible")).to_have_count(1)


async def test_a_demo_that_stopped_says_so(windows: Windows) -> None:
    page = await windows.open()
    await page.context.set_offline(offline=True)
    box = page.get_by_test_id("composer-channel")
    await box.fill("anyone?")
    await box.press("Enter")

    await expect(page.locator(".toast").first).to_contain_text("The demo does not answer")
    await expect(box).to_have_value("anyone?")
    assert all("ERR_INTERNET_DISCONNECTED" in line for line in windows.trouble)
    windows.trouble.clear()
