"""One call of the Web API: its arguments, and the ways in which it can be refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.slack.messages import Message
    from sandbox.slack.people import Channel, Json, User
    from sandbox.slack.workspace import Workspace


class ApiError(Exception):
    """An answer with `ok: false`.

    Attributes:
        error: Slack's name for it.
        more: Further fields of the answer, such as `needed` or `errors`.
    """

    def __init__(self, error: str, **more: object) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


def invalid_arguments(*messages: str) -> ApiError:
    """The refusal of arguments, with a line for each."""
    lines = [f"[ERROR] {message}" for message in messages]
    return ApiError("invalid_arguments", response_metadata={"messages": lines})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call whose token, scope and argument names were found good."""

    workspace: Workspace
    method: str
    args: Json
    base_url: str

    def text(self, name: str, default: str = "") -> str:
        """An argument as text."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        """An argument as yes or no, in any of the forms in which clients send it."""
        return str(self.args.get(name, "")).lower() in {"1", "true", "t", "yes"}

    def number(self, name: str, default: int, *, most: int) -> int:
        """An argument as a number between 1 and `most`.

        Raises:
            ApiError: It is no number.
        """
        held = self.args.get(name)
        if held in {None, ""}:
            return default
        try:
            return max(1, min(int(str(held)), most))
        except ValueError:
            raise invalid_arguments(f"{name} must be a number") from None

    def structure(self, name: str, otherwise: str) -> object:
        """An argument that is JSON, sent as such or as a string of it; None if it is not there.

        Args:
            name: Which.
            otherwise: The error if it cannot be read.

        Raises:
            ApiError: It cannot be read.
        """
        held = self.args.get(name)
        if not isinstance(held, str):
            return held
        if not held:
            return None
        try:
            return json.loads(held)
        except (ValueError, RecursionError):
            raise ApiError(otherwise) from None

    def channel(self, name: str = "channel") -> Channel:
        """The channel named, if the app can see it.

        Raises:
            ApiError: `channel_not_found` for unknown ones and for private ones that the app is not in.
        """
        held = self.text(name)
        channel = self.workspace.channels.get(held)
        if channel is None or (
            (channel.is_private or channel.is_im) and not self.workspace.hears(channel)
        ):
            raise ApiError("channel_not_found")
        return channel

    def destination(self, name: str = "channel") -> Channel:
        """Where to post: a channel that the app is in, or a user's direct conversation.

        Raises:
            ApiError: `channel_not_found`, `not_in_channel` or `is_archived`.
        """
        held = self.text(name)
        if held in self.workspace.users:
            return self.workspace.direct_channel(held)
        channel = self.channel(name)
        if channel.is_archived:
            raise ApiError("is_archived")
        if not self.workspace.hears(channel):
            raise ApiError("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """The message named.

        Raises:
            ApiError: `message_not_found`.
        """
        found = self.workspace.messages[channel.id].get(self.text(name))
        if found is None:
            raise ApiError("message_not_found")
        return found

    def user(self, name: str = "user") -> User:
        """The user named.

        Raises:
            ApiError: `user_not_found`.
        """
        found = self.workspace.users.get(self.text(name))
        if found is None:
            raise ApiError("user_not_found")
        return found

    def scope(self, *any_of: str) -> None:
        """Insist on one of these scopes.

        Raises:
            ApiError: `missing_scope`, with `needed` and `provided`.
        """
        granted = self.workspace.app.scopes
        if any_of and granted.isdisjoint(any_of):
            raise ApiError(
                "missing_scope", needed=",".join(any_of), provided=",".join(sorted(granted))
            )

    def page(self, items: Sequence[Json], *, default: int = 100, most: int = 1000) -> Page:
        """The part of a list that `cursor` and `limit` ask for.

        Raises:
            ApiError: `invalid_cursor`, or a limit that is no number.
        """
        size = self.number("limit", default, most=most)
        cursor = self.text("cursor")
        start = 0
        if cursor:
            try:
                start = int(cursor.removeprefix("next:"))
            except ValueError:
                raise ApiError("invalid_cursor") from None
        rest = start + size
        following = f"next:{rest}" if rest < len(items) else ""
        return Page(items=list(items[start:rest]), cursor=following)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list and the cursor of the next, empty at the end."""

    items: list[Json]
    cursor: str

    def under(self, name: str) -> Json:
        """The answer's fields: the items under `name`, and the cursor."""
        return {name: self.items, "response_metadata": {"next_cursor": self.cursor}}
