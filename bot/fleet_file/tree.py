"""The fleet file's YAML as a tree that knows where each value stands: one document, no tags, plain keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from bot.fleet_file.faults import Fault
from diagnostics.document.tree import Scalar
from diagnostics.document.yaml_events import NotYaml, place_of, plain_tag, yaml_events
from diagnostics.document.yaml_tree import YamlTreeBuilder

if TYPE_CHECKING:
    from diagnostics.document.tree import Mapping, Node, Sequence

MOST_DEPTH: Final = 32
MOST_NODES: Final = 200_000


class TreeFaults(Exception):
    """The text is no YAML that can be read further."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*(fault.words for fault in faults))
        self.faults = faults


def read_tree(text: str) -> Node | None:
    """Read one YAML document; None where there is none.

    Raises:
        TreeFaults: The text is no YAML, has more than one document, or goes beyond the limits.
    """
    builder = _Builder(text)
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


def value_at(entry: Mapping, key: str) -> Scalar | None:
    """The single value under a key; None where there is none, or something else."""
    node = entry.get(key)
    return node if isinstance(node, Scalar) and not node.is_null else None


def fault_at(node: Node, field: str, words: str) -> Fault:
    """A fault at the place of a node."""
    return Fault(line=node.line, column=node.column, field=field, words=words)


def kind_of(value: Scalar) -> str:
    """Name what YAML made of a value that is no text, for a message."""
    return {"int": "a number", "float": "a number", "bool": "a yes/no value"}.get(
        plain_tag(value.text).rpartition(":")[2], "something other than text"
    )


class _Builder(YamlTreeBuilder):
    most_depth = MOST_DEPTH
    most_nodes = MOST_NODES

    def scalar(self, event: Any) -> Scalar:
        if event.tag not in (None, "!"):
            raise _fault(event, f"the tag {event.tag} is not allowed; write the plain value")
        return super().scalar(event)

    def key(self, node: Node, event: Any) -> Scalar:
        if not isinstance(node, Scalar):
            raise _fault(event, "a key must be a plain word")
        return node

    def complete(self, node: Sequence | Mapping) -> None:
        """Nothing is merged: `<<` is refused as an unknown field."""

    def fault_of_depth(self, event: Any) -> TreeFaults:
        return _fault(event, f"nested deeper than {MOST_DEPTH} levels")

    def fault_of_number(self, event: Any) -> TreeFaults:
        return _fault(event, f"more than {MOST_NODES:,} values")

    def fault_of_alias(self, event: Any) -> TreeFaults:
        return _fault(event, f"*{event.anchor} is used inside itself")


def _fault(event: Any, words: str) -> TreeFaults:
    line, column = place_of(event)
    return TreeFaults(Fault(line=line, column=column, field="", words=words))
