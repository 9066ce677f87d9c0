"""Kustomizations and their patches: what they put on service accounts, in every form that kustomize takes.

Source: Kustomize, fields patches, patchesStrategicMerge, patchesJson6902, commonAnnotations; RFC 6902, JSON Patch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.document.tree import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    TreeError,
    at,
    items_at,
    text_at,
)
from diagnostics.document.yaml_tree import embedded_yaml
from diagnostics.lint.annotations import judge_annotations
from diagnostics.lint.kubernetes import kubernetes, misplaced
from diagnostics.lint.strings_only import API_SERVER, KUSTOMIZE, WEBHOOK, not_strings

if TYPE_CHECKING:
    from diagnostics.lint.sources import Sources

_ANNOTATIONS: Final = ("metadata", "annotations")
_WRITES: Final = frozenset({"add", "replace", "test"})
_PATCHES: Final = ("patches", "patchesJson6902", "patchesStrategicMerge")
_MOST: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What a patch is for, as far as it says so."""

    kind: str | None = None
    namespace: str | None = None
    name: str | None = None

    @property
    def shown(self) -> str:
        where = f"{self.namespace}/" if self.namespace else ""
        return f"patch of {self.kind or 'an object'} {where}{self.name or ''}".rstrip()


def is_kustomization(node: Mapping, file: str) -> bool:
    """Whether a document is one; kustomize takes a file of that name without kind and version too."""
    version = text_at(node, "apiVersion") or ""
    if version:
        return version.startswith("kustomize.config.k8s.io/")
    name = file.replace("\\", "/").rpartition("/")[2].lower()
    return name.partition(".")[0] == "kustomization" and node.get("kind") is None


def kustomization(node: Mapping, file: str, out: Sources) -> None:
    """Read what a kustomization puts on objects, and its inline patches."""
    for field, what in (("commonAnnotations", "annotation"), ("commonLabels", "label")):
        common = node.get(field)
        if isinstance(common, Mapping):
            out.findings.extend(
                not_strings(
                    common, file=file, object_=field, refusal=KUSTOMIZE, every=True, what=what
                )
            )
    for field in _PATCHES:
        for entry in items_at(node, field)[:_MOST]:
            patch = entry if isinstance(entry, Scalar) else at(entry, "patch")
            if isinstance(patch, Scalar) and "\n" in patch.text.strip():
                _inline(patch, _target(at(entry, "target")), file, out)


def _target(node: Node | None) -> _Target:
    return _Target(
        kind=text_at(node, "kind"), namespace=text_at(node, "namespace"), name=text_at(node, "name")
    )


def _inline(patch: Scalar, target: _Target, file: str, out: Sources) -> None:
    try:
        for node in embedded_yaml(patch):
            if isinstance(node, Mapping):
                kubernetes(node, file, out)
            elif is_json_patch(node):
                json_patch(node, file, out, target)
    except TreeError as error:
        if WEBHOOK in patch.text:
            out.unreadable(file, error, target.shown)


def is_json_patch(node: Node) -> bool:
    """Whether a list is one of operations on fields."""
    return (
        isinstance(node, Sequence)
        and bool(node.items)
        and all(
            text_at(one, "op") is not None and (text_at(one, "path") or "").startswith("/")
            for one in node.items[:20]
        )
    )


def json_patch(node: Node, file: str, out: Sources, target: _Target | None = None) -> None:
    """Read the operations that write annotations."""
    target = target or _Target()
    for one in items_at(node)[:_MOST]:
        path, value = at(one, "path"), at(one, "value")
        if not isinstance(path, Scalar) or value is None or text_at(one, "op") not in _WRITES:
            continue
        steps = tuple(s.replace("~1", "/").replace("~0", "~") for s in path.text.split("/")[1:])
        if steps[-2:] == _ANNOTATIONS and isinstance(value, Mapping):
            _written(value, steps[:-2], file, out, target, key_written=None)
        elif steps[-3:-1] == _ANNOTATIONS:
            key = Scalar(line=path.line, column=path.column, text=steps[-1], plain=True)
            pairs = Mapping(line=path.line, column=path.column, pairs=[(key, value)])
            _written(pairs, steps[:-3], file, out, target, key_written=_as_written(one))


def _as_written(operation: Node) -> str:
    """How the key `value` stands in the file."""
    key = operation.key("value") if isinstance(operation, Mapping) else None
    return "value" if key is None or key.plain else '"value"'


def _written(
    values: Mapping,
    above: tuple[str, ...],
    file: str,
    out: Sources,
    target: _Target,
    *,
    key_written: str | None,
) -> None:
    if above or target.kind not in (None, "ServiceAccount"):
        out.findings.extend(
            not_strings(
                values,
                file=file,
                object_=target.shown,
                refusal=API_SERVER,
                every=False,
                key_written=key_written,
            )
        )
        misplaced(values, file, target.shown, "the pod template" if above else "the workload", out)
        return
    known = Mapping(
        line=values.line,
        column=values.column,
        pairs=[p for p in values.pairs if target.kind or p[0].text.startswith(WEBHOOK)],
    )
    judge_annotations(
        out,
        file=file,
        annotations=known,
        namespace=target.namespace,
        name=target.name,
        object_=target.shown,
        strings=API_SERVER,
        key_written=key_written,
    )
