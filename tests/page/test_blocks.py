"""Block Kit and mrkdwn as Slack draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Locator, expect

from tests.page.replies import DIFF, mrkdwn, plain, run

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.page.stub_driver import Stub

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def drawn(page: Page, stub: Stub, *blocks: dict[str, Any]) -> Locator:
    """The body of a message of these blocks."""
    stub.say("C1", None, text="x", blocks=list(blocks))
    return page.get_by_role("main").get_by_test_id("message").last.locator(".blocks").first


MRKDWN = {
    "bold": ("*b* c", "<strong>b</strong> c"),
    "italic": ("_i_", "<em>i</em>"),
    "strike": ("~s~", "<s>s</s>"),
    "nested": ("*b _i_*", "<strong>b <em>i</em></strong>"),
    "crossed": ("*b _i* x_", "<strong>b _i</strong> x_"),
    "inside a word": ("a*b*c snake_case_name", "a*b*c snake_case_name"),
    "unclosed": ("*a and _b", "*a and _b"),
    "with spaces": ("* a * 2 * 3", "* a * 2 * 3"),
    "code": ("`*x*` y", '<code class="code">*x*</code> y'),
    "code with entities": ("`a &lt; b`", '<code class="code">a &lt; b</code>'),
    "lines": ("a\nb", "a<br>b"),
    "quote": ("&gt; q\n&gt; r\ns", '<blockquote class="quote">q<br>r</blockquote>s'),
    "mention": ("<@UONCALL>", '<span class="mention mine">@Mina Park</span>'),
    "channel": ("<#C2>", '<span class="mention">#payments</span>'),
    "here": ("<!here>", '<span class="mention">@here</span>'),
    "group": ("<!subteam^S1|@oncall>", '<span class="mention">@oncall</span>'),
    "date that is none": ("<!date^x^{time}|soon>", "<time>soon</time>"),
    "unknown emoji": (":not_known: arn:aws:iam::1:role", ":not_known: arn:aws:iam::1:role"),
    "emoji": (":warning:", '<span class="emoji" role="img" aria-label="warning">⚠️</span>'),
}


@pytest.mark.parametrize(("text", "expected"), MRKDWN.values(), ids=MRKDWN.keys())
async def test_mrkdwn_reads_as_in_slack(page: Page, stub: Stub, text: str, expected: str) -> None:
    block = await drawn(page, stub, {"type": "section", "text": mrkdwn(text)})

    assert await block.locator(".mrkdwn").inner_html() == expected


async def test_a_link_opens_elsewhere_and_tells_nothing(page: Page, stub: Stub) -> None:
    block = await drawn(
        page, stub, {"type": "section", "text": mrkdwn("<https://example.com/a?b=1&amp;c|docs>")}
    )

    link = block.get_by_role("link", name="docs")
    await expect(link).to_have_attribute("href", "https://example.com/a?b=1&c")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(link).to_have_attribute("target", "_blank")


async def test_a_diff_is_tinted_and_keeps_its_signs(page: Page, stub: Stub) -> None:
    part = {"type": "rich_text_preformatted", "language": "diff", "elements": [run(DIFF)]}
    block = await drawn(page, stub, {"type": "rich_text", "elements": [part]})

    assert await block.locator("pre").text_content() == DIFF
    await expect(block.locator(".added")).to_have_count(1)
    await expect(block.locator(".removed")).to_have_count(1)
    assert (await block.locator(".added").text_content() or "").startswith("+")
    grounds = await block.locator(".diff-line").evaluate_all(
        "all => new Set(all.map(x => getComputedStyle(x).backgroundColor)).size"
    )
    assert grounds == 3


async def test_code_in_another_language_is_no_diff(page: Page, stub: Stub) -> None:
    part = {"type": "rich_text_preformatted", "language": "yaml", "elements": [run("- a\n+ b\n")]}
    block = await drawn(page, stub, {"type": "rich_text", "elements": [part]})

    await expect(block.locator(".diff-line")).to_have_count(0)
    assert await block.locator("pre").text_content() == "- a\n+ b"


async def test_an_unknown_block_leaves_a_visible_note(page: Page, stub: Stub) -> None:
    block = await drawn(
        page, stub, {"type": "hologram"}, {"type": "section", "text": plain("after")}
    )

    await expect(block.get_by_role("note")).to_have_text(
        "This page does not draw “hologram” blocks. Slack may show one here."
    )
    await expect(block).to_contain_text("after")


async def test_a_container_folds_its_blocks(page: Page, stub: Stub) -> None:
    inner = {"type": "section", "text": mrkdwn("the *details*")}
    container = {
        "type": "container",
        "title": plain("14 passed"),
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [inner],
    }
    block = await drawn(page, stub, container)

    await expect(block.get_by_text("the details")).to_be_hidden()
    await block.get_by_text("14 passed").click()
    await expect(block.get_by_text("the details")).to_be_visible()


async def test_a_table_has_heads_and_alignment(page: Page, stub: Stub) -> None:
    def row(*cells: str) -> list[dict[str, str]]:
        return [{"type": "raw_text", "text": cell} for cell in cells]

    table = {
        "type": "table",
        "column_settings": [{}, {"align": "right"}],
        "rows": [row("Check", "ms"), row("IRSA103", "12")],
    }
    block = await drawn(page, stub, table)

    await expect(block.get_by_role("columnheader")).to_have_text(["Check", "ms"])
    await expect(block.get_by_role("cell", name="12")).to_have_class("to-right")


async def test_markdown_is_read(page: Page, stub: Stub) -> None:
    text = (
        "## Timeline\n1. **first** `x`\n2. [docs](https://example.com)\n\n- [x] done\n\n> said\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```diff\n-a\n+b\n```"
    )
    block = await drawn(page, stub, {"type": "markdown", "text": text})

    await expect(block.get_by_role("heading", name="Timeline")).to_be_visible()
    await expect(block.get_by_role("listitem")).to_have_text(["first x", "docs", "☑ (done) done"])
    await expect(block.locator("blockquote")).to_have_text("said")
    await expect(block.get_by_role("cell")).to_have_text(["1", "2"])
    await expect(block.locator(".removed")).to_have_text("-a")


async def test_a_picture_from_another_host_is_named_not_fetched(page: Page, stub: Stub) -> None:
    image = {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "A graph"}
    block = await drawn(page, stub, image)

    await expect(block.get_by_role("link", name="Picture: A graph")).to_be_visible()
    await expect(block.locator("img")).to_have_count(0)


async def test_an_alert_of_another_bot_shows_its_attachments(page: Page, stub: Stub) -> None:
    attachment = {
        "color": "danger",
        "title": "[FIRING:1] KubePodCrashLooping",
        "title_link": "https://example.com/alert",
        "text": "*Namespace:* payments",
        "fields": [{"title": "Severity", "value": "critical", "short": True}],
        "footer": "alertmanager",
    }
    stub.say(
        "C1",
        None,
        text="",
        username="Alertmanager",
        bot_id="BALERT",
        user=None,
        attachments=[attachment],
    )
    message = page.get_by_role("main").get_by_test_id("message")

    await expect(message).to_contain_text("AlertmanagerAPP")
    await expect(message.get_by_role("link")).to_have_text("[FIRING:1] KubePodCrashLooping")
    await expect(message.locator(".a-fields")).to_have_text("Severitycritical")
    await expect(message.locator("strong", has_text="Namespace:")).to_be_visible()


INPUTS: dict[str, tuple[dict[str, Any], str | list[str]]] = {
    "plain_text_input": ({"initial_value": "a", "multiline": True}, "a"),
    "email_text_input": ({"initial_value": "a@b.example"}, "a@b.example"),
    "url_text_input": ({"initial_value": "https://a.example"}, "https://a.example"),
    "number_input": ({"initial_value": "4", "is_decimal_allowed": False}, "4"),
    "datepicker": ({"initial_date": "2026-11-24"}, "2026-11-24"),
    "timepicker": ({"initial_time": "03:12"}, "03:12"),
    "datetimepicker": ({"initial_date_time": 1795500000}, "1795500000"),
    "static_select": (
        {
            "options": [{"text": plain("A"), "value": "a"}],
            "initial_option": {"text": plain("A"), "value": "a"},
        },
        "a",
    ),
    "multi_static_select": (
        {
            "options": [{"text": plain("A"), "value": "a"}],
            "initial_options": [{"text": plain("A"), "value": "a"}],
        },
        ["a"],
    ),
    "radio_buttons": (
        {
            "options": [{"text": plain("A"), "value": "a"}],
            "initial_option": {"text": plain("A"), "value": "a"},
        },
        "a",
    ),
    "checkboxes": (
        {
            "options": [{"text": plain("A"), "value": "a"}],
            "initial_options": [{"text": plain("A"), "value": "a"}],
        },
        ["a"],
    ),
    "users_select": ({"initial_user": "UGUEST"}, "UGUEST"),
    "channels_select": ({"initial_channel": "C2"}, "C2"),
    "conversations_select": ({"initial_conversation": "C1"}, "C1"),
    "multi_users_select": ({"initial_users": ["UGUEST", "UONCALL"]}, ["UGUEST", "UONCALL"]),
}


@pytest.mark.parametrize("kind", INPUTS)
async def test_every_input_sends_what_it_was_given_at_first(
    page: Page, stub: Stub, kind: str
) -> None:
    fields, expected = INPUTS[kind]
    element = {"type": kind, "action_id": "x", **fields}
    block = {"type": "input", "block_id": "b", "label": plain("The label"), "element": element}
    view = {
        "id": "V9",
        "type": "modal",
        "title": plain("T"),
        "submit": plain("Send"),
        "blocks": [block],
    }
    stub.view("open", "UONCALL", view)
    await expect(page.get_by_test_id("modal").get_by_text("The label")).to_be_visible()
    await page.get_by_test_id("modal-submit").click()

    await expect(page.get_by_test_id("modal")).to_have_count(0)
    values = stub.asked_of("workspace/submit")[0]["values"]["b"]["x"]
    assert (sorted(values) if isinstance(values, list) else values) == expected
