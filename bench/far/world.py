"""The embedded world behind relays, in a process of its own: `python -m bench.far.world SECONDS`.

It prints one line of JSON that says how it is reached, then answers each line on standard input with one of its own,
until that is closed. AWS is behind TLS as it is in earnest, keeps connections open, and API servers remember who a
token is of, as real ones do for two minutes.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import yaml
from aiohttp import web
from botocore.httpsession import get_cert_path
from moto.eks.models import eks_backends

from bench.far.relay import Relay
from sandbox.kube.tls import new_authority
from sandbox.listening import listening
from sandbox.world import world as worlds
from sandbox.world.servers import Embedded, authenticator_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from sandbox.kube.access import User
    from sandbox.kube.eks_tokens import EksAuthenticator


SERVICES = ("STS", "IAM", "EKS", "ORGANIZATIONS", "CLOUDTRAIL")
"""Each has an address of its own, so that no connection to one serves another."""
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "us-west-2")


class FarWorld(worlds.World):
    """A world whose every call travels.

    Args:
        latency: Seconds on each call.
        folder: Where the authority's certificate and the fleet file go.
        more: Further clusters, of further accounts, which EKS lists and nobody can reach.
    """

    def __init__(self, *, latency: float, folder: Path, more: int = 0) -> None:
        super().__init__()
        self.more = more
        self.latency = latency
        self.folder = folder
        self.front = new_authority()
        self.ca_file = folder / "ca.pem"
        # As long as the one that AWS is trusted by: to read it costs time.
        usual = Path(str(get_cert_path(verify=True))).read_text(encoding="utf-8")
        self.ca_file.write_text(usual + self.front.pem, encoding="utf-8")
        self.aws = {name: Relay(tls=self.front.server, latency=latency) for name in SERVICES}
        self.kube: list[tuple[str, float]] = []
        """Each call at an API server, and the seconds that it took once it had arrived."""
        self._far = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for relay in self.aws.values():
            await self._far.enter_async_context(relay)
        patched: Any = worlds
        patched.authenticator_of = self._authenticator
        try:
            await super().__aenter__()
        finally:
            patched.authenticator_of = authenticator_of
        near = super().environ()
        for name, relay in self.aws.items():
            relay.upstream = near.get(f"AWS_ENDPOINT_URL_{name}", near["AWS_ENDPOINT_URL"])
        for cluster in self.clusters:
            server = self._servers[cluster.name]
            assert isinstance(server, Embedded)
            app = server.api.app()
            app.middlewares.append(self._travelling)
            url = await listening(self._far, app, self.front.server)
            made = eks_backends[cluster.account.id][cluster.region].clusters[cluster.eks_name]
            made.endpoint = url
            made.certificate_authority = {
                "data": base64.b64encode(self.front.pem.encode()).decode()
            }
        self.fleet_yaml(self.folder / "fleet.yaml")
        return self

    def fleet_yaml(self, path: Path | None = None) -> str:
        """Write the fleet file, with the further accounts."""
        fleet = yaml.safe_load(super().fleet_yaml())
        for number in range(self.more):
            account, region = f"{500_000_000_000 + number * 3 // 4}", REGIONS[number % len(REGIONS)]
            clusters = eks_backends[account][region]
            if not clusters.clusters.get(f"more-{number}"):
                made = clusters.create_cluster(
                    name=f"more-{number}",
                    role_arn=f"arn:aws:iam::{account}:role/eks",
                    resources_vpc_config={"subnetIds": ["subnet-0a1b2c3d"]},
                    version="1.34",
                )
                made.identity = {
                    "oidc": {"issuer": f"https://oidc.eks.{region}.amazonaws.com/id/{number:032X}"}
                }
            known = {a["id"]: a for a in fleet["accounts"]}
            if account not in known:
                entry = {"id": account, "name": f"more-{account}", "read_role": "irsa-doctor-read"}
                fleet["accounts"].append({**entry, "regions": [region]})
            elif region not in known[account]["regions"]:
                known[account]["regions"].append(region)
        text = yaml.safe_dump(fleet, sort_keys=False)
        if path is not None:
            path.write_text(text, encoding="utf-8")
        return text

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._far.aclose()
        await super().__aexit__(kind, error, trace)

    def environ(self) -> dict[str, str]:
        """AWS_* for the bot's process: the relays, once they stand."""
        near = super().environ()
        if not all(relay.upstream for relay in self.aws.values()):
            return near
        relays = {f"AWS_ENDPOINT_URL_{name}": relay.url for name, relay in self.aws.items()}
        return {**near, **relays, "AWS_CA_BUNDLE": str(self.ca_file)}

    def taken(self) -> dict[str, list[float]]:
        """Seconds that calls took since somebody last asked: of AWS by operation, of Kubernetes by the path's end."""
        told: dict[str, list[float]] = {}
        for services in (*(relay.services for relay in self.aws.values()), self.kube):
            for name, seconds in services:
                told.setdefault(name, []).append(seconds)
            services.clear()
        return told

    @web.middleware
    async def _travelling(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        await asyncio.sleep(self.latency)
        start = time.perf_counter()
        try:
            return await handler(request)
        finally:
            named = request.path.rstrip("/").rpartition("/")[2]
            self.kube.append((named, time.perf_counter() - start))

    def _authenticator(self, *arguments: Any) -> Any:
        inner = authenticator_of(*arguments)
        return _Remembers(inner, front=self.aws["STS"].url)


@dataclass(slots=True)
class _Remembers:
    """An authenticator that takes tokens for the relay's address, and asks STS behind it, once for each token."""

    inner: EksAuthenticator
    front: str
    known: dict[str, asyncio.Task[User | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        inside, ask = self.inner._sts, self.inner._caller  # noqa: SLF001  the bench's own world
        self.inner._sts = self.front  # noqa: SLF001

        async def caller(presigned: Any) -> str | None:
            url = presigned.url.replace(self.front, inside)
            return await ask(type(presigned)(url=url, base=inside, host="", query=presigned.query))

        self.inner._caller = caller  # type: ignore[method-assign]  # noqa: SLF001

    async def user(self, token: str) -> User | None:
        """Name the bearer of a token."""
        if token not in self.known:
            self.known[token] = asyncio.create_task(self.inner.user(token))
        return await self.known[token]

    async def close(self) -> None:
        """Close the connections to STS."""
        await self.inner.close()


async def serve(latency: float) -> None:
    """Run until standard input is closed."""
    with tempfile.TemporaryDirectory(prefix="irsa-bench-") as folder:
        async with FarWorld(latency=latency, folder=Path(folder)) as world:
            way = {"environ": world.environ(), "fleet": str(world.folder / "fleet.yaml")}
            print(json.dumps(way), flush=True)
            while await asyncio.to_thread(sys.stdin.readline):
                print(json.dumps(world.taken()), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
