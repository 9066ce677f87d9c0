"""The short messages: what runs, what must be asked, what went wrong, and the help."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diagnostics.languages import all_aloud, aloud, say, speak
from handlers.blockkit import build, clip, escape
from handlers.pointing import to_candidate
from handlers.render.card import ASK, CHOOSE, Message

if TYPE_CHECKING:
    from diagnostics.case import Candidate, Question
    from handlers.blockkit import Block

_CHOICES: Final = 20
_SENTENCE_END: Final = re.compile(r"(?<=[.?。\uff1f])\s")

_HELP: Final = (
    (say("Paste the error"), say("in a channel I am in, or in a thread. I answer in its thread.")),
    (
        say("Mention me"),
        say("in a thread to look at what was said there: @irsa, or @irsa with the error."),
    ),
    (
        "/irsa diagnose payments/api --cluster prod-eu",
        say(
            "checks a service account that you name. Also --workload, --role, or the error itself."
        ),
    ),
    ("Diagnose IRSA", say("in a message's menu (⋮) does the same for that message.")),
    ("/irsa status", say("says what I read, and whether I keep quiet in this channel.")),
    ("/irsa history", say("lists the latest incidents of this channel; with an ID, that one.")),
    ("/irsa sweep", say("looks into every cluster now; /irsa sweep last repeats the last report.")),
    (
        "/irsa preflight",
        say(
            "tries everything that I may read and change, and says what is missing and what mends it."
        ),
    ),
    (
        "/irsa mute 4h",
        say("keeps me quiet here until then, unless asked. Or IRSA103 1d; /irsa unmute."),
    ),
)


def hello_message(me: str, cluster: str | None, *, internal: bool) -> Message:
    """What we say when somebody invites us: what we do here by ourselves, and how to ask.

    Args:
        me: Our user ID.
        cluster: The channel's default.
        internal: Whether only people of our own organisation read the channel.
    """
    first = speak("Hello. I find why a pod on Amazon EKS cannot assume its IAM role.")
    if not internal:
        words = speak(
            "{first} This channel is shared with another organisation, so I show nothing of ours "
            "here: ask me in an internal channel.",
            first=first,
        )
        return Message(text=words, blocks=[build.section(words)])
    place = (
        speak(" Names that a paste leaves open I look up in {cluster}.", cluster=escape(cluster))
        if cluster
        else ""
    )
    how = speak(
        "Paste a web-identity error here, and I answer in its thread.{place} Otherwise I "
        "keep quiet. To ask me something: <@{me}> in any thread, or `/irsa help`. Too much? "
        "`/irsa mute 4h`.",
        place=place,
        me=escape(me),
    )
    return Message(
        text=speak(
            "{first} Paste a web-identity error here, and I answer in its thread.", first=first
        ),
        blocks=[build.section(first), build.section(how)],
    )


def progress_message(words: str) -> Message:
    """What is being read, while it is."""
    return Message(text=escape(words), blocks=[build.rich_text(build.paragraph(words))])


def question_message(question: Question, incident_id: str) -> Message:
    """Ask which target is meant: a menu where there are candidates, and a button to the form."""
    question = all_aloud(question)
    asked, *troubles = _SENTENCE_END.split(question.text, maxsplit=1)
    blocks: list[Block] = [build.rich_text(build.paragraph(build.run(asked, bold=True)))]
    candidates = question.candidates[:_CHOICES]
    elements: list[Block] = []
    if candidates:
        blocks.append(
            build.rich_text(
                build.bullets(
                    [[build.run(_name(c), code=True), f"  {c.reason}"] for c in candidates[:5]]
                )
            )
        )
        elements.append(
            build.static_select(
                CHOOSE,
                speak("Which one is it?"),
                [
                    (_name(c), to_candidate(incident_id, index))
                    for index, c in enumerate(candidates)
                ],
            )
        )
    elements.append(
        build.button(
            ASK,
            speak("None of these") if candidates else speak("Say where"),
            incident_id,
            style=None if candidates else "primary",
            accessibility_label=speak("Name the cluster, namespace and service account"),
        )
    )
    blocks.append(build.actions(*elements))
    # In the order in which one would act; what could not be looked at is for who wonders.
    if not candidates:
        blocks.append(build.context(_or_again(question)))
    blocks += [build.context(escape(trouble)) for trouble in troubles]
    return Message(text=escape(clip(question.text, 500)), blocks=blocks)


def _or_again(question: Question) -> str:
    """What to paste in place of pressing the button: a line with what is missing."""
    if question.missing == ("cluster",):
        return speak("Or paste it again with a line that names it: `cluster: NAME`.")
    return speak(
        "Or paste it again with a line that names it: a pod, a role's ARN, or "
        "`system:serviceaccount:NAMESPACE:NAME`."
    )


def _name(candidate: Candidate) -> str:
    target = candidate.target
    return speak(
        "{name} on {cluster}",
        name=f"{target.namespace}/{target.service_account or target.workload}",
        cluster=target.cluster,
    )


def trouble_message(words: str, *, trouble_id: str | None = None) -> Message:
    """Our own failure, in one sentence, with the ID under which the log tells more."""
    blocks: list[Block] = [build.rich_text(build.paragraph(words))]
    if trouble_id is not None:
        blocks.append(
            build.context(
                speak("The log tells more under ID {trouble_id}.", trouble_id=escape(trouble_id))
            )
        )
    return Message(text=escape(clip(words, 500)), blocks=blocks)


def help_message() -> Message:
    """How to ask, each way in one line."""
    title = speak("I find why a pod on Amazon EKS cannot assume its IAM role.")
    rows: list[list[str | Block]] = [
        [build.run(aloud(how), code=True), f"  {aloud(what)}"] for how, what in _HELP
    ]
    note = speak(
        "Slash commands do not work inside threads: there, mention me or use the message "
        "menu. I only read; a change needs a button press by somebody whom the fleet file "
        "names as approver."
    )
    return Message(
        text=speak("{title} Paste the error, mention me, or use /irsa diagnose.", title=title),
        blocks=[
            build.rich_text(build.paragraph(build.run(title, bold=True)), build.bullets(rows)),
            build.context(note),
        ],
    )
