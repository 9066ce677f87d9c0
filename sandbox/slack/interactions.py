"""Payloads of what people do: press, submit, close, run a shortcut or a command.

Source: docs.slack.dev, "Interaction payloads", "Slash commands".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.answers import answered, state

if TYPE_CHECKING:
    from sandbox.slack.answers import Answer, Filled
    from sandbox.slack.messages import Message
    from sandbox.slack.people import Channel, Json, User
    from sandbox.slack.workspace import Workspace


def common(workspace: Workspace, user: User, *, view_id: str | None = None) -> Json:
    """What every interaction carries: `user.team_id` is the person's, `team` is the app's own."""
    return {
        "team": {"id": workspace.team.id, "domain": workspace.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
        "api_app_id": workspace.app.id,
        "token": workspace.app.verification_token,
        "trigger_id": workspace.triggers.issue(user.id, view_id=view_id),
    }


def action(workspace: Workspace, block_id: str, element: Json, selected: Answer | None) -> Json:
    """The one entry of `actions`.

    Raises:
        ValueError: If `selected` is none of the element's options.
    """
    kind = str(element["type"])
    entry: Json = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": workspace.clock.ts(),
    }
    if kind == "button":
        entry["text"] = element["text"]
        for key in ("value", "style", "url"):
            if key in element:
                entry[key] = element[key]
    elif kind == "feedback_buttons":
        entry["value"] = (
            selected if isinstance(selected, str) else element["positive_button"]["value"]
        )
    elif kind == "icon_button":
        entry["value"] = element.get("value", "")
    else:
        entry |= answered(element, selected)
    return entry


def on_message(
    workspace: Workspace, user: User, message: Message, pressed: Json, filled: Filled
) -> Json:
    """`block_actions` from a message."""
    channel = workspace.channels[message.channel]
    ephemeral = message.only_for is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload: Json = {
        "type": "block_actions",
        **common(workspace, user),
        "container": container,
        "channel": _channel(channel),
        "state": state(message.blocks, filled),
        "response_url": workspace.response_urls.issue(
            workspace.base_url,
            channel=channel.id,
            user=user.id,
            message_ts=message.ts,
            thread_ts=message.thread_ts,
            ephemeral=ephemeral,
        ),
        "actions": [pressed],
    }
    if not ephemeral:
        payload["message"] = message.as_json()
    return payload


def in_view(workspace: Workspace, user: User, view: Json, pressed: Json, filled: Filled) -> Json:
    """`block_actions` from a modal or a Home tab."""
    held = view | {"state": state(view["blocks"], filled)}
    return {
        "type": "block_actions",
        **common(workspace, user, view_id=view["id"]),
        "container": {"type": "view", "view_id": view["id"]},
        "view": held,
        "actions": [pressed],
    }


def submission(workspace: Workspace, user: User, view: Json, filled: Filled) -> Json:
    """`view_submission`."""
    return {
        "type": "view_submission",
        **common(workspace, user, view_id=view["id"]),
        "view": view | {"state": state(view["blocks"], filled)},
        "response_urls": [],
    }


def closing(workspace: Workspace, user: User, view: Json, *, cleared: bool) -> Json:
    """`view_closed`."""
    payload = {"type": "view_closed", **common(workspace, user), "view": view}
    payload["is_cleared"] = cleared
    payload.pop("trigger_id")
    return payload


def shortcut(workspace: Workspace, user: User, message: Message, callback_id: str) -> Json:
    """`message_action`: a shortcut in a message's menu."""
    channel = workspace.channels[message.channel]
    return {
        "type": "message_action",
        **common(workspace, user),
        "callback_id": callback_id,
        "action_ts": workspace.clock.ts(),
        "message_ts": message.ts,
        "channel": _channel(channel),
        "message": message.as_json(),
        "response_url": workspace.response_urls.issue(
            workspace.base_url,
            channel=channel.id,
            user=user.id,
        ),
    }


def command(workspace: Workspace, user: User, channel: Channel, name: str, text: str) -> Json:
    """A slash command, as the form that Slack posts."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {
        "token": workspace.app.verification_token,
        "team_id": workspace.team.id,
        "team_domain": workspace.team.domain,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": escaped,
        "api_app_id": workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": workspace.response_urls.issue(
            workspace.base_url, channel=channel.id, user=user.id
        ),
        "trigger_id": workspace.triggers.issue(user.id),
    }


def _channel(channel: Channel) -> Json:
    return {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name}
