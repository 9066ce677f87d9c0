"""What a diagnosis could cost at best: its calls in a chain only where one needs what another brought.

The needs are those of the data, whoever reads it: an account's calls need its credentials; a cluster's need its
endpoint from EKS; the provider's ARN needs the issuer; the role's name is in the service account's annotation; other
roles are searched only once the trust policy refuses. Processor time, imports and TLS count nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from diagnostics.journal import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Ideal:
    """The longest chain of dependent calls."""

    seconds: float
    chain: tuple[Call, ...]


def ideal(
    calls: Sequence[Call], *, cost: Callable[[Call], float], home: str, role_named: bool
) -> Ideal:
    """Find the longest chain.

    Args:
        calls: Those that were made.
        cost: Seconds of one call at least: its latency and what the server takes.
        home: The account of the cluster, which is known before anything is read.
        role_named: Whether the error names the role, so that no call is needed to know it.
    """
    ends: dict[int, Ideal] = {}

    def end(at: int) -> Ideal:
        if at not in ends:
            before = max(
                (end(need) for need in _needs(at, calls, home=home, role_named=role_named)),
                key=lambda one: one.seconds,
                default=Ideal(seconds=0.0, chain=()),
            )
            ends[at] = Ideal(
                seconds=before.seconds + cost(calls[at]), chain=(*before.chain, calls[at])
            )
        return ends[at]

    return max((end(at) for at in range(len(calls))), key=lambda one: one.seconds)


def _needs(at: int, calls: Sequence[Call], *, home: str, role_named: bool) -> Iterator[int]:
    call = calls[at]

    def those(wanted: Callable[[Call], bool]) -> Iterator[int]:
        return (n for n, other in enumerate(calls) if n != at and wanted(other))

    search = tuple(those(_searches))
    account_read = (
        *search,
        *those(lambda c: c.service == "kubernetes" and c.operation == "get serviceaccounts"),
    )
    role_known = () if role_named else account_read
    if call.operation == "AssumeRole":
        if call.account != home:
            yield from role_known
        return
    if call.service != "organizations":
        yield from those(lambda c: c.operation == "AssumeRole" and c.account == call.account)
    if call.service == "kubernetes":
        yield from those(lambda c: c.operation == "DescribeCluster")
        if not _searches(call):
            yield from search
        return
    match call.operation:
        case "ListPodIdentityAssociations":
            yield from search
        case "GetRole":
            yield from role_known
        case "GetOpenIDConnectProvider":
            yield from role_known
            yield from those(lambda c: c.operation == "DescribeCluster")
            if call.account == home:
                # Looked for at home only where the role's account lacks it.
                yield from those(
                    lambda c: c.operation == "GetOpenIDConnectProvider" and c.account != home
                )
        case "ListOpenIDConnectProviders":
            yield from those(
                lambda c: c.operation == "GetOpenIDConnectProvider" and c.account == call.account
            )
        case "ListRoles" | "LookupEvents" | "ListParents":
            yield from those(lambda c: c.operation == "GetRole")
            yield from those(lambda c: c.operation == "DescribeCluster")
        case "ListPoliciesForTarget":
            yield from those(lambda c: c.operation == "GetRole")
            if not call.resource.isdigit():
                yield from those(lambda c: c.operation == "ListParents")
        case "DescribePolicy":
            yield from those(lambda c: c.operation == "ListPoliciesForTarget")


def _searches(call: Call) -> bool:
    return call.service == "kubernetes" and call.resource == "*" and "webhook" not in call.operation
