"""Terraform's data source `aws_iam_policy_document` as the policy that it makes.

Source: Terraform AWS provider, data source aws_iam_policy_document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.document.tree import HOLE, Scalar, items_at
from diagnostics.iam.json_text import escape
from diagnostics.lint.finding import Spot
from diagnostics.lint.policy_source import PolicySource, add

if TYPE_CHECKING:
    from collections.abc import Callable

    from diagnostics.document.hcl_tree import Block
    from diagnostics.document.tree import Node
    from diagnostics.iam.json_text import Json

_ELEMENTS: Final = {
    "effect": "Effect",
    "sid": "Sid",
    "actions": "Action",
    "not_actions": "NotAction",
}


def document_of(
    block: Block, file: str, known: Callable[[Node], Node], *, of_a_role: bool
) -> PolicySource | None:
    """The policy, where it is a trust policy; None for any other.

    Args:
        block: The data source.
        file: Where it is written.
        known: Puts in what is written elsewhere.
        of_a_role: Whether a role of the sources has it; without, it is told by what it says.
    """
    statements = list(block.named("statement"))
    if not any(
        any(inner.named("principals")) or any(inner.named("not_principals")) for inner in statements
    ):
        return None
    if not of_a_role and not any(_trusts(inner, known) for inner in statements):
        return None
    source = PolicySource(file=file, object=block.address)
    source.partial = bool(
        block.dynamic
        or "source_policy_documents" in block.attributes
        or "override_policy_documents" in block.attributes
        or any(s.dynamic for s in statements)
    )
    source.spots[""] = Spot(file=file, line=block.line, column=block.column)
    out: list[Json] = []
    for index, statement in enumerate(statements):
        out.append(_statement(statement, f"/Statement/{index}", source, known))
    source.document = {"Version": "2012-10-17", "Statement": out}
    return source


def _trusts(statement: Block, known: Callable[[Node], Node]) -> bool:
    """Whether a statement is one of a trust policy, not of a bucket, a key, an endpoint or an organization."""
    if "resources" in statement.attributes or "not_resources" in statement.attributes:
        return False
    actions = statement.attributes.get("actions") or statement.attributes.get("not_actions")
    listed = items_at(known(actions)) if actions is not None else []
    texts = [one.text.lower() for one in listed if isinstance(one, Scalar)]
    return not texts or any(text.startswith(("sts:", HOLE)) or text == "*" for text in texts)


def _statement(
    block: Block, pointer: str, source: PolicySource, known: Callable[[Node], Node]
) -> Json:
    source.spots[pointer] = Spot(file=source.file, line=block.line, column=block.column)
    out: dict[str, Json] = {"Effect": "Allow"}
    for name, element in _ELEMENTS.items():
        value = block.attributes.get(name)
        if value is not None:
            out[element] = add(source, f"{pointer}/{element}", known(value))
    for name, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        principals = _principals(block, name, f"{pointer}/{element}", source, known)
        if principals:
            # Type "*" stands for everybody, and is written so.
            out[element] = "*" if "*" in principals else principals
    conditions = _conditions(block, f"{pointer}/Condition", source, known)
    if conditions:
        out["Condition"] = conditions
    return out


def _principals(
    block: Block, name: str, pointer: str, source: PolicySource, known: Callable[[Node], Node]
) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for principal in block.named(name):
        kind = _text(principal.attributes.get("type"), known) or "Federated"
        source.spots.setdefault(
            pointer, Spot(file=source.file, line=principal.line, column=principal.column)
        )
        value = principal.attributes.get("identifiers")
        if value is not None:
            found = add(source, f"{pointer}/{kind}", known(value))
            before = out.get(kind)
            items = [*_list(before), *_list(found)] if before is not None else found
            out[kind] = items
    return out


def _conditions(
    block: Block, pointer: str, source: PolicySource, known: Callable[[Node], Node]
) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for condition in block.named("condition"):
        test = _text(condition.attributes.get("test"), known) or "StringLike"
        variable = condition.attributes.get("variable")
        values = condition.attributes.get("values")
        if variable is None or values is None:
            continue
        key = known(variable)
        if not isinstance(key, Scalar):
            continue
        below = f"{pointer}/{escape(test)}/{escape(key.text)}"
        place = Spot(file=source.file, line=key.line, column=key.column)
        found = add(source, below, known(values))
        source.keys[below] = place
        if key.holes:
            source.holes[f"{below}#"] = key.holes
        inner = out.setdefault(test, {})
        assert isinstance(inner, dict)
        before = inner.get(key.text)
        inner[key.text] = [*_list(before), *_list(found)] if before is not None else found
        source.spots.setdefault(
            pointer, Spot(file=source.file, line=condition.line, column=condition.column)
        )
    return out


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _text(node: Node | None, known: Callable[[Node], Node]) -> str | None:
    value = known(node) if node is not None else None
    return value.text if isinstance(value, Scalar) and HOLE not in value.text else None
