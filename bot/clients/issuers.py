"""What issuers publish to everybody: the discovery document and the keys.

Fetched as STS would: over https, without credentials. Never from a private address, which AWS can't reach either and
which the bot must not be led to, and never further than the issuer's own host.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.clients.answer_body import first_bytes
from diagnostics.errors import ReadError, Unreachable
from diagnostics.evidence import PublishedKeys
from diagnostics.journal import Call, record
from diagnostics.languages import say

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

_DOCUMENT: Final = "/.well-known/openid-configuration"
_MOST_BYTES: Final = 256 * 1024
_SECONDS: Final = 4.0
"""For one document, its name looked up included."""
_OK: Final = 200
_MOVED: Final = range(300, 400)
_HOLD_IPV4: Final = tuple(
    ipaddress.IPv6Network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")
)
"""Sources: RFC 6052, section 2.1; RFC 8215; RFC 4291, section 2.5.5.1."""
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: _Address) -> bool:
    """Whether AWS could reach an address; one of IPv4 inside one of IPv6 is judged as what it leads to."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.sixtofour or _translated(address)
        if inside is not None:
            return is_public(inside)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a NAT64 gateway, or the obsolete compatible form, makes of an IPv6 one."""
    if any(address in network for network in _HOLD_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


class _Fault(Exception):
    """The issuer answers, and AWS can't use what it says."""

    def __init__(self, words: str, place: str) -> None:
        super().__init__(words)
        self.words = words
        self.place = place


class Issuers:
    """Fulfils `diagnostics.clients.IssuerReader`."""

    def __init__(
        self,
        *,
        reachable: Callable[[_Address], bool] = is_public,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Fetch from the internet.

        Args:
            reachable: Which addresses may be connected to; tests let loopback in.
            trust: Which certificates are trusted; default: those of the system.
        """
        self._reachable = reachable
        self._trust = trust

    async def published_keys(self, issuer: str) -> PublishedKeys:
        """Fetch both documents.

        Raises:
            ReadError: The issuer could not be reached from here, which does not say that AWS can't.
        """
        resolver = _PublicOnly(self._reachable)
        connector = aiohttp.TCPConnector(resolver=resolver, ssl=self._trust or True, limit=1)
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False, trust_env=False
        ) as session:
            try:
                return await self._read(session, issuer)
            except _Fault as fault:
                return PublishedKeys(issuer=issuer, fault=fault.words, place=fault.place)

    async def _read(self, session: aiohttp.ClientSession, issuer: str) -> PublishedKeys:
        place = issuer.rstrip("/") + _DOCUMENT
        found = await self._document(session, place)
        if found.get("issuer") != issuer:
            raise _Fault("it names another issuer than the cluster's tokens do", place)
        keys = found.get("jwks_uri")
        if not isinstance(keys, str) or not keys.startswith("https://"):
            raise _Fault("it names no https address of the keys (jwks_uri)", place)
        if urlsplit(keys).netloc != urlsplit(issuer).netloc:
            # Elsewhere is not ours to fetch from; what is there stays unknown.
            return PublishedKeys(issuer=issuer, place=place)
        listed = (await self._document(session, keys)).get("keys")
        ids = frozenset(
            one["kid"]
            for one in (listed if isinstance(listed, list) else ())
            if isinstance(one, dict) and isinstance(one.get("kid"), str)
        )
        if not ids:
            raise _Fault("it holds no key", keys)
        return PublishedKeys(issuer=issuer, key_ids=ids, place=keys)

    async def _document(self, session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
        self._refuse(url)
        at, start, outcome = datetime.now(UTC), time.perf_counter(), "ok"
        try:
            async with session.get(url, allow_redirects=False) as answer:
                outcome = str(answer.status) if answer.status != _OK else "ok"
                if answer.status in _MOVED:
                    raise _Fault("it redirects elsewhere, which is not followed", url)
                if answer.status != _OK:
                    raise _Fault(f"it answers HTTP {answer.status}", url)
                body = await first_bytes(answer.content, _MOST_BYTES)
        except aiohttp.ClientConnectorCertificateError as error:
            outcome = "certificate"
            words = "its certificate is not signed by a publicly trusted authority, or is another host's"
            raise _Fault(words, url) from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            # aiohttp wraps what its resolver raises.
            if isinstance(error.__cause__, _PrivateError):
                outcome = "private"
                words = "its host has private addresses only, which AWS can't reach"
                raise _Fault(words, url) from error
            outcome = type(error).__name__
            raise Unreachable(
                say(
                    "{url} could not be fetched from here ({error})",
                    url=url,
                    error=type(error).__name__,
                ),
                enable=say(
                    "let the bot reach the issuer over https, or fetch the document from the internet by "
                    "hand: {command}",
                    command=f"curl {url}",
                ),
            ) from error
        finally:
            record(
                Call(
                    service="https",
                    operation="GET",
                    resource=url,
                    at=at,
                    milliseconds=(time.perf_counter() - start) * 1000,
                    outcome=outcome,
                )
            )
        return _object(body, url)

    def _refuse(self, url: str) -> None:
        """Refuse what is no plain https URL; a host that is an address has no name to look up."""
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
            raise ReadError(
                say("{url} is no https URL of an issuer", url=url[:200]),
                enable=say("correct the cluster's issuer in the fleet file"),
            )
        try:
            address = ipaddress.ip_address(parts.hostname)
        except ValueError:
            return
        if not self._reachable(address):
            raise _Fault("its host is a private address, which AWS can't reach", url)


def _object(body: bytes, url: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _Fault("it is no JSON object", url)
    return found


class _PrivateError(OSError):
    """A name that has private addresses only."""


class _PublicOnly(AbstractResolver):
    """Looks names up, and gives out only the addresses that may be connected to."""

    def __init__(self, reachable: Callable[[_Address], bool]) -> None:
        self._reachable = reachable

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Resolve a name.

        Raises:
            OSError: The name is unknown, or none of its addresses may be connected to.
        """
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        addresses = [(entry[0], entry[4][0]) for entry in found]
        public = [
            (kind, address)
            for kind, address in addresses
            if self._reachable(ipaddress.ip_address(str(address).partition("%")[0]))
        ]
        if not public:
            raise _PrivateError(f"{host} has no public address")
        return [
            ResolveResult(
                hostname=host, host=str(address), port=port, family=kind, proto=0, flags=0
            )
            for kind, address in public
        ]

    async def close(self) -> None:
        """Nothing to close."""
