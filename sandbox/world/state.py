"""The world as it is now, read through its own APIs, for the page beside the talk."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, TypeAlias

import boto3
from botocore.config import Config

from diagnostics.arn import partition_of
from sandbox.kube.resources import POD, SERVICE_ACCOUNT, Object
from sandbox.world.landscape import FIX_ROLE, MEMBERS, READ_ROLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.world.landscape import Account, Cluster
    from sandbox.world.seeding import Asks

Json: TypeAlias = dict[str, Any]


async def state_of(clusters: Mapping[Cluster, Asks], iam: Mapping[str, Any]) -> Json:
    """Read everything.

    Args:
        clusters: The clusters with the way to each.
        iam: An IAM client by account ID.
    """
    accounts, seen = await asyncio.gather(
        asyncio.gather(*(asyncio.to_thread(_account, a, iam[a.id]) for a in MEMBERS)),
        asyncio.gather(*(_cluster(cluster, way) for cluster, way in clusters.items())),
    )
    return {"accounts": list(accounts), "clusters": list(seen)}


def client(service: str, account: Account, *, environ: Mapping[str, str], role: str) -> Any:
    """Make a boto3 client in an account, by STS AssumeRole from the bot's own credentials."""
    region = environ["AWS_REGION"]
    if partition_of(region) != account.partition:
        region = account.region
    common: Json = {
        "endpoint_url": environ["AWS_ENDPOINT_URL"],
        "region_name": region,
        "config": Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2}),
    }
    # A session of its own: the default one is shared, and its making is not safe among threads.
    session: Any = boto3.session.Session()
    sts = session.client(
        "sts",
        aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
        **common,
    )
    arn = account.arn("iam", f"role/{role}")
    found = sts.assume_role(RoleArn=arn, RoleSessionName="sandbox")["Credentials"]
    return session.client(
        service,
        aws_access_key_id=found["AccessKeyId"],
        aws_secret_access_key=found["SecretAccessKey"],
        aws_session_token=found["SessionToken"],
        **common,
    )


def _account(account: Account, iam: Any) -> Json:
    roles = [role for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]]
    providers = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return {
        "id": account.id,
        "name": account.name,
        "roles": [
            {"name": r["RoleName"], "arn": r["Arn"], "trust": _policy(r)}
            for r in sorted(roles, key=lambda role: role["RoleName"])
            if r["RoleName"] not in (READ_ROLE, FIX_ROLE)
        ],
        "providers": sorted(provider["Arn"] for provider in providers),
    }


def _policy(role: Json) -> Any:
    document = role["AssumeRolePolicyDocument"]
    return json.loads(document) if isinstance(document, str) else document


async def _cluster(cluster: Cluster, way: Asks) -> Json:
    accounts, pods = await asyncio.gather(
        way.request("GET", SERVICE_ACCOUNT.path()), way.request("GET", POD.path())
    )
    return {
        "name": cluster.name,
        "account": cluster.account.id,
        "region": cluster.region,
        "issuer": cluster.issuer,
        "service_accounts": [
            {
                "namespace": found["metadata"]["namespace"],
                "name": found["metadata"]["name"],
                "annotations": found["metadata"].get("annotations", {}),
            }
            for found in accounts["items"]
            if found["metadata"]["name"] != "default"
            and not found["metadata"]["namespace"].startswith("kube-node")
        ],
        "pods": [_pod(found) for found in pods["items"]],
    }


def _pod(found: Object) -> Json:
    meta, spec = found["metadata"], found["spec"]
    env = [v for container in spec["containers"] for v in container.get("env", ())]
    return {
        "namespace": meta["namespace"],
        "name": meta["name"],
        "service_account": spec.get("serviceAccountName", "default"),
        "workload": meta.get("labels", {}).get("app.kubernetes.io/name", meta["name"]),
        "phase": found.get("status", {}).get("phase", "Pending"),
        "role_arn": next((v.get("value") for v in env if v["name"] == "AWS_ROLE_ARN"), None),
    }
