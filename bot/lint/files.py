"""Which files are read: those named, and in folders those whose names tell that they may matter."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from bot.given_file import encoding_of, read_given
from diagnostics.errors import IrsaDoctorError
from diagnostics.lint import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

MOST_BYTES: Final = 16 * 1024 * 1024
"""Of one file, or of standard input."""
MOST_FILES: Final = 50_000
STDIN: Final = "<stdin>"
_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json", ".tf", ".tofu", ".template"})
_SKIPPED: Final = frozenset({"node_modules", "vendor", "__pycache__"})
_TOO_LARGE: Final = f"it is over {MOST_BYTES // (1024 * 1024)} MiB"


class LintFileError(IrsaDoctorError):
    """A file that a person named can't be read."""


def sources(paths: Sequence[str], stdin: BinaryIO) -> Iterator[Source]:
    """Read what the paths name, one file at a time; `-` is standard input.

    Raises:
        LintFileError: A path does not exist or can't be read, or there are too many files.
    """
    count = 0
    met: set[str] = set()
    for path in paths:
        if path == "-":
            yield _source(STDIN, stdin.read(MOST_BYTES + 1), asked=True)
            continue
        root = Path(path)
        if _is_folder(root):
            for found in _walk(root):
                if _met(found, met):
                    continue
                count += 1
                if count > MOST_FILES:
                    raise LintFileError(
                        f"{path}: more than {MOST_FILES:,} files; name the folders that matter"
                    )
                yield _source(_shown(found), _read(found))
        elif not _met(root, met):
            # A hook names every changed file, whatever it is; a person names the one that matters.
            yield _source(_shown(root), _read(root), asked=len(paths) == 1, listed=True)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:  # a name that no file system takes
        raise LintFileError(f"{_shown(path)[:200]}: {error.strerror or error}") from error


def _met(path: Path, met: set[str]) -> bool:
    """Whether a file was read before, under this path or another."""
    whole = os.path.realpath(path)
    known = whole in met
    met.add(whole)
    return known


def _walk(root: Path) -> Iterator[Path]:
    """Files below a folder, in order; hidden folders and links are left alone."""
    for folder, folders, files in os.walk(root, onerror=_unreadable, followlinks=False):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        for name in sorted(files):
            path = Path(folder) / name
            if path.suffix.lower() in _SUFFIXES and path.is_file():
                yield path


def _read(path: Path) -> bytes:
    try:
        return read_given(path, most=MOST_BYTES)
    except OSError as error:
        raise LintFileError(f"{_shown(path)}: {error.strerror or error}") from error


def _unreadable(error: OSError) -> NoReturn:
    raise LintFileError(f"{_shown(Path(error.filename))}: {error.strerror or error}") from error


def _source(name: str, raw: bytes, *, asked: bool = False, listed: bool = False) -> Source:
    if len(raw) <= MOST_BYTES:
        return Source(name=name, text=_decoded(raw), asked=asked, listed=listed)
    if asked:
        raise LintFileError(f"{name}: {_TOO_LARGE}; nothing of it is read")
    return Source(name=name, text="", left_out=_TOO_LARGE)


def _decoded(raw: bytes) -> str:
    return raw.decode(encoding_of(raw), errors="replace").replace("\r\n", "\n")


def _shown(path: Path) -> str:
    """The path as a text, also where the file system's bytes are none."""
    return os.fsencode(path.as_posix()).decode("utf-8", errors="replace")
