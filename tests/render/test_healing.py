"""What a reply says once its cause is gone, and an incident summed up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from handlers.blockkit import validate_message
from handlers.render import Card, Deed, Diagnosed, Happening, diagnosis_message
from handlers.render.summary import Change, Step, Summary, summary_markdown, summary_message
from tests.render import samples

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from handlers.render import Message

LATER = samples.AT + timedelta(minutes=14)
HEALED = Card(
    incident_id="5f0c27ab91d2e3f4a5b6",
    first=Diagnosed(diagnosis=samples.HEALTHY),
    healed=LATER,
    was=(samples.UNANNOTATED,),
)
SUMMARY = Summary(
    incident_id="5f0c27ab91d2e3f4a5b6",
    cause=samples.UNANNOTATED,
    steps=(
        Step(at=samples.AT, words="The error was pasted", by="U1"),
        Step(
            at=samples.AT, words="Cause found: IRSA103 The service account has no role annotation"
        ),
        Step(at=LATER, words="Set the annotation", by="U2"),
        Step(at=LATER, words="Every check passes"),
    ),
    changes=(
        Change(words="Set the annotation", before=None, after=samples.ROLE, undo_until=LATER),
    ),
    began=samples.AT,
    healed=LATER,
    link="https://example.slack.com/archives/C1/p1",
    canvas="https://example.slack.com/docs/T1/F1",
    outside="https://irsa.example.com/i/5f0c27ab91d2e3f4a5b6",
)


def payload(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": message.blocks}


def test_a_healed_reply_reads_as_agreed(snapshot: SnapshotAssertion) -> None:
    message = diagnosis_message(HEALED)

    assert validate_message(payload(message)) == ()
    assert payload(message) == snapshot


def test_a_healed_reply_says_what_mended_it_and_keeps_rich_text() -> None:
    deed = Happening(deed=Deed.DONE, words="Set the annotation", by="U1", at=LATER)
    message = diagnosis_message(replace(HEALED, happenings=(deed,)))

    assert "The fix made from this thread holds" in json.dumps(message.blocks)
    assert "rich_text" in [block["type"] for block in message.blocks]
    assert message.text == (
        "payments/api on prod-eu: healthy since 03:26 UTC. "
        "The cause was: The service account has no role annotation."
    )


def test_a_summary_reads_as_agreed(snapshot: SnapshotAssertion) -> None:
    message = summary_message(SUMMARY)

    assert validate_message(payload(message)) == ()
    assert payload(message) == snapshot
    assert summary_markdown(SUMMARY) == snapshot


def test_a_summary_without_an_end_or_a_change_says_so() -> None:
    open_still = replace(SUMMARY, healed=None, changes=(), canvas=None, outside=None)

    assert "It is not known to be mended" in json.dumps(summary_message(open_still).blocks)
    assert "Nothing was changed from this thread" in summary_markdown(open_still)


@given(st.text(max_size=6_000), st.integers(1, 60))
def test_no_text_however_long_or_strange_breaks_a_summary(text: str, steps: int) -> None:
    finding = replace(samples.STRAY_SPACE, seen=text, wanted=text, headline=text, why=text)
    summary = replace(
        SUMMARY,
        cause=samples.diagnosis(root=samples.failed("IRSA407", finding)),
        steps=(Step(at=samples.AT, words=text, by="U1"),) * steps,
        changes=(Change(words=text, before=text, after=text),) * 8,
    )

    assert validate_message(payload(summary_message(summary))) == ()
    assert summary_markdown(summary)


def test_what_others_wrote_is_no_markup_in_a_summary() -> None:
    hostile = "<!channel> **bold** [x](https://evil.example) `code` # not a heading"
    summary = replace(SUMMARY, steps=(Step(at=samples.AT, words=hostile),))

    assert "<!channel>" not in json.dumps(summary_message(summary).blocks)
    (line,) = [li for li in summary_markdown(summary).splitlines() if "evil" in li]
    assert r"\[x\](https://evil.example)" in line
    assert r"\*\*bold\*\*" in line
