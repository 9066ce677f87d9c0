"""CloudFormation templates: roles and OIDC providers, in YAML with its short tags or in JSON.

Source: AWS CloudFormation User Guide, "Intrinsic function reference"; AWS::IAM::Role, AWS::IAM::OIDCProvider.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diagnostics.document.json_tree import embedded
from diagnostics.document.tree import HOLE, Mapping, Node, Scalar, Sequence, TreeError, at, text_at
from diagnostics.lint.policy_source import path_of, policy_of
from diagnostics.lint.provider import provider_findings

if TYPE_CHECKING:
    from diagnostics.lint.sources import Sources

_VARIABLE: Final = re.compile(r"\$\{(?!!)([^{}]{1,200})\}")


def cloudformation(node: Mapping, file: str, out: Sources) -> None:
    """Read every resource that matters here."""
    resources = at(node, "Resources")
    if not isinstance(resources, Mapping):
        return
    for key, resource in resources.pairs:
        kind = text_at(resource, "Type")
        label = f"{key.text} ({kind})"
        if kind == "AWS::IAM::Role":
            _role(resource, file, key.text, label, out)
        elif kind == "AWS::IAM::OIDCProvider":
            ids = at(resource, "Properties", "ClientIdList")
            url = at(resource, "Properties", "Url")
            out.findings.extend(
                provider_findings(
                    file,
                    label,
                    url=resolved(url) if url is not None else None,
                    client_ids=resolved(ids) if ids is not None else None,
                    place=key,
                )
            )


def _role(resource: Node, file: str, address: str, label: str, out: Sources) -> None:
    document = at(resource, "Properties", "AssumeRolePolicyDocument")
    if document is None:
        return
    written = at(resource, "Properties", "RoleName")
    name = text_at(resolved(written)) if written is not None else None
    try:
        policy = policy_of(_document(document), file, label, role=name, address=address)
    except TreeError as error:
        out.unreadable(file, error, label)
        return
    path = at(resource, "Properties", "Path")
    policy.path = path_of(resolved(path) if path is not None else None)
    out.policies.append(policy)


def _document(node: Node) -> Node:
    """The policy as a tree, whether it is written as one or as JSON in a string."""
    value = resolved(node)
    if isinstance(value, Scalar) and value.text.lstrip().startswith("{"):
        return embedded(value)
    return value


def resolved(node: Node, depth: int = 0) -> Node:
    """A tree in which every intrinsic function is a hole, or a text with holes."""
    if depth > 100:  # noqa: PLR2004  the tree itself is no deeper
        return node
    if node.tag:
        return _intrinsic(node.tag[1:], node, node)
    if isinstance(node, Mapping) and len(node.pairs) == 1:
        key, value = node.pairs[0]
        if key.text == "Ref" or key.text.startswith("Fn::"):
            return _intrinsic(key.text.removeprefix("Fn::"), value, node)
    if isinstance(node, Mapping):
        return Mapping(
            line=node.line,
            column=node.column,
            pairs=[(key, resolved(value, depth + 1)) for key, value in node.pairs],
        )
    if isinstance(node, Sequence):
        return Sequence(
            line=node.line,
            column=node.column,
            items=[resolved(item, depth + 1) for item in node.items],
        )
    return node


def _intrinsic(name: str, value: Node, place: Node) -> Scalar:
    if name == "Sub":
        first = value.items[0] if isinstance(value, Sequence) and value.items else value
        if isinstance(first, Scalar):
            holes = tuple(m[1].strip()[:120] for m in _VARIABLE.finditer(first.text))
            return Scalar(
                line=first.line,
                column=first.column,
                text=_VARIABLE.sub(HOLE, first.text).replace("${!", "${"),
                holes=holes,
                inside=first.inside,
                widths=tuple(len(m[0]) for m in _VARIABLE.finditer(first.text)),
            )
    shown = value.text if isinstance(value, Scalar) else "…"
    return Scalar(line=place.line, column=place.column, text=HOLE, holes=(f"{name} {shown}"[:120],))
