"""The prover before API servers and STS that fail: what it says, and that it never says the token."""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bot.clients import Limits, build_clients
from bot.clients.aws.web_identity import proof_endpoint
from bot.clients.kube import wire
from bot.clients.kube.request import Answer
from diagnostics.errors import ReadDenied, ReadError, Throttled, Unreachable
from diagnostics.fleet import Account, Fleet, FleetCluster
from diagnostics.journal import recording
from diagnostics.proof.answer import Asked, Injected
from tests.clients.conftest import MEMBER
from tests.clients.faulty import cut, hang, serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.clients.conftest import Moto

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SECRET = "eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXBheWxvYWQ.c2VjcmV0LXNpZ25hdHVyZQ"
ROLE = f"arn:aws:iam::{MEMBER}:role/payments-api"
QUICK = Limits(kube_connect=1.0, kube_request=1.0, kube_deadline=2.0, aws_connect=0.5, aws_read=0.5)
NAMES = {"namespace": "payments", "service_account": "api"}


def fleet(endpoint: str, **changed: Any) -> Fleet:
    role = f"arn:aws:iam::{MEMBER}:role/irsa-doctor"
    cluster = FleetCluster(
        name="prod",
        account=MEMBER,
        region="eu-west-1",
        eks_name="prod",
        endpoint=endpoint,
        proof=True,
    )
    account = Account(id=MEMBER, name="m", read_role=role, proof_role=f"{role}-prove")
    return Fleet(accounts=(account,), clusters=(replace(cluster, **changed),))


async def token_of(request: web.Request) -> web.StreamResponse:
    """An API server that gives the secret to whoever asks."""
    assert request.path == "/api/v1/namespaces/payments/serviceaccounts/api/token"
    asked = await request.json()
    assert asked["spec"] == {"audiences": ["sts.amazonaws.com"], "expirationSeconds": 600}
    return web.json_response({"kind": "TokenRequest", "status": {"token": SECRET}}, status=201)


def refused(code: str, message: str, status: int = 400) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        assert "Authorization" not in request.headers
        body = (
            "<ErrorResponse><Error><Type>Sender</Type>"
            f"<Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        )
        return web.Response(text=body, status=status, content_type="text/xml")

    return answer


async def ask(moto: Moto, api: Handler, sts: Handler, **changed: Any) -> Any:
    async with serving(api) as cluster, serving(sts) as url:
        environ = {**moto.environ, "IRSA_PROOF_STS_URL": url}
        async with build_clients(fleet(cluster, **changed), environ, limits=QUICK) as clients:
            return await clients.prover("prod").ask_sts(
                **NAMES, audience="sts.amazonaws.com", role_arn=ROLE
            )


async def rehearse(moto: Moto, api: Handler) -> Any:
    async with (
        serving(api) as cluster,
        build_clients(fleet(cluster), moto.environ, limits=QUICK) as clients,
    ):
        return await clients.prover("prod").rehearse_pod("payments", "api")


@pytest.mark.parametrize(
    ("code", "message", "status"),
    [
        ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403),
        ("InvalidIdentityToken", "Incorrect token audience", 400),
        ("ExpiredTokenException", "Token expired", 400),
        ("IDPCommunicationError", "could not be reached", 400),
    ],
)
async def test_a_no_of_sts_is_told_in_its_own_words(
    moto: Moto, code: str, message: str, status: int
) -> None:
    answer = await ask(moto, token_of, refused(code, message, status))

    assert answer.asked is Asked.REFUSED
    assert answer.words == f"{code}: {message}"


async def test_a_yes_is_told_without_anything_of_what_was_given(moto: Moto) -> None:
    async def gives(_: web.Request) -> web.StreamResponse:
        body = (
            "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
            "<SecretAccessKey>given-secret</SecretAccessKey></Credentials>"
            "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
        )
        return web.Response(text=body, content_type="text/xml")

    with recording() as calls:
        answer = await ask(moto, token_of, gives)

    assert answer.asked is Asked.GIVEN
    assert "given-secret" not in repr((answer, calls))
    assert SECRET not in repr((answer, calls))
    assert [c.operation for c in calls][-2:] == [
        "create serviceaccounts/token",
        "AssumeRoleWithWebIdentity",
    ]


async def moved(request: web.Request) -> web.StreamResponse:
    """Send whoever asks to another place, where the token must not go."""
    raise web.HTTPTemporaryRedirect(f"{request.url.origin()}/elsewhere")


@pytest.mark.parametrize(
    ("sts", "kind", "words"),
    [
        (cut, Unreachable, "did not answer the proof"),
        (hang, Unreachable, "did not answer the proof"),
        (moved, Unreachable, "answered 307, but not as STS does"),
        (refused("Throttling", "Rate exceeded"), Throttled, "Throttling: Rate exceeded"),
        (refused("InternalFailure", "", 500), Unreachable, "InternalFailure"),
        (refused("AccessDenied", f"token {SECRET}", 502), Unreachable, "AccessDenied: token"),
    ],
    ids=["cut", "silent", "redirecting", "throttling", "failing", "echoing"],
)
async def test_an_sts_that_fails_is_unknown_and_the_token_is_in_no_word_of_it(
    moto: Moto,
    caplog: pytest.LogCaptureFixture,
    sts: Handler,
    kind: type[ReadError],
    words: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(kind, match=words) as caught, recording() as calls:
        await ask(moto, token_of, sts)

    told = "".join(traceback.format_exception(caught.value)) + caught.value.enable
    assert SECRET not in told + caplog.text + repr(calls)
    assert SECRET.split(".")[1] not in told + caplog.text + repr(calls)


@pytest.mark.parametrize(
    "body", ["{}", '{"status": {}}', f'{{"status": {{"token": ["{SECRET}"]}}}}', "no json"]
)
async def test_an_answer_without_a_token_is_told_without_its_text(moto: Moto, body: str) -> None:
    async def odd(_: web.Request) -> web.StreamResponse:
        return web.Response(text=body, status=201, content_type="application/json")

    with pytest.raises(ReadError, match="gave no token for payments/api") as caught:
        await ask(moto, odd, cut)

    assert SECRET not in "".join(traceback.format_exception(caught.value))


def status(message: str, code: int = 403) -> Handler:
    async def answer(_: web.Request) -> web.StreamResponse:
        body = {"kind": "Status", "reason": "Forbidden", "message": message, "code": code}
        return web.json_response(body, status=code)

    return answer


async def test_a_refusal_of_rbac_names_the_rule(moto: Moto) -> None:
    message = 'serviceaccounts "api" is forbidden: User "x" cannot create resource "serviceaccounts/token"'

    with pytest.raises(ReadDenied) as caught:
        await ask(moto, status(message), cut)

    assert 'verb "create" on "serviceaccounts/token"' in caught.value.enable


async def test_a_token_that_an_admission_policy_refuses_names_what_would_let_it_pass(
    moto: Moto,
) -> None:
    message = (
        "serviceaccounts \"api\" is forbidden: ValidatingAdmissionPolicy 'irsa-doctor-for-sts-only' denied request: "
        "irsa-doctor makes tokens for STS, and for nothing else."
    )

    with pytest.raises(ReadDenied, match="for STS, and for nothing else") as caught:
        await ask(moto, status(message, 422), cut)

    assert "admission policy" in caught.value.enable


@pytest.mark.parametrize(
    ("message", "code", "seen"),
    [
        ('pods "x" is forbidden: exceeded quota: small, requested: pods=1', 403, Injected.QUOTA),
        ('pods "x" is forbidden: failed quota: q: must specify cpu', 403, Injected.QUOTA),
        ('pods "x" is forbidden: violates PodSecurity "restricted:latest"', 403, Injected.POLICY),
        ('admission webhook "policy.example" denied the request: no', 403, Injected.POLICY),
        ('admission webhook "x" does not support dry run', 400, Injected.POLICY),
        ("pods \"x\" is forbidden: ValidatingAdmissionPolicy 'p' denied", 403, Injected.POLICY),
        ("pods \"x\" is invalid: ValidatingAdmissionPolicy 'p' denied", 422, Injected.POLICY),
    ],
)
async def test_a_pod_that_a_quota_or_a_policy_refuses_is_told_apart(
    moto: Moto, message: str, code: int, seen: Injected
) -> None:
    rehearsal = await rehearse(moto, status(message, code))

    assert rehearsal.injected is seen
    assert rehearsal.words == message


async def test_a_pod_that_rbac_refuses_is_no_word_about_the_webhook(moto: Moto) -> None:
    message = 'pods is forbidden: User "x" cannot create resource "pods" in API group ""'

    with pytest.raises(ReadDenied) as caught:
        await rehearse(moto, status(message))

    assert 'verb "create" on "pods"' in caught.value.enable


async def test_the_rehearsed_pod_is_a_dry_run_that_the_restricted_profile_lets_pass(
    moto: Moto,
) -> None:
    seen: list[Any] = []

    async def keeps(request: web.Request) -> web.StreamResponse:
        seen.append((request.query.get("dryRun"), await request.json()))
        return web.json_response(seen[-1][1], status=201)

    rehearsal = await rehearse(moto, keeps)

    assert rehearsal.injected is Injected.BARE
    (dry, pod), *_ = seen
    assert dry == "All"
    container = pod["spec"]["containers"][0]
    assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
    assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert set(container["resources"]["limits"]) == {"cpu", "memory"}


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("http://127.0.0.1:9/", True),
        ("https://localhost/", True),
        ("https://sts.example.com/", False),
        ("http://169.254.169.254/", False),
        ("", False),
    ],
)
def test_another_sts_is_asked_on_this_machine_only(url: str, *, used: bool) -> None:
    assert proof_endpoint({"IRSA_PROOF_STS_URL": url}) == (url if used else None)


async def test_a_cluster_that_has_the_proof_turned_off_has_no_prover(moto: Moto) -> None:
    async with build_clients(fleet("http://127.0.0.1:9", proof=False), moto.environ) as clients:
        with pytest.raises(ReadError, match="the proof is off for cluster prod"):
            clients.prover("prod")


async def test_names_that_no_object_can_have_are_not_put_into_a_url(moto: Moto) -> None:
    async with build_clients(fleet("http://127.0.0.1:9"), moto.environ) as clients:
        with pytest.raises(ReadError, match="is no service account's name"):
            await clients.prover("prod").ask_sts(
                namespace="payments/../x",
                service_account="api",
                audience="sts.amazonaws.com",
                role_arn=ROLE,
            )


def test_what_holds_the_token_shows_it_to_nobody() -> None:
    text = f'{{"status": {{"token": "{SECRET}"}}}}'
    held = wire.TokenRequest.model_validate_json(text)

    assert SECRET not in f"{held!r} {held} {held.model_dump()} {held.model_dump_json()}"
    assert SECRET not in repr(Answer(status=201, body=text.encode()))
    assert held.status.token is not None
