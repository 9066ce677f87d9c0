"""The `irsa` command line."""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperGroup

from bot.cli import COMMANDS
from bot.streams import ready, written

if TYPE_CHECKING:
    from collections.abc import Iterable


_HELP: Final = "Finds why a pod on Amazon EKS cannot assume its IAM role, and fixes it."
_PROCESSES: Final = ("serve", "demo")
"""Subcommands that go on running, and log as their settings say."""
_EXAMPLES: Final = """\b
Examples:
  kubectl logs deploy/api | irsa diagnose -
  irsa diagnose -n payments --service-account api
  irsa lint k8s/ terraform/
  irsa demo                    # AWS, Kubernetes and Slack on this machine
"""


class _Commands(TyperGroup):
    """Subcommands in the order of `COMMANDS`, with plain words for values that are refused."""

    def list_commands(self, ctx: Any) -> list[str]:
        found = super().list_commands(ctx)
        return sorted(found, key=lambda name: COMMANDS.index(name) if name in COMMANDS else 99)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


def _version(asked: bool) -> None:  # noqa: FBT001  typer calls it so
    if asked:
        typer.echo(f"irsa {version('irsa-doctor')}")
        raise typer.Exit


def command_line(commands: Iterable[str] = COMMANDS) -> typer.Typer:
    """The application with these subcommands.

    AWS's and Slack's libraries take a second to import, so a run loads only what it was asked for.
    """
    made = typer.Typer(
        name="irsa",
        cls=_Commands,
        help=_HELP,
        epilog=_EXAMPLES,
        context_settings={"help_option_names": ["--help", "-h"]},
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @made.callback()
    def irsa(
        *,
        _asked: Annotated[
            bool,
            typer.Option(
                "--version", "-V", callback=_version, is_eager=True, help="Show the version."
            ),
        ] = False,
    ) -> None:
        pass

    irsa.__doc__ = _HELP

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
    ready()
    with written():
        asked = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
        # Modules are made to stay: looking for garbage among them is a tenth of the start.
        gc.disable()
        made = command_line(_needed(asked))
        if asked not in _PROCESSES:
            _only_errors()
        gc.freeze()
        gc.enable()
        made()


def _only_errors() -> None:
    """Keep log lines out of what a command prints: each says what matters of them in its own words.

    Without a set-up, the library writes every line to standard output, into the middle of the JSON.
    """
    if "structlog" in sys.modules:
        import_module("bot.log").configure(level="error", form="text")


def _needed(asked: str | None) -> Iterable[str]:
    if asked in COMMANDS:
        return [str(asked)]
    return () if sys.argv[1:] in (["--version"], ["-V"]) else COMMANDS


if __name__ == "__main__":
    main()
