"""Values where Kubernetes takes only strings: what its YAML reader makes a number or a yes/no of.

Source: kubernetes-sigs/yaml, goyaml.v2/resolve.go; tried against a real kube-apiserver. It differs from YAML 1.1 as
PyYAML has it: `y`, `0o14`, `1e3` and `09` are no strings there, `1:30` and `2026-01-01` are.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.checks.irsa109_token_expiration import lifetime_for
from diagnostics.document.tree import HOLE, Mapping, Scalar, Sequence
from diagnostics.evidence import STS_REGIONAL_ENDPOINTS, TOKEN_EXPIRATION
from diagnostics.lint.finding import SourceFinding, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.document.tree import Node
    from diagnostics.result import Severity

WEBHOOK: Final = "eks.amazonaws.com/"
"""Begins the annotations that the pod identity webhook reads."""
_TRUE: Final = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE: Final = frozenset(
    ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"]
)
_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))
_INTEGER: Final = re.compile(
    r"[-+]?(?:0b(?P<two>[01]+)|0x(?P<sixteen>[0-9a-fA-F]+)|0o?(?P<eight>[0-7]+)|(?P<ten>0|[1-9][0-9]*))"
)
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_ENDLESS: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LONGEST: Final = 200
_BASES: Final = {"two": 2, "sixteen": 16, "eight": 8, "ten": 10}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Who refuses a value that is no string, and how certainly."""

    words: str
    """Ends the headline: `the API server refuses the whole object`."""
    severity: Severity | None = None
    """None: a cause."""


API_SERVER: Final = Refusal(words="so the API server refuses the whole object")
EKSCTL: Final = Refusal(words="so eksctl refuses the whole file")
KUSTOMIZE: Final = Refusal(words="so kustomize refuses the whole file")


def not_strings(
    values: Mapping,
    *,
    file: str,
    object_: str,
    refusal: Refusal,
    every: bool,
    what: str = "annotation",
    key_written: str | None = None,
) -> Iterator[SourceFinding]:
    """Each value that is no string where only strings are taken.

    Args:
        values: Annotations or labels.
        file: Where they are written.
        object_: What the findings name.
        refusal: Who refuses them.
        every: Whether every key matters, or only those of the pod identity webhook.
        what: `annotation` or `label`.
        key_written: What stands before the value in the file; None: its key.
    """
    for key, value in values.pairs:
        if not every and not key.text.startswith(WEBHOOK):
            continue
        kind = kind_of(value)
        if kind is None:
            continue
        name = key.text[:_LONGEST]
        written = key_written or (name if key.plain else json.dumps(name, ensure_ascii=False))
        shown = value.text[:_LONGEST] if isinstance(value, Scalar) else "…"
        wanted = f"{written}: {_quoted(key.text, value)}"
        yield SourceFinding(
            code="IRSA005",
            spot=Spot(file=file, line=value.line, column=value.column),
            object=object_,
            headline=f"The {what} {name} is {kind}, not a string, {refusal.words}.",
            seen=f"{written}: {shown}",
            wanted=wanted,
            next=f"Write {wanted}"
            if isinstance(value, Scalar)
            else f"Write {name} as one string, in quotes.",
            severity=refusal.severity,
        )


def kind_of(value: Node) -> str | None:
    """What Kubernetes makes of a value, in words; None where it is a string, empty, or not known yet."""
    if isinstance(value, Mapping):
        # `{{ .Values.x }}` is YAML too: a mapping whose key is a mapping.
        return None if value.get("?") is not None else "a mapping"
    if isinstance(value, Sequence):
        return "a list"
    text = value.text
    if HOLE in text or value.tag or len(text) > _LONGEST or (value.string and not value.plain):
        return None
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        said = "true" if text in _TRUE else "false"
        return f"the boolean {said}" if text.lower() == said else f"the boolean {said} ({text})"
    return f"the number {text}" if _number(text) is not None else None


def _number(text: str) -> float | None:
    """The number that a plain value is read as; None where it stays a string."""
    if text[:1] not in "+-.0123456789":
        return None
    if _ENDLESS.fullmatch(text):
        return math.inf
    bare = text.replace("_", "")
    whole = _INTEGER.fullmatch(bare)
    if whole is not None and whole.lastgroup is not None:
        found = int(whole[whole.lastgroup], _BASES[whole.lastgroup])
        return -found if bare.startswith("-") else found
    if _FLOAT.fullmatch(bare) is None:
        return None
    read = float(bare)
    return None if math.isinf(read) else read


def _quoted(key: str, value: Node) -> str:
    """The value as the string that was meant."""
    if not isinstance(value, Scalar):
        return '"…"'
    text = value.text[:_LONGEST]
    if key == STS_REGIONAL_ENDPOINTS and text in _TRUE | _FALSE:
        # The webhook reads it with Go's ParseBool, which knows no `yes`.
        text = "true" if text in _TRUE else "false"
    if key == TOKEN_EXPIRATION:
        number = _number(text)
        if number is not None and math.isfinite(number) and number == int(number):
            text = str(lifetime_for(str(max(int(number), 0))))
    return json.dumps(text, ensure_ascii=False)
