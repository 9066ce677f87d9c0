"""The one reply of an incident: posted once, whatever breaks, and edited ever after."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import structlog
from slack_sdk.errors import SlackApiError

from handlers.blockkit import build, clip
from handlers.blockkit.older import older
from handlers.render.card import EVENT_TYPE
from handlers.slack_trouble import SLACK_TROUBLE, error_name, may_have_been_done
from handlers.whisper import respond, whisper

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.pacing import Pacing
    from bot.store.incidents import IncidentStore
    from bot.telemetry import Telemetry
    from handlers.incident import Incident
    from handlers.render.card import Message

_log = structlog.get_logger("irsa.slack")

_REFUSED_BLOCKS: Final = frozenset(
    (
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "block_mismatch",
        "msg_too_long",
    )
)
_GONE: Final = frozenset(("message_not_found", "cant_update_message", "edit_window_closed"))
_PLAIN: Final = 3_000
_LOOK: Final = 200


class CannotPost(Exception):
    """Slack does not take the reply; the message is its error name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """Posts and edits replies."""

    client: AsyncWebClient
    incidents: IncidentStore
    pacing: Pacing
    telemetry: Telemetry
    pauses: tuple[float, ...] = (0.5, 2.0, 5.0)
    """Seconds before each further try of a call that Slack could not take just then."""

    async def show(self, incident: Incident, message: Message, *, look_first: bool = False) -> str:
        """Make the incident's reply look like this; its `ts`.

        Args:
            incident: Where, and the reply there is already.
            message: What to show.
            look_first: An earlier attempt may have posted: look in the thread before.

        Raises:
            CannotPost: If Slack takes it in no form.
        """
        reply_ts = await self._show(incident, message, look_first=look_first)
        if incident.reply_ts != reply_ts:
            await self.incidents.posted(incident.id, reply_ts)
        return reply_ts

    async def beside(
        self, incident: Incident, message: Message, *, key: str, ts: str | None, look_first: bool
    ) -> str:
        """Make another message of the incident's thread look like this; its `ts`.

        Args:
            incident: Whose thread.
            message: What to show.
            key: By which the message is known again, as the reply is by the incident's ID.
            ts: The message, if it was posted.
            look_first: An earlier attempt may have posted: look in the thread before.

        Raises:
            CannotPost: If Slack takes it in no form.
        """
        held = replace(incident, id=key, reply_ts=ts)
        return await self._show(held, message, look_first=look_first)

    async def _show(self, incident: Incident, message: Message, *, look_first: bool) -> str:
        reply_ts = incident.reply_ts
        if reply_ts is None and look_first:
            reply_ts = await self._find(incident)
        if reply_ts is not None and await self._update(incident, reply_ts, message):
            return reply_ts
        return await self._post(incident, message)

    async def anchor(self, incident: Incident, words: str, *, look_first: bool) -> str:
        """Post the message whose thread a command is answered in; its `ts`.

        Raises:
            CannotPost: As when the app is not in the channel.
        """
        del look_first  # a channel's history is not read for it
        await self.pacing.turn(incident.spot.channel)
        try:
            answer = await self.client.chat_postMessage(
                channel=incident.spot.channel, text=words, unfurl_links=False, unfurl_media=False
            )
        except SLACK_TROUBLE as error:
            raise self._cannot("chat.postMessage", error) from error
        return str(answer["ts"])

    async def elsewhere(self, incident: Incident, message: Message) -> bool:
        """Show it privately to who asked, where the channel does not take it; buttons are left out."""
        blocks = [b for b in message.blocks if b.get("type") != "actions"]
        if incident.by is not None and await whisper(
            self.client,
            user=incident.by,
            channel=incident.spot.channel,
            thread_ts=incident.spot.thread_ts,
            words=message.text,
            blocks=blocks,
            response_url=incident.response_url,
        ):
            return True
        return await respond(self.client, incident.response_url, words=message.text, blocks=blocks)

    # -- the calls -------------------------------------------------------------------------------

    async def _post(self, incident: Incident, message: Message) -> str:
        for form in _forms(message):
            for pause in (*self.pauses, None):
                await self.pacing.turn(incident.spot.channel)
                try:
                    answer = await self.client.chat_postMessage(
                        channel=incident.spot.channel,
                        thread_ts=incident.spot.thread_ts,
                        unfurl_links=False,
                        unfurl_media=False,
                        metadata={
                            "event_type": EVENT_TYPE,
                            "event_payload": {"id": incident.id},
                        },
                        **form,
                    )
                except SLACK_TROUBLE as error:
                    if _refused_form(error):
                        self._cannot("chat.postMessage", error)
                        break
                    cannot = self._cannot("chat.postMessage", error)
                    if may_have_been_done(error):
                        found = await self._find(incident)
                        if found is not None:
                            return found
                    elif not _later(error):
                        raise cannot from error
                    if pause is None:
                        raise cannot from error
                    await asyncio.sleep(pause)
                else:
                    return str(answer["ts"])
        raise CannotPost("invalid_blocks")

    async def _update(self, incident: Incident, reply_ts: str, message: Message) -> bool:
        for form in _forms(message):
            for pause in (*self.pauses, None):
                try:
                    await self.client.chat_update(
                        channel=incident.spot.channel, ts=reply_ts, **form
                    )
                except SLACK_TROUBLE as error:
                    cannot = self._cannot("chat.update", error)
                    if _refused_form(error):
                        break
                    if error_name(error) in _GONE:
                        return False
                    if pause is None or not (may_have_been_done(error) or _later(error)):
                        raise cannot from error
                    await asyncio.sleep(pause)
                else:
                    return True
        raise CannotPost("invalid_blocks")

    async def _find(self, incident: Incident) -> str | None:
        """Look for our message in the thread, by its metadata."""
        if incident.spot.thread_ts is None:
            return None
        try:
            answer = await self.client.conversations_replies(
                channel=incident.spot.channel,
                ts=incident.spot.thread_ts,
                include_all_metadata=True,
                limit=_LOOK,
            )
        except SLACK_TROUBLE as error:
            self._cannot("conversations.replies", error)
            return None
        found: Any = answer.get("messages") or []
        for held in found:
            metadata = held.get("metadata") or {}
            if (
                metadata.get("event_type") == EVENT_TYPE
                and (metadata.get("event_payload") or {}).get("id") == incident.id
            ):
                return str(held["ts"])
        return None

    def _cannot(self, method: str, error: BaseException) -> CannotPost:
        name = error_name(error)
        self.telemetry.slack_errors.labels(method=method, error=name[:40]).inc()
        _log.warning("slack refused", method=method, error=name)
        return CannotPost(name)


def _refused_form(error: BaseException) -> bool:
    return isinstance(error, SlackApiError) and error_name(error) in _REFUSED_BLOCKS


def _later(error: BaseException) -> bool:
    """Whether Slack only asks to wait, beyond what the client waited already."""
    return error_name(error) in ("ratelimited", "rate_limited")


def _forms(message: Message) -> tuple[dict[str, Any], ...]:
    """The message, and plainer forms of it for a Slack that refuses its blocks."""
    plain = clip(message.text, _PLAIN)
    return (
        {"text": message.text, "blocks": message.blocks},
        {"text": message.text, "blocks": older(message.blocks)},
        {"text": plain, "blocks": [build.rich_text(build.paragraph(plain))]},
        {"text": plain, "blocks": []},
    )
