"""Modals and Home tabs, the trigger IDs that open them, and what people filled in."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sandbox.slack.people import Json
    from sandbox.slack.timing import Clock, Timing

DEEPEST: Final = 3
"""Modals on top of each other. Source: docs.slack.dev, "Modals"."""

_MOST_TRIGGERS: Final = 2_000
"""Triggers that are remembered; all but the latest are long expired."""


class TriggerRefused(Exception):
    """Carries Slack's error name: expired, exchanged or invalid."""


@dataclass(slots=True)
class Trigger:
    """A trigger ID's owner and whether it was used."""

    user: str
    expires: float
    view_id: str | None = None
    used: bool = False


@dataclass(slots=True)
class Triggers:
    """Trigger IDs: valid for three seconds and one use."""

    timing: Timing
    clock: Clock
    _known: dict[str, Trigger] = field(default_factory=dict)

    def issue(self, user: str, *, view_id: str | None = None) -> str:
        """A new trigger for what `user` just did, in the view `view_id` if it was in one."""
        identifier = f"{self.clock.ts()}.sandbox"
        expires = self.clock.now() + self.timing.trigger
        while len(self._known) >= _MOST_TRIGGERS:
            self._known.pop(next(iter(self._known)))
        self._known[identifier] = Trigger(user=user, expires=expires, view_id=view_id)
        return identifier

    def redeem(self, identifier: str) -> Trigger:
        """Use a trigger up.

        Raises:
            TriggerRefused: If it is unknown, used or too old.
        """
        trigger = self._known.get(identifier)
        if trigger is None:
            raise TriggerRefused("invalid_trigger_id")
        if trigger.used:
            raise TriggerRefused("exchanged_trigger_id")
        if self.clock.now() > trigger.expires:
            raise TriggerRefused("expired_trigger_id")
        trigger.used = True
        return trigger


@dataclass(slots=True)
class Views:
    """Open modals per user, bottom first, and one Home tab per user."""

    stacks: dict[str, list[Json]] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)

    def find(self, view_id: str) -> tuple[str, Json] | None:
        """A view and its user, by its ID."""
        for user, stack in self.stacks.items():
            for view in stack:
                if view["id"] == view_id:
                    return user, view
        for user, home in self.homes.items():
            if home["id"] == view_id:
                return user, home
        return None

    def by_external_id(self, external_id: str) -> tuple[str, Json] | None:
        """The same by the app's own ID."""
        everything = [(user, view) for user, stack in self.stacks.items() for view in stack]
        everything += self.homes.items()
        for user, view in everything:
            if external_id and view.get("external_id") == external_id:
                return user, view
        return None


def complete(view: Json, **known: object) -> Json:
    """A view as Slack gives it back: with defaults, identifiers and a hash."""
    held: Json = {
        "private_metadata": "",
        "callback_id": "",
        "state": {"values": {}},
        "clear_on_close": False,
        "notify_on_close": False,
        "close": None,
        "submit": None,
        "previous_view_id": None,
        "external_id": "",
        **copy.deepcopy(view),
        **known,
    }
    print_of = json.dumps([held["blocks"], known], default=str, sort_keys=True).encode()
    held["hash"] = f"{known.get('time', '')}.{hashlib.sha256(print_of).hexdigest()[:8]}"
    held.pop("time", None)
    return held
