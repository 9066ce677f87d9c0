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
        home: ARN of the target's cluster, which is known before anything is read.
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
    wanted: list[Callable[[Call], bool]] = []
    role_known = [] if role_named else [_searches, _of("get serviceaccounts")]
    if call.operation == "AssumeRole":
        wanted += [] if call.account == _account(home) else role_known
    elif call.service == "kubernetes":
        wanted += [_of("AssumeRole", account=call.account), _describes(home)]
        wanted += [] if _searches(call) else [_searches]
    else:
        if call.service != "organizations":  # those are signed by the bot's own credentials
            wanted.append(_of("AssumeRole", account=call.account))
        wanted += _of_the_data(call, home, role_known)
    return (n for n, one in enumerate(calls) if n != at and any(want(one) for want in wanted))


def _of_the_data(
    call: Call, home: str, role_known: list[Callable[[Call], bool]]
) -> list[Callable[[Call], bool]]:
    judged = [_of("GetRole"), _describes(home)]
    # At home the provider is looked for only where the role's account lacks it.
    abroad = (
        [lambda c: c.operation == "GetOpenIDConnectProvider" and c.account != _account(home)]
        if call.account == _account(home)
        else []
    )
    needs: dict[str, list[Callable[[Call], bool]]] = {
        "ListPodIdentityAssociations": [_searches],
        "GetRole": role_known,
        "GetOpenIDConnectProvider": [*role_known, _describes(home), *abroad],
        # Whose the other issuers are is asked only of those that are listed where the provider is missing.
        "DescribeCluster": []
        if call.resource == home
        else [_of("GetOpenIDConnectProvider"), _of("ListOpenIDConnectProviders")],
        "ListOpenIDConnectProviders": [_of("GetOpenIDConnectProvider", account=call.account)],
        "ListRoles": judged,
        "LookupEvents": judged,
        "ListParents": judged,
        "ListPoliciesForTarget": [
            *judged,
            *([] if call.resource.isdigit() else [_of("ListParents")]),
        ],
        "DescribePolicy": [_of("ListPoliciesForTarget")],
    }
    return needs.get(call.operation, [])


def _of(operation: str, *, account: str | None = None) -> Callable[[Call], bool]:
    return lambda c: c.operation == operation and account in (None, c.account)


def _describes(cluster: str) -> Callable[[Call], bool]:
    return lambda c: c.operation == "DescribeCluster" and c.resource == cluster


def _account(arn: str) -> str:
    return arn.split(":")[4]


def _searches(call: Call) -> bool:
    return call.service == "kubernetes" and call.resource == "*" and "webhook" not in call.operation
