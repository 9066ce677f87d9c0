"""Whatever people, logs or clusters write stays text; nothing of it runs, loads or leads away."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.page.replies import mrkdwn, plain, run

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.page.stub_driver import Stub

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = {
    "a script": "<script>window.owned=1</script>",
    "an image that fails": '<img src=x onerror="window.owned=1">',
    "a drawing": "<svg/onload=window.owned=1>",
    "a script link": "<javascript:window.owned=1|click me>",
    "a data link": "<data:text/html,<script>window.owned=1</script>|click me>",
    "a script link in markdown": "[click me](javascript:window.owned=1)",
    "a broken link": "<https://example.com|<b onmouseover=window.owned=1>x</b>>",
    "an attribute": '"><iframe srcdoc="<script>parent.owned=1</script>">',
    "an entity twice": "&amp;lt;img src=x onerror=window.owned=1&amp;gt;",
    "a mention of nobody": '<@U"onload=window.owned=1>',
    "a date": "<!date^9e999^{time}<img src=x onerror=window.owned=1>^javascript:1|x>",
    "a prototype": "<!__proto__|x> :constructor: :__proto__:",
}


def _everywhere(text: str) -> list[dict[str, object]]:
    """The text in every kind of block that shows text."""
    return [
        {"type": "header", "text": plain(text)},
        {"type": "section", "text": mrkdwn(text), "fields": [plain(text), mrkdwn(text)]},
        {
            "type": "context",
            "elements": [mrkdwn(text), {"type": "image", "image_url": text, "alt_text": text}],
        },
        {
            "type": "markdown",
            "text": f"# {text}\n> {text}\n- {text}\n\n| a |\n|---|\n| {text} |\n```\n{text}\n```",
        },
        {"type": "image", "image_url": text, "alt_text": text, "title": plain(text)},
        {
            "type": "table",
            "rows": [[{"type": "raw_text", "text": text}], [{"type": "raw_text", "text": text}]],
        },
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        run(text),
                        run(text, code=True),
                        {"type": "link", "url": text, "text": text},
                        {"type": "emoji", "name": text, "unicode": text},
                        {"type": "user", "user_id": text},
                        {
                            "type": "date",
                            "timestamp": text,
                            "format": text,
                            "fallback": text,
                            "url": text,
                        },
                    ],
                },
                {"type": "rich_text_preformatted", "language": text, "elements": [run(text)]},
            ],
        },
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": text,
                    "text": plain(text),
                    "style": text,
                    "accessibility_label": text,
                    "url": text,
                },
                {
                    "type": "overflow",
                    "action_id": "o",
                    "options": [{"text": plain(text), "value": text, "url": text}],
                },
                {
                    "type": "static_select",
                    "action_id": "s",
                    "options": [{"text": plain(text), "value": text}],
                },
            ],
        },
        {"type": text},
        {"type": "actions", "block_id": text, "elements": [{"type": text, "action_id": text}]},
    ]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_text_stays_text_wherever_it_is_shown(
    page: Page, stub: Stub, text: str
) -> None:
    stub.say("C1", None, text=text)
    stub.say("C1", None, text=text, blocks=_everywhere(text))
    attachment = {
        "pretext": text,
        "title": text,
        "title_link": text,
        "text": text,
        "color": text,
        "footer": text,
        "fields": [{"title": text, "value": text}],
    }
    stub.say(
        "C1",
        None,
        username=text,
        attachments=[attachment],
        files=[{"name": text, "preview": text}],
        reactions=[{"name": text}],
    )
    messages = page.get_by_role("main").get_by_test_id("message")
    await expect(messages).to_have_count(3)

    assert await page.evaluate("window.owned") is None
    assert (
        await page.locator(
            ".stream :is(script, iframe, object, embed, [onload], [onerror], [onmouseover])"
        ).count()
        == 0
    )
    leads = await page.locator(".stream a").evaluate_all("all => all.map(a => a.protocol)")
    assert set(leads) <= {"http:", "https:"}


async def test_a_paste_is_shown_as_it_was_typed(page: Page) -> None:
    typed = "a <b> & c &lt; *bold* `code` system:serviceaccount: kube-system:external_dns_x"
    box = page.get_by_test_id("composer-channel")
    await box.fill(typed)
    await box.press("Enter")

    shown = page.get_by_role("main").get_by_test_id("message").locator(".mrkdwn")
    await expect(shown).to_have_text(
        "a <b> & c &lt; bold code system:serviceaccount: kube-system:external_dns_x"
    )


SLOW = {
    "opening marks": "*a " * 13_000,
    "angle brackets": "<" * 40_000,
    "back ticks": "` " * 20_000,
    "colons": ":a" * 20_000,
    "fences": "```" * 13_000,
    "quotes": "> a\n" * 10_000,
    "one long word": "x" * 40_000,
    "brackets": "[" * 12_000,
    "stars": "**a" * 4_000,
    "spaces after a hash": "#" + " " * 11_000 + "x",
    "bars": "|" * 12_000,
    "list marks": "- " * 6_000,
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW.keys())
async def test_no_text_makes_the_page_stand_still(page: Page, stub: Stub, text: str) -> None:
    before = monotonic()
    stub.say("C1", None, text=text)
    stub.say("C1", None, text="x", blocks=[{"type": "markdown", "text": text[:12_000]}])
    await expect(page.get_by_role("main").get_by_test_id("message")).to_have_count(2)

    assert monotonic() - before < 5  # seconds; a quadratic reading takes minutes
