"""The dialogs: say what is missing, see all checks."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from diagnostics.checks.documentation import link_of
from diagnostics.explain.to_run import introduced
from diagnostics.languages import all_aloud, aloud, say, speak
from diagnostics.result import Status
from diagnostics.text.visible import visible, visible_words
from handlers.blockkit import build, clip, escape
from handlers.blockkit.limits import SELECT_OPTIONS
from handlers.render.card import FORM
from handlers.render.finding import correction_blocks, where
from handlers.render.shorten import prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.fix.correction import PolicyCorrection
    from diagnostics.fleet import Hints
    from diagnostics.journal import Call
    from diagnostics.result import Diagnosis, Result
    from handlers.blockkit import Block

_SECTIONS: Final = (
    (Status.FAIL, say("Failed")),
    (Status.ERROR, say("Could not be checked")),
    (Status.PASS, say("Passed")),
    (Status.NOT_CHECKED, say("Not checked")),
)
_NOWHERE: Final = say("The error does not say where it happened. Fill in what you know.")
_MOST: Final = 80
"""Blocks for results; a view holds 100, and the headings need some."""
_CALLS: Final = 3
_TEXT: Final = 2_800


def form_modal(
    missing: tuple[str, ...],
    known: Hints,
    clusters: tuple[str, ...],
    incident_id: str,
    *,
    words: str = _NOWHERE,
    callback_id: str = FORM,
) -> Block:
    """Ask only for what is missing. Block IDs are the names of `missing`; each holds one element `value`.

    A menu holds 100 options: the name of a cluster among more is typed.
    """
    blocks: list[Block] = [build.rich_text(build.paragraph(aloud(words)))]
    for name in missing or ("cluster", "namespace", "service_account"):
        if name == "cluster" and 0 < len(clusters) <= SELECT_OPTIONS:
            select = build.static_select(
                "value", speak("Choose a cluster"), [(c, c) for c in clusters]
            )
            options = select["options"]
            if known.cluster in clusters and isinstance(options, list):
                select["initial_option"] = options[clusters.index(known.cluster)]
            blocks.append(
                {
                    "type": "input",
                    "block_id": "cluster",
                    "label": {"type": "plain_text", "text": speak("Cluster"), "emoji": False},
                    "element": select,
                    "optional": False,
                }
            )
            continue
        label, hint = _FIELDS.get(name, (name.replace("_", " ").capitalize(), ""))
        initial = getattr(known, name, None)
        blocks.append(
            build.input_text(
                "value",
                aloud(label),
                block_id=name,
                hint=aloud(hint) or None,
                initial=initial if isinstance(initial, str) else None,
                max_length=253,
            )
        )
    return build.modal(
        speak("Diagnose IRSA"),
        blocks,
        callback_id=callback_id,
        submit=speak("Diagnose"),
        close=speak("Cancel"),
        private_metadata=incident_id,
    )


_FIELDS: Final = {
    "cluster": (
        say("Cluster"),
        say("Its name in the fleet file or in EKS; account/region/name if several have it."),
    ),
    "namespace": (say("Namespace"), say("Where the pod runs.")),
    "service_account": (
        say("Service account"),
        say(
            "{command} shows it.",
            command="kubectl get pod POD -o jsonpath={.spec.serviceAccountName}",
        ),
    ),
}


def checks_modal(diagnosis: Diagnosis, incident_id: str) -> Block:
    """Every check with its result and the reads it rests on, and ready text for the correction."""
    diagnosis = all_aloud(diagnosis)
    blocks: list[Block] = [build.context(where(diagnosis, whole=True))]
    if diagnosis.target.how:
        blocks.append(
            build.context(
                speak("Found by: ") + escape("; ".join(aloud(how) for how in diagnosis.target.how))
            )
        )
    if diagnosis.correction is not None:
        blocks.extend(correction_blocks(diagnosis.correction))
        blocks.extend(_ready_texts(diagnosis.correction))
    left = _MOST
    for status, heading in _SECTIONS:
        results = diagnosis.with_status(status)
        if not results:
            continue
        blocks.append(build.header(f"{aloud(heading)} ({len(results)})"))
        if status in (Status.PASS, Status.NOT_CHECKED):
            blocks.append(build.rich_text(build.bullets([_short(r) for r in results])))
            continue
        for result in results[: max(left, 0)]:
            blocks.append(_result(result, diagnosis.target.cluster))
            left -= 1
    if diagnosis.hardening is not None:
        blocks.append(build.header(speak("Offered, not needed: a narrower trust policy")))
        blocks.extend(correction_blocks(diagnosis.hardening))
    blocks.append(build.header(speak("Reads ({calls})", calls=len(diagnosis.calls))))
    blocks.append(build.preformatted(_calls(diagnosis) or speak("none"), limit=_TEXT))
    return build.modal(
        speak("All checks"), blocks, callback_id="irsa.checks", private_metadata=incident_id
    )


def _ready_texts(correction: PolicyCorrection) -> Iterator[Block]:
    for tool, text in correction.commands[:6]:
        yield build.rich_text(
            build.paragraph(build.run(speak("With {tool}", tool=tool), bold=True))
        )
        yield build.preformatted(text, limit=_TEXT)


def _short(result: Result) -> str:
    why = f": {result.reason}" if result.reason else ""
    return f"{result.code} {result.title}{why}"


def _result(result: Result, cluster: str) -> Block:
    if result.finding is None:
        parts = [
            build.paragraph(build.run(f"{result.code} {result.title}", bold=True)),
            build.paragraph(
                speak("Could not check: {reason}", reason=result.reason or speak("no reason given"))
            ),
        ]
        if result.enable:
            parts.append(
                build.paragraph(
                    *prose(speak("To enable it: {enable}", enable=result.enable), limit=_TEXT)
                )
            )
        return build.rich_text(*parts, *_page(result))
    finding = result.finding
    likely = speak("Likely: ") if finding.likely else ""
    parts = [
        build.paragraph(
            build.run(f"{result.code} {likely}{finding.headline}", bold=True),
            f" ({result.severity.value})",
        ),
        build.paragraph(speak("Where: "), build.run(str(finding.place), italic=True)),
        build.paragraph(speak("Seen: "), build.run(visible(clip(finding.seen, 600)), code=True)),
        build.paragraph(
            speak("Expected: "), build.run(visible_words(clip(finding.wanted, 600)), code=True)
        ),
        build.paragraph(*prose(speak("Why: {why}", why=finding.why), limit=_TEXT)),
        build.paragraph(*prose(speak("Fix: {next}", next=finding.next), limit=_TEXT)),
    ]
    if finding.note:
        parts.append(build.paragraph(*prose(speak("Note: {note}", note=finding.note), limit=_TEXT)))
    if result.follows_from:
        parts.append(build.paragraph(speak("Follows from {code}.", code=result.follows_from)))
    parts.extend(
        build.paragraph(f"{aloud(lead)}: ", build.run(command, code=True))
        for lead, command in islice(introduced(finding, cluster), _CALLS)
    )
    parts.extend(
        build.paragraph(
            speak("Read at {time} UTC: {call}", time=f"{call.at:%H:%M:%S}", call=_call(call))
        )
        for call in result.calls[:_CALLS]
    )
    return build.rich_text(*parts, *_page(result))


def _call(call: Call) -> str:
    """One read; one that was not made says whose word stands in for it."""
    if call.handed_over is None:
        return str(call)
    return speak("{call}, not by me: {source}", call=call, source=call.handed_over)


def _page(result: Result) -> Iterator[Block]:
    """The check's page, where the docs have an address."""
    link = link_of(result.code)
    if link is not None:
        yield build.paragraph(speak("More about it: "), build.link(link, result.code))


def _calls(diagnosis: Diagnosis) -> str:
    return "\n".join(
        f"{call.at:%H:%M:%S}  {call}  {call.outcome}, {call.milliseconds:.0f} ms"
        for call in diagnosis.calls
    )


__all__ = ["checks_modal", "form_modal"]
