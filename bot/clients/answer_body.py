"""The body of an HTTP answer, whole or not at all: `StreamReader.read(n)` ends with the packet that came first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import StreamReader


async def first_bytes(content: StreamReader, most: int) -> bytes:
    """Read a body to its end, or its first `most` bytes where it is longer.

    Raises:
        aiohttp.ClientError: The connection broke before the body's end.
        TimeoutError: The session's time was up.
    """
    body = bytearray()
    while len(body) < most and (part := await content.read(most - len(body))):
        body += part
    return bytes(body)
