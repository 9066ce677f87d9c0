"""Lists: what a query selects, in pages.

Source: Kubernetes, "Kubernetes API Concepts", "Retrieving large results sets in chunks".
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING

from diagnostics.text.whole_number import whole_number
from sandbox.kube.resources import name_of, namespace_of
from sandbox.kube.selectors import matches_fields, matches_labels
from sandbox.kube.status import ApiError, bad_request, expired

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.kube.resources import Object, Resource
    from sandbox.kube.store import Store


def page_of(
    store: Store, resource: Resource, namespace: str | None, query: Mapping[str, str]
) -> Object:
    """The page that a query asks for.

    Raises:
        ApiError: It asks for a watch, for no number of items, or for what can't be selected.
    """
    if query.get("watch") in ("1", "true"):
        raise ApiError(405, "MethodNotAllowed", "watching is not served here; list again")
    asked = query.get("limit", "0")
    limit = whole_number(asked, digits=9)
    if limit is None:
        raise bad_request(f"limit: {asked[:20]!r} is no number")
    after = _continued(query.get("continue", ""))
    labels, fields = query.get("labelSelector", ""), query.get("fieldSelector", "")
    # Refused even where there is nothing to select from.
    nothing: Object = {"metadata": {}}
    matches_labels(labels, nothing)
    matches_fields(fields, nothing)
    found = [
        item
        for item in store.list(resource, namespace)
        if (namespace_of(item) or "", name_of(item)) > after
        and matches_labels(labels, item)
        and matches_fields(fields, item)
    ]
    meta: Object = {"resourceVersion": str(store.version)}
    most = limit or len(found)
    if len(found) > most:
        last = found[most - 1]
        meta["continue"] = _token(namespace_of(last) or "", name_of(last))
        meta["remainingItemCount"] = len(found) - most
    items = [
        {key: value for key, value in item.items() if key not in ("kind", "apiVersion")}
        for item in found[:most]
    ]
    return {
        "kind": f"{resource.kind}List",
        "apiVersion": resource.api_version,
        "metadata": meta,
        "items": items,
    }


def _token(namespace: str, name: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([namespace, name]).encode()).decode()


def _continued(token: str) -> tuple[str, str]:
    if not token:
        return ("", "")
    try:
        namespace, name = json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError, TypeError) as error:
        raise expired() from error
    return (str(namespace), str(name))
