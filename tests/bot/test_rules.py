"""Twenty rules of a good bot in Slack, and the test that holds each; those that no other file holds are held here."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from bot.store.inbox import Limits
from sandbox.slack.faults import Fault
from tests.bot.town import IN_BOTH, MINJI, OMAR, ONCALL, PASTE, labels, shown
from tests.conftest import ROOT
from tests.engine import healthy as worlds

if TYPE_CHECKING:
    from sandbox.slack.messages import Message
    from tests.bot.town import Town

RULES: Final = (
    ("Answers stay in the thread", "bot/test_rules.py", "every_answer_stays_in_the_thread"),
    ("One card per failure", "bot/test_once.py", "the_same_failure_again_in_the_thread_counts"),
    ("By itself only when sure", "bot/test_main_job.py", "other_talk_gets_no_answer"),
    ("A cap; no bots", "bot/test_once.py", "a_storm_in_one_thread_is_capped"),
    ("A sign of life", "bot/test_rules.py", "a_status_is_shown_before_anything_is_read"),
    ("Cause, evidence, fix in order", "bot/test_rules.py", "the_first_line_is_the_cause"),
    ("text is a whole sentence", "render/test_reply.py", "notification_text_is_a_whole_sentence"),
    ("Headings are header blocks", "bot/test_rules.py", "the_first_line_is_the_cause"),
    ("No meaning by colour alone", "bot/test_rules.py", "no_meaning_hangs_on_a_colour"),
    ("Buttons name verb and target", "render/test_reply.py", "buttons_carry_ids_only_and_name"),
    ("Narrow, short sentences", "bot/test_rules.py", "what_stands_before_the_last_button_fits"),
    ("A dialog before a change", "render/test_reply.py", "confirmation_shows_the_exact_change"),
    ("Denials are private", "bot/test_access.py", "who_is_not_named_may_not_and_reads_why"),
    ("Who, what, when; undo", "bot/test_approvals.py", "an_applied_fix_can_be_taken_back"),
    ("What was not checked is said", "bot/test_rules.py", "what_could_not_be_read_is_said"),
    ("Too long: excerpt and file", "bot/test_rules.py", "a_long_diff_comes_as_a_file"),
    ("Pasted text is data", "bot/test_rules.py", "what_was_pasted_mentions_nobody"),
    ("Secrets and shared channels", "bot/test_doors.py", "the_author_of_a_secret_is_told"),
    ("Locale", "bot/test_rules.py", "every_time_is_shown_by_the_readers_clock"),
    ("Mute and feedback", "bot/test_quiet.py", "the_menu_of_a_reply_mutes_the_channel"),
)
"""Rule, and the file and the beginning of the name of the test that holds it."""


@pytest.mark.parametrize(("rule", "file", "name"), RULES, ids=[r for r, _, _ in RULES])
def test_every_rule_is_held_by_a_test(rule: str, file: str, name: str) -> None:
    source = (ROOT / "tests" / file).read_text(encoding="utf-8")

    assert re.search(rf"def test_{name}\w*\(", source), rule


# -- held here -----------------------------------------------------------------------------------

WRONG = "system:serviceaccount:payment:api"


def refusing(town: Town) -> None:
    """A role that trusts another service account, so that the reply has a diff."""
    town.world.accounts[0] = worlds.service_account()
    town.world.roles[worlds.SHARED, "payments-api"] = worlds.role(worlds.statement(sub=WRONG))


def said(town: Town) -> list[dict[str, Any]]:
    return town.calls("chat.postMessage") + town.calls("chat.update")


def kinds(message: Message) -> list[str]:
    return [block["type"] for block in message.blocks]


@IN_BOTH
async def test_every_answer_stays_in_the_thread(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        town.driver.mention(OMAR, ONCALL, "and now?", thread_ts=ts)
        await town.settle(bot)

    posts = town.calls("chat.postMessage")
    assert posts
    assert {p.get("thread_ts") for p in posts} == {ts}
    assert not any(p.get("reply_broadcast") for p in posts)


@IN_BOTH
async def test_a_status_is_shown_before_anything_is_read(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)

    methods = [name for name, _ in town.slack.workspace.calls]
    assert methods.index("assistant.threads.setStatus") < methods.index("chat.postMessage")
    assert town.slack.workspace.status(ONCALL, ts) == ""


async def test_the_first_line_is_the_cause_and_the_fix_stands_next_to_its_button(
    town: Town,
) -> None:
    refusing(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    reply = town.reply(ts)
    assert kinds(reply)[0] == "header"
    words = shown(reply)
    order = [words.index(w) for w in ("Cause found:", "Seen", "Expected", "Why", "Fix", "ID ")]
    assert order == sorted(order)


async def test_no_meaning_hangs_on_a_colour_or_an_emoji(town: Town) -> None:
    refusing(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    reply = town.reply(ts)
    words = shown(reply)
    assert re.search(r"Checks: \d+ passed, \d+ failed, \d+ could not be checked", words)
    assert not re.search(
        r":[a-z_]+:|[\U0001F300-\U0001FAFF✅❌⚠]", re.sub(r"system:[a-z:]+", "", words)
    )
    (diff,) = [
        b["elements"][0]
        for b in reply.blocks
        if b["type"] == "rich_text" and b["elements"][0]["type"] == "rich_text_preformatted"
    ]
    changed = diff["elements"][0]["text"].splitlines()
    assert {line[0] for line in changed} == {" ", "-", "+"}


async def test_what_stands_before_the_last_button_fits_on_a_phone(town: Town) -> None:
    """40 columns a line, about 36 lines: an inch more than a screen makes people scroll past the fix."""
    refusing(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    reply = town.reply(ts)
    lines = [
        line
        for block in reply.blocks
        if block["type"] != "actions"
        for line in "".join(_runs(block)).splitlines()
    ]
    rows = sum(-(-max(len(line), 1) // 40) for line in lines)
    assert rows <= 36, rows
    assert not re.search(r"button (below|above|on the right)", shown(reply), re.IGNORECASE)


def _runs(node: object) -> list[str]:
    """Texts as they flow: runs of a paragraph in a row, paragraphs on lines of their own."""
    if isinstance(node, list):
        return [text for item in node for text in _runs(item)]
    if not isinstance(node, dict):
        return []
    text = node.get("text")
    own = [text] if isinstance(text, str) else []
    inner = [t for value in node.values() for t in _runs(value)]
    ends = node.get("type") in ("rich_text_section", "rich_text_preformatted", "mrkdwn", "header")
    return own + inner + (["\n"] if ends else [])


async def test_what_could_not_be_read_is_said_with_what_would_enable_it(town: Town) -> None:
    town.world.accounts[0] = worlds.service_account()
    town.world.refuse("GetRole")
    async with town.bot() as bot:
        ts = await town.paste(bot)

    words = shown(town.reply(ts))
    assert "Not enough evidence" in words
    assert "Allow GetRole" in words
    assert not re.search(r" 0 could not be checked", words)


@IN_BOTH
async def test_a_long_diff_comes_as_a_file_beside_its_excerpt(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.render.shorten._LINES", 2)
    refusing(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    card, file = (m for m in town.replies(ts) if m.bot_id is not None)
    assert "Shortened by" in shown(card)
    assert file.files[0]["name"] == "trust-policy-payments-api.diff"


async def test_a_long_diff_without_the_scope_is_in_the_dialog_alone(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.render.shorten._LINES", 2)
    app = town.slack.workspace.app
    town.slack.workspace.app = replace(app, scopes=app.scopes - {"files:write"})
    refusing(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press("Show all checks", MINJI, channel=ONCALL)

    assert "Show all checks* has the whole policy of" in shown(town.reply(ts))
    assert WRONG in json.dumps(town.driver.view(MINJI))


@pytest.mark.parametrize(
    "bait", ["<!channel>", "<!here>", f"<@{OMAR}>", "<https://evil.example|ok>"]
)
async def test_what_was_pasted_mentions_nobody_and_links_nowhere(town: Town, bait: str) -> None:
    async with town.bot() as bot:
        await town.paste(bot, PASTE.replace("payments:api", f"payments:api {bait}"))

    for call in said(town):
        assert bait not in str(call.get("text", ""))
        assert bait not in re.sub(
            r'"type": "text", "text": "[^"]*"', "", str(call.get("blocks", ""))
        )
    assert all(
        c["unfurl_links"] in (False, "false", "0", 0) for c in town.calls("chat.postMessage")
    )


async def test_every_time_is_shown_by_the_readers_clock_with_a_plain_one_beside(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)
        await town.driver.command(MINJI, ONCALL, "/irsa mute 1h")

    everything = json.dumps([c.get("blocks") for c in said(town)]) + str(town.whispers(MINJI))
    dates = re.findall(r"<!date\^\d+\^[^|>]+\|([^>]+)>", everything)
    assert dates
    assert all(plain.endswith("UTC") for plain in dates)


async def test_a_refused_block_never_ends_in_silence(town: Town) -> None:
    """Rule 16 again: whatever Slack refuses, a reply in plain words stays."""
    town.slack.workspace.faults.plan("chat.postMessage", Fault(error="invalid_blocks"), times=3)
    async with town.bot(limits=Limits()) as bot:
        ts = await town.paste(bot)

    assert "payments/api on prod-eu" in town.reply(ts).text
    assert labels(town.reply(ts)) == []
