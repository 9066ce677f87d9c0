"""Who may: read on, and approve fixes. What Slack can't answer is refused."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.fix.plan import kinds_of
from diagnostics.languages import Words, say, speak
from handlers.blockkit import escape
from handlers.people import Unanswered
from handlers.reach import EVERYTHING, Reach, union
from handlers.render.moments import moment

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from diagnostics.fix.plan import Fix, FixKind
    from handlers.incident import Incident
    from handlers.people import Directory
    from handlers.ports import Approver, Reader, Rules

_NAMED: Final = 5
_FIX: Final = say("apply fixes")
NOT_READ: Final = say(
    "This is about an account or a cluster that is not read here, or not by you: `readers` in the fleet file says by "
    "whom and in which channel. I show nothing of it."
)
"""One sentence for whatever is hidden: it tells nobody what that is."""


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

    words: Words
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
            words=speak("Only members of the workspace that installed me may do that."),
            rule="other-team",
        )

    async def member(self, actor: Actor, what: str) -> Denied | None:
        """Refuse guests, apps, deactivated accounts and people of other organisations.

        Args:
            actor: Who.
            what: What members alone may do, as in "Guests may not apply fixes".
        """
        return await self._member(actor, what)

    async def reach(self, user: str | None, channel: str) -> Reach:
        """What may be read for somebody in a channel: the one place that decides it.

        Without `readers` in the fleet file that is everything. Where Slack does not say who is in a group, nobody is
        for what is kept to it, and everybody is for what limits it.

        Args:
            user: Slack user ID; None: nobody in particular, as for an alert.
            channel: Where the answer is shown.
        """
        readers = self.rules.readers
        if not readers:
            return EVERYTHING
        people = await asyncio.gather(*(self._is_one_of(user, r) for r in readers))
        kept = [(r, _admits(r, channel, is_one)) for r, is_one in zip(readers, people, strict=True)]
        hidden = union(r.scope for r, _ in kept if not r.only)
        shown = union(r.scope for r, admitted in kept if admitted and not r.only)
        limits = [
            r.scope
            for r, is_one in zip(readers, people, strict=True)
            if r.only and (channel in (r.channels or ()) or (is_one is not False and _named(r)))
        ]
        return Reach(hidden=hidden.without(shown), only=union(limits) if limits else None)

    async def to_read(self, actor: Actor, incident: Incident) -> Denied | None:
        """Refuse who may not read what an incident is about, in its channel."""
        reach = await self.reach(actor.user, incident.spot.channel)
        if reach.reads(incident, self.rules.fleet):
            return None
        return Denied(words=NOT_READ, rule="reader")

    async def to_change(
        self, actor: Actor, fix: Fix, *, channel: str, at: datetime
    ) -> Approval | Denied:
        """What it takes if somebody may approve a fix in a channel at a time, else why not."""
        denied = await self._member(actor, _FIX)
        if denied is not None:
            return denied
        for kind in kinds_of(fix):
            approval = self._needed(fix, kind, channel=channel, at=at)
            if isinstance(approval, Denied):
                return approval
            among = await self._among(actor, approval, fix)
            if isinstance(among, Denied):
                return among
        return self.needed(fix, channel=channel, at=at)

    async def to_ask(
        self, actor: Actor, fix: Fix, *, channel: str, at: datetime
    ) -> Approval | Denied:
        """What it takes if somebody may ask the approvers for a fix, else why not."""
        denied = await self._member(actor, _FIX)
        return denied or self.needed(fix, channel=channel, at=at)

    def needed(self, fix: Fix, *, channel: str, at: datetime) -> Approval | Denied:
        """What the rules ask of a fix: the strictest of the entries that cover it; or why nobody may.

        A fix of several kinds takes what each of them takes.
        """
        each: list[Approval] = []
        for kind in kinds_of(fix):
            approval = self._needed(fix, kind, channel=channel, at=at)
            if isinstance(approval, Denied):
                return approval
            each.append(approval)
        common = [a for a in each[0].approvers if all(a in other.approvers for other in each)]
        return Approval(
            needed=max(a.needed for a in each),
            own=all(a.own for a in each),
            approvers=tuple(common) or each[0].approvers,
        )

    def _needed(self, fix: Fix, kind: FixKind, *, channel: str, at: datetime) -> Approval | Denied:
        place = speak(
            "{name} on {cluster}", name=escape(fix.namespace), cluster=escape(fix.cluster)
        )
        frozen = self.rules.frozen(at=at, cluster=fix.cluster, namespace=fix.namespace, kind=kind)
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
        covering = tuple(
            self.rules.approvers_of(cluster=fix.cluster, namespace=fix.namespace, kind=kind)
        )
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

    async def _member(self, actor: Actor, what: str) -> Denied | None:
        denied = self.outsider(actor)
        if denied is not None:
            return denied
        try:
            person = await self.directory.person(actor.user)
        except Unanswered as error:
            return Denied(
                words=speak(
                    "Slack did not tell me who you are ({error}), so I changed nothing. Try again.",
                    error=error,
                ),
                rule="unanswered",
            )
        if person.is_bot or person.deleted:
            return Denied(
                words=speak("Apps and deactivated accounts may not {what}.", what=what), rule="bot"
            )
        if person.is_guest:
            words = (
                speak("Guests may not {what}. Ask a member who is named as approver.", what=what)
                if what == _FIX
                else speak("Guests may not {what}. Ask a member of this workspace.", what=what)
            )
            return Denied(
                words=words,
                rule="guest",
            )
        if person.is_stranger or (person.team is not None and person.team != self.home):
            return Denied(
                words=speak("Only members of the workspace that installed me may do that."),
                rule="stranger",
            )
        return None

    async def _is_one_of(self, user: str | None, named: Reader) -> bool | None:
        """Whether somebody is named, or anybody is meant; None where Slack does not say."""
        if not _named(named):
            return True
        if user is None:
            return False
        try:
            return await self._is_in(user, named.users, named.groups)
        except Unanswered:
            return None

    async def _is_in(self, user: str, users: Collection[str], groups: Collection[str]) -> bool:
        """Whether somebody is one of these people or in one of these groups.

        Raises:
            Unanswered: If Slack does not say of a group, and no other has them.
        """
        if user in users:
            return True
        unanswered: Unanswered | None = None
        answers = await asyncio.gather(
            *(self.directory.members(g) for g in sorted(groups)), return_exceptions=True
        )
        for members in answers:
            if isinstance(members, Unanswered):
                unanswered = members
            elif isinstance(members, BaseException):
                raise members
            elif user in members:
                return True
        if unanswered is not None:
            raise unanswered
        return False

    async def _among(self, actor: Actor, approval: Approval, fix: Fix) -> Approval | Denied:
        users = {u for a in approval.approvers for u in a.users}
        groups = {g for a in approval.approvers for g in a.groups}
        try:
            if await self._is_in(actor.user, users, groups):
                return approval
        except Unanswered as error:
            return Denied(
                words=speak(
                    "Slack did not tell me who is in the approver group ({error}), so I changed nothing. "
                    "Try again in a minute.",
                    error=escape(str(error)),
                ),
                rule="unanswered",
            )
        place = speak(
            "{name} on {cluster}", name=escape(fix.namespace), cluster=escape(fix.cluster)
        )
        return Denied(
            words=speak(
                "You may not apply fixes in {place}. Ask {named} to press the button.",
                place=place,
                named=named(approval.approvers),
            ),
            rule="not-approver",
            may_ask=True,
        )


def _named(reader: Reader) -> bool:
    """Whether an entry names people, and not only places."""
    return bool(reader.users or reader.groups)


def _admits(reader: Reader, channel: str, is_one: bool | None) -> bool:  # noqa: FBT001
    """Whether an entry lets somebody read what it names in a channel."""
    return is_one is True and (reader.channels is None or channel in reader.channels)


def named(approvers: Sequence[Approver]) -> str:
    """Who may, as mentions in mrkdwn; an ephemeral message notifies nobody else."""
    groups = sorted({g for a in approvers for g in a.groups})
    users = sorted({u for a in approvers for u in a.users})
    mentions = [f"<!subteam^{g}>" for g in groups] + [f"<@{u}>" for u in users]
    more = len(mentions) - _NAMED
    shown = mentions[:_NAMED] + ([speak("{count} more", count=more)] if more > 0 else [])
    return speak(" or ").join(shown) or speak("an approver")
