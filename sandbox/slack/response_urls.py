"""`response_url`: five posts within half an hour, by whoever holds the address.

Source: docs.slack.dev, "Handling user interaction", "Message responses".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sandbox.slack.identifiers import Identifiers
    from sandbox.slack.timing import Clock, Timing

_MOST: Final = 10_000


class ResponseRefused(Exception):
    """Carries Slack's error name: `expired_url` or `used_url`."""


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """What one address stands for.

    Attributes:
        message_ts: The message whose button was pressed; None after a command.
        ephemeral: Whether that message is.
    """

    channel: str
    user: str
    expires: float
    message_ts: str | None = None
    thread_ts: str | None = None
    ephemeral: bool = False
    left: int = 0


@dataclass(slots=True)
class ResponseUrls:
    """All addresses that were handed out."""

    timing: Timing
    clock: Clock
    ids: Identifiers
    _known: dict[str, ResponseUrl] = field(default_factory=dict)

    def issue(
        self,
        base_url: str,
        *,
        channel: str,
        user: str,
        message_ts: str | None = None,
        thread_ts: str | None = None,
        ephemeral: bool = False,
    ) -> str:
        """A new address."""
        key = self.ids.uuid()
        while len(self._known) >= _MOST:
            self._known.pop(next(iter(self._known)))
        self._known[key] = ResponseUrl(
            channel=channel,
            user=user,
            expires=self.clock.now() + self.timing.response_url,
            message_ts=message_ts,
            thread_ts=thread_ts,
            ephemeral=ephemeral,
            left=self.timing.response_url_uses,
        )
        return f"{base_url}/response/{key}"

    def use(self, key: str) -> ResponseUrl:
        """Count one use.

        Raises:
            ResponseRefused: If the address is unknown, too old or used up.
        """
        held = self._known.get(key)
        if held is None or self.clock.now() > held.expires:
            raise ResponseRefused("expired_url")
        if not held.left:
            raise ResponseRefused("used_url")
        held.left -= 1
        return held
