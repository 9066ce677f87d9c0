"""Sentences keep their pieces through everything that is done with them."""

from __future__ import annotations

import copy
import pickle

from hypothesis import given
from hypothesis import strategies as st

from bot.store.codec import Codec
from diagnostics.languages import (
    Language,
    Said,
    as_clause,
    as_sentence,
    in_language,
    joined,
    say,
    speak,
    speaking,
)
from diagnostics.result import Finding, Place

_WORDS = st.recursive(
    st.text(max_size=20),
    lambda inner: st.builds(
        lambda template, head, tail: Said(template, {"head": head, "tail": tail}),
        st.sampled_from(["{head} and {tail}", "{tail}", "no names", "{head}{unknown}"]),
        inner,
        inner,
    ),
    max_leaves=6,
)
findings = Codec(tuple[Finding, ...])


def _finding(words: str) -> Finding:
    place = Place(where="cluster prod-eu", object="pod api")
    return Finding(headline=words, place=place, seen="{role}", wanted="", why=words, next="")


@given(words=_WORDS)
def test_what_was_said_comes_back_from_the_store_as_it_was(words: str) -> None:
    (back,) = findings.read(findings.write((_finding(words),)))

    assert back.headline == words
    assert isinstance(back.headline, Said) == isinstance(words, Said)
    if isinstance(words, Said) and isinstance(back.headline, Said):
        assert (back.headline.template, back.headline.values) == (words.template, words.values)


@given(words=_WORDS)
def test_a_copy_still_translates(words: str) -> None:
    for again in (copy.deepcopy(words), pickle.loads(pickle.dumps(words))):  # noqa: S301  our own
        assert in_language(again, Language.KOREAN) == in_language(words, Language.KOREAN)


@given(words=st.text())
def test_a_value_with_braces_is_shown_and_never_filled_in(words: str) -> None:
    said = say("Role {role} trusts this service account", role="{account}" + words)

    assert "{account}" in said
    assert "{account}" in in_language(said, Language.JAPANESE)


def test_added_words_are_said_part_by_part() -> None:
    said = say("Healthy") + ": " + say("{count} pods", count=3)

    assert said == "Healthy: 3 pods"
    assert in_language(said, Language.KOREAN) == "정상: 포드 3개"


def test_joined_words_are_said_part_by_part() -> None:
    parts = [say("Healthy"), "IRSA103", say("1 read")]

    assert joined(parts, "; ") == "Healthy; IRSA103; 1 read"
    assert in_language(joined(parts, "; "), Language.JAPANESE) == "正常; IRSA103; 読み取り 1 回"
    assert joined([], "; ") == ""


def test_a_clause_becomes_a_sentence_and_a_sentence_a_clause_in_each_language() -> None:
    clause, sentence = say("it is empty"), say("Allow {action}.", action="sts:TagSession")

    assert as_sentence(clause) == "It is empty."
    assert in_language(as_sentence(clause), Language.KOREAN) == "비어 있습니다."
    assert as_clause(sentence) == "allow sts:TagSession"
    assert in_language(as_clause(sentence), Language.JAPANESE) == "sts:TagSession を許可します"


def test_a_sentence_that_no_catalogue_has_is_said_in_english() -> None:
    assert in_language(Said("Not in any catalogue: {name}", {"name": "x"}), Language.KOREAN) == (
        "Not in any catalogue: x"
    )


def test_a_language_is_spoken_only_where_it_was_chosen() -> None:
    with speaking(Language.KOREAN):
        inside = speak("Check again")

    assert (inside, speak("Check again")) == ("다시 확인", "Check again")


def test_a_slack_locale_names_its_language() -> None:
    locales = ("ko-KR", "ja-JP", "en-GB", "de-DE", "", None, "JA_jp")
    ko, ja, en = Language.KOREAN, Language.JAPANESE, Language.ENGLISH

    assert [Language.of_locale(one) for one in locales] == [ko, ja, en, None, None, None, ja]
