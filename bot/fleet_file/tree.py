"""The fleet file's YAML as a tree that knows where each value stands: one document, no tags, plain keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from bot.fleet_file.faults import Fault
from diagnostics.yaml_events import STRING, NotYaml, TreeBuilder, resolved_tag, yaml_events

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_DEPTH: Final = 32
MOST_NODES: Final = 200_000


class TreeFaults(Exception):
    """The text is no YAML that can be read further."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*(fault.words for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A single value."""

    line: int
    column: int
    raw: str
    """As written, without quotes."""
    tag: str
    """What YAML 1.1 makes of it: `tag:yaml.org,2002:int` for an unquoted 012."""

    @property
    def is_text(self) -> bool:
        """Whether YAML reads a string."""
        return self.tag == STRING

    @property
    def is_null(self) -> bool:
        """Whether YAML reads nothing."""
        return self.tag == "tag:yaml.org,2002:null"

    @property
    def kind(self) -> str:
        """Name what YAML made of it, for a message."""
        return {"int": "a number", "float": "a number", "bool": "a yes/no value"}.get(
            self.tag.rpartition(":")[2], "something other than text"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A list."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A mapping; keys are kept in order, duplicates included."""

    line: int
    column: int
    pairs: list[tuple[Scalar, Node]] = field(default_factory=list)

    def get(self, key: str) -> Node | None:
        """Return the value of a key, the last one written."""
        return next((v for k, v in reversed(self.pairs) if k.raw == key), None)


Node = Scalar | Sequence | Mapping


def read_tree(text: str) -> Node | None:
    """Read one YAML document; None where there is none.

    Raises:
        TreeFaults: The text is no YAML, has more than one document, or goes beyond the limits.
    """
    builder = _Builder()
    documents = 0
    try:
        for event in yaml_events(text):
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise _fault(event, "a second document starts here; keep one")
            builder.take(event)
    except NotYaml as error:
        fault = Fault(
            line=error.line, column=error.column, field="", words=f"not valid YAML: {error.words}"
        )
        raise TreeFaults(fault) from error
    return builder.root


def _fault(event: Any, words: str) -> TreeFaults:
    mark = event.start_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return TreeFaults(Fault(line=line, column=column, field="", words=words))


class _Builder(TreeBuilder[Node]):
    most_depth = MOST_DEPTH
    most_nodes = MOST_NODES

    def scalar(self, event: Any) -> Scalar:
        if event.tag not in (None, "!"):
            raise _fault(event, f"the tag {event.tag} is not allowed; write the plain value")
        mark = event.start_mark
        return Scalar(
            line=mark.line + 1, column=mark.column + 1, raw=event.value, tag=resolved_tag(event)
        )

    def collection(self, event: Any) -> Node:
        mark = event.start_mark
        made = Sequence if isinstance(event, yaml.SequenceStartEvent) else Mapping
        return made(line=mark.line + 1, column=mark.column + 1)

    def key(self, node: Node, event: Any) -> Scalar:
        if not isinstance(node, Scalar):
            raise _fault(event, "a key must be a plain word")
        return node

    def add(self, parent: Node, key: Node | None, node: Node) -> None:
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif isinstance(parent, Mapping) and isinstance(key, Scalar):
            parent.pairs.append((key, node))

    def is_mapping(self, node: Node) -> bool:
        return isinstance(node, Mapping)

    def size(self, node: Node) -> int:
        return _size(node)

    def fault_of_depth(self, event: Any) -> TreeFaults:
        return _fault(event, f"nested deeper than {MOST_DEPTH} levels")

    def fault_of_number(self, event: Any) -> TreeFaults:
        return _fault(event, f"more than {MOST_NODES:,} values")

    def fault_of_alias(self, event: Any) -> TreeFaults:
        return _fault(event, f"*{event.anchor} is used inside itself")


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything in it, aliases as often as they are used."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if isinstance(current, Sequence):
            stack.extend(current.items)
        elif isinstance(current, Mapping):
            stack.extend(value for _, value in current.pairs)


def _size(node: Node) -> int:
    """Count the values in a node, up to the limit."""
    size = 0
    for _ in walk(node):
        size += 1
        if size > MOST_NODES:
            break
    return size
