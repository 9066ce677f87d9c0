"""moto in server mode: the accounts, their roles, OIDC providers and EKS clusters.

Seeding writes into moto's backends, because its API can't say when a role was created, nor which number an
account has; everything is read through the API, as the bot reads it.
"""

from __future__ import annotations

import base64
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from moto.eks.models import eks_backends
from moto.iam.models import OpenIDConnectProvider, iam_backends
from moto.organizations.models import organizations_backends
from moto.server import ThreadedMotoServer
from moto.sts.models import sts_backends

from diagnostics.arn import account_of
from diagnostics.checks.control_policies import refusal
from diagnostics.evidence import IamRole
from diagnostics.iam.decision import Outcome
from sandbox.eks import Association, Beside, Configuration
from sandbox.iam import serve_client_ids
from sandbox.world.landscape import (
    CONTROL_POLICY,
    FIX_ROLE,
    MANAGEMENT,
    MEMBERS,
    PROOF_ROLE,
    READ_ROLE,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.iam.request import WebIdentityRequest
    from sandbox.world.blueprint import Role
    from sandbox.world.landscape import Account, Cluster, Provider

ACCESS_KEY: Final = "AKIAEXAMPLEBOT000001"
SECRET_KEY: Final = "sandbox-only-no-secret"  # noqa: S105  moto takes any
REGION: Final = "eu-west-1"
THUMBPRINT: Final = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"
_PARTITION: Final = "aws"


class Moto:
    """The accounts. `start` and `stop` block; call them in a thread."""

    def __init__(self) -> None:
        self._server: ThreadedMotoServer | None = None
        self.url = ""

    def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        Beside.serve()
        serve_client_ids()
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"

    def stop(self) -> None:
        """Stop listening and forget what is in the accounts."""
        if self._server is not None:
            self._server.stop()
            listening = self._server._server  # noqa: SLF001  moto leaves the socket open
            if listening is not None:
                listening.server_close()
            self._server = None
        for account in MEMBERS:
            self.empty(account)
        _reset(organizations_backends[MANAGEMENT.id][_PARTITION])

    def environ(self) -> dict[str, str]:
        """The environment of a process that works in this AWS as the bot."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def secret_of(self, access_key: str) -> str | None:
        """The secret access key that STS issued with an access key."""
        for account in MEMBERS:
            for role in sts_backends[account.id][account.partition].assumed_roles:
                if role.access_key_id == access_key:
                    return str(role.secret_access_key)
        return None

    def trust_of(self, role_arn: str) -> tuple[str, int] | None:
        """A role's trust policy and its longest session in seconds, for STS."""
        role = _role(role_arn)
        if role is None:
            return None
        return str(role.assume_role_policy_document), int(role.max_session_duration or 3600)

    def tags_of(self, role_arn: str) -> dict[str, str]:
        """A role's tags, for STS."""
        role = _role(role_arn)
        return {} if role is None else {tag["Key"]: tag["Value"] for tag in role.tags}

    def client_ids_of(self, account: str, issuer: str) -> tuple[str, ...] | None:
        """The client IDs of an issuer's provider in an account, for STS."""
        member = _member(account)
        if member is None:
            return None
        for provider in iam_backends[account][member.partition].open_id_providers.values():
            if provider.url == issuer:
                return tuple(provider.client_id_list)
        return None

    def refuses(self, role_arn: str, request: WebIdentityRequest) -> bool:
        """Whether the organization's policy denies a call, for STS."""
        name = role_arn.rpartition("/")[2]
        role = IamRole(
            arn=role_arn,
            name=name,
            path="/",
            account=account_of(role_arn) or "",
            trust_text="",
            trust=None,
            tags=self.tags_of(role_arn),
        )
        return refusal(json.dumps(CONTROL_POLICY), role, request)[0] is Outcome.EXPLICIT_DENY

    def empty(self, account: Account) -> None:
        """Remove roles, providers and clusters; sessions stay valid, as they would."""
        iam = iam_backends[account.id][account.partition]
        iam.roles.clear()
        iam.open_id_providers.clear()
        for backend in eks_backends[account.id].values():
            backend.clusters.clear()
            backend.cluster_count = 0

    def organize(self) -> None:
        """Make the organization of the management account, with its members under the numbers that we gave them."""
        backend = organizations_backends[MANAGEMENT.id][_PARTITION]
        _reset(backend)
        backend.create_organization(region=REGION, FeatureSet="ALL")
        for account in (one for one in MEMBERS if one.partition == _PARTITION):
            backend.create_account(AccountName=account.name, Email=f"{account.name}@example.com")
            backend.accounts[-1].id = account.id
        made = backend.create_policy(
            Name=CONTROL_POLICY["Statement"][0]["Sid"],
            Description="",
            Type="RESOURCE_CONTROL_POLICY",
            Content=json.dumps(CONTROL_POLICY),
        )
        root = backend.ou[0].id
        backend.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=root)
        Beside.forget()

    def add_bot_roles(self, account: Account) -> None:
        """Make the roles that the bot assumes."""
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT.id}:root"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        for name in (READ_ROLE, FIX_ROLE, PROOF_ROLE):
            _create_role(account, name, "/", trust, days_ago=300)

    def add_role(self, role: Role) -> None:
        """Make a role, two months ago."""
        created = _create_role(role.account, role.name, role.path, role.trust, days_ago=60)
        created.max_session_duration = str(role.max_session_seconds)
        created.permissions_boundary_arn = role.permissions_boundary

    def associate(
        self, cluster: Cluster, namespace: str, service_account: str, role_arn: str
    ) -> None:
        """Associate a service account with a role, an hour ago, by EKS Pod Identity."""
        made = Association(
            id=f"a-{namespace}{service_account}".replace("-", "")[:19],
            namespace=namespace,
            service_account=service_account,
            role_arn=role_arn,
            created=datetime.now(UTC) - timedelta(hours=1),
        )
        Beside.associate(cluster.account.id, cluster.region, cluster.eks_name, made)

    def add_cluster(self, cluster: Cluster, *, endpoint: str, ca_pem: str) -> None:
        """Make a cluster and the providers that are meant for it."""
        backend = eks_backends[cluster.account.id][cluster.region]
        made = backend.create_cluster(
            name=cluster.eks_name,
            role_arn=cluster.account.arn("iam", "role/eks-cluster"),
            resources_vpc_config={"subnetIds": ["subnet-0a1b2c3d", "subnet-4e5f6a7b"]},
            version="1.34",
        )
        made.identity = {"oidc": {"issuer": cluster.issuer}}
        made.endpoint = endpoint
        made.certificate_authority = {"data": base64.b64encode(ca_pem.encode()).decode()}
        made.created_at = _days_ago(cluster.created_days_ago)
        for provider in cluster.providers:
            path = provider.issuer_path or cluster.issuer_path
            _add_provider(provider.account, path, provider.client_ids)
        if cluster.takes_logins:
            made.status = "UPDATING"
            made_for = Configuration(name="logins", issuer_url=cluster.issuer)
            Beside.configure(cluster.account.id, cluster.region, cluster.eks_name, made_for)

    def add_providers(self, providers: Iterable[Provider]) -> None:
        """Make providers of clusters that are gone."""
        for provider in providers:
            if provider.issuer_path is not None:
                _add_provider(provider.account, provider.issuer_path, provider.client_ids)


def _member(account: str) -> Account | None:
    return next((one for one in MEMBERS if one.id == account), None)


def _role(arn: str) -> Any | None:
    member = _member(account_of(arn) or "")
    roles = iam_backends[member.id][member.partition].roles.values() if member else ()
    return next((role for role in roles if role.arn == arn), None)


def _create_role(
    account: Account, name: str, path: str, trust: dict[str, Any], *, days_ago: int
) -> Any:
    role = iam_backends[account.id][account.partition].create_role(
        role_name=name,
        assume_role_policy_document=json.dumps(trust),
        path=path,
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
    )
    role.create_date = _days_ago(days_ago)
    return role


def _add_provider(account: Account, path: str, client_ids: Iterable[str]) -> None:
    provider = OpenIDConnectProvider(
        account_id=account.id,
        region_name="us-east-1" if account.partition == _PARTITION else account.region,
        url=f"https://{path}",
        thumbprint_list=[THUMBPRINT],
        client_id_list=list(client_ids),
        tags={},
    )
    provider.create_date = _days_ago(300)
    iam_backends[account.id][account.partition].open_id_providers[provider.arn] = provider


def _days_ago(days: int) -> datetime:
    """A time as moto keeps it: UTC without a zone."""
    return (datetime.now(UTC) - timedelta(days=days)).replace(tzinfo=None, microsecond=0)


def _reset(backend: Any) -> None:
    backend.reset()
