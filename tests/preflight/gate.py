"""Stands before AWS and refuses what a test tells it to, as AWS refuses it."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web

from tests.clients.faulty import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

_EKS = (
    ("/clusters", "ListClusters"),
    ("/clusters/[^/]+", "DescribeCluster"),
    ("/clusters/[^/]+/pod-identity-associations", "ListPodIdentityAssociations"),
    ("/clusters/[^/]+/pod-identity-associations/.+", "DescribePodIdentityAssociation"),
    ("/clusters/[^/]+/identity-provider-configs", "ListIdentityProviderConfigs"),
    ("/clusters/[^/]+/identity-provider-configs/describe", "DescribeIdentityProviderConfig"),
)
_PASSED_ON = ("Authorization", "Content-Type", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Target")


@asynccontextmanager
async def gate(aws: str, denied: Collection[str]) -> AsyncIterator[str]:
    """Serve AWS without some actions; gives the URL.

    Args:
        aws: URL of the AWS behind it.
        denied: Actions such as `iam:GetRole`, or `sts:AssumeRole arn:…` for one role.
    """
    async with aiohttp.ClientSession() as session:

        async def handler(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            action, resource = _action(request, body)
            if action in denied or f"{action} {resource}" in denied:
                return _refusal(action)
            headers = {k: request.headers[k] for k in _PASSED_ON if k in request.headers}
            async with session.request(
                request.method, aws + request.path_qs, data=body, headers=headers
            ) as answer:
                return web.Response(
                    status=answer.status,
                    body=await answer.read(),
                    content_type=answer.content_type,
                    headers={
                        k: v for k, v in answer.headers.items() if k.lower().startswith("x-amzn")
                    },
                )

        async with serving(handler) as url:
            yield url


def _action(request: web.Request, body: bytes) -> tuple[str, str]:
    if target := request.headers.get("X-Amz-Target"):
        service = "organizations" if "Organizations" in target else "cloudtrail"
        return f"{service}:{target.rpartition('.')[2]}", ""
    for pattern, operation in _EKS:
        if re.fullmatch(pattern, request.path):
            return f"eks:{operation}", ""
    form = parse_qs(body.decode())
    name = form.get("Action", [""])[0]
    service = "sts" if name in ("AssumeRole", "GetCallerIdentity") else "iam"
    return f"{service}:{name}", form.get("RoleArn", [""])[0]


def _refusal(action: str) -> web.Response:
    words = f"User is not authorized to perform: {action}"
    if action.startswith(("iam:", "sts:")):
        return web.Response(
            status=403,
            content_type="text/xml",
            text="<ErrorResponse><Error><Code>AccessDenied</Code>"
            f"<Message>{words}</Message></Error></ErrorResponse>",
        )
    return web.Response(
        status=403,
        content_type="application/json",
        headers={"x-amzn-errortype": "AccessDeniedException"},
        text=json.dumps({"__type": "AccessDeniedException", "message": words}),
    )
