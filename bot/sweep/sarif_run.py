"""Findings as SARIF, placed by name, since clusters and accounts have no files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sarif import SarifPlace, SarifResult, sarif, told
from diagnostics.sweep import rule

if TYPE_CHECKING:
    from bot.sweep.document import Found, SweepDocument


def sarif_of(document: SweepDocument) -> dict[str, Any]:
    """The report as SARIF."""
    return sarif((_result(f) for f in document.findings), command="irsa sweep")


def _result(finding: Found) -> SarifResult:
    return SarifResult(
        code=finding.code,
        title=finding.title,
        why=rule(finding.code).why,
        severity=finding.severity,
        text=told(finding.headline, seen=finding.seen, wanted=finding.expected, fix=finding.fix),
        place=SarifPlace(name=_name(finding)),
        fingerprint=finding.key,
        new=finding.new,
    )


def _name(finding: Found) -> str:
    parts = [f"account {finding.account}"]
    if finding.cluster:
        parts.append(f"cluster {finding.cluster}")
    if finding.service_account:
        parts.append(f"serviceaccount {finding.namespace}/{finding.service_account}")
    elif finding.role_arn:
        parts.append(finding.role_arn)
    return "/".join(parts)
