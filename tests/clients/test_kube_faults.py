"""What the reader and the writer of a cluster make of API servers that fail."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import ssl
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bot.clients import Limits, build_clients
from diagnostics.errors import (
    OutcomeUnknown,
    ReadDenied,
    ReadError,
    Throttled,
    Unreachable,
    WriteError,
)
from diagnostics.fleet import Account, Fleet, FleetCluster, WorkloadRef
from diagnostics.journal import recording
from tests.clients.conftest import MEMBER
from tests.clients.faulty import cut, hang, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clients.conftest import Moto

QUICK = Limits(kube_connect=1.5, kube_request=1.5, kube_deadline=4.0, most_bytes=100_000)
ACCOUNT = {"metadata": {"name": "api", "namespace": "payments", "uid": "u", "resourceVersion": "7"}}


def fleet(endpoint: str | None, **cluster: Any) -> Fleet:
    role = f"arn:aws:iam::{MEMBER}:role/irsa-doctor"
    return Fleet(
        accounts=(Account(id=MEMBER, name="m", read_role=role, fix_role=role + "-fix"),),
        clusters=(
            FleetCluster(
                name="prod",
                account=MEMBER,
                region="eu-west-1",
                eks_name="prod",
                endpoint=endpoint,
                **cluster,
            ),
        ),
    )


async def read(endpoint: str | None, moto: Moto, limits: Limits = QUICK, **cluster: Any) -> Any:
    async with build_clients(fleet(endpoint, **cluster), moto.environ, limits=limits) as clients:
        return await clients.kubernetes("prod").service_account("payments", "api")


def answering(*answers: Any) -> Any:
    """Give one answer after the other, the last one for ever."""
    left = list(answers)

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = left.pop(0) if len(left) > 1 else left[0]
        found: web.StreamResponse = await answer(request)
        return found

    return handler


def says(body: Any, status: int = 200, **headers: str) -> Any:
    async def answer(_: web.Request) -> web.StreamResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, headers=headers)

    return answer


def refuses(status: int, reason: str, message: str = "", **headers: str) -> Any:
    return says({"kind": "Status", "reason": reason, "message": message}, status, **headers)


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        (
            refuses(500, "InternalError", "etcd is away"),
            Unreachable,
            "500 InternalError: etcd is away",
        ),
        (refuses(429, "TooManyRequests"), Throttled, "429 TooManyRequests"),
        (refuses(401, "Unauthorized"), ReadDenied, "does not know arn:aws:iam::"),
        (refuses(403, "Forbidden", 'User "x" cannot'), ReadDenied, "403 Forbidden"),
        (refuses(418, "Odd", "y" * 9000), ReadError, "418 Odd"),
        (says("<html>", 404), ReadError, "answered 404, but not as a Kubernetes API does"),
        (says("", 302, Location="http://127.0.0.1:1/"), ReadError, "redirected"),
        (says("<html>"), ReadError, "an answer that can't be read"),
        (says("[]"), ReadError, "an answer that can't be read"),
        (says({"metadata": {"uid": 5}}), ReadError, "an answer that can't be read"),
        (says("[" * 90_000), ReadError, "an answer that can't be read"),
        (says("x" * 200_000), Unreachable, "more than 100,000 bytes"),
        (hang, Unreachable, "did not answer in time"),
        (cut, Unreachable, "broke the connection"),
    ],
)
async def test_a_failing_api_server_ends_in_one_clear_error(
    moto: Moto, answer: Any, kind: type[ReadError], why: str
) -> None:
    async with serving(answer) as url, asyncio.timeout(30):
        with recording() as calls, pytest.raises(kind) as caught:
            await read(url, moto)

    assert type(caught.value) is kind
    assert why in caught.value.why
    assert len(caught.value.why) < 600
    assert caught.value.enable
    if why != "an answer that can't be read":
        assert calls[-1].outcome not in ("ok", "absent")


async def test_not_found_is_none_only_when_the_api_server_says_it(moto: Moto) -> None:
    async with serving(refuses(404, "NotFound")) as url:
        assert await read(url, moto) is None


async def test_a_read_is_repeated_when_that_may_help(moto: Moto) -> None:
    answer = answering(cut, refuses(503, "Unavailable", **{"Retry-After": "0"}), says(ACCOUNT))
    async with serving(answer) as url:
        found = await read(url, moto)

    assert found.uid == "u"


async def test_a_long_retry_after_does_not_outlast_the_deadline(moto: Moto) -> None:
    start = time.monotonic()
    async with serving(refuses(429, "Slow", **{"Retry-After": "3600"})) as url:
        with pytest.raises(Unreachable, match="did not answer in time"):
            await read(url, moto)

    assert time.monotonic() - start < 30


async def test_a_closed_port_and_an_unknown_host_are_told_apart(moto: Moto) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable, match="can't be reached"):
            await read(f"https://127.0.0.1:{taken.getsockname()[1]}", moto)
    with pytest.raises(Unreachable, match=r"host name .* can't be resolved") as caught:
        await read("https://absent.invalid", moto)

    assert "`proxy_url` of cluster prod" in caught.value.enable


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, str]:
    key, cert = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-keyout", key, "-out", cert, "-days", "1", "-subj", f"/CN={name}"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert.read_text()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make certificates")
async def test_a_certificate_of_another_authority_is_not_trusted(
    moto: Moto, tmp_path: Path
) -> None:
    context, own = certificate(tmp_path, "own")
    _, another = certificate(tmp_path, "another")
    async with serving(says(ACCOUNT), tls=context) as url:
        assert (await read(url, moto, ca=own)).uid == "u"
        with pytest.raises(Unreachable, match="is not trusted") as caught:
            await read(url, moto, ca=another)

    assert "`ca` of cluster prod" in caught.value.enable


async def test_a_ca_that_is_none_is_said(moto: Moto) -> None:
    with pytest.raises(ReadError, match="certificates for cluster prod can't be used"):
        await read("https://127.0.0.1:1", moto, ca="nonsense")


async def test_a_cluster_that_eks_does_not_know_is_said(moto: Moto) -> None:
    with pytest.raises(ReadError, match="EKS knows no such cluster") as caught:
        await read(None, moto)

    assert "correct eks_name" in caught.value.enable


async def test_an_unknown_kind_of_workload_is_said(moto: Moto) -> None:
    async with build_clients(fleet("http://127.0.0.1:1"), moto.environ) as clients:
        with pytest.raises(ReadError, match="Rollout is no kind of workload"):
            await clients.kubernetes("prod").workload("x", WorkloadRef(kind="Rollout", name="x"))


async def annotate(url: str, moto: Moto) -> Any:
    async with build_clients(fleet(url), moto.environ, limits=QUICK) as clients:
        return await clients.kubernetes_writer("prod").annotate_service_account(
            namespace="payments", name="api", uid="u", key="k", before=None, after="v"
        )


@pytest.mark.parametrize(
    ("rehearsal", "write", "kind", "words"),
    [
        (cut, hang, WriteError, "nothing was written: .* broke the connection"),
        (hang, cut, WriteError, "nothing was written: .* did not answer in time"),
        (refuses(500, "Oops"), cut, WriteError, "nothing was written: 500 Oops"),
        (refuses(409, "Conflict", "moved"), cut, WriteError, "refused the change: moved"),
        (says(ACCOUNT), cut, OutcomeUnknown, "it may have been written: .* broke the connection"),
        (says(ACCOUNT), hang, OutcomeUnknown, "it may have been written: .* did not answer"),
        (says(ACCOUNT), refuses(504, "Timeout"), OutcomeUnknown, "it may have been written: 504"),
        (says(ACCOUNT), says("<html>"), OutcomeUnknown, "the answer can't be read"),
        (says(ACCOUNT), refuses(429, "Slow"), WriteError, "nothing was written: 429"),
    ],
)
async def test_a_write_tells_not_written_from_perhaps_written(
    moto: Moto, rehearsal: Any, write: Any, kind: type[WriteError], words: str
) -> None:
    written = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal written
        if request.method == "GET":
            answer = says(ACCOUNT)
        elif "dryRun" in request.query:
            answer = rehearsal
        else:
            written += 1
            answer = write
        found: web.StreamResponse = await answer(request)
        return found

    async with serving(handler) as url:
        with pytest.raises(kind, match=words) as caught:
            await annotate(url, moto)

    assert type(caught.value) is kind
    assert written <= 1


def kubeconfig(path: Path, url: str, user: dict[str, Any]) -> str:
    document = {
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": url}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    }
    path.write_text(json.dumps(document))
    return str(path)


async def bearer(request: web.Request) -> web.StreamResponse:
    return web.json_response(
        {"metadata": {"name": "api", "uid": request.headers.get("Authorization", "nobody")}}
    )


def plugin(path: Path, program: str) -> dict[str, Any]:
    path.write_text(f"#!{sys.executable}\n{program}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {
        "exec": {
            "command": str(path),
            "apiVersion": "client.authentication.k8s.io/v1",
            "args": None,
        }
    }


PRINTS = (
    'import json; print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",'
    ' "status": {"token": "from-plugin", "expirationTimestamp": "2099-01-01T00:00:00Z"}}))'
)


async def test_a_kubeconfig_gives_endpoint_and_user_but_the_fix_role_speaks_for_itself(
    moto: Moto, tmp_path: Path
) -> None:
    seen: list[tuple[str, str]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append((request.method, request.headers["Authorization"][:16]))
        return await says(ACCOUNT)(request)  # type: ignore[no-any-return]

    async with serving(handler) as url:
        path = kubeconfig(tmp_path / "config", url, {"token": "static-token"})
        async with build_clients(fleet(None, kubeconfig=path), moto.environ) as clients:
            await clients.kubernetes("prod").service_account("payments", "api")
            await clients.kubernetes_writer("prod").annotate_service_account(
                namespace="payments", name="api", uid="u", key="k", before=None, after="v"
            )

    assert seen[0] == ("GET", "Bearer static-to")
    assert [s for s in seen[1:] if s[1] != "Bearer k8s-aws-v"] == []


async def test_a_credential_plugin_gives_the_token(moto: Moto, tmp_path: Path) -> None:
    async with serving(bearer) as url:
        path = kubeconfig(tmp_path / "config", url, plugin(tmp_path / "plugin", PRINTS))
        found = await read(None, moto, context="c", kubeconfig=path)

    assert found.uid == "Bearer from-plugin"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ('import sys; sys.exit("no session")', "plugin .*plugin failed and said: no session"),
        ("import time; time.sleep(60)", "did not end in time"),
        ("print('nonsense')", "can't be used"),
        ("print('{}')", "printed no status"),
        ("print('{\"status\": {}}')", "printed neither token nor certificate"),
    ],
)
async def test_a_credential_plugin_that_fails_is_quoted(
    moto: Moto, tmp_path: Path, program: str, words: str
) -> None:
    path = kubeconfig(
        tmp_path / "config", "http://127.0.0.1:1", plugin(tmp_path / "plugin", program)
    )
    with pytest.raises(ReadError, match=words) as caught:
        await read(None, moto, Limits(exec_plugin=1.0), context="c", kubeconfig=path)

    assert "make `kubectl --context c get ns` work" in caught.value.enable


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "can't be used"),
        ("[", "can't be used"),
        ("a: 1", "can't be used"),
        (
            "current-context: x\ncontexts: []\nclusters: []\nusers: []",
            "Expected object with name x",
        ),
        (None, "there is no such file"),
    ],
)
async def test_a_broken_kubeconfig_is_said(
    moto: Moto, tmp_path: Path, text: str | None, words: str
) -> None:
    path = tmp_path / "config"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ReadError, match=words):
        await read(None, moto, kubeconfig=str(path))
