"""Opening, pushing, updating and publishing views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from handlers.blockkit import validate_message, validate_view
from sandbox.slack.api.call import ApiError, Call, invalid_arguments
from sandbox.slack.api.chat import named
from sandbox.slack.views import DEEPEST, Trigger, TriggerRefused, complete

if TYPE_CHECKING:
    from sandbox.slack.people import Json


async def opened(call: Call) -> Json:
    """`views.open`: a modal on top of nothing."""
    view = _view(call, "modal")
    trigger = _trigger(call)
    held = _completed(call, view)
    held["root_view_id"] = held["id"]
    call.workspace.views.stacks[trigger.user] = [held]
    return _told(call, trigger.user, "open", held)


async def pushed(call: Call) -> Json:
    """`views.push`: a modal on top of the one whose button was pressed."""
    view = _view(call, "modal")
    trigger = _trigger(call)
    stack = call.workspace.views.stacks.get(trigger.user, [])
    if not stack or trigger.view_id is None:
        raise ApiError("not_found")
    return place_on_top(call, trigger.user, view)


def place_on_top(call: Call, user: str, view: Json) -> Json:
    """Push a checked view onto a user's modals.

    Raises:
        ApiError: `push_limit_reached`.
    """
    stack = call.workspace.views.stacks.setdefault(user, [])
    if len(stack) >= DEEPEST:
        raise ApiError("push_limit_reached")
    held = _completed(call, view)
    held["root_view_id"] = stack[0]["id"] if stack else held["id"]
    held["previous_view_id"] = stack[-1]["id"] if stack else None
    stack.append(held)
    return _told(call, user, "push", held)


async def updated(call: Call) -> Json:
    """`views.update`, by the view's ID or the app's own."""
    views = call.workspace.views
    found = views.find(call.text("view_id")) or views.by_external_id(call.text("external_id"))
    if found is None:
        raise ApiError("not_found")
    user, old = found
    if call.text("hash") and call.text("hash") != old["hash"]:
        raise ApiError("hash_conflict")
    return replace(call, user, old, _view(call, str(old["type"])))


def replace(call: Call, user: str, old: Json, view: Json) -> Json:
    """Put a checked view in the place of another, with its identifiers."""
    held = _completed(call, view, view_id=old["id"])
    for key in ("root_view_id", "previous_view_id"):
        held[key] = old.get(key)
    if old["type"] == "home":
        return _published(call, user, held)
    stack = call.workspace.views.stacks[user]
    stack[:] = [held if known["id"] == old["id"] else known for known in stack]
    return _told(call, user, "update", held)


async def published(call: Call) -> Json:
    """`views.publish`: a user's Home tab."""
    view = _view(call, "home")
    user = call.text("user_id")
    if user not in call.workspace.users:
        raise invalid_arguments("invalid `user_id` [json-pointer:/user_id]")
    old = call.workspace.views.homes.get(user)
    if call.text("hash") and old and call.text("hash") != old["hash"]:
        raise ApiError("hash_conflict")
    held = _completed(call, view, view_id=old["id"] if old else None)
    held["root_view_id"] = held["id"]
    return _published(call, user, held)


async def validated(call: Call) -> Json:
    """`blocks.validate`: the same checks with nothing sent."""
    given = [name for name in ("blocks", "message", "view") if call.args.get(name)]
    if len(given) != 1:
        raise invalid_arguments("provide exactly one of blocks, message and view")
    name = given[0]
    held = call.structure(name, f"invalid_{name}")
    if name == "blocks":
        faults = validate_message({"text": "-", "blocks": held})
    elif not isinstance(held, Mapping):
        raise ApiError(f"invalid_{name}")
    else:
        faults = validate_view(held) if name == "view" else validate_message(held)
    if faults:
        raise ApiError(
            f"invalid_{name}",
            errors=[
                {"code": "failed_constraint", "message": fault.words, "pointer": fault.pointer}
                for fault in faults
            ],
        )
    return {}


def checked(view: object, kind: str) -> Json:
    """A view that Slack would take.

    Raises:
        ApiError: `invalid_arguments` (as Slack answers for views) or `view_too_large`.
    """
    if not isinstance(view, dict):
        raise invalid_arguments("view must be an object")
    faults = validate_view(view)
    if any("bytes" in fault.words for fault in faults):
        raise ApiError("view_too_large")
    if faults:
        raise invalid_arguments(*map(str, faults))
    if view["type"] != kind:
        raise invalid_arguments(f"a {view['type']} view cannot stand here [json-pointer:/type]")
    return view


def _view(call: Call, kind: str) -> Json:
    view = checked(call.structure("view", "invalid_arguments"), kind)
    other = call.workspace.views.by_external_id(str(view.get("external_id") or ""))
    if other is not None and other[1]["id"] != call.text("view_id"):
        raise ApiError("duplicate_external_id")
    return view


def _trigger(call: Call) -> Trigger:
    if not call.text("trigger_id"):
        raise invalid_arguments("missing required field: trigger_id")
    try:
        return call.workspace.triggers.redeem(call.text("trigger_id"))
    except TriggerRefused as refused:
        raise ApiError(str(refused)) from None


def _completed(call: Call, view: Json, view_id: Any = None) -> Json:
    workspace = call.workspace
    return complete(
        view | {"blocks": named(call, view["blocks"])},
        id=view_id or workspace.ids.new("V"),
        team_id=workspace.team.id,
        app_id=workspace.app.id,
        app_installed_team_id=workspace.team.id,
        bot_id=workspace.app.bot_id,
        time=workspace.clock.ts(),
    )


def _told(call: Call, user: str, op: str, held: Json) -> Json:
    call.workspace.publish({"type": "view", "user": user, "op": op, "view": held})
    return {"view": held}


def _published(call: Call, user: str, held: Json) -> Json:
    call.workspace.views.homes[user] = held
    call.workspace.publish({"type": "home", "user": user, "view": held})
    return {"view": held}
