"""Answers as IAM and STS write them."""

from __future__ import annotations

from typing import Any

from aiohttp import web


def error(code: str, message: str = "", status: int = 400) -> web.Response:
    return web.Response(
        status=status,
        content_type="text/xml",
        text=f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>",
    )


def assumed(key: str = "ASIAEXAMPLE", expires: str = "2099-01-01T00:00:00Z") -> web.Response:
    return web.Response(
        content_type="text/xml",
        text=(
            '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
            f"<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
            f"<Expiration>{expires}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
        ),
    )


def aws(**answers: Any) -> Any:
    """Answer by action; AssumeRole works unless told otherwise."""

    async def handler(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        answer = answers.get(str(form.get("Action")))
        found: web.StreamResponse = answer(request) if answer else assumed()
        return found

    return handler
