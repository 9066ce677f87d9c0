"""The certificate authority that EKS names."""

from __future__ import annotations

import base64
import binascii

from diagnostics.errors import ReadError
from diagnostics.languages import say


def pem(data: str | None, cluster: str) -> str | None:
    """Decode the base64 of eks:DescribeCluster to PEM text.

    Raises:
        ReadError: It is something else.
    """
    if not data:
        return None
    try:
        return base64.b64decode(data, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ReadError(
            say(
                "eks:DescribeCluster: the certificate authority of cluster {cluster} is not base64 of PEM text",
                cluster=cluster,
            ),
            enable=say("give `ca` of cluster {cluster} in the fleet file", cluster=cluster),
        ) from error
