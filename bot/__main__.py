"""The `irsa` command line."""

from __future__ import annotations

import typer

from bot.cli import COMMANDS

app = typer.Typer(
    name="irsa",
    help="Finds why a pod on Amazon EKS cannot assume its IAM role, and fixes it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def irsa() -> None:
    """Finds why a pod on Amazon EKS cannot assume its IAM role, and fixes it."""


for _register in COMMANDS:
    _register(app)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
