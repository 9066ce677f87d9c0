"""Subjects of Kubernetes service accounts: `system:serviceaccount:<namespace>:<name>`.

Source: Kubernetes, "Managing Service Accounts" and "Object Names and IDs": a namespace is an RFC 1123 label, a service
account's name an RFC 1123 subdomain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME: Final = rf"{_LABEL}(?:\.{_LABEL})*"
_SUBJECT: Final = re.compile(rf"system:serviceaccount:({_LABEL}):({_NAME})", re.ASCII)
PREFIX: Final = "system:serviceaccount:"
_MAX: Final = 400


@dataclass(frozen=True, slots=True)
class Subject:
    """Namespace and name of a service account."""

    namespace: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a subject, or return None for what no token of Kubernetes carries."""
        if len(text) > _MAX:
            return None
        parts = _parts(text)
        return cls(*parts) if parts else None


@lru_cache(maxsize=1024)
def _parts(text: str) -> tuple[str, str] | None:
    match = _SUBJECT.fullmatch(text)
    return (match[1], match[2]) if match else None


def is_subject(text: str) -> bool:
    """Whether a service account can have this subject."""
    return len(text) <= _MAX and _parts(text) is not None


def looks_like_subject(text: str) -> bool:
    """Whether somebody meant a service account's subject, well formed or not."""
    folded = text.strip().lower()[:_MAX]
    return "serviceaccount" in folded or folded.startswith("system:") or "service-account" in folded


def nearness(one: str, other: str) -> int:
    """How many characters two values share at their start and end: enough to tell which was meant."""
    least = min(len(one), len(other))
    start = next((i for i in range(least) if one[i] != other[i]), least)
    rest = least - start
    end = next((i for i in range(rest) if one[-1 - i] != other[-1 - i]), rest)
    return start + end
