"""Reads values out of JSON that anybody may have shaped: a wrong type is an empty value, never an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Node: TypeAlias = Mapping[str, object]

ITEMS = 200
"""Entries that are read of one list."""


def text_at(node: Node, key: str) -> str:
    """The text under a key, or the empty text."""
    value = node.get(key)
    return value if isinstance(value, str) else ""


def node_at(node: Node, key: str) -> Node:
    """The object under a key, or an empty one."""
    value = node.get(key)
    return value if isinstance(value, Mapping) else {}


def nodes_at(node: Node, key: str) -> tuple[Node, ...]:
    """The objects in the list under a key, up to `ITEMS`."""
    value = node.get(key)
    if not isinstance(value, list | tuple):
        return ()
    return tuple(item for item in value[:ITEMS] if isinstance(item, Mapping))
