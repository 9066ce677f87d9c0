from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import pytest_asyncio

from tests.clients.authenticator import Authenticator
from tests.support.apiserver import ControlPlane, missing_assets
from tests.support.aws import aws_at, moto_running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

MANAGEMENT = "123456789012"  # moto's own account: where the bot's credentials are
MEMBER = "111122223333"
OTHER = "444455556666"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moto:
    """moto in server mode, and how to reach its accounts as their administrator."""

    url: str

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the bot's process."""
        return aws_at(self.url, AWS_REGION="eu-west-1")

    def client(self, service: str, account: str) -> Any:
        common = {"endpoint_url": self.url, "region_name": "eu-west-1"}
        make: Any = boto3.client
        sts = make("sts", aws_access_key_id="a", aws_secret_access_key="b", **common)
        role = f"arn:aws:iam::{account}:role/administrator"
        found = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return make(
            service,
            aws_access_key_id=found["AccessKeyId"],
            aws_secret_access_key=found["SecretAccessKey"],
            aws_session_token=found["SessionToken"],
            **common,
        )


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    with moto_running() as url:
        yield Moto(url=url)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def authenticator(moto: Moto) -> AsyncIterator[Authenticator]:
    async with Authenticator(moto.url) as running:
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def plane(authenticator: Authenticator) -> AsyncIterator[ControlPlane]:
    """A real API server that knows IAM identities by EKS tokens."""
    if reason := missing_assets(os.environ):
        pytest.skip(reason)
    async with ControlPlane(authenticator_url=authenticator.url) as running:
        for name, rules in (("reader", READ_RULES), ("fixer", FIX_RULES)):
            await running.create(
                "/apis/rbac.authorization.k8s.io/v1/clusterroles",
                {"metadata": {"name": name}, "rules": json.loads(json.dumps(rules))},
            )
        yield running


READ_RULES: list[Any] = [
    {"apiGroups": [""], "resources": ["serviceaccounts", "pods"], "verbs": ["get", "list"]},
    {
        "apiGroups": ["apps"],
        "resources": ["deployments", "statefulsets", "daemonsets", "replicasets"],
        "verbs": ["get", "list"],
    },
    {"apiGroups": ["batch"], "resources": ["jobs", "cronjobs"], "verbs": ["get", "list"]},
    {
        "apiGroups": ["admissionregistration.k8s.io"],
        "resources": ["mutatingwebhookconfigurations"],
        "verbs": ["get", "list"],
    },
    {"nonResourceURLs": ["/.well-known/openid-configuration"], "verbs": ["get"]},
]
FIX_RULES: list[Any] = [
    {"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["get", "patch"]},
    {
        "apiGroups": ["apps"],
        "resources": ["deployments", "statefulsets", "daemonsets"],
        "verbs": ["get", "patch"],
    },
]
