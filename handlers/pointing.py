"""Which part of which incident a button is about, as its value says it; what was not written here is the first."""

from __future__ import annotations

from diagnostics.text.whole_number import whole_number


def to_diagnosis(incident_id: str, position: int) -> str:
    """The value of what is about one of an incident's diagnoses."""
    return f"{incident_id}.{position}" if position else incident_id


def to_candidate(incident_id: str, index: int) -> str:
    """The value of what is about one of the candidates that an incident's question shows."""
    return f"{incident_id}:{index}"


def incident_in(value: str) -> str:
    """The incident's ID in a value."""
    return value.partition(".")[0].partition(":")[0]


def diagnosis_in(value: str) -> int:
    """Which diagnosis a value is about, from 0."""
    return whole_number(value.partition(".")[2], digits=2) or 0


def candidate_in(value: str) -> int | None:
    """Which candidate a value is about, from 0; None where it says none."""
    return whole_number(value.partition(":")[2], digits=4)
