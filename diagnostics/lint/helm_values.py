"""Values of Helm charts: the annotations that charts put on their service accounts.

Source: Helm, the chart that `helm create` writes: serviceAccount.name and serviceAccount.annotations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.document.tree import Mapping, Sequence, at, text_at
from diagnostics.evidence import AUDIENCE, DEFAULT_AUDIENCE, ROLE_ARN
from diagnostics.lint.annotations import annotation_findings
from diagnostics.lint.finding import Spot
from diagnostics.lint.sources import AccountSource

if TYPE_CHECKING:
    from diagnostics.document.tree import Node
    from diagnostics.lint.sources import Sources

_MOST = 50_000


def helm_values(values: Mapping, file: str, out: Sources) -> bool:
    """Read every `serviceAccount` with annotations, at any depth; whether there is one."""
    found = False
    stack: list[Node] = [values]
    seen = 0
    while stack and seen < _MOST:
        node = stack.pop()
        seen += 1
        if isinstance(node, Sequence):
            stack.extend(node.items)
        elif isinstance(node, Mapping):
            for key, value in node.pairs:
                if key.text == "serviceAccount" and isinstance(value, Mapping):
                    found = _account(value, file, out) or found
                stack.append(value)
    return found


def _account(value: Mapping, file: str, out: Sources) -> bool:
    annotations = at(value, "annotations")
    if not isinstance(annotations, Mapping):
        return False
    name = text_at(value, "name")
    out.findings.extend(
        annotation_findings(
            file=file,
            annotations=annotations,
            namespace=None,
            name=name or "?",
            object_=f"values: serviceAccount {name or ''}".rstrip(),
        )
    )
    role = at(annotations, ROLE_ARN)
    if role is not None and name is not None:
        out.accounts.append(
            AccountSource(
                spot=Spot(file=file, line=role.line, column=role.column),
                name=name,
                namespace=None,
                role_arn=text_at(annotations, ROLE_ARN),
                audience=text_at(annotations, AUDIENCE) or DEFAULT_AUDIENCE,
            )
        )
    return True
