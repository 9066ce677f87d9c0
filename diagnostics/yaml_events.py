"""YAML's events put together to trees, whatever the nodes of the tree are.

From events, because PyYAML's own composer recurses in C and takes the process down on a few thousand nested
brackets. An alias counts as often as it is used, and is known only when what it names is complete.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import yaml
from yaml.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

N = TypeVar("N")
STRING: Final = "tag:yaml.org,2002:str"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = Resolver()


class NotYaml(Exception):
    """A text is no YAML; the message is a clause.

    Args:
        words: What is wrong.
        line: From 1.
        column: From 1.
    """

    def __init__(self, words: str, *, line: int, column: int) -> None:
        super().__init__(words)
        self.words = words
        self.line = line
        self.column = column


def yaml_events(text: str) -> Iterator[Any]:
    """The parser's events.

    Raises:
        NotYaml: From the fault on.
    """
    try:
        yield from yaml.parse(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(p for p in (error.context, error.problem) if p) or "unreadable"
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        raise NotYaml(words, line=line, column=column) from error
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0) or 0
        reason = getattr(error, "reason", None) or "a character that YAML does not allow"
        line = text.count("\n", 0, position) + 1
        raise NotYaml(reason, line=line, column=1) from error


def resolved_tag(event: Any) -> str:
    """What YAML 1.1 makes of a scalar, as PyYAML has it: `tag:yaml.org,2002:int` for an unquoted 012."""
    if not (event.implicit[0] and event.style in (None, "")):
        return STRING
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, event.value, (True, False))
    return tag


class TreeBuilder(ABC, Generic[N]):
    """Takes events; what nodes are, and what is said of faults, its subclasses say."""

    most_depth: int
    most_nodes: int

    def __init__(self) -> None:
        self.root: N | None = None
        self._open: list[N] = []
        self._keys: list[N | None] = []
        self._anchors: dict[str, N] = {}
        self._unfinished: dict[int, str] = {}
        self._nodes = 0

    def take(self, event: Any) -> None:
        """Take one event.

        Raises:
            Exception: What the subclass says of a fault.
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
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._start(self.collection(event), event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._end()

    @abstractmethod
    def scalar(self, event: Any) -> N:
        """Make a single value."""

    @abstractmethod
    def collection(self, event: Any) -> N:
        """Make an empty list or mapping."""

    @abstractmethod
    def key(self, node: N, event: Any) -> N:
        """A node as a key."""

    @abstractmethod
    def add(self, parent: N, key: N | None, node: N) -> None:
        """Put a node into a list, or under its key."""

    @abstractmethod
    def is_mapping(self, node: N) -> bool:
        """Whether a node takes keys."""

    @abstractmethod
    def size(self, node: N) -> int:
        """How many values are in a node, itself included."""

    def complete(self, node: N) -> None:
        """A list or mapping has ended."""

    @abstractmethod
    def fault_of_depth(self, event: Any) -> Exception:
        """It is nested too deeply."""

    @abstractmethod
    def fault_of_number(self, event: Any) -> Exception:
        """There are too many values."""

    @abstractmethod
    def fault_of_alias(self, event: Any) -> Exception:
        """An alias names nothing that is complete."""

    def _start(self, node: N, event: Any) -> None:
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

    def _place(self, node: N, event: Any, *, alias: bool = False) -> None:
        self._nodes += self.size(node) if alias else 1
        if self._nodes > self.most_nodes:
            raise self.fault_of_number(event)
        if isinstance(event, yaml.ScalarEvent) and event.anchor:
            self._anchors[event.anchor] = node
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if not self.is_mapping(parent):
            self.add(parent, None, node)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = self.key(node, event)
        else:
            self.add(parent, key, node)
            self._keys[-1] = None
