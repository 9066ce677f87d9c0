"""The `irsa` command line."""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import typer

from bot.cli import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterable


def command_line(commands: Iterable[str] = COMMANDS) -> typer.Typer:
    """The application with these subcommands.

    AWS's and Slack's libraries take a second to import, so a run loads only what it was asked for.
    """
    made = typer.Typer(
        name="irsa",
        help="Finds why a pod on Amazon EKS cannot assume its IAM role, and fixes it.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @made.callback()
    def irsa() -> None:
        """Finds why a pod on Amazon EKS cannot assume its IAM role, and fixes it."""

    for name in commands:
        import_module(f"bot.cli.{name}").register(made)
    return made


def __getattr__(name: str) -> typer.Typer:
    """Give `app`, with every subcommand, to whoever imports it."""
    if name == "app":
        return command_line()
    raise AttributeError(name)


def end_on_sigterm() -> None:
    """As process 1 of a container, end when told to.

    The kernel keeps SIGTERM from a process 1 that has no handler for it, so that the container would be killed only
    after its grace period. `irsa serve` puts its own in this one's place.
    Source: pid_namespaces(7), "The namespace init process".
    """
    if os.getpid() == 1:
        signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))


def main() -> None:
    """Run the command line."""
    end_on_sigterm()
    asked = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    # Modules are made to stay: looking for garbage among them is a tenth of the start.
    gc.disable()
    made = command_line([asked] if asked in COMMANDS else COMMANDS)
    gc.freeze()
    gc.enable()
    made()


if __name__ == "__main__":
    main()
