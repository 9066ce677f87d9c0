"""YAML text to a tree that knows where each value stands.

The tree is built from the parser's events: PyYAML's own composer recurses in C and takes the process
down on a few thousand nested brackets. Aliases are allowed, but every use of one counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.resolver import Resolver

from bot.fleet_file.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_DEPTH: Final = 32
MOST_NODES: Final = 200_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = Resolver()
_STRING: Final = "tag:yaml.org,2002:str"


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
        return self.tag == _STRING

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
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(p for p in (error.context, error.problem) if p) or "unreadable"
        raise TreeFaults(_fault(mark, f"not valid YAML: {words}")) from error
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0) or 0
        line = text.count("\n", 0, position) + 1
        reason = getattr(error, "reason", None) or "a character that YAML does not allow"
        raise TreeFaults(
            Fault(line=line, column=1, field="", words=f"not valid YAML: {reason}")
        ) from error
    return builder.root


def _fault(mark: Any, words: str) -> Fault:
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Fault(line=line, column=column, field="", words=words)


class _Builder:
    """Puts parser events together, without recursion."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Sequence | Mapping] = []
        self._keys: list[Scalar | None] = []
        self._anchors: dict[str, Node] = {}
        self._unfinished: dict[int, str] = {}
        self._nodes = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        mark = event.start_mark
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise TreeFaults(_fault(mark, "a second document starts here; keep one"))
            case yaml.ScalarEvent():
                self._place(self._scalar(event), event)
            case yaml.AliasEvent():
                if event.anchor not in self._anchors:
                    raise TreeFaults(_fault(mark, f"*{event.anchor} is used inside itself"))
                self._place(self._anchors[event.anchor], event, alias=True)
            case yaml.SequenceStartEvent():
                self._start(Sequence(line=mark.line + 1, column=mark.column + 1), event)
            case yaml.MappingStartEvent():
                self._start(Mapping(line=mark.line + 1, column=mark.column + 1), event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._end()

    def _scalar(self, event: Any) -> Scalar:
        if event.tag not in (None, "!"):
            raise TreeFaults(
                _fault(
                    event.start_mark, f"the tag {event.tag} is not allowed; write the plain value"
                )
            )
        # YAML 1.1's rules for unquoted values, as PyYAML has them.
        plain = event.implicit[0] and event.style in (None, "")
        tag = (
            _RESOLVER.resolve(yaml.ScalarNode, event.value, (plain, not plain))
            if plain
            else _STRING
        )
        return Scalar(
            line=event.start_mark.line + 1,
            column=event.start_mark.column + 1,
            raw=event.value,
            tag=tag,
        )

    def _start(self, node: Sequence | Mapping, event: Any) -> None:
        if len(self._open) >= MOST_DEPTH:
            raise TreeFaults(_fault(event.start_mark, f"nested deeper than {MOST_DEPTH} levels"))
        self._place(node, event)
        self._open.append(node)
        self._keys.append(None)
        if event.anchor:
            # Known only when it is complete, so that nothing contains itself.
            self._anchors.pop(event.anchor, None)
            self._unfinished[id(node)] = event.anchor

    def _end(self) -> None:
        node = self._open.pop()
        self._keys.pop()
        if (anchor := self._unfinished.pop(id(node), None)) is not None:
            self._anchors[anchor] = node

    def _place(self, node: Node, event: Any, *, alias: bool = False) -> None:
        self._nodes += _size(node) if alias else 1
        if self._nodes > MOST_NODES:
            raise TreeFaults(_fault(event.start_mark, f"more than {MOST_NODES:,} values"))
        if event.anchor and not alias and isinstance(node, Scalar):
            self._anchors[event.anchor] = node
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            if not isinstance(node, Scalar):
                raise TreeFaults(_fault(event.start_mark, "a key must be a plain word"))
            self._keys[-1] = node
        else:
            parent.pairs.append((key, node))
            self._keys[-1] = None


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
