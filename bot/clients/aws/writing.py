"""What the writers of one account share: calls as the fix role, and what a failure means for what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.clients.not_written import not_written, perhaps_written
from diagnostics.errors import ReadError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_iam import IAMClient

    from bot.clients.aws.calls import AccountCalls

T = TypeVar("T")


class IamWrites:
    """IAM in one account as the fix role.

    IAM has no conditional write: between the look and the write lies one call, within which somebody else's
    change would go unseen.
    """

    def __init__(self, calls: AccountCalls) -> None:
        self._calls = calls

    async def look(
        self, operation: str, resource: str, function: Callable[[IAMClient], T]
    ) -> T | None:
        """Read before a write; None where there is no such thing.

        Raises:
            WriteError: It can't be read, so nothing was written.
        """
        try:
            return await self._calls.iam(operation, resource, function)
        except ReadError as error:
            raise not_written(error) from error

    async def write(
        self, operation: str, resource: str, function: Callable[[IAMClient], object]
    ) -> bool:
        """Write; False where what is written to is gone.

        Raises:
            OutcomeUnknown: The connection broke after the request left.
            WriteError: It was not written.
        """

        def done(iam: IAMClient) -> bool:
            function(iam)
            return True

        try:
            return bool(await self._calls.iam(operation, resource, done))
        except Unreachable as error:
            raise perhaps_written(error) from error
        except ReadError as error:
            raise not_written(error) from error
