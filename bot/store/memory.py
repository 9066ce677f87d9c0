"""What people of a channel answered: it is not asked again there for a while."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from bot.store.insert import insert_once
from bot.store.tables import channel_answers
from diagnostics.fleet import Hints

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from diagnostics.case import Case
    from handlers.incident import Spot
    from handlers.ports import Clock

_DAY: Final = 86_400.0
SAME_FAILURE: Final = 30 * _DAY
"""Seconds for which an answer holds for the failure that it was given for."""
ANY_FAILURE: Final = 7 * _DAY
"""Seconds for which its cluster and namespace hold for other failures in the channel."""
_ANY: Final = ""
FROM_ANSWERS: Final = "an earlier answer in this channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelMemory:
    """Reads the answers."""

    engine: AsyncEngine
    now: Clock

    async def recall(self, spot: Spot, case: Case, fingerprint: str) -> Case:
        """Add what was answered before in the channel.

        For the same failure it is stronger than the channel's defaults, which left it open then; for others the
        cluster and namespace are weaker than any default.
        """
        at = self.now().timestamp()
        answers = channel_answers.c
        wanted = select(channel_answers).where(
            answers.team == spot.team,
            answers.channel == spot.channel,
            answers.fingerprint.in_((fingerprint, _ANY)),
        )
        async with self.engine.connect() as connection:
            rows = {row.fingerprint: row for row in await connection.execute(wanted)}
        defaults = case.defaults
        same, other = rows.get(fingerprint), rows.get(_ANY)
        if same is not None and same.at > at - SAME_FAILURE:
            defaults = Hints(
                cluster=same.cluster,
                namespace=same.namespace,
                service_account=same.service_account,
            ).over(defaults)
        elif other is not None and other.at > at - ANY_FAILURE and defaults.cluster is None:
            defaults = defaults.over(Hints(cluster=other.cluster, namespace=other.namespace))
        if defaults == case.defaults:
            return case
        return replace(case, defaults=defaults, defaults_from=FROM_ANSWERS)


async def remember(
    connection: AsyncConnection, spot: Spot, fingerprints: Iterable[str], hints: Hints, *, at: float
) -> None:
    """Keep an answer in the transaction under way; it replaces the earlier one."""
    named = {"cluster": hints.cluster, "namespace": hints.namespace}
    if not any(named.values()):
        return
    rows = [(f, hints.service_account) for f in dict.fromkeys(fingerprints)] + [(_ANY, None)]
    for fingerprint, service_account in rows:
        key = {"team": spot.team, "channel": spot.channel, "fingerprint": fingerprint}
        await connection.execute(
            delete(channel_answers).where(*(channel_answers.c[k] == v for k, v in key.items()))
        )
        await insert_once(
            connection,
            channel_answers,
            {**key, **named, "service_account": service_account, "at": at},
        )
