"""A healthy world, and the edits that break it one fault at a time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from diagnostics.case import Case
from diagnostics.evidence import (
    ROLE_ARN,
    Cluster,
    Container,
    EnvVar,
    FieldManager,
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
from diagnostics.fleet import Account, Fleet, FleetCluster, Hints, WorkloadRef
from diagnostics.iam import parse
from diagnostics.recognize.symptom import Cause, Kind, Symptom
from tests.engine.fleet_double import NOON, World

SHARED, TEAM = "111122223333", "444455556666"
ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/A1B2C3D4E5F60718293A4B5C6D7E8F90"
OTHER_ISSUER = "https://oidc.eks.us-east-1.amazonaws.com/id/0F9E8D7C6B5A49382716053F4E2D1C0B"
SUBJECT = "system:serviceaccount:payments:api"
ROLE = f"arn:aws:iam::{SHARED}:role/payments-api"
TOKEN_DIR = "/var/run/secrets/eks.amazonaws.com/serviceaccount"


def provider_arn(account: str = SHARED, issuer: str = ISSUER) -> str:
    return f"arn:aws:iam::{account}:oidc-provider/{issuer.removeprefix('https://')}"


def statement(
    *,
    account: str = SHARED,
    issuer: str = ISSUER,
    sub: object = SUBJECT,
    aud: object = "sts.amazonaws.com",
    operator: str = "StringEquals",
) -> dict[str, object]:
    key = issuer.removeprefix("https://")
    conditions: dict[str, object] = {}
    if aud is not None:
        conditions[f"{key}:aud"] = aud
    if sub is not None:
        conditions[f"{key}:sub"] = sub
    return {
        "Effect": "Allow",
        "Principal": {"Federated": provider_arn(account, issuer)},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {operator: conditions},
    }


def role(
    *statements: dict[str, object],
    name: str = "payments-api",
    account: str = SHARED,
    path: str = "/",
) -> IamRole:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return IamRole(
        arn=f"arn:aws:iam::{account}:role{path}{name}",
        name=name,
        path=path,
        account=account,
        trust_text=text,
        trust=parse(text),
        created=NOON - timedelta(days=30),
        tags={},
    )


def provider(
    account: str = SHARED,
    issuer: str = ISSUER,
    client_ids: tuple[str, ...] = ("sts.amazonaws.com",),
) -> OidcProvider:
    return OidcProvider(
        arn=provider_arn(account, issuer),
        url=issuer.removeprefix("https://"),
        account=account,
        client_ids=client_ids,
        created=NOON - timedelta(days=60),
    )


def container(
    role_arn: str | None = ROLE, name: str = "app", extra: tuple[EnvVar, ...] = ()
) -> Container:
    if role_arn is None:
        return Container(name=name, env=extra)
    return Container(
        name=name,
        env=(
            *extra,
            EnvVar(name="AWS_ROLE_ARN", value=role_arn),
            EnvVar(name="AWS_WEB_IDENTITY_TOKEN_FILE", value=f"{TOKEN_DIR}/token"),
        ),
        mounts=(Mount(volume="aws-iam-token", path=TOKEN_DIR),),
    )


def pod(
    role_arn: str | None = ROLE,
    *,
    account: str = "api",
    age: timedelta = timedelta(hours=1),
    spec: PodSpec | None = None,
) -> Pod:
    volumes = (
        TokenVolume(
            name="aws-iam-token",
            audience="sts.amazonaws.com",
            path="token",
            expiration_seconds=86400,
        ),
    )
    return Pod(
        namespace="payments",
        name="api-5d8f7c9b6d-x2x7k",
        uid="pod-1",
        created=NOON - age,
        phase="Running",
        spec=spec
        or PodSpec(
            service_account=account,
            containers=(container(role_arn),),
            token_volumes=volumes if role_arn else (),
            labels={"pod-template-hash": "5d8f7c9b6d"},
        ),
        owner=WorkloadRef(kind="ReplicaSet", name="api-5d8f7c9b6d"),
    )


def deployment(
    account: str = "api", name: str = "api", template: PodSpec | None = None
) -> Workload:
    return Workload(
        kind="Deployment",
        namespace="payments",
        name=name,
        uid=f"deployment-{name}",
        resource_version="1",
        created=NOON - timedelta(days=20),
        template=template or PodSpec(service_account=account, containers=(Container(name="app"),)),
    )


def service_account(
    name: str = "api",
    namespace: str = "payments",
    role_arn: str | None = ROLE,
    annotations: dict[str, str] | None = None,
) -> ServiceAccount:
    values = dict(annotations or {})
    if role_arn is not None:
        values[ROLE_ARN] = role_arn
    return ServiceAccount(
        namespace=namespace,
        name=name,
        uid=f"sa-{namespace}-{name}",
        resource_version="1",
        created=NOON - timedelta(days=20),
        annotations=values,
        managers=(
            FieldManager(
                manager="kubectl-annotate",
                operation="Update",
                time=NOON - timedelta(hours=2),
                annotations=frozenset(values),
            ),
        ),
    )


def cluster(name: str, issuer: str, region: str, account: str = SHARED) -> Cluster:
    return Cluster(
        name=name,
        account=account,
        region=region,
        partition="aws",
        issuer=issuer,
        arn=f"arn:aws:eks:{region}:{account}:cluster/{name}",
        status="ACTIVE",
        created=NOON - timedelta(days=90),
    )


WEBHOOK = MutatingWebhook(
    configuration="pod-identity-webhook",
    name="iam-for-pods.amazonaws.com",
    failure_policy="Ignore",
    service=None,
    url="https://127.0.0.1:23443/mutate",
    ca_bundle_present=True,
    matches_pods=True,
)


def healthy() -> World:
    """One service account with its role, two clusters, two accounts; nothing is wrong."""
    fleet = Fleet(
        organization=True,
        accounts=(
            Account(
                id=SHARED, name="shared", read_role=None, fix_role=f"arn:aws:iam::{SHARED}:role/fix"
            ),
            Account(id=TEAM, name="team", read_role=None),
        ),
        clusters=(
            FleetCluster(name="prod-eu", account=SHARED, region="eu-west-1", eks_name="prod"),
            FleetCluster(name="prod-us", account=SHARED, region="us-east-1", eks_name="prod-us"),
        ),
    )
    first = role(statement())
    return World(
        fleet=fleet,
        clusters={
            "prod-eu": cluster("prod-eu", ISSUER, "eu-west-1"),
            "prod-us": cluster("prod-us", OTHER_ISSUER, "us-east-1"),
        },
        roles={(SHARED, first.name): first},
        providers={p.arn: p for p in (provider(), provider(issuer=OTHER_ISSUER))},
        accounts=[service_account(), service_account("default", role_arn=None)],
        workloads=[deployment()],
        pods=[pod()],
        webhooks=Webhooks(items=(WEBHOOK,)),
    )


def case(symptom: Symptom | None = None, **hints: object) -> Case:
    """The healthy world's service account, by name."""
    named = Hints(cluster="prod-eu", namespace="payments", service_account="api")
    return Case(symptom=symptom, hints=replace(named, **hints))  # type: ignore[arg-type]


def symptom(cause: Cause = Cause.ACCESS_DENIED, **known: object) -> Symptom:
    kind = Kind.WEB_IDENTITY
    if cause in (Cause.PERMISSION, Cause.ROLE_CHAINING, Cause.POD_IDENTITY, Cause.OTHER_FEDERATION):
        kind = Kind.LOOK_ALIKE
    plain = Symptom(kind=kind, cause=cause, excerpt="…", fingerprint="f", role_arn=ROLE)
    if cause is Cause.PERMISSION:
        plain = replace(plain, role_arn=None, source_role="payments-api", account_id=SHARED)
    return replace(plain, **known)  # type: ignore[arg-type]
