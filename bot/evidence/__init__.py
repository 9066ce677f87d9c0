"""Evidence that a person hands over: the output of read-only commands, in place of reads of our own."""

from bot.evidence.bundle import Bundle, read_bundle
from bot.evidence.clients import EvidenceClients
from bot.evidence.fault import EvidenceError
from bot.evidence.fleet import cluster_of, fleet_of, hints_of

__all__ = [
    "Bundle",
    "EvidenceClients",
    "EvidenceError",
    "cluster_of",
    "fleet_of",
    "hints_of",
    "read_bundle",
]
