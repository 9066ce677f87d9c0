"""The two calls that change the client IDs of an OIDC provider, in moto's frame.

Real are: both are idempotent, NoSuchEntity, the limit of 100 client IDs.
Source: IAM API reference, AddClientIDToOpenIDConnectProvider, RemoveClientIDFromOpenIDConnectProvider.
"""

from __future__ import annotations

from typing import Any, Final

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.exceptions import LimitExceededException
from moto.iam.responses import IamResponse

_MOST: Final = 100


def serve_client_ids() -> None:
    """Add the calls to moto's IAM; before its server starts."""
    for name, function in (
        ("add_client_id_to_open_id_connect_provider", _add),
        ("remove_client_id_from_open_id_connect_provider", _remove),
    ):
        setattr(IamResponse, name, function)


def _add(response: IamResponse) -> ActionResult:
    provider, client_id = _asked(response)
    if client_id not in provider.client_id_list:
        if len(provider.client_id_list) >= _MOST:
            raise LimitExceededException(
                f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {_MOST}"
            )
        provider.client_id_list = [*provider.client_id_list, client_id]
    return EmptyResult()


def _remove(response: IamResponse) -> ActionResult:
    provider, client_id = _asked(response)
    provider.client_id_list = [one for one in provider.client_id_list if one != client_id]
    return EmptyResult()


def _asked(response: IamResponse) -> tuple[Any, str]:
    arn = response._get_param("OpenIDConnectProviderArn")  # noqa: SLF001  moto's frame
    return (
        response.backend.get_open_id_connect_provider(arn),
        str(response._get_param("ClientID")),  # noqa: SLF001  moto's frame
    )
