"""What it takes to approve a fix: the entries of the fleet file that cover it, whoever presses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.fix.plan import kinds_of
from diagnostics.languages import speak
from handlers.blockkit import escape
from handlers.denied import Denied
from handlers.render.moments import moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from diagnostics.fix.plan import Fix, FixKind
    from handlers.rules import Approver, Rules

_NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What it takes to approve a fix."""

    needed: int
    """How many different people."""
    own: bool
    """Whether who asked may be one of them."""
    approvers: tuple[Approver, ...]
    """Who may, in the channel at hand."""


def approval_of(rules: Rules, fix: Fix, *, channel: str, at: datetime) -> Approval | Denied:
    """What the rules ask of a fix: the strictest of the entries that cover it; or why nobody may.

    A fix of several kinds takes what each of them takes.
    """
    each: list[Approval] = []
    for kind in kinds_of(fix):
        approval = approval_of_kind(rules, fix, kind, channel=channel, at=at)
        if isinstance(approval, Denied):
            return approval
        each.append(approval)
    common = [a for a in each[0].approvers if all(a in other.approvers for other in each)]
    return Approval(
        needed=max(a.needed for a in each),
        own=all(a.own for a in each),
        approvers=tuple(common) or each[0].approvers,
    )


def approval_of_kind(
    rules: Rules, fix: Fix, kind: FixKind, *, channel: str, at: datetime
) -> Approval | Denied:
    """The same for one kind of change that it makes."""
    place = place_of(fix)
    frozen = rules.frozen(at=at, cluster=fix.cluster, namespace=fix.namespace, kind=kind)
    if frozen is not None:
        return Denied(
            words=speak(
                "Changes to {place} are frozen until {moment} ({freeze}), so I changed nothing.",
                place=place,
                moment=moment(frozen.until),
                freeze=escape(frozen.name),
            ),
            rule="freeze",
        )
    covering = tuple(rules.approvers_of(cluster=fix.cluster, namespace=fix.namespace, kind=kind))
    if not covering:
        return Denied(
            words=speak(
                "Nobody is named as approver for {place}. Run the command in the reply by hand, or "
                "have `approvers` added to the fleet file.",
                place=place,
            ),
            rule="nobody-named",
        )
    here = tuple(a for a in covering if a.channels is None or channel in a.channels)
    if not here:
        channels = sorted({c for a in covering for c in a.channels or ()})[:_NAMED]
        where = speak(" or ").join(f"<#{c}>" for c in channels)
        return Denied(
            words=speak(
                "Fixes in {place} may not be approved in this channel. Paste the error in {where}.",
                place=place,
                where=where,
            ),
            rule="channel",
        )
    return Approval(
        needed=max(a.approvals for a in covering),
        own=all(a.own_requests for a in covering),
        approvers=here,
    )


def place_of(fix: Fix) -> str:
    """Where a fix would be made, in mrkdwn."""
    return speak("{name} on {cluster}", name=escape(fix.namespace), cluster=escape(fix.cluster))


def named(approvers: Sequence[Approver]) -> str:
    """Who may, as mentions in mrkdwn; an ephemeral message notifies nobody else."""
    groups = sorted({g for a in approvers for g in a.groups})
    users = sorted({u for a in approvers for u in a.users})
    mentions = [f"<!subteam^{g}>" for g in groups] + [f"<@{u}>" for u in users]
    more = len(mentions) - _NAMED
    shown = mentions[:_NAMED] + ([speak("{count} more", count=more)] if more > 0 else [])
    return speak(" or ").join(shown) or speak("an approver")
