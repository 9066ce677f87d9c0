"""One diagnosis inside a reply: the cause in plain words, seen beside expected, why, and the change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn
from diagnostics.explain.glossary import meanings
from diagnostics.languages import speak
from diagnostics.result import Severity, Status, Verdict
from diagnostics.text.visible import visible, visible_words
from handlers.blockkit import build, clip, escape
from handlers.render.pasted import asking_blocks, handed_blocks, linked
from handlers.render.shorten import (
    excerpt,
    numbered,
    policy_text,
    prose,
    several,
    short_issuers,
    short_place,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diagnostics.fix.correction import PolicyCorrection
    from diagnostics.result import Diagnosis, Finding, Result
    from handlers.blockkit import Block

_VALUE: Final = 400
"""Characters of a value that a phone still shows at a glance."""
_LISTED: Final = 160
"""The same of a value among several."""
_DIFF: Final = 2_400
_EXCERPT: Final = 1_600
_ALSO: Final = 3


def headline(diagnosis: Diagnosis) -> str:
    """The verdict in one line, its code first where a cause was found."""
    if diagnosis.root is not None and diagnosis.root.finding is not None:
        likely = speak("Likely: ") if diagnosis.root.finding.likely else ""
        return f"{likely}{diagnosis.root.finding.headline}"
    return diagnosis.headline


def where(diagnosis: Diagnosis, *, whole: bool = False) -> str:
    """Cluster, namespace, service account and role, in that order, as mrkdwn.

    Args:
        diagnosis: Of what.
        whole: Show the role's ARN, not only its name and account.
    """
    target = diagnosis.target
    account = f"{target.namespace}/{target.service_account or '?'}"
    parts = [
        speak("*Cluster* {cluster}", cluster=escape(target.cluster)),
        speak("*Service account* {account}", account=escape(account)),
    ]
    if target.workload is not None and (whole or target.workload.name != target.service_account):
        parts.append(speak("*Workload* {workload}", workload=escape(str(target.workload))))
    if diagnosis.role_arn is not None:
        parts.append(
            speak("*Role* {role_arn}", role_arn=escape(_role(diagnosis.role_arn, whole=whole)))
        )
    return "  ·  ".join(parts)


def _role(text: str, *, whole: bool) -> str:
    role = RoleArn.parse(text)
    if role is None or whole:
        return visible(clip(text, _VALUE))
    return speak(
        "{path}{name} in account {account}",
        path=role.path.lstrip("/"),
        name=role.name,
        account=role.account,
    )


def finding_blocks(diagnosis: Diagnosis, *, mended: bool = False) -> Iterator[Block]:
    """Everything between the heading and the buttons.

    Args:
        diagnosis: What to show.
        mended: Whether a fix from this reply made it healthy; then nobody needs to wonder what did.
    """
    yield build.context(where(diagnosis))
    if diagnosis.root is not None and diagnosis.root.finding is not None:
        yield from _evidence(diagnosis, diagnosis.root.finding)
    else:
        if mended and diagnosis.verdict is Verdict.HEALTHY:
            advice: str | None = speak(
                "The fix made from this thread holds: every check passes now."
            )
        else:
            advice = diagnosis.advice
        said = prose(advice or diagnosis.headline)
        yield build.rich_text(build.paragraph(*said))
        yield from _unread(diagnosis)
        yield from asking_blocks(diagnosis)
    yield from handed_blocks(diagnosis)
    if diagnosis.correction is not None:
        yield from _change(diagnosis.correction)
    elif diagnosis.correction_blocked is not None:
        yield build.rich_text(
            build.paragraph(
                build.run(speak("No correction of the trust policy is offered: "), bold=True),
                *prose(numbered(diagnosis.correction_blocked)),
            )
        )
    also = tuple(_also(diagnosis))
    if also:
        yield build.rich_text(
            build.paragraph(build.run(speak("Also"), bold=True)), build.bullets(also[: _ALSO + 1])
        )


def _evidence(diagnosis: Diagnosis, finding: Finding) -> Iterator[Block]:
    seen, wanted = short_issuers(finding.seen, finding.wanted)
    expected = build.paragraph(
        build.run(speak("Expected  "), bold=True), *_values(wanted, visible_words)
    )
    document = policy_text(seen)
    if document is None:
        yield build.rich_text(
            build.paragraph(build.run(speak("Seen  "), bold=True), *_values(seen)), expected
        )
    else:
        yield build.rich_text(build.paragraph(build.run(speak("Seen  "), bold=True)))
        yield build.preformatted(document, language="json", limit=_EXCERPT)
        yield build.rich_text(expected)
    yield from place_blocks(diagnosis)
    parts = [build.paragraph(build.run(speak("Why  "), bold=True), *prose(finding.why))]
    if finding.note is not None:
        parts.append(build.paragraph(build.run(speak("Note  "), bold=True), *prose(finding.note)))
    yield build.rich_text(*parts)
    if words := meanings(finding):
        yield build.context("  ·  ".join(escape(one) for one in words))
    # Last, since the diff or the button that does it comes next; a diff has the same short names.
    step = finding.next if diagnosis.correction is None else short_issuers(finding.next)[0]
    yield build.rich_text(
        build.paragraph(build.run(speak("Fix  "), bold=True), *prose(step)),
    )


def place_blocks(diagnosis: Diagnosis) -> Iterator[Block]:
    """The code of the cause, and where it lies."""
    root = diagnosis.root
    if root is not None and root.finding is not None:
        place = short_place(root.finding.place, diagnosis)
        yield build.context(
            speak("{code} at {place}", code=linked(root.code), place=escape(clip(place, _VALUE)))
        )


def _values(text: str, spelled: Callable[[str], str] = visible) -> Iterator[Block]:
    values = several(text)
    most = _VALUE if len(values) == 1 else _LISTED
    for index, value in enumerate(values):
        if index:
            yield build.run("\n")
        yield build.run(spelled(clip(value, most)), code=True)


def _change(correction: PolicyCorrection) -> Iterator[Block]:
    """The changed lines of the trust policy. They are for reading; the text to copy is in the dialog."""
    role = correction.role_arn.rpartition("/")[2]
    text, left_out = excerpt(correction.diff)
    yield build.preformatted(text, language="diff", limit=_EXCERPT)
    more = speak(" by {count} lines", count=left_out) if left_out else ""
    yield build.context(
        speak(
            "Shortened{more}; *Show all checks* has the whole policy of {role}.",
            more=more,
            role=escape(role),
        )
    )
    yield from _quota(correction)


def correction_blocks(correction: PolicyCorrection) -> Iterator[Block]:
    """The trust policy's diff, with what it changes said in words before it."""
    said = " ".join(correction.changes) or speak("The trust policy changes as below.")
    role = correction.role_arn.rpartition("/")[2]
    yield build.rich_text(
        build.paragraph(
            build.run(speak("Trust policy of {role}, corrected  ", role=role), bold=True),
            *prose(said),
        )
    )
    yield build.preformatted(correction.diff, language="diff", limit=_DIFF)
    yield from _quota(correction)


def _quota(correction: PolicyCorrection) -> Iterator[Block]:
    if correction.exceeds_quota:
        yield build.context(
            speak(
                "The corrected policy passes IAM's default quota of 2,048 characters for a trust "
                "policy. Ask for a higher quota first, or merge statements."
            )
        )


def _also(diagnosis: Diagnosis) -> Iterator[str]:
    # By code: a diagnosis that was translated or read from the store holds its root twice.
    root = diagnosis.root.code if diagnosis.root is not None else None
    others = [r for r in diagnosis.with_status(Status.FAIL) if r.code != root]
    for shown, result in enumerate(others):
        assert result.finding is not None
        if shown == _ALSO:
            yield speak("… and {others} more under Show all checks", others=len(others) - shown)
            return
        yield f"{result.code} {result.finding.headline}{_kind(result)}"


def _kind(result: Result) -> str:
    if result.follows_from is not None:
        return speak(" (follows from {code})", code=result.follows_from)
    return speak(" (a risk, not the cause)") if result.severity is Severity.RISK else ""


def _unread(diagnosis: Diagnosis) -> Iterator[Block]:
    if diagnosis.verdict is not Verdict.NOT_ENOUGH_EVIDENCE:
        return
    unread = diagnosis.with_status(Status.ERROR)
    seen: dict[str, str] = {}
    for result in unread:
        seen.setdefault(result.reason or "", result.enable or "")
    if len(seen) == 1 and diagnosis.advice is not None:
        return  # the advice has said it
    lines: list[list[str | Block]] = [
        [
            speak("Could not check: {reason}. ", reason=reason),
            build.run(speak("To enable it: "), bold=True),
            *prose(enable or speak("see the log")),
        ]
        for reason, enable in list(seen.items())[:4]
    ]
    if lines:
        yield build.rich_text(build.bullets(lines))
