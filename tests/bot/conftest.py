"""A town for each test, on whatever database and by whatever transport the test asks for."""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from bot.fleet_file import Approver, Channel, FleetFile
from bot.log import configure
from sandbox.slack import SlackServer, app_from_manifest, demo_workspace
from tests.bot import postgres
from tests.bot.town import GROUP, ONCALL, PARTNER, QUICK, Clock, Town, broken
from tests.conftest import ROOT
from tests.engine.fleet_double import DoubleWriter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _plain_log() -> Iterator[None]:
    """As in the process: no drawn tracebacks, which take seconds for values as deep as ours."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure(level="info", form="json")
    root.handlers[:] = handlers
    yield
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """Makes empty databases on a real server."""
    folder = postgres.binaries()
    if folder is None:
        pytest.skip(postgres.NOT_HERE)
    with postgres.running(folder) as address:
        numbers = itertools.count()
        yield lambda: postgres.create(folder, address, f"bot{next(numbers)}")


@pytest.fixture
def transport() -> str:
    """How Slack delivers; parametrize it (`IN_BOTH`) to run a test both ways."""
    return "http"


@pytest.fixture
def engine() -> str:
    """Which database; parametrize it to run a test on both."""
    return "sqlite"


@pytest.fixture
def database(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if engine == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("postgresql")
        return make()
    return f"sqlite+aiosqlite:///{tmp_path}/bot.db"


@pytest.fixture
async def town(database: str, transport: str) -> AsyncIterator[Town]:
    manifest = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    app = app_from_manifest(manifest)
    world = broken()
    file = FleetFile(
        fleet=world.fleet,
        channels=tuple(
            Channel(id=c, cluster="prod-eu", namespace="payments") for c in (ONCALL, PARTNER)
        ),
        alert_bots=frozenset({"B0ALERTS01"}),
        approvers=(Approver(groups=frozenset({GROUP})),),
    )
    async with SlackServer(demo_workspace(app, timing=QUICK)) as slack:
        yield Town(
            slack=slack,
            world=world,
            file=file,
            database=database,
            clock=Clock(),
            transport=transport,
        )


@pytest.fixture
def annotated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The role of every annotation that gets written, in order."""
    roles: list[str] = []
    real = DoubleWriter.annotate_service_account

    async def counted(self: DoubleWriter, **values: Any) -> Any:
        written = await real(self, **values)
        roles.append(values["after"])
        return written

    monkeypatch.setattr(DoubleWriter, "annotate_service_account", counted)
    return roles
