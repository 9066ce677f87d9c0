"""Buttons, menus, confirmations and modals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.page.replies import mrkdwn, plain
from tests.page.steps import answered

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.page.stub_driver import Stub

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_confirmed_press_is_sent_and_the_reply_is_edited_in_place(
    page: Page, stub: Stub
) -> None:
    reply = await answered(page)
    await reply.get_by_role("button", name="Apply annotation to payments/api").click()
    dialog = page.get_by_test_id("confirm")
    await expect(dialog).to_contain_text("Apply the annotation?")
    assert stub.asked_of("workspace/press") == []
    await page.get_by_test_id("confirm-yes").click()

    await expect(reply.get_by_role("heading")).to_have_text("Healthy since 16:20")
    assert stub.asked_of("workspace/press") == [
        {
            "block_id": "act",
            "action_id": "apply",
            "channel": "C1",
            "message_ts": stub.messages["C1"][1]["ts"],
            "user": "UONCALL",
        }
    ]


@pytest.mark.parametrize("way", ["button", "Escape"])
async def test_a_press_that_is_not_confirmed_is_not_sent(page: Page, stub: Stub, way: str) -> None:
    reply = await answered(page)
    await reply.get_by_role("button", name="Restart pods").click()
    dialog = page.get_by_test_id("confirm")
    await expect(dialog.get_by_role("button", name="No")).to_be_focused()
    if way == "Escape":
        await page.keyboard.press("Escape")
    else:
        await page.get_by_test_id("confirm-no").click()

    await expect(dialog).to_have_count(0)
    assert stub.asked_of("workspace/press") == []


async def test_a_denial_is_seen_by_the_presser_only(page: Page) -> None:
    reply = await answered(page)
    await reply.get_by_role("button", name="Check again").click()

    denial = page.get_by_test_id("thread").locator(".ephemeral")
    await expect(denial).to_contain_text("Only an approver may press this")
    await page.get_by_test_id("act-as-jonas").click()
    await expect(denial).to_have_count(0)


async def test_a_refused_press_says_why(page: Page, stub: Stub) -> None:
    reply = await answered(page)
    stub.refuse["workspace/press"] = "The app did not answer within 3 seconds."
    await reply.get_by_role("button", name="Show all checks").click()

    await expect(page.locator(".toast")).to_contain_text("did not answer within 3 seconds")


async def test_an_overflow_menu_is_walked_with_the_arrow_keys(page: Page, stub: Stub) -> None:
    reply = await answered(page)
    await reply.locator("[data-action-id=over]").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Mute this channel")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("menu")).to_have_count(0)
    press = stub.asked_of("workspace/press")[0]
    assert (press["action_id"], press["selected"]) == ("over", "dismiss")


async def test_feedback_is_sent_and_thanked(page: Page, stub: Stub) -> None:
    reply = await answered(page)
    helpful = reply.get_by_role("button", name="Helpful", exact=True)
    await helpful.click()

    await expect(helpful).to_have_attribute("aria-pressed", "true")
    assert stub.asked_of("workspace/press")[0]["selected"] == "up"


async def test_a_select_in_a_message_is_a_press_with_the_choice(page: Page, stub: Stub) -> None:
    select = {
        "type": "static_select",
        "action_id": "pick",
        "placeholder": plain("Which cluster?"),
        "options": [{"text": plain("prod-eu"), "value": "c1"}],
    }
    stub.reply_blocks = [{"type": "actions", "block_id": "a", "elements": [select]}]
    reply = await answered(page)
    await reply.get_by_label("Which cluster?").select_option("prod-eu")

    await expect(reply.get_by_label("Which cluster?")).not_to_have_attribute("aria-busy", "true")
    press = stub.asked_of("workspace/press")[0]
    assert (press["block_id"], press["action_id"], press["selected"]) == ("a", "pick", "c1")


async def test_a_modal_sends_every_answer_and_closes(page: Page, stub: Stub) -> None:
    reply = await answered(page)
    await reply.get_by_role("button", name="Show all checks").click()
    modal = page.get_by_test_id("modal")
    await modal.get_by_label("Namespace").fill("payments")
    await modal.get_by_label("Cluster").select_option("prod-us")
    await modal.get_by_label("Restart the pods").check()
    await page.get_by_test_id("modal-submit").click()

    await expect(modal).to_have_count(0)
    assert stub.asked_of("workspace/submit") == [
        {
            "view_id": "V1",
            "user": "UONCALL",
            "values": {
                "ns": {"value": "payments"},
                "cluster": {"value": "prod-us"},
                "also": {"value": ["restart"]},
            },
        }
    ]


async def test_an_empty_required_field_is_named_before_the_app_is_asked(
    page: Page, stub: Stub
) -> None:
    reply = await answered(page)
    await reply.get_by_role("button", name="Show all checks").click()
    await page.get_by_test_id("modal-submit").click()

    field = page.get_by_test_id("modal").get_by_label("Namespace")
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_test_id("modal")).to_contain_text("complete this required field")
    assert stub.asked_of("workspace/submit") == []


async def test_what_the_app_says_is_wrong_stands_at_the_field_and_answers_stay(
    page: Page, stub: Stub
) -> None:
    stub.errors = {"ns": "There is no namespace “paymnets” in prod-eu."}
    reply = await answered(page)
    await reply.get_by_role("button", name="Show all checks").click()
    modal = page.get_by_test_id("modal")
    await modal.get_by_label("Namespace").fill("paymnets")
    await page.get_by_test_id("modal-submit").click()

    await expect(modal).to_contain_text("There is no namespace “paymnets” in prod-eu.")
    await expect(modal.get_by_label("Namespace")).to_have_value("paymnets")


async def test_a_pushed_modal_comes_off_and_the_one_below_keeps_its_answers(
    page: Page, stub: Stub
) -> None:
    reply = await answered(page)
    await reply.get_by_role("button", name="Show all checks").click()
    modal = page.get_by_test_id("modal")
    await modal.get_by_label("Namespace").fill("payments")
    await modal.get_by_role("button", name="Why?").click()
    await expect(modal.get_by_role("heading", name="Why")).to_be_visible()
    await page.keyboard.press("Escape")

    await expect(modal.get_by_label("Namespace")).to_have_value("payments")
    assert [body["view_id"] for body in stub.asked_of("workspace/close")] == ["V2"]


async def test_a_modal_that_is_updated_keeps_what_was_typed(page: Page, stub: Stub) -> None:
    reply = await answered(page)
    await reply.get_by_role("button", name="Show all checks").click()
    modal = page.get_by_test_id("modal")
    await modal.get_by_label("Namespace").fill("half a na")
    stub.view(
        "update",
        "UONCALL",
        {
            "id": "V1",
            "type": "modal",
            "title": plain("All checks"),
            "submit": plain("Send"),
            "blocks": [
                {"type": "section", "text": mrkdwn("15 of 17 done")},
                {
                    "type": "input",
                    "block_id": "ns",
                    "label": plain("Namespace"),
                    "element": {"type": "plain_text_input", "action_id": "value"},
                },
            ],
        },
    )

    await expect(modal).to_contain_text("15 of 17 done")
    await expect(modal.get_by_label("Namespace")).to_have_value("half a na")


async def test_closing_a_modal_gives_the_focus_back(page: Page) -> None:
    reply = await answered(page)
    opener = reply.get_by_role("button", name="Show all checks")
    await opener.focus()
    await page.keyboard.press("Enter")
    await page.get_by_test_id("modal").wait_for()
    await page.keyboard.press("Escape")

    await expect(opener).to_be_focused()


async def test_a_button_for_some_people_is_shown_to_them_only(page: Page, stub: Stub) -> None:
    button = {
        "type": "button",
        "action_id": "approve",
        "text": plain("Approve"),
        "visible_to_user_ids": ["UAPPROVE"],
    }
    stub.say("C1", None, text="x", blocks=[{"type": "actions", "elements": [button]}])
    approve = page.get_by_role("button", name="Approve", exact=True)

    await page.get_by_role("main").get_by_test_id("message").wait_for()
    await expect(approve).to_have_count(0)
    await page.get_by_test_id("act-as-jonas").click()
    await expect(approve).to_be_visible()
