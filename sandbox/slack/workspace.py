"""The workspace's state, and what changes it; every change is told to the app and to those who watch."""

from __future__ import annotations

import asyncio
import copy
from collections import defaultdict, deque
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sandbox.slack import events
from sandbox.slack.delivery import Delivery, Dispatcher
from sandbox.slack.faults import Faults, RateLimits
from sandbox.slack.files import Files
from sandbox.slack.identifiers import Identifiers
from sandbox.slack.people import AlertBot, Channel, Json, SlackApp, Team, User, UserGroup
from sandbox.slack.response_urls import ResponseUrls
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.timing import Clock, Timing
from sandbox.slack.views import Triggers, Views

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.slack.messages import Message

_BACKLOG: Final = 2_000
_MOST_LINKS: Final = 20


class Watcher:
    """One reader of the workspace's events; it is closed when it falls too far behind."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[Json | None] = asyncio.Queue(_BACKLOG)

    def tell(self, event: Json) -> bool:
        """Queue an event; False if there is no room left."""
        try:
            self.events.put_nowait(event)
        except asyncio.QueueFull:
            return False
        return True

    def close(self) -> None:
        """Say that nothing more comes, in the place of the oldest event if there is no room."""
        if self.events.full():
            self.events.get_nowait()
        self.events.put_nowait(None)


@dataclass(slots=True, kw_only=True)
class Workspace:
    """One Slack workspace with one app under test.

    Attributes:
        me: The user whom the page acts as at first.
        calls: The Web API calls that the app made, oldest first: method and arguments.
        base_url: Where this workspace is served, such as `http://127.0.0.1:8000`; no slash at its end.
        paid: Whether user groups exist (`plan_upgrade_required` where not).
    """

    team: Team
    app: SlackApp
    users: dict[str, User]
    channels: dict[str, Channel]
    bots: dict[str, AlertBot] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    me: str = ""
    base_url: str = "http://127.0.0.1"
    paid: bool = True
    timing: Timing = field(default_factory=Timing)
    clock: Clock = field(default_factory=Clock)
    ids: Identifiers = field(default_factory=Identifiers)
    faults: Faults = field(default_factory=Faults)
    limits: RateLimits = field(default_factory=RateLimits)
    views: Views = field(default_factory=Views)
    messages: defaultdict[str, dict[str, Message]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    whispers: dict[str, Message] = field(default_factory=dict)
    statuses: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    calls: deque[tuple[str, Json]] = field(default_factory=lambda: deque(maxlen=5_000))
    files: Files = field(init=False)
    triggers: Triggers = field(init=False)
    response_urls: ResponseUrls = field(init=False)
    sockets: SocketMode = field(init=False)
    delivery: Dispatcher = field(init=False)
    _watchers: list[Watcher] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.files = Files(self.ids)
        self.triggers = Triggers(self.timing, self.clock)
        self.response_urls = ResponseUrls(self.timing, self.clock, self.ids)
        self.sockets = SocketMode(app=self.app, timing=self.timing, clock=self.clock, ids=self.ids)
        self.delivery = Dispatcher(timing=self.timing, notify=self._delivered)

    # --- watching ----------------------------------------------------------------------------

    def publish(self, event: Json) -> None:
        """Tell all who watch."""
        for watcher in tuple(self._watchers):
            if not watcher.tell(event):
                self._watchers.remove(watcher)
                watcher.close()

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Watcher]:
        """Follow what happens from now on; a None in the queue says that too much was missed."""
        watcher = Watcher()
        self._watchers.append(watcher)
        try:
            yield watcher
        finally:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

    def part(self) -> None:
        """End every watch: the server stops."""
        for watcher in self._watchers:
            watcher.close()
        self._watchers.clear()

    def starting(self, *, over: bool) -> None:
        """Hold what the app is told while it starts, or let it go; pages show which."""
        if over:
            self.delivery.opened.set()
        else:
            self.delivery.opened.clear()
        self.publish({"type": "starting", "starting": not over})

    def _delivered(self, delivery: Delivery) -> None:
        self.publish({"type": "delivery", **asdict(delivery)})

    # --- who and where -----------------------------------------------------------------------

    def names(self) -> dict[str, str]:
        """User IDs by name, the app's and the bots' too."""
        known = {user.name.lower(): user.id for user in self.users.values()}
        return known | {self.app.name.lower(): self.app.user_id}

    def direct_channel(self, user: str) -> Channel:
        """The direct conversation of a user with the app, made if there is none."""
        for channel in self.channels.values():
            if channel.is_im and user in channel.members:
                return channel
        made = Channel(
            id=self.ids.new("D"),
            name=self.app.name,
            is_im=True,
            members=[user, self.app.user_id],
        )
        self.channels[made.id] = made
        return made

    def hears(self, channel: Channel) -> bool:
        """Whether the app is a member of the channel."""
        return self.app.user_id in channel.members

    # --- messages ----------------------------------------------------------------------------

    def post(self, message: Message, *, mentions: frozenset[str] = frozenset()) -> Message:
        """Put a new message into its channel and tell the app."""
        shelf = self.messages[message.channel]
        channel = self.channels[message.channel]
        if message.thread_ts is not None and (root := shelf.get(message.thread_ts)):
            if root.thread_ts is None:
                root.thread_ts = root.ts
            message.parent_user_id = root.user
        shelf[message.ts] = message
        self.publish({"type": "message", "channel": channel.id, "message": message.as_json()})
        if message.bot_id == self.app.bot_id and message.thread_ts:
            self.set_status(channel.id, message.thread_ts, "")
        self.emit(events.MESSAGE_EVENT[channel.kind], events.posted(self, message), channel)
        if self.app.user_id in mentions and not channel.is_im:
            self.emit("app_mention", events.mentioned(self, message), channel)
        if shared := self.own_links(message):
            self.emit("link_shared", events.link_shared(self, message, shared), channel)
        return message

    def own_links(self, message: Message) -> list[Json]:
        """The links in a person's message that lead to the app's domains, at most 20."""
        if message.bot_id is not None:
            return []
        found = [(_host(url), url) for url in events.links(message.blocks)]
        own = self.app.unfurl_domains
        return [{"domain": host, "url": url} for host, url in found if host in own][:_MOST_LINKS]

    def whisper(self, message: Message, *, thread_ts: str | None) -> None:
        """Show an ephemeral message to its one reader; one with the same `ts` replaces it."""
        self.whispers[message.ts] = message
        self.publish(
            {
                "type": "ephemeral",
                "channel": message.channel,
                "user": message.only_for,
                "message": message.as_json(),
                "thread_ts": thread_ts,
            }
        )

    def changed(self, message: Message, before: Json) -> None:
        """Tell of an edit that was made to `message`."""
        channel = self.channels[message.channel]
        self.publish(
            {"type": "message_changed", "channel": channel.id, "message": message.as_json()}
        )
        event = events.changed(self, message, copy.deepcopy(before))
        self.emit(events.MESSAGE_EVENT[channel.kind], event, channel)

    def delete(self, message: Message) -> None:
        """Take a message away."""
        channel = self.channels[message.channel]
        kept = self.whispers if message.only_for else self.messages[message.channel]
        kept.pop(message.ts, None)
        self.publish({"type": "message_deleted", "channel": channel.id, "ts": message.ts})
        if message.only_for is None:
            event = events.deleted(self, message)
            self.emit(events.MESSAGE_EVENT[channel.kind], event, channel)

    def react(self, message: Message, name: str, user: str, *, add: bool) -> None:
        """Add or take back a reaction; the caller has checked that it can."""
        known = {item["name"]: item for item in message.reactions}
        item = known.setdefault(name, {"name": name, "users": [], "count": 0})
        item["users"] = [*item["users"], user] if add else [u for u in item["users"] if u != user]
        item["count"] = len(item["users"])
        message.reactions = [held for held in known.values() if held["count"]]
        self.publish(
            {
                "type": "reaction",
                "channel": message.channel,
                "ts": message.ts,
                "message": message.as_json() | {"reactions": message.reactions},
            }
        )
        event = {
            "type": "reaction_added" if add else "reaction_removed",
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "item_user": message.user,
            "event_ts": self.clock.ts(),
        }
        self.emit(str(event["type"]), event, self.channels[message.channel])

    def set_status(self, channel: str, thread_ts: str, status: str) -> None:
        """Show or clear what the app says it is doing in a thread."""
        place = (channel, thread_ts)
        if status:
            self.statuses[place] = (status, self.clock.now() + self.timing.status)
        elif self.statuses.pop(place, None) is None:
            return
        self.publish(
            {"type": "status", "channel": channel, "thread_ts": thread_ts, "status": status}
        )

    def status(self, channel: str, thread_ts: str) -> str:
        """What the app says it is doing there, if that is not over."""
        status, until = self.statuses.get((channel, thread_ts), ("", 0.0))
        return status if until > self.clock.now() else ""

    # --- people ------------------------------------------------------------------------------

    def join(self, channel: Channel, user: str, *, inviter: str | None = None) -> None:
        """Make a user (or the app's own) a member of a channel."""
        if user in channel.members:
            return
        channel.members.append(user)
        self.publish({"type": "joined", "channel": channel.id, "user": user})
        event = events.joined(self, channel, user, inviter)
        self.emit("member_joined_channel", event, channel)

    def open_home(self, user: User, tab: str = "home") -> None:
        """Let a user look at the app's Home or Messages tab."""
        self.emit("app_home_opened", events.home_opened(self, user, tab), None)

    def emit(self, subscription: str, event: Json, channel: Channel | None) -> None:
        """Tell the app, if it asked for such events and is in the channel."""
        if subscription not in self.app.events:
            return
        if channel is not None and not self.hears(channel):
            return
        self.delivery.tell(events.envelope(self, event, channel))


def _host(url: str) -> str | None:
    """The host of what somebody typed, if it is an address at all."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
