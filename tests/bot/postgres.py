"""A real PostgreSQL on loopback, made for one test session."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_HERE = (
    "PostgreSQL's server (initdb, postgres) is not installed; on Debian: apt-get install postgresql"
)


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, if they are installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    here = shutil.which("initdb")
    return None if here is None else Path(here).resolve().parent


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run a server; gives its URL without a database's name. It refuses to run as root, so root lends it a user."""
    user = _user()
    data = Path(tempfile.mkdtemp(prefix="irsa-pg-", dir="/tmp"))
    if user is not None:
        shutil.chown(data, user=user)
    init = [str(folder / "initdb"), "-D", str(data / "d"), "-U", "irsa", "-A", "trust", "--no-sync"]
    subprocess.run(init, check=True, capture_output=True, user=user, cwd=data)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = ["-p", str(port), "-h", "127.0.0.1", "-k", str(data), "-c", "fsync=off"]
    with (data / "log").open("wb") as log:
        server = subprocess.Popen(
            [folder / "postgres", "-D", data / "d", *settings],
            stdout=log,
            stderr=log,
            user=user,
            cwd=data,
        )
    try:
        _wait(folder, port)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(data, ignore_errors=True)


def create(folder: Path, address: str, name: str) -> str:
    """Make an empty database; its SQLAlchemy URL."""
    host, _, port = address.partition(":")
    made = [str(folder / "createdb"), "-h", host, "-p", port, "-U", "irsa", name]
    subprocess.run(made, check=True, capture_output=True)
    return f"postgresql+asyncpg://irsa@{address}/{name}"


def _wait(folder: Path, port: int) -> None:
    ready = [str(folder / "pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-t", "10"]
    for _ in range(200):
        if subprocess.run(ready, check=False, capture_output=True).returncode == 0:
            return
    raise RuntimeError("PostgreSQL did not start")


def _user() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None
