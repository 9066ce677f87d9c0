"""A message, as the workspace holds it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.slack.people import Json


@dataclass(slots=True, kw_only=True)
class Message:
    """One message in one conversation.

    Attributes:
        ts: Its identifier in the channel and the time it was posted.
        only_for: The one user who sees an ephemeral message; None for all others.
        author: The app that posted it (`bot_id`), None for a person.
    """

    channel: str
    ts: str
    user: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    bot_profile: Json | None = None
    username: str | None = None
    subtype: str | None = None
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    parent_user_id: str | None = None
    team: str | None = None
    client_msg_id: str | None = None
    metadata: Json | None = None
    edited: Json | None = None
    reactions: list[Json] = field(default_factory=list)
    only_for: str | None = None

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread that another message began."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def as_json(self) -> Json:
        """The message object of `conversations.history`, without a thread's counts."""
        shown: Json = {"type": "message"}
        for name in (
            "subtype",
            "user",
            "bot_id",
            "app_id",
            "bot_profile",
            "username",
            "client_msg_id",
            "team",
            "thread_ts",
            "parent_user_id",
            "metadata",
            "edited",
        ):
            if (value := getattr(self, name)) is not None:
                shown[name] = copy.deepcopy(value)
        shown |= {"ts": self.ts, "text": self.text}
        for name in ("blocks", "attachments", "files", "reactions"):
            if value := getattr(self, name):
                shown[name] = copy.deepcopy(value)
        return shown
