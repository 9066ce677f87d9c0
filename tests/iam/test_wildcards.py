from __future__ import annotations

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from diagnostics.iam.wildcard import Token, Wild, glob, glob_of

patterns = st.text(alphabet="ab*?.\n", max_size=12)
texts = st.text(alphabet="ab.\n*?", max_size=14)


def by_regex(pattern: str, text: str) -> bool:
    parts = [{"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern]
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


@given(patterns, texts)
def test_a_pattern_matches_what_the_same_regular_expression_does(pattern: str, text: str) -> None:
    assert glob(pattern)(text) == by_regex(pattern, text)


@given(st.lists(st.sampled_from(["a", "*", "?", Wild.ONE, Wild.RUN]), max_size=10), texts)
def test_literal_stars_are_told_from_wildcards(pattern: list[Token], text: str) -> None:
    parts = [
        {Wild.RUN: ".*", Wild.ONE: "."}[t] if isinstance(t, Wild) else re.escape(t) for t in pattern
    ]
    expected = re.fullmatch("".join(parts), text, re.DOTALL) is not None
    assert glob_of(pattern)(text) == expected


def test_the_pattern_that_makes_others_backtrack_is_quick() -> None:
    started = time.process_time()
    assert not glob("*a" * 2_000 + "b")("a" * 20_000)
    assert not glob("*a?" * 1_000 + "b")("a" * 20_000)
    assert time.process_time() - started < 5
