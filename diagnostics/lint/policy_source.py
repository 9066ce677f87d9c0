"""A trust policy as a source file writes it: the JSON with holes, and where each element stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from diagnostics.document.tree import HOLE, Mapping, Scalar, Sequence
from diagnostics.iam.json_text import escape
from diagnostics.lint.finding import Spot

if TYPE_CHECKING:
    from diagnostics.document.tree import Node
    from diagnostics.iam.json_text import Json

_WORDS: Final = {"true": True, "false": False, "null": None}


@dataclass(slots=True, kw_only=True)
class PolicySource:
    """One trust policy."""

    file: str
    object: str
    """What holds it: `aws_iam_role.api`."""
    document: Json = None
    spots: dict[str, Spot] = field(default_factory=dict)
    """Place of each element, by JSON pointer."""
    keys: dict[str, Spot] = field(default_factory=dict)
    """Place of each key, by the pointer of its value."""
    holes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Expressions of the values with holes, by pointer; those of keys under the pointer of the value and `#`."""
    role: str | None = None
    """The role's name, where it is written out."""
    path: str | None = "/"
    """The role's path; None where an expression makes it."""
    arn: str | None = None
    """The role's ARN, where the source shows it."""
    address: str | None = None
    """How the same sources refer to the role: `aws_iam_role.api`."""
    partial: bool = False
    """Whether more is generated than is written, so that nothing can be said to be missing."""
    generated: bool = False
    """Whether a tool writes the policy itself, so that only who it trusts is of interest."""

    def spot(self, pointer: str) -> Spot:
        """The place of an element, or of the nearest one around it."""
        while pointer not in self.spots and pointer:
            pointer = pointer.rpartition("/")[0]
        return self.spots.get(pointer) or Spot(file=self.file, line=1, column=1)

    def key_spot(self, pointer: str) -> Spot:
        """The place of a key."""
        return self.keys.get(pointer) or self.spot(pointer)


def policy_of(
    node: Node, file: str, object_: str, *, role: str | None, address: str | None = None
) -> PolicySource:
    """Take a tree for a policy document.

    Args:
        node: The document.
        file: The file that writes it.
        object_: What holds it.
        role: The role's name, where it is written out.
        address: How the same sources refer to the role.
    """
    source = PolicySource(file=file, object=object_, role=role, address=address)
    source.document = _json(node, "", source)
    return source


def path_of(node: Node | None) -> str | None:
    """A role's path as a source writes it; None where an expression makes it."""
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return "/"
    return node.text if isinstance(node, Scalar) and HOLE not in node.text else None


def add(source: PolicySource, pointer: str, node: Node) -> Json:
    """Note where a part of a policy stands, and return it as JSON."""
    return _json(node, pointer, source)


def _json(node: Node, pointer: str, source: PolicySource) -> Json:
    source.spots[pointer] = Spot(file=source.file, line=node.line, column=node.column)
    if isinstance(node, Scalar):
        if node.holes:
            source.holes[pointer] = node.holes
        return node.text if node.string else _WORDS.get(node.text.lower(), node.text)
    if isinstance(node, Sequence):
        return [_json(item, f"{pointer}/{i}", source) for i, item in enumerate(node.items)]
    assert isinstance(node, Mapping)
    out: dict[str, Json] = {}
    for key, value in node.pairs:
        below = f"{pointer}/{escape(key.text)}"
        source.keys[below] = Spot(file=source.file, line=key.line, column=key.column)
        if key.holes:
            source.holes[f"{below}#"] = key.holes
        out[key.text] = _json(value, below, source)
    return out
