"""The reply: one message for one paste, in every state that it can have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diagnostics.languages import all_aloud, aloud, speak
from diagnostics.proof.words import clause, sentences
from diagnostics.result import Status
from handlers.blockkit import build, clip, escape
from handlers.pointing import to_diagnosis
from handlers.render.card import (
    CHECKS,
    MORE,
    NOT_THIS,
    RECHECK,
    SUMMARY,
    Card,
    Deed,
    Message,
)
from handlers.render.deeds import DEEDS, fix_buttons, happening_blocks, undo_blocks
from handlers.render.finding import finding_blocks, headline, place_blocks, where
from handlers.render.healing import healed_blocks, healed_text, healed_title
from handlers.render.moments import moment
from handlers.render.verdicts import verdict_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.proof.answer import Proof
    from diagnostics.result import Diagnosis
    from handlers.blockkit import Block
    from handlers.render.card import Diagnosed, Earlier

_TEXT: Final = 700
"""Characters of the fallback text: what a phone's lock screen and a screen reader get."""
_HEADING: Final = 110
"""Characters of a heading beyond which only its first clause is shown; the body has it whole."""


def diagnosis_message(card: Card) -> Message:
    """The whole reply. It holds a rich_text block in every state, as `chat.update` asks."""
    if not card.internal:
        return _outside()
    if card.same_as is not None and card.busy is None:
        return _pointer(card, card.same_as)
    mended = _mended(card)
    found_by = _found_by(card)
    card = all_aloud(card)
    blocks: list[Block] = []
    for index, diagnosed in enumerate(card.all):
        if index:
            blocks.append(build.divider())
        blocks.extend(_found(card, index, mended=mended and index == 0))
        if index == 0:
            blocks.extend(happening_blocks(card.happenings))
        proof = diagnosed.diagnosis.proof
        if proof is not None and not _told(card, proof, mended=mended):
            blocks.append(build.context(escape(aloud(sentences(proof)))))
        if diagnosed.diagnosis.fixes_blocked is not None:
            blocks.append(build.context(escape(diagnosed.diagnosis.fixes_blocked)))
        if card.busy is None:
            blocks.extend(undo_blocks(diagnosed.fixes))
            blocks.append(_buttons(card, diagnosed, index))
    if card.busy is not None:
        blocks.append(build.context(escape(card.busy)))
    blocks.append(build.context(_footer(card, found_by)))
    return Message(text=_text(card), blocks=build.fit_message(blocks))


def _found(card: Card, index: int, *, mended: bool) -> Iterator[Block]:
    diagnosed = card.all[index]
    if card.healed is not None:
        yield build.header(healed_title(card.healed))
        was = _was(card, index)
        yield from healed_blocks(diagnosed.diagnosis, was, card.healed, mended=mended)
        return
    yield build.header(_title(diagnosed))
    yield from finding_blocks(diagnosed.diagnosis, mended=mended)


def _was(card: Card, index: int) -> Diagnosis | None:
    """What a healed diagnosis was."""
    return card.was[index] if len(card.was) == len(card.all) else None


def _pointer(card: Card, earlier: Earlier) -> Message:
    """The same cause once more: where the full answer stands; what can be done about it can be done here too."""
    diagnosis = all_aloud(card.first.diagnosis)
    words = headline(diagnosis).rstrip(".")
    at = moment(earlier.at, link=earlier.link)
    full = (
        speak("<{link}|full answer>", link=earlier.link)
        if earlier.link is not None
        else speak("full answer")
    )
    return Message(
        text=escape(
            clip(
                speak(
                    "{subject}: {words}. The full answer is in an earlier thread.",
                    subject=_subject(diagnosis),
                    words=words,
                ),
                _TEXT,
            )
        ),
        blocks=[
            build.rich_text(
                build.paragraph(
                    build.run(speak("Same cause as before: "), bold=True), clip(words, 300)
                )
            ),
            build.context(
                speak(
                    "{where}  ·  the {full} with its fix: {at}",
                    where=where(diagnosis),
                    full=full,
                    at=at,
                )
            ),
            *place_blocks(diagnosis),
            _buttons(card, card.first, 0),
            build.context(_footer(card, _found_by(card))),
        ],
    )


def _outside() -> Message:
    words = speak(
        "I found something about this error. This channel is shared with another "
        "organisation, so I keep the details out of it: ask me in an internal channel."
    )
    return Message(text=words, blocks=[build.rich_text(build.paragraph(words))])


def _mended(card: Card) -> bool:
    """Whether the last thing done from this reply was a fix, not the undoing of one."""
    last = card.happenings[-1] if card.happenings else None
    return last is not None and last.deed is Deed.DONE and not last.words.startswith("Undo")


def _told(card: Card, proof: Proof, *, mended: bool) -> bool:
    """Whether the last deed ends with the proof already."""
    if card.healed is not None and mended:
        return True
    return bool(card.happenings) and aloud(clause(proof)) in card.happenings[-1].words


def _title(diagnosed: Diagnosed) -> str:
    """The heading: plain text, so without marks, and short enough for two lines of a phone."""
    diagnosis = diagnosed.diagnosis
    finding = diagnosis.root.finding if diagnosis.root is not None else None
    if finding is not None and finding.likely:
        verdict, said = speak("Likely cause"), finding.headline
    else:
        verdict, said = verdict_words(diagnosis.verdict), headline(diagnosis)
    words = said.replace("`", "").rstrip(".")
    if len(words) > _HEADING:
        words = re.split(r"[:;.]\s", words, maxsplit=1)[0]
    return f"{verdict}: {words}"


def _text(card: Card) -> str:
    diagnosis = card.first.diagnosis
    if card.healed is not None:
        return clip(healed_text(_subject(diagnosis), _was(card, 0), card.healed), _TEXT)
    sentence = f"{_subject(diagnosis)}: {headline(diagnosis).rstrip('.')}."
    if card.happenings:
        last = card.happenings[-1]
        sentence += f" {aloud(DEEDS[last.deed])}: {last.words.rstrip('.')}."
    elif any(f.undo_until is None for f in card.first.fixes):
        sentence += speak(" A fix can be applied from the thread.")
    elif diagnosis.correction is not None:
        sentence += speak(" A corrected trust policy is in the thread.")
    if card.also:
        sentence += speak(" {count} more in the thread.", count=len(card.also))
    return escape(clip(sentence, _TEXT))


def _subject(diagnosis: Diagnosis) -> str:
    target = diagnosis.target
    return speak(
        "{name} on {cluster}",
        name=f"{target.namespace}/{target.service_account or '?'}",
        cluster=target.cluster,
    )


def _buttons(card: Card, diagnosed: Diagnosed, index: int) -> Block:
    target = diagnosed.diagnosis.target
    name = f"{target.namespace}/{target.service_account or target.workload}"
    which = to_diagnosis(card.incident_id, index)
    elements = fix_buttons(diagnosed.fixes)
    if card.healed is not None and index == 0:
        elements.append(
            build.button(
                SUMMARY,
                speak("Sum up"),
                card.incident_id,
                accessibility_label=speak(
                    "Sum up the incident of {name} in this thread", name=name
                ),
            )
        )
    elements.append(
        build.button(
            RECHECK,
            speak("Check again"),
            which,
            accessibility_label=speak("Check {name} again", name=name),
        )
    )
    elements.append(
        build.button(
            CHECKS,
            speak("Show all checks"),
            which,
            accessibility_label=speak("All checks of {name}", name=name),
        )
    )
    if target.found:
        elements.append(
            build.button(
                NOT_THIS,
                speak("Not this one"),
                which,
                accessibility_label=speak(
                    "{name} is not the one: name another service account", name=name
                ),
            )
        )
    elements.append(build.overflow(MORE, _more(diagnosed.diagnosis, which)))
    return build.actions(*elements)


def _more(diagnosis: Diagnosis, which: str) -> list[tuple[str, str]]:
    """What is asked for seldom: whether it helped, and quiet."""
    choices = [
        (speak("This helped"), f"helped:{which}"),
        (speak("This is wrong"), f"wrong:{which}"),
    ]
    if diagnosis.root is not None:
        code = diagnosis.root.code
        choices.append((speak("Quiet about {code} here for a day", code=code), f"cause:{which}"))
    return [
        *choices,
        (speak("Quiet in this channel for 4 hours"), f"quiet:{which}"),
        (speak("Sum up this incident"), f"summary:{which}"),
    ]


def _footer(card: Card, found_by: str) -> str:
    diagnosis = card.first.diagnosis
    counts = {status: len(diagnosis.with_status(status)) for status in Status}
    passed, failed, unread = counts[Status.PASS], counts[Status.FAIL], counts[Status.ERROR]
    parts = [
        speak(
            "Checks: {passed} passed, {failed} failed, {unread} could not be checked",
            passed=passed,
            failed=failed,
            unread=unread,
        ),
        speak(
            "{reads} in {seconds} s", reads=_reads(diagnosis), seconds=f"{diagnosis.seconds:.1f}"
        ),
        _named(card),
    ]
    if card.quiet_until is not None:
        parts.append(speak("quiet in this channel until {moment}", moment=moment(card.quiet_until)))
    if card.seen > 1:
        parts.insert(0, speak("pasted {times} times in this thread", times=card.seen))
    if diagnosis.target.found and found_by:
        parts.append(speak("found by: ") + escape(found_by))
    return "  ·  ".join(parts)


def _found_by(card: Card) -> str:
    """What chose the target, beside the error itself; before the card is said, since it looks at the words."""
    how = card.first.diagnosis.target.how
    return "; ".join(aloud(one) for one in how if not one.endswith(" from the error"))


def _named(card: Card) -> str:
    """The incident's ID, as a link where there is one."""
    shown = escape(short_id(card.incident_id))
    return f"ID {shown}" if card.link is None else f"ID <{escape(card.link)}|{shown}>"


def short_id(incident_id: str) -> str:
    """As many characters of an incident's ID as people need; `/irsa history` takes them."""
    return incident_id[:8]


def _reads(diagnosis: Diagnosis) -> str:
    count = len(diagnosis.calls)
    return speak("1 read") if count == 1 else speak("{count} reads", count=count)


__all__ = ["diagnosis_message", "where"]
