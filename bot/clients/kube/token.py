"""The token that an EKS API server takes for an IAM identity.

Source: kubernetes-sigs/aws-iam-authenticator README, "API Authorization from Outside a Cluster": a presigned
sts:GetCallerIdentity URL in base64url without padding behind `k8s-aws-v1.`; the authenticator takes it for 15 minutes
after its X-Amz-Date, whatever X-Amz-Expires says.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials

PREFIX: Final = "k8s-aws-v1."
URL_SECONDS: Final = 60
KEPT_SECONDS: Final = 14 * 60


def eks_token(credentials: ReadOnlyCredentials, *, cluster: str, region: str, endpoint: str) -> str:
    """Sign a token for a cluster.

    Args:
        credentials: Of the identity that is to be seen by the API server.
        cluster: The cluster's name in EKS; a token for another cluster is refused.
        region: Whose STS is asked.
        endpoint: URL of that STS.
    """
    request = AWSRequest(
        method="GET",
        url=f"{endpoint.rstrip('/')}/?Action=GetCallerIdentity&Version=2011-06-15",
        headers={"x-k8s-aws-id": cluster},
    )
    signer = Credentials(
        credentials.access_key or "", credentials.secret_key or "", credentials.token
    )
    SigV4QueryAuth(signer, "sts", region, expires=URL_SECONDS).add_auth(request)
    return PREFIX + base64.urlsafe_b64encode(str(request.url).encode()).decode().rstrip("=")
