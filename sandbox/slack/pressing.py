"""Finding the element that a person presses, by what they read on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.answers import Answer, elements
from sandbox.slack.interactions import action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.slack.people import Json
    from sandbox.slack.workspace import Workspace


class NoSuchElement(Exception):
    """No element has that label or `action_id`."""


def find(blocks: Sequence[Json], what: str, block_id: str | None) -> tuple[str, Json]:
    """The block ID and the element with that label or `action_id`.

    Raises:
        NoSuchElement: If there is none; the message names those that there are.
    """
    seen: list[str] = []
    for where, element in elements(blocks):
        label = str((element.get("text") or {}).get("text", ""))
        seen.append(label or str(element["action_id"]))
        if block_id in {None, where} and what in {label, element["action_id"]}:
            return where, element
    raise NoSuchElement(f"there is no button {what!r} here; there are {seen}"[:400])


def acted(
    workspace: Workspace,
    blocks: Sequence[Json],
    what: str,
    block_id: str | None,
    selected: Answer | None,
) -> Json:
    """The entry of `actions` for a press.

    Raises:
        NoSuchElement: If there is no such element.
        ValueError: If `selected` is none of its options.
    """
    where, element = find(blocks, what, block_id)
    return action(workspace, where, element, selected)
