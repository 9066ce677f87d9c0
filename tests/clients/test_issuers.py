"""What issuers publish, fetched over TLS from loopback: both documents, each fault, and no step further."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bot.clients.issuers import Issuers, is_public
from diagnostics.errors import ReadError, Unreachable
from diagnostics.journal import recording
from sandbox.kube.tls import new_authority
from tests.clients.faulty import hang, serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

AUTHORITY = new_authority()
DOCUMENT = "/id/A1/.well-known/openid-configuration"


def issuers(**more: Any) -> Issuers:
    return Issuers(reachable=lambda _: True, trust=AUTHORITY.client(), **more)


def publishing(**changes: Any) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """An issuer as EKS has it, with changes to its discovery document or its keys."""

    async def handler(request: web.Request) -> web.StreamResponse:
        own = f"https://localhost:{request.url.port}/id/A1"
        if request.path == DOCUMENT:
            if "answer" in changes:
                return web.Response(**changes["answer"])
            found = {"issuer": own, "jwks_uri": f"{own}/keys", **changes.get("document", {})}
            return web.json_response(found)
        return web.json_response(changes.get("keys", {"keys": [{"kid": "one"}, {"kid": "two"}]}))

    return handler


async def fetched(reader: Issuers, **changes: Any) -> Any:
    async with serving(publishing(**changes), tls=AUTHORITY.server) as url:
        return await reader.published_keys(f"{url.replace('127.0.0.1', 'localhost')}/id/A1")


async def test_the_ids_of_the_keys_are_read_and_both_fetches_recorded() -> None:
    with recording() as calls:
        found = await fetched(issuers())

    assert found.fault is None
    assert found.key_ids == {"one", "two"}
    assert [call.outcome for call in calls] == ["ok", "ok"]
    assert all(call.service == "https" for call in calls)


async def test_documents_that_come_in_several_packets_are_read_whole() -> None:
    whole = publishing()

    async def in_halves(request: web.Request) -> web.StreamResponse:
        text = (await whole(request)).body  # type: ignore[attr-defined]
        answer = web.StreamResponse()
        await answer.prepare(request)
        for part in (text[:20], text[20:]):
            await answer.write(part)
            await asyncio.sleep(0.01)
        return answer

    async with serving(in_halves, tls=AUTHORITY.server) as url:
        own = f"{url.replace('127.0.0.1', 'localhost')}/id/A1"
        found = await issuers().published_keys(own)

    assert found.fault is None
    assert found.key_ids == {"one", "two"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"answer": {"status": 404}}, "it answers HTTP 404"),
        ({"answer": {"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}}}, "redirects"),
        ({"answer": {"text": "<html>"}}, "it is no JSON object"),
        ({"answer": {"text": "[" * 300_000}}, "it is no JSON object"),
        ({"answer": {"body": b" " * 400_000 + b"{}"}}, "it is no JSON object"),
        ({"document": {"issuer": "https://localhost/id/B2"}}, "another issuer"),
        ({"document": {"jwks_uri": "http://localhost/keys"}}, "no https address of the keys"),
        ({"keys": {"keys": []}}, "it holds no key"),
    ],
)
async def test_what_aws_can_not_use_is_a_fault_in_words(changes: Any, words: str) -> None:
    found = await fetched(issuers(), **changes)

    assert words in (found.fault or "")
    assert found.key_ids == frozenset()
    assert found.place.startswith("https://localhost:")


async def test_keys_on_another_host_are_not_fetched_and_no_fault() -> None:
    with recording() as calls:
        found = await fetched(issuers(), document={"jwks_uri": "https://elsewhere.example.com/k"})

    assert (found.fault, found.key_ids) == (None, frozenset())
    assert len(calls) == 1


async def test_a_certificate_of_a_private_authority_is_a_fault() -> None:
    found = await fetched(Issuers(reachable=lambda _: True))

    assert "not signed by a publicly trusted authority" in (found.fault or "")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.7"])
async def test_a_private_address_is_never_connected_to(host: str) -> None:
    touched: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        touched.append(request.path)
        return web.Response()

    async with serving(handler, tls=AUTHORITY.server) as url:
        port = url.rpartition(":")[2]
        found = await Issuers(trust=AUTHORITY.client()).published_keys(
            f"https://{host}:{port}/id/A1"
        )

    assert "private address" in (found.fault or "")
    assert "which AWS can't reach" in (found.fault or "")
    assert touched == []


@pytest.mark.parametrize(
    "issuer", ["http://issuer.example.com", "file:///etc/passwd", "https://u:p@issuer.example.com"]
)
async def test_what_is_no_https_url_is_refused(issuer: str) -> None:
    with pytest.raises(ReadError, match="no https URL of an issuer"):
        await issuers().published_keys(issuer)


async def test_an_issuer_that_does_not_answer_leaves_it_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.clients.issuers._SECONDS", 0.2)
    async with serving(hang, tls=AUTHORITY.server) as url:
        with pytest.raises(Unreachable, match="could not be fetched from here") as raised:
            await issuers().published_keys(f"{url}/id/A1")

    assert "let the bot reach the issuer" in raised.value.enable


def test_public_addresses_are_told_from_the_rest() -> None:
    public = ("8.8.8.8", "2600::1", "64:ff9b::808:808", "2002:808:808::")
    private = (
        "10.0.0.1",
        "100.64.0.1",
        "::1",
        "fec0::1",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::169.254.169.254",
        "2002:a9fe:a9fe::",
    )

    assert all(is_public(ipaddress.ip_address(one)) for one in public)
    assert not any(is_public(ipaddress.ip_address(one)) for one in private)
