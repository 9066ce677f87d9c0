"""A real PostgreSQL for sweeps that processes share."""

from __future__ import annotations

from tests.bot.conftest import postgresql

__all__ = ["postgresql"]
