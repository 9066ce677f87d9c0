"""The embedded API server of one cluster: reads, lists in pages, writes under preconditions, rehearses dry runs.

Source: Kubernetes, "Kubernetes API Concepts".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiohttp import web

from sandbox.kube import identity_webhook, patches, service_account_tokens
from sandbox.kube.access import ADMINS, Attributes, User, authorize, self_review
from sandbox.kube.controllers import Controllers
from sandbox.kube.paging import page_of
from sandbox.kube.paths import description_of, resource_at
from sandbox.kube.resources import (
    CONFIG_MAP,
    MUTATING_WEBHOOK,
    NAMESPACE,
    POD,
    SERVICE_ACCOUNT,
    Object,
    Resource,
    name_of,
    namespace_of,
)
from sandbox.kube.status import (
    ApiError,
    bad_request,
    invalid,
    no_such_path,
    unauthorized,
)
from sandbox.kube.store import Store, checked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

MOST_BODY: Final = 3 * 1024 * 1024
"""Bytes of a request. Source: k8s.io/apiserver, MaxRequestBodyBytes."""
DISCOVERY: Final = "/.well-known/openid-configuration"
SELF_REVIEWS: Final = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
"""Whoever is logged in may ask what they may do."""


class Authenticates(Protocol):
    """Whoever knows the users of one cluster."""

    async def user(self, token: str) -> User | None:
        """Name the bearer of a token; None where it is nobody's."""


class KubernetesApi:
    """One cluster.

    Args:
        issuer: Of its service account tokens.
        region: Which the pod identity webhook sets in pods.
        admin_token: Whoever holds it may do everything.
        authenticator: Knows everybody else.
        now: The time.
    """

    def __init__(
        self,
        *,
        issuer: str,
        region: str,
        admin_token: str,
        authenticator: Authenticates,
        now: Callable[[], datetime],
    ) -> None:
        self.issuer = issuer
        self.region = region
        self.store = Store(now)
        self.requests: list[str] = []
        """Verb and path of what was asked lately, the newest last; for the curious and for tests."""
        self._admin_token = admin_token
        self._authenticator = authenticator
        self._controllers = Controllers(self.store, self._admit)
        self._tokens = service_account_tokens.ServiceAccountTokens(issuer, now)

    def app(self) -> web.Application:
        """The HTTP side of it."""
        app = web.Application(client_max_size=MOST_BODY, middlewares=[_as_status])
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        user = await self._user(request)
        self.requests.append(f"{request.method} {request.path_qs}")
        del self.requests[:-1_000]
        if asked := service_account_tokens.PATH.fullmatch(request.path):
            return await self._token(request, user, asked[1], asked[2])
        if request.method == "POST" and request.path == SELF_REVIEWS:
            return web.json_response(self_review(user, await _body(request)), status=201)
        return await self._served(request, user)

    async def _token(
        self, request: web.Request, user: User, namespace: str, name: str
    ) -> web.StreamResponse:
        if request.method != "POST":
            raise ApiError(405, "MethodNotAllowed", "the server does not allow this method here")
        authorize(
            user,
            Attributes(
                verb="create",
                group="",
                resource=service_account_tokens.RESOURCE,
                namespace=namespace,
                name=name,
            ),
        )
        account = self.store.get(SERVICE_ACCOUNT, namespace, name)
        answer = self._tokens.answer(await _body(request), account)
        return web.json_response(answer, status=201)

    async def _served(self, request: web.Request, user: User) -> web.StreamResponse:
        parts = request.path.strip("/").split("/")
        found = resource_at(parts)
        if found is None:
            authorize(user, Attributes(verb=request.method.lower(), path=request.path))
            return web.json_response(self._path(request))
        resource, namespace, name = found
        verb = _verb(request.method, name)
        authorize(
            user,
            Attributes(
                verb=verb,
                group=resource.group,
                resource=resource.plural,
                namespace=namespace,
                name=name,
            ),
        )
        body = (
            await _body(request) if request.method in ("POST", "PUT", "PATCH", "DELETE") else None
        )
        write = _Write(request)
        if verb == "list":
            return web.json_response(page_of(self.store, resource, namespace, request.query))
        if verb == "create":
            created = self._create(resource, namespace, body, write)
            return web.json_response(created, status=201)
        if name is None:
            raise ApiError(405, "MethodNotAllowed", "the server does not allow this method here")
        if verb == "get":
            return web.json_response(self.store.get(resource, namespace, name))
        if verb == "delete":
            uid = body.get("preconditions", {}).get("uid") if isinstance(body, dict) else None
            gone = self.store.delete(resource, namespace, name, uid=uid, dry_run=write.dry_run)
            self._controllers.run(namespace)
            return web.json_response(gone)
        if verb == "patch":
            before = self.store.get(resource, namespace, name)
            body = patches.patched(before, body, request.content_type)
        changed = checked(resource, body, namespace)
        if name_of(changed) != name:
            raise invalid("the name of the object does not match the name on the URL")
        written = self.store.replace(
            resource, changed, manager=write.manager, dry_run=write.dry_run
        )
        if not write.dry_run:
            self._controllers.run(namespace)
        return web.json_response(written)

    async def _user(self, request: web.Request) -> User:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            raise unauthorized()
        if token == self._admin_token:
            return User(name="admin", groups=(ADMINS,))
        user = await self._authenticator.user(token)
        if user is None:
            raise unauthorized()
        return user

    def _create(
        self, resource: Resource, namespace: str | None, body: Any, write: _Write
    ) -> Object:
        wanted = checked(resource, body, namespace)
        if resource.namespaced and self.store.find(NAMESPACE, None, namespace or "") is None:
            raise ApiError(404, "NotFound", f'namespaces "{namespace}" not found')
        if resource is POD:
            wanted = self._controllers.admitted(wanted)
        created = self.store.create(resource, wanted, manager=write.manager, dry_run=write.dry_run)
        if not write.dry_run:
            self._controllers.run(namespace)
        return created

    def _admit(self, pod: Object) -> Object:
        namespace = namespace_of(pod) or ""
        hook = self.store.find(MUTATING_WEBHOOK, None, identity_webhook.CONFIGURATION)
        home = self.store.find(NAMESPACE, None, namespace) or {}
        labels = {
            "kubernetes.io/metadata.name": namespace,
            **home.get("metadata", {}).get("labels", {}),
        }
        if hook is None or not identity_webhook.is_called(hook, pod=pod, namespace_labels=labels):
            return pod
        account = self.store.find(
            SERVICE_ACCOUNT, namespace, pod["spec"].get("serviceAccountName", "default")
        )
        config = self.store.find(CONFIG_MAP, identity_webhook.HOME, identity_webhook.MAP)
        known = identity_webhook.with_mapped_role(account, config)
        return identity_webhook.mutated(pod, known, region=self.region)

    def _path(self, request: web.Request) -> Object:
        """What is at a path that is no resource."""
        path = request.path.rstrip("/")
        if request.method != "GET":
            raise no_such_path()
        if path == DISCOVERY:
            return {
                "issuer": self.issuer,
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        if path == service_account_tokens.KEYS:
            return self._tokens.keys
        return description_of(path)


class _Write:
    """What the query of a write asks for."""

    def __init__(self, request: web.Request) -> None:
        dry = request.query.getall("dryRun", [])
        if dry and dry != ["All"]:
            raise invalid(f'dryRun: Unsupported value: {dry[0][:50]!r}: supported values: "All"')
        self.dry_run = bool(dry)
        agent = request.headers.get("User-Agent", "unknown").partition("/")[0]
        self.manager = request.query.get("fieldManager") or agent[:128]
        if len(self.manager) > 128:  # noqa: PLR2004  the API's limit
            raise invalid("fieldManager: Too long: may not be more than 128 bytes")


@web.middleware
async def _as_status(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        refusal = error
    except RecursionError:
        refusal = bad_request("the object is nested too deeply")
    except web.HTTPRequestEntityTooLarge:
        refusal = ApiError(
            413, "RequestEntityTooLarge", f"Request entity too large: limit is {MOST_BODY}"
        )
    return web.json_response(refusal.status, status=refusal.code)


async def _body(request: web.Request) -> Any:
    raw = await request.read()
    if not raw and request.method == "DELETE":
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise bad_request("the object provided is unrecognized: the body is no JSON") from error


def _verb(method: str, name: str | None) -> str:
    verbs = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
    if method == "GET":
        return "get" if name is not None else "list"
    verb = verbs.get(method)
    if verb is None or (verb == "create") is not (name is None):
        raise ApiError(405, "MethodNotAllowed", "the server does not allow this method here")
    return verb
