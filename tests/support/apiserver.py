"""A real Kubernetes API server for tests: etcd, kube-apiserver and kube-controller-manager on free loopback ports.

The binaries are where KUBEBUILDER_ASSETS points (for example `setup-envtest use -p path`).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

BINARIES = ("etcd", "kube-apiserver", "kube-controller-manager")
CONTROLLERS = "deployment,replicaset,daemonset,statefulset,job,cronjob,serviceaccount,garbagecollector,namespace"
ISSUER = "https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"
START_SECONDS = 60.0


def missing_assets(environ: Mapping[str, str]) -> str | None:
    """Say why there can be no real API server here; None where there can."""
    folder = environ.get("KUBEBUILDER_ASSETS")
    if not folder:
        return "KUBEBUILDER_ASSETS is unset: no real kube-apiserver to test against"
    lacking = [name for name in BINARIES if not (Path(folder) / name).is_file()]
    if lacking:
        return f"KUBEBUILDER_ASSETS={folder} lacks {', '.join(lacking)}"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody whom the API server knows by a static token."""

    token: str
    name: str
    groups: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Its line in the token file; several groups stand in quotes."""
        return f'{self.token},{self.name},{self.name},"{",".join(self.groups)}"\n'


ADMIN = User(token="admin-token", name="admin", groups=("system:masters",))


class ControlPlane:
    """An API server with its controllers, as an async context manager. One start takes about 5 s.

    Args:
        issuer: `iss` of the service account tokens.
        authenticator_url: Token webhook (TokenReview v1) that is asked for tokens that are not static ones:
            what aws-iam-authenticator is to EKS.
        users: Further static tokens, beside the admin's.
        service_account_admission: Whether the ServiceAccount admission plugin runs (mutating webhooks do anyway).
        assets: Folder of the binaries; default: KUBEBUILDER_ASSETS.
    """

    def __init__(
        self,
        *,
        issuer: str = ISSUER,
        authenticator_url: str | None = None,
        users: Sequence[User] = (),
        service_account_admission: bool = False,
        assets: Path | None = None,
    ) -> None:
        self.issuer = issuer
        self.authenticator_url = authenticator_url
        self.users = (ADMIN, *users)
        self.service_account_admission = service_account_admission
        self.assets = assets or Path(os.environ["KUBEBUILDER_ASSETS"])
        self.admin_token = ADMIN.token
        self.url = ""
        self.ca_pem = ""
        self._folder = Path()
        self._processes: list[asyncio.subprocess.Process] = []
        self._logs: list[IO[bytes]] = []
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="irsa-apiserver-"))
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        content_type: str = "application/json",
    ) -> Any:
        """Call the API, as the admin unless another token is given; the decoded answer.

        Raises:
            aiohttp.ClientResponseError: The answer is no success.
        """
        if self._session is None:
            context = ssl.create_default_context(cadata=self.ca_pem)
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context))
        async with self._session.request(
            method,
            self.url + path,
            data=None if body is None else json.dumps(body),
            headers={
                "Authorization": f"Bearer {token or self.admin_token}",
                "Content-Type": content_type,
            },
        ) as answer:
            text = await answer.text()
            if not answer.ok:
                raise aiohttp.ClientResponseError(
                    answer.request_info, answer.history, status=answer.status, message=text[:500]
                )
            return json.loads(text) if text else None

    async def create(self, path: str, *objects: Any) -> list[Any]:
        """Create objects in a collection, such as /api/v1/namespaces."""
        return [await self.request("POST", path, body) for body in objects]

    async def stop(self) -> None:
        """End everything and remove its files."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(30):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        self._processes.clear()
        for log in self._logs:
            log.close()
        self._logs.clear()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _start(self) -> None:
        with _free_ports(4) as ports:
            client, peer, api, manager = ports
        etcd = f"http://127.0.0.1:{client}"
        await self._run(
            "etcd",
            f"--data-dir={self._folder / 'etcd'}",
            f"--listen-client-urls={etcd}",
            f"--advertise-client-urls={etcd}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-cluster=default=http://127.0.0.1:{peer}",
            "--unsafe-no-fsync",
        )
        await self._answering(f"{etcd}/health", None)
        self.url = f"https://127.0.0.1:{api}"
        await self._keys()
        await self._run("kube-apiserver", *self._api_flags(etcd, api))
        certificate = self._folder / "certs" / "apiserver.crt"
        while not certificate.exists():
            self._still_running()
            await asyncio.sleep(0.05)
        context = await self._trusting(certificate)
        await self._answering(f"{self.url}/readyz", context)
        await self._run(
            "kube-controller-manager",
            f"--kubeconfig={self._kubeconfig()}",
            f"--service-account-private-key-file={self._folder / 'sa.key'}",
            "--leader-elect=false",
            f"--controllers={CONTROLLERS}",
            "--bind-address=127.0.0.1",
            "--port=0",
            f"--secure-port={manager}",
            f"--cert-dir={self._folder / 'manager'}",
        )
        await self._default_account()

    def _api_flags(self, etcd: str, port: int) -> list[str]:
        tokens = self._folder / "tokens.csv"
        tokens.write_text("".join(user.line for user in self.users))
        flags = [
            f"--etcd-servers={etcd}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            f"--secure-port={port}",
            f"--cert-dir={self._folder / 'certs'}",
            f"--service-account-key-file={self._folder / 'sa.pub'}",
            f"--service-account-signing-key-file={self._folder / 'sa.key'}",
            f"--service-account-issuer={self.issuer}",
            "--api-audiences=https://kubernetes.default.svc,sts.amazonaws.com",
            "--authorization-mode=RBAC",
            f"--token-auth-file={tokens}",
            "--service-cluster-ip-range=10.0.0.0/24",
        ]
        if not self.service_account_admission:
            flags.append("--disable-admission-plugins=ServiceAccount")
        if self.authenticator_url is not None:
            webhook = self._folder / "authenticator.json"
            webhook.write_text(json.dumps(_webhook_config(self.authenticator_url)))
            flags += [
                f"--authentication-token-webhook-config-file={webhook}",
                "--authentication-token-webhook-version=v1",
                "--authentication-token-webhook-cache-ttl=0s",
            ]
        return flags

    async def _keys(self) -> None:
        key, public = self._folder / "sa.key", self._folder / "sa.pub"
        for command in (
            ("openssl", "genrsa", "-out", str(key), "2048"),
            ("openssl", "rsa", "-in", str(key), "-pubout", "-out", str(public)),
        ):
            process = await asyncio.create_subprocess_exec(
                *command,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            if await process.wait() != 0:
                raise RuntimeError(f"{' '.join(command)} failed")

    def _kubeconfig(self) -> Path:
        path = self._folder / "admin.kubeconfig"
        path.write_text(json.dumps(self.kubeconfig()))
        return path

    def kubeconfig(self, token: str | None = None) -> Any:
        """A kubeconfig for a token; the admin's by default."""
        certificate = self._folder / "certs" / "apiserver.crt"
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [
                {
                    "name": "test",
                    "cluster": {"server": self.url, "certificate-authority": str(certificate)},
                }
            ],
            "users": [{"name": "test", "user": {"token": token or self.admin_token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        }

    async def _run(self, name: str, *flags: str) -> None:
        log = (self._folder / f"{name}.log").open("wb")
        self._logs.append(log)
        self._processes.append(
            await asyncio.create_subprocess_exec(
                str(self.assets / name), *flags, stdout=log, stderr=log, cwd=self._folder
            )
        )

    def _still_running(self) -> None:
        for process, log in zip(self._processes, self._logs, strict=True):
            if process.returncode is not None:
                said = Path(log.name).read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{Path(log.name).stem} ended: {said}")

    async def _trusting(self, certificate: Path) -> ssl.SSLContext:
        """Trust the certificate that the API server made for itself; it may be half written at first."""
        while True:
            self._still_running()
            self.ca_pem = await asyncio.to_thread(certificate.read_text)
            with contextlib.suppress(ssl.SSLError, ValueError):
                return ssl.create_default_context(cadata=self.ca_pem)
            await asyncio.sleep(0.05)

    async def _answering(self, url: str, context: ssl.SSLContext | None) -> None:
        headers = {"Authorization": f"Bearer {self.admin_token}"}
        timeout = aiohttp.ClientTimeout(total=2)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(url, ssl=context or True) as answer:
                        if answer.status == 200:
                            return
                self._still_running()
                await asyncio.sleep(0.1)

    async def _default_account(self) -> None:
        """The controllers run when they have made the default service account."""
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                await self.request("GET", "/api/v1/namespaces/default/serviceaccounts/default")
                return
            self._still_running()
            await asyncio.sleep(0.1)


def _webhook_config(url: str) -> Any:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "webhook",
        "clusters": [{"name": "authenticator", "cluster": {"server": url}}],
        "users": [{"name": "apiserver", "user": {}}],
        "contexts": [
            {"name": "webhook", "context": {"cluster": "authenticator", "user": "apiserver"}}
        ],
    }


@contextlib.contextmanager
def _free_ports(count: int) -> Iterator[list[int]]:
    """Ports that were free a moment ago."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        yield [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def control_plane(*, issuer: str, authenticator_url: str) -> ControlPlane:
    """An API server that a world may start for a cluster."""
    return ControlPlane(issuer=issuer, authenticator_url=authenticator_url)
