"""The authenticator of an EKS cluster: from a presigned STS URL to a Kubernetes user.

Source: kubernetes-sigs/aws-iam-authenticator, README, "API Authorization from Outside a Cluster", and
pkg/token/token.go (`Verify`); AWS, "Signature Version 4", authenticating with query parameters.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import parse_qsl, quote, urlsplit

import aiohttp

from sandbox.kube.access import User

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX: Final = "k8s-aws-v1."
CLUSTER_HEADER: Final = "x-k8s-aws-id"
LONGEST: Final = 1024 * 4
VALID: Final = timedelta(minutes=15)
_EMPTY: Final = hashlib.sha256(b"").hexdigest()
_PARAMETERS: Final = frozenset(
    {
        "Action",
        "Version",
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-Security-Token",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
    }
)
_ARN: Final = re.compile(r"<Arn>([^<]{1,2048})</Arn>")


class Secrets(Protocol):
    """Whoever issued the access keys."""

    def secret_of(self, access_key: str) -> str | None:
        """The secret access key of an access key; None where it was never issued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """An IAM role that a cluster knows, and the Kubernetes groups it gets there."""

    role_arn: str
    groups: tuple[str, ...]


class EksAuthenticator:
    """Knows the IAM principals that one cluster has access entries for.

    Args:
        cluster: The cluster's name in EKS, which a token must be signed for.
        entries: Its access entries.
        sts: URL of the STS that is asked; a token for any other is refused.
        secrets: For the signature, which binds a token to the cluster it was made for.
        now: The time.
    """

    def __init__(
        self,
        *,
        cluster: str,
        entries: tuple[AccessEntry, ...],
        sts: str,
        secrets: Secrets,
        now: Callable[[], datetime],
    ) -> None:
        self._cluster = cluster
        self._sts = sts
        self._secrets = secrets
        self._entries = entries
        self._now = now
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections to STS."""
        if self._session is not None:
            await self._session.close()

    async def user(self, token: str) -> User | None:
        """Name the bearer of a token; None where it is nobody's, or for another cluster."""
        presigned = _presigned(token)
        if presigned is None or not self._is_ours(presigned):
            return None
        arn = await self._caller(presigned)
        if arn is None:
            return None
        role, _, session = arn.rpartition("/")
        for entry in self._entries:
            if _assumed(entry.role_arn) == role:
                return User(name=f"{role}/{session}", groups=entry.groups)
        return None

    def _is_ours(self, presigned: _Presigned) -> bool:
        query = presigned.query
        if (
            presigned.base != f"{self._sts}/"
            or query.get("Action") != "GetCallerIdentity"
            or not _PARAMETERS.issuperset(query)
            or query.get("X-Amz-Algorithm") != "AWS4-HMAC-SHA256"
        ):
            return False
        try:
            at = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            access_key, day, region, service, _ = query["X-Amz-Credential"].split("/")
        except (KeyError, ValueError):
            return False
        if not at - timedelta(minutes=5) <= self._now() <= at + VALID or service != "sts":
            return False
        secret = self._secrets.secret_of(access_key)
        if secret is None or CLUSTER_HEADER not in query.get("X-Amz-SignedHeaders", "").split(";"):
            return False
        expected = _signature(presigned, secret, cluster=self._cluster, day=day, region=region)
        return hmac.compare_digest(expected, query.get("X-Amz-Signature", ""))

    async def _caller(self, presigned: _Presigned) -> str | None:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        # moto takes the access key from this header only, never from a presigned URL.
        headers = {
            "Authorization": "AWS4-HMAC-SHA256 "
            f"Credential={presigned.query['X-Amz-Credential']}, SignedHeaders=host"
        }
        async with self._session.get(presigned.url, headers=headers, allow_redirects=False) as said:
            found = _ARN.search(await said.text())
        return found[1] if found and said.status == 200 else None  # noqa: PLR2004  HTTP


@dataclass(frozen=True, slots=True, kw_only=True)
class _Presigned:
    url: str
    base: str
    host: str
    query: dict[str, str]


def _presigned(token: str) -> _Presigned | None:
    coded = token.removeprefix(PREFIX)
    if coded == token or len(token) > LONGEST or "=" in coded:
        return None
    try:
        url = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode("ascii")
        parts = urlsplit(url)
        pairs = parse_qsl(
            parts.query, keep_blank_values=True, strict_parsing=True, max_num_fields=20
        )
    except (binascii.Error, ValueError):
        return None
    query = dict(pairs)
    if len(query) < len(pairs) or parts.fragment or parts.username:
        return None
    return _Presigned(
        url=url, base=f"{parts.scheme}://{parts.netloc}{parts.path}", host=parts.netloc, query=query
    )


def _signature(presigned: _Presigned, secret: str, *, cluster: str, day: str, region: str) -> str:
    headers = {"host": presigned.host, CLUSTER_HEADER: cluster}
    signed = presigned.query["X-Amz-SignedHeaders"]
    canonical = "\n".join(
        (
            "GET",
            "/",
            "&".join(
                f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}"
                for key, value in sorted(presigned.query.items())
                if key != "X-Amz-Signature"
            ),
            *(f"{name}:{headers.get(name, '')}" for name in signed.split(";")),
            "",
            signed,
            _EMPTY,
        )
    )
    scope = f"{day}/{region}/sts/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(("AWS4-HMAC-SHA256", presigned.query["X-Amz-Date"], scope, hashed))
    key = f"AWS4{secret}".encode()
    for part in (day, region, "sts", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def _assumed(role_arn: str) -> str:
    """`arn:aws:iam::1:role/path/name` as STS writes it: `arn:aws:sts::1:assumed-role/name`."""
    head, _, tail = role_arn.partition(":role/")
    return f"{head.replace(':iam:', ':sts:')}:assumed-role/{tail.rpartition('/')[2]}"
