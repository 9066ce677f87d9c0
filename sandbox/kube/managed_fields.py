"""Who wrote which field: metadata.managedFields.

Source: Kubernetes, "Server-Side Apply", "Field management". Lists count as one field here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.kube.resources import Object

Path: TypeAlias = tuple[str, ...]

_SERVERS_OWN: Final = frozenset(
    {
        ("apiVersion",),
        ("kind",),
        ("status",),
        *(
            ("metadata", key)
            for key in (
                "creationTimestamp",
                "generation",
                "managedFields",
                "name",
                "namespace",
                "resourceVersion",
                "uid",
            )
        ),
    }
)
"""What nobody owns."""


def claimed(before: Object | None, after: Object, *, manager: str, time: str) -> list[Any]:
    """The new managedFields: what changed belongs to who changed it."""
    old = dict(_leaves(before)) if before else {}
    new = dict(_leaves(after))
    changed = {path for path, value in new.items() if path not in old or old[path] != value}
    entries: list[Any] = []
    mine = set(changed)
    for entry in (before or {}).get("metadata", {}).get("managedFields", []):
        owned = {path for path in _paths(entry["fieldsV1"]) if path in new}
        if entry["manager"] == manager:
            mine |= owned
            if not changed and owned:
                entries.append({**entry, "fieldsV1": _tree(owned)})
            continue
        kept = owned - changed
        if kept:
            entries.append({**entry, "fieldsV1": _tree(kept)})
    if changed:
        entries.append(
            {
                "manager": manager,
                "operation": "Update",
                "apiVersion": after["apiVersion"],
                "time": time,
                "fieldsType": "FieldsV1",
                "fieldsV1": _tree(mine),
            }
        )
    return entries


def _leaves(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    if at in _SERVERS_OWN:
        return
    if isinstance(value, dict) and (value or not at):
        for key, inner in value.items():
            yield from _leaves(inner, (*at, key))
    else:
        yield at, value


def _tree(paths: set[Path]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for path in sorted(paths):
        node = root
        for key in path:
            node = node.setdefault(f"f:{key}", {})
    return root


def _paths(tree: dict[str, Any], at: Path = ()) -> Iterator[Path]:
    for key, inner in tree.items():
        here = (*at, key.removeprefix("f:"))
        if inner:
            yield from _paths(inner, here)
        else:
            yield here
