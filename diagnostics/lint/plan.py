"""Terraform's plan as JSON (`terraform show -json`): every value is known that can be before the apply.

Source: HashiCorp, "JSON Output Format", values representation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.document.json_tree import embedded
from diagnostics.document.tree import Mapping, Node, Scalar, TreeError, at, items_at, text_at
from diagnostics.lint.annotations import keep_account
from diagnostics.lint.policy_source import path_of, policy_of
from diagnostics.lint.provider import provider_findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.lint.sources import Sources


def plan(node: Mapping, file: str, out: Sources) -> None:
    """Read the planned values of every module."""
    root = at(node, "planned_values", "root_module") or at(node, "values", "root_module")
    for resource in _resources(root):
        kind = text_at(resource, "type")
        address = text_at(resource, "address") or "?"
        values = at(resource, "values")
        if kind == "aws_iam_role":
            _role(values, file, address, out)
        elif kind in ("kubernetes_service_account", "kubernetes_service_account_v1"):
            _account(values, file, address, out)
        elif kind == "aws_iam_openid_connect_provider":
            out.findings.extend(
                provider_findings(
                    file,
                    address,
                    url=at(values, "url"),
                    client_ids=at(values, "client_id_list"),
                    place=resource,
                )
            )


def _resources(root: Node | None) -> Iterator[Node]:
    stack = [root] if root is not None else []
    while stack:
        module = stack.pop()
        yield from items_at(module, "resources")
        stack.extend(items_at(module, "child_modules"))


def _role(values: Node | None, file: str, address: str, out: Sources) -> None:
    text = at(values, "assume_role_policy")
    if not isinstance(text, Scalar) or text.is_null:
        return
    try:
        policy = policy_of(
            embedded(text), file, address, role=text_at(values, "name"), address=address
        )
    except TreeError as error:
        out.unreadable(file, error, address)
        return
    policy.path, policy.arn = path_of(at(values, "path")), text_at(values, "arn")
    out.policies.append(policy)


def _account(values: Node | None, file: str, address: str, out: Sources) -> None:
    meta = at(values, "metadata", 0)
    annotations = at(meta, "annotations")
    name = text_at(meta, "name")
    if not isinstance(annotations, Mapping) or name is None:
        return
    keep_account(
        out,
        file=file,
        annotations=annotations,
        namespace=text_at(meta, "namespace"),
        name=name,
        object_=address,
    )
