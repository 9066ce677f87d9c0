"""The `irsa` command, one file per subcommand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.cli import (
    audit,
    demo,
    diagnose,
    fleet,
    inventory,
    lint,
    manifest,
    preflight,
    recognize,
    serve,
    sweep,
    trust,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import typer

COMMANDS: Final[tuple[Callable[[typer.Typer], None], ...]] = (
    diagnose.register,
    trust.register,
    recognize.register,
    lint.register,
    sweep.register,
    serve.register,
    demo.register,
    fleet.register,
    inventory.register,
    audit.register,
    preflight.register,
    manifest.register,
)
"""What adds each subcommand, in the order of `irsa --help`."""
