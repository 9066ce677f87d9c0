"""The objects of one cluster, with the versions that make concurrent writers conflict."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

from sandbox.kube.managed_fields import claimed
from sandbox.kube.resources import Object, Resource, name_of, namespace_of
from sandbox.kube.status import conflict, exists, invalid, not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FIXED: Final = ("uid", "creationTimestamp", "name", "namespace")


T = TypeVar("T")


def stamp(at: datetime) -> str:
    """Write a time as Kubernetes does: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def copied(value: T) -> T:
    """A copy of a JSON value that shares nothing with it; `copy.deepcopy` takes ten times as long."""
    if isinstance(value, dict):
        return {key: copied(one) for key, one in value.items()}  # type: ignore[return-value]  # the shape stays
    if isinstance(value, list):
        return [copied(one) for one in value]  # type: ignore[return-value]  # the shape stays
    return value


class Store:
    """Objects by kind, namespace and name.

    Args:
        now: The time that new objects and fields get.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.version = 1
        """Of the last write; every write has a higher one."""
        self._objects: dict[str, dict[tuple[str, str], Object]] = {}

    def clear(self) -> None:
        """Forget everything; versions go on counting, as in a cluster that was emptied."""
        self._objects.clear()

    def get(self, resource: Resource, namespace: str | None, name: str) -> Object:
        """Return a copy of an object.

        Raises:
            ApiError: 404.
        """
        return copied(self._own(resource, namespace, name))

    def find(self, resource: Resource, namespace: str | None, name: str) -> Object | None:
        """Return a copy of an object, or None."""
        found = self._of(resource).get((namespace or "", name))
        return copied(found)

    def list(
        self,
        resource: Resource,
        namespace: str | None = None,
        *,
        where: Callable[[Object], bool] | None = None,
    ) -> Iterator[Object]:
        """Yield copies of the objects in the order of namespace and name, of those only that `where` holds for."""
        for key, found in sorted(self._of(resource).items()):
            if namespace in (None, key[0]) and (where is None or where(found)):
                yield copied(found)

    def create(
        self, resource: Resource, body: Object, *, manager: str, dry_run: bool = False
    ) -> Object:
        """Add an object.

        Raises:
            ApiError: 409, there is one of that name.
        """
        created = copied(body)
        key = (namespace_of(created) or "", name_of(created))
        if key in self._of(resource):
            raise exists(resource, key[1])
        meta = created["metadata"]
        meta.pop("managedFields", None)
        meta["uid"] = str(uuid.uuid4())
        meta["creationTimestamp"] = stamp(self.now())
        created |= {"apiVersion": resource.api_version, "kind": resource.kind}
        if "spec" in created:
            meta["generation"] = 1
        meta["managedFields"] = claimed(None, created, manager=manager, time=stamp(self.now()))
        return self._keep(resource, key, created, dry_run=dry_run)

    def replace(
        self, resource: Resource, body: Object, *, manager: str, dry_run: bool = False
    ) -> Object:
        """Write an object anew, provided that it is still the one that the caller saw.

        Raises:
            ApiError: 404, or 409 for another `uid` or `resourceVersion`, or 422 for another name.
        """
        changed = copied(body)
        name, namespace = name_of(changed), namespace_of(changed)
        before = self._own(resource, namespace, name)
        meta, old = changed["metadata"], before["metadata"]
        if meta.get("uid", old["uid"]) != old["uid"]:
            raise conflict(
                resource,
                name,
                f"Precondition failed: UID in precondition: {meta['uid']}, UID in object meta: {old['uid']}",
            )
        if meta.get("resourceVersion", old["resourceVersion"]) != old["resourceVersion"]:
            raise conflict(resource, name)
        meta |= {key: old[key] for key in (*_FIXED, "resourceVersion") if key in old}
        meta["managedFields"] = old.get("managedFields", [])
        if changed.get("spec") != before.get("spec"):
            meta["generation"] = old.get("generation", 0) + 1
        if changed == before:
            return copied(before)
        meta["managedFields"] = claimed(before, changed, manager=manager, time=stamp(self.now()))
        return self._keep(resource, (namespace or "", name), changed, dry_run=dry_run)

    def set_status(self, resource: Resource, found: Object, status: Object) -> None:
        """Write what a controller saw; nothing is written where it is what stands there."""
        own = self._own(resource, namespace_of(found), name_of(found))
        if own.get("status") != status:
            self._keep(
                resource,
                (namespace_of(found) or "", name_of(found)),
                {**own, "status": copied(status)},
                dry_run=False,
            )

    def delete(
        self,
        resource: Resource,
        namespace: str | None,
        name: str,
        *,
        uid: str | None = None,
        dry_run: bool = False,
    ) -> Object:
        """Remove an object and what it owns.

        Raises:
            ApiError: 404, or 409 for another `uid`.
        """
        gone = self._own(resource, namespace, name)
        if uid is not None and uid != gone["metadata"]["uid"]:
            raise conflict(resource, name, f"Precondition failed: UID in precondition: {uid}")
        if not dry_run:
            del self._of(resource)[namespace or "", name]
            self.version += 1
            self._collect(gone["metadata"]["uid"])
        return copied(gone)

    def _collect(self, owner: str) -> None:
        """Remove what an object that is gone owned, and so on."""
        for objects in self._objects.values():
            orphans = [
                key
                for key, found in objects.items()
                if any(ref["uid"] == owner for ref in found["metadata"].get("ownerReferences", ()))
            ]
            for key in orphans:
                orphan = objects.pop(key)
                self._collect(orphan["metadata"]["uid"])

    def _keep(
        self, resource: Resource, key: tuple[str, str], found: Object, *, dry_run: bool
    ) -> Object:
        if not dry_run:
            self.version += 1
            found["metadata"]["resourceVersion"] = str(self.version)
            self._of(resource)[key] = found
        return copied(found)

    def _own(self, resource: Resource, namespace: str | None, name: str) -> Object:
        found = self._of(resource).get((namespace or "", name))
        if found is None:
            raise not_found(resource, name)
        return found

    def _of(self, resource: Resource) -> dict[tuple[str, str], Object]:
        return self._objects.setdefault(resource.qualified, {})


def checked(resource: Resource, body: object, namespace: str | None) -> Object:
    """Read the body of a create or an update.

    Raises:
        ApiError: 400 or 422: it is no object of this kind.
    """
    if not isinstance(body, dict) or not isinstance(body.setdefault("metadata", {}), dict):
        raise invalid("the body is no Kubernetes object")
    meta = body["metadata"]
    if body.get("kind", resource.kind) != resource.kind:
        raise invalid(f"the object is a {str(body['kind'])[:63]}, expected {resource.kind}")
    if resource.namespaced:
        if meta.setdefault("namespace", namespace) != namespace:
            raise invalid("the namespace of the object does not match the namespace on the request")
    else:
        meta.pop("namespace", None)
    if "name" not in meta and isinstance(meta.get("generateName"), str):
        meta["name"] = f"{meta['generateName']}{uuid.uuid4().hex[:5]}"
    if not isinstance(meta.get("name"), str) or not meta["name"]:
        raise invalid(
            f'{resource.kind} "" is invalid: metadata.name: Required value: name or generateName is required'
        )
    for field in ("annotations", "labels"):
        values = meta.get(field)
        if values is None:
            meta.pop(field, None)
        elif not isinstance(values, dict) or not all(
            isinstance(part, str) for item in values.items() for part in item
        ):
            raise invalid(f"metadata.{field}: expected a map of strings to strings")
    return body
