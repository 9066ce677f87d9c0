"""The accounts of the organization, listed with the bot's own credentials."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.clients.aws.errors import Attempt
from diagnostics.errors import ReadError
from diagnostics.languages import say

if TYPE_CHECKING:
    from bot.clients.aws.sessions import AwsSessions

MOST: Final = 5_000
"""Accounts that are listed; what an organization has beyond them is left out, and said to be."""
_PAGES: Final = MOST // 10
_PAUSE: Final = 0.25
"""Seconds between two pages: half of the rate that Organizations sustains.

Source: AWS Organizations User Guide, "Quotas for AWS Organizations", throttling of ListAccounts.
"""
BY_THE_BOT: Final = say(
    "the bot's own identity, in the management account or a delegated administrator's"
)
"""Who asks about an organization."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An active account of the organization."""

    id: str
    """12 digits."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The active accounts."""

    items: tuple[Member, ...]
    complete: bool = True
    """False: the organization has more than are listed."""


async def list_members(
    sessions: AwsSessions, region: str, own: str, *, pause: float = _PAUSE
) -> Members:
    """organizations:ListAccounts, page by page; accounts that are not active are left out.

    Args:
        sessions: Makes the calls.
        region: One of the partition; Organizations is global.
        own: An account of the fleet, in whose name the calls are counted.
        pause: Seconds between two pages.

    Raises:
        ReadError: They can't be listed: no permission, or no organization.
    """
    attempt = Attempt(
        service="organizations",
        operation="ListAccounts",
        resource="*",
        account=own,
        region=region,
        principal=BY_THE_BOT,
    )
    found: dict[str, Member] = {}
    token: str | None = None
    for page in range(_PAGES):
        if page:
            await asyncio.sleep(pause)

        def listed(token: str | None = token) -> Any:
            more = {"NextToken": token} if token else {}
            return sessions.client("organizations", region).list_accounts(MaxResults=20, **more)

        answer = await sessions.call(attempt, listed, credentials=None)
        if answer is None:
            raise ReadError(
                say("organizations:ListAccounts found no organization"),
                enable=say("ask who manages it"),
            )
        for account in answer["Accounts"]:
            if _active(account):
                found[account["Id"]] = Member(id=account["Id"], name=str(account.get("Name") or ""))
        token = answer.get("NextToken")
        if token is None or len(found) >= MOST:
            break
    return Members(items=tuple(found.values())[:MOST], complete=token is None)


def _active(account: Any) -> bool:
    """Whether an account is in use. `State` takes the place of `Status`, which AWS retired in September 2026.

    Source: AWS Organizations API Reference, data type Account.
    """
    return bool((account.get("State") or account.get("Status")) == "ACTIVE")
