"""SARIF 2.1.0, the format in which code hosts take findings.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from diagnostics.result import Severity
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {Severity.CAUSE: "error", Severity.RISK: "warning"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SarifPlace:
    """Where a result is: in a file, or in a system that has no files."""

    file: str | None = None
    line: int = 1
    column: int = 1
    name: str | None = None
    """Qualified name of what has no file, such as `cluster prod-eu/serviceaccount payments/api`."""
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SarifResult:
    """One result."""

    code: str
    title: str
    why: str
    severity: Severity
    text: str
    place: SarifPlace
    related: tuple[SarifPlace, ...] = ()
    suppressed: str | None = None
    """The reason for which it is ignored."""
    fingerprint: str | None = None
    """Stays the same from one run to the next."""
    new: bool | None = None
    """Whether the run before did not have it; None where there was none."""


def told(headline: str, *, seen: str, wanted: str, fix: str) -> str:
    """The text of a result: what is empty is left out, and a fix that only repeats the headline."""
    lines = [headline]
    if seen:
        lines.append(f"Seen: {visible(seen)}")
    if wanted:
        lines.append(f"Expected: {visible(wanted)}")
    if fix and fix != headline:
        lines.append(f"Fix: {fix}")
    return "\n".join(lines)


def sarif(results: Iterable[SarifResult], *, command: str) -> dict[str, Any]:
    """Write results as one SARIF run.

    Args:
        results: In the order in which they are listed.
        command: `irsa lint` or `irsa sweep`.
    """
    listed = list(results)
    rules: dict[str, dict[str, Any]] = {}
    for one in listed:
        rules.setdefault(
            one.code,
            {
                "id": one.code,
                "name": one.code,
                "shortDescription": {"text": one.title},
                "fullDescription": {"text": one.why},
                "defaultConfiguration": {"level": _LEVELS[one.severity]},
            },
        )
    index = {code: number for number, code in enumerate(rules)}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": command,
                        "version": version("irsa-doctor"),
                        "rules": list(rules.values()),
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, index[one.code]) for one in listed],
            }
        ],
    }


def _result(one: SarifResult, index: int) -> dict[str, Any]:
    out: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": index,
        "level": _LEVELS[one.severity],
        "message": {"text": one.text},
        "locations": [_place(one.place)],
    }
    if one.related:
        out["relatedLocations"] = [
            {"id": number, **_place(place)} for number, place in enumerate(one.related, start=1)
        ]
    if one.suppressed is not None:
        out["suppressions"] = [{"kind": "inSource", "justification": one.suppressed}]
    if one.fingerprint is not None:
        out["partialFingerprints"] = {"irsaDoctor/v1": one.fingerprint}
    if one.new is not None:
        out["baselineState"] = "new" if one.new else "unchanged"
    return out


def _place(place: SarifPlace) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if place.file is not None:
        out["physicalLocation"] = {
            "artifactLocation": {"uri": quote(place.file.replace("\\", "/").removeprefix("./"))},
            "region": {"startLine": place.line, "startColumn": place.column},
        }
    if place.name is not None:
        out["logicalLocations"] = [{"fullyQualifiedName": place.name}]
    if place.words:
        out["message"] = {"text": place.words}
    return out
