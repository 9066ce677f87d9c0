"""The audit channel: each entry of the trail is posted there, in order and once, by one process at a time.

What the channel does not take holds up nothing but the channel: fixes go on, the entries wait, and the log, a
metric and `/irsa status` say so.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import func, or_, select, update

from bot.audit import after, newest
from bot.background import beside
from bot.store.insert import insert_once
from bot.store.tables import audit, audit_posts
from diagnostics.text.visible import visible
from handlers.blockkit import build, clip, escape
from handlers.slack_trouble import SLACK_TROUBLE, error_name, may_have_been_done

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient
    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.audit import Entry
    from bot.slack.pacing import Pacing
    from bot.telemetry import Telemetry
    from handlers.desk import Me
    from handlers.ports import Clock
    from handlers.rules import Rules
    from handlers.shared_channels import SharedChannels

_log = structlog.get_logger("irsa.audit")
EVENT_TYPE: Final = "irsa_audit"
"""The `event_type` of these messages' metadata."""
_LEASE: Final = 120.0
"""Seconds that one process posts for; renewed before each post, which waits for Slack much less long."""
_LOOK: Final = 100
"""Messages in which a post is looked for whose answer was lost."""
_WORDS: Final = 600
_VALUE: Final = 1_200
_SHARED: Final = "the channel is shared with another organisation, or Slack does not say"


@dataclass(slots=True, kw_only=True)
class AuditChannel:
    """Posts what the trail holds.

    Attributes:
        pauses: Seconds until the next look after a failure, the longest again and again.
        every: Seconds between two looks where nobody calls: another process may have written or died.
    """

    engine: AsyncEngine
    client: AsyncWebClient
    pacing: Pacing
    rules: Rules
    shared: SharedChannels
    me: Me
    now: Clock
    telemetry: Telemetry
    owner: str
    every: float = 5.0
    pauses: tuple[float, ...] = (2.0, 10.0, 60.0)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Post while the block runs: every entry that is made from its beginning on."""
        if (channel := self.rules.audit_channel) is not None:
            await self._mine(channel)
        async with beside(self._run(), name="irsa-audit-channel"):
            yield

    async def _run(self) -> None:
        failures = 0
        while True:
            self.wake.clear()
            try:
                fine = await self.post_waiting()
            except Exception:  # noqa: BLE001  the process goes on
                _log.exception("audit channel: database unreadable")
                fine = False
            failures = 0 if fine else failures + 1
            if failures:
                await asyncio.sleep(self.pauses[min(failures, len(self.pauses)) - 1])
                continue
            try:
                async with asyncio.timeout(self.every):
                    await self.wake.wait()
            except TimeoutError:
                pass

    async def post_waiting(self) -> bool:
        """Post every entry that waits; False where Slack does not take one."""
        channel = self.rules.audit_channel
        if channel is None:
            return True
        while await self._mine(channel):
            async with self.engine.connect() as connection:
                held = (await connection.execute(_row(channel))).one()
                entry = await after(connection, held.last)
                waiting = await connection.scalar(
                    select(func.count()).select_from(audit).where(audit.c.id > held.last)
                )
            self.telemetry.audit_waiting.set(waiting or 0)
            if entry is None:
                return True
            if not await self._post(channel, entry, look_first=held.posting == entry.number):
                return False
        return True

    async def _mine(self, channel: str) -> bool:
        """Whether it is this process that posts; the first entry to be posted is the first after this was asked."""
        at = self.now().timestamp()
        posts = audit_posts.c
        async with self.engine.begin() as connection:
            start = {"channel": channel, "last": await newest(connection)}
            await insert_once(connection, audit_posts, start)
            taken = await connection.execute(
                update(audit_posts)
                .where(
                    posts.channel == channel,
                    or_(posts.owner.is_(None), posts.owner == self.owner, posts.lease < at),
                )
                .values(owner=self.owner, lease=at + _LEASE)
            )
        return taken.rowcount == 1

    async def _post(self, channel: str, entry: Entry, *, look_first: bool) -> bool:
        if await self.shared.is_shared(channel):
            return await self._stuck(channel, _SHARED)
        if look_first and await self._is_there(channel, entry.number):
            return await self._done(channel, entry.number)
        if not await self._set(channel, posting=entry.number):
            return True  # another process took over
        await self.pacing.turn(channel)
        words, blocks = told(entry, self.me.workspace)
        try:
            await self.client.chat_postMessage(
                channel=channel,
                text=words,
                blocks=blocks,
                unfurl_links=False,
                unfurl_media=False,
                metadata={
                    "event_type": EVENT_TYPE,
                    "event_payload": {"number": entry.number, "hash": entry.hash or ""},
                },
            )
        except SLACK_TROUBLE as error:
            if not may_have_been_done(error):
                await self._set(channel, posting=None)
            return await self._stuck(channel, error_name(error))
        return await self._done(channel, entry.number)

    async def _is_there(self, channel: str, number: int) -> bool:
        """Whether an earlier attempt was carried out; where Slack does not say, it counts as not."""
        try:
            answer = await self.client.conversations_history(
                channel=channel, limit=_LOOK, include_all_metadata=True
            )
        except SLACK_TROUBLE:
            return False
        found: Any = answer.get("messages") or []
        for message in found:
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == EVENT_TYPE and str(payload.get("number")) == str(
                number
            ):
                return True
        return False

    async def _done(self, channel: str, number: int) -> bool:
        self.telemetry.audit_stuck.set(0)
        await self._set(channel, last=number, posting=None, trouble=None)
        return True

    async def _stuck(self, channel: str, trouble: str) -> bool:
        _log.warning("audit channel not posted to", channel=channel, why=trouble)
        self.telemetry.audit_stuck.set(1)
        self.telemetry.slack_errors.labels(method="audit channel", error=trouble[:40]).inc()
        await self._set(channel, trouble=trouble[:200])
        return False

    async def _set(self, channel: str, **values: object) -> bool:
        async with self.engine.begin() as connection:
            done = await connection.execute(
                update(audit_posts)
                .where(audit_posts.c.channel == channel, audit_posts.c.owner == self.owner)
                .values(**values, lease=self.now().timestamp() + _LEASE)
            )
        return done.rowcount == 1


def _row(channel: str) -> Any:
    return select(audit_posts).where(audit_posts.c.channel == channel)


def told(entry: Entry, workspace: str | None) -> tuple[str, list[dict[str, Any]]]:
    """One entry as a message: its sentence, and its blocks. Nobody is mentioned, so nobody is called.

    Args:
        entry: The entry.
        workspace: Its address, for links to people.
    """
    first = f"#{entry.number}  *{escape(entry.action)}: {escape(entry.decision)}*  ·  {_person(entry.user, workspace)}"
    if entry.channel:
        first += f"  ·  in <#{escape(entry.channel)}>"
    parts = [first]
    if entry.words:
        parts.append(escape(visible(clip(entry.words, _WORDS))))
    blocks: list[dict[str, Any]] = [build.section("\n".join(parts))]
    if entry.before is not None or entry.after is not None:
        change = [
            f"{mark} {visible(clip(value, _VALUE))}"
            for mark, value in (("-", entry.before), ("+", entry.after))
            if value is not None
        ]
        blocks.append(build.preformatted("\n".join(change), language="diff", limit=3_000))
    plain = f"{entry.at:%Y-%m-%d %H:%M:%S} UTC"
    about = [f"<!date^{int(entry.at.timestamp())}^{{date_short_pretty}} {{time_secs}}|{plain}>"]
    about += [
        f"{name} {escape(value[:16])}"
        for name, value in (("plan", entry.plan_id), ("incident", entry.incident_id))
        if value
    ]
    about.append(f"hash {escape((entry.hash or 'none')[:16])}")
    blocks.append(build.context("  ·  ".join(about)))
    words = (
        f"Audit entry {entry.number}: {entry.action} {entry.decision} by {entry.user or 'nobody'}"
    )
    return escape(clip(visible(words), 300)), blocks


def _person(user: str | None, workspace: str | None) -> str:
    if user is None:
        return "nobody"
    if workspace is None:
        return escape(user)
    return f"<{workspace.rstrip('/')}/team/{escape(user)}|{escape(user)}>"
