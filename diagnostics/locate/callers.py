"""The callers that CloudTrail recorded, as candidates for the service account in question."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from diagnostics.evidence import Target
from diagnostics.languages import Words, joined, say
from diagnostics.locate.cluster import issued
from diagnostics.locate.workload import Scored
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.clients import Clients
    from diagnostics.fleet import FleetCluster
    from diagnostics.locate.clues import Clues
    from diagnostics.locate.cluster import Guess
    from diagnostics.web_identity_call import WebIdentityCall

PROOF: Final = 100
"""Points for a record with the error's request ID: more than everything else together."""
_LIKELY: Final = 15
"""Points for a record of the same role and time."""
_CALLERS: Final = 10
"""Different callers of one role that are looked at."""


def merged(found: Iterable[Scored], trail: Iterable[Scored]) -> tuple[Scored, ...]:
    """The candidates of the search with the records' points added, and those that only records name."""
    named = {_key(one): one for one in trail}
    together = []
    for one in found:
        record = named.pop(_key(one), None)
        if record is None:
            together.append(one)
            continue
        together.append(
            Scored(
                target=replace(one.target, how=(*one.target.how, record.target.how[-1])),
                reason=joined((one.reason, record.reason), ", "),
                score=one.score + record.score,
            )
        )
    return (*together, *named.values())


def _key(one: Scored) -> tuple[str, str, str | None]:
    return one.target.cluster, one.target.namespace, one.target.service_account


def matching(clues: Clues, calls: list[WebIdentityCall]) -> tuple[WebIdentityCall, ...]:
    """The record with the request ID; else the newest of each caller that fits role and outcome."""
    if clues.request_id is not None:
        exact = [c for c in calls if same_request(c.request_id, clues.request_id)]
        if exact:
            return (exact[0],)
    if clues.role is None:
        return ()
    # A role that was assumed is named by calls that succeeded, any other by those that failed.
    fitting = [
        call
        for call in calls
        if call.role_arn == str(clues.role) and (call.error_code is None) == clues.assumed
    ]
    fitting.sort(key=lambda call: call.at, reverse=True)
    callers: dict[tuple[str, str], WebIdentityCall] = {}
    for call in fitting:
        callers.setdefault((call.provider_arn, call.subject), call)
    return tuple(callers.values())[:_CALLERS]


def same_request(one: str | None, other: str | None) -> bool:
    """Whether both are the ID of one request, as logs and CloudTrail write it."""
    return one is not None and other is not None and one.lower() == other.strip().lower()


async def candidates_of(
    calls: tuple[WebIdentityCall, ...],
    clues: Clues,
    guesses: tuple[Guess, ...],
    io: Clients,
) -> tuple[tuple[Scored, ...], tuple[Words, ...]]:
    """The callers that are service accounts of the fleet's clusters; of the others, what to say."""
    issuers = dict.fromkeys(call.issuer for call in calls)
    clusters = dict(
        zip(issuers, await asyncio.gather(*(issued(i, io) for i in issuers)), strict=True)
    )
    candidates, strangers = [], []
    for call in calls:
        cluster = clusters[call.issuer]
        if cluster is None or call.service_account is None:
            strangers.append(_stranger(call, cluster))
        elif not _agrees(call, cluster, clues, guesses):
            strangers.append(_contradiction(call, cluster))
        else:
            # Of several callers the one that failed last comes first.
            newest = call is calls[0]
            candidates.append(_scored(call, cluster, clues, newest=newest))
    return tuple(candidates), tuple(strangers[:2])


def _agrees(
    call: WebIdentityCall, cluster: FleetCluster, clues: Clues, guesses: tuple[Guess, ...]
) -> bool:
    """Whether what is known already lets this be the caller."""
    namespace, name = call.service_account or ("", "")
    sure = guesses[0].entry.name if guesses and guesses[0].sure else cluster.name
    return (
        sure == cluster.name
        and clues.namespace in (None, namespace)
        and clues.service_account in (None, name)
    )


def _contradiction(call: WebIdentityCall, cluster: FleetCluster) -> Words:
    who = "/".join(call.service_account or ())
    return say(
        "{record} names {name} on {cluster}, which is not what was said.",
        record=_named(call),
        name=who,
        cluster=cluster.name,
    )


def _named(call: WebIdentityCall) -> Words:
    return say(
        "CloudTrail record {event_id} of {at} UTC",
        event_id=visible(call.event_id),
        at=f"{call.at:%H:%M:%S}",
    )


def _stranger(call: WebIdentityCall, cluster: FleetCluster | None) -> Words:
    record = _named(call)
    subject, issuer = visible(call.subject[:200]), visible(call.issuer[:200])
    if cluster is None:
        return say(
            "{record} names {subject} of issuer {issuer}, which is no cluster of the fleet file.",
            record=record,
            subject=subject,
            issuer=issuer,
        )
    return say(
        "{record} names {subject} of issuer {issuer}, which is no service account.",
        record=record,
        subject=subject,
        issuer=issuer,
    )


def _scored(call: WebIdentityCall, cluster: FleetCluster, clues: Clues, *, newest: bool) -> Scored:
    namespace, name = call.service_account or ("", "")
    proven = same_request(call.request_id, clues.request_id)
    record = _named(call)
    if proven:
        reason = say("{record} names it", record=record)
    elif clues.assumed:
        reason = say("{record} shows that it assumed the role", record=record)
    else:
        reason = say("{record} shows that it failed to assume the role", record=record)
    return Scored(
        target=Target(
            cluster=cluster.name,
            namespace=namespace,
            service_account=name,
            workload=clues.workload,
            role_arn=str(clues.role) if clues.role else call.role_arn,
            how=(*clues.said, reason),
            found=True,
        ),
        reason=reason,
        score=PROOF if proven else _LIKELY + newest,
    )
