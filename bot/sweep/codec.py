"""What a sweep knows to JSON text and back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from bot.store.codec import Codec
from diagnostics.evidence import Cluster, IamRole, OidcProvider
from diagnostics.iam import PolicyError, parse
from diagnostics.sweep import ClusterResult, Unread

if TYPE_CHECKING:
    from diagnostics.sweep import AccountFacts

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuers:
    """Which clusters there are, as EKS describes them."""

    clusters: tuple[Cluster, ...] = ()
    unread: tuple[Unread, ...] = ()
    calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPart:
    """What an account came to, without its roles, which have a table."""

    providers: tuple[OidcProvider, ...] = ()
    """Those of fleet issuers."""
    provider_arns: tuple[str, ...] = ()
    """All."""
    roles: int = 0
    calls: int = 0
    unread: Unread | None = None

    @classmethod
    def of(cls, facts: AccountFacts, calls: int) -> AccountPart:
        """What is kept of the facts."""
        return cls(
            providers=tuple(p for p in facts.providers.values() if p is not None),
            provider_arns=tuple(facts.providers),
            roles=len(facts.roles),
            calls=calls,
        )


class _One(Generic[T]):
    """The codec of a single value: pydantic takes our settings for a tuple, but not for a bare dataclass."""

    def __init__(self, codec: Codec[tuple[T, ...]]) -> None:
        self._codec = codec

    def write(self, value: T) -> str:
        """The value as JSON text, on one line."""
        return self._codec.write((value,))

    def read(self, text: str) -> T:
        """The value back.

        Raises:
            ValueError: If another version wrote something that this one can't read.
        """
        (value,) = self._codec.read(text)
        return value


cluster_result: Final = _One(Codec(tuple[ClusterResult, ...]))
issuers: Final = _One(Codec(tuple[Issuers, ...]))
account_part: Final = _One(Codec(tuple[AccountPart, ...]))


def write_role(role: IamRole) -> str:
    """What judging needs of a role."""
    created = role.created.isoformat() if role.created else None
    return json.dumps([role.path, created, role.trust_text])


def read_role(*, arn: str, name: str, account: str, text: str) -> IamRole:
    """The role back."""
    path, created, trust_text = json.loads(text)
    try:
        trust = parse(trust_text)
    except PolicyError:
        trust = None
    return IamRole(
        arn=arn,
        name=name,
        path=path,
        account=account,
        trust_text=trust_text,
        trust=trust,
        created=datetime.fromisoformat(created) if created else None,
    )
