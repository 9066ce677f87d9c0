"""What is left out for the phone, and what never is."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from diagnostics.result import Place
from diagnostics.text.visible import visible_words
from handlers.blockkit import build
from handlers.render.shorten import (
    excerpt,
    numbered,
    policy_text,
    prose,
    several,
    short_issuers,
    short_place,
)
from tests.render import samples

ONE = "oidc.eks.eu-west-1.amazonaws.com/id/5A1B9C0D3E7F42618A0B9C8D7E6F5A41"
TWIN = "oidc.eks.eu-west-1.amazonaws.com/id/5A1B000000000000000000000000" + "5A41"
DIFF = f"""\
--- trust policy now
+++ trust policy corrected
@@ -10,7 +10,10 @@
       "Condition": {{
         "StringEquals": {{
           "{ONE}:aud": "sts.amazonaws.com",
-          "{ONE}:sub": "system:serviceaccount:default:orders"
+          "{ONE}:sub": [
+            "system:serviceaccount:default:orders",
+            "system:serviceaccount:shop:orders"
+          ]
         }}
       }}
"""


def test_an_excerpt_shows_the_change_with_a_line_around_it_and_no_line_that_a_phone_wraps_twice() -> (
    None
):
    text, left_out = excerpt(DIFF)

    assert left_out == 0
    assert text == (
        '  "…/id/5A1B…5A41:aud": "sts.amazonaws.com",\n'
        '- "…/id/5A1B…5A41:sub": "system:serviceaccount:default:orders"\n'
        '+ "…/id/5A1B…5A41:sub": [\n'
        '+   "system:serviceaccount:default:orders",\n'
        '+   "system:serviceaccount:shop:orders" ]'
    )


def test_issuers_that_would_look_the_same_are_not_shortened() -> None:
    assert short_issuers(f"{ONE}:sub") == ("…/id/5A1B…5A41:sub",)
    assert short_issuers(ONE, TWIN) == (ONE, TWIN)


def test_a_long_excerpt_says_how_many_lines_it_leaves_out() -> None:
    added = "\n".join(f'+ "line {n}",' for n in range(100))

    text, left_out = excerpt(f"--- a\n+++ b\n@@ -1 +1 @@\n{added}")

    assert len(text.splitlines()) + left_out == 100
    assert left_out > 0


def test_a_place_in_a_policy_is_said_in_words_and_without_what_the_reply_says_already() -> None:
    place = samples.STRAY_SPACE.place

    assert short_place(place, samples.BLANK_IN_SUBJECT) == (
        "statement 1, StringEquals, oidc.eks.eu-west-1.amazonaws.com/id/EX:sub"
    )
    pointer = f"trust policy /Statement/1/Condition/StringEquals/{ONE.replace('/', '~1')}:sub"
    assert (
        short_place(replace(place, field=pointer), samples.BLANK_IN_SUBJECT)
        == "trust policy statement 2, StringEquals, sub"
    )
    elsewhere = Place(where="account 999999999999", object="role other")
    assert short_place(elsewhere, samples.BLANK_IN_SUBJECT) == "role other · account 999999999999"


def test_a_statement_has_one_number_in_a_reply() -> None:
    said = 'The Deny at /Statement/1 ("Mine") matches; /Statement/12/Condition stays.'

    assert (
        numbered(said) == 'The Deny at statement 2 ("Mine") matches; /Statement/12/Condition stays.'
    )


def test_a_list_of_values_is_shown_value_by_value_and_anything_else_as_it_is() -> None:
    assert several("system:a:b,system:c:d") == ["system:a:b", "system:c:d"]
    assert several("a, b") == ["a, b"]
    assert several(",".join(["arn:aws:x"] * 5))[-1] == "… (2 more)"
    assert several("sts.amazonaws.com,vault.example.com") == [
        "sts.amazonaws.com",
        "vault.example.com",
    ]


def test_a_list_that_was_cut_before_counts_what_both_leave_out() -> None:
    cut = ",".join([*(f"system:serviceaccount:notes:tenant-{i}" for i in range(5)), "… (21 more)"])

    assert several(cut)[-1] == "… (23 more)"
    assert several("arn:aws:x,… (21개 더)") == ["arn:aws:x", "… (21 more)"]


def test_words_after_an_arn_are_words_and_hidden_characters_are_shown() -> None:
    assert (
        visible_words("arn:aws:iam::1:role/b trusting role a")
        == "arn:aws:iam::1:role/b trusting role a"
    )
    assert visible_words("sts.amazonaws.com\u200b or none") == "sts.amazonaws.com<U+200B> or none"


def test_a_policy_of_one_line_is_shown_in_lines_whose_brackets_close_where_they_end() -> None:
    statement = '{"Sid": "Audit\u202e", "Effect": "Deny", "Principal": {"AWS": ["*"]}}'

    assert policy_text(statement) == (
        '{\n  "Sid": "Audit<U+202E>",\n  "Effect": "Deny",\n  "Principal": {\n    "AWS": [\n      "*" ] } }'
    )
    assert policy_text('{"Sid": "cut in the mid…') is None
    assert policy_text("eks.amazonaws.com/role-arn") is None
    long = policy_text('{"Action": [' + ",".join(['"s3:GetObject"'] * 100) + "]}")
    assert long is not None
    assert long.splitlines()[-1] == "… (86 more)"


def test_backquotes_become_code() -> None:
    assert prose("The token's `sub` differs.") == [
        "The token's ",
        {"type": "text", "text": "sub", "style": {"code": True}},
        " differs.",
    ]


def test_a_bare_arn_becomes_code_with_its_key_and_without_the_sentence_around_it() -> None:
    arn = "arn:aws:iam::222233334444:role/team/api"
    (before, code, after) = prose(
        f"Annotate it with eks.amazonaws.com/role-arn={arn}, then restart."
    )

    assert before == "Annotate it with "
    assert code == build.run(f"eks.amazonaws.com/role-arn={arn}", code=True)
    assert after == ", then restart."
    assert prose(f'Trust "{arn}".') == [f'Trust "{arn}".']
    assert prose(f"{arn}을(를) 설정하고 {arn}.")[::2] == [
        build.run(arn, code=True),
        build.run(arn, code=True),
    ]


@given(st.text(max_size=3_000))
def test_nothing_that_is_called_a_diff_breaks_the_excerpt(text: str) -> None:
    shown, left_out = excerpt(text)

    assert len(shown.split("\n")) <= 16
    assert left_out >= 0


@given(st.lists(st.sampled_from(" +-"), max_size=60), st.text(alphabet="ab", min_size=1))
def test_an_excerpt_loses_no_changed_line(signs: list[str], word: str) -> None:
    diff = "\n".join(f"{sign}{word}{n}" for n, sign in enumerate(signs))

    shown, left_out = excerpt(diff)

    changed = [n for n, sign in enumerate(signs) if sign in "+-"]
    kept = [n for n in changed if f"{word}{n}" in shown.split()]
    assert len(changed) - len(kept) <= left_out
