"""A fleet in memory: the Clients Protocol over plain dictionaries, with reads that can be refused."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from diagnostics.errors import ReadDenied, ReadError, Stale, WriteDenied
from diagnostics.evidence import (
    Cluster,
    ControlPolicies,
    IamRole,
    LoginIssuers,
    OidcProvider,
    Pod,
    PodIdentityAssociation,
    PodIdentityAssociations,
    Pods,
    ProviderArns,
    PublishedKeys,
    RoleSightings,
    ServiceAccount,
    SigningKeys,
    TrustChange,
    TrustChanges,
    Webhooks,
    Workload,
)
from diagnostics.fix.trust import same_policy
from diagnostics.iam import parse
from diagnostics.journal import Call, record
from diagnostics.proof.answer import Asked, Injected, Rehearsal, StsAnswer
from diagnostics.web_identity_call import WebIdentityCalls

if TYPE_CHECKING:
    from diagnostics.fleet import Fleet, FleetCluster, WorkloadRef
    from diagnostics.web_identity_call import WebIdentityCall

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@dataclass
class World:
    """Everything there is; tests edit it before they ask."""

    fleet: Fleet
    clusters: dict[str, Cluster] = field(default_factory=dict)
    roles: dict[tuple[str, str], IamRole] = field(default_factory=dict)
    providers: dict[str, OidcProvider] = field(default_factory=dict)
    accounts: list[ServiceAccount] = field(default_factory=list)
    workloads: list[Workload] = field(default_factory=list)
    pods: list[Pod] = field(default_factory=list)
    webhooks: Webhooks = field(default_factory=Webhooks)
    trail: list[WebIdentityCall] = field(default_factory=list)
    """What CloudTrail recorded, each in the account of its role."""
    sightings: dict[str, RoleSightings] = field(default_factory=dict)
    """What earlier searches saw, by role."""
    refused: dict[str, ReadError] = field(default_factory=dict)
    """Operation to the error that it ends in, such as `GetRole`."""
    may_write: bool = True
    associations: list[PodIdentityAssociation] = field(default_factory=list)
    login_issuers: tuple[str, ...] = ()
    changes: list[TrustChange] = field(default_factory=list)
    policies: dict[str, ControlPolicies] = field(default_factory=dict)
    """Resource control policies by account."""
    published: PublishedKeys | None = None
    """None: the issuer publishes what it should."""
    signing: frozenset[str] = frozenset({"key-1"})
    sts: list[StsAnswer] = field(default_factory=lambda: [StsAnswer(asked=Asked.GIVEN)])
    """What STS answers, one after the other; the last one for ever."""
    events: list[str] = field(default_factory=list)
    """Kubernetes events that were left."""
    rehearsal: Rehearsal = field(default_factory=lambda: Rehearsal(injected=Injected.INJECTED))

    def note(self, operation: str, resource: str) -> None:
        """Record a call, then refuse it where it is to be refused."""
        error = self.refused.get(operation) or self.refused.get("*")
        record(
            Call(
                service="double",
                operation=operation,
                resource=resource,
                at=NOON,
                milliseconds=1.0,
                outcome="ok" if error is None else type(error).__name__,
            )
        )
        if error is not None:
            raise error

    def refuse(self, *operations: str) -> None:
        """Deny operations from now on."""
        for operation in operations:
            self.refused[operation] = ReadDenied(
                f"AccessDenied: not authorized to perform {operation}", enable=f"allow {operation}"
            )


class DoubleClients:
    """The world's clients."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def fleet(self) -> Fleet:
        return self.world.fleet

    def sightings(self, role_arn: str) -> RoleSightings:
        return self.world.sightings.get(role_arn, RoleSightings())

    def aws(self, account_id: str) -> DoubleAws:
        self.world.fleet.account(account_id)
        return DoubleAws(self.world, account_id)

    def organization(self) -> DoubleOrganization:
        return DoubleOrganization(self.world)

    def issuers(self) -> DoubleIssuers:
        return DoubleIssuers(self.world)

    def kubernetes(self, cluster: str) -> DoubleKubernetes:
        self.world.fleet.cluster(cluster)
        return DoubleKubernetes(self.world, cluster)

    def kubernetes_writer(self, cluster: str) -> DoubleWriter:
        self.world.fleet.cluster(cluster)
        if not self.world.may_write:
            raise WriteDenied("the account has no fix role")
        return DoubleWriter(self.world, cluster)

    def trust_writer(self, account_id: str) -> DoubleTrustWriter:
        account = self.world.fleet.account(account_id)
        if account.fix_role is None or not account.allow_trust_policy_fix:
            raise WriteDenied("the account does not allow it")
        return DoubleTrustWriter(self.world)

    def provider_writer(self, account_id: str) -> DoubleProviderWriter:
        account = self.world.fleet.account(account_id)
        if account.fix_role is None or not account.allow_provider_fix:
            raise WriteDenied("the account does not allow it")
        return DoubleProviderWriter(self.world)

    def prover(self, cluster: str) -> DoubleProver:
        self.world.fleet.cluster(cluster)
        return DoubleProver(self.world)


class DoubleAws:
    def __init__(self, world: World, account: str) -> None:
        self.world, self.account = world, account

    async def cluster(self, entry: FleetCluster) -> Cluster | None:
        self.world.note("DescribeCluster", entry.name)
        return self.world.clusters.get(entry.name)

    async def role(self, name: str) -> IamRole | None:
        self.world.note("GetRole", name)
        return self.world.roles.get((self.account, name))

    async def roles_trusting(self, provider_arn: str, subject: str) -> tuple[IamRole, ...]:
        self.world.note("ListRoles", self.account)
        return tuple(
            r
            for (account, _), r in self.world.roles.items()
            if account == self.account
            and subject in r.trust_text
            and f'"{provider_arn}"' in r.trust_text
        )

    async def oidc_provider(self, arn: str) -> OidcProvider | None:
        self.world.note("GetOpenIDConnectProvider", arn)
        return self.world.providers.get(arn)

    async def oidc_provider_arns(self) -> ProviderArns:
        self.world.note("ListOpenIDConnectProviders", self.account)
        items = tuple(a for a, p in self.world.providers.items() if p.account == self.account)
        return ProviderArns(account=self.account, items=items)

    async def web_identity_calls(
        self, region: str, since: datetime, until: datetime
    ) -> WebIdentityCalls:
        self.world.note("LookupEvents", region)
        found = (
            call
            for call in self.world.trail
            if call.role_arn.split(":")[4] == self.account
            and call.region == region
            and since <= call.at <= until
        )
        return WebIdentityCalls(items=tuple(sorted(found, key=lambda c: c.at, reverse=True)))

    async def trust_changes(self, role_name: str, since: datetime, until: datetime) -> TrustChanges:
        self.world.note("LookupEvents", role_name)
        return TrustChanges(items=tuple(c for c in self.world.changes if since <= c.at <= until))

    async def pod_identity_associations(
        self, entry: FleetCluster, namespace: str, service_account: str
    ) -> PodIdentityAssociations:
        self.world.note("ListPodIdentityAssociations", entry.eks_name)
        wanted = (namespace, service_account)
        return PodIdentityAssociations(
            items=tuple(
                a for a in self.world.associations if (a.namespace, a.service_account) == wanted
            )
        )

    async def login_issuers(self, entry: FleetCluster) -> LoginIssuers:
        self.world.note("ListIdentityProviderConfigs", entry.eks_name)
        return LoginIssuers(urls=self.world.login_issuers)


class DoubleOrganization:
    def __init__(self, world: World) -> None:
        self.world = world

    async def control_policies(self, account_id: str) -> ControlPolicies:
        self.world.note("ListPoliciesForTarget", account_id)
        return self.world.policies.get(account_id, ControlPolicies(account=account_id))


class DoubleIssuers:
    def __init__(self, world: World) -> None:
        self.world = world

    async def published_keys(self, issuer: str) -> PublishedKeys:
        self.world.note("GET openid-configuration", issuer)
        return self.world.published or PublishedKeys(issuer=issuer, key_ids=frozenset({"key-1"}))


class DoubleKubernetes:
    """One cluster; objects carry no cluster, so a world with several keeps them in `HERE`."""

    HERE = "prod-eu"

    def __init__(self, world: World, cluster: str) -> None:
        self.world, self.cluster = world, cluster

    @property
    def _here(self) -> bool:
        return self.cluster == self.HERE

    async def issuer(self) -> str | None:
        self.world.note("get issuer", self.cluster)
        return None

    async def service_account(self, namespace: str, name: str) -> ServiceAccount | None:
        self.world.note("get serviceaccounts", f"{namespace}/{name}")
        for account in self.world.accounts if self._here else ():
            if (account.namespace, account.name) == (namespace, name):
                return account
        return None

    async def service_accounts(self, namespace: str | None) -> tuple[ServiceAccount, ...]:
        self.world.note("list serviceaccounts", str(namespace))
        items = self.world.accounts if self._here else ()
        return tuple(a for a in items if namespace in (None, a.namespace))

    async def workload(self, namespace: str, ref: WorkloadRef) -> Workload | None:
        self.world.note("get workloads", f"{namespace}/{ref}")
        for workload in self.world.workloads if self._here else ():
            if (workload.namespace, workload.ref) == (namespace, ref):
                return workload
        return None

    async def workloads(self, namespace: str | None) -> tuple[Workload, ...]:
        self.world.note("list workloads", str(namespace))
        items = self.world.workloads if self._here else ()
        return tuple(w for w in items if namespace in (None, w.namespace))

    async def pods(self, namespace: str) -> Pods:
        self.world.note("list pods", namespace)
        items = self.world.pods if self._here else ()
        return Pods(items=tuple(p for p in items if p.namespace == namespace))

    async def signing_keys(self) -> SigningKeys | None:
        self.world.note("get jwks", self.cluster)
        return SigningKeys(key_ids=self.world.signing)

    async def webhooks(self) -> Webhooks:
        self.world.note("list mutatingwebhookconfigurations", self.cluster)
        return self.world.webhooks


class DoubleWriter:
    """Writes into the world, with the preconditions of the real one."""

    def __init__(self, world: World, cluster: str) -> None:
        self.world, self.cluster = world, cluster

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
        self.world.note("patch serviceaccounts", f"{namespace}/{name}")
        for index, account in enumerate(self.world.accounts):
            if account.uid == uid:
                found = account.annotations.get(key)
                if found != before:
                    raise Stale(f"annotation {key}", expected=before, found=found)
                annotations = {k: v for k, v in account.annotations.items() if k != key}
                if after is not None:
                    annotations[key] = after
                self.world.accounts[index] = replace(account, annotations=annotations)
                return self.world.accounts[index]
        raise Stale("service account", expected=uid, found=None)

    async def restart_workload(
        self, *, namespace: str, ref: WorkloadRef, uid: str, at: datetime
    ) -> Workload:
        self._write("patch workloads", f"{namespace}/{ref} {at:%H:%M}")
        for workload in self.world.workloads:
            if workload.uid == uid:
                return workload
        raise Stale("workload", expected=uid, found=None)

    async def leave_event(
        self, *, namespace: str, kind: str, name: str, uid: str, message: str, at: datetime
    ) -> None:
        self._write("create events", f"{namespace}/{kind}/{name}")
        self.world.events.append(f"{kind} {uid} {at:%H:%M}: {message}")

    def _write(self, operation: str, resource: str) -> None:
        try:
            self.world.note(operation, resource)
        except ReadDenied as error:
            raise WriteDenied(error.why) from error


class DoubleProviderWriter:
    """Writes OIDC providers into the world, with the preconditions of the real one."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def set_client_ids(
        self, *, arn: str, before: tuple[str, ...], after: tuple[str, ...]
    ) -> None:
        self.world.note("SetClientIds", arn)
        held = self.world.providers.get(arn)
        if held is None or set(held.client_ids) != set(before):
            found = None if held is None else ", ".join(held.client_ids)
            raise Stale(
                f"client IDs of OIDC provider {arn}", expected=", ".join(before), found=found
            )
        self.world.providers[arn] = replace(held, client_ids=after)

    async def create(self, *, arn: str, url: str, client_ids: tuple[str, ...]) -> None:
        self.world.note("CreateOpenIDConnectProvider", arn)
        if arn in self.world.providers:
            raise Stale(f"OIDC provider {arn}", expected=None, found="present")
        self.world.providers[arn] = OidcProvider(
            arn=arn,
            url=url.removeprefix("https://"),
            account=arn.split(":")[4],
            client_ids=client_ids,
        )

    async def delete(self, *, arn: str, client_ids: tuple[str, ...]) -> None:
        self.world.note("DeleteOpenIDConnectProvider", arn)
        held = self.world.providers.get(arn)
        if held is None or set(held.client_ids) != set(client_ids):
            found = None if held is None else ", ".join(held.client_ids)
            raise Stale(
                f"client IDs of OIDC provider {arn}", expected=", ".join(client_ids), found=found
            )
        del self.world.providers[arn]


class DoubleProver:
    """Answers with what the world holds ready."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def rehearse_pod(self, namespace: str, service_account: str) -> Rehearsal:
        self.world.note("create pods (dry run)", f"{namespace}/{service_account}")
        return self.world.rehearsal

    async def ask_sts(
        self, *, namespace: str, service_account: str, audience: str, role_arn: str
    ) -> StsAnswer:
        self.world.note(
            "AssumeRoleWithWebIdentity", f"{role_arn} {namespace}/{service_account} {audience}"
        )
        return self.world.sts.pop(0) if len(self.world.sts) > 1 else self.world.sts[0]


class DoubleTrustWriter:
    """Writes trust policies into the world, with the precondition of the real one."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def update_trust_policy(self, *, role_arn: str, before: str, after: str) -> None:
        self.world.note("UpdateAssumeRolePolicy", role_arn)
        for key, role in self.world.roles.items():
            if role.arn == role_arn:
                if not same_policy(role.trust_text, before):
                    raise Stale(
                        f"trust policy of {role_arn}", expected=before, found=role.trust_text
                    )
                self.world.roles[key] = replace(role, trust_text=after, trust=parse(after))
                return
        raise Stale(f"role {role_arn}", expected="present", found=None)
