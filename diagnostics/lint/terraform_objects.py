"""Kubernetes objects and Helm values that Terraform applies, written as its own expressions or as YAML in a string.

Source: providers hashicorp/kubernetes (kubernetes_manifest), gavinbunney/kubectl and alekc/kubectl (kubectl_manifest),
hashicorp/helm (helm_release).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from diagnostics.document.tree import Mapping, Scalar, TreeError, items_at
from diagnostics.document.yaml_tree import embedded_yaml
from diagnostics.lint.helm_values import helm_values
from diagnostics.lint.kubernetes import kubernetes
from diagnostics.lint.strings_only import API_SERVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diagnostics.document.hcl_tree import Block
    from diagnostics.document.tree import Node
    from diagnostics.lint.sources import Sources

_FIELDS: Final = {
    "kubernetes_manifest": "manifest",
    "kubectl_manifest": "yaml_body",
    "helm_release": "values",
}


def terraform_objects(block: Block, file: str, known: Callable[[Node], Node], out: Sources) -> None:
    """Read what a resource applies to a cluster, where it is one that does."""
    kind = block.labels[0] if block.labels else ""
    written = block.attributes.get(_FIELDS.get(kind, ""))
    for one in items_at(known(written)) if written is not None else ():
        written_out = isinstance(one, Mapping)
        for tree in _trees(one):
            if kind == "helm_release":
                helm_values(tree, file, out, terraform=written_out)
            else:
                # Its provider makes a string of a number, as the schema of the cluster has it.
                strings = None if kind == "kubernetes_manifest" else API_SERVER
                kubernetes(tree, file, out, strings=strings, terraform=written_out)


def _trees(value: Node) -> Iterator[Mapping]:
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, Scalar) and not value.unknown:
        # What an expression makes of the text may be YAML where the text alone is none.
        with suppress(TreeError):
            yield from (one for one in embedded_yaml(value) if isinstance(one, Mapping))
