"""YAML text to trees, one per document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from diagnostics.lint.tree import (
    HOLE,
    MOST_DEPTH,
    MOST_NODES,
    Mapping,
    Node,
    Scalar,
    Sequence,
    TreeError,
    walk,
)
from diagnostics.yaml_events import STRING, NotYaml, TreeBuilder, resolved_tag, yaml_events

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_yaml(text: str) -> Iterator[Node]:
    """The documents of a text, in order; those before a fault are still given.

    Raises:
        TreeError: The text is no YAML, or passes the limits.
    """
    builder = _Builder(text)
    try:
        for event in yaml_events(text):
            builder.take(event)
            if isinstance(event, yaml.DocumentEndEvent) and builder.root is not None:
                root, builder.root = builder.root, None
                yield root
    except NotYaml as error:
        raise TreeError(
            f"This is invalid YAML: {error.words[:200]}.", line=error.line, column=error.column
        ) from error


class _Builder(TreeBuilder[Node]):
    most_depth = MOST_DEPTH
    most_nodes = MOST_NODES

    def __init__(self, text: str) -> None:
        super().__init__()
        self._lines = text.split("\n")

    def scalar(self, event: Any) -> Scalar:
        mark = event.start_mark
        return Scalar(
            line=mark.line + 1,
            column=mark.column + 1,
            text=event.value.replace(HOLE, "\ufffd"),
            string=resolved_tag(event) == STRING,
            inside=self._inside(event) if event.style == "|" else (),
            tag=_tag(event),
        )

    def collection(self, event: Any) -> Node:
        mark = event.start_mark
        made = Sequence if isinstance(event, yaml.SequenceStartEvent) else Mapping
        return made(line=mark.line + 1, column=mark.column + 1, tag=_tag(event))

    def key(self, node: Node, event: Any) -> Scalar:
        mark = event.start_mark
        if isinstance(node, Scalar):
            return node
        return Scalar(line=mark.line + 1, column=mark.column + 1, text="?")

    def add(self, parent: Node, key: Node | None, node: Node) -> None:
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif isinstance(parent, Mapping) and isinstance(key, Scalar):
            parent.pairs.append((key, node))

    def is_mapping(self, node: Node) -> bool:
        return isinstance(node, Mapping)

    def size(self, node: Node) -> int:
        return sum(1 for _ in walk(node))

    def complete(self, node: Node) -> None:
        if isinstance(node, Mapping):
            _merge(node)

    def fault_of_depth(self, event: Any) -> TreeError:
        return _fault(event, f"This is nested deeper than {MOST_DEPTH} levels.")

    def fault_of_number(self, event: Any) -> TreeError:
        return _fault(event, f"This has more than {MOST_NODES:,} values.")

    def fault_of_alias(self, event: Any) -> TreeError:
        return _fault(event, f"*{str(event.anchor)[:60]} is used before it is complete.")

    def _inside(self, event: Any) -> tuple[tuple[int, int], ...]:
        """Where each line of a literal block stands."""
        first = event.start_mark.line + 1
        places = []
        rows = event.value.split("\n")
        indent = None
        for index, row in enumerate(rows):
            source = self._lines[first + index] if first + index < len(self._lines) else ""
            if indent is None and row.strip():
                indent = len(source) - len(source.lstrip(" ")) - (len(row) - len(row.lstrip(" ")))
            places.append((first + index + 1, max(indent or 0, 0) + 1))
        return tuple(places)


def _merge(node: Mapping) -> None:
    """Do what `<<` says: what the mapping has itself wins."""
    merged = [value for key, value in node.pairs if key.text == "<<"]
    if not merged:
        return
    own = [pair for pair in node.pairs if pair[0].text != "<<"]
    have = {key.text for key, _ in own}
    for value in merged:
        for source in value.items if isinstance(value, Sequence) else [value]:
            if isinstance(source, Mapping):
                own.extend(pair for pair in source.pairs if pair[0].text not in have)
    node.pairs = own


def _tag(event: Any) -> str:
    tag = event.tag or ""
    return tag if tag.startswith("!") and tag != "!" else ""


def _fault(event: Any, words: str) -> TreeError:
    mark = event.start_mark
    return TreeError(words, line=mark.line + 1, column=mark.column + 1)
