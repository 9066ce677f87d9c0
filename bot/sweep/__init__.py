"""What `irsa sweep` does around the engine: reads the fleet, keeps what is done, writes reports."""

from __future__ import annotations

from bot.sweep.document import SweepDocument, document_of, read_document
from bot.sweep.reading import SWEEP_LIMITS, FleetSweepReader
from bot.sweep.state import StateError, SweepState

__all__ = [
    "SWEEP_LIMITS",
    "FleetSweepReader",
    "StateError",
    "SweepDocument",
    "SweepState",
    "document_of",
    "read_document",
]
