"""Who may: read on, and approve fixes. What Slack can't answer is refused."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final

from handlers.blockkit import escape
from handlers.people import Unanswered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from diagnostics.fix.plan import Fix
    from handlers.people import Directory
    from handlers.ports import Approver, Rules

_NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who pressed, as the payload's `user` object says.

    Bolt's own `actor_team_id` is our team for a press in a shared channel, whoever pressed; `user.team_id` is not.
    """

    user: str
    team: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Why somebody may not, and how to ask, as one sentence of mrkdwn."""

    words: str
    rule: str
    """A short name of the reason, for the audit trail."""
    may_ask: bool = False
    """Whether approvers can be asked to do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What it takes to approve a fix."""

    needed: int
    """How many different people."""
    own: bool
    """Whether who asked may be one of them."""
    approvers: tuple[Approver, ...]
    """Who may, in the channel at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The rules of the fleet file, held against what Slack says of a person."""

    directory: Directory
    rules: Rules
    home: str
    """The team that installed the app."""

    def outsider(self, actor: Actor) -> Denied | None:
        """Refuse people of other organisations, whatever they ask for."""
        if actor.team == self.home:
            return None
        return Denied(
            words="Only members of the workspace that installed me may do that.", rule="other-team"
        )

    async def to_change(
        self, actor: Actor, fix: Fix, *, channel: str, at: datetime
    ) -> Approval | Denied:
        """What it takes if somebody may approve a fix in a channel at a time, else why not."""
        denied = await self._member(actor)
        if denied is not None:
            return denied
        approval = self.needed(fix, channel=channel, at=at)
        if isinstance(approval, Denied):
            return approval
        return await self._among(actor, approval, fix)

    async def to_ask(
        self, actor: Actor, fix: Fix, *, channel: str, at: datetime
    ) -> Approval | Denied:
        """What it takes if somebody may ask the approvers for a fix, else why not."""
        denied = await self._member(actor)
        return denied or self.needed(fix, channel=channel, at=at)

    def needed(self, fix: Fix, *, channel: str, at: datetime) -> Approval | Denied:
        """What the rules ask of a fix: the strictest of the entries that cover it; or why nobody may."""
        place = f"{escape(fix.namespace)} on {escape(fix.cluster)}"
        frozen = self.rules.frozen(
            at=at, cluster=fix.cluster, namespace=fix.namespace, kind=fix.kind
        )
        if frozen is not None:
            return Denied(
                words=(
                    f"Changes to {place} are frozen until {moment(frozen.until)} ({escape(frozen.name)}), so I "
                    "changed nothing."
                ),
                rule="freeze",
            )
        covering = tuple(
            self.rules.approvers_of(cluster=fix.cluster, namespace=fix.namespace, kind=fix.kind)
        )
        if not covering:
            return Denied(
                words=(
                    f"Nobody is named as approver for {place}. Run the command in the reply by hand, or have "
                    "`approvers` added to the fleet file."
                ),
                rule="nobody-named",
            )
        here = tuple(a for a in covering if a.channels is None or channel in a.channels)
        if not here:
            channels = sorted({c for a in covering for c in a.channels or ()})[:_NAMED]
            where = " or ".join(f"<#{c}>" for c in channels)
            return Denied(
                words=f"Fixes in {place} may not be approved in this channel. Paste the error in {where}.",
                rule="channel",
            )
        return Approval(
            needed=max(a.approvals for a in covering),
            own=all(a.own_requests for a in covering),
            approvers=here,
        )

    async def _member(self, actor: Actor) -> Denied | None:
        denied = self.outsider(actor)
        if denied is not None:
            return denied
        try:
            person = await self.directory.person(actor.user)
        except Unanswered as error:
            return Denied(
                words=f"Slack did not tell me who you are ({error}), so I changed nothing. Try again.",
                rule="unanswered",
            )
        if person.is_bot or person.deleted:
            return Denied(words="Apps and deactivated accounts may not apply fixes.", rule="bot")
        if person.is_guest:
            return Denied(
                words="Guests may not apply fixes. Ask a member who is named as approver.",
                rule="guest",
            )
        if person.is_stranger or (person.team is not None and person.team != self.home):
            return Denied(
                words="Only members of the workspace that installed me may do that.",
                rule="stranger",
            )
        return None

    async def _among(self, actor: Actor, approval: Approval, fix: Fix) -> Approval | Denied:
        if any(actor.user in a.users for a in approval.approvers):
            return approval
        groups = sorted({g for a in approval.approvers for g in a.groups})
        answers = await asyncio.gather(
            *(self.directory.members(g) for g in groups), return_exceptions=True
        )
        unanswered: str | None = None
        for members in answers:
            if isinstance(members, Unanswered):
                unanswered = str(members)
            elif isinstance(members, BaseException):
                raise members
            elif actor.user in members:
                return approval
        if unanswered is not None:
            return Denied(
                words=(
                    f"Slack did not tell me who is in the approver group ({escape(unanswered)}), so I "
                    "changed nothing. Try again in a minute."
                ),
                rule="unanswered",
            )
        place = f"{escape(fix.namespace)} on {escape(fix.cluster)}"
        return Denied(
            words=f"You may not apply fixes in {place}. Ask {named(approval.approvers)} to press the button.",
            rule="not-approver",
            may_ask=True,
        )


def named(approvers: Sequence[Approver]) -> str:
    """Who may, as mentions in mrkdwn; an ephemeral message notifies nobody else."""
    groups = sorted({g for a in approvers for g in a.groups})
    users = sorted({u for a in approvers for u in a.users})
    mentions = [f"<!subteam^{g}>" for g in groups] + [f"<@{u}>" for u in users]
    more = len(mentions) - _NAMED
    shown = mentions[:_NAMED] + ([f"{more} more"] if more > 0 else [])
    return " or ".join(shown) or "an approver"


def moment(at: datetime) -> str:
    """A time in mrkdwn, in the reader's own zone."""
    plain = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{plain}>"
