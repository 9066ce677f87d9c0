"""One sweep in shards that any process can do: issuers, each account, each cluster, and the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.store.sweep_roles import RoleRow
from bot.sweep import codec
from bot.sweep.codec import AccountPart, Issuers, write_role
from bot.sweep.document import SweepDocument, document_of
from bot.sweep.indexing import index_of, trusts_of
from bot.sweep.kind import Kind
from diagnostics.errors import ReadError
from diagnostics.journal import recording
from diagnostics.sweep import ClusterResult, SweepResult, Unread
from diagnostics.sweep.cluster import judge_cluster
from diagnostics.sweep.run import issuers_of
from diagnostics.sweep.strangers import stranger_findings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.store.sweeps import SweepRecords
    from diagnostics.sweep import SweepReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One piece of work."""

    kind: Kind
    name: str = ""
    """The account or cluster."""

    @property
    def optional(self) -> bool:
        """Whether a sweep without it still says something."""
        return self.kind in (Kind.ACCOUNT, Kind.CLUSTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardedSweep:
    """The sweep of an ID. What a shard finds is on record once; a shard that is done is not done again."""

    id: str
    reader: SweepReader
    records: SweepRecords
    now: Callable[[], datetime]
    at_once: int = 16
    _known: list[Issuers] = field(default_factory=list)
    """What the first shard found, once it is on record: it does not change."""

    async def pending(self) -> tuple[Shard, ...]:
        """The shards that can be done now; none where the sweep has ended."""
        row = await self.records.get(self.id)
        if row is None or not row.running:
            return ()
        issuers = await self._issuers()
        if issuers is None:
            return (Shard(kind=Kind.ISSUERS),)
        accounts = await self.records.done(self.id, Kind.ACCOUNT)
        left = [a.id for a in self.reader.fleet.accounts if a.id not in accounts]
        if left:
            return tuple(Shard(kind=Kind.ACCOUNT, name=one) for one in left)
        clusters = await self.records.done(self.id, Kind.CLUSTER)
        names = [c.name for c in issuers.clusters if c.name not in clusters]
        if names:
            return tuple(Shard(kind=Kind.CLUSTER, name=one) for one in names)
        return (Shard(kind=Kind.END),)

    async def do(self, shard: Shard) -> bool:
        """Do one shard; whether it was the last of its kind, so that others can follow."""
        row = await self.records.get(self.id)
        if row is None or not row.running:
            return False
        if shard.kind is Kind.END:
            await self._end()
            return False
        if shard.kind is not Kind.ISSUERS and await self._issuers() is None:
            return False  # left over from a sweep of another fleet file
        if await self.records.part(self.id, shard.kind, shard.name) is None:
            match shard.kind:
                case Kind.ISSUERS:
                    await self._read_issuers()
                case Kind.ACCOUNT:
                    await self._read_account(shard.name)
                case Kind.CLUSTER:
                    await self._read_cluster(shard.name)
        return await self._complete(shard.kind)

    async def failed(self, shard: Shard, why: str) -> None:
        """Put on record that a shard can't be done, so that the others' results still come out."""
        unread = Unread(
            where=f"{shard.kind} {shard.name}",
            why=why[:300],
            enable="see the log, and sweep again",
        )
        if shard.kind is Kind.ACCOUNT:
            part = codec.account_part.write(AccountPart(unread=unread))
            await self.records.keep_account(self.id, shard.name, part, (), ())
        elif shard.kind is Kind.CLUSTER:
            account = self.reader.fleet.cluster(shard.name).account
            lost = ClusterResult(cluster=shard.name, account=account, unread=(unread,))
            text = codec.cluster_result.write(lost)
            await self.records.keep(self.id, Kind.CLUSTER, shard.name, text)

    async def document(self) -> SweepDocument | None:
        """The report, once the sweep has ended."""
        row = await self.records.get(self.id)
        if row is None or row.document is None:
            return None
        return SweepDocument.model_validate_json(row.document)

    # -- the shards ------------------------------------------------------------------------------

    async def _complete(self, kind: Kind) -> bool:
        issuers = await self._issuers()
        if issuers is None or kind is Kind.ISSUERS:
            return issuers is not None
        whole = self.reader.fleet.accounts if kind is Kind.ACCOUNT else issuers.clusters
        counts = await self.records.counts(self.id)
        return counts.get(kind, 0) >= len(whole)

    async def _issuers(self) -> Issuers | None:
        if not self._known:
            text = await self.records.part(self.id, Kind.ISSUERS, "")
            if text is None:
                return None
            self._known.append(codec.issuers.read(text))
        return self._known[0]

    async def _read_issuers(self) -> None:
        out = SweepResult()
        with recording() as calls:
            found = await issuers_of(self.reader, out, at_once=self.at_once)
        part = Issuers(
            clusters=tuple(found[name] for name in sorted(found)),
            unread=tuple(out.unread),
            calls=len(calls),
        )
        await self.records.keep(self.id, Kind.ISSUERS, "", codec.issuers.write(part))

    async def _read_account(self, account_id: str) -> None:
        issuers = await self._issuers()
        assert issuers is not None
        known = frozenset(c.issuer_path for c in issuers.clusters)
        account = self.reader.fleet.account(account_id)
        with recording() as calls:
            try:
                facts = await self.reader.account(account, known)
            except ReadError as error:
                unread = Unread(where=f"account {account.id}", why=error.why, enable=error.enable)
                part = AccountPart(unread=unread, calls=len(calls))
                await self.records.keep_account(
                    self.id, account_id, codec.account_part.write(part), (), ()
                )
                return
        bodies = {role.name: role for role in facts.federated}
        rows = (
            RoleRow(
                account=account_id,
                name=name,
                arn=arn,
                body=write_role(bodies[name]) if name in bodies else None,
            )
            for name, arn in facts.roles.items()
        )
        await self.records.keep_account(
            self.id,
            account_id,
            codec.account_part.write(AccountPart.of(facts, len(calls))),
            rows,
            trusts_of(facts, known),
        )

    async def _read_cluster(self, name: str) -> None:
        issuers = await self._issuers()
        assert issuers is not None
        cluster = next((c for c in issuers.clusters if c.name == name), None)
        if cluster is None:
            return
        entry = self.reader.fleet.cluster(name)
        with recording() as calls:
            objects = await self.reader.objects(entry)
        index = await index_of(self.records, self.id, issuers, cluster=cluster, objects=objects)
        result = await judge_cluster(
            entry,
            cluster,
            objects,
            index,
            fleet=self.reader.fleet,
            now=self.now(),
            calls=len(calls),
        )
        text = codec.cluster_result.write(result)
        await self.records.keep(self.id, Kind.CLUSTER, name, text)

    async def _end(self) -> None:
        issuers = await self._issuers()
        assert issuers is not None
        row = await self.records.get(self.id)
        assert row is not None
        fleet = self.reader.fleet
        accounts = [
            codec.account_part.read(text)
            for text in (await self.records.parts(self.id, Kind.ACCOUNT)).values()
        ]
        out = SweepResult(
            unread=[*issuers.unread, *(a.unread for a in accounts if a.unread is not None)],
            accounts=sum(1 for a in accounts if a.unread is None),
            roles=sum(a.roles for a in accounts),
            calls=issuers.calls + sum(a.calls for a in accounts),
        )
        clusters = await self.records.parts(self.id, Kind.CLUSTER)
        out.clusters = [codec.cluster_result.read(clusters[name]) for name in sorted(clusters)]
        out.calls += sum(c.calls for c in out.clusters)
        known = frozenset(c.issuer_path for c in issuers.clusters)
        trusted = await self.records.roles.strangers(self.id, known)
        read = frozenset(c.name for c in issuers.clusters)
        out.findings.extend(stranger_findings(trusted, fleet, read))
        before = await self.records.last()
        previous = (
            SweepDocument.model_validate_json(before.document)
            if before is not None and before.document is not None
            else None
        )
        document = document_of(
            out,
            fleet,
            started=datetime.fromtimestamp(row.started, UTC),
            finished=self.now(),
            previous=previous,
        )
        await self.records.finish(self.id, document.model_dump_json())
