"""Judge every binding of the fleet from lists read once: per cluster, per account, joined in memory."""

from __future__ import annotations

from diagnostics.sweep.finding import ClusterResult, Rule, SweepFinding, Unread, rule
from diagnostics.sweep.readers import AccountFacts, ClusterObjects, SweepReader
from diagnostics.sweep.run import Progress, SweepResult, sweep

__all__ = [
    "AccountFacts",
    "ClusterObjects",
    "ClusterResult",
    "Progress",
    "Rule",
    "SweepFinding",
    "SweepReader",
    "SweepResult",
    "Unread",
    "rule",
    "sweep",
]
