"""Everybody can use the page: axe, the keyboard alone, both colour schemes, desktop and phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import expect

from tests.page.conftest import DESKTOP, PHONE, WIDE
from tests.page.replies import ERROR, mrkdwn, plain
from tests.page.steps import answered, say

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.page.conftest import Windows
    from tests.page.stub_driver import Stub

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def faults(page: Page) -> list[str]:
    """What axe finds, whatever its weight."""
    found: dict[str, Any] = (await Axe().run(page)).response
    assert found["passes"], "axe looked at nothing"
    return [
        f"{fault['id']} ({fault['impact']}): {node['target']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_no_fault(
    windows: Windows, stub: Stub, scheme: Literal["light", "dark"], size: dict[str, int]
) -> None:
    page = await windows.open(size, color_scheme=scheme, reduced_motion="reduce")
    assert await faults(page) == []

    await answered(page)
    assert await faults(page) == []
    await page.get_by_role("button", name="Show all checks").click()
    await page.get_by_test_id("modal-submit").click()
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Restart pods").click()
    assert await faults(page) == []
    await page.get_by_test_id("confirm-no").click()
    await page.get_by_role("button", name="Check again").click()
    stub.refuse["workspace/press"] = "The app did not answer within 3 seconds."
    await page.get_by_role("button", name="Show all checks").click()
    await page.locator(".toast").wait_for()
    assert await faults(page) == []

    if size is PHONE:
        await page.get_by_role("button", name="Back to the channel").click()
        await page.get_by_test_id("open-sidebar").click()
        assert await faults(page) == []
    await page.get_by_test_id("panel-world").click()
    stub.annotated = True
    await page.get_by_test_id("changes").get_by_text("What changed").wait_for()
    assert await faults(page) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_no_fault_at_home_in_a_private_word_and_while_the_bot_starts(
    windows: Windows, stub: Stub, scheme: Literal["light", "dark"], size: dict[str, int]
) -> None:
    page = await windows.open(size, color_scheme=scheme, reduced_motion="reduce")
    stub.emit({"type": "starting", "starting": True})
    await page.get_by_test_id("starting-channel").wait_for()
    await say(page, "/irsa help")
    await page.get_by_text("Only visible to you").first.wait_for()
    assert await faults(page) == []

    if size is PHONE:
        await page.get_by_test_id("open-sidebar").click()
    await page.get_by_test_id("channel-D1").click()
    await page.get_by_test_id("tab-home").click()
    await page.get_by_test_id("home").get_by_text("Recent incidents").wait_for()
    assert await faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_no_fault_in_any_block(
    windows: Windows, stub: Stub, scheme: Literal["light", "dark"]
) -> None:
    page = await windows.open(WIDE, color_scheme=scheme, reduced_motion="reduce")
    cell = {"type": "raw_text", "text": "cell"}
    options = [{"text": plain("One"), "value": "1", "description": plain("the first")}]
    stub.say(
        "C1",
        None,
        text="x",
        blocks=[
            {
                "type": "markdown",
                "text": "# T\n- [x] `a` [b](https://example.com)\n> q\n\n|a|\n|-|\n|b|",
            },
            {"type": "table", "rows": [[cell, cell], [cell, cell]]},
            {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A graph"},
            {
                "type": "container",
                "title": plain("More"),
                "is_collapsible": True,
                "child_blocks": [
                    {
                        "type": "section",
                        "text": mrkdwn("*a* <@UONCALL> <@UBOT> <https://example.com|`x`>"),
                    },
                ],
            },
            {"type": "card", "title": plain("T"), "body": mrkdwn("b")},
            {"type": "hologram"},
            {
                "type": "actions",
                "elements": [
                    {
                        "type": kind,
                        "action_id": kind,
                        "placeholder": plain(kind),
                        "options": options,
                    }
                    for kind in (
                        "static_select",
                        "radio_buttons",
                        "checkboxes",
                        "overflow",
                        "users_select",
                        "datepicker",
                    )
                ],
            },
            *(
                {"type": "alert", "level": level, "text": plain("a")}
                for level in ("error", "success")
            ),
        ],
    )
    await page.get_by_role("main").locator(".b-alert").last.wait_for()
    await page.get_by_test_id("composer-channel").fill("/")
    await page.locator(".suggest-item").wait_for()
    assert await faults(page) == []

    await page.get_by_test_id("channel-D1").click()
    await page.get_by_test_id("tab-home").click()
    await page.get_by_test_id("home").get_by_role("heading").wait_for()
    assert await faults(page) == []


async def test_the_main_job_is_done_with_the_keyboard_alone(page: Page, stub: Stub) -> None:
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")  # the skip link
    await expect(page.get_by_test_id("composer-channel")).to_be_focused()
    await page.keyboard.insert_text(ERROR)
    await page.keyboard.press("Enter")
    apply = page.get_by_role("button", name="Apply annotation to payments/api")
    await apply.wait_for()
    for _ in range(40):
        if await apply.evaluate("node => node === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("confirm-yes")).to_be_focused()
    await page.keyboard.press("Enter")

    heading = page.get_by_role("heading", name="Healthy since 16:20")
    await expect(heading).to_be_visible()
    await expect(apply).to_be_focused()
    assert stub.annotated


async def test_what_has_the_focus_is_outlined(page: Page) -> None:
    seen = set()
    for _ in range(12):
        await page.keyboard.press("Tab")
        seen.add(
            await page.evaluate(
                "() => { const n = document.activeElement, s = getComputedStyle(n);"
                " const row = n.closest('.composer-row');"
                " return s.outlineStyle !== 'none' || (row && getComputedStyle(row).boxShadow !== 'none') }"
            )
        )

    assert seen == {True}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_follows_the_system_and_can_be_switched(
    windows: Windows, scheme: Literal["light", "dark"]
) -> None:
    page = await windows.open(color_scheme=scheme)
    ground = "() => getComputedStyle(document.body).backgroundColor"
    colours = {"light": "rgb(255, 255, 255)", "dark": "rgb(27, 30, 35)"}
    other = "dark" if scheme == "light" else "light"

    assert await page.evaluate(ground) == colours[scheme]
    await page.get_by_role("button", name=f"Use {other} colours").click()
    assert await page.evaluate(ground) == colours[other]


@pytest.mark.parametrize("size", [PHONE, DESKTOP, WIDE, {"width": 900, "height": 600}], ids=str)
async def test_nothing_is_wider_than_the_window(
    windows: Windows, stub: Stub, size: dict[str, int]
) -> None:
    page = await windows.open(size)
    await answered(page)
    stub.say("C1", stub.messages["C1"][0]["ts"], text=f"`{'x' * 900}` {'y' * 900}")
    await expect(page.get_by_test_id("thread").get_by_test_id("message")).to_have_count(3)

    for pane in await page.locator(".pane:visible, .stream:visible, .sidebar:visible").all():
        assert await pane.evaluate("node => node.scrollWidth - node.clientWidth") <= 1
        box = await pane.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"] + 1


async def test_a_phone_goes_channel_thread_and_back(windows: Windows) -> None:
    page = await windows.open(PHONE, has_touch=True)
    main = page.get_by_role("main")
    await answered(page)
    await expect(main).to_be_hidden()
    await page.get_by_role("button", name="Back to the channel").tap()

    await expect(main).to_be_visible()
    await page.get_by_test_id("open-sidebar").tap()
    await page.get_by_test_id("channel-payments").tap()
    await expect(main.get_by_role("heading", level=1)).to_have_text("payments")


async def test_a_wide_window_shows_channel_thread_and_world_side_by_side(
    windows: Windows,
) -> None:
    page = await windows.open(WIDE)
    await answered(page)
    await page.get_by_test_id("panel-world").click()

    for pane in (
        page.get_by_role("main"),
        page.get_by_test_id("thread"),
        page.get_by_test_id("world"),
    ):
        await expect(pane).to_be_visible()


async def test_an_answer_longer_than_the_window_is_shown_from_its_first_line(
    windows: Windows,
) -> None:
    page = await windows.open(PHONE)
    reply = await answered(page)

    await expect(reply.get_by_role("heading")).to_be_in_viewport()


async def test_nobody_who_reads_up_is_pulled_down(page: Page, stub: Stub) -> None:
    for number in range(30):
        stub.say("C1", None, text=f"line {number}")
    stream = page.get_by_role("main").locator(".stream")
    await expect(page.get_by_text("line 29", exact=True)).to_be_in_viewport()
    await stream.evaluate("node => { node.scrollTop = 0 }")
    stub.say("C1", None, text="news")
    await page.get_by_text("news", exact=True).wait_for()

    assert await stream.evaluate("node => node.scrollTop") == 0


async def test_answers_whispers_and_changes_are_read_aloud(page: Page, stub: Stub) -> None:
    live = page.locator("#live")
    posted = stub.say("C1", None, text="*Cause found*: no annotation")
    await expect(live).to_have_text("IRSA Doctor answered: Cause found: no annotation")

    changed = {**posted, "text": "Healthy since 03:12"}
    stub.emit({"type": "message_changed", "channel": "C1", "message": changed})
    await expect(live).to_have_text("IRSA Doctor answered: Healthy since 03:12")

    whisper = {"text": "Only an approver may.", "ts": stub.ts()}
    for user, heard in (("UAPPROVE", "Healthy since 03:12"), ("UONCALL", "Only an approver may.")):
        stub.emit({"type": "ephemeral", "channel": "C1", "user": user, "message": whisper})
        await expect(live).to_have_text(f"IRSA Doctor answered: {heard}")


async def test_a_bot_that_does_not_take_an_event_is_named(page: Page, stub: Stub) -> None:
    delivery = {"type": "delivery", "kind": "events_api", "what": "message", "attempt": 0}
    stub.emit({**delivery, "outcome": "acknowledged"})
    stub.emit({**delivery, "outcome": "http_timeout"})

    await expect(page.locator(".toast")).to_have_count(1)
    await expect(page.locator(".toast")).to_contain_text("did not take the event “message”")
