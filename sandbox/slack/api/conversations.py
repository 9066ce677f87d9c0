"""Channels, their members and what was said in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sandbox.slack.api.call import ApiError, Call

if TYPE_CHECKING:
    from sandbox.slack.messages import Message
    from sandbox.slack.people import Channel, Json

_TYPES: Final = {"channel": "public_channel", "group": "private_channel", "im": "im"}


def described(call: Call, channel: Channel) -> Json:
    """The conversation object."""
    team = call.workspace.team.id
    shown: Json = {
        "id": channel.id,
        "is_im": channel.is_im,
        "is_archived": channel.is_archived,
        "context_team_id": team,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_shared": channel.is_ext_shared,
        "is_pending_ext_shared": False,
        "updated": 0,
    }
    if channel.is_im:
        other = next((m for m in channel.members if m != call.workspace.app.user_id), "")
        return shown | {"user": other, "is_user_deleted": False, "is_open": True}
    shown |= {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_general": False,
        "is_member": call.workspace.hears(channel),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "shared_team_ids": sorted(
            {team}
            | {
                call.workspace.users[m].team_id
                for m in channel.members
                if m in call.workspace.users
            }
        ),
    }
    if call.flag("include_locale"):
        shown["locale"] = "en-US"
    if call.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return shown


async def info(call: Call) -> Json:
    """`conversations.info`."""
    channel = call.channel()
    call.scope(f"{channel.family}:read")
    return {"channel": described(call, channel)}


async def listed(call: Call) -> Json:
    """`conversations.list`."""
    wanted = set(call.text("types", "public_channel").replace(" ", "").split(","))
    workspace = call.workspace
    found = [
        described(call, channel)
        for channel in workspace.channels.values()
        if _TYPES[channel.kind] in wanted
        and (workspace.hears(channel) or channel.kind == "channel")
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]
    return call.page(found).under("channels")


async def of_user(call: Call) -> Json:
    """`users.conversations`: those that a user, or the app itself, is in."""
    user = call.text("user") or call.workspace.app.user_id
    wanted = set(call.text("types", "public_channel").replace(" ", "").split(","))
    found = [
        described(call, channel)
        for channel in call.workspace.channels.values()
        if _TYPES[channel.kind] in wanted and user in channel.members
    ]
    return call.page(found).under("channels")


async def members(call: Call) -> Json:
    """`conversations.members`."""
    channel = call.channel()
    call.scope(f"{channel.family}:read")
    page = call.page([{"id": member} for member in channel.members])
    answer = page.under("members")
    answer["members"] = [item["id"] for item in page.items]
    return answer


async def opened(call: Call) -> Json:
    """`conversations.open`, for one user."""
    users = call.text("users")
    if not users:
        return {"channel": described(call, call.channel())}
    if users not in call.workspace.users:
        raise ApiError("user_not_found")
    return {"channel": {"id": call.workspace.direct_channel(users).id}}


async def history(call: Call) -> Json:
    """`conversations.history`: newest first, replies only where they were broadcast."""
    channel = _read(call)
    shelf = call.workspace.messages[channel.id].values()
    roots = [m for m in shelf if not m.is_reply or m.subtype == "thread_broadcast"]
    window = [m for m in roots if _inside(call, m)]
    window.sort(key=lambda m: float(m.ts), reverse=True)
    page = call.page([_shown(call, channel, m) for m in window])
    return page.under("messages") | {"has_more": bool(page.cursor), "pin_count": 0}


async def replies(call: Call) -> Json:
    """`conversations.replies`: the root first, then the replies, oldest first."""
    channel = _read(call)
    shelf = call.workspace.messages[channel.id]
    asked = shelf.get(call.text("ts"))
    if asked is None:
        raise ApiError("thread_not_found")
    root = asked.thread_ts or asked.ts
    thread = [m for m in shelf.values() if root in {m.ts, m.thread_ts}]
    thread.sort(key=lambda m: float(m.ts))
    kept = [m for m in thread if m.ts == root or _inside(call, m)]
    page = call.page([_shown(call, channel, m) for m in kept], default=1000)
    return page.under("messages") | {"has_more": bool(page.cursor)}


def _read(call: Call) -> Channel:
    channel = call.channel()
    call.scope(f"{channel.family}:history")
    if not call.workspace.hears(channel):
        raise ApiError("not_in_channel")
    return channel


def _inside(call: Call, message: Message) -> bool:
    try:
        oldest = float(call.text("oldest", "0") or 0)
    except ValueError:
        raise ApiError("invalid_ts_oldest") from None
    try:
        latest = float(call.text("latest", "inf") or "inf")
    except ValueError:
        raise ApiError("invalid_ts_latest") from None
    here = float(message.ts)
    edge = call.flag("inclusive") and here in {oldest, latest}
    return edge or oldest < here < latest


def _shown(call: Call, channel: Channel, message: Message) -> Json:
    shown = message.as_json()
    if not call.flag("include_all_metadata"):
        shown.pop("metadata", None)
    if message.thread_ts == message.ts:
        shelf = call.workspace.messages[channel.id].values()
        answers = [m for m in shelf if m.is_reply and m.thread_ts == message.ts]
        shown["reply_count"] = len(answers)
        shown["reply_users"] = sorted({m.user for m in answers if m.user})
        shown["reply_users_count"] = len(shown["reply_users"])
        if answers:
            shown["latest_reply"] = max(m.ts for m in answers)
    return shown
