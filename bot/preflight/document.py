"""The JSON form of a preflight, version 1, in English.

Fields are added within a version; one that changes its meaning or goes makes a new version. The schema is
`docs/preflight.schema.json`, made from these models.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  pydantic reads the annotations at run time
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.preflight.outcome import Kind, State  # noqa: TC001  the same

if TYPE_CHECKING:
    from bot.preflight.outcome import Outcome, Place


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckReport(_Model):
    """One thing that was tried."""

    what: str = Field(description="An IAM action, an RBAC verb and resource, a scope.")
    state: State
    why: str | None = Field(default=None, description="Why it does not work.")
    enable: str | None = Field(default=None, description="What would make it work.")
    needed_for: str | None = None


class RemedyReport(_Model):
    """Text to copy."""

    title: str
    text: str


class PlaceReport(_Model):
    """An account, a cluster, or Slack."""

    kind: Kind
    name: str
    works: bool
    checks: tuple[CheckReport, ...]
    remedies: tuple[RemedyReport, ...] = ()
    discovered: bool = Field(
        default=False,
        description="Whether only the inventory knows it (EKS lists the cluster), and not the fleet file.",
    )


class PreflightReport(_Model):
    """A preflight."""

    version: Literal[1] = 1
    works: bool = Field(description="Whether every place does; exit status 0.")
    started: datetime
    seconds: float
    places: tuple[PlaceReport, ...]
    left_out: int = Field(
        default=0,
        description="Clusters that the inventory found beyond what one preflight tries.",
    )


def report_of(outcome: Outcome) -> PreflightReport:
    """Put an outcome into its JSON form."""
    return PreflightReport(
        works=outcome.works,
        started=outcome.started,
        seconds=round(outcome.seconds, 3),
        places=tuple(_place(place) for place in outcome.places),
        left_out=outcome.left_out,
    )


def _place(place: Place) -> PlaceReport:
    return PlaceReport(
        kind=place.kind,
        name=place.name,
        works=place.works,
        discovered=place.discovered,
        checks=tuple(
            CheckReport(
                what=check.what,
                state=check.state,
                why=check.why,
                enable=check.enable,
                needed_for=check.needed_for,
            )
            for check in place.checks
        ),
        remedies=tuple(RemedyReport(title=r.title, text=r.text) for r in place.remedies),
    )
