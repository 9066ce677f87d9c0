"""The proof against a real API server: its TokenRequest, its dry runs, and an STS that verifies what it signed."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.clients import build_clients
from diagnostics.errors import ReadDenied
from diagnostics.proof.answer import Asked, Injected
from sandbox.sts import Sts
from sandbox.sts.token import Token
from tests.clients.conftest import MEMBER
from tests.clients.test_kube_real import ROLE, fleet_of, namespace
from tests.support.apiserver import ISSUER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from diagnostics.clients import Prover
    from diagnostics.iam.request import WebIdentityRequest
    from tests.clients.conftest import Moto
    from tests.support.apiserver import ControlPlane

__all__ = ["namespace"]
pytestmark = [pytest.mark.apiserver, pytest.mark.asyncio(loop_scope="package")]

PROVER = f"arn:aws:sts::{MEMBER}:assumed-role/irsa-doctor-prove/irsa-doctor-prove"
PATH = ISSUER.removeprefix("https://")
RBAC = "rbac.authorization.k8s.io"


class Accounts:
    """One role that trusts one service account, and the provider of the issuer."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace

    def trust_of(self, role_arn: str) -> tuple[str, int] | None:
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{MEMBER}:oidc-provider/{PATH}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {f"{PATH}:sub": f"system:serviceaccount:{self.namespace}:api"}
            },
        }
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        return (text, 3600) if role_arn == ROLE else None

    def tags_of(self, role_arn: str) -> Mapping[str, str]:
        del role_arn
        return {}

    def client_ids_of(self, account: str, issuer: str) -> tuple[str, ...] | None:
        return ("sts.amazonaws.com",) if (account, issuer) == (MEMBER, PATH) else None

    def refuses(self, role_arn: str, request: WebIdentityRequest) -> bool:
        return request.role_arn != role_arn


@asynccontextmanager
async def proving(
    plane: ControlPlane, moto: Moto, namespace: str, *, allowed: bool = True
) -> AsyncIterator[tuple[Prover, Sts]]:
    async def keys(_: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = await plane.request("GET", "/openid/v1/jwks")
        return found

    if allowed:
        rules = [
            {"apiGroups": [""], "resources": ["serviceaccounts/token", "pods"], "verbs": ["create"]}
        ]
        place = f"/apis/{RBAC}/v1/namespaces/{namespace}"
        subject = {"apiGroup": RBAC, "kind": "User", "name": PROVER}
        await plane.create(f"{place}/roles", {"metadata": {"name": "prover"}, "rules": rules})
        await plane.create(
            f"{place}/rolebindings",
            {
                "metadata": {"name": "prover"},
                "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "prover"},
                "subjects": [subject],
            },
        )
    fleet = fleet_of(plane, proof=True, proof_pod=True)
    prove = f"arn:aws:iam::{MEMBER}:role/irsa-doctor-prove"
    fleet = replace(fleet, accounts=tuple(replace(a, proof_role=prove) for a in fleet.accounts))
    async with Sts(accounts=Accounts(namespace), keys=keys) as sts:
        environ = {**moto.environ, "IRSA_PROOF_STS_URL": sts.url}
        async with build_clients(fleet, environ) as clients:
            yield clients.prover("prod-eu"), sts


async def test_a_token_of_a_real_api_server_is_verified_and_let_in(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    async with proving(plane, moto, namespace) as (prover, sts):
        answer = await prover.ask_sts(
            namespace=namespace,
            service_account="api",
            audience="sts.amazonaws.com",
            role_arn=ROLE,
        )

    assert answer.asked is Asked.GIVEN
    (asked,) = sts.asked
    assert (asked.subject, asked.audience) == (
        f"system:serviceaccount:{namespace}:api",
        ("sts.amazonaws.com",),
    )
    assert (asked.seconds, asked.lifetime, asked.signed) == (900, 600, False)


@pytest.mark.parametrize(
    ("service_account", "audience", "role", "words"),
    [
        ("bare", "sts.amazonaws.com", ROLE, "AccessDenied: Not authorized"),
        ("api", "sts.amazonaws.com", f"{ROLE}-other", "AccessDenied: Not authorized"),
        ("api", "vault.example.com", ROLE, "InvalidIdentityToken: Incorrect token audience"),
        (
            "api",
            "sts.amazonaws.com",
            ROLE.replace(MEMBER, "999988887777"),
            "InvalidIdentityToken: No OpenIDConnect provider found in your account",
        ),
    ],
)
async def test_what_sts_refuses_is_told_in_its_words(
    plane: ControlPlane,
    moto: Moto,
    namespace: str,
    *,
    service_account: str,
    audience: str,
    role: str,
    words: str,
) -> None:
    async with proving(plane, moto, namespace) as (prover, _):
        answer = await prover.ask_sts(
            namespace=namespace, service_account=service_account, audience=audience, role_arn=role
        )

    assert answer.asked is Asked.REFUSED
    assert answer.words.startswith(words)


async def test_a_token_that_somebody_altered_is_refused_by_the_stand_in_too(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    async with proving(plane, moto, namespace) as (prover, sts):
        await prover.ask_sts(
            namespace=namespace,
            service_account="api",
            audience="sts.amazonaws.com",
            role_arn=ROLE,
        )
        keys = await plane.request("GET", "/openid/v1/jwks")
    head, body, signature = sts.tokens[0].split(".")
    turned = signature[:-8] + signature[-8:][::-1]

    assert Token.parse(f"{head}.{body}.{signature}").is_signed_by(keys)
    assert not Token.parse(f"{head}.{body}.{turned}").is_signed_by(keys)


async def test_without_the_permission_the_proof_says_which_is_lacking(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    async with proving(plane, moto, namespace, allowed=False) as (prover, _):
        with pytest.raises(ReadDenied, match="Forbidden") as caught:
            await prover.ask_sts(
                namespace=namespace,
                service_account="api",
                audience="sts.amazonaws.com",
                role_arn=ROLE,
            )

    assert 'verb "create" on "serviceaccounts/token"' in caught.value.enable


async def test_a_rehearsed_pod_is_never_made_and_a_quota_is_told_as_one(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    place = f"/api/v1/namespaces/{namespace}"
    async with proving(plane, moto, namespace) as (prover, _):
        bare = await prover.rehearse_pod(namespace, "api")
        hard = {"pods": "0"}
        await plane.create(
            f"{place}/resourcequotas", {"metadata": {"name": "small"}, "spec": {"hard": hard}}
        )
        await plane.request(
            "PATCH",
            f"{place}/resourcequotas/small/status",
            {"status": {"hard": hard, "used": {"pods": "0"}}},
            content_type="application/merge-patch+json",
        )
        full = await prover.rehearse_pod(namespace, "api")
        async with asyncio.timeout(40):
            while (
                full.injected is Injected.BARE
            ):  # the API server's admission learns of a quota by a watch
                await asyncio.sleep(0.2)
                full = await prover.rehearse_pod(namespace, "api")
        pods = await plane.request("GET", f"{place}/pods")

    assert bare.injected is Injected.BARE
    assert full.injected is Injected.QUOTA
    assert "exceeded quota: small" in full.words
    assert not [p for p in pods["items"] if p["metadata"]["name"].startswith("irsa-doctor")]
