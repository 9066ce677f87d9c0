"""What of the environment concerns AWS, beyond what botocore reads by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from botocore.credentials import ReadOnlyCredentials

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsOptions:
    """Where the bot's own credentials come from, and where AWS is.

    All are optional: botocore's own chain (profiles, web identity, EKS Pod Identity, container and instance
    roles) finds the credentials, and its endpoint rules the endpoints.
    """

    profile: str | None = None
    region: str | None = None
    credentials: ReadOnlyCredentials | None = field(default=None, repr=False)
    endpoints: Mapping[str, str] = field(default_factory=dict)
    """URL by service (`iam`, `sts`, `eks`, `cloudtrail`, `organizations`)."""
    endpoint: str | None = None
    """URL for every service that has none of its own."""
    ca_bundle: str | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables of the AWS SDKs.

        Source: AWS SDKs and Tools Reference Guide, "Environment variables list".
        """
        key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
        return cls(
            profile=environ.get("AWS_PROFILE") or None,
            region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or None,
            credentials=ReadOnlyCredentials(key, secret, environ.get("AWS_SESSION_TOKEN") or None)
            if key and secret
            else None,
            endpoints={
                service: url
                for service in ("iam", "sts", "eks", "cloudtrail", "organizations")
                if (url := environ.get(f"AWS_ENDPOINT_URL_{service.upper()}"))
            },
            endpoint=environ.get("AWS_ENDPOINT_URL") or None,
            # The second as botocore does.
            ca_bundle=environ.get("AWS_CA_BUNDLE") or environ.get("REQUESTS_CA_BUNDLE") or None,
        )

    def endpoint_of(self, service: str) -> str | None:
        """Return the URL to use for a service, or None for its usual one."""
        return self.endpoints.get(service) or self.endpoint
