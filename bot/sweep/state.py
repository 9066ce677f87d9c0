"""What an interrupted sweep had done: one line of JSON per cluster, appended as soon as it stands."""

from __future__ import annotations

import hashlib
import json
from typing import IO, TYPE_CHECKING, Any, Final, Self

from bot.sweep.codec import cluster_result
from diagnostics.errors import IrsaDoctorError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from diagnostics.fleet import Fleet
    from diagnostics.sweep import ClusterResult

_FORMAT: Final = "irsa-doctor/sweep-state/1"


class StateError(IrsaDoctorError):
    """The state file can't be used; the message says why and what to do."""


class SweepState:
    """A state file; a context manager.

    A line that a crash cut off is left out, and its cluster is swept again.

    Args:
        path: Made where there is none.
        fleet: What is swept; the file of another fleet is refused.
    """

    def __init__(self, path: Path, fleet: Fleet) -> None:
        self._path = path
        self._fleet = fingerprint(fleet)
        self._stream: IO[str] | None = None
        self.done: dict[str, ClusterResult] = {}

    def __enter__(self) -> Self:
        if self._path.exists() and not self._path.is_file():
            raise StateError(f"--state {self._path}: this is no regular file; name another one")
        try:
            self._load()
            self._stream = self._path.open("a", encoding="utf-8")
        except OSError as error:
            raise StateError(f"--state {self._path}: {error.strerror or error}") from error
        if not self._path.stat().st_size:
            self._write({"format": _FORMAT, "fleet": self._fleet})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stream is not None:
            self._stream.close()

    def keep(self, result: ClusterResult) -> None:
        """Append a cluster's result."""
        self._line(cluster_result.write(result))

    def finish(self) -> None:
        """Remove the file: the sweep is complete, and the next one starts anew."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        self._path.unlink(missing_ok=True)

    def _write(self, row: dict[str, Any]) -> None:
        self._line(json.dumps(row, ensure_ascii=False))

    def _line(self, text: str) -> None:
        assert self._stream is not None
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def _load(self) -> None:
        if not self._path.exists() or not self._path.stat().st_size:
            return
        with self._path.open(encoding="utf-8", errors="replace") as stream:
            head = _row(stream.readline())
            if head is None or head.get("format") != _FORMAT:
                raise StateError(
                    f"--state {self._path}: this is no state file of a sweep; name another file"
                )
            if head.get("fleet") != self._fleet:
                raise StateError(
                    f"--state {self._path}: it is of another fleet file; remove it to start anew"
                )
            whole = 0
            for line in stream:
                result = _result(line) if line.endswith("\n") else None
                if result is None:
                    break
                self.done[result.cluster] = result
                whole += 1
        self._cut(whole + 1)

    def _cut(self, lines: int) -> None:
        """Take away what a crash left half written."""
        text = self._path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        if len(text) > lines:
            self._path.write_text("".join(text[:lines]), encoding="utf-8")


def _row(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def _result(line: str) -> ClusterResult | None:
    try:
        return cluster_result.read(line)
    except ValueError:
        return None


def fingerprint(fleet: Fleet) -> str:
    """What tells the sweeps of one fleet from those of another."""
    text = json.dumps(
        [[c.name, c.account, c.region, c.eks_name] for c in fleet.clusters]
        + [[a.id] for a in fleet.accounts]
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]
