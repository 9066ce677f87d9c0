"""The writer of one cluster: looks again, rehearses on the server, then writes under a precondition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import ValidationError

from bot.clients.kube import mapping, wire
from bot.clients.kube.errors import BROKEN, NOT_SENT, broken, refused, short, status_of
from bot.clients.kube.reader import ClusterReader
from bot.clients.kube.request import EVENT, SERVICE_ACCOUNT, WORKLOADS, Request, can_exist
from bot.clients.not_written import not_written, perhaps_written
from diagnostics.errors import OutcomeUnknown, ReadError, Stale, WriteError
from diagnostics.evidence import RESTARTED_AT
from diagnostics.languages import say

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clients.kube.access import Bearer, ClusterAccess
    from bot.clients.kube.endpoint import Endpoint
    from bot.clients.kube.request import Answer, Kind
    from diagnostics.evidence import ServiceAccount, Workload
    from diagnostics.fleet import WorkloadRef

W = TypeVar("W", bound=wire.Wire)

FIELD_MANAGER: Final = "irsa-doctor"
RESTARTABLE: Final = ("Deployment", "StatefulSet", "DaemonSet")
_ROUNDS: Final = 3
"""How often a write is tried anew when something else of the object changed in between."""


class _Moved(Exception):
    """The object is another than the one just read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patch:
    kind: Kind
    namespace: str
    name: str
    body: Any
    content_type: str

    def request(self, *, dry: bool) -> Request:
        query = {"fieldManager": FIELD_MANAGER}
        return Request(
            method="PATCH",
            path=self.kind.path(self.namespace, self.name),
            verb="patch",
            resource=self.kind.plural,
            group=self.kind.group,
            namespace=self.namespace,
            name=self.name,
            query={**query, "dryRun": "All"} if dry else query,
            body=self.body,
            content_type=self.content_type,
        )


class ClusterWriter:
    """Fulfils `diagnostics.clients.KubernetesWriter`."""

    def __init__(self, access: ClusterAccess) -> None:
        self._access = access
        self._reader = ClusterReader(access)

    async def annotate_service_account(
        self,
        *,
        namespace: str,
        name: str,
        uid: str,
        key: str,
        before: str | None,
        after: str | None,
    ) -> ServiceAccount:
        """Set or remove one annotation, provided that it still has the value `before`."""
        if before == after:
            raise WriteError(say("annotation {key} is to stay as it is: nothing to write", key=key))
        message = ""
        for _ in range(_ROUNDS):
            account = await self._service_account(namespace, name)
            if account.uid != uid:
                raise Stale(
                    f"service account {namespace}/{name} (uid)", expected=uid, found=account.uid
                )
            if account.annotations.get(key) != before:
                raise Stale(
                    f"annotation {key}", expected=before, found=account.annotations.get(key)
                )
            try:
                patch = _Patch(
                    kind=SERVICE_ACCOUNT,
                    namespace=namespace,
                    name=name,
                    body=_annotation_patch(account, key, after),
                    content_type="application/json-patch+json",
                )
                written = await self._patch(patch, wire.ServiceAccount)
            except _Moved as moved:
                message = str(moved)
                continue
            return mapping.service_account(written)
        raise WriteError(say("the API server refused the change: {message}", message=message))

    async def restart_workload(
        self, *, namespace: str, ref: WorkloadRef, uid: str, at: datetime
    ) -> Workload:
        """Stamp the pod template with the time, as `kubectl rollout restart` does."""
        if ref.kind not in RESTARTABLE:
            raise WriteError(
                say(
                    "a {kind} can't be restarted; delete its pods, or start it anew by hand",
                    kind=ref.kind,
                )
            )
        kind = WORKLOADS[ref.kind]
        message = ""
        for _ in range(_ROUNDS):
            found = await self._workload(kind, namespace, ref)
            if found.metadata.uid != uid:
                raise Stale(f"{ref} in {namespace} (uid)", expected=uid, found=found.metadata.uid)
            if found.spec.paused:
                raise WriteError(
                    say(
                        "{workload} in {namespace} is paused; run `{command}` first",
                        workload=ref,
                        namespace=namespace,
                        command=f"kubectl -n {namespace} rollout resume {ref}",
                    )
                )
            stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            body = {
                "metadata": {"uid": uid},
                "spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: stamp}}}},
            }
            try:
                patch = _Patch(
                    kind=kind,
                    namespace=namespace,
                    name=ref.name,
                    body=body,
                    content_type="application/strategic-merge-patch+json",
                )
                written = await self._patch(patch, wire.Workload)
            except _Moved as moved:
                message = str(moved)
                continue
            return mapping.workload(ref.kind, written)
        raise WriteError(say("the API server refused the restart: {message}", message=message))

    async def leave_event(
        self, *, namespace: str, kind: str, name: str, uid: str, message: str, at: datetime
    ) -> None:
        """Create an event on an object, as whoever changed it."""
        stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        group = WORKLOADS[kind].group if kind in WORKLOADS else ""
        request = Request(
            method="POST",
            path=EVENT.path(namespace),
            verb="create",
            resource=EVENT.plural,
            namespace=namespace,
            query={"fieldManager": FIELD_MANAGER},
            body={
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"generateName": "irsa-doctor-", "namespace": namespace},
                "involvedObject": {
                    "apiVersion": f"{group}/v1" if group else "v1",
                    "kind": kind,
                    "namespace": namespace,
                    "name": name,
                    "uid": uid,
                },
                "reason": "IrsaDoctorFix",
                "message": message,
                "type": "Normal",
                "source": {"component": FIELD_MANAGER},
                "firstTimestamp": stamp,
                "lastTimestamp": stamp,
                "count": 1,
            },
        )
        if not can_exist(namespace, name):
            raise WriteError(f"{namespace[:80]}/{name[:80]} can't be an object's name")
        try:
            endpoint, bearer = await self._access.ready()
        except ReadError as error:
            raise not_written(error) from error
        try:
            await self._send(request, endpoint, bearer)
        except _Moved as moved:
            raise WriteError(f"no event was created: {moved}") from moved

    async def _service_account(self, namespace: str, name: str) -> ServiceAccount:
        try:
            found = await self._reader.service_account(namespace, name)
        except ReadError as error:
            raise not_written(error) from error
        if found is None:
            what = f"service account {namespace}/{name}"
            raise Stale(what, expected="present", found=None)
        return found

    async def _workload(self, kind: Kind, namespace: str, ref: WorkloadRef) -> wire.Workload:
        if not can_exist(namespace, ref.name):
            raise Stale(f"{ref} in {namespace}", expected="present", found=None)
        request = Request(
            method="GET",
            path=kind.path(namespace, ref.name),
            verb="get",
            resource=kind.plural,
            group=kind.group,
            namespace=namespace,
            name=ref.name,
        )
        try:
            found = await self._reader.object(request, wire.Workload)
        except ReadError as error:
            raise not_written(error) from error
        if found is None:
            raise Stale(f"{ref} in {namespace}", expected="present", found=None)
        return found

    async def _patch(self, patch: _Patch, model: type[W]) -> W:
        """Rehearse a patch on the server, then make it.

        Raises:
            _Moved: The precondition no longer holds.
            WriteError: See `KubernetesWriter`.
        """
        try:
            endpoint, bearer = await self._access.ready()
        except ReadError as error:
            raise not_written(error) from error
        await self._send(patch.request(dry=True), endpoint, bearer)
        answer = await self._send(patch.request(dry=False), endpoint, bearer)
        try:
            return model.model_validate_json(answer.body)
        except ValidationError as error:
            raise OutcomeUnknown(
                say("it may have been written: the answer can't be read")
            ) from error

    async def _send(self, request: Request, endpoint: Endpoint, bearer: Bearer) -> Answer:
        cluster = self._access.entry.name
        dry = "dryRun" in request.query
        try:
            answer = await self._access.exchange(request)
        except ReadError as error:
            raise not_written(error) from error
        except BROKEN as error:
            told = broken(error, cluster=cluster, url=endpoint.url)
            if dry or isinstance(error, NOT_SENT):
                raise not_written(told) from error
            raise perhaps_written(told) from error
        if answer.ok:
            return answer
        if answer.status in (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY):
            raise _Moved(short(status_of(answer).message))
        if answer.status == HTTPStatus.NOT_FOUND:
            raise _Moved("it is gone")
        told = refused(answer, request, cluster=cluster, principal=bearer.principal)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not dry:
            raise perhaps_written(told)
        raise not_written(told)


def _annotation_patch(account: ServiceAccount, key: str, after: str | None) -> list[Any]:
    """Write the change as JSON patch that tests what was read.

    Source: RFC 6902; `~` and `/` in a key are escaped as RFC 6901 says.
    """
    path = f"/metadata/annotations/{key.replace('~', '~0').replace('/', '~1')}"
    tests: list[Any] = [
        {"op": "test", "path": "/metadata/uid", "value": account.uid},
        {"op": "test", "path": "/metadata/resourceVersion", "value": account.resource_version},
    ]
    if key in account.annotations:
        tests.append({"op": "test", "path": path, "value": account.annotations[key]})
    if after is None:
        return [*tests, {"op": "remove", "path": path}]
    if not account.annotations:
        return [*tests, {"op": "add", "path": "/metadata/annotations", "value": {key: after}}]
    return [*tests, {"op": "add", "path": path, "value": after}]
