"""What people and other bots do in the workspace, for tests and for the page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.slack import interactions
from sandbox.slack.answers import Answer, Filled, unanswered
from sandbox.slack.delivery import NotAcknowledged
from sandbox.slack.posting import Posting
from sandbox.slack.pressing import NoSuchElement, acted, find
from sandbox.slack.responding import respond
from sandbox.slack.response_urls import ResponseUrl
from sandbox.slack.sight import Impossible
from sandbox.slack.submitting import Submission, settle_submission

if TYPE_CHECKING:
    from sandbox.slack.messages import Message
    from sandbox.slack.people import Json, User

__all__ = ["Driver", "Impossible"]


@dataclass(frozen=True, slots=True)
class Driver(Posting):
    """Acts in one workspace. What Slack's client would not allow raises `Impossible`.

    It finds things as `Sight` does, changes people and channels as `Changing`, and posts as `Posting`.
    """

    async def press(
        self,
        what: str,
        user: str,
        *,
        channel: str | None = None,
        message_ts: str | None = None,
        view_id: str | None = None,
        block_id: str | None = None,
        selected: Answer | None = None,
        filled: Filled | None = None,
    ) -> None:
        """Press a button or choose an option, and wait until the app has acknowledged it.

        Args:
            what: The button's label or its `action_id`.
            user: Who presses.
            channel: Where the message is; without `message_ts`, its newest with such a button.
            message_ts: On which message.
            view_id: In which view; without it and without a channel, the person's top modal.
            block_id: In which block, where two have the same `action_id`.
            selected: The chosen option's value, or values.
            filled: What else is filled in there.

        Raises:
            Impossible: If there is no such button to see.
            NotAcknowledged: If the app does not answer within three seconds.
        """
        person = self.user(user)
        try:
            if view_id is not None or channel is None:
                view = self.view(person.id, view_id)
                pressed = acted(self.workspace, view["blocks"], what, block_id, selected)
                payload = interactions.in_view(self.workspace, person, view, pressed, filled or {})
            else:
                message = self._with(person, channel, what, message_ts)
                pressed = acted(self.workspace, message.blocks, what, block_id, selected)
                payload = interactions.on_message(
                    self.workspace, person, message, pressed, filled or {}
                )
        except (NoSuchElement, ValueError) as error:
            raise Impossible(f"{error}.") from error
        await self.workspace.delivery.ask("interactive", payload)

    async def submit(self, user: str, values: Filled, *, view_id: str | None = None) -> Submission:
        """Press a modal's submit button.

        Returns:
            Whether it was taken, and the app's errors by block where it was not.

        Raises:
            Impossible: If there is no such modal or a value is none of the options.
            NotAcknowledged: If the app does not answer within three seconds.
        """
        person = self.user(user)
        view = self.view(person.id, view_id)
        try:
            payload = interactions.submission(self.workspace, person, view, values)
        except ValueError as error:
            raise Impossible(f"{error}.") from error
        if missing := unanswered(view["blocks"], payload["view"]["state"]):
            return Submission(errors=missing)
        answer = await self.workspace.delivery.ask("interactive", payload)
        return settle_submission(self.workspace, person.id, view, answer)

    async def close(self, user: str, *, view_id: str | None = None, clear: bool = False) -> None:
        """Close the top modal, or with `clear` all of them; the app hears of it if it asked to."""
        person = self.user(user)
        view = self.view(person.id, view_id)
        stack = self.workspace.views.stacks[person.id]
        gone = list(stack) if clear else [known for known in stack if known["id"] == view["id"]]
        stack[:] = [known for known in stack if known not in gone]
        for known in gone:
            self.workspace.publish(
                {"type": "view", "user": person.id, "op": "close", "view": known}
            )
        for known in gone:
            if known["notify_on_close"]:
                payload = interactions.closing(self.workspace, person, known, cleared=clear)
                with suppress(NotAcknowledged):  # the dialog is gone; nobody is told
                    await self.workspace.delivery.ask("interactive", payload)

    async def shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> None:
        """Run a shortcut from a message's menu.

        Raises:
            Impossible: If the app has no such shortcut.
            NotAcknowledged: If the app does not answer within three seconds.
        """
        known = {item.callback_id for item in self.workspace.app.shortcuts}
        if callback_id not in known:
            raise Impossible(f"The app has no shortcut {callback_id!r}; it has {sorted(known)}.")
        person = self.user(user)
        payload = interactions.shortcut(
            self.workspace, person, self.message(channel, ts), callback_id
        )
        await self.workspace.delivery.ask("interactive", payload)

    async def command(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None
    ) -> Json | None:
        """Run a slash command, such as `/irsa help`; what the app answered at once, if anything.

        Raises:
            Impossible: In a thread, for a stranger, or if the app has no such command.
            NotAcknowledged: If the app does not answer within three seconds.
        """
        person, place = self.user(user), self.channel(channel)
        name, _, rest = text.strip().partition(" ")
        if name not in {item.command for item in self.workspace.app.commands}:
            raise Impossible(f"{name} is not a valid command.")
        if thread_ts is not None:
            raise Impossible(
                f"{name} is not supported in threads. Use it in the channel, or mention the app."
            )
        if person.team_id != self.workspace.team.id:
            raise Impossible(f"{name} failed: the app is not installed in your workspace.")
        payload = interactions.command(self.workspace, person, place, name, rest.strip())
        answer = await self.workspace.delivery.ask("slash_commands", payload)
        said = {"text": answer.body} if isinstance(answer.body, str) else answer.body
        if not said:
            return None
        spot = ResponseUrl(channel=place.id, user=person.id, expires=0.0)
        return respond(self.workspace, spot, said)

    def open_home(self, user: str, *, tab: str = "home") -> None:
        """Open the app's Home (or Messages) tab."""
        self.workspace.open_home(self.user(user), tab)

    def _with(self, person: User, channel: str, what: str, ts: str | None) -> Message:
        """The message to press on: the one named, or the newest that has such a button."""
        place = self.channel(channel)
        outsider = person.is_restricted or person.team_id != self.workspace.team.id
        if person.id not in place.members and (place.is_private or place.is_im or outsider):
            raise Impossible(f"{person.name} is not in #{place.name}.")
        if ts is not None:
            message = self.message(place.id, ts)
            if message.only_for not in {None, person.id}:
                raise Impossible("Only its reader sees this message.")
            return message
        shown = [
            *self.workspace.messages[place.id].values(),
            *(m for m in self.whispers(person.id) if m.channel == place.id),
        ]
        for message in sorted(shown, key=lambda m: float(m.ts), reverse=True):
            try:
                find(message.blocks, what, None)
            except NoSuchElement:
                continue
            return message
        raise NoSuchElement(f"no message in #{place.name} has a button {what!r}"[:200])
