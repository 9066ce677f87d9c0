"""Of what kind a shard of a sweep is."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The kinds of shards, in the order in which they are done."""

    ISSUERS = "issuers"
    ACCOUNT = "account"
    CLUSTER = "cluster"
    END = "end"
