"""What the bot really calls, as whom: noted where a call is made, beneath everything that could forget one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.endpoint import Endpoint

from bot.clients.aws.sessions import AwsSessions
from bot.clients.kube.access import ClusterAccess
from bot.clients.kube.endpoint import Connections

if TYPE_CHECKING:
    import pytest

FREE = "sts:GetCallerIdentity"
"""Needs no permission. Source: AWS STS API reference, GetCallerIdentity."""
PREFIXES = {name: name for name in ("cloudtrail", "eks", "iam", "organizations", "sts")}


@dataclass(slots=True)
class Recorded:
    """The calls of a test.

    Attributes:
        aws: Role (`irsa-doctor-read`, or `bot` for its own credentials), action and resource.
        kubernetes: Purpose, verb, API group, resource.
        on_the_wire: Actions that botocore was about to send: nothing may pass `AwsSessions` by.
        requests: How many requests left for API servers.
        answered: How many `ClusterAccess` has accounted for.
    """

    aws: set[tuple[str, str, str]] = field(default_factory=set)
    kubernetes: set[tuple[str, str, str | None, str]] = field(default_factory=set)
    on_the_wire: set[str] = field(default_factory=set)
    requests: int = 0
    answered: int = 0

    def actions_of(self, role: str) -> set[str]:
        return {action for who, action, _ in self.aws if who == role} - {FREE}

    def rules_of(self, purpose: str) -> set[tuple[str, str | None, str]]:
        return {(verb, group, what) for who, verb, group, what in self.kubernetes if who == purpose}


def record_into(calls: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Note the calls from now on, until the test ends."""
    aws, once = AwsSessions.call, ClusterAccess._once
    exchange, send = Connections.exchange, Endpoint.make_request

    async def call(self: Any, attempt: Any, function: Any, *, credentials: Any) -> Any:
        own = credentials is None
        role = "bot" if own else attempt.principal.rpartition("/")[2]
        calls.aws.add((role, attempt.action, attempt.resource))
        return await aws(self, attempt, function, credentials=credentials)

    async def ask(self: Any, request: Any) -> Any:
        purpose = str(self._calls.purpose)
        calls.kubernetes.add((purpose, request.verb, request.group, request.resource))
        calls.answered += 1
        return await once(self, request)

    async def exchanged(self: Any, request: Any, *, token: Any, limits: Any) -> Any:
        calls.requests += 1
        return await exchange(self, request, token=token, limits=limits)

    def make_request(self: Any, operation_model: Any, request_dict: Any) -> Any:
        service = PREFIXES[operation_model.service_model.service_name]
        calls.on_the_wire.add(f"{service}:{operation_model.name}")
        return send(self, operation_model, request_dict)

    monkeypatch.setattr(AwsSessions, "call", call)
    monkeypatch.setattr(ClusterAccess, "_once", ask)
    monkeypatch.setattr(Connections, "exchange", exchanged)
    monkeypatch.setattr(Endpoint, "make_request", make_request)
