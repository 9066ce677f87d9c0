"""CloudTrail's record of a changed trust policy."""

from __future__ import annotations

import json
from datetime import datetime

from diagnostics.evidence import TrustChange


def trust_change(record: str) -> tuple[str, TrustChange] | None:
    """Read one record of UpdateAssumeRolePolicy: the role's name and the change; None where it failed.

    Source: CloudTrail record contents; IAM API reference, UpdateAssumeRolePolicy (roleName).
    """
    try:
        event = json.loads(record)
        at = datetime.fromisoformat(event["eventTime"])
        asked = event.get("requestParameters") or {}
        by = event.get("userIdentity") or {}
        if event.get("errorCode") or at.tzinfo is None:
            return None
        return str(asked["roleName"]), TrustChange(at=at, by=str(by.get("arn") or "")[:512])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
