"""The kinds of fixes."""

from __future__ import annotations

from enum import StrEnum


class FixKind(StrEnum):
    """What a fix does, as the rules of the fleet file name it."""

    ANNOTATE = "annotate"
    RESTART = "restart"
    TRUST_POLICY = "trust_policy"
    PROVIDER = "provider"
