"""Who is who: tokens, users, bots, user groups, the team."""

from __future__ import annotations

from sandbox.slack.api.call import ApiError, Call
from sandbox.slack.people import Json, User, UserGroup


async def auth_test(call: Call) -> Json:
    """`auth.test`."""
    workspace = call.workspace
    return {
        "url": f"https://{workspace.team.domain}.slack.com/",
        "team": workspace.team.name,
        "user": workspace.app.name,
        "team_id": workspace.team.id,
        "user_id": workspace.app.user_id,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


def described(call: Call, user: User) -> Json:
    """The user object."""
    stranger = user.team_id != call.workspace.team.id
    shown: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "color": user.avatar_color.lstrip("#"),
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "profile": {
            "real_name": user.real_name,
            "display_name": user.name,
            "title": user.title,
            "team": user.team_id,
        },
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if stranger:
        return shown | {"is_stranger": True}
    shown |= {
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
    }
    if call.flag("include_locale"):
        shown["locale"] = user.locale
    return shown


async def user_info(call: Call) -> Json:
    """`users.info`."""
    if call.text("user") == call.workspace.app.user_id:
        return {"user": described(call, app_user(call))}
    return {"user": described(call, call.user())}


async def user_list(call: Call) -> Json:
    """`users.list`."""
    everyone = [*call.workspace.users.values(), app_user(call)]
    return call.page([described(call, user) for user in everyone]).under("members")


def app_user(call: Call) -> User:
    """The app's own user."""
    app = call.workspace.app
    return User(
        id=app.user_id,
        name=app.name,
        real_name=app.name,
        team_id=call.workspace.team.id,
        is_bot=True,
    )


async def bot_info(call: Call) -> Json:
    """`bots.info`."""
    app = call.workspace.app
    wanted = call.text("bot") or app.bot_id
    if wanted == app.bot_id:
        return {
            "bot": {"id": app.bot_id, "app_id": app.id, "user_id": app.user_id, "name": app.name}
        }
    bot = call.workspace.bots.get(wanted)
    if bot is None:
        raise ApiError("bot_not_found")
    return {"bot": {"id": bot.id, "app_id": bot.app_id, "user_id": bot.user_id, "name": bot.name}}


def _group(call: Call, group: UserGroup) -> Json:
    shown: Json = {
        "id": group.id,
        "team_id": call.workspace.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_delete": 0,
        "user_count": len(group.users),
    }
    if call.flag("include_users"):
        shown["users"] = list(group.users)
    return shown


async def group_list(call: Call) -> Json:
    """`usergroups.list`."""
    if not call.workspace.paid:
        raise ApiError("plan_upgrade_required")
    return {"usergroups": [_group(call, group) for group in call.workspace.groups.values()]}


async def group_users(call: Call) -> Json:
    """`usergroups.users.list`."""
    if not call.workspace.paid:
        raise ApiError("plan_upgrade_required")
    group = call.workspace.groups.get(call.text("usergroup"))
    if group is None:
        raise ApiError("no_such_subteam")
    return {"users": list(group.users)}


async def connections_open(call: Call) -> Json:
    """`apps.connections.open`: an address for one Socket Mode connection."""
    address = call.base_url.replace("http", "ws", 1)
    ticket = call.workspace.sockets.ticket()
    return {"url": f"{address}/link/?ticket={ticket}&app_id={call.workspace.app.id}"}
