"""The preflight of a running bot: of one content of the fleet file, gently, and without what chat need not hold."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.clients import Limits
from bot.preflight.document import report_of
from bot.preflight.outcome import TROUBLES
from bot.preflight.walk import fix_namespaces, preflight

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.fleet_file import FleetFile
    from bot.preflight.document import PreflightReport
    from bot.preflight.outcome import Outcome, Place

_PLACES_AT_ONCE: Final = 4
"""Half of what the command takes: diagnoses go on beside it."""
LEFT_OUT: Final = "external_id of the fleet file"
"""Stands where an external ID would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walker:
    """Walks the fleet file that it was made for."""

    file: FleetFile
    walk: Callable[[], Awaitable[Outcome]]

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

    async def report(self) -> PreflightReport:
        """Walk, and say what it came to: of each place what does not work.

        Without external IDs, which people in Slack need not read.
        """
        report = _troubles(report_of(await self.walk()))
        fleet = self.file.fleet
        known = {account.external_id for account in fleet.accounts}
        known |= {fleet.hub.external_id} if fleet.hub is not None else set()
        text = report.model_dump_json()
        for external_id in filter(None, known):
            # In a policy that is itself a text in JSON.
            text = text.replace(f'\\"{external_id}\\"', f'\\"{LEFT_OUT}\\"')
        return type(report).model_validate_json(text)


def _troubles(report: PreflightReport) -> PreflightReport:
    """Less by what works, which at hundreds of places is megabytes that nobody is shown."""
    places = tuple(
        place.model_copy(update={"checks": tuple(c for c in place.checks if c.state in TROUBLES)})
        for place in report.places
    )
    return report.model_copy(update={"places": places})


def walker_of(
    file: FleetFile,
    environ: Mapping[str, str],
    slack: Callable[[], Awaitable[Place]],
    links: str | None,
) -> Walker:
    """The walker of a fleet file.

    Args:
        file: What it holds.
        environ: AWS_* and KUBECONFIG.
        slack: Checks the bot token's scopes.
        links: `IRSA_LINKS`.
    """
    walk = partial(
        preflight, file, environ, limits=Limits(), slack=slack, links=links, at_once=_PLACES_AT_ONCE
    )
    return Walker(file=file, walk=walk)
