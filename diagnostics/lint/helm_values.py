"""Values of Helm charts: the annotations that charts put on their service accounts.

Source: Helm, the chart that `helm create` writes: serviceAccount.name and serviceAccount.annotations.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from diagnostics.document.tree import Mapping, Scalar, Sequence, TreeError, at, items_at, text_at
from diagnostics.document.yaml_tree import embedded_yaml
from diagnostics.lint.annotations import keep_account
from diagnostics.lint.strings_only import Refusal
from diagnostics.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.document.tree import Node
    from diagnostics.lint.sources import Sources

_MOST: Final = 50_000
_CHART: Final = Refusal(
    words="so the API server refuses the object of a chart that copies it with toYaml, as those of `helm create` do",
    severity=Severity.RISK,
)


def values_of(kind: str, spec: Node | None) -> Iterator[Node]:
    """The Helm values of a Flux HelmRelease, or of an Argo CD Application, as a mapping or as text.

    Source: Flux, HelmRelease API; Argo CD, Application specification, helm.valuesObject and helm.values.
    """
    if kind == "HelmRelease" and (values := at(spec, "values")) is not None:
        yield values
    if kind != "Application":
        return
    for source in (at(spec, "source"), *items_at(spec, "sources")):
        if (values := at(source, "helm", "valuesObject")) is not None:
            yield values
        text = at(source, "helm", "values")
        if isinstance(text, Scalar) and "serviceAccount" in text.text:
            # What can't be read may be a template; Argo CD says so itself.
            with suppress(TreeError):
                yield from embedded_yaml(text)


def helm_values(values: Mapping, file: str, out: Sources, *, terraform: bool = False) -> bool:
    """Read every `serviceAccount` with annotations, at any depth; whether there is one.

    Args:
        values: All of them.
        file: Where they are written.
        out: Where to.
        terraform: Whether they are written as an expression of Terraform.
    """
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
                    found = _account(value, file, out, terraform=terraform) or found
                stack.append(value)
    return found


def _account(value: Mapping, file: str, out: Sources, *, terraform: bool) -> bool:
    annotations = at(value, "annotations")
    if not isinstance(annotations, Mapping):
        return False
    name = text_at(value, "name")
    keep_account(
        out,
        file=file,
        annotations=annotations,
        namespace=None,
        name=name,
        object_=f"values: serviceAccount {name or ''}".rstrip(),
        strings=_CHART,
        terraform=terraform,
    )
    return True
