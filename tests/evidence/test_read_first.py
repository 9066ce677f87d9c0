"""What can be read counts more than what was handed over, and a reader that hangs costs its time once."""

from __future__ import annotations

import asyncio

import pytest

from bot.evidence.read_first import ReadFirst
from diagnostics.errors import ReadDenied, ReadError, Unreachable


class Held:
    """Knows one answer."""

    async def pods(self, namespace: str) -> str:
        if namespace != "payments":
            raise ReadError("not in it", enable="more of it")
        return "handed over"


class Live:
    """Answers as it is told."""

    def __init__(self, *answers: str | ReadError | None) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def pods(self, namespace: str) -> str:
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, ReadError):
            raise answer
        if answer is None:
            await asyncio.Event().wait()
        return f"{answer} {namespace}"


async def test_our_own_read_comes_first() -> None:
    assert await ReadFirst(Live("read"), Held()).pods("payments") == "read payments"


async def test_what_was_not_handed_over_is_read_or_its_failure_told() -> None:
    denied = ReadDenied("no", enable="allow it")
    both = ReadFirst(Live("read", denied), Held())

    assert await both.pods("web") == "read web"
    with pytest.raises(ReadDenied):
        await both.pods("web")


async def test_a_refused_read_falls_back_and_the_next_is_tried_again() -> None:
    live = Live(ReadDenied("no", enable="allow it"), "read")
    both = ReadFirst(live, Held())

    assert await both.pods("payments") == "handed over"
    assert await both.pods("payments") == "read payments"


@pytest.mark.parametrize("silence", [None, Unreachable("no answer", enable="a way")])
async def test_who_does_not_answer_is_not_asked_again(silence: ReadError | None) -> None:
    live = Live(silence)
    both = ReadFirst(live, Held(), patience=0.01)

    assert [await both.pods("payments") for _ in range(3)] == ["handed over"] * 3
    assert live.asked == 1
