"""The three patches that Kubernetes takes.

Sources: RFC 6902 (JSON patch), RFC 7386 (merge patch); Kubernetes, "Update API Objects in Place Using
kubectl patch" and the patchMergeKey of each list in the API reference (strategic merge patch).
"""

from __future__ import annotations

import copy
from typing import Any, Final

import jsonpatch
from jsonpointer import JsonPointerException

from sandbox.kube.status import ApiError, bad_request, invalid, unsupported_patch

MOST_OPERATIONS: Final = 10_000
"""Source: k8s.io/apiserver, maxJSONPatchOperations."""

MERGE_KEYS: Final = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "ports": "containerPort",
    "imagePullSecrets": "name",
    "conditions": "type",
    "webhooks": "name",
    "ownerReferences": "uid",
}
"""The lists that a strategic merge patch merges by a key; every other list is replaced."""


def patched(found: dict[str, Any], patch: Any, content_type: str) -> dict[str, Any]:
    """Apply a patch to a copy of an object.

    Raises:
        ApiError: 415 for a kind of patch that is not taken, 422 for a test that fails, 400 for nonsense.
    """
    kind = content_type.partition(";")[0].strip()
    if kind == "application/json-patch+json":
        return _json_patched(found, patch)
    if not isinstance(patch, dict):
        raise bad_request("a merge patch must be a JSON object")
    if kind == "application/merge-patch+json":
        return _merged(found, patch)
    if kind == "application/strategic-merge-patch+json":
        return strategic(found, patch)
    raise unsupported_patch(kind)


def _json_patched(found: dict[str, Any], patch: Any) -> dict[str, Any]:
    if not isinstance(patch, list):
        raise bad_request("a JSON patch must be an array of operations")
    if len(patch) > MOST_OPERATIONS:
        raise ApiError(
            413,
            "RequestEntityTooLarge",
            f"the allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {len(patch)}",
        )
    try:
        result = jsonpatch.apply_patch(copy.deepcopy(found), patch)
    except jsonpatch.JsonPatchTestFailed as error:
        raise invalid("the server rejected our request due to an error in our request") from error
    except (jsonpatch.JsonPatchException, JsonPointerException, TypeError, KeyError) as error:
        raise invalid(
            f"the server rejected our request due to an error in our request: {error}"
        ) from error
    if not isinstance(result, dict) or not isinstance(result.get("metadata"), dict):
        raise invalid("a patch must leave an object")
    return result


def _merged(found: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    result = dict(found)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            before = result.get(key)
            result[key] = _merged(before if isinstance(before, dict) else {}, value)
        else:
            result[key] = value
    return result


def strategic(found: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Merge as kubectl's default patch does: some lists by key, `$patch: delete` and `replace` honoured."""
    if patch.get("$patch") == "replace":
        return {key: value for key, value in patch.items() if key != "$patch"}
    result = dict(found)
    for key, value in patch.items():
        if key.startswith("$"):
            continue
        before = result.get(key)
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            result[key] = strategic(before if isinstance(before, dict) else {}, value)
        elif isinstance(value, list) and isinstance(before, list) and key in MERGE_KEYS:
            result[key] = _by_key(before, value, MERGE_KEYS[key])
        else:
            result[key] = value
    return result


def _by_key(before: list[Any], patch: list[Any], key: str) -> list[Any]:
    result = {item.get(key) if isinstance(item, dict) else None: item for item in before}
    for item in patch:
        if not isinstance(item, dict) or key not in item:
            raise invalid(f"map: {item!r} does not contain declared merge key: {key}"[:300])
        name = item[key]
        if not isinstance(name, str | int):
            raise invalid(f"the merge key {key} must be a string or a number")
        if item.get("$patch") == "delete":
            result.pop(name, None)
        else:
            result[name] = strategic(result.get(name, {}), item)
    return list(result.values())
