"""Who asked for quiet, where and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.store.insert import insert_once
from bot.store.tables import channel_mutes
from handlers.mutes import Mute

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from handlers.ports import Clock

_ALL = ""
"""The code of a mute that holds whatever the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteStore:
    """The `Mutes` of the handlers."""

    engine: AsyncEngine
    now: Clock

    async def mute(self, team: str, mute: Mute) -> None:
        """Put one on record; it replaces an earlier one for the same channel and cause."""
        key = {"team": team, "channel": mute.channel, "code": mute.code or _ALL}
        async with self.engine.begin() as connection:
            await connection.execute(
                delete(channel_mutes).where(*(channel_mutes.c[k] == v for k, v in key.items()))
            )
            values = {**key, "until": mute.until.timestamp(), "by": mute.by}
            await insert_once(connection, channel_mutes, values)

    async def unmute(self, team: str, channel: str) -> int:
        """End all of a channel; how many there were."""
        at = self.now().timestamp()
        mutes = channel_mutes.c
        async with self.engine.begin() as connection:
            ended = await connection.execute(
                delete(channel_mutes).where(
                    mutes.team == team, mutes.channel == channel, mutes.until > at
                )
            )
        return ended.rowcount

    async def of(self, team: str, channel: str) -> tuple[Mute, ...]:
        """Those of a channel that have not ended, the widest first."""
        mutes = channel_mutes.c
        wanted = (
            select(channel_mutes)
            .where(
                mutes.team == team,
                mutes.channel == channel,
                mutes.until > self.now().timestamp(),
            )
            .order_by(mutes.code)
        )
        async with self.engine.connect() as connection:
            return tuple(
                Mute(
                    channel=channel,
                    code=row.code or None,
                    until=datetime.fromtimestamp(row.until, UTC),
                    by=row.by,
                )
                for row in await connection.execute(wanted)
            )


async def is_muted(connection: AsyncConnection, team: str, channel: str, *, at: float) -> bool:
    """Whether a channel wants quiet whatever the cause, as seen from a transaction under way."""
    mutes = channel_mutes.c
    wanted = select(mutes.until).where(
        mutes.team == team, mutes.channel == channel, mutes.code == _ALL, mutes.until > at
    )
    return await connection.scalar(wanted) is not None
