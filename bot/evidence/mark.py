"""The journal's line for what evidence says, and the refusal for what it does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.errors import ReadError
from diagnostics.journal import HANDED_OVER, Call, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Mark:
    """Marks answers of one account or cluster as evidence."""

    def __init__(
        self, now: Callable[[], datetime], *, account: str | None = None, cluster: str | None = None
    ) -> None:
        self._now = now
        self._account = account
        self._cluster = cluster

    def seen(self, file: str, service: str, operation: str, resource: str) -> None:
        """Record that a file answers in place of a call."""
        record(
            Call(
                service=service,
                operation=operation,
                resource=resource,
                at=self._now(),
                milliseconds=0,
                account=self._account,
                cluster=self._cluster,
                outcome=HANDED_OVER + file,
            )
        )


def lacking(what: str, command: str) -> ReadError:
    """Say that the evidence lacks something, and which command's output would provide it."""
    return ReadError(f"the evidence does not hold {what}", enable=f"add the output of `{command}`")


def beyond(what: str, permission: str) -> ReadError:
    """Say that no evidence is taken for something, and what would let it be read."""
    return ReadError(
        f"no evidence is taken for {what}",
        enable=f"diagnose with a fleet file or your own credentials, which need {permission}",
    )
