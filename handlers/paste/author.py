"""Whose message it is: one of our people, a listed alert bot, or somebody whom we do not answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from handlers.paste.reading.untrusted import node_at, text_at
from handlers.render.card import EVENT_TYPE

if TYPE_CHECKING:
    from handlers.desk import Me
    from handlers.paste.reading.untrusted import Node
    from handlers.rules import Rules


class Voice(StrEnum):
    """Who speaks."""

    PERSON = "person"
    ALERT = "alert"
    """A bot that the fleet file lists."""
    OURS = "ours"
    OTHER_BOT = "other-bot"
    OUTSIDER = "outsider"
    """A person of another organisation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a message."""

    voice: Voice
    user: str | None


class Knowing(Protocol):
    """Whoever knows us and the rules."""

    @property
    def me(self) -> Me:
        """Who we are."""

    @property
    def rules(self) -> Rules:
        """Whom to listen to."""


def author_of(desk: Knowing, message: Node) -> Author:
    """Judge a message by its own fields; Bolt's filter knows our own bot only, and no edits."""
    user = text_at(message, "user") or None
    profile = node_at(message, "bot_profile")
    bots = {
        text_at(message, "bot_id"),
        text_at(message, "app_id"),
        text_at(profile, "id"),
        text_at(profile, "app_id"),
    } - {""}
    marked = text_at(node_at(message, "metadata"), "event_type") == EVENT_TYPE
    if user == desk.me.user or desk.me.bot in bots or marked:
        return Author(voice=Voice.OURS, user=user)
    if bots or text_at(message, "subtype") == "bot_message":
        voice = Voice.ALERT if bots & desk.rules.alert_bots else Voice.OTHER_BOT
        return Author(voice=voice, user=None)
    teams = {text_at(message, "user_team"), text_at(message, "source_team")} - {""}
    if not teams:
        teams = {text_at(message, "team")} - {""}
    if teams and desk.me.team not in teams:
        return Author(voice=Voice.OUTSIDER, user=user)
    if user is None or user == "USLACKBOT":
        return Author(voice=Voice.OTHER_BOT, user=None)
    return Author(voice=Voice.PERSON, user=user)
