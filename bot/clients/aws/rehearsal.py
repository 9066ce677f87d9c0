"""The first calls of a client, made to nobody: what botocore works out once for a client is then there.

Endpoint rules, names of events and shapes of answers take 2 to 5 ms of processor time at each operation's first call,
and a cold diagnosis makes a dozen of those while somebody waits.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.credentials import ReadOnlyCredentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.awsrequest import AWSPreparedRequest

NOBODY: Final = ReadOnlyCredentials("REHEARSAL", "nothing-is-sent", None)
_ACCOUNT: Final = "000000000000"
_ROLE: Final = f"arn:aws:iam::{_ACCOUNT}:role/rehearsal"
_PROVIDER: Final = f"arn:aws:iam::{_ACCOUNT}:oidc-provider/rehearsal"
_CALLS: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "sts": {"assume_role": {"RoleArn": _ROLE, "RoleSessionName": "rehearsal"}},
    "eks": {
        "describe_cluster": {"name": "rehearsal"},
        "list_pod_identity_associations": {"clusterName": "rehearsal"},
    },
    "iam": {
        "get_role": {"RoleName": "rehearsal"},
        "get_open_id_connect_provider": {"OpenIDConnectProviderArn": _PROVIDER},
        "list_open_id_connect_providers": {},
        "list_roles": {},
    },
    "cloudtrail": {"lookup_events": {}},
    "organizations": {
        "list_parents": {"ChildId": _ACCOUNT},
        "list_policies_for_target": {"TargetId": _ACCOUNT, "Filter": "RESOURCE_CONTROL_POLICY"},
        "describe_policy": {"PolicyId": "p-rehearsal0"},
    },
}


def rehearse(client: Any, service: str) -> None:
    """Make each call that a diagnosis makes; whoever sends for the client must answer with `answer`.

    Raises:
        botocore.exceptions.BotoCoreError: The client can't make it, and will say so again.
    """
    for operation, arguments in _CALLS[service].items():
        getattr(client, operation)(**arguments)
    if service == "iam":
        client.can_paginate("list_roles")  # reads how, which costs as much as a client


def answer(request: AWSPreparedRequest) -> AWSResponse:
    """The least that botocore takes for an answer."""
    sent = request.body if isinstance(request.body, (str, bytes)) else b""
    text = sent if isinstance(sent, str) else sent.decode()
    action = text.partition("Action=")[2].partition("&")[0]
    said = f"<{action}Response><{action}Result/></{action}Response>" if action else "{}"
    return AWSResponse(request.url, 200, HTTPHeaders(), _Said(said.encode()))


class _Said(io.BytesIO):
    def stream(self) -> Iterator[bytes]:
        """As urllib3's response."""
        yield self.read()
