"""A fleet without a fleet file: the caller's own AWS account and the contexts of their kubeconfig."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
import yaml
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bot.given_file import read_given
from diagnostics.errors import UsageError
from diagnostics.fleet import Account, Fleet, FleetCluster

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_EKS_ARN: Final = re.compile(r"arn:aws[a-z-]*:eks:([a-z0-9-]+):(\d{12}):cluster/([\w-]{1,100})")
"""What `aws eks update-kubeconfig` names its clusters."""
_EKSCTL: Final = re.compile(r"([\w-]{1,100})\.([a-z]{2,}(?:-[a-z]+)+-\d)\.eksctl\.io")
"""What eksctl names its clusters."""
_MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFleet:
    """What the caller can reach, and the cluster that is meant where none is named."""

    fleet: Fleet
    current: str | None


async def own_fleet(environ: Mapping[str, str]) -> OwnFleet:
    """Read the kubeconfig, and ask STS who the caller is.

    Raises:
        UsageError: There is no usable kubeconfig, or STS does not know the caller.
    """
    path = _kubeconfig(environ)
    document = _read(path)
    account, region = await asyncio.to_thread(_caller)
    clusters = tuple(_clusters(document, path, account, region))
    if not clusters:
        raise UsageError(
            f"{path} holds no context of account {account}. Pass --fleet, or log in with "
            "`aws eks update-kubeconfig --name CLUSTER`."
        )
    names = {c.name for c in clusters}
    current = document.get("current-context")
    return OwnFleet(
        fleet=Fleet(accounts=(Account(id=account, name="own", read_role=None),), clusters=clusters),
        current=current if current in names else None,
    )


def _kubeconfig(environ: Mapping[str, str]) -> Path:
    # Several files may be named; the first is the one that a write would go to.
    first = environ.get("KUBECONFIG", "").split(":")[0]
    return Path(first).expanduser() if first else Path.home() / ".kube" / "config"


def _read(path: Path) -> dict[str, Any]:
    try:
        text = read_given(path, most=_MOST)[:_MOST].decode("utf-8")
        document = yaml.safe_load(text)
    except FileNotFoundError:
        raise UsageError(
            f"there is no fleet file (--fleet) and no kubeconfig at {path}. "
            "Write one with `aws eks update-kubeconfig --name CLUSTER`, or pass --fleet."
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{path} cannot be read as a kubeconfig: {error}") from None
    if not isinstance(document, dict):
        raise UsageError(f"{path} is not a kubeconfig: expected a mapping with `contexts`")
    return document


def _caller() -> tuple[str, str]:
    try:
        session = boto3.Session()
        region = session.region_name or "us-east-1"
        sts = session.client(
            "sts",
            region_name=region,
            config=Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2}),
        )
        return sts.get_caller_identity()["Account"], region
    except (BotoCoreError, ClientError) as error:
        raise UsageError(
            f"AWS does not know you: {error}. Log in (`aws sso login`, AWS_PROFILE …), or pass --fleet."
        ) from None


def _clusters(
    document: dict[str, Any], path: Path, account: str, region: str
) -> Iterator[FleetCluster]:
    entries = document.get("contexts")
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            continue
        context = entry.get("context")
        named = context.get("cluster") if isinstance(context, dict) else None
        named = named if isinstance(named, str) else ""
        where, owner, eks_name = region, account, named or entry["name"]
        if match := _EKS_ARN.fullmatch(named):
            where, owner, eks_name = match[1], match[2], match[3]
        elif match := _EKSCTL.fullmatch(named):
            eks_name, where = match[1], match[2]
        if owner == account:
            yield FleetCluster(
                name=entry["name"],
                account=account,
                region=where,
                eks_name=eks_name,
                kubeconfig=str(path),
                context=entry["name"],
            )
