"""Reading a file that a person named: a pipe as well, but neither without end nor for ever."""

from __future__ import annotations

import codecs
import errno
import os
import select
import time
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE: Final = 60.0
"""Seconds without a byte after which a pipe counts as one that nobody writes to; a slow kubectl needs a few."""
LONGEST: Final = 600.0
"""Seconds that a pipe may take altogether."""
_CHUNK: Final = 1024 * 1024
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_POLLS: Final = hasattr(select, "poll")
"""Not on Windows, which has no such pipes either."""


def read_given(path: Path, *, most: int, patience: float = PATIENCE) -> bytes:
    """The bytes of a file, of a process substitution (`<(sops -d fleet.yaml)`) or of a named pipe.

    Args:
        path: As it was named.
        most: Bytes that matter. One more is read, so that the caller can tell that there is more.
        patience: Seconds to wait for the next byte of a pipe. A terminal is waited for: a person types.

    Raises:
        OSError: It can't be read; `strerror` says why, also where it is a pipe that nothing is written to.
    """
    if not _POLLS:
        with path.open("rb") as stream:
            return stream.read(most + 1)
    descriptor = _opened(path)
    try:
        return b"".join(_chunks(descriptor, most + 1, patience))
    finally:
        os.close(descriptor)


def encoding_of(raw: bytes) -> str:
    """The encoding of a text, by its byte order mark: UTF-16 is what PowerShell's `>` makes of any output."""
    return "utf-16" if raw.startswith(_UTF_16) else "utf-8-sig"


def open_given(path: Path, *, patience: float = PATIENCE) -> IO[str]:
    """A file to read line by line, as UTF-8; of a pipe only the first byte is waited for.

    Raises:
        OSError: As of `read_given`.
    """
    if not _POLLS:
        return path.open(encoding="utf-8", errors="surrogateescape")
    descriptor = _opened(path)
    try:
        _wait(descriptor, patience)
        os.set_blocking(descriptor, True)
        return os.fdopen(descriptor, encoding="utf-8", errors="surrogateescape")
    except BaseException:
        os.close(descriptor)
        raise


def _opened(path: Path) -> int:
    # A pipe that nobody has opened for writing would block in open(2), and only a signal ends that.
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def _chunks(descriptor: int, most: int, patience: float) -> list[bytes]:
    last = time.monotonic() + LONGEST
    found: list[bytes] = []
    while most > 0:
        _wait(descriptor, min(patience, last - time.monotonic()))
        try:
            chunk = os.read(descriptor, min(most, _CHUNK))
        except BlockingIOError:
            continue
        if not chunk:
            break
        found.append(chunk)
        most -= len(chunk)
    return found


def _wait(descriptor: int, patience: float) -> None:
    """Until there is something to read, or the other end is closed.

    Raises:
        TimeoutError: There is nothing for too long.
    """
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    if not poll.poll(None if os.isatty(descriptor) else max(patience, 0.0) * 1_000):
        raise TimeoutError(
            errno.ETIMEDOUT, f"nothing was written to this pipe within {patience:.0f} seconds"
        )
