"""From the tree to the models; pydantic's errors become faults with a place."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bot.fleet_file.cross import cross_faults
from bot.fleet_file.faults import shown
from bot.fleet_file.models import SECTIONS, FleetDocument
from bot.fleet_file.tree import fault_at, kind_of
from diagnostics.document.tree import Mapping, Scalar, Sequence, walk
from diagnostics.text.whole_number import whole_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from bot.fleet_file.faults import Fault
    from diagnostics.document.tree import Node

_TYPE_WORDS = {
    "missing": "missing; it is required",
    "literal_error": "version 1 is expected; write `version: 1`",
    "model_type": "an entry of `field: value` lines is expected",
    "dict_type": "an entry of `field: value` lines is expected",
    "tuple_type": "a list is expected; put `- ` in front of each entry",
}


def check(root: Mapping) -> tuple[FleetDocument | None, tuple[Fault, ...]]:
    """Validate a tree: the document if there is no fault, and all faults."""
    faults = [*_duplicate_keys(root), *cross_faults(root)]
    document = None
    try:
        document = FleetDocument.model_validate(_plain(root))
    except ValidationError as error:
        faults += [_fault(root, detail) for detail in error.errors()]
    return (None if faults else document), tuple(faults)


def _plain(node: Node) -> Any:
    match node:
        case Mapping():
            return {key.text: _plain(value) for key, value in node.pairs}
        case Sequence():
            return tuple(_plain(item) for item in node.items)
        case Scalar(string=True):
            return node.text
        case Scalar(is_null=True):
            return None
        case Scalar():
            # Only `version` is a number; anything else that is no text is refused by its field.
            number = whole_number(node.text, digits=2)
            return node if number is None else number


def _duplicate_keys(root: Mapping) -> Iterator[Fault]:
    for node in walk(root):
        if not isinstance(node, Mapping):
            continue
        first: dict[str, Scalar] = {}
        for key, _ in node.pairs:
            if (earlier := first.setdefault(key.text, key)) is not key:
                words = f"written twice; the first is in line {earlier.line}, remove one"
                yield fault_at(key, key.text, words)


def _fault(root: Mapping, detail: ErrorDetails) -> Fault:
    location = detail["loc"]
    node = _nearest(root, location)
    key = _key(root, location) if detail["type"] == "extra_forbidden" else None
    return fault_at(key or node, _path(location), _words(detail, location, node))


def _nearest(root: Mapping, location: tuple[int | str, ...]) -> Node:
    """Return the node at a location, or the deepest one on the way to it."""
    node: Node = root
    for step in location:
        inner: Node | None = None
        if isinstance(node, Mapping) and isinstance(step, str):
            inner = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            inner = node.items[step]
        if inner is None:
            break
        node = inner
    return node


def _key(root: Mapping, location: tuple[int | str, ...]) -> Scalar | None:
    parent = _nearest(root, location[:-1])
    if not isinstance(parent, Mapping):
        return None
    return next((key for key, _ in parent.pairs if key.text == location[-1]), None)


def _path(location: tuple[int | str, ...]) -> str:
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f"{'.' if text else ''}{step[:100]}"
    return text


def _words(detail: ErrorDetails, location: tuple[int | str, ...], node: Node) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_field(location)
    if kind == "string_type":
        return _no_text(node)
    return _TYPE_WORDS.get(kind, detail["msg"])


def _unknown_field(location: tuple[int | str, ...]) -> str:
    name = str(location[-1])
    if name == "<<":
        return "YAML merge keys are not supported; write the fields out"
    section = SECTIONS.get(str(location[0])) if len(location) > 1 else FleetDocument
    fields = [f.alias or n for n, f in (section or FleetDocument).model_fields.items()]
    near = get_close_matches(name[:50], fields, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(fields)}"
    return f"unknown field {shown(name)}; {hint}"


def _no_text(node: Node) -> str:
    if isinstance(node, Scalar) and not node.is_null:
        return f'YAML reads {node.text[:80]} as {kind_of(node)}; quote it: "{node.text[:80]}"'
    if isinstance(node, Scalar):
        return "empty; a text is expected"
    return "a text is expected here, not a list or a block of fields"
