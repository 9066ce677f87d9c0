"""The keys of service account tokens: those with which the cluster signs, and those that the issuer publishes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedKeys:
    """What the issuer publishes: its discovery document and the IDs of its keys."""

    issuer: str
    key_ids: frozenset[str] = frozenset()
    fault: str | None = None
    """Why AWS can't use it, in one clause; None where both documents are in order."""
    place: str = ""
    """URL of the document that has the fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeys:
    """IDs of the keys with which the cluster signs its tokens."""

    key_ids: frozenset[str] = frozenset()
