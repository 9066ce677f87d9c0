"""The certificate authorities that AWS is trusted by: read once, because 150 of them take 20 ms and half a megabyte."""

from __future__ import annotations

import ssl
import threading


class TrustStore:
    """TLS for connections that check the host's name in the handshake.

    Args:
        file: PEM file of authorities; None: the system's.
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
