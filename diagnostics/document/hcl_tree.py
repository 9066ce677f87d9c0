"""Terraform's language to blocks and trees; what only Terraform can work out becomes a hole.

Source: HashiCorp, "HCL Native Syntax Specification"; the grammar is tree-sitter-hcl's, which reads past faults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import tree_sitter_hcl
from tree_sitter import Language, Parser

from diagnostics.document.tree import HOLE, MOST_DEPTH, Mapping, Node, Scalar, Sequence, TreeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node as Syntax

_ESCAPE: Final = re.compile(r"\\(?:([nrt\"\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_PLAIN: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_WRAPPERS: Final = frozenset({"expression", "literal_value", "template_expr", "collection_value"})
_SHOWN: Final = 120
_SAME: Final = frozenset(
    {"jsonencode", "yamlencode", "yamldecode", "tostring", "toset", "tolist", "sensitive"}
)
"""Functions whose argument is read in place of what they make of it."""
_VERB: Final = re.compile(r"%[svdq]")


@dataclass(slots=True, kw_only=True)
class Block:
    """One block, such as `resource "aws_iam_role" "api" { … }`."""

    kind: str
    labels: tuple[str, ...]
    line: int
    column: int
    attributes: dict[str, Node] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    @property
    def address(self) -> str:
        """How Terraform names it: `aws_iam_role.api`, `data.aws_iam_policy_document.trust`, `module.irsa`."""
        head = {"resource": (), "data": ("data",)}.get(self.kind, (self.kind,))
        return ".".join((*head, *self.labels))

    def named(self, kind: str) -> Iterator[Block]:
        """The blocks of a kind inside."""
        return (block for block in self.blocks if block.kind == kind)

    @property
    def dynamic(self) -> frozenset[str]:
        """The kinds of blocks that are generated, so that what is written is not all."""
        return frozenset(b.labels[0] for b in self.blocks if b.kind == "dynamic" and b.labels)


def read_hcl(text: str) -> Block:
    """The file as a block without name that holds the others.

    Raises:
        TreeError: The text does not follow the grammar; the first fault is told.
    """
    raw = text.encode()
    tree = Parser(Language(tree_sitter_hcl.language())).parse(raw)
    if tree.root_node.has_error:
        raise _fault(tree.root_node, raw)
    return _Reader(raw).file(tree.root_node)


def _fault(root: Syntax, raw: bytes) -> TreeError:
    """Find the first place that the grammar could not read."""
    cursor = root.walk()
    while True:
        node = cursor.node
        assert node is not None
        if node.is_missing or node.is_error:
            lines = raw.split(b"\n", node.start_point.row + 1)
            row = lines[node.start_point.row] if node.start_point.row < len(lines) else b""
            column = len(row[: node.start_point.column].decode("utf-8", "replace")) + 1
            return TreeError(
                "This is invalid Terraform: it can't be read from here on.",
                line=node.start_point.row + 1,
                column=column,
            )
        if node.has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return TreeError("This is invalid Terraform.", line=1, column=1)


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._rows = raw.split(b"\n")

    def file(self, root: Syntax) -> Block:
        out = Block(kind="", labels=(), line=1, column=1)
        for child in root.named_children:
            if child.type == "body":
                self._body(child, out, 0)
        return out

    def _body(self, body: Syntax, out: Block, depth: int) -> None:
        if depth > MOST_DEPTH:
            raise TreeError(
                f"This is nested deeper than {MOST_DEPTH} levels.",
                line=body.start_point.row + 1,
                column=1,
            )
        for child in body.named_children:
            if child.type == "attribute":
                parts = [c for c in child.named_children if c.type != "comment"]
                if len(parts) >= 2:  # noqa: PLR2004  name and expression
                    name = self._text(parts[0])
                    out.attributes[name] = self._value(parts[-1], depth + 1)
            elif child.type == "block":
                out.blocks.append(self._block(child, depth + 1))

    def _block(self, node: Syntax, depth: int) -> Block:
        names: list[str] = []
        line, column = self._place(node)
        out = Block(kind="", labels=(), line=line, column=column)
        for child in node.named_children:
            if child.type == "identifier":
                names.append(self._text(child))
            elif child.type == "string_lit":
                names.append(self._string(child).text)
            elif child.type == "body":
                self._body(child, out, depth)
        out.kind, out.labels = (names[0] if names else ""), tuple(names[1:])
        return out

    def _value(self, node: Syntax, depth: int) -> Node:  # noqa: PLR0911  one kind of expression each
        if depth > MOST_DEPTH:
            return self._hole(node)
        inner = [c for c in node.named_children if c.type != "comment"]
        if node.type in _WRAPPERS:
            return self._value(inner[0], depth + 1) if len(inner) == 1 else self._hole(node)
        match node.type:
            case "string_lit" | "quoted_template":
                return self._string(node)
            case "heredoc_template":
                return self._heredoc(node)
            case "numeric_lit" | "bool_lit" | "null_lit":
                line, column = self._place(node)
                return Scalar(line=line, column=column, text=self._text(node), string=False)
            case "tuple":
                line, column = self._place(node)
                items = [self._value(c, depth + 1) for c in inner if c.type == "expression"]
                return Sequence(line=line, column=column, items=items)
            case "object":
                return self._object(node, depth)
            case "function_call":
                return self._call(node, inner, depth)
            case _:
                return self._hole(node)

    def _object(self, node: Syntax, depth: int) -> Mapping:
        line, column = self._place(node)
        out = Mapping(line=line, column=column)
        for child in node.named_children:
            parts = [c for c in child.named_children if c.type == "expression"]
            if child.type == "object_elem" and len(parts) == 2:  # noqa: PLR2004  key and value
                out.pairs.append((self._key(parts[0], depth), self._value(parts[1], depth + 1)))
        return out

    def _key(self, node: Syntax, depth: int) -> Scalar:
        bare = node.named_children
        if len(bare) == 1 and bare[0].type == "variable_expr":
            line, column = self._place(node)
            return Scalar(line=line, column=column, text=self._text(node))
        value = self._value(node, depth + 1)
        return value if isinstance(value, Scalar) else self._hole(node)

    def _call(self, node: Syntax, inner: list[Syntax], depth: int) -> Node:
        name = self._text(inner[0])
        arguments = [
            a
            for part in inner[1:]
            if part.type == "function_arguments"
            for a in part.named_children
            if a.type == "expression"
        ]
        if name in _SAME and len(arguments) == 1:
            return self._value(arguments[0], depth + 1)
        if name == "format" and arguments:
            return self._format(node, arguments, depth)
        return self._hole(node)

    def _format(self, node: Syntax, arguments: list[Syntax], depth: int) -> Scalar:
        """What `format` makes, its arguments being holes."""
        pattern = self._value(arguments[0], depth + 1)
        count = len(arguments) - 1
        if not isinstance(pattern, Scalar) or pattern.holes or pattern.text.count("%") != count:
            return self._hole(node)
        text = _VERB.sub(HOLE, pattern.text)
        if text.count(HOLE) != count:
            return self._hole(node)
        names = tuple(" ".join(self._text(a).split())[:_SHOWN] for a in arguments[1:])
        return Scalar(line=pattern.line, column=pattern.column, text=text, holes=names)

    def _string(self, node: Syntax) -> Scalar:
        line, column = self._place(node)
        parts, holes = self._parts(node, escapes=True)
        return Scalar(line=line, column=column, text="".join(parts), holes=tuple(holes))

    def _heredoc(self, node: Syntax) -> Scalar:
        parts, holes = self._parts(node, escapes=False)
        line = node.start_point.row + 2
        text = "".join(parts)
        inside = tuple((line + index, 1) for index in range(text.count("\n") + 1))
        widths = tuple(
            len(self._text(child))
            for child in node.children
            if child.type in ("template_interpolation", "template_directive")
        )
        return Scalar(
            line=line, column=1, text=text, holes=tuple(holes), inside=inside, widths=widths
        )

    def _parts(self, node: Syntax, *, escapes: bool) -> tuple[list[str], list[str]]:
        parts: list[str] = []
        holes: list[str] = []
        last = None
        for child in node.children:
            if child.type == "template_literal":
                start = child.start_byte
                # The grammar leaves out blanks before a literal, and before an expression.
                if last is not None and last < start:
                    start = last
                text = self._raw[start : child.end_byte].decode("utf-8", "replace")
                text = text.replace(HOLE, "\ufffd").replace("$${", "${").replace("%%{", "%{")
                parts.append(_ESCAPE.sub(_unescaped, text) if escapes else text)
            elif child.type in ("template_interpolation", "template_directive"):
                if last is not None and last < child.start_byte:
                    parts.append(self._raw[last : child.start_byte].decode("utf-8", "replace"))
                parts.append(HOLE)
                expression = self._text(child).removeprefix("${").removesuffix("}").strip("~ ")
                holes.append(" ".join(expression.split())[:_SHOWN])
            elif child.type == "heredoc_start":
                continue
            elif child.type == "quoted_template_start":
                last = child.end_byte
            if child.type in ("template_literal", "template_interpolation", "template_directive"):
                last = child.end_byte
            elif child.type == "heredoc_identifier" and last is None:
                newline = self._raw.find(b"\n", child.end_byte)
                last = newline + 1 if newline >= 0 else child.end_byte
        return parts, holes

    def _hole(self, node: Syntax) -> Scalar:
        line, column = self._place(node)
        text = " ".join(
            self._raw[node.start_byte : node.start_byte + 400].decode("utf-8", "replace").split()
        )
        if node.end_byte - node.start_byte <= 400:  # noqa: PLR2004  as above
            text = " ".join(self._text(node).split())
        return Scalar(line=line, column=column, text=HOLE, holes=(text[:_SHOWN],))

    def _place(self, node: Syntax) -> tuple[int, int]:
        row = node.start_point.row
        before = self._rows[row][: node.start_point.column] if row < len(self._rows) else b""
        return row + 1, len(before.decode("utf-8", "replace")) + 1

    def _text(self, node: Syntax) -> str:
        return self._raw[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        return _PLAIN[match[1]]
    number = int(match[2] or match[3], 16)
    return chr(number) if number < 0x110000 else "\ufffd"  # noqa: PLR2004  the last code point
