"""A fleet of any size in memory, with faults in known places and calls counted as the services would."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from diagnostics.errors import ReadDenied, ReadError
from diagnostics.evidence import (
    ROLE_ARN,
    Cluster,
    Container,
    EnvVar,
    IamRole,
    Mount,
    MutatingWebhook,
    OidcProvider,
    Pod,
    PodSpec,
    ServiceAccount,
    TokenVolume,
    Webhooks,
    Workload,
)
from diagnostics.fleet import Account, Fleet, FleetCluster
from diagnostics.iam import parse
from diagnostics.journal import Call, record
from diagnostics.sweep import AccountFacts, ClusterObjects, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=90)
REGION = "eu-west-1"
MOUNT = "/var/run/secrets/eks.amazonaws.com/serviceaccount"

FAULTS = {
    # binding number in its cluster: the code that must be found there
    3: "IRSA405",
    7: "IRSA406",
    11: "IRSA411",
    17: "IRSA401",
    23: "IRSA105",
    29: "IRSA408",
    31: "IRSA201",
    37: "IRSA107",
    41: "IRSA403",
    47: "IRSA104",
}
RISKS = {5: "IRSA416", 13: "IRSA409", 19: "IRSA701", 43: "IRSA703"}
"""Of the role of that number."""


@dataclass
class SeededFleet:
    """Clusters with bindings each; five clusters to an account. Fulfils `SweepReader`."""

    size: int
    bindings: int = 50
    per_account: int = 5
    refused: frozenset[str] = frozenset()
    """Names of clusters, and numbers of accounts, that answer AccessDenied."""
    calls: Counter[str] = field(default_factory=Counter)

    @property
    def fleet(self) -> Fleet:
        return Fleet(
            accounts=tuple(
                Account(id=_account(n), name=f"account-{n}", read_role=None)
                for n in range(ceil(self.size / self.per_account))
            ),
            clusters=tuple(
                FleetCluster(
                    name=f"c{n}",
                    account=_account(n // self.per_account),
                    region=REGION,
                    eks_name=f"c{n}",
                )
                for n in range(self.size)
            ),
        )

    def truth(self) -> Iterator[tuple[str, str, str | None, str | None]]:
        """(code, cluster, namespace, service account) of everything that must be found, and nothing else."""
        for n in range(self.size):
            for i in range(self.bindings):
                code = FAULTS.get(i)
                if code is not None:
                    yield code, f"c{n}", f"ns{i % 7}", f"sa{i}"
                risk = RISKS.get(i)
                if risk in ("IRSA416", "IRSA409"):
                    yield risk, f"c{n}", None, None
                elif risk == "IRSA701":
                    yield risk, f"c{n}", "gone", f"sa{i}"
                elif risk == "IRSA703":
                    yield risk, f"c{n}", f"ns{i % 7}", f"bare{i}"
                if code in ("IRSA405", "IRSA406"):
                    # What the policy names instead is nobody.
                    wrong = ("other", f"sa{i}") if code == "IRSA405" else (f"ns{i % 7}", f"no{i}")
                    yield "IRSA701", f"c{n}", *wrong

    def _called(self, operation: str, where: str, times: int = 1) -> None:
        self.calls[operation] += times
        for _ in range(times):
            record(
                Call(service="seeded", operation=operation, resource=where, at=NOON, milliseconds=0)
            )
        if where in self.refused:
            raise ReadDenied(f"AccessDenied: {operation}", enable=f"allow {operation}")

    async def cluster(self, entry: FleetCluster) -> Cluster | None:
        self._called("DescribeCluster", entry.name)
        return _cluster(entry)

    async def account(self, account: Account, issuers: frozenset[str]) -> AccountFacts:
        entries = list(self._entries(account))
        assert issuers
        roles = [role for entry in entries for role in self._roles(entry)]
        self._called("ListRoles", account.id, ceil(len(roles) / 1000) or 1)
        self._called("ListOpenIDConnectProviders", account.id)
        providers: dict[str, OidcProvider | None] = {}
        for entry in entries:
            cluster = _cluster(entry)
            arn = cluster.provider_arn_in(account.id)
            self._called("GetOpenIDConnectProvider", account.id)
            providers[arn] = OidcProvider(
                arn=arn,
                url=cluster.issuer_path,
                account=account.id,
                client_ids=("sts.amazonaws.com",),
            )
        return AccountFacts(
            account=account.id,
            roles={role.name: role.arn for role in roles},
            federated=tuple(roles),
            providers=providers,
        )

    async def objects(self, entry: FleetCluster) -> ClusterObjects:
        try:
            accounts = tuple(self._accounts(entry))
            self._called("list serviceaccounts", entry.name, ceil(len(accounts) / 500))
            pods = tuple(self._pods(entry))
            self._called("list pods", entry.name, ceil(len(pods) / 500))
            self._called("list workloads", entry.name, 4)
            self._called("list mutatingwebhookconfigurations", entry.name)
            self._called("ListPodIdentityAssociations", entry.name)
        except ReadError as error:
            unread = Unread(where=f"cluster {entry.name}", why=error.why, enable=error.enable)
            return ClusterObjects(service_accounts=None, unread=(unread,))
        return ClusterObjects(
            service_accounts=accounts,
            pods=pods,
            workloads=tuple(self._workloads(entry)),
            webhooks=WEBHOOKS,
            pod_identities=frozenset(),
        )

    def _entries(self, account: Account) -> Iterator[FleetCluster]:
        first = int(account.id[3:]) * self.per_account
        for n in range(first, min(first + self.per_account, self.size)):
            yield FleetCluster(name=f"c{n}", account=account.id, region=REGION, eks_name=f"c{n}")

    def _accounts(self, entry: FleetCluster) -> Iterator[ServiceAccount]:
        for i in range(self.bindings):
            arn = _arn(entry, i)
            if FAULTS.get(i) == "IRSA104":
                arn += "-gone"
            elif FAULTS.get(i) == "IRSA105":
                arn = arn.replace(":role/", ":role:")
            elif FAULTS.get(i) == "IRSA107":
                arn = arn.replace(":role/", ":role/team/")
            yield _service_account(f"ns{i % 7}", f"sa{i}", arn)
            if RISKS.get(i) == "IRSA703":
                yield _service_account(f"ns{i % 7}", f"bare{i}", None)
        for namespace in range(7):
            yield _service_account(f"ns{namespace}", "default", None)

    def _pods(self, entry: FleetCluster) -> Iterator[Pod]:
        for i in range(self.bindings):
            given = FAULTS.get(i) != "IRSA201"
            yield _pod(f"ns{i % 7}", f"sa{i}", _arn(entry, i) if given else None)

    def _workloads(self, entry: FleetCluster) -> Iterator[Workload]:
        for i in range(self.bindings):
            yield Workload(
                kind="Deployment",
                namespace=f"ns{i % 7}",
                name=f"sa{i}",
                uid=f"deployment/{entry.name}/{i}",
                resource_version="1",
                created=LONG_AGO,
                template=PodSpec(service_account=f"sa{i}"),
            )

    def _roles(self, entry: FleetCluster) -> Iterator[IamRole]:
        cluster = _cluster(entry)
        for i in range(self.bindings):
            if FAULTS.get(i) != "IRSA401":
                yield _role(entry, cluster, i)


WEBHOOKS = Webhooks(
    items=(
        MutatingWebhook(
            configuration="pod-identity-webhook",
            name="iam-for-pods.amazonaws.com",
            failure_policy="Ignore",
            service=None,
            url="https://127.0.0.1:23443/mutate",
            ca_bundle_present=True,
            matches_pods=True,
        ),
    )
)


def _account(n: int) -> str:
    return f"100{n:09d}"


def _arn(entry: FleetCluster, i: int) -> str:
    return f"arn:aws:iam::{entry.account}:role/{entry.name}-r{i}"


def _cluster(entry: FleetCluster) -> Cluster:
    number = int(entry.name[1:])
    return Cluster(
        name=entry.name,
        account=entry.account,
        region=REGION,
        partition="aws",
        issuer=f"https://oidc.eks.{REGION}.amazonaws.com/id/{number * 7919 + 1:032X}",
        created=LONG_AGO - timedelta(days=300),
    )


def _service_account(namespace: str, name: str, arn: str | None) -> ServiceAccount:
    return ServiceAccount(
        namespace=namespace,
        name=name,
        uid=f"{namespace}/{name}",
        resource_version="1",
        created=LONG_AGO,
        annotations={ROLE_ARN: arn} if arn else {},
    )


def _pod(namespace: str, name: str, arn: str | None) -> Pod:
    env = (
        ()
        if arn is None
        else (
            EnvVar(name="AWS_ROLE_ARN", value=arn),
            EnvVar(name="AWS_WEB_IDENTITY_TOKEN_FILE", value=f"{MOUNT}/token"),
        )
    )
    volumes = (
        TokenVolume(
            name="aws-iam-token",
            audience="sts.amazonaws.com",
            path="token",
            expiration_seconds=86400,
        ),
    )
    return Pod(
        namespace=namespace,
        name=f"{name}-0",
        uid=f"pod/{namespace}/{name}",
        created=LONG_AGO + timedelta(days=1),
        phase="Running",
        spec=PodSpec(
            service_account=name,
            containers=(
                Container(
                    name="app",
                    env=env,
                    mounts=(Mount(volume="aws-iam-token", path=MOUNT),) if arn else (),
                ),
            ),
            token_volumes=volumes if arn else (),
        ),
    )


def _role(entry: FleetCluster, cluster: Cluster, i: int) -> IamRole:
    namespace, name = f"ns{i % 7}", f"sa{i}"
    subject: str | list[str] = f"system:serviceaccount:{namespace}:{name}"
    conditions: dict[str, dict[str, str | list[str]]] = {}
    code, risk = FAULTS.get(i), RISKS.get(i)
    if code == "IRSA405":
        subject = f"system:serviceaccount:other:{name}"
    elif code == "IRSA406":
        subject = f"system:serviceaccount:{namespace}:no{i}"
    elif code == "IRSA411":
        subject = f"system:serviceaccount:{namespace}:*"
    if risk == "IRSA701":
        subject = [str(subject), f"system:serviceaccount:gone:{name}"]
    elif risk == "IRSA703":
        subject = [str(subject), f"system:serviceaccount:{namespace}:bare{i}"]
    equals = conditions.setdefault("StringEquals", {})
    if risk != "IRSA416":
        equals[f"{cluster.issuer_path}:sub"] = subject
    if risk != "IRSA409":
        equals[f"{cluster.issuer_path}:aud"] = (
            "sts.amazon.com" if code == "IRSA408" else "sts.amazonaws.com"
        )
    action = "sts:AssumeRole" if code == "IRSA403" else "sts:AssumeRoleWithWebIdentity"
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": cluster.provider_arn_in(entry.account)},
                    "Action": action,
                    "Condition": conditions,
                }
            ],
        }
    )
    arn = _arn(entry, i)
    return IamRole(
        arn=arn,
        name=arn.rpartition("/")[2],
        path="/",
        account=entry.account,
        trust_text=text,
        trust=parse(text),
        created=LONG_AGO,
    )
