"""The authorities that a proof trusts STS by: read once, because 150 of them take 20 ms and half a megabyte.

Not the context of `Connections`: urllib3 compares host names itself and may switch `check_hostname` off on a context
that it is given, so a connection of aiohttp on the same one would trust a certificate of any host.
Source: urllib3/connection.py, `_ssl_wrap_socket_and_match_hostname`.
"""

from __future__ import annotations

import ssl
import threading


class TrustStore:
    """TLS for connections that check the host's name in the handshake, as aiohttp's do.

    Args:
        file: PEM file of authorities, as for AWS's other services; None: the system's.
    """

    def __init__(self, file: str | None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """Return the context that every connection shares. Blocks the first time.

        Raises:
            OSError: The file can't be read, or holds no certificate (ssl.SSLError).
        """
        with self._lock:
            if self._context is None:
                self._context = ssl.create_default_context(cafile=self._file)
            return self._context
