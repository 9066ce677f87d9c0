"""YAML text to trees, one per document.

From events, because PyYAML's own composer recurses in C and takes the process down on a few thousand nested
brackets. An alias counts as often as it is used, and is known only when what it names is complete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from diagnostics.document.tree import (
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
from diagnostics.document.yaml_events import NotYaml, is_string, place_of, yaml_events

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_yaml(text: str) -> Iterator[Node]:
    """The documents of a text, in order; those before a fault are still given.

    Raises:
        TreeError: The text is no YAML, or passes the limits.
    """
    return _documents(YamlTreeBuilder(text), text)


def _documents(builder: YamlTreeBuilder, text: str) -> Iterator[Node]:
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


def embedded_yaml(scalar: Scalar) -> Iterator[Node]:
    """The documents that a string holds, such as a patch in a kustomization; every place is that in the file.

    Raises:
        TreeError: As `read_yaml`.
    """
    try:
        for root in _documents(_Embedded(scalar), scalar.text):
            # What an alias names stands in the tree more than once, and is moved once.
            found = {id(node): node for node in walk(root)}
            for node in tuple(found.values()):
                if isinstance(node, Mapping):
                    found.update((id(key), key) for key, _ in node.pairs)
            for node in found.values():
                _move(node, scalar)
            yield root
    except TreeError as error:
        line, column = _moved(error.line, error.column, scalar)
        raise TreeError(error.words, line=line, column=column) from error


def _move(node: Node, scalar: Scalar) -> None:
    node.line, node.column = _moved(node.line, node.column, scalar)
    if isinstance(node, Scalar) and node.inside:
        node.inside = tuple(_moved(line, column, scalar) for line, column in node.inside)


def _moved(line: int, column: int, scalar: Scalar) -> tuple[int, int]:
    """A place of the string's text as one of the file: exactly where it is a block, else where it begins."""
    if not scalar.inside:
        return scalar.line, scalar.column
    first, left = scalar.inside[min(line, len(scalar.inside)) - 1]
    return first, left + column - 1


class YamlTreeBuilder:
    """Takes events. What it allows, and what it says of faults, a subclass may say otherwise."""

    most_depth = MOST_DEPTH
    most_nodes = MOST_NODES

    def __init__(self, text: str) -> None:
        self.root: Node | None = None
        self._lines = text.split("\n")
        self._open: list[Sequence | Mapping] = []
        self._keys: list[Scalar | None] = []
        self._anchors: dict[str, Node] = {}
        self._unfinished: dict[int, str] = {}
        self._nodes = 0

    def take(self, event: Any) -> None:
        """Take one event.

        Raises:
            TreeError: The tree passes the limits, or an alias names nothing; or what a subclass raises instead.
        """
        match event:
            case yaml.DocumentEndEvent():
                self._anchors.clear()
            case yaml.ScalarEvent():
                self._place(self.scalar(event), event)
            case yaml.AliasEvent():
                if event.anchor not in self._anchors:
                    raise self.fault_of_alias(event)
                self._place(self._anchors[event.anchor], event, alias=True)
            case yaml.SequenceStartEvent():
                line, column = place_of(event)
                self._start(Sequence(line=line, column=column, tag=_tag(event)), event)
            case yaml.MappingStartEvent():
                line, column = place_of(event)
                self._start(Mapping(line=line, column=column, tag=_tag(event)), event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._end()

    def text(self, value: str) -> str:
        """The text of a value: the character for a hole is none in what somebody wrote."""
        return value.replace(HOLE, "\ufffd")

    def scalar(self, event: Any) -> Scalar:
        """Make a single value."""
        line, column = place_of(event)
        return Scalar(
            line=line,
            column=column,
            text=self.text(event.value),
            string=is_string(event),
            plain=event.implicit[0] and event.style in (None, ""),
            inside=self._inside(event) if event.style == "|" else (),
            tag=_tag(event),
        )

    def key(self, node: Node, event: Any) -> Scalar:
        """A node as a key; a list or mapping as one is nothing that anybody looks for."""
        line, column = place_of(event)
        return node if isinstance(node, Scalar) else Scalar(line=line, column=column, text="?")

    def complete(self, node: Sequence | Mapping) -> None:
        """A list or mapping has ended."""
        if isinstance(node, Mapping):
            _merge(node)

    def fault_of_depth(self, event: Any) -> Exception:
        """It is nested too deeply."""
        return _fault(event, f"This is nested deeper than {self.most_depth} levels.")

    def fault_of_number(self, event: Any) -> Exception:
        """There are too many values."""
        return _fault(event, f"This has more than {self.most_nodes:,} values.")

    def fault_of_alias(self, event: Any) -> Exception:
        """An alias names nothing that is complete."""
        return _fault(event, f"*{str(event.anchor)[:60]} is used before it is complete.")

    def _start(self, node: Sequence | Mapping, event: Any) -> None:
        if len(self._open) >= self.most_depth:
            raise self.fault_of_depth(event)
        self._place(node, event)
        self._open.append(node)
        self._keys.append(None)
        if event.anchor:
            self._anchors.pop(event.anchor, None)
            self._unfinished[id(node)] = event.anchor

    def _end(self) -> None:
        node = self._open.pop()
        self._keys.pop()
        self.complete(node)
        if (anchor := self._unfinished.pop(id(node), None)) is not None:
            self._anchors[anchor] = node

    def _place(self, node: Node, event: Any, *, alias: bool = False) -> None:
        self._nodes += sum(1 for _ in walk(node)) if alias else 1
        if self._nodes > self.most_nodes:
            raise self.fault_of_number(event)
        if isinstance(event, yaml.ScalarEvent) and event.anchor:
            self._anchors[event.anchor] = node
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = self.key(node, event)
        else:
            parent.pairs.append((key, node))
            self._keys[-1] = None

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


class _Embedded(YamlTreeBuilder):
    """For one of many texts in a file: aliases may not make more of it than it is long."""

    def __init__(self, scalar: Scalar) -> None:
        super().__init__(scalar.text)
        self.most_nodes = min(MOST_NODES, 2 * len(scalar.text) + 1_000)
        self._holes = bool(scalar.holes)

    def text(self, value: str) -> str:
        return value if self._holes else super().text(value)


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
    line, column = place_of(event)
    return TreeError(words, line=line, column=column)
