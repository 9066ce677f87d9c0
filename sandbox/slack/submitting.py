"""What becomes of a modal after its submission, as the app's acknowledgement says.

Source: docs.slack.dev, "Modals", "Updating views".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.slack.api.call import ApiError, Call
from sandbox.slack.api.modals import checked, place_on_top, replace
from sandbox.slack.delivery import Answer, NotAcknowledged

if TYPE_CHECKING:
    from sandbox.slack.people import Json
    from sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """How a submission ended.

    Attributes:
        errors: By block ID, what the app (or a required field) objects to; empty if it was taken.
    """

    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it was taken."""
        return not self.errors


def settle_submission(workspace: Workspace, user: str, view: Json, answer: Answer) -> Submission:
    """Do what `response_action` says: show errors, update, push, clear; else close the modal.

    Raises:
        NotAcknowledged: If the app answered with something that Slack would refuse.
    """
    said = answer.body if isinstance(answer.body, dict) else {}
    call = Call(workspace=workspace, method="view_submission", args={}, base_url=workspace.base_url)
    try:
        match said.get("response_action"):
            case "errors":
                return Submission(errors=_errors(view, said.get("errors")))
            case "update":
                replace(call, user, view, checked(said.get("view"), "modal"))
            case "push":
                place_on_top(call, user, checked(said.get("view"), "modal"))
            case "clear":
                _close(workspace, user, list(workspace.views.stacks.get(user, [])))
            case None:
                clear = bool(view.get("clear_on_close"))
                stack = workspace.views.stacks.get(user, [])
                gone = [held for held in stack if clear or held["id"] == view["id"]]
                _close(workspace, user, gone)
            case other:
                raise NotAcknowledged(f"The app answered with response_action {other!r}."[:200])
    except ApiError as refused:
        raise NotAcknowledged(
            f"The app's view is refused: {refused.error} {refused.more or ''}"[:500]
        ) from refused
    return Submission()


def _close(workspace: Workspace, user: str, gone: list[Json]) -> None:
    names = {view["id"] for view in gone}
    stack = workspace.views.stacks.get(user, [])
    stack[:] = [held for held in stack if held["id"] not in names]
    for view in gone:
        workspace.publish({"type": "view", "user": user, "op": "close", "view": view})


def _errors(view: Json, errors: object) -> dict[str, str]:
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, Mapping) or not errors or not inputs.issuperset(errors):
        raise NotAcknowledged(
            f"The app's errors must name input blocks of the view, which are {sorted(inputs)}."
        )
    return {str(key): str(words) for key, words in errors.items()}
