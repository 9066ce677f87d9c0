"""`/api/<method>` over HTTP: reads a request as Slack does, checks the token, and answers.

Source: docs.slack.dev, "Using the Slack Web API".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web

from sandbox.slack.api.call import ApiError, Call, invalid_arguments
from sandbox.slack.api.methods import METHODS, Method

if TYPE_CHECKING:
    from sandbox.slack.faults import Fault
    from sandbox.slack.people import Json
    from sandbox.slack.workspace import Workspace

_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


async def answer(workspace: Workspace, request: web.Request) -> web.StreamResponse:
    """Answer one call; refusals are HTTP 200 with `ok: false`, as Slack's are."""
    name = request.match_info["method"]
    method = METHODS.get(name)
    headers = {"X-Slack-Req-Id": workspace.ids.uuid()}
    if method is None:
        return _json({"ok": False, "error": "unknown_method", "req_method": name}, headers)
    fault = workspace.faults.take(name)
    if fault is not None and not fault.after_acting:
        return _failed(fault, headers)
    try:
        args = await _arguments(request, method)
        _token(workspace, method, request, args)
        if method.token == "bot":  # noqa: S105 - a kind of token
            headers["X-OAuth-Scopes"] = ",".join(sorted(workspace.app.scopes))
            headers["X-Accepted-OAuth-Scopes"] = ",".join(method.scopes)
        call = Call(workspace=workspace, method=name, args=args, base_url=str(request.url.origin()))
        call.scope(*method.scopes)
        _known(method, args)
        wait = workspace.limits.wait(name, method.tier, call.text("channel"), workspace.clock.now())
        if wait is not None:
            return _limited(wait, headers)
        workspace.calls.append((name, args))
        held = await method.run(call)
    except ApiError as refused:
        return _json({"ok": False, "error": refused.error, **refused.more}, headers)
    except RecursionError:  # nested deeper than anything that Slack would read
        return _json({"ok": False, "error": "invalid_arguments"}, headers)
    if fault is not None and request.transport is not None:
        request.transport.abort()
    return _json({"ok": True, **held}, headers)


def _failed(fault: Fault, headers: Mapping[str, str]) -> web.Response:
    if fault.retry_after is not None:
        return _limited(fault.retry_after, headers)
    if fault.status is not None:
        return web.Response(status=fault.status, text="upstream error", headers=headers)
    return _json({"ok": False, "error": fault.error or "internal_error"}, headers)


async def _arguments(request: web.Request, method: Method) -> Json:
    args: Json = dict(request.query)
    if request.method == "GET":
        return args
    if request.content_type in _FORMS:
        form = await request.post()
        args |= {key: value for key, value in form.items() if isinstance(value, str)}
    elif request.content_type == "application/json":
        try:
            held = json.loads(await request.read() or b"{}")
        except (ValueError, RecursionError):
            raise ApiError("invalid_json") from None
        if not isinstance(held, Mapping):
            raise ApiError("json_not_object")
        if method.json:
            args |= {key: value for key, value in held.items() if value is not None}
    return args


def _token(workspace: Workspace, method: Method, request: web.Request, args: Json) -> None:
    given = str(args.pop("token", "") or "")
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        given = bearer.strip()
    if method.token == "none":  # noqa: S105 - a kind of token
        return
    if not given:
        raise ApiError("not_authed")
    app = workspace.app
    if given not in {app.bot_token, app.app_token}:
        raise ApiError("invalid_auth")
    wanted = app.app_token if method.token == "app" else app.bot_token  # noqa: S105  a kind of token
    if given != wanted:
        raise ApiError("not_allowed_token_type")


def _known(method: Method, args: Json) -> None:
    """Slack drops arguments that it does not know; here they are refused, since they are typos."""
    missing = sorted(name for name in method.required if args.get(name) is None)
    unknown = sorted(args.keys() - method.known)
    if missing or unknown:
        raise invalid_arguments(
            *(f"missing required field: {name}" for name in missing),
            *(f"unknown argument: {name}"[:100] for name in unknown),
        )


def _json(held: Json, headers: Mapping[str, str]) -> web.Response:
    return web.json_response(held, headers=headers)


def _limited(seconds: int, headers: Mapping[str, str]) -> web.Response:
    return web.json_response(
        {"ok": False, "error": "ratelimited"},
        status=HTTPStatus.TOO_MANY_REQUESTS,
        headers={**headers, "Retry-After": str(seconds)},
    )
