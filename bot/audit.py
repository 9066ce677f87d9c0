"""Who asked for what and what became of it: one row and one log line each, never changed, each bound to the one before.

Every entry holds the SHA-256 of its own values and of the hash before it, so that an entry that is changed,
removed or slipped in later breaks the chain. What cuts off the end of the chain shows only beside the log
lines, which carry the same hashes: keep them elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import func, select, text

from bot.store.insert import insert_once
from bot.store.tables import audit, audit_forgotten, audit_posts
from diagnostics.languages import say
from diagnostics.recognize import redact

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from handlers.ports import Clock

_log = structlog.get_logger("irsa.audit")
_WORDS: Final = 2_000
_VALUE: Final = 24_000
"""Characters of a value before or after; a trust policy has at most 4,096 beside its white space."""
_LOCK: Final = 0x1257B
"""Any number that only we lock: one entry is appended at a time, whatever the number of processes."""
_PAGE: Final = 500
GENESIS: Final = "0" * 64
FORGOTTEN: Final = "forgotten"
"""The action of the entry that retention leaves in place of those that it deletes."""
_FIELDS: Final = (
    "action",
    "decision",
    "team",
    "channel",
    "user",
    "incident_id",
    "plan_id",
    "words",
    "before",
    "after",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry, as it is on record."""

    number: int
    at: datetime
    action: str
    decision: str
    team: str | None
    channel: str | None
    user: str | None
    incident_id: str | None
    plan_id: str | None
    words: str
    before: str | None
    after: str | None
    previous: str | None
    hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What reading the whole chain came to."""

    entries: int
    """How many are in the chain."""
    unchained: int
    """How many were written before there was a chain."""
    head: str
    """The newest hash; compare it with the one that the log holds."""
    faults: tuple[str, ...]
    """One sentence for each break; none if the chain holds."""


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTrail:
    """The `Audit` of the handlers."""

    engine: AsyncEngine
    now: Clock
    noted: Callable[[], None] = _nothing
    """Told of each new entry."""

    async def note(
        self,
        action: str,
        decision: str,
        *,
        user: str | None,
        team: str | None,
        channel: str | None = None,
        incident_id: str | None = None,
        plan_id: str | None = None,
        words: str = "",
        before: str | None = None,
        after: str | None = None,
    ) -> None:
        """Append one entry; see `handlers.ports.Audit`."""
        entry = {
            "action": action[:32],
            "decision": decision[:32],
            "user": _identifier(user),
            "team": _identifier(team),
            "channel": _identifier(channel),
            "incident_id": _identifier(incident_id),
            "plan_id": _identifier(plan_id),
            "words": _plain(redact(words)[:_WORDS]),
            "before": None if before is None else _plain(before[:_VALUE]),
            "after": None if after is None else _plain(after[:_VALUE]),
        }
        async with self.engine.begin() as connection:
            own = await append(connection, entry, at=self.now().timestamp())
        self.noted()
        shown = {k: v for k, v in entry.items() if v and k not in ("before", "after")}
        _log.info("audit", hash=own, **shown)

    async def entries(self, *, since: datetime | None = None) -> AsyncIterator[Entry]:
        """The entries from a time on, oldest first; read in pages, so that nobody is kept from appending."""
        async for row in self._rows(0.0 if since is None else since.timestamp()):
            yield _entry(row)

    async def about(self, incident_id: str, *, most: int = 500) -> tuple[Entry, ...]:
        """The first entries about an incident, oldest first."""
        wanted = select(audit).where(audit.c.incident_id == incident_id)
        async with self.engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(audit.c.id).limit(most))
            return tuple(_entry(row) for row in rows.mappings())

    async def unposted(self, channel: str | None) -> str | None:
        """Why the audit channel is behind; see `handlers.ports.Audit`."""
        if channel is None:
            return None
        wanted = select(audit_posts).where(audit_posts.c.channel == channel)
        async with self.engine.connect() as connection:
            held = (await connection.execute(wanted)).one_or_none()
            if held is None or held.trouble is None:
                return None
            behind = select(func.count()).select_from(audit).where(audit.c.id > held.last)
            waiting = await connection.scalar(behind)
        return say(
            "channel {channel} does not take its entries ({trouble}), {count} wait",
            channel=channel,
            trouble=held.trouble,
            count=waiting,
        )

    async def verify(self, *, most_faults: int = 20) -> Verified:
        """Read the whole chain, and say where it is broken."""
        faults: list[str] = []
        chained = unchained = 0
        head: str | None = None
        async with self.engine.connect() as connection:
            forgotten = await _forgotten(connection)
        async for row in self._rows(0.0):
            if row["hash"] is None and head is None:
                unchained += 1
                continue
            chained += 1
            fault = _fault(row, head, forgotten)
            if fault is not None and len(faults) < most_faults:
                faults.append(fault)
            head = row["hash"] or head
        return Verified(
            entries=chained, unchained=unchained, head=head or GENESIS, faults=tuple(faults)
        )

    async def _rows(self, since: float) -> AsyncIterator[RowMapping]:
        last = 0
        while True:
            page = (
                select(audit)
                .where(audit.c.id > last, audit.c.at >= since)
                .order_by(audit.c.id)
                .limit(_PAGE)
            )
            async with self.engine.connect() as connection:
                rows = (await connection.execute(page)).mappings().all()
            for row in rows:
                yield row
            if len(rows) < _PAGE:
                return
            last = rows[-1]["id"]


def _fault(row: RowMapping, head: str | None, forgotten: frozenset[str]) -> str | None:
    """What is wrong with an entry, given the hash before it; None at the beginning of the chain."""
    number = row["id"]
    if row["hash"] is None:
        return f"entry {number} has no hash, though it comes after the chain began"
    if row["hash"] != _hash(row["previous"] or "", row["at"], row):
        return f"entry {number} was changed after it was written"
    if head is None:
        if row["previous"] == GENESIS or row["previous"] in forgotten:
            return None
        return f"entry {number} is the first, but entries before it were removed"
    if row["previous"] != head:
        return (
            f"entry {number} does not follow the entry before it: one was removed, added or moved"
        )
    return None


async def append(connection: AsyncConnection, entry: Mapping[str, str | None], *, at: float) -> str:
    """Append one entry in the transaction under way; its hash. SQLite's transactions are alone already."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = select(audit.c.hash).where(audit.c.hash.is_not(None)).order_by(audit.c.id.desc())
    previous = (await connection.scalar(last.limit(1))) or GENESIS
    own = _hash(previous, at, entry)
    await connection.execute(audit.insert().values(at=at, previous=previous, hash=own, **entry))
    return own


async def after(connection: AsyncConnection, number: int) -> Entry | None:
    """The entry that follows a number, if there is one by now."""
    wanted = select(audit).where(audit.c.id > number).order_by(audit.c.id).limit(1)
    row = (await connection.execute(wanted)).mappings().one_or_none()
    return None if row is None else _entry(row)


async def newest(connection: AsyncConnection) -> int:
    """The number of the newest entry; 0 where there is none."""
    return await connection.scalar(select(func.max(audit.c.id))) or 0


async def forget(connection: AsyncConnection, *, before: float, at: float) -> int:
    """Delete the entries before a time, and leave one that says up to where; the number of rows."""
    oldest = select(audit.c.id, audit.c.hash).where(audit.c.at < before)
    last = (await connection.execute(oldest.order_by(audit.c.id.desc()).limit(1))).one_or_none()
    if last is None:
        return 0
    # The triggers let nothing else go, and nothing of what is newer.
    await insert_once(connection, audit_forgotten, {"id": 1, "up_to": 0})
    await connection.execute(audit_forgotten.update().values(up_to=last.id))
    # By number, not by time: the chain may only lose its beginning.
    done = await connection.execute(audit.delete().where(audit.c.id <= last.id))
    entry: dict[str, str | None] = dict.fromkeys(_FIELDS)
    entry |= {
        "action": FORGOTTEN,
        "decision": "retention",
        "words": f"{done.rowcount} entries up to number {last.id}",
        "before": last.hash,
    }
    await append(connection, entry, at=at)
    return done.rowcount


async def _forgotten(connection: AsyncConnection) -> frozenset[str]:
    """The hashes at which retention cut the chain."""
    found = await connection.execute(select(audit.c.before).where(audit.c.action == FORGOTTEN))
    return frozenset(row.before for row in found if row.before)


def _hash(previous: str, at: float, entry: Mapping[str, Any] | RowMapping) -> str:
    values = [previous, repr(float(at)), *(entry[name] for name in _FIELDS)]
    written = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _entry(row: RowMapping) -> Entry:
    return Entry(
        number=row["id"],
        at=datetime.fromtimestamp(row["at"], UTC),
        previous=row["previous"],
        hash=row["hash"],
        **{name: row[name] for name in _FIELDS},
    )


def _identifier(text: str | None) -> str | None:
    """Identifiers come from payloads: never longer than their column."""
    return None if text is None else text[:32]


def _plain(text: str) -> str:
    """What every database takes, and gives back as it was."""
    return text.replace("\x00", "\ufffd").encode("utf-8", errors="replace").decode()
