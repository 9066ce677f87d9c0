"""Events of the Events API, with the envelope that Slack puts around them.

Source: docs.slack.dev, "The Events API", "Event type structure", and each event's own page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.slack.messages import Message
    from sandbox.slack.people import Channel, Json, User
    from sandbox.slack.workspace import Workspace

MESSAGE_EVENT = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}
"""What an app subscribes to for the messages of each kind of channel."""


def envelope(workspace: Workspace, event: Json, channel: Channel | None) -> Json:
    """One event on its way to the app; each gets its own `event_id`."""
    app, team = workspace.app, workspace.team
    return {
        "token": app.verification_token,
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.ids.new("Ev"),
        "event_time": int(workspace.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team.id,
                "user_id": app.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
        "event_context": f"4-{workspace.ids.new('EC')}",
    }


def posted(workspace: Workspace, message: Message) -> Json:
    """The `message` event of a new message."""
    channel = workspace.channels[message.channel]
    event = message.as_json() | {
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": channel.kind,
    }
    if message.subtype == "thread_broadcast" and message.thread_ts:
        root = workspace.messages[channel.id].get(message.thread_ts)
        event["root"] = root.as_json() if root else {}
    return event | _shared(workspace, channel, message.user)


def mentioned(workspace: Workspace, message: Message) -> Json:
    """The `app_mention` event of the same message."""
    channel = workspace.channels[message.channel]
    event = message.as_json() | {"type": "app_mention", "channel": channel.id}
    event.pop("subtype", None)
    event.pop("parent_user_id", None)
    event["event_ts"] = message.ts
    return event | _shared(workspace, channel, message.user)


def changed(workspace: Workspace, message: Message, before: Json) -> Json:
    """The `message_changed` event: no `user` at its top, new and old text inside."""
    channel = workspace.channels[message.channel]
    now = message.as_json()
    now["source_team"] = now["user_team"] = message.team or workspace.team.id
    stamp = workspace.clock.ts()
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": now,
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "ts": stamp,
        "event_ts": stamp,
        "channel_type": channel.kind,
    }


def deleted(workspace: Workspace, message: Message) -> Json:
    """The `message_deleted` event."""
    channel = workspace.channels[message.channel]
    stamp = workspace.clock.ts()
    return {
        "type": "message",
        "subtype": "message_deleted",
        "deleted_ts": message.ts,
        "previous_message": message.as_json(),
        "channel": channel.id,
        "hidden": True,
        "ts": stamp,
        "event_ts": stamp,
        "channel_type": channel.kind,
    }


def joined(workspace: Workspace, channel: Channel, user: str, inviter: str | None) -> Json:
    """The `member_joined_channel` event."""
    event: Json = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": channel.id[0],
        "team": workspace.team.id,
        "event_ts": workspace.clock.ts(),
    }
    if inviter is not None:
        event["inviter"] = inviter
    return event


def links(blocks: object) -> list[str]:
    """The addresses in rich text, in reading order, each once."""
    found: dict[str, None] = {}
    pending: list[object] = [blocks]
    while pending:
        here = pending.pop()
        if isinstance(here, dict):
            if here.get("type") == "link":
                found[str(here.get("url"))] = None
            pending.extend(reversed(list(here.values())))
        elif isinstance(here, list):
            pending.extend(reversed(here))
    return list(found)


def link_shared(workspace: Workspace, message: Message, shared: list[Json]) -> Json:
    """The `link_shared` event of a message with links to the app's domains."""
    event: Json = {
        "type": "link_shared",
        "channel": message.channel,
        "is_bot_user_member": True,
        "user": message.user,
        "message_ts": message.ts,
        "links": shared,
        "source": "conversations_history",
        "unfurl_id": f"{message.channel}.{message.ts}",
        "event_ts": workspace.clock.ts(),
    }
    if message.thread_ts:
        event["thread_ts"] = message.thread_ts
    return event


def home_opened(workspace: Workspace, user: User, tab: str) -> Json:
    """The `app_home_opened` event, with the view that is there already."""
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": workspace.direct_channel(user.id).id,
        "tab": tab,
        "event_ts": workspace.clock.ts(),
    }
    if tab == "home" and (view := workspace.views.homes.get(user.id)):
        event["view"] = view
    return event


def _shared(workspace: Workspace, channel: Channel, user: str | None) -> Json:
    if not channel.is_ext_shared or user is None:
        return {}
    person = workspace.users.get(user)
    home = person.team_id if person else workspace.team.id
    extra: Json = {"user_team": home, "source_team": home}
    if person and home != workspace.team.id:
        extra["user_profile"] = {
            "name": person.name,
            "real_name": person.real_name,
            "display_name": person.name,
            "team": home,
            "is_restricted": False,
            "is_ultra_restricted": False,
        }
    return extra
