"""The `irsa` command, one file per subcommand, each imported only when it is asked for."""

from __future__ import annotations

from typing import Final

COMMANDS: Final = (
    "diagnose",
    "trust",
    "recognize",
    "lint",
    "sweep",
    "serve",
    "demo",
    "fleet",
    "inventory",
    "audit",
    "preflight",
    "manifest",
)
"""Subcommands, and the modules here that `register` them, in the order of `irsa --help`."""
