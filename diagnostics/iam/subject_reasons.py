"""How a subject differs from what a policy lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.iam.decision import Mismatch
from diagnostics.iam.subject import PREFIX, Subject
from diagnostics.iam.wildcard import glob
from diagnostics.iam.words import nearest, quoted
from diagnostics.languages import say

if TYPE_CHECKING:
    from diagnostics.iam.condition import Condition
    from diagnostics.iam.request import WebIdentityRequest

_SHOWN: Final = 50
"""How many values of a long list are looked at."""


def subject_mismatch(  # noqa: C901, PLR0911  one kind of difference after the other
    condition: Condition, seen: str, near: str, request: WebIdentityRequest
) -> tuple[Mismatch, str]:
    """Tell how the subject a call carries (`seen`) differs from the nearest value of the policy."""
    wanted = Subject.parse(seen)
    says = f"The token's subject is {quoted(seen)}, the policy wants {quoted(near)}"
    takes_wild = condition.base.name in ("StringLike", "ArnLike", "ArnEquals")
    if not takes_wild:
        for value in condition.values[:_SHOWN]:
            if ("*" in value or "?" in value) and glob(value)(seen):
                return (
                    Mismatch.WILDCARD_LITERAL,
                    say(
                        "{operator} takes the wildcard in {listed} literally, so it never matches "
                        "{subject}; only StringLike reads wildcards.",
                        operator=condition.operator,
                        listed=quoted(value),
                        subject=quoted(seen),
                    ),
                )
    if near.lower() == seen.lower():
        return (
            Mismatch.SUBJECT_CASE,
            say("{says}: upper and lower case differ, and values are case-sensitive.", says=says),
        )
    if wanted is None:
        return Mismatch.CONDITION, f"{says}."
    for value in condition.values[:_SHOWN]:
        if _is_audience(value, request):
            return (
                Mismatch.SWAPPED,
                say(
                    "{listed} is an audience under the key {key}; the subject is {subject}.",
                    listed=quoted(value),
                    key=condition.key,
                    subject=quoted(seen),
                ),
            )
    if Subject.parse(near) is not None:
        broken = [v for v in condition.values[:_SHOWN] if not plausible(v, wild=takes_wild)]
        if broken and not _shares(near, wanted):
            near = nearest(broken, seen)
            says = f"The token's subject is {quoted(seen)}, the policy wants {quoted(near)}"
    parts = near.split(":")
    if not plausible(near, wild=takes_wild):
        return Mismatch.SUBJECT_FORM, say(
            "{says}, which no service account has: {form_fault}.",
            says=says,
            form_fault=form_fault(near),
        )
    same_space = glob(parts[2])(wanted.namespace) if takes_wild else parts[2] == wanted.namespace
    same_name = glob(parts[3])(wanted.name) if takes_wild else parts[3] == wanted.name
    if same_space:
        return Mismatch.SUBJECT_NAME, say(
            "{says}: another service account of the same namespace.", says=says
        )
    if same_name:
        return Mismatch.SUBJECT_NAMESPACE, say(
            "{says}: the same name in another namespace.", says=says
        )
    return Mismatch.SUBJECT_BOTH, say(
        "{says}: another namespace and another service account.", says=says
    )


def plausible(value: str, *, wild: bool) -> bool:
    """Whether a service account can have this subject; with `wild` also a pattern of such subjects."""
    if Subject.parse(value) is not None:
        return True
    if not wild or value.count(":") != 3 or not value.startswith(PREFIX):  # noqa: PLR2004
        return False
    return Subject.parse(value.replace("*", "x").replace("?", "x")) is not None


def _shares(value: str, wanted: Subject) -> bool:
    other = Subject.parse(value)
    return other is not None and wanted.namespace == other.namespace and wanted.name == other.name


def _is_audience(value: str, request: WebIdentityRequest) -> bool:
    audience = request.claims.get("aud")
    if value == audience or (isinstance(audience, list | tuple) and value in audience):
        return True
    return value.startswith("sts.") and "amazonaws" in value


def form_fault(value: str) -> str:  # noqa: PLR0911  one rule per line
    """What is wrong with the form of a value that no service account has as its subject."""
    if not value:
        return say("it is empty")
    if any(c.isspace() for c in value):
        return say("it holds white space")
    if not value.isascii() or any(ord(c) < 0x21 or ord(c) > 0x7E for c in value):  # noqa: PLR2004
        return say("it holds a character that no subject has")
    if "${" in value or "{{" in value or "<" in value:
        return say("a placeholder was never filled in")
    if "*" in value or "?" in value:
        return say("it holds a wildcard in a place where none helps")
    if value != value.lower():
        return say("names of Kubernetes have no upper-case letters")
    if not value.startswith(PREFIX):
        return say('it must begin with "system:serviceaccount:"')
    return say("it must be system:serviceaccount:<namespace>:<service account>")
