"""Which files are read: those named, and in folders those whose names tell that they may matter."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

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


class LintFileError(IrsaDoctorError):
    """A file that a person named can't be read."""


def sources(paths: Sequence[str], stdin: BinaryIO) -> Iterator[Source]:
    """Read what the paths name, one file at a time; `-` is standard input.

    Raises:
        LintFileError: A path does not exist or can't be read, or there are too many files.
    """
    count = 0
    for path in paths:
        if path == "-":
            yield Source(name=STDIN, text=_decoded(stdin.read(MOST_BYTES + 1), STDIN), asked=True)
            continue
        root = Path(path)
        if root.is_dir():
            for found in _walk(root):
                count += 1
                if count > MOST_FILES:
                    raise LintFileError(
                        f"{path}: more than {MOST_FILES:,} files; name the folders that matter"
                    )
                yield Source(name=_shown(found), text=_read(found))
        else:
            # A hook names every changed file, whatever it is; a person names the one that matters.
            yield Source(name=_shown(root), text=_read(root), asked=len(paths) == 1)


def _walk(root: Path) -> Iterator[Path]:
    """Files below a folder, in order; hidden folders and links are left alone."""
    for folder, folders, files in os.walk(root, followlinks=False):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        for name in sorted(files):
            path = Path(folder) / name
            if path.suffix.lower() in _SUFFIXES and path.is_file():
                yield path


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return _decoded(stream.read(MOST_BYTES + 1), str(path))
    except OSError as error:
        raise LintFileError(f"{path}: {error.strerror or error}") from error


def _decoded(raw: bytes, name: str) -> str:
    if len(raw) > MOST_BYTES:
        raise LintFileError(
            f"{name}: over {MOST_BYTES // (1024 * 1024)} MiB; nothing of it is read"
        )
    return raw.decode("utf-8", errors="replace").replace("\r\n", "\n")


def _shown(path: Path) -> str:
    return path.as_posix()
