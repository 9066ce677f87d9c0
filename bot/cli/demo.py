"""`irsa demo`: the whole world on this machine, no account anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.manifest import manifest_text
from bot.streams import why_of


def demo(
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="Port of the page.")
    ] = 8100,
    *,
    socket_mode: Annotated[
        bool, typer.Option("--socket-mode", help="Deliver by Socket Mode instead of HTTP.")
    ] = False,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the bot's log to this file.")
    ] = None,
) -> None:
    """Start AWS, Kubernetes and Slack on loopback with the real bot, and a page to try it in.

    The failures on the page are real states of that world. Ctrl-C stops everything.
    Exit status: 0 stopped, 2 it can't start here.
    """
    try:
        from sandbox.stage import Play, Stage, StageError  # noqa: PLC0415  an optional extra
        from sandbox.world import World  # noqa: PLC0415  the demo alone needs it
    except ModuleNotFoundError as error:
        _refuse(f"the demo needs {error.name}; install it with: pip install 'irsa-doctor[demo]'")
    play = Play(
        bot=(sys.executable, "-m", "bot", "serve"),
        manifest=manifest_text(),
        transport="socket" if socket_mode else "http",
        port=port,
        log=log,
    )

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        started = loop.time()
        typer.echo("Starting AWS accounts, Kubernetes clusters, Slack and the bot on 127.0.0.1 …")
        stage = Stage(play, World())
        opening = asyncio.create_task(stage.__aenter__())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not opening.done():
            opening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await opening
            return
        await opening
        try:
            typer.echo(f"Ready after {loop.time() - started:.1f} s. Open {stage.url}")
            typer.echo("Choose a failure under “Try a failure”, or paste an error of your own.")
            typer.echo("Ctrl-C stops everything.")
            await _until(stop, stage)
        finally:
            typer.echo("Stopping …")
            await stage.__aexit__(None, None, None)

    async def _until(stop: asyncio.Event, stage: Stage) -> None:
        assert stage.bot is not None
        ended = asyncio.create_task(stage.bot.wait())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            tail = stage.log.read_text(encoding="utf-8", errors="replace")[-2_000:]
            raise StageError(f"the bot ended by itself; its log ends in:\n{tail}")
        ended.cancel()

    try:
        asyncio.run(run())
    except StageError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(
            f"127.0.0.1:{port} can't be listened on ({why_of(error)}). "
            "Choose another port: irsa demo --port 8101 (or make demo DEMO='--port 8101')."
        )


def _refuse(words: str) -> NoReturn:
    typer.echo(f"irsa demo: {words}", err=True)
    raise typer.Exit(2)


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    app.command(short_help="Try everything on this machine, without any account.")(demo)
