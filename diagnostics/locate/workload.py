"""Which service account of a cluster a failure is about: every clue that fits counts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn
from diagnostics.errors import ReadError
from diagnostics.evidence import Target
from diagnostics.evidence.owners import owner_of, owners_in
from diagnostics.languages import Words, joined, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.clients import Clients, KubernetesReader
    from diagnostics.evidence import Pod, ServiceAccount, Workload
    from diagnostics.fleet import WorkloadRef
    from diagnostics.locate.clues import Clues
    from diagnostics.locate.cluster import Guess

BEST: Final = 20
"""Candidates that are kept, of each cluster and of all together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A candidate with its weight."""

    target: Target
    reason: Words
    score: int


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What speaks for one service account."""

    score: int = 0
    reasons: list[Words] = field(default_factory=list)
    workload: WorkloadRef | None = None

    def add(self, score: int, reason: Words, workload: WorkloadRef | None = None) -> None:
        """Count a clue.

        Args:
            score: 20 where it names this one; 10 to 12 where the very role or workload is its own; 5 to 8 where
                it is likely; 2 or 3 where a name is merely alike. `locate` takes a lone candidate of 5.
            reason: What speaks for it, as a clause.
            workload: The workload that led to it.
        """
        self.score += score
        self.reasons.append(reason)
        self.workload = self.workload or workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search of one cluster brought."""

    candidates: tuple[Scored, ...] = ()
    trouble: Words | None = None
    """Why the cluster could not be searched."""


async def search(guess: Guess, clues: Clues, trusted: frozenset[str], io: Clients) -> Searched:
    """Score the service accounts of a cluster by the clues.

    Args:
        guess: The cluster.
        clues: What is known.
        trusted: Subjects that the named role's trust policy lists.
        io: The clients.
    """
    try:
        reader = io.kubernetes(guess.entry.name)
        accounts, workloads, pods = await asyncio.gather(
            reader.service_accounts(clues.namespace),
            _workloads(reader, clues),
            _pods(reader, clues),
        )
    except ReadError as error:
        return Searched(
            trouble=say(
                "cluster {cluster} could not be searched: {why}",
                cluster=guess.entry.name,
                why=error.why,
            )
        )
    tallies: dict[tuple[str, str], _Tally] = {}
    for account in accounts:
        if clues.service_account in (None, account.name):
            _by_account(
                account=account,
                guess=guess,
                clues=clues,
                trusted=trusted,
                io=io,
                tally=_tally(tallies, account),
            )
    known = set(tallies)
    for workload in workloads:
        where = (workload.namespace, workload.template.service_account)
        if where in known and clues.service_account in (None, where[1]):
            _by_workload(workload, clues, tallies[where])
        namesake = (workload.namespace, workload.name)
        if where[1] == "default" and namesake in known and clues.service_account is None:
            # It was meant to run as the service account of its name; the diagnosis says that it does not.
            _by_workload(workload, clues, tallies[namesake])
    for pod in pods:
        where = (pod.namespace, pod.spec.service_account)
        if pod.name == clues.pod and where in known:
            owner = owner_of(pod, owners_in(w for w in workloads if w.namespace == pod.namespace))
            tallies[where].add(20, say("it is the pod's"), owner.ref if owner else None)
    found = (
        _scored(guess, where, tally, clues) for where, tally in tallies.items() if tally.score > 0
    )
    return Searched(candidates=tuple(sorted(found, key=lambda c: -c.score)[:BEST]))


def _tally(tallies: dict[tuple[str, str], _Tally], account: ServiceAccount) -> _Tally:
    return tallies.setdefault((account.namespace, account.name), _Tally())


async def _workloads(reader: KubernetesReader, clues: Clues) -> tuple[Workload, ...]:
    if not (clues.workload_name or clues.workload or clues.pod):
        return ()
    return await reader.workloads(clues.namespace)


async def _pods(reader: KubernetesReader, clues: Clues) -> tuple[Pod, ...]:
    namespace = clues.namespace or clues.default_namespace
    if clues.pod is None or namespace is None:
        return ()
    return (await reader.pods(namespace)).items


def _by_account(
    *,
    account: ServiceAccount,
    guess: Guess,
    clues: Clues,
    trusted: frozenset[str],
    io: Clients,
    tally: _Tally,
) -> None:
    if clues.service_account == account.name:
        tally.add(20, say("it has the name"))
    _by_role(account, clues, tally)
    _by_trust(account, clues, trusted, tally)
    if clues.role is not None:
        bound = io.fleet.bound_role(guess.entry.name, account.namespace, account.name)
        if bound == str(clues.role):
            tally.add(10, say("the fleet file gives it the role from the error"))
    name = clues.workload_name or (clues.workload.name if clues.workload else None)
    if name is not None and name != clues.service_account:
        _by_name(account, name, tally)
    if tally.score > 0 and clues.default_namespace == account.namespace:
        tally.add(3, say("it is in this channel's namespace"))


def _by_name(account: ServiceAccount, name: str, tally: _Tally) -> None:
    """What the name of a workload or controller says; one that names the account itself has been counted."""
    if name == account.name:
        tally.add(8, say("it has the name of {name}", name=name))
    elif account.labels.get("app.kubernetes.io/name") == name:
        tally.add(6, say("it is labelled {name}", name=name))
    elif len(name) > 3 and name in account.name:  # noqa: PLR2004  short ones are in many
        tally.add(3, say("its name holds {name}", name=name))


def _by_trust(
    account: ServiceAccount, clues: Clues, trusted: frozenset[str], tally: _Tally
) -> None:
    if account.subject in trusted:
        tally.add(8, say("the role from the error trusts it"))
    elif account.subject in {"".join(subject.split()).lower() for subject in trusted}:
        tally.add(6, say("the role from the error means to trust it"))
    elif any(subject.rpartition(":")[2] == account.name for subject in trusted):
        tally.add(3, say("the role from the error trusts one of this name"))
    elif clues.role is not None and account.name != "default" and account.name in clues.role.name:
        tally.add(2, say("its name is in that of the role from the error"))


def _by_role(account: ServiceAccount, clues: Clues, tally: _Tally) -> None:
    if clues.role is None or account.role_arn is None:
        return
    value = account.role_arn.strip()
    stated = RoleArn.parse(value)
    if value == str(clues.role):
        tally.add(12, say("it carries the role from the error"))
    elif stated is not None and stated.name == clues.role.name:
        tally.add(5, say("it carries a role of the same name as the error's"))


def _by_workload(workload: Workload, clues: Clues, tally: _Tally) -> None:
    ref, name = workload.ref, workload.name
    kind = f"{workload.kind.lower()} {name}"
    if clues.workload is not None and clues.workload == ref:
        tally.add(20, say("{workload} runs as it", workload=kind), ref)
    elif clues.workload_name == name:
        tally.add(10, say("{workload} runs as it", workload=kind), ref)
    elif (
        clues.workload_name is not None
        and workload.labels.get("app.kubernetes.io/name") == clues.workload_name
    ):
        tally.add(
            7,
            say("{workload}, labelled {name}, runs as it", workload=kind, name=clues.workload_name),
            ref,
        )
    if clues.pod is not None and clues.pod.startswith(f"{name}-"):
        tally.add(8, say("the pod's name is that of {workload}", workload=kind), ref)


def _scored(guess: Guess, where: tuple[str, str], tally: _Tally, clues: Clues) -> Scored:
    namespace, name = where
    reason = joined(dict.fromkeys(tally.reasons), ", ")
    return Scored(
        target=Target(
            cluster=guess.entry.name,
            namespace=namespace,
            service_account=name,
            workload=clues.workload or tally.workload,
            role_arn=str(clues.role) if clues.role else None,
            how=(
                *clues.said,
                guess.how,
                say("service account {name}: {reason}", name=f"{namespace}/{name}", reason=reason),
            ),
            found=True,
        ),
        reason=reason,
        score=tally.score,
    )


def best(candidates: Iterable[Scored]) -> tuple[Scored, ...]:
    """The candidates, best first, each service account once."""
    ranked = sorted(candidates, key=lambda c: -c.score)
    once: dict[tuple[str, str, str | None], Scored] = {}
    for one in ranked:
        once.setdefault((one.target.cluster, one.target.namespace, one.target.service_account), one)
    return tuple(once.values())[:BEST]
