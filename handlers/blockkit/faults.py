"""What is wrong with a payload, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Breach(StrEnum):
    """The error with which Slack's Web API answers such a payload.

    Source: docs.slack.dev, `chat.postMessage`, "Errors".
    """

    BLOCKS = "invalid_blocks"
    LENGTH = "msg_blocks_too_long"
    NO_TEXT = "no_text"
    ATTACHMENTS = "too_many_attachments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One breach of Block Kit's rules.

    Attributes:
        pointer: Where, as a JSON pointer (RFC 6901) into the payload, such as `/blocks/3/text`.
        words: What is wrong and what is allowed, as one sentence without its full stop.
        breach: Slack's name for it.
    """

    pointer: str
    words: str
    breach: Breach = Breach.BLOCKS

    def __str__(self) -> str:
        return f"{self.words} [json-pointer:{self.pointer}]"
