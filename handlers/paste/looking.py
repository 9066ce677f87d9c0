"""`/irsa status`, `history`, `mute` and `unmute`: answered at once, from what is on record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.languages import aloud, speak, speaking
from handlers.blockkit import build, escape
from handlers.mutes import KEEP_QUIET, Mute, NotALength, parse_mute
from handlers.render.card import Message
from handlers.render.overview import (
    FleetHealth,
    Standing,
    history_message,
    mute_line,
    status_message,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.access import Actor
    from handlers.desk import Desk
    from handlers.incident import Incident
    from handlers.ports import Clock

_LATEST: Final = 10
VERBS: Final = ("status", "history", "mute", "unmute")
_ID: Final = re.compile(r"[0-9a-f]{6,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A command in a channel, and who gave it."""

    desk: Desk
    channel: str
    actor: Actor
    now: Clock

    async def answer(self, verb: str, text: str) -> tuple[Message, bool]:
        """The answer to one of `VERBS`, and whether everybody in the channel should read it."""
        if verb == "status":
            return await self._status(), False
        if verb == "history":
            return await self._history(text), False
        denied = await self.desk.access.member(self.actor, KEEP_QUIET)
        if denied is not None:
            await self._note(verb, f"denied:{denied.rule}")
            return _said(denied.words), False
        return await (self._mute(text) if verb == "mute" else self._unmute())

    async def _status(self) -> Message:
        desk = self.desk
        reach = await desk.access.reach(self.actor.user, self.channel)
        fleet = reach.of(desk.rules.fleet)
        health = FleetHealth(
            clusters=tuple(c.name for c in fleet.clusters),
            accounts=len(fleet.accounts),
            troubles=tuple(await desk.not_readable(fleet)),
            outdated=desk.rules.trouble,
            unposted=await desk.audit.unposted(desk.rules.audit_channel),
            preflight=await desk.preflights.standing(reach),
        )
        recent = await self._readable(
            await desk.incidents.recent(desk.me.team, channel=self.channel, limit=_LATEST)
        )
        mutes = tuple(await desk.mutes.of(desk.me.team, self.channel))
        return status_message(
            Standing(health=health, recent=recent[:1], mutes=mutes, workspace=desk.me.workspace)
        )

    async def _history(self, text: str) -> Message:
        desk = self.desk
        if not text:
            recent = await self._readable(
                await desk.incidents.recent(desk.me.team, channel=self.channel, limit=_LATEST)
            )
            return history_message(recent, desk.me.workspace)
        found = await self._known(text.lower())
        if not found:
            return _said(
                speak(
                    "I know no incident {id} of this channel or of yours. An ID has the form 5f0c27ab and stands at "
                    "the end of a reply; I keep incidents for 90 days.",
                    id=_shown(text),
                )
            )
        return history_message(found, desk.me.workspace)

    async def recent(self) -> tuple[Incident, ...]:
        """The channel's latest incidents, as far as who asks may read them."""
        found = await self.desk.incidents.recent(
            self.desk.me.team, channel=self.channel, limit=_LATEST
        )
        return await self._readable(found)

    async def _known(self, wanted: str) -> tuple[Incident, ...]:
        """What somebody may see of the incidents whose ID begins so: their own, and this channel's."""
        if not _ID.fullmatch(wanted):
            return ()
        alike = await self.desk.incidents.alike(self.desk.me.team, wanted, limit=_LATEST)
        return await self._readable(
            [i for i in alike if self.channel == i.spot.channel or self.actor.user == i.by]
        )

    async def _readable(self, incidents: Sequence[Incident]) -> tuple[Incident, ...]:
        return tuple(
            [i for i in incidents if await self.desk.access.to_read(self.actor, i) is None]
        )

    async def _mute(self, text: str) -> tuple[Message, bool]:
        try:
            code, length = parse_mute(text)
        except NotALength as error:
            return _said(str(error)), False
        by = self.actor.user
        made = Mute(channel=self.channel, code=code, until=self.now() + length, by=by)
        await self.desk.mutes.mute(self.desk.me.team, made)
        await self._note("mute", code or "all")
        # Everybody in the channel reads it, so it is in the channel's language.
        with speaking(self.desk.rules.language_of(self.channel)):
            words = speak(
                "{sentence} Mention me, and I answer all the same; `/irsa unmute` ends it.",
                sentence=mute_line(made),
            )
        return _said(words), True

    async def _unmute(self) -> tuple[Message, bool]:
        if not await self.desk.mutes.unmute(self.desk.me.team, self.channel):
            return _said(speak("I was not keeping quiet here.")), False
        await self._note("unmute", "all")
        with speaking(self.desk.rules.language_of(self.channel)):
            words = speak(
                "I answer web-identity errors here again, as <@{user}> asked.", user=self.actor.user
            )
        return _said(words), True

    async def _note(self, action: str, decision: str) -> None:
        actor = self.actor
        await self.desk.audit.note(
            action, decision, user=actor.user, team=actor.team, channel=self.channel
        )


def _said(words: str) -> Message:
    words = aloud(words)
    return Message(text=words, blocks=[build.section(words)])


def _shown(text: str) -> str:
    return escape(f"“{text[:24]}”")
