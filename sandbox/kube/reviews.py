"""The sandbox's webhooks for a real API server: who is there (TokenReview), and what a new pod gets (AdmissionReview).

Source: Kubernetes, "Webhook Token Authentication" and "Dynamic Admission Control".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import web

from sandbox.kube import identity_webhook

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.kube.api import Authenticates
    from sandbox.kube.resources import Object


class Pods(Protocol):
    """Whoever reads the service accounts of a cluster and makes its pods."""

    async def account(self, namespace: str, name: str) -> Object | None:
        """The service account, or None."""

    def make(self, pod: Object) -> None:
        """Create this pod soon."""


def token_reviews(
    authenticator: Authenticates,
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answer TokenReviews (authentication.k8s.io/v1 and v1beta1) for one cluster."""

    async def review(request: web.Request) -> web.Response:
        asked = await _review(request, "TokenReview")
        token = asked.get("spec", {}).get("token")
        user = await authenticator.user(token) if isinstance(token, str) else None
        status: dict[str, Any] = {"authenticated": user is not None}
        if user is not None:
            status["user"] = {"username": user.name, "groups": list(user.groups)}
        return web.json_response(
            {"apiVersion": asked["apiVersion"], "kind": "TokenReview", "status": status}
        )

    return review


def pod_reviews(pods: Pods, *, region: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answer AdmissionReviews (admission.k8s.io/v1 and v1beta1) for the pods of one cluster.

    A pod that lacks what the webhook injects is refused, and the injected one is created in its place, because
    kube-apiserver 1.20 built with Go 1.18 or later crashes on a webhook's JSON patch (json-iterator over a map).
    """

    async def review(request: web.Request) -> web.Response:
        asked = await _review(request, "AdmissionReview")
        wanted = asked.get("request", {})
        answer: dict[str, Any] = {"uid": wanted.get("uid", ""), "allowed": True}
        pod = wanted.get("object")
        if isinstance(pod, dict):
            namespace = wanted.get("namespace", "")
            account = pod["spec"].get("serviceAccountName") or "default"
            found = await pods.account(namespace, account)
            after = identity_webhook.mutated(pod, found, region=region)
            if after != pod:
                said = "the sandbox would create the injected pod in its place"
                if not wanted.get("dryRun"):
                    after["metadata"]["namespace"] = namespace
                    pods.make(after)
                    said = "the sandbox creates the injected pod in its place"
                answer |= {"allowed": False, "status": {"code": 403, "message": said}}
        return web.json_response(
            {"apiVersion": asked["apiVersion"], "kind": "AdmissionReview", "response": answer}
        )

    return review


async def _review(request: web.Request, kind: str) -> dict[str, Any]:
    try:
        asked = json.loads(await request.read())
    except ValueError:
        asked = None
    if not isinstance(asked, dict) or asked.get("kind") != kind or "apiVersion" not in asked:
        raise web.HTTPBadRequest(text=f"expected a {kind}")
    return asked
