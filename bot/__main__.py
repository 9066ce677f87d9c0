"""The `irsa` command line."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="irsa",
    help="Finds why a pod on Amazon EKS cannot assume its IAM role, and fixes it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def irsa() -> None:
    """Finds why a pod on Amazon EKS cannot assume its IAM role, and fixes it."""


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
