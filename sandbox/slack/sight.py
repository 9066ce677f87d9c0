"""What there is to see in the workspace, by the names that people use for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from sandbox.slack.messages import Message
    from sandbox.slack.people import Channel, Json, User
    from sandbox.slack.workspace import Workspace

T = TypeVar("T")


class Impossible(Exception):
    """What was asked cannot be done in Slack's client; the message says why."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Looks at one workspace. What is not there raises `Impossible`."""

    workspace: Workspace

    # --- seeing ------------------------------------------------------------------------------

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """A thread's replies, oldest first."""
        shelf = self.workspace.messages[self.channel(channel).id].values()
        return [m for m in shelf if m.is_reply and m.thread_ts == thread_ts]

    def whispers(self, user: str) -> list[Message]:
        """The ephemeral messages that a person has got, oldest first."""
        person = self.user(user).id
        return [m for m in self.workspace.whispers.values() if m.only_for == person]

    def modal(self, user: str) -> Json | None:
        """The person's top modal, if one is open."""
        stack = self.workspace.views.stacks.get(self.user(user).id)
        return stack[-1] if stack else None

    async def wait_for(
        self,
        look: Callable[[], T | None] | Callable[[], Awaitable[T | None]],
        *,
        timeout: float = 30.0,  # noqa: ASYNC109 - the sentence on expiry is ours
        what: str = "it",
    ) -> T:
        """Look again after every change in the workspace until there is something to see.

        Raises:
            TimeoutError: If there is nothing after `timeout` seconds; says what was waited for.
        """
        async with self.workspace.watching() as watcher:
            try:
                async with asyncio.timeout(timeout):
                    while True:
                        seen = look()
                        if isinstance(seen, Awaitable):
                            seen = await seen
                        if seen:
                            return seen
                        await watcher.events.get()
            except TimeoutError as error:
                raise TimeoutError(f"waited {timeout:g} s for {what}") from error

    # --- finding -----------------------------------------------------------------------------

    def user(self, name: str) -> User:
        """A user by ID or name.

        Raises:
            Impossible: There is none.
        """
        users = self.workspace.users
        found = users.get(name) or next((u for u in users.values() if u.name == name), None)
        if found is None:
            raise Impossible(f"There is no user {name!r} in this workspace."[:200])
        return found

    def channel(self, name: str) -> Channel:
        """A channel by ID or name; a user's direct conversation with the app by `@name`.

        Raises:
            Impossible: There is none.
        """
        if name.startswith("@"):
            return self.workspace.direct_channel(self.user(name[1:]).id)
        channels = self.workspace.channels
        bare = name.removeprefix("#")
        found = channels.get(name) or next((c for c in channels.values() if c.name == bare), None)
        if found is None:
            raise Impossible(f"There is no channel {name!r} in this workspace."[:200])
        return found

    def message(self, channel: str, ts: str) -> Message:
        """A message by channel and `ts`, an ephemeral one too.

        Raises:
            Impossible: There is none.
        """
        place = self.channel(channel)
        found = self.workspace.messages[place.id].get(ts) or self.workspace.whispers.get(ts)
        if found is None or found.channel != place.id:
            raise Impossible(f"There is no message {ts!r} in #{place.name}."[:200])
        return found

    def view(self, user: str, view_id: str | None = None) -> Json:
        """An open view of a person, by ID; the top modal without one.

        Raises:
            Impossible: There is none.
        """
        if view_id is None:
            view = self.modal(user)
            if view is None:
                raise Impossible("No dialog is open.")
            return view
        found = self.workspace.views.find(view_id)
        if found is None or found[0] != user:
            raise Impossible("This dialog is closed already.")
        return found[1]
