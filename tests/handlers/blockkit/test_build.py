"""Whatever the builders make, Slack takes; what they cut, they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.blockkit import (
    build,
    characters,
    clip,
    escape,
    has_rich_text,
    validate_message,
    validate_view,
)
from handlers.blockkit.escape import clip_mrkdwn

if TYPE_CHECKING:
    from collections.abc import Callable

PIECES = st.sampled_from(
    [
        "",
        "x",
        "<",
        ">",
        "&",
        "```",
        "\n",
        "<!channel>",
        "é",
        "한국어",
        "🙂",
        "word " * 40,
        "y" * 1500,
    ]
)
TEXT = st.lists(PIECES, max_size=6).map("".join)
SHORT = st.text(st.characters(codec="utf-8"), max_size=300)


def choices(most: int) -> st.SearchStrategy[list[tuple[str, str]]]:
    values = st.lists(st.text("abc123", min_size=1, max_size=8), min_size=1, max_size=most)
    return values.map(lambda held: [(value * 20, value) for value in dict.fromkeys(held)])


BUTTON = st.builds(
    build.button,
    st.just("go"),
    SHORT,
    st.none() | st.text(max_size=2000),
    style=st.sampled_from([None, "primary", "danger"]),
    accessibility_label=st.none() | st.text(min_size=1, max_size=200),
)
RUN = st.builds(build.run, TEXT, bold=st.booleans(), code=st.booleans())
RUNS = st.lists(TEXT | RUN, max_size=3)
RICH = st.one_of(
    RUNS.map(lambda runs: build.paragraph(*runs)),
    RUNS.map(lambda runs: build.quote(*runs)),
    st.builds(build.bullets, st.lists(TEXT, max_size=3), ordered=st.booleans()),
)
BLOCK = st.one_of(
    st.builds(build.header, TEXT),
    st.builds(build.section, TEXT, accessory=st.none() | BUTTON),
    st.lists(TEXT, min_size=1, max_size=14).map(lambda held: build.fields(*held)),
    st.lists(TEXT, min_size=1, max_size=14).map(lambda held: build.context(*held)),
    st.just(build.divider()),
    BUTTON.map(build.actions),
    choices(20).map(lambda held: build.actions(build.static_select("s", "Pick", held))),
    st.lists(RICH, min_size=1, max_size=3).map(lambda held: build.rich_text(*held)),
    st.builds(build.preformatted, TEXT, language=st.sampled_from([None, "diff", "json"])),
)
PAGEFUL = st.builds(
    lambda held, times: held * times, st.lists(BLOCK, max_size=6), st.integers(1, 25)
)
"""Many blocks at little cost: a few, repeated."""
FIELD = st.one_of(
    st.builds(
        build.input_text,
        st.just("i"),
        TEXT,
        block_id=st.uuids().map(str),
        placeholder=st.none() | SHORT,
        hint=st.none() | TEXT,
    ),
    choices(10).map(
        lambda held: build.labelled(
            "Pick", build.static_select("c", "Pick", held, chosen=held[0][1]), block_id=held[0][1]
        )
    ),
)


@given(PAGEFUL)
@settings(max_examples=150, deadline=None)
def test_whatever_the_builders_make_fits_into_a_message(
    blocks: list[dict[str, Any]],
) -> None:
    fitted = build.fit_message(blocks)

    assert validate_message({"text": "A sentence.", "blocks": fitted}) == ()


@given(PAGEFUL, SHORT, st.none() | SHORT)
@settings(max_examples=100, deadline=None)
def test_whatever_the_builders_make_fits_into_a_modal(
    blocks: list[dict[str, Any]], title: str, submit: str | None
) -> None:
    assert validate_view(build.modal(title, blocks, callback_id="c", submit=submit)) == ()
    assert validate_view(build.home(blocks)) == ()


@given(FIELD, SHORT)
@settings(deadline=None)
def test_whatever_asks_for_something_fits_into_a_modal(field: dict[str, Any], label: str) -> None:
    assert validate_view(build.modal("Title", [field], callback_id="c", submit=label)) == ()


@given(st.lists(BLOCK, max_size=10))
@settings(max_examples=50, deadline=None)
def test_what_fits_is_left_as_it_is(blocks: list[dict[str, Any]]) -> None:
    if characters(blocks) <= 12_000:
        assert build.fit_message(blocks) == blocks


def test_the_longest_box_gives_way_first_and_says_how_much_is_missing() -> None:
    diff = "\n".join(f"+ line {number}" for number in range(3000))
    kept = build.section("The cause.")
    fitted = build.fit_message([kept, build.preformatted(diff, limit=40_000), kept])

    assert fitted[0] == fitted[2] == kept
    shown = fitted[1]["elements"][0]["elements"][0]["text"]  # type: ignore[index]
    assert shown.splitlines()[-1].endswith("more characters)")
    assert shown.splitlines()[-2].startswith("+ line ")


def test_a_message_with_rich_text_keeps_some_when_cut() -> None:
    long = build.rich_text(build.paragraph("x" * 20_000))

    assert has_rich_text(build.fit_message([long, build.divider()]))


def test_51_blocks_become_50_with_a_note() -> None:
    fitted = build.fit_message([build.divider()] * 51)

    assert len(fitted) == 50
    assert fitted[-1]["elements"][0]["text"] == "… (2 more blocks are not shown)"  # type: ignore[index]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: build.button("x" * 256, "Go"), "action_id has 256 characters"),
        (lambda: build.button("go", "Go", "x" * 2001), "button value has 2001"),
        (build.actions, "1 to 25 elements, not 0"),
        (
            lambda: build.actions(build.button("a", "A"), build.button("a", "B")),
            "share an action_id",
        ),
        (build.fields, "at least one field"),
        (build.context, "at least one text"),
        (build.rich_text, "at least one paragraph"),
        (lambda: build.static_select("s", "Pick", []), "1 to 100 choices"),
        (lambda: build.static_select("s", "Pick", [("A", "a"), ("B", "a")]), "different values"),
        (
            lambda: build.modal("T", [build.input_text("i", "I", block_id="i")], callback_id="c"),
            "needs a submit button",
        ),
        (lambda: build.modal("T", [], callback_id="c", private_metadata="x" * 3001), "3001"),
    ],
)
def test_what_cannot_be_cut_is_an_error_of_ours(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    "hostile", ["<!channel>", "<@U0000001>", "<https://evil.example|AWS>", "&lt;"]
)
def test_escaped_text_is_shown_and_not_acted_on(hostile: str) -> None:
    shown = escape(hostile)

    assert "<" not in shown
    assert ">" not in shown
    assert shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == hostile


@given(st.text(max_size=400), st.integers(24, 300))
@settings(deadline=None)
def test_a_cut_text_keeps_its_limit_and_shows_the_cut(text: str, limit: int) -> None:
    cut = clip(text, limit)

    assert len(cut) <= limit
    assert cut == text or "…" in cut


@given(TEXT.map(escape), st.integers(100, 3000))
@settings(deadline=None)
def test_a_cut_in_mrkdwn_leaves_no_half_entity_and_no_open_fence(text: str, limit: int) -> None:
    cut = clip_mrkdwn(text, limit)

    assert len(cut) <= limit
    if cut != text:
        head = cut.rpartition("\n… (")[0]
        assert head.count("```") % 2 == 0
        assert not head.rstrip("`\n ").endswith(
            ("&", "&l", "&lt", "&g", "&gt", "&a", "&am", "&amp")
        )
