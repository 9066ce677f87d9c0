"""`aws … --output text` to the answer that it was made from, where the lines still say enough.

The form drops the names of single values. A provider, a list of providers and a cluster can be told by their values;
a trust policy can't, since the condition's keys are gone.

Source: AWS CLI, `awscli/text.py`.
"""

from __future__ import annotations

import re
from typing import Any, Final

from bot.evidence.fault import EvidenceError

_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]{5})")
_CLUSTER_ARN: Final = re.compile(r"arn:aws[a-z-]*:eks:[^:]+:[0-9]{12}:cluster/([\w-]+)")
_STATES: Final = frozenset(("CREATING", "ACTIVE", "DELETING", "FAILED", "UPDATING", "PENDING"))
_VERSION: Final = re.compile(r"1\.[0-9]{2}")


def of_text(file: str, text: str) -> dict[str, Any]:
    """Read the text form.

    Raises:
        EvidenceError: The form does not hold what is needed.
    """
    rows = [line.rstrip("\r").split("\t") for line in text.splitlines() if line.strip()]
    first = rows[0][0].strip()
    if first == "ROLE":
        raise EvidenceError(
            f"{file}: --output text drops the condition keys of a trust policy; use --output json"
        )
    if first == "OPENIDCONNECTPROVIDERLIST":
        return {
            "OpenIDConnectProviderList": [
                {"Arn": row[1]} for row in rows if row[0] == first and len(row) > 1
            ]
        }
    if first == "CLUSTER":
        return {"cluster": _cluster(file, rows)}
    return {
        "Url": next((cell for cell in rows[0] if not _TIME.fullmatch(cell.strip())), ""),
        "CreateDate": next((cell for cell in rows[0] if _TIME.fullmatch(cell.strip())), None),
        "ClientIDList": [row[1] for row in rows if row[0] == "CLIENTIDLIST" and len(row) > 1],
        "ThumbprintList": [row[1] for row in rows if row[0] == "THUMBPRINTLIST" and len(row) > 1],
    }


def _cluster(file: str, rows: list[list[str]]) -> dict[str, Any]:
    cells = rows[0][1:]
    arn = next((cell for cell in cells if _CLUSTER_ARN.fullmatch(cell)), None)
    if arn is None:
        raise EvidenceError(f"{file}: the cluster's ARN is not in it; use --output json")
    issuer = next((row[1] for row in rows if row[0] == "OIDC" and len(row) > 1), None)
    return {
        "arn": arn,
        "name": arn.rpartition("/")[2],
        "identity": {"oidc": {"issuer": issuer}},
        "status": next((cell for cell in cells if cell in _STATES), None),
        "version": next((cell for cell in cells if _VERSION.fullmatch(cell)), None),
        "createdAt": next((cell for cell in cells if _TIME.fullmatch(cell)), None),
    }
