"""Terraform's JSON form (`.tf.json`, what CDK for Terraform writes) to the same blocks as the native one.

Source: HashiCorp, "JSON Configuration Syntax": keys nest as labels do, strings are templates, and without a provider's
schema only the name tells a nested block from an attribute.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from diagnostics.document.hcl_tree import Block, read_hcl
from diagnostics.document.json_tree import read_json
from diagnostics.document.tree import Mapping, Node, Scalar, Sequence, TreeError, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

_LABELS: Final = {"resource": 2, "data": 2, "module": 1}
_BLOCKS: Final = frozenset(
    {"metadata", "statement", "condition", "principals", "not_principals", "dynamic"}
)
"""Of the resources and data sources that are read here."""
_COMMENT: Final = "//"
_LONGEST: Final = 100_000


def read_terraform_json(text: str) -> Block:
    """The file as a block without name that holds the others.

    Raises:
        TreeError: It is no JSON object.
    """
    root = read_json(text)
    if not isinstance(root, Mapping):
        raise TreeError("Terraform's JSON form is an object.", line=1, column=1)
    out = Block(kind="", labels=(), line=1, column=1)
    for key, value in root.pairs:
        if key.text == "locals":
            out.blocks.extend(_block("locals", (), key, body) for body in _bodies(value))
        elif key.text in _LABELS:
            out.blocks.extend(_labelled(key.text, (), key, value, _LABELS[key.text]))
    return out


def _labelled(
    kind: str, labels: tuple[str, ...], key: Scalar, value: Node, missing: int
) -> Iterator[Block]:
    for body in _bodies(value):
        if not missing:
            yield _block(kind, labels, key, body)
            continue
        for name, inner in body.pairs:
            if name.text != _COMMENT:
                yield from _labelled(kind, (*labels, name.text), name, inner, missing - 1)


def _block(kind: str, labels: tuple[str, ...], key: Scalar, body: Mapping) -> Block:
    out = Block(kind=kind, labels=labels, line=key.line, column=key.column)
    nested = kind not in ("locals", "module")
    for name, value in body.pairs:
        if name.text == _COMMENT:
            continue
        if nested and name.text == "dynamic":
            out.blocks.extend(_labelled("dynamic", (), name, value, 1))
        elif nested and name.text in _BLOCKS and not isinstance(value, Scalar):
            out.blocks.extend(_block(name.text, (), name, one) for one in _bodies(value))
        else:
            out.attributes[name.text] = _evaluated(value)
    return out


def _bodies(value: Node) -> Iterator[Mapping]:
    """An object, or each object of a list."""
    for one in value.items if isinstance(value, Sequence) else (value,):
        if isinstance(one, Mapping):
            yield one


def _evaluated(value: Node) -> Node:
    """The value with its strings read as templates; the reader has bounded its depth."""
    if isinstance(value, Scalar):
        return _template(value)
    if isinstance(value, Sequence):
        items = [_evaluated(item) for item in value.items]
        return Sequence(line=value.line, column=value.column, items=items)
    pairs: list[tuple[Scalar, Node]] = []
    for key, inner in value.pairs:
        name = _template(key)
        pairs.append((name if isinstance(name, Scalar) else key, _evaluated(inner)))
    return Mapping(line=value.line, column=value.column, pairs=pairs)


def _template(value: Scalar) -> Node:
    text = value.text
    if not value.string or ("${" not in text and "%{" not in text) or len(text) > _LONGEST:
        return value
    if text.startswith("${") and text.endswith("}"):
        whole = _expression(text[2:-1])
        if whole is not None:
            return _placed(whole, value)
    quoted = _expression(json.dumps(text))
    return value if quoted is None else _placed(quoted, value)


def _expression(text: str) -> Node | None:
    """An expression of the native form; None where it is none."""
    try:
        return read_hcl(f"x = {text}\n").attributes.get("x")
    except TreeError:
        return None


def _placed(node: Node, place: Scalar) -> Node:
    """Put everything in a tree, keys too, where the string stands that it was written in."""
    for one in walk(node):
        one.line, one.column = place.line, place.column
        if isinstance(one, Scalar):
            one.inside, one.widths = (), ()
        elif isinstance(one, Mapping):
            for key, _ in one.pairs:
                key.line, key.column = place.line, place.column
    return node
