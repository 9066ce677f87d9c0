"""TokenRequest: tokens of service accounts, signed by the cluster, as a real API server makes them.

Source: Kubernetes API reference, TokenRequest (authentication.k8s.io/v1); "Managing Service Accounts", the claims.
"""

from __future__ import annotations

import re
import uuid
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from sandbox.kube.status import bad_request, invalid
from sandbox.sts.token import Signer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sandbox.kube.resources import Object

RESOURCE: Final = "serviceaccounts/token"
KEYS: Final = "/openid/v1/jwks"
PATH: Final = re.compile(r"/api/v1/namespaces/([^/]+)/serviceaccounts/([^/]+)/token")
_SHORTEST, _LONGEST, _USUAL = 600, 2**32, 3600


class ServiceAccountTokens:
    """Makes the tokens of one cluster.

    Args:
        issuer: Its issuer.
        now: The time.
    """

    def __init__(self, issuer: str, now: Callable[[], datetime]) -> None:
        self._issuer = issuer
        self._now = now

    @cached_property
    def _signer(self) -> Signer:
        """Made when it is first needed: a key takes a while."""
        return Signer()

    @property
    def keys(self) -> dict[str, Any]:
        """What is published."""
        return self._signer.keys

    def answer(self, asked: Any, account: Object) -> Object:
        """Fill a TokenRequest.

        Raises:
            ApiError: 400 or 422, it is none.
        """
        spec = asked.get("spec") if isinstance(asked, dict) else None
        if not isinstance(spec, dict) or asked.get("kind") != "TokenRequest":
            raise bad_request("the object provided is no TokenRequest")
        seconds = spec.get("expirationSeconds", _USUAL)
        if not isinstance(seconds, int) or not _SHORTEST <= seconds <= _LONGEST:
            raise invalid(
                f"spec.expirationSeconds: Invalid value: {seconds}: may not specify a duration less than 10 minutes"
            )
        audiences = spec.get("audiences") or ["https://kubernetes.default.svc"]
        meta, at = account["metadata"], int(self._now().timestamp())
        token = self._signer.sign(
            {
                "aud": audiences,
                "exp": at + seconds,
                "iat": at,
                "iss": self._issuer,
                "jti": str(uuid.uuid4()),
                "kubernetes.io": {
                    "namespace": meta["namespace"],
                    "serviceaccount": {"name": meta["name"], "uid": meta["uid"]},
                },
                "nbf": at,
                "sub": f"system:serviceaccount:{meta['namespace']}:{meta['name']}",
            }
        )
        ends = self._now().timestamp() + seconds
        stamp = type(self._now()).fromtimestamp(ends, self._now().tzinfo)
        status = {"token": token, "expirationTimestamp": stamp.strftime("%Y-%m-%dT%H:%M:%SZ")}
        return {**asked, "spec": {**spec, "audiences": audiences}, "status": status}
