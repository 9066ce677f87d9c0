"""The connections under all AWS clients: one trust store for all, where botocore reads it for each connection.

Botocore loads its 150 authorities (20 ms of processor time) into each client's context at each new connection, and a
cold diagnosis opens a dozen. `before-send` is its event for whoever wants to send a request himself.
Source: boto3 developer guide, "Extensibility guide"; botocore/endpoint.py, `_do_get_response`.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from botocore.exceptions import SSLError
from botocore.httpsession import URLLib3Session, create_urllib3_context, get_cert_path
from botocore.utils import get_environ_proxies

if TYPE_CHECKING:
    import ssl

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse


class _Trusting(URLLib3Session):
    """Botocore's HTTP session on a context that has its authorities already."""

    def __init__(self, context: ssl.SSLContext, **arguments: Any) -> None:
        self._context = context
        super().__init__(**arguments)

    def _get_ssl_context(self) -> ssl.SSLContext:
        return self._context

    def _setup_ssl_cert(self, conn: Any, url: str, verify: object) -> None:
        del url, verify
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = None  # they are in the context


class Connections:
    """Sends the requests of all clients of one session.

    Args:
        authorities: PEM file; None: those that botocore brings along.
        timeouts: Seconds to connect and to read.
        most: Connections kept for one host.
    """

    def __init__(self, authorities: str | None, timeouts: tuple[float, float], most: int) -> None:
        self._authorities = authorities or str(get_cert_path(verify=True))
        self._timeouts = timeouts
        self._most = most
        self._lock = threading.Lock()
        self._context: ssl.SSLContext | None = None
        self._sessions: dict[tuple[tuple[str, str], ...], _Trusting] = {}
        self._by_host: dict[str, _Trusting] = {}

    def prepare(self) -> None:
        """Read the authorities now. What fails, fails again at the first request."""
        with self._lock:
            self._trust()

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Send a request, and have its answer.

        Raises:
            botocore.exceptions.HTTPClientError: There is no answer; or the authorities can't be read (SSLError).
        """
        host = request.url.split("/", 3)[2]
        session = self._by_host.get(host)
        if session is None:
            with self._lock:
                try:
                    session = self._by_host[host] = self._open(request.url)
                except OSError as error:
                    raise SSLError(endpoint_url=request.url, error=error) from error
        return session.send(request)

    def close(self) -> None:
        """Close the connections that nobody uses."""
        with self._lock:
            for session in self._sessions.values():
                session.close()

    def _open(self, url: str) -> _Trusting:
        """One session for each set of proxies: NO_PROXY may name this host."""
        proxies: dict[str, str] = get_environ_proxies(url)
        key = tuple(sorted(proxies.items()))
        if key not in self._sessions:
            self._sessions[key] = _Trusting(
                self._trust(),
                verify=self._authorities,
                proxies=proxies,
                timeout=self._timeouts,
                max_pool_connections=self._most,
            )
        return self._sessions[key]

    def _trust(self) -> ssl.SSLContext:
        if self._context is None:
            context: ssl.SSLContext = create_urllib3_context()
            context.load_verify_locations(cafile=self._authorities)
            self._context = context
        return self._context
