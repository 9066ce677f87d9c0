"""Standard streams that a command can rely on, however it was started, and what it ends with when they fail."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERRUPTED = 130
"""What a shell shows for a command that Ctrl-C ended."""
CLOSED_PIPE = 128 + getattr(signal, "SIGPIPE", 13)
"""What a shell shows for a command whose reader has gone, as in `irsa lint | head -1`: 141, never `findings`."""
UNWRITABLE = 2


def ready() -> None:
    """Open what is closed as the null device, and spell out what the terminal's encoding lacks.

    A closed stream would be None, and its number would go to the next file that is opened. A terminal of no columns,
    as some editors state it, would show nothing.
    """
    if os.environ.get("COLUMNS", "").strip("0") == "":
        os.environ.pop("COLUMNS", None)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123  for good
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def why_of(error: OSError) -> str:
    """The system's own words for an error; asyncio puts the address into them once more."""
    return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)


def typed_input() -> None:
    """Tell a person at a terminal that a command waits for what they type, and how that ends."""
    if sys.stdin is not None and sys.stdin.isatty():
        sys.stderr.write("Reading standard input; end it with Ctrl-D.\n")
        sys.stderr.flush()


@contextmanager
def written() -> Iterator[None]:
    """End with a status of its own, and no traceback, where the output can't be written."""
    try:
        yield
        sys.stdout.flush()
    except SystemExit as end:
        # The command line and rich end with 1, which means findings, when nobody reads any more.
        if isinstance(end.__context__, BrokenPipeError):
            _give_up(CLOSED_PIPE)
        try:
            sys.stdout.flush()
        except OSError as error:
            _unwritable(error)
        raise
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except OSError as error:
        _unwritable(error)


def _unwritable(error: OSError) -> None:
    if error.errno == errno.EPIPE:
        _give_up(CLOSED_PIPE)
    where = f"{error.filename}: " if error.filename else ""
    sys.stderr.write(f"irsa: {where}{error.strerror or error}\n")
    _give_up(UNWRITABLE)


def _give_up(status: int) -> None:
    """End without another try to write what is left."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(status)
