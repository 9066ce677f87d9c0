"""Label and field selectors.

Source: Kubernetes, "Labels and Selectors" and "Field Selectors".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sandbox.kube.status import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.kube.resources import Object

_REQUIREMENT: Final = re.compile(r"([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)|(!?)([\w./-]+)", re.ASCII)
_MOST: Final = 2_000
_FIELDS: Final = {
    "metadata.name": ("metadata", "name"),
    "metadata.namespace": ("metadata", "namespace"),
    "spec.serviceAccountName": ("spec", "serviceAccountName"),
    "spec.nodeName": ("spec", "nodeName"),
    "status.phase": ("status", "phase"),
}


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector (matchLabels, matchExpressions) takes these labels; an empty one takes all."""
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    return all(
        _expression(expression, labels) for expression in selector.get("matchExpressions") or ()
    )


def _expression(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, operator = expression.get("key", ""), expression.get("operator")
    values = expression.get("values") or ()
    if operator == "In":
        return labels.get(key) in values
    if operator == "NotIn":
        return labels.get(key) not in values
    if operator == "Exists":
        return key in labels
    return operator == "DoesNotExist" and key not in labels


def matches_labels(text: str, found: Object) -> bool:
    """Whether an object fits the query's `labelSelector`: equality and existence.

    Raises:
        ApiError: 400, it can't be read.
    """
    labels = found["metadata"].get("labels", {})
    # A list, because each part is to be looked at: a wrong one is refused wherever it stands.
    return False not in [_has_label(part, labels) for part in _parts(text)]


def matches_fields(text: str, found: Object) -> bool:
    """Whether an object fits the query's `fieldSelector`.

    Raises:
        ApiError: 400, it names a field that is not supported.
    """
    return False not in [_has_field(part, found) for part in _parts(text)]


def _has_label(part: str, labels: Mapping[str, str]) -> bool:
    match = _REQUIREMENT.fullmatch(part)
    if match is None:
        raise bad_request(f"unable to parse requirement: {part[:100]!r}")
    key, operator, value, absent, alone = match.groups()
    if key is None:
        return (alone in labels) is not bool(absent)
    return (labels.get(key) == value) is (operator != "!=")


def _has_field(part: str, found: Object) -> bool:
    key, equals, value = part.partition("=")
    path = _FIELDS.get(key.removesuffix("!"))
    if path is None or not equals:
        raise bad_request(f"field label not supported: {part[:100]}")
    held: Any = found
    for step in path:
        held = held.get(step, {}) if isinstance(held, dict) else {}
    return ((held or "") == value.removeprefix("=")) is not key.endswith("!")


def _parts(text: str) -> list[str]:
    if len(text) > _MOST:
        raise bad_request("the selector is too long")
    return [part.strip() for part in text.split(",") if part.strip()]
