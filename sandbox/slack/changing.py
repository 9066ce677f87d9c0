"""What changes around the conversation: who is where, who is in a group, what is shared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sandbox.slack.sight import Impossible, Sight

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Changing(Sight):
    """Changes one workspace's people and channels, and lets the app hear of it."""

    def invite_app(self, channel: str, *, by: str) -> None:
        """Invite the app into a channel."""
        self.workspace.join(
            self.channel(channel), self.workspace.app.user_id, inviter=self.user(by).id
        )

    def remove_app(self, channel: str) -> None:
        """Remove the app from a channel; its next post there is `not_in_channel`."""
        self.channel(channel).members.remove(self.workspace.app.user_id)

    def archive(self, channel: str) -> None:
        """Archive a channel; the next post there is `is_archived`."""
        self.channel(channel).is_archived = True

    def share(self, channel: str, *, with_team: str) -> None:
        """Share a channel with another organisation: `channel_shared`."""
        place = self.channel(channel)
        place.is_ext_shared = True
        self.workspace.emit(
            "channel_shared",
            {
                "type": "channel_shared",
                "connected_team_id": with_team,
                "channel": place.id,
                "event_ts": self.workspace.clock.ts(),
            },
            place,
        )

    def set_group(self, group: str, users: Sequence[str]) -> None:
        """Change who is in a user group: `subteam_members_changed`.

        Raises:
            Impossible: If there is no such group.
        """
        known = self.workspace.groups.get(group)
        if known is None:
            raise Impossible(f"There is no user group {group!r} in this workspace.")
        now = tuple(self.user(user).id for user in users)
        self.workspace.groups[group] = replace(known, users=now)
        self.workspace.emit(
            "subteam_members_changed",
            {
                "type": "subteam_members_changed",
                "subteam_id": group,
                "team_id": self.workspace.team.id,
                "added_users": sorted(set(now) - set(known.users)),
                "removed_users": sorted(set(known.users) - set(now)),
                "event_ts": self.workspace.clock.ts(),
            },
            None,
        )

    def deactivate(self, user: str) -> None:
        """Deactivate a person's account: `users.info` says `deleted`."""
        person = self.user(user)
        self.workspace.users[person.id] = replace(person, deleted=True)
