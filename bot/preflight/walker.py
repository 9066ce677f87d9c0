"""The preflight of a running bot: of one content of the fleet file, gently, and without what chat need not hold."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.clients import Limits
from bot.preflight.walk import fix_namespaces, preflight

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.fleet_file import FleetFile
    from bot.preflight.outcome import Outcome, Place, Remedy
    from bot.preflight.reach import Reach
    from diagnostics.fleet import Fleet

_PLACES_AT_ONCE: Final = 4
"""Half of what the command takes: diagnoses go on beside it."""
LEFT_OUT: Final = "external_id of the fleet file"
"""Stands where an external ID would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walker:
    """Walks the fleet file that it was made for."""

    file: FleetFile
    walk: Callable[[], Awaitable[Outcome]]
    found: Callable[[], Fleet] | None = None
    """Gives the fleet with what the inventory has on record; None: there is none."""

    @property
    def fleet(self) -> str:
        """What tells the walks of one content of the fleet file from those of another."""
        clusters = self.file.fleet.clusters
        said = [
            asdict(self.file.fleet),
            [sorted(fix_namespaces(self.file, cluster.name)) for cluster in clusters],
        ]
        text = json.dumps(said, default=lambda value: sorted(map(str, value)), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    async def outcome(self) -> Outcome:
        """Walk, and say what it came to: of each place what does not work.

        Without external IDs, which people in Slack need not read.
        """
        outcome = await self.walk()
        fleet = self.file.fleet
        known = {account.external_id for account in fleet.accounts}
        known |= {fleet.hub.external_id} if fleet.hub is not None else set()
        secrets = frozenset(filter(None, known))
        return replace(outcome, places=tuple(_told(place, secrets) for place in outcome.places))

    def known(self) -> Fleet:
        """The fleet file's clusters, and those that the inventory found by now."""
        return self.file.fleet if self.found is None else self.found()


def _told(place: Place, secrets: frozenset[str]) -> Place:
    """A place without secrets, and without what works: at hundreds of places megabytes that nobody is shown."""
    return replace(
        place,
        checks=place.troubles,
        remedies=tuple(_without(remedy, secrets) for remedy in place.remedies),
    )


def _without(remedy: Remedy, secrets: frozenset[str]) -> Remedy:
    text = remedy.text
    for secret in secrets:
        text = text.replace(json.dumps(secret), json.dumps(LEFT_OUT))
    return replace(remedy, text=text)


def walker_of(
    file: FleetFile,
    environ: Mapping[str, str],
    slack: Callable[[], Awaitable[Place]],
    links: str | None,
    found: Callable[[], Fleet],
) -> Walker:
    """The walker of a fleet file.

    Args:
        file: What it holds.
        environ: AWS_* and KUBECONFIG.
        slack: Checks the bot token's scopes.
        links: `IRSA_LINKS`.
        found: Gives the fleet with what the inventory has on record.
    """

    async def on_record(_reach: Reach) -> Fleet:
        return found()

    walk = partial(
        preflight,
        file,
        environ,
        limits=Limits(),
        slack=slack,
        links=links,
        found=on_record,
        at_once=_PLACES_AT_ONCE,
    )
    return Walker(file=file, walk=walk, found=found)
