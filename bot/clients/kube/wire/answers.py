"""Answers that are no objects of the cluster: pages, refusals, tokens, and what an issuer publishes."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field, SecretStr

from bot.clients.kube.wire.base import Wire


class ListMetadata(Wire):
    """metadata of a list."""

    next_page: str = Field(default="", alias="continue")


class ObjectList(Wire):
    """A page of a list; the items are read one by one."""

    metadata: ListMetadata = ListMetadata()
    items: tuple[Any, ...] = ()


class StatusDetails(Wire):
    """details of a Status."""

    name: str = ""
    kind: str = ""


class Status(Wire):
    """v1 Status: what a refusal looks like."""

    kind: str = ""
    reason: str = ""
    message: str = ""
    details: StatusDetails = StatusDetails()


class TokenRequestStatus(Wire):
    """status of a TokenRequest."""

    token: SecretStr | None = None


class TokenRequest(Wire):
    """authentication.k8s.io/v1 TokenRequest; what can't be read is not shown."""

    model_config = ConfigDict(hide_input_in_errors=True)

    status: TokenRequestStatus = TokenRequestStatus()


class Discovery(Wire):
    """/.well-known/openid-configuration."""

    issuer: str = ""


class Key(Wire):
    """keys[] of a JSON web key set."""

    kid: str = ""


class KeySet(Wire):
    """/openid/v1/jwks."""

    keys: tuple[Key, ...] = ()
