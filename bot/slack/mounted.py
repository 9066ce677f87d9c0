"""Slack's tokens as the files of one folder, as a mounted Secret of Kubernetes has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.given_file import read_given

if TYPE_CHECKING:
    from pathlib import Path

SECRETS: Final = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
"""Variables, and names of files in their place."""
_MOST: Final = 4_096
"""Bytes of a file."""


def read_secret(folder: Path, variable: str) -> str | None:
    """What a file holds, without the white space around it; None where it is empty or not there.

    Raises:
        OSError: It can't be read.
        ValueError: It is no short text.
    """
    try:
        data = read_given(folder / variable, most=_MOST, patience=1.0)
    except FileNotFoundError:
        return None
    if len(data) > _MOST:
        raise ValueError(f"its file holds more than {_MOST:,} bytes")
    try:
        return data.decode("utf-8").strip() or None
    except UnicodeDecodeError:
        raise ValueError("its file is no text in UTF-8") from None
