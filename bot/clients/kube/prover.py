"""What a proof needs of a cluster, as the proof role: a short token for STS, and a pod that is never made.

Source: Kubernetes API reference, TokenRequest (authentication.k8s.io/v1): 600 seconds is the shortest; "Pod Security
Standards", restricted; "Kubernetes API Concepts", dry run.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr, ValidationError

from bot.clients.kube import wire
from bot.clients.kube.errors import BROKEN, broken, refused, short, status_of
from bot.clients.kube.request import POD, SERVICE_ACCOUNT, Request, can_exist
from diagnostics.errors import ReadDenied, ReadError
from diagnostics.languages import say
from diagnostics.proof.answer import Injected, Rehearsal

if TYPE_CHECKING:
    from bot.clients.aws.web_identity import WebIdentitySts
    from bot.clients.kube.access import ClusterAccess
    from bot.clients.kube.request import Answer
    from diagnostics.proof.answer import StsAnswer

TOKEN_SECONDS: Final = 600
_QUOTA: Final = re.compile(r"exceeded quota|status unknown for quota|failed quota")
_POLICY: Final = re.compile(
    r"violates PodSecurity|admission webhook .{1,300} denied|ValidatingAdmissionPolicy|"
    r"unable to validate against any pod security policy|does not support dry run|LimitRange|"
    r"(?:minimum|maximum) \S+ usage per"
)

_BY_ADMISSION: Final = (
    HTTPStatus.FORBIDDEN,
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
"""The last is what a ValidatingAdmissionPolicy answers, unless it gives another reason."""


class ClusterProver:
    """Fulfils `diagnostics.clients.Prover`."""

    def __init__(self, access: ClusterAccess, sts: WebIdentitySts) -> None:
        self._access = access
        self._sts = sts

    async def ask_sts(
        self, *, namespace: str, service_account: str, audience: str, role_arn: str
    ) -> StsAnswer:
        """Create serviceaccounts/token, then sts:AssumeRoleWithWebIdentity."""
        token = await self._token(namespace, service_account, audience)
        return await self._sts.ask(token, role_arn=role_arn)

    async def rehearse_pod(self, namespace: str, service_account: str) -> Rehearsal:
        """Create pods, as a server-side dry run."""
        request = Request(
            method="POST",
            path=POD.path(namespace),
            verb="create",
            resource=POD.plural,
            namespace=namespace,
            query={"dryRun": "All", "fieldManager": "irsa-doctor"},
            body=_pod(namespace, service_account),
        )
        answer = await self._ask(request, namespace, service_account)
        if not answer.ok:
            return self._why_refused(answer, request, (await self._access.bearer()).principal)
        try:
            pod = wire.Pod.model_validate_json(answer.body)
        except ValidationError:
            return Rehearsal(injected=Injected.UNKNOWN, words="an answer that can't be read")
        names = {variable.name for c in pod.spec.containers for variable in c.env}
        volumes = any(
            source.service_account_token is not None
            for volume in pod.spec.volumes
            for source in (volume.projected.sources if volume.projected else ())
        )
        injected = {"AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"} <= names and volumes
        return Rehearsal(injected=Injected.INJECTED if injected else Injected.BARE)

    async def _token(self, namespace: str, service_account: str, audience: str) -> SecretStr:
        request = Request(
            method="POST",
            path=f"{SERVICE_ACCOUNT.path(namespace, service_account)}/token",
            verb="create",
            resource="serviceaccounts/token",
            namespace=namespace,
            name=service_account,
            body={
                "apiVersion": "authentication.k8s.io/v1",
                "kind": "TokenRequest",
                "spec": {"audiences": [audience], "expirationSeconds": TOKEN_SECONDS},
            },
        )
        answer = await self._ask(request, namespace, service_account)
        if not answer.ok:
            raise refused(
                answer,
                request,
                cluster=self._access.entry.name,
                principal=(await self._access.bearer()).principal,
            )
        try:
            token = wire.TokenRequest.model_validate_json(answer.body).status.token
        except ValidationError:
            token = None  # not chained: its message would show what could not be read
        if token is None or not token.get_secret_value():
            raise ReadError(
                say(
                    "cluster {cluster} gave no token for {account}",
                    cluster=self._access.entry.name,
                    account=f"{namespace}/{service_account}",
                ),
                enable=say("check that its API server serves TokenRequest"),
            )
        return token

    async def _ask(self, request: Request, namespace: str, service_account: str) -> Answer:
        if not can_exist(namespace, service_account):
            raise ReadError(
                say(
                    "{account} is no service account's name",
                    account=f"{namespace[:80]!r}/{service_account[:80]!r}",
                ),
                enable=say("name one that exists"),
            )
        endpoint, _ = await self._access.ready()
        try:
            return await self._access.exchange(request)
        except BROKEN as error:
            raise broken(error, cluster=self._access.entry.name, url=endpoint.url) from error

    def _why_refused(self, answer: Answer, request: Request, principal: str) -> Rehearsal:
        """Tell a quota and a policy from RBAC: the first two know the pod, the last one the caller.

        Raises:
            ReadError: It is neither.
        """
        message = short(status_of(answer).message)
        error = refused(answer, request, cluster=self._access.entry.name, principal=principal)
        if answer.status in _BY_ADMISSION and message:
            if _QUOTA.search(message):
                return Rehearsal(injected=Injected.QUOTA, words=message)
            if _POLICY.search(message):
                return Rehearsal(injected=Injected.POLICY, words=message)
            if isinstance(error, ReadDenied) and " cannot create resource " not in message:
                return Rehearsal(injected=Injected.POLICY, words=message)
        raise error


def _pod(namespace: str, service_account: str) -> Any:
    """The smallest pod that the restricted profile and most quotas let pass; it is never made."""
    amounts = {"cpu": "10m", "memory": "16Mi"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "namespace": namespace,
            "generateName": "irsa-doctor-dry-run-",
            "labels": {"app.kubernetes.io/managed-by": "irsa-doctor"},
        },
        "spec": {
            "serviceAccountName": service_account,
            "automountServiceAccountToken": False,
            "restartPolicy": "Never",
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65_532,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "never-run",
                    "image": "registry.k8s.io/pause:3.10",
                    "resources": {"requests": amounts, "limits": amounts},
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    },
                }
            ],
        },
    }
