"""What people and other bots do in the workspace, for tests and for the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.slack import interactions
from sandbox.slack.answers import Answer, Filled, unanswered
from sandbox.slack.composer import compose
from sandbox.slack.files import LARGEST
from sandbox.slack.messages import Message
from sandbox.slack.pressing import NoSuchElement, acted, find
from sandbox.slack.responding import respond
from sandbox.slack.response_urls import ResponseUrl
from sandbox.slack.sight import Impossible, Sight
from sandbox.slack.submitting import Submission, settle_submission

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.slack.people import Channel, Json, User
    from sandbox.slack.workspace import Workspace

__all__ = ["Driver", "Impossible"]

_LONGEST: Final = 40_000
_MOST_FILES: Final = 10


@dataclass(frozen=True, slots=True)
class Driver(Sight):
    """Acts in one workspace. Everything that Slack's client would not allow raises `Impossible`."""

    # --- posting -----------------------------------------------------------------------------

    def post_as(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Mapping[str, str | bytes] | None = None,
        broadcast: bool = False,
        raw: bool = False,
    ) -> str:
        """Type and send a message; its `ts`.

        Args:
            user: A user's ID or name.
            channel: A channel's ID or name.
            text: As typed: `@name` mentions, fences and addresses become what Slack makes of them.
            thread_ts: The message whose thread it goes into.
            files: Contents by name, dropped with it.
            broadcast: Also send a reply to the channel.
            raw: `text` is as Slack holds it already; no blocks are made.

        Raises:
            Impossible: If nothing is sent, it is too long, or the person is not in the channel.
        """
        person, place = self.user(user), self.channel(channel)
        self._may_write(person, place)
        if not text.strip() and not files:
            raise Impossible("Write something, or add a file.")
        if len(text) > _LONGEST:
            raise Impossible(
                f"The message has {len(text):,} characters; Slack's limit is {_LONGEST:,}. "
                "Send it as a file."
            )
        typed = compose("" if raw else text, self.workspace.names())
        message = Message(
            channel=place.id,
            ts=self.workspace.clock.ts(),
            user=person.id,
            team=person.team_id,
            client_msg_id=self.workspace.ids.uuid(),
            text=text if raw else typed.text,
            blocks=_identified(self.workspace, typed.blocks),
            files=self._dropped(person, place, files or {}),
            thread_ts=self._root(place, thread_ts),
            subtype="file_share" if files else "thread_broadcast" if broadcast else None,
        )
        mentions = typed.mentions
        if raw and f"<@{self.workspace.app.user_id}>" in text:
            mentions = frozenset({self.workspace.app.user_id})
        return self.workspace.post(message, mentions=mentions).ts

    def mention(self, user: str, channel: str, text: str, *, thread_ts: str | None = None) -> str:
        """The same, with the app mentioned first."""
        return self.post_as(
            user, channel, f"<@{self.workspace.app.user_id}> {text}", thread_ts=thread_ts
        )

    def alert(
        self,
        bot: str,
        channel: str,
        *,
        text: str = "",
        attachments: Sequence[Json] = (),
        blocks: Sequence[Json] = (),
        thread_ts: str | None = None,
        legacy: bool = False,
    ) -> str:
        """Another app's post; `legacy` gives it the subtype `bot_message` and no user."""
        sender = self.workspace.bots.get(bot) or next(
            (known for known in self.workspace.bots.values() if known.name == bot), None
        )
        if sender is None:
            raise Impossible(f"There is no bot {bot!r} in this workspace.")
        place = self.channel(channel)
        message = Message(
            channel=place.id,
            ts=self.workspace.clock.ts(),
            user=None if legacy else sender.user_id,
            bot_id=sender.id,
            app_id=None if legacy else sender.app_id,
            bot_profile={"id": sender.id, "app_id": sender.app_id, "name": sender.name},
            username=sender.name,
            subtype="bot_message" if legacy else None,
            team=self.workspace.team.id,
            text=text,
            blocks=[dict(block) for block in blocks],
            attachments=[{"id": n, **item} for n, item in enumerate(attachments, start=1)],
            thread_ts=self._root(place, thread_ts),
        )
        return self.workspace.post(message).ts

    def edit(
        self,
        channel: str,
        ts: str,
        *,
        text: str | None = None,
        user: str | None = None,
        attachments: Sequence[Json] | None = None,
    ) -> None:
        """Change a message in place: `message_changed`.

        Raises:
            Impossible: If it is not there, or not `user`'s.
        """
        message = self.message(channel, ts)
        if user is not None and message.user != self.user(user).id:
            raise Impossible("Only your own messages can be edited.")
        before = message.as_json()
        if text is not None:
            if message.bot_id is None:
                typed = compose(text[:_LONGEST], self.workspace.names())
                message.text = typed.text
                message.blocks = _identified(self.workspace, typed.blocks)
            else:
                message.text = text
        if attachments is not None:
            message.attachments = [{"id": n, **item} for n, item in enumerate(attachments, 1)]
        message.edited = {"user": message.user or "", "ts": self.workspace.clock.ts()}
        self.workspace.changed(message, before)

    def unfurl(self, channel: str, ts: str, attachment: Json) -> None:
        """Let Slack add a link's preview: a `message_changed` with the same text and no `edited`."""
        message = self.message(channel, ts)
        before = message.as_json()
        message.attachments = [*message.attachments, {"id": 1, **attachment}]
        self.workspace.changed(message, before)

    def delete(self, channel: str, ts: str) -> None:
        """Delete a message."""
        self.workspace.delete(self.message(channel, ts))

    def invite_app(self, channel: str, *, by: str) -> None:
        """Invite the app into a channel."""
        self.workspace.join(
            self.channel(channel), self.workspace.app.user_id, inviter=self.user(by).id
        )

    # --- doing -------------------------------------------------------------------------------

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

    # --- what Slack's client checks ----------------------------------------------------------

    def _may_write(self, person: User, place: Channel) -> None:
        if place.is_archived:
            raise Impossible(f"#{place.name} is archived.")
        if person.id in place.members:
            return
        outsider = person.is_restricted or person.team_id != self.workspace.team.id
        if place.is_private or place.is_im or outsider:
            raise Impossible(f"{person.name} is not in #{place.name}.")
        self.workspace.join(place, person.id)

    def _root(self, place: Channel, thread_ts: str | None) -> str | None:
        if thread_ts is None:
            return None
        root = self.message(place.id, thread_ts)
        return root.thread_ts or root.ts

    def _dropped(
        self, person: User, place: Channel, files: Mapping[str, str | bytes]
    ) -> list[Json]:
        if len(files) > _MOST_FILES:
            raise Impossible(f"At most {_MOST_FILES} files go into one message.")
        shown = []
        for name, held in files.items():
            content = held.encode() if isinstance(held, str) else held
            if len(content) > LARGEST:
                raise Impossible(f"{name} has {len(content):,} bytes; the limit is {LARGEST:,}.")
            file = self.workspace.files.add(
                name=name.replace("/", "_")[:255] or "untitled",
                content=content,
                user=person.id,
                created=int(self.workspace.clock.now()),
            )
            file.channels.append(place.id)
            shown.append(file.as_json(self.workspace.base_url, self.workspace.team.id))
        return shown

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


def _identified(workspace: Workspace, blocks: list[Json]) -> list[Json]:
    return [{**block, "block_id": workspace.ids.new("b")} for block in blocks]
