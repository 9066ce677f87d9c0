"""Channels that people of other organisations read: nothing of ours is shown there, and nothing is pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.people import Unanswered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.people import Directory


@dataclass(frozen=True, slots=True)
class SharedChannels:
    """Tells whether a channel is shared. Where Slack does not say, it counts as shared."""

    directory: Directory

    async def is_shared(self, channel: str) -> bool:
        """Whether to keep quiet about details in a channel."""
        try:
            return await self.directory.is_shared(channel)
        except Unanswered:
            return True


def flagged(body: Mapping[str, object]) -> bool:
    """Whether the delivery itself says that its channel is shared."""
    return body.get("is_ext_shared_channel") is True
