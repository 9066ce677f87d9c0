"""YAML text to trees, one per document.

Built from the parser's events, because PyYAML's own composer recurses in C and takes the process down on a few
thousand nested brackets. An alias counts as often as it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.resolver import Resolver

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

if TYPE_CHECKING:
    from collections.abc import Iterator

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = Resolver()
_STRING: Final = "tag:yaml.org,2002:str"


def read_yaml(text: str) -> Iterator[Node]:
    """The documents of a text, in order; those before a fault are still given.

    Raises:
        TreeError: The text is no YAML, or passes the limits.
    """
    builder = _Builder(text)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
            if builder.finished is not None:
                yield builder.finished
                builder.finished = None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(p for p in (error.context, error.problem) if p) or "unreadable"
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        raise TreeError(
            f"This is invalid YAML: {words[:200]}.", line=line, column=column
        ) from error
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0) or 0
        reason = getattr(error, "reason", None) or "a character that YAML does not allow"
        raise TreeError(
            f"This is invalid YAML: {reason}.", line=text.count("\n", 0, position) + 1, column=1
        ) from error


class _Builder:
    """Puts events together."""

    def __init__(self, text: str) -> None:
        self.finished: Node | None = None
        self._lines = text.split("\n")
        self._root: Node | None = None
        self._open: list[Sequence | Mapping] = []
        self._keys: list[Scalar | None] = []
        self._anchors: dict[str, Node] = {}
        self._unfinished: dict[int, str] = {}
        self._nodes = 0

    def take(self, event: Any) -> None:
        mark: Any = event.start_mark
        match event:
            case yaml.DocumentEndEvent():
                self.finished, self._root = self._root, None
                self._anchors.clear()
            case yaml.ScalarEvent():
                self._place(self._scalar(event), event)
            case yaml.AliasEvent():
                anchor = str(event.anchor)
                if anchor not in self._anchors:
                    raise _fault(event, f"*{anchor[:60]} is used before it is complete.")
                self._place(self._anchors[anchor], event, alias=True)
            case yaml.SequenceStartEvent():
                node = Sequence(line=mark.line + 1, column=mark.column + 1, tag=_tag(event))
                self._start(node, event)
            case yaml.MappingStartEvent():
                self._start(
                    Mapping(line=mark.line + 1, column=mark.column + 1, tag=_tag(event)), event
                )
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._end()

    def _scalar(self, event: Any) -> Scalar:
        mark = event.start_mark
        plain = event.implicit[0] and event.style in (None, "")
        resolved = _RESOLVER.resolve(yaml.ScalarNode, event.value, (True, False))
        return Scalar(
            line=mark.line + 1,
            column=mark.column + 1,
            text=event.value.replace(HOLE, "\ufffd"),
            string=not plain or resolved == _STRING,
            inside=self._inside(event) if event.style == "|" else (),
            tag=_tag(event),
        )

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

    def _start(self, node: Sequence | Mapping, event: Any) -> None:
        if len(self._open) >= MOST_DEPTH:
            raise _fault(event, f"This is nested deeper than {MOST_DEPTH} levels.")
        self._place(node, event)
        self._open.append(node)
        self._keys.append(None)
        if event.anchor:
            self._anchors.pop(event.anchor, None)
            self._unfinished[id(node)] = event.anchor

    def _end(self) -> None:
        node = self._open.pop()
        self._keys.pop()
        if isinstance(node, Mapping):
            _merge(node)
        if (anchor := self._unfinished.pop(id(node), None)) is not None:
            self._anchors[anchor] = node

    def _place(self, node: Node, event: Any, *, alias: bool = False) -> None:
        self._nodes += sum(1 for _ in walk(node)) if alias else 1
        if self._nodes > MOST_NODES:
            raise _fault(event, f"This has more than {MOST_NODES:,} values.")
        if getattr(event, "anchor", None) and not alias and isinstance(node, Scalar):
            self._anchors[event.anchor] = node
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            mark = event.start_mark
            self._keys[-1] = (
                node
                if isinstance(node, Scalar)
                else Scalar(line=mark.line + 1, column=mark.column + 1, text="?")
            )
        else:
            parent.pairs.append((key, node))
            self._keys[-1] = None


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
