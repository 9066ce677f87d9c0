"""The world as one async context manager."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Literal, Self

from sandbox.cloudtrail import CloudTrail, account_of
from sandbox.kube.tls import new_authority
from sandbox.scenarios.load import scenarios
from sandbox.stacked import Stacked
from sandbox.sts import Sts
from sandbox.world.aws import Moto
from sandbox.world.blueprint import blueprint
from sandbox.world.fleet import fleet_text
from sandbox.world.landscape import CLUSTERS, CROWD, MEMBERS, READ_ROLE, cluster_named
from sandbox.world.real import RealCluster
from sandbox.world.seeding import Clock, seed
from sandbox.world.servers import Embedded, StartsControlPlane, authenticator_of
from sandbox.world.state import client, state_of
from sandbox.world.trail import changed_trusts, refused_calls
from sandbox.world.webhooks import webhook_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from sandbox.scenarios.model import Scenario
    from sandbox.world.landscape import Cluster


class World(Stacked):
    """Accounts and clusters on loopback, with all scenarios in them.

    Args:
        kube: The embedded Kubernetes API, or a real one for each cluster.
        clusters: The clusters to start, by name; without it all, or of real ones the first only.
        control_plane: Starts a real API server; needed for `apiserver`.
    """

    def __init__(
        self,
        *,
        kube: Literal["emulator", "apiserver"] = "emulator",
        clusters: Collection[str] | None = None,
        control_plane: StartsControlPlane | None = None,
    ) -> None:
        if (kube == "apiserver") is not (control_plane is not None):
            raise ValueError("kube='apiserver' needs a control_plane, and only that takes one")
        if clusters is None:
            clusters = [c.name for c in (CLUSTERS if control_plane is None else CLUSTERS[:1])]
        if unknown := set(clusters) - {c.name for c in CLUSTERS}:
            raise ValueError(f"the world has no cluster {', '.join(sorted(unknown))}")
        self.clusters: tuple[Cluster, ...] = tuple(c for c in CLUSTERS if c.name in clusters)
        self._control_plane = control_plane
        self._moto = Moto()
        self._clock = Clock()
        self.cloudtrail = CloudTrail(account_of=account_of, now=self._clock)
        self.sts = Sts(accounts=self._moto, keys=self._published, now=self._clock)
        self._authority = new_authority()
        self._stack = AsyncExitStack()
        self._servers: dict[str, Embedded | RealCluster] = {}
        self._iam: dict[str, Any] = {}
        self._busy = asyncio.Lock()

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios of the clusters that were started."""
        names = {cluster.name for cluster in self.clusters}
        return tuple(
            one
            for one in scenarios()
            if one.where.cluster in names and (self._control_plane is None or real_fits(one))
        )

    async def __aenter__(self) -> Self:
        try:
            await self._start()
            await self.seed()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def seed(self) -> None:
        """Put everything as it was at the start, the faults included."""
        async with self._busy:
            await asyncio.to_thread(self._seed_aws)
            self.cloudtrail.forget()
            for record in (
                *refused_calls(self.scenarios, now=self._clock()),
                *changed_trusts(self.scenarios, now=self._clock()),
            ):
                self.cloudtrail.record(record)
            plans = [blueprint(one) for one in self.scenarios]
            for cluster in self.clusters:
                server = self._servers[cluster.name]
                await _emptied(server)
                await seed(
                    server,
                    [plan for plan in plans if plan.cluster is cluster],
                    webhook=webhook_of(cluster, server),
                    clock=self._clock,
                )

    async def reset(self) -> None:
        """The same as `seed`, for whoever wants to start over."""
        await self.seed()

    def environ(self) -> dict[str, str]:
        """AWS_* for the bot's process: its own credentials are those of the management account."""
        return {
            **self._moto.environ(),
            "AWS_ENDPOINT_URL_CLOUDTRAIL": self.cloudtrail.url,
            "IRSA_PROOF_STS_URL": self.sts.url,
        }

    def fleet_yaml(self, path: Path | None = None) -> str:
        """Write the fleet file that fits this world; its text."""
        text = fleet_text(self.clusters, self.scenarios)
        if path is not None:
            path.write_text(text, encoding="utf-8")
        return text

    async def state(self) -> dict[str, Any]:
        """Accounts and clusters as they are now, as JSON for the page."""
        ways = {cluster: self._servers[cluster.name] for cluster in self.clusters}
        return await state_of(ways, self._iam)

    async def kubectl_get(self, cluster: str, path: str) -> Any:
        """Read a path of a cluster's API as its administrator.

        Raises:
            aiohttp.ClientResponseError: The answer is no success.
        """
        return await self.kubectl(cluster, "GET", path)

    async def kubectl(
        self, cluster: str, method: str, path: str, body: Any = None, *, patch: str | None = None
    ) -> Any:
        """Call a cluster's API as its administrator.

        Args:
            cluster: By name.
            method: HTTP's.
            path: With its query.
            body: Sent as JSON.
            patch: `merge`, `strategic-merge` or `json`, for PATCH.

        Raises:
            aiohttp.ClientResponseError: The answer is no success.
        """
        content = f"application/{patch}-patch+json" if patch else "application/json"
        return await self._servers[cluster].request(method, path, body, content_type=content)

    def endpoint(self, cluster: str) -> tuple[str, str]:
        """URL and CA (PEM) of a cluster's API."""
        server = self._servers[cluster]
        return server.url, server.ca_pem

    async def _published(self, issuer: str) -> Mapping[str, Any] | None:
        """The keys of an issuer, as STS would fetch them."""
        for cluster in self.clusters:
            if cluster.issuer_path == issuer:
                keys: Mapping[str, Any] = await self.kubectl_get(cluster.name, "/openid/v1/jwks")
                return keys
        return None

    async def _start(self) -> None:
        await asyncio.to_thread(self._moto.start)
        self._stack.push_async_callback(asyncio.to_thread, self._moto.stop)
        await self._stack.enter_async_context(self.cloudtrail)
        await self._stack.enter_async_context(self.sts)
        for cluster in self.clusters:
            authenticator = authenticator_of(cluster, self._moto, self._clock)
            self._stack.push_async_callback(authenticator.close)
            server: Embedded | RealCluster
            if self._control_plane is None:
                server = Embedded(
                    cluster,
                    authenticator=authenticator,
                    authority=self._authority,
                    now=self._clock,
                )
            else:
                server = RealCluster(
                    cluster,
                    start=self._control_plane,
                    authenticator=authenticator,
                    authority=self._authority,
                )
            self._servers[cluster.name] = await self._stack.enter_async_context(server)
        for account in MEMBERS:
            self._iam[account.id] = await asyncio.to_thread(
                client, "iam", account, environ=self.environ(), role=READ_ROLE
            )

    def _seed_aws(self) -> None:
        self._moto.organize()
        for account in MEMBERS:
            self._moto.empty(account)
            self._moto.add_bot_roles(account)
        for cluster in self.clusters:
            server = self._servers[cluster.name]
            self._moto.add_cluster(cluster, endpoint=server.url, ca_pem=server.ca_pem)
        self._moto.add_providers(CROWD)
        for one in self.scenarios:
            for role in blueprint(one).roles:
                self._moto.add_role(role)
            self._associate(one)

    def _associate(self, scenario: Scenario) -> None:
        role_arn = blueprint(scenario).associated_with
        if role_arn is not None:
            where = scenario.where
            self._moto.associate(
                cluster_named(where.cluster), where.namespace, where.service_account, role_arn
            )


def real_fits(scenario: Scenario) -> bool:
    """Whether a real API server can be brought into this state: a running pod's spec can't be changed there.

    Nor can pods be made as if their service account had not been known.
    """
    return all(fault.do not in ("pod", "made_together") for fault in scenario.faults)


async def _emptied(server: Embedded | RealCluster) -> None:
    if isinstance(server, Embedded):
        server.api.store.clear()
    else:
        await server.empty()
