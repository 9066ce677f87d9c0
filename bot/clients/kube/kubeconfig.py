"""A cluster as a kubeconfig names it: loaded by `kubernetes.aio`, its credential plugin run within limits."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.config import exec_provider, kube_config
from kubernetes.aio.config.config_exception import ConfigException

from bot.clients.kube.endpoint import Endpoint
from bot.clients.kube.errors import short
from diagnostics.errors import ReadError
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

# The library has no types.
_exec_provider: Any = exec_provider
_kube_config: Any = kube_config

MOST_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeconfigEntry:
    """An endpoint and who we are there."""

    endpoint: Endpoint
    token: str | None = field(repr=False)
    user: str
    expires: datetime | None = None
    """When the token does, if the plugin says so."""


class _Loader(kube_config.KubeConfigLoader):
    """The library's loader swallows a plugin's failure and lets it run without end; this one does neither."""

    seconds = 10.0
    exec_expiry: datetime | None = None

    async def load_from_exec_plugin(self) -> bool:
        user: Any = self._user
        provider = _exec_provider.ExecProvider(user["exec"])
        status = await _run(provider, self.seconds)
        if "token" in status:
            self.token = f"Bearer {status['token']}"
        elif "clientCertificateData" in status and "clientKeyData" in status:
            self.cert_file = _file(status, "clientCertificateData")
            self.key_file = _file(status, "clientKeyData")
        else:
            raise ConfigException("its credential plugin printed neither token nor certificate")
        if expiry := status.get("expirationTimestamp"):
            self.exec_expiry = datetime.fromisoformat(expiry)
        return True


def _file(status: Mapping[str, Any], key: str) -> str:
    data = _kube_config.FileOrData(status, None, data_key_name=key, base64_file_content=False)
    name: str = data.as_file()
    return name


async def _run(provider: Any, seconds: float) -> dict[str, Any]:
    provider.env["KUBERNETES_EXEC_INFO"] = json.dumps(
        {
            "apiVersion": provider.api_version,
            "kind": "ExecCredential",
            "spec": {"interactive": False},
        }
    )
    process = await asyncio.create_subprocess_exec(
        *provider.args,
        env=provider.env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    command = provider.args[0]
    try:
        async with asyncio.timeout(seconds):
            out, errors = await process.communicate()
    except TimeoutError:
        raise ConfigException(f"its credential plugin {command} did not end in time") from None
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        said = short(errors.decode(errors="replace")) or "nothing"
        raise ConfigException(f"its credential plugin {command} failed and said: {said}")
    status = json.loads(out).get("status")
    if not isinstance(status, dict):
        raise ConfigException(f"its credential plugin {command} printed no status")
    return status


async def load_entry(
    path: str | None, context: str | None, *, environ: Mapping[str, str], seconds: float
) -> KubeconfigEntry:
    """Read the context of a kubeconfig and fetch the credentials that it names.

    Args:
        path: The file; None: `KUBECONFIG` or `~/.kube/config`.
        context: Its context; None: the current one.
        environ: For `KUBECONFIG`.
        seconds: How long a credential plugin may run.

    Raises:
        ReadError: It can't be used; the error says why.
    """
    files = path or environ.get("KUBECONFIG") or "~/.kube/config"
    named = f"`{files}`" + (f" (`{context}`)" if context else "")
    try:
        merged = await asyncio.to_thread(_merged, files)
        make: Any = _Loader
        loader = make(config_dict=merged, active_context=context, config_base_path=None)
        loader.seconds = seconds
        configuration: Any = Configuration()
        await loader.load_and_set(configuration)
    except (
        ConfigException,
        OSError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        yaml.YAMLError,
    ) as error:
        raise ReadError(
            say(
                "kubeconfig {named} can't be used: {error}",
                named=named,
                error=short(str(error) or type(error).__name__),
            ),
            enable=say(
                "make `{command}` work for the bot's process",
                command=f"kubectl {f'--context {context} ' if context else ''}get ns",
            ),
        ) from error
    token: str | None = configuration.api_key.get("BearerToken")
    if not isinstance(configuration.host, str) or not configuration.host.startswith("http"):
        raise ReadError(
            say("kubeconfig {named} names no server", named=named),
            enable=say("give its cluster a `server:` URL"),
        )
    return KubeconfigEntry(
        endpoint=Endpoint(
            url=configuration.host.rstrip("/"),
            ca_file=configuration.ssl_ca_cert,
            proxy=configuration.proxy,
            verify=configuration.verify_ssl,
            server_name=configuration.tls_server_name,
            cert_file=configuration.cert_file,
            key_file=configuration.key_file,
        ),
        token=token.removeprefix("Bearer ") if token and token.startswith("Bearer ") else None,
        user=f"the user of {named}",
        expires=loader.exec_expiry,
    )


def _merged(files: str) -> Any:
    """Merge the files as kubectl does."""
    for name in files.split(":"):
        file = Path(name).expanduser()
        if name and file.is_file() and file.stat().st_size > MOST_BYTES:
            raise ValueError(f"{name} is larger than 4 MB")
    merged = _kube_config.KubeConfigMerger(files).config
    if merged is None:
        raise ConfigException("there is no such file")
    return merged
