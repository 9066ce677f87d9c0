"""`irsa serve`: both transports, the process from its start to SIGTERM, and what it says when it cannot run."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sqlite3
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import yaml
from typer.testing import CliRunner

from bot.__main__ import app
from bot.app import Options, serving
from bot.serve_socket import Socket
from tests.bot.town import MINJI, OMAR, ONCALL, PASTE, labels, shown, unfinished
from tests.conftest import ROOT
from tests.engine.fleet_double import DoubleClients
from tests.engine.healthy import ROLE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.service import Service
    from tests.bot.town import Town

FLEET = {
    "version": 1,
    "accounts": [{"id": "111122223333", "name": "shared"}],
    "clusters": [{"name": "prod-eu", "account": "shared", "region": "eu-west-1"}],
}


@asynccontextmanager
async def in_socket_mode(town: Town) -> AsyncIterator[Service]:
    app = town.slack.workspace.app
    options = Options(
        bot_token=app.bot_token,
        api_url=town.slack.api_url,
        database_url=town.database,
        follow=(0.01,),
        pace=0.0,
    )
    async with serving(options, town.file, DoubleClients(town.world), now=town.clock) as service:
        handler = Socket(service, app.app_token)
        await handler.open()
        town.slack.deliver_by_socket()
        await town.slack.workspace.sockets.connected(1)
        try:
            yield service
        finally:
            await town.slack.workspace.delivery.settle()
            await handler.close()


async def settled(town: Town, service: Service) -> None:
    async with asyncio.timeout(30):
        await town.slack.workspace.delivery.settle()
        while service.runner.busy or await unfinished(service.store):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_the_main_job_works_in_socket_mode(town: Town) -> None:
    async with in_socket_mode(town) as service:
        ts = town.driver.post_as(MINJI, ONCALL, PASTE)
        await settled(town, service)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        await town.driver.submit(OMAR, {})
        await settled(town, service)

    assert town.world.accounts[0].role_arn == ROLE
    assert "Done*  Set the annotation" in shown(town.reply(ts))


async def test_an_event_that_is_not_acknowledged_in_socket_mode_comes_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_socket_mode(town) as service:
        kind = type(service.store.inbox)
        real, failures = kind.paste, iter([True] + [False] * 9)

        async def failing(*arguments: Any) -> Any:
            if next(failures):
                raise OSError("disk full")
            return await real(*arguments)

        monkeypatch.setattr(kind, "paste", failing)
        ts = town.driver.post_as(MINJI, ONCALL, PASTE)
        await settled(town, service)

    assert labels(town.reply(ts))


# -- the process ---------------------------------------------------------------------------------


def environment(tmp_path: Path, **variables: str) -> dict[str, str]:
    fleet = tmp_path / "fleet.yaml"
    fleet.write_text(yaml.safe_dump(FLEET), encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "IRSA_", "AWS_"))}
    return kept | {
        "IRSA_FLEET_FILE": str(fleet),
        "IRSA_DATABASE_URL": f"sqlite:///{tmp_path}/bot.db",
        "IRSA_HTTP_PORT": str(_free_port()),
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        **variables,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_the_process_answers_and_ends_well_on_sigterm(
    town: Town, tmp_path: Path, mode: str
) -> None:
    slack = town.slack.workspace.app
    transport = (
        {"SLACK_APP_TOKEN": slack.app_token}
        if mode == "socket"
        else {"SLACK_SIGNING_SECRET": slack.signing_secret}
    )
    variables = environment(
        tmp_path,
        SLACK_BOT_TOKEN=slack.bot_token,
        SLACK_API_URL=town.slack.api_url,
        **transport,
    )
    base = f"http://127.0.0.1:{variables['IRSA_HTTP_PORT']}"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "serve",
        cwd=ROOT,
        env=variables,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        async with asyncio.timeout(30):
            while b"Ready." not in (line := await process.stderr.readline()):
                assert line, "the process ended before it was ready"
        if mode == "http":
            town.slack.deliver_by_http(f"{base}/slack/events")
        else:
            town.slack.deliver_by_socket()
        async with aiohttp.ClientSession() as session, session.get(f"{base}/readyz") as ready:
            assert (await ready.json())["status"] == "ready"
        town.driver.post_as(MINJI, ONCALL, "Who is up for lunch?")
        ts = town.driver.post_as(MINJI, ONCALL, f"prod-eu cluster=prod-eu {PASTE}")
        await town.driver.wait_for(
            lambda: [m for m in town.replies(ts) if m.bot_id], timeout=30, what="the reply"
        )
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        _, log = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 0
    assert b'"event": "stopping"' in log
    assert b"Traceback" not in log, log.decode()
    _one_search_finds_it_all(log)


def _one_search_finds_it_all(log: bytes) -> None:
    """By the trace of a delivery: the event, its job, each call to AWS and Kubernetes, and what it came to."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith(b"{")]
    (event,) = (line for line in lines if line["event"] == "delivery")
    found = [line for line in lines if line.get("trace") == event["trace"]]

    assert event["trace"].startswith("Ev")
    assert event["kind"] == "message"
    assert {"delivery", "call", "diagnosed", "job done"} <= {line["event"] for line in found}
    (done,) = (line for line in found if line["event"] == "job done")
    assert done["task"] == "diagnose"
    calls = [line for line in found if line["event"] == "call"]
    assert {"sts", "eks"} & {line["service"] for line in calls}
    assert all(line["incident_id"] == done["incident_id"] for line in calls)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "SLACK_BOT_TOKEN: not set"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN: not set, nor is SLACK_SIGNING_SECRET"),
        (
            {
                "SLACK_BOT_TOKEN": "xoxb-1",
                "SLACK_APP_TOKEN": "xapp-1",
                "SLACK_SIGNING_SECRET": "8f742231b10e8888",
            },
            "SLACK_SIGNING_SECRET: set beside SLACK_APP_TOKEN",
        ),
        (
            {
                "SLACK_BOT_TOKEN": "xoxb-1",
                "SLACK_APP_TOKEN": "xapp-1",
                "SLACK_API_URL": "http://127.0.0.1:9/api/",
            },
            "Slack does not accept SLACK_BOT_TOKEN",
        ),
        (
            {
                "SLACK_BOT_TOKEN": "xoxb-1",
                "SLACK_APP_TOKEN": "xapp-1",
                "IRSA_FLEET_FILE": "/nonexistent/fleet.yaml",
            },
            "/nonexistent/fleet.yaml",
        ),
    ],
)
def test_what_keeps_it_from_running_is_said_in_words(
    tmp_path: Path, variables: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [n for n in os.environ if n.startswith(("SLACK_", "IRSA_"))]:
        monkeypatch.delenv(name)
    result = CliRunner().invoke(app, ["serve"], env=environment(tmp_path, **variables))

    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


async def test_a_wrong_app_token_and_a_taken_port_are_said_in_words(
    town: Town, tmp_path: Path
) -> None:
    slack = town.slack.workspace.app
    given = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": town.slack.api_url}
    wrong = environment(tmp_path, SLACK_APP_TOKEN="xapp-wrong", **given)
    taken = environment(
        tmp_path,
        SLACK_SIGNING_SECRET=slack.signing_secret,
        IRSA_HTTP_PORT=str(town.slack.port),
        **given,
    )

    assert b"Slack does not accept SLACK_APP_TOKEN" in await _output(wrong)
    assert b"can't be listened on" in await _output(taken)


async def test_an_older_version_leaves_a_newer_database_alone(town: Town, tmp_path: Path) -> None:
    slack = town.slack.workspace.app
    with sqlite3.connect(tmp_path / "bot.db") as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('9000')")
    variables = environment(
        tmp_path,
        SLACK_SIGNING_SECRET=slack.signing_secret,
        SLACK_BOT_TOKEN=slack.bot_token,
        SLACK_API_URL=town.slack.api_url,
    )

    said = await _output(variables)

    assert b"the database is that of a newer version (schema 9000" in said
    assert b"Traceback" not in said


async def _output(variables: dict[str, str]) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "serve",
        cwd=ROOT,
        env=variables,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await asyncio.wait_for(process.communicate(), 30)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 2
    return said
