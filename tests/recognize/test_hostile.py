"""Hostile texts: nothing crashes, nothing takes more than linear time."""
# ruff: noqa: E501  (pastes stand as people paste them)

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.recognize import ADVERSARIAL, SIZE, fill
from diagnostics.recognize import find_secrets, recognize, redact, worth_reading
from diagnostics.recognize.linear import compile_pattern
from diagnostics.recognize.phrases import PhraseBook
from tests.conftest import ROOT
from tests.recognize.families import ANSWERS, go_v1

if TYPE_CHECKING:
    from collections.abc import Callable

FRAGMENTS = ("WebIdentityErr: ", "sts:AssumeRoleWithWebIdentity", "arn:aws:iam::", ":role/", "\\n", "\\u00", "&lt;", "<http", "|",
             "│", "> ", "\x1b[31m", "eyJ", "AKIA", "namespace=", "request id: ", "oidc.eks.", "/id/", "An error occurred (", "\n",
             "\x00", "\ud800", "İ", "“", "if ", "Not authorized to perform ", '{"', "assumed-role/", "/i-0", "2026-11-24T")  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=12), max_size=60).map("".join))
def test_nothing_crashes(text: str) -> None:
    recognize(text)
    find_secrets(text)
    redact(text)
    worth_reading(text)


@given(st.binary(max_size=500))
def test_binary_is_just_text_that_says_nothing(data: bytes) -> None:
    assert recognize(data.decode("latin-1")) == ()


def seconds(call: Callable[[str], object], text: str) -> float:
    best = float("inf")
    for _ in range(5):
        started = time.process_time()
        call(text)
        best = min(best, time.process_time() - started)
    return best


@pytest.mark.parametrize("name", sorted(ADVERSARIAL))
def test_forty_thousand_hostile_characters_take_milliseconds(name: str) -> None:
    text = fill(ADVERSARIAL[name], SIZE)

    # The promise is 5 ms on an idle core (bench/recognize.py measures it); shared machines get slack.
    assert seconds(recognize, text) < 0.025
    assert seconds(find_secrets, text) < 0.025


@pytest.mark.parametrize("name", sorted(ADVERSARIAL))
def test_ten_times_the_text_takes_about_ten_times_as_long(name: str) -> None:
    small = seconds(recognize, fill(ADVERSARIAL[name], 20_000))
    large = seconds(recognize, fill(ADVERSARIAL[name], 200_000))

    assert large < 40 * small + 0.05


def test_a_megabyte_is_read_in_bounded_time() -> None:
    log = fill("2026-11-24T09:15:02Z INFO reconciled sts token\n", 1_000_000)

    text = log + go_v1(ANSWERS[0])

    assert recognize(text)
    assert seconds(recognize, text) < 0.5


def test_what_lies_beyond_the_limit_is_not_read() -> None:
    assert recognize("x" * 1_048_576 + go_v1(ANSWERS[0])) == ()


def test_without_re2_the_same_phrases_are_found() -> None:
    phrases = {f"phrase {i}": i for i in range(30)}
    text = "xx".join(p.replace(" ", "") for p in phrases)

    with_engine = list(PhraseBook(phrases).present(text))

    assert list(PhraseBook(phrases, engine=None).present(text)) == with_engine
    assert len(with_engine) == 30


def test_without_re2_the_same_expressions_compile() -> None:
    match = compile_pattern(r"(?i)abc(\d+)", engine=None).search("xABC42")

    assert match is not None
    assert match[1] == "42"


def test_without_re2_everything_is_recognised_all_the_same() -> None:
    program = (
        "import sys; sys.modules['re2'] = None\n"
        "from diagnostics.recognize import linear, recognize, redact\n"
        "from tests.recognize.families import ANSWERS, CODELESS, FAMILIES\n"
        "assert linear.re2 is None\n"
        "for _, family in FAMILIES:\n"
        "    for answer in ANSWERS[:8]:\n"
        "        assert recognize(family(answer))[0].cause is answer.cause, (family, answer)\n"
        "assert 'MIIEow' not in redact('-----BEGIN PRIVATE KEY-----\\nMIIEow')\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("size", [10, 1_000])
def test_the_gate_costs_microseconds(size: int) -> None:
    chat = fill("lunch at noon? the numbers look good. ", size)

    assert not worth_reading(chat)
    assert seconds(worth_reading, chat) < 0.001
