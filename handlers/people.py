"""What Slack says about people, groups and channels; asked for, briefly remembered, never guessed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from diagnostics.languages import Language
from handlers.slack_trouble import SLACK_TROUBLE, error_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from slack_sdk.web.async_client import AsyncWebClient

REMEMBERED: Final = 60.0
"""Seconds that group members and a channel's sharing are remembered."""
_PATIENCE: Final = 2.0
"""Seconds for one question: a press must be answered within three."""
_MOST: Final = 5_000
_LOCALE: Final = 3_600.0
"""Seconds that a person's locale is remembered."""
_IMPATIENCE: Final = 0.6
"""Seconds for a question whose answer only makes it nicer."""


class Unanswered(Exception):
    """Slack could not be asked; the message is its error name or ours. What depends on it is refused."""


class Timer(Protocol):
    """A monotonic clock in seconds."""

    def __call__(self) -> float:
        """Now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What `users.info` says of a user, as far as rules depend on it."""

    id: str
    team: str | None
    is_bot: bool
    is_guest: bool
    is_stranger: bool
    deleted: bool


@dataclass(slots=True)
class Directory:
    """Asks Slack about people, groups and channels."""

    client: AsyncWebClient
    timer: Timer
    _groups: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict)
    _languages: dict[str, tuple[float, Language | None]] = field(default_factory=dict)
    _shared: dict[str, tuple[float, bool]] = field(default_factory=dict)

    async def person(self, user: str) -> Person:
        """One user, asked for each time.

        Raises:
            Unanswered: If Slack does not say.
        """
        answer = await self._ask(lambda: self.client.users_info(user=user))
        found = _mapping(answer.get("user"))
        if found.get("id") != user:
            raise Unanswered("user_not_found")
        return Person(
            id=user,
            team=_text(found.get("team_id")),
            is_bot=bool(found.get("is_bot")) or user == "USLACKBOT",
            is_guest=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
            is_stranger=bool(found.get("is_stranger")),
            deleted=bool(found.get("deleted")),
        )

    async def language(self, user: str) -> Language | None:
        """The language of a person's Slack, remembered for an hour; None where we don't speak it, or Slack is slow.

        Source: docs.slack.dev, users.info, `include_locale`.
        """
        at = self.timer()
        known = self._languages.get(user)
        if known is not None and at - known[0] < _LOCALE:
            return known[1]
        try:
            answer = await self._ask(
                lambda: self.client.users_info(user=user, include_locale=True),
                patience=_IMPATIENCE,
            )
        except Unanswered:
            return None
        language = Language.of_locale(_text(_mapping(answer.get("user")).get("locale")))
        _keep(self._languages, user, (at, language))
        return language

    async def members(self, group: str) -> frozenset[str]:
        """The members of a user group, remembered for a minute at most.

        Raises:
            Unanswered: If Slack does not say.
        """
        at = self.timer()
        known = self._groups.get(group)
        if known is not None and at - known[0] < REMEMBERED:
            return known[1]
        answer = await self._ask(lambda: self.client.usergroups_users_list(usergroup=group))
        users = answer.get("users")
        if not isinstance(users, list):
            raise Unanswered("no_users")
        members = frozenset(u for u in users if isinstance(u, str))
        _keep(self._groups, group, (at, members))
        return members

    async def is_in(self, user: str, users: Collection[str], groups: Collection[str]) -> bool:
        """Whether somebody is one of these people or in one of these groups.

        Raises:
            Unanswered: If Slack does not say of a group, and no other has them.
        """
        if user in users:
            return True
        unanswered: Unanswered | None = None
        answers = await asyncio.gather(
            *(self.members(g) for g in sorted(groups)), return_exceptions=True
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

    async def is_shared(self, channel: str) -> bool:
        """Whether people of other organisations read a channel, remembered for a minute at most.

        Direct messages count as our own; who writes in them is judged by their team.

        Raises:
            Unanswered: If Slack does not say.
        """
        if channel.startswith("D"):
            return False
        at = self.timer()
        known = self._shared.get(channel)
        if known is not None and at - known[0] < REMEMBERED:
            return known[1]
        answer = await self._ask(lambda: self.client.conversations_info(channel=channel))
        found = _mapping(answer.get("channel"))
        shared = bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared"))
        _keep(self._shared, channel, (at, shared))
        return shared

    def forget(self) -> None:
        """Ask again next time, as after a change that Slack told of."""
        self._groups.clear()
        self._shared.clear()

    async def _ask(
        self, call: Callable[[], Any], *, patience: float = _PATIENCE
    ) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(patience):
                answer = await call()
        except SLACK_TROUBLE as error:
            raise Unanswered(error_name(error)) from error
        return _mapping(answer.data)


def _keep(cache: dict[str, Any], key: str, value: object) -> None:
    if len(cache) >= _MOST:
        cache.clear()
    cache[key] = value


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
