"""A sweep's report as somebody may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sweep.document import Sums
from diagnostics.result import Severity

if TYPE_CHECKING:
    from bot.sweep.document import Found, SweepDocument
    from diagnostics.fleet import Fleet
    from handlers.reach import Reach


def narrowed(document: SweepDocument, reach: Reach, fleet: Fleet) -> SweepDocument:
    """The report without what is kept from the reader; numbers of the whole fleet go with it."""
    if not reach.is_limited:
        return document
    seen = reach.of(fleet)
    clusters = {c.name for c in seen.clusters}
    accounts = {a.id for a in seen.accounts}

    def kept(finding: Found) -> bool:
        in_cluster = finding.cluster is None or finding.cluster in clusters
        return in_cluster and (finding.account in accounts) and reads_role(finding)

    def reads_role(finding: Found) -> bool:
        arn = finding.role_arn
        return arn is None or not arn.startswith("arn:") or reach.reads_role(arn, fleet)

    findings = tuple(f for f in document.findings if kept(f))
    places = {f"cluster {name}" for name in clusters} | {f"account {number}" for number in accounts}
    broken = {
        (f.cluster, f.namespace, f.service_account)
        for f in findings
        if f.severity is Severity.CAUSE and f.service_account
    }
    causes = sum(1 for f in findings if f.severity is Severity.CAUSE)
    return document.model_copy(
        update={
            "findings": findings,
            "gone": tuple(f for f in document.gone if kept(f)),
            "not_read": tuple(u for u in document.not_read if u.where in places),
            "history": (),
            "sums": Sums(
                accounts=len(accounts),
                clusters=len(clusters),
                broken=len(broken),
                causes=causes,
                risks=len(findings) - causes,
            ),
        }
    )
