"""What Slack makes of typed text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.blockkit import validate_blocks
from handlers.blockkit.measure import texts
from sandbox.slack.composer import compose

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = {"irsa": "U0IRSABOT1", "minji": "U0MINJI001"}


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("a & b <c>", "a &amp; b &lt;c&gt;"),
        ("@irsa why?", "<@U0IRSABOT1> why?"),
        ("<@U0IRSABOT1> why?", "<@U0IRSABOT1> why?"),
        ("<@U404> @nobody <!channel>", "&lt;@U404&gt; @nobody &lt;!channel&gt;"),
        ("see https://sts.amazonaws.com/.", "see <https://sts.amazonaws.com/>."),
        (
            "eks.amazonaws.com/role-arn is missing",
            "<http://eks.amazonaws.com/role-arn|eks.amazonaws.com/role-arn> is missing",
        ),
        ("`eks.amazonaws.com`", "`eks.amazonaws.com`"),
        ("```x <y> https://a.io/b```", "```x &lt;y&gt; <https://a.io/b>```"),
        ("> quoted\nplain", "&gt; quoted\nplain"),
        ("``` never closed @irsa", "``` never closed <@U0IRSABOT1>"),
        (
            "system:serviceaccount:kube-system:aws-node",
            "system:serviceaccount:kube-system:aws-node",
        ),
    ],
)
def test_text_is_escaped_linked_and_mentioned(typed: str, text: str) -> None:
    assert compose(typed, NAMES).text == text


def test_blocks_hold_the_same_without_escapes() -> None:
    composed = compose("@irsa <look>\n```AccessDenied & co```\n> said `x`", NAMES)

    assert composed.mentions == {"U0IRSABOT1"}
    assert kinds(composed.blocks) == [
        "rich_text_section",
        "rich_text_preformatted",
        "rich_text_quote",
    ]
    assert list(texts(composed.blocks)) == [" <look>\n", "AccessDenied & co", "said ", "x"]


def test_a_mention_in_code_calls_nobody() -> None:
    assert compose("`@irsa` ```@irsa```", NAMES).mentions == frozenset()


@given(st.text(st.sampled_from("ab@<>&`\n .:/hirsaU0"), max_size=200))
@settings(deadline=None)
def test_whatever_is_typed_makes_valid_blocks(typed: str) -> None:
    assert validate_blocks(compose(typed, NAMES).blocks) == ()


def kinds(blocks: Sequence[dict[str, Any]]) -> list[str]:
    return [element["type"] for element in blocks[0]["elements"]]
