"""Makes the pods that the webhook of a real API server refuses because they lack what it injects."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

import aiohttp

from sandbox.kube.resources import BY_KIND, POD, SERVICE_ACCOUNT, Object, namespace_of

if TYPE_CHECKING:
    from sandbox.world.seeding import Asks

_NOT_FOUND: Final = 404


class PodMaker:
    """Creates one pod at a time, and only as many as their controller asks for: it tries again in between.

    Args:
        cluster: The API as its administrator.
    """

    def __init__(self, cluster: Asks) -> None:
        self._cluster = cluster
        self._wanted: asyncio.Queue[Object] = asyncio.Queue()

    async def account(self, namespace: str, name: str) -> Object | None:
        """The service account, or None."""
        return await self._find(SERVICE_ACCOUNT.path(namespace, name))

    def make(self, pod: Object) -> None:
        """Create this pod soon."""
        self._wanted.put_nowait(pod)

    async def run(self) -> None:
        """Create what is wanted until cancelled."""
        while True:
            pod = await self._wanted.get()
            # Its controller may be gone by now, or the pod be there already.
            with contextlib.suppress(aiohttp.ClientError):
                if await self._is_missing(pod):
                    await self._cluster.request("POST", POD.path(namespace_of(pod)), pod)

    async def _is_missing(self, pod: Object) -> bool:
        reference = next(iter(pod["metadata"].get("ownerReferences", ())), None)
        if reference is None:
            return True
        namespace = namespace_of(pod)
        owner = await self._find(BY_KIND[reference["kind"]].path(namespace, reference["name"]))
        if owner is None or owner["metadata"]["uid"] != reference["uid"]:
            return False
        pods = (await self._cluster.request("GET", POD.path(namespace)))["items"]
        there = [
            found
            for found in pods
            if "deletionTimestamp" not in found["metadata"]
            and any(
                ref["uid"] == reference["uid"]
                for ref in found["metadata"].get("ownerReferences", ())
            )
        ]
        return len(there) < int(owner["spec"].get("replicas", 1))

    async def _find(self, path: str) -> Object | None:
        try:
            found: Object = await self._cluster.request("GET", path)
        except aiohttp.ClientResponseError as error:
            if error.status == _NOT_FOUND:
                return None
            raise
        return found
