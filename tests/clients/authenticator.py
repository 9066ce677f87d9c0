"""What aws-iam-authenticator is to EKS: the token webhook that turns an EKS token into a user."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web

if TYPE_CHECKING:
    from types import TracebackType


class Authenticator:
    """Answers TokenReviews: the presigned URL is called, and the ARN that STS names is the user.

    A token is refused that does not sign the cluster's name, is for another cluster than `cluster`,
    or would have the authenticator call anything but GetCallerIdentity.
    """

    cluster = "prod"

    def __init__(self, sts: str) -> None:
        self.sts = sts
        self.url = ""
        self.reviews = 0
        self.strangers: set[str] = set()
        """ARNs that have no access entry."""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/", self._review)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _review(self, request: web.Request) -> web.Response:
        self.reviews += 1
        body = await request.json()
        arn = await self._who(body["spec"]["token"])
        known = arn is not None and arn not in self.strangers
        status: dict[str, Any] = {"authenticated": known}
        if known:
            status["user"] = {"username": arn, "groups": []}
        return web.json_response({**body, "status": status})

    async def _who(self, token: str) -> str | None:
        if not token.startswith("k8s-aws-v1.") or "=" in token:
            return None
        coded = token.removeprefix("k8s-aws-v1.")
        url = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
        query = parse_qs(urlsplit(url).query)
        if (
            not url.startswith(self.sts + "/?")
            or query["Action"] != ["GetCallerIdentity"]
            or query["X-Amz-Expires"] != ["60"]
            or "x-k8s-aws-id" not in query["X-Amz-SignedHeaders"][0].split(";")
        ):
            return None
        # moto reads the access key from this header only, never from a presigned URL.
        signed = f"AWS4-HMAC-SHA256 Credential={query['X-Amz-Credential'][0]}, SignedHeaders=host"
        headers = {"x-k8s-aws-id": self.cluster, "Authorization": signed}
        async with (
            aiohttp.ClientSession() as session,
            session.get(url, headers=headers) as answer,
        ):
            found = re.search(r"<Arn>(.*?)</Arn>", await answer.text())
        return found[1] if found else None
