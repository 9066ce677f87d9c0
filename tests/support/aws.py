"""moto in server mode, and the environment of a process that takes some address for AWS."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from moto.server import ThreadedMotoServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def moto_running() -> Iterator[str]:
    """Run moto on a free port of this machine; gives its URL."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def aws_at(url: str, **more: str) -> dict[str, str]:
    """The environment of a process for which AWS is at a URL, with credentials that anybody may know."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        **more,
    }
