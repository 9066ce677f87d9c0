"""Who may: read on, and press Apply or Restart. What Slack can't answer is refused."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handlers.blockkit import escape
from handlers.people import Unanswered

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    async def to_change(self, actor: Actor, *, cluster: str, namespace: str) -> Denied | None:
        """None if somebody may change something in a namespace of a cluster, else why not."""
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
        return await self._by_rules(actor, cluster=cluster, namespace=namespace)

    async def _by_rules(self, actor: Actor, *, cluster: str, namespace: str) -> Denied | None:
        place = f"{escape(namespace)} on {escape(cluster)}"
        approvers = self.rules.approvers_of(cluster=cluster, namespace=namespace)
        if not approvers:
            return Denied(
                words=(
                    f"Nobody is named as approver for {place}. Run the command in the reply by hand, or have "
                    "`approvers` added to the fleet file."
                ),
                rule="nobody-named",
            )
        groups: set[str] = set()
        unanswered: str | None = None
        if not self.rules.may_approve(
            user=actor.user, groups=(), cluster=cluster, namespace=namespace
        ):
            named_groups = sorted({g for a in approvers for g in a.groups})
            answers = await asyncio.gather(
                *(self.directory.members(g) for g in named_groups), return_exceptions=True
            )
            for group, members in zip(named_groups, answers, strict=True):
                if isinstance(members, Unanswered):
                    unanswered = str(members)
                elif isinstance(members, BaseException):
                    raise members
                elif actor.user in members:
                    groups.add(group)
        if self.rules.may_approve(
            user=actor.user, groups=groups, cluster=cluster, namespace=namespace
        ):
            return None
        if unanswered is not None:
            return Denied(
                words=(
                    f"Slack did not tell me who is in the approver group ({escape(unanswered)}), so I "
                    "changed nothing. Try again in a minute."
                ),
                rule="unanswered",
            )
        return Denied(
            words=f"You may not apply fixes in {place}. Ask {named(approvers)} to press the button.",
            rule="not-approver",
        )


def named(approvers: Sequence[Approver]) -> str:
    """Who may, as mentions in mrkdwn; an ephemeral message notifies nobody else."""
    groups = sorted({g for a in approvers for g in a.groups})
    users = sorted({u for a in approvers for u in a.users})
    mentions = [f"<!subteam^{g}>" for g in groups] + [f"<@{u}>" for u in users]
    more = len(mentions) - _NAMED
    shown = mentions[:_NAMED] + ([f"{more} more"] if more > 0 else [])
    return " or ".join(shown) or "an approver"
