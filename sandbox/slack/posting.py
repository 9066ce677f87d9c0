"""What people and other bots say: messages, alerts, files, edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.slack.changing import Changing
from sandbox.slack.composer import compose
from sandbox.slack.files import LARGEST
from sandbox.slack.messages import Message
from sandbox.slack.sight import Impossible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.slack.people import Channel, Json, User
    from sandbox.slack.workspace import Workspace

_LONGEST: Final = 40_000
_MOST_FILES: Final = 10


@dataclass(frozen=True, slots=True)
class Posting(Changing):
    """Says things in one workspace. What Slack's client would not allow raises `Impossible`."""

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
        """Another app's post; `legacy` gives it the subtype `bot_message` and no user.

        Raises:
            Impossible: There is no such bot or channel.
        """
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


def _identified(workspace: Workspace, blocks: list[Json]) -> list[Json]:
    return [{**block, "block_id": workspace.ids.new("b")} for block in blocks]
