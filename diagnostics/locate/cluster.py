"""Which cluster a failure is in, from names, the issuer, the account, or the channel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diagnostics.evidence import RoleSightings
from diagnostics.gather.aws import read_clusters
from diagnostics.languages import Words, joined, say
from diagnostics.locate.naming import clusters_named

if TYPE_CHECKING:
    from diagnostics.clients import Clients
    from diagnostics.fleet import Fleet, FleetCluster
    from diagnostics.locate.clues import Clues

MANY = 30
"""At most so many clusters are asked for their issuer."""
SEARCHED = 20
"""At most so many clusters are searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A cluster that the failure may be in."""

    entry: FleetCluster
    how: Words
    sure: bool
    """True: nothing but a person's word could make it another."""
    hinted: bool = True
    """False: nothing speaks for it but that it is of the fleet."""
    trusted: bool = False
    """Whether the named role trusts its issuer."""


async def clusters_of(clues: Clues, io: Clients, more: tuple[str, ...] = ()) -> tuple[Guess, ...]:
    """Rank the clusters that the failure may be in; a single sure one where there is one.

    Args:
        clues: What is known.
        io: The clients.
        more: Further issuers, weaker than the clue's: those that the role's trust policy names.
    """
    sure = await _sure(clues, io)
    if sure is not None:
        return (sure,)
    ranked = await _ranked(clues, io, more)
    namesakes = {c.name for c in clusters_named(clues.cluster, io.fleet)} if clues.cluster else ()
    if not namesakes:
        return ranked
    how = (
        say(
            "one of {count} clusters of the name {name}, as asked",
            count=len(namesakes),
            name=clues.cluster,
        )
        if clues.asked
        else say(
            "one of {count} clusters of the name {name}, from the error",
            count=len(namesakes),
            name=clues.cluster,
        )
    )
    return tuple(
        replace(g, how=joined((g.how, how), ", "), hinted=True)
        for g in ranked
        if g.entry.name in namesakes
    )


async def _sure(clues: Clues, io: Clients) -> Guess | None:
    fleet = io.fleet
    named = _named(clues.cluster, fleet)
    if named is not None:
        how = (
            say("cluster {cluster} as asked", cluster=named.name)
            if clues.asked
            else say("cluster {cluster} from the error", cluster=named.name)
        )
        return Guess(entry=named, how=how, sure=True)
    if clues.issuer is not None:
        by_issuer = await issued(clues.issuer, io)
        if by_issuer is not None:
            how = say(
                "cluster {cluster} has the issuer from the error{seen}",
                cluster=by_issuer.name,
                seen=_as_seen(by_issuer),
            )
            return Guess(entry=by_issuer, how=how, sure=True)
    declared = [c for c in fleet.clusters if not c.discovered]
    default = _named(clues.default_cluster, fleet)
    if len(declared) == 1 and default in (None, declared[0]) and not fleet.is_part:
        only = declared[0]
        return Guess(
            entry=only,
            how=say("{cluster} is the only cluster of the fleet", cluster=only.name),
            sure=True,
        )
    return None


async def _ranked(clues: Clues, io: Clients, more: tuple[str, ...]) -> tuple[Guess, ...]:
    fleet = io.fleet
    ranked: dict[str, Guess] = {}

    def add(entry: FleetCluster | None, how: Words, **more: bool) -> None:
        if entry is not None:
            ranked.setdefault(entry.name, Guess(entry=entry, how=how, sure=False, **more))

    default = _named(clues.default_cluster, fleet)
    add(default, say("cluster from {source}", source=clues.default_from))
    for issuer in more[:3]:
        add(await issued(issuer, io), say("cluster whose issuer the role trusts"), trusted=True)
    role = clues.role
    sightings = io.sightings(str(role)) if role is not None else RoleSightings()
    for name, at in sightings.carried:
        how = say(
            "cluster where the role from the error was seen at {time} UTC", time=f"{at:%H:%M}"
        )
        add(_named(name, fleet), how)

    def rank(entry: FleetCluster) -> tuple[bool, bool, bool]:
        # What was searched in vain comes last, so that the next question gets further in a large fleet.
        return entry.name in sightings.absent, entry.discovered, entry.region != clues.region

    for entry in sorted((c for c in fleet.clusters if c.account == clues.account), key=rank):
        how = say(
            "cluster {cluster} is in account {account} of the role{seen}",
            cluster=entry.name,
            account=clues.account,
            seen=_as_seen(entry),
        )
        add(entry, how, hinted=not entry.discovered and entry.name not in sightings.absent)
    for entry in sorted(fleet.clusters, key=rank):
        add(
            entry,
            say("cluster {cluster} of the fleet{seen}", cluster=entry.name, seen=_as_seen(entry)),
            hinted=False,
        )
    return tuple(ranked.values())


def _as_seen(entry: FleetCluster) -> Words:
    """How old the word of the inventory is, where only it knows the cluster."""
    if not entry.discovered or entry.seen_at is None:
        return ""
    return say(
        " (not in the fleet file; EKS listed it on {seen_at} UTC)",
        seen_at=f"{entry.seen_at:%Y-%m-%d at %H:%M}",
    )


def _named(name: str | None, fleet: Fleet) -> FleetCluster | None:
    same = clusters_named(name, fleet) if name is not None else ()
    return same[0] if len(same) == 1 else None


async def issued(issuer: str, io: Clients) -> FleetCluster | None:
    """The fleet's cluster with an issuer, asked of EKS where the fleet file does not say."""
    region = next((part for part in issuer.split(".") if part.count("-") >= 2), None)  # noqa: PLR2004  as eu-west-1
    for entry in io.fleet.clusters:
        known = entry.known_issuer
        if known is not None and known.removeprefix("https://") == issuer:
            return entry
    unknown = [c for c in io.fleet.clusters if c.issuer is None]
    # A cluster may have been made anew since the inventory saw it, so those are asked too, but last.
    unknown.sort(key=lambda c: c.seen_issuer is not None)
    here = [c for c in unknown if c.region == region]
    elsewhere = [c for c in unknown if c.region != region][: MANY - len(here[:MANY])]
    return await _with_issuer(issuer, here[:MANY], io) or await _with_issuer(issuer, elsewhere, io)


async def _with_issuer(
    issuer: str, entries: list[FleetCluster], io: Clients
) -> FleetCluster | None:
    # One that can't be read may be it, but nobody can tell; the search goes on.
    for found, entry in zip(await read_clusters(io, entries), entries, strict=True):
        if found is not None and found.issuer_path == issuer:
            return entry
    return None
