"""Who may: read on, and approve fixes. What Slack can't answer is refused."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.fix.plan import kinds_of
from diagnostics.languages import aloud, say, speak
from handlers.approval import approval_of, approval_of_kind, named, place_of
from handlers.blockkit import escape
from handlers.denied import Denied
from handlers.people import Unanswered
from handlers.reach import EVERYTHING, Reach, union

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.fix.plan import Fix
    from handlers.approval import Approval
    from handlers.incident import Incident
    from handlers.people import Directory
    from handlers.rules import Reader, Rules

_FIX: Final = say("apply fixes")
_MEMBERS: Final = say("Only members of the workspace that installed me may do that.")
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
        return Denied(words=aloud(_MEMBERS), rule="other-team")

    async def member(self, actor: Actor, what: str) -> Denied | None:
        """Refuse guests, apps, deactivated accounts and people of other organisations.

        Args:
            actor: Who.
            what: What members alone may do, as in "Guests may not apply fixes".
        """
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
            return Denied(words=aloud(_MEMBERS), rule="stranger")
        return None

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
        denied = await self.member(actor, _FIX)
        if denied is not None:
            return denied
        for kind in kinds_of(fix):
            approval = approval_of_kind(self.rules, fix, kind, channel=channel, at=at)
            if isinstance(approval, Denied):
                return approval
            among = await self._among(actor, approval, fix)
            if isinstance(among, Denied):
                return among
        return approval_of(self.rules, fix, channel=channel, at=at)

    async def to_ask(
        self, actor: Actor, fix: Fix, *, channel: str, at: datetime
    ) -> Approval | Denied:
        """What it takes if somebody may ask the approvers for a fix, else why not."""
        denied = await self.member(actor, _FIX)
        return denied or approval_of(self.rules, fix, channel=channel, at=at)

    async def _is_one_of(self, user: str | None, named: Reader) -> bool | None:
        """Whether somebody is named, or anybody is meant; None where Slack does not say."""
        if not _named(named):
            return True
        if user is None:
            return False
        try:
            return await self.directory.is_in(user, named.users, named.groups)
        except Unanswered:
            return None

    async def _among(self, actor: Actor, approval: Approval, fix: Fix) -> Approval | Denied:
        users = {u for a in approval.approvers for u in a.users}
        groups = {g for a in approval.approvers for g in a.groups}
        try:
            if await self.directory.is_in(actor.user, users, groups):
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
        return Denied(
            words=speak(
                "You may not apply fixes in {place}. Ask {named} to press the button.",
                place=place_of(fix),
                named=named(approval.approvers),
            ),
            rule="not-approver",
            may_ask=True,
        )


def _named(reader: Reader) -> bool:
    """Whether an entry names people, and not only places."""
    return bool(reader.users or reader.groups)


def _admits(reader: Reader, channel: str, is_one: bool | None) -> bool:  # noqa: FBT001  as `_is_one_of` gives it
    """Whether an entry lets somebody read what it names in a channel."""
    return is_one is True and (reader.channels is None or channel in reader.channels)
