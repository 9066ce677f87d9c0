"""A long diff as a file in the thread, beside the excerpt in the reply: needs the optional scope files:write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import structlog

from handlers.render.shorten import excerpt
from handlers.slack_trouble import SLACK_TROUBLE, error_name

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from diagnostics.fix.correction import PolicyCorrection
    from handlers.incident import Incident

_log = structlog.get_logger("irsa.slack")
_ODD: Final = re.compile(r"[^A-Za-z0-9_.-]")
_MOST: Final = 100_000
"""Characters; IAM's own limit for a policy is far below."""


async def attach_diff(
    client: AsyncWebClient, incident: Incident, correction: PolicyCorrection | None
) -> bool:
    """Put the whole diff into the thread where the reply shows a part; whether it is there.

    Where Slack refuses it, the dialog behind Show all checks has it all the same.
    """
    if correction is None or incident.spot.thread_ts is None or incident.reply_ts is None:
        return False
    if not excerpt(correction.diff)[1]:
        return False
    role = correction.role_arn.rpartition("/")[2]
    try:
        await client.files_upload_v2(
            content=correction.diff[:_MOST],
            filename=f"trust-policy-{_ODD.sub('-', role)[:64]}.diff",
            title=f"Trust policy of {role}, corrected",
            snippet_type="diff",
            channel=incident.spot.channel,
            thread_ts=incident.spot.thread_ts,
        )
    except SLACK_TROUBLE as error:
        _log.info("diff not attached", error=error_name(error))
        return False
    return True
