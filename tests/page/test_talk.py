"""Writing in a channel and in a thread, as different people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.page.replies import ERROR
from tests.page.steps import answered, say

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.page.conftest import Windows
    from tests.page.stub_driver import Stub

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_paste_is_posted_as_the_on_call_person_and_the_reply_opens_in_a_thread(
    page: Page, stub: Stub
) -> None:
    reply = await answered(page)

    await expect(reply.get_by_role("heading")).to_have_text(
        "The service account has no role annotation"
    )
    assert stub.asked_of("workspace/post") == [
        {"channel": "C1", "text": ERROR, "user": "UONCALL"},
    ]
    await expect(page.locator("#live")).to_contain_text("the annotation is missing")


async def test_the_thread_says_what_the_bot_is_doing_until_it_answers(
    page: Page, stub: Stub
) -> None:
    posted = stub.say("C1", None, text="look here", bot_id=None, user="UONCALL")
    await page.get_by_label("Reply in thread").click(force=True)
    where = {"channel": "C1", "thread_ts": posted["ts"]}
    stub.emit({"type": "status", "status": "is reading the role …", **where})

    status = page.get_by_test_id("status")
    await expect(status).to_have_text("IRSA Doctor is reading the role …")

    stub.say("C1", posted["ts"], text="done")
    await expect(status).to_be_empty()


async def test_a_thread_reply_stays_in_its_thread(page: Page, stub: Stub) -> None:
    await answered(page)
    await say(page, "thanks", "thread")

    thread = page.get_by_test_id("thread")
    await expect(thread.get_by_test_id("message")).to_have_count(3)
    assert stub.asked_of("workspace/post")[-1]["thread_ts"] == stub.messages["C1"][0]["ts"]
    channel = page.get_by_role("main")
    await expect(channel.get_by_test_id("message")).to_have_count(1)
    await expect(channel.get_by_test_id("open-thread")).to_contain_text("2 replies")


async def test_one_edits_ones_own_message_and_no_other(page: Page, stub: Stub) -> None:
    stub.say("C1", None, text="from the bot")
    await say(page, "namespace is paymnets")
    mine = page.get_by_role("main").get_by_test_id("message").nth(1)
    await mine.hover()
    await mine.get_by_label("Edit message").click()
    await mine.get_by_role("textbox").fill("namespace is payments")
    await mine.get_by_role("textbox").press("Enter")

    await expect(mine).to_contain_text("namespace is payments")
    await expect(mine).to_contain_text("(edited)")
    other = page.get_by_role("main").get_by_test_id("message").first
    await expect(other.get_by_label("Edit message")).to_have_count(0)


async def test_a_name_after_an_at_sign_is_sent_as_a_mention(page: Page, stub: Stub) -> None:
    box = page.get_by_test_id("composer-channel")
    await box.press_sequentially("@irs")
    await expect(page.get_by_role("option").first).to_contain_text("IRSA Doctor")
    await box.press("Tab")
    await box.press_sequentially("why? and @jonas too, not me@example.com")
    await box.press("Enter")

    sent = stub.asked_of("workspace/post")[0]["text"]
    assert sent == "<@UBOT> why? and <@UAPPROVE> too, not me@example.com"
    await expect(page.locator(".mention").first).to_have_text("@IRSA Doctor")


async def test_a_slash_command_answers_the_asker_only(page: Page, stub: Stub) -> None:
    await say(page, "/irsa help")

    whisper = page.get_by_role("main").locator(".ephemeral")
    await expect(whisper).to_contain_text("Only visible to you")
    await expect(whisper).to_contain_text("You said /irsa help")
    assert stub.asked_of("workspace/post") == []
    await page.get_by_test_id("act-as-jonas").click()
    await expect(whisper).to_have_count(0)


async def test_slash_commands_do_not_work_in_threads(page: Page, stub: Stub) -> None:
    await answered(page)
    await say(page, "/irsa help", "thread")

    whisper = page.get_by_test_id("thread").locator(".ephemeral")
    await expect(whisper).to_contain_text("/irsa is not supported in threads. Sorry!")
    assert stub.asked_of("workspace/command") == []


async def test_an_unknown_command_is_named_as_slack_names_it(page: Page, stub: Stub) -> None:
    await say(page, "/isra help")

    await expect(page.locator(".ephemeral")).to_contain_text("/isra is not a valid command.")
    assert stub.asked_of("workspace/command") == []


async def test_the_message_shortcut_diagnoses_any_message(page: Page, stub: Stub) -> None:
    posted = stub.say("C1", None, text="[FIRING] pods fail", username="Alerts", bot_id="BALERT")
    alert = page.get_by_role("main").get_by_test_id("message").first
    await alert.hover()
    await alert.get_by_label("More message actions").click()
    await page.get_by_role("menuitem", name="Diagnose IRSA").click()

    await expect(alert.get_by_test_id("open-thread")).to_contain_text("1 reply")
    assert stub.asked_of("workspace/shortcut") == [
        {
            "channel": "C1",
            "message_ts": posted["ts"],
            "callback_id": "irsa.diagnose_message",
            "user": "UONCALL",
        }
    ]


async def test_a_text_file_is_sent_and_shown_as_a_snippet(page: Page, stub: Stub) -> None:
    await (
        page.get_by_role("main")
        .locator("input[type=file]")
        .set_input_files({"name": "pod.log", "mimeType": "text/plain", "buffer": ERROR.encode()})
    )
    await say(page, "the log")

    assert stub.asked_of("workspace/post")[0]["files"] == [{"name": "pod.log", "content": ERROR}]
    await expect(page.get_by_role("main").locator(".file")).to_contain_text("AccessDenied")


async def test_what_could_not_be_sent_stays_in_the_box_and_says_why(page: Page, stub: Stub) -> None:
    stub.refuse["workspace/post"] = "The channel is archived; post somewhere else."
    await say(page, "precious words")

    await expect(page.locator(".toast")).to_contain_text("The channel is archived")
    await expect(page.get_by_test_id("composer-channel")).to_have_value("precious words")


async def test_a_guest_sees_only_the_channels_they_belong_to(page: Page) -> None:
    await page.get_by_test_id("act-as-tess").click()

    await expect(page.get_by_role("main").get_by_role("heading", level=1)).to_have_text("payments")
    await expect(page.get_by_test_id("channel-incidents")).to_have_count(0)


async def test_an_unread_channel_is_marked_until_it_is_opened(page: Page, stub: Stub) -> None:
    stub.say("C2", None, text="hello")
    row = page.get_by_test_id("channel-payments")
    await expect(row).to_contain_text("1 unread")

    await row.click()
    await expect(row).not_to_contain_text("unread")


async def test_the_home_tab_shows_what_the_app_published(page: Page, stub: Stub) -> None:
    await page.get_by_test_id("channel-D1").click()
    await page.get_by_test_id("tab-home").click()

    home = page.get_by_test_id("home")
    await expect(home.get_by_role("heading")).to_have_text("Recent incidents")
    await home.get_by_role("button", name="Diagnose").click()
    await expect(page.get_by_test_id("modal")).to_be_visible()
    assert stub.asked_of("workspace/press")[0]["view_id"] == "HUONCALL"


async def test_messages_from_before_the_page_was_opened_are_there(
    windows: Windows, stub: Stub
) -> None:
    stub.messages["C1"] = [{"ts": "1795400000.000100", "user": "UAPPROVE", "text": "good morning"}]
    page = await windows.open()

    await expect(page.get_by_role("main").get_by_test_id("message")).to_contain_text("Jonas Weber")


async def test_what_is_posted_while_the_page_reads_is_not_lost(
    windows: Windows, stub: Stub
) -> None:
    stub.messages["C1"] = [{"ts": "1795400000.000100", "user": "UAPPROVE", "text": "early"}]
    stub.while_reading = lambda: stub.say("C1", None, text="in between")
    page = await windows.open()

    messages = page.get_by_role("main").get_by_test_id("message")
    await expect(messages).to_have_count(2)
    await expect(messages.last).to_contain_text("in between")


async def test_a_lost_connection_is_told_and_what_was_missed_is_read(
    windows: Windows, stub: Stub
) -> None:
    page = await windows.open()
    stub.hang_up()
    await expect(page.locator(".toast").first).to_contain_text("connection to the demo is lost")
    stub.say("C1", None, text="said meanwhile")

    await expect(page.locator(".toast").last).to_contain_text("Connected again.")
    await expect(page.get_by_role("main").get_by_test_id("message")).to_contain_text("meanwhile")


async def test_a_bot_that_is_starting_is_said_to_be_until_it_is_ready(
    page: Page, stub: Stub
) -> None:
    told = page.get_by_test_id("starting-channel")
    await expect(told).to_be_hidden()

    stub.emit({"type": "starting", "starting": True})
    await expect(told).to_have_text(
        "IRSA Doctor is starting. What you send now is answered when it is ready."
    )
    stub.emit({"type": "starting", "starting": False})
    await expect(told).to_be_hidden()
