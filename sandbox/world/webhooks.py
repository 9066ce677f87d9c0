"""The pod identity webhook of each cluster, or what is wrong with it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Protocol

from sandbox.kube.identity_webhook import CONFIGURATION, HOME, configuration

if TYPE_CHECKING:
    from sandbox.kube.resources import Object
    from sandbox.world.landscape import Cluster


class HasWebhook(Protocol):
    """A cluster's server."""

    @property
    def webhook_url(self) -> str:
        """Where its API server calls the webhook."""

    @property
    def webhook_ca_pem(self) -> str:
        """The authority of the webhook's certificate."""


def webhook_of(cluster: Cluster, server: HasWebhook) -> Object | None:
    """The configuration that the cluster has; None where it was removed."""
    if cluster.webhook == "absent":
        return None
    bundle = base64.b64encode(server.webhook_ca_pem.encode()).decode()
    found = configuration(url=server.webhook_url, ca_bundle=bundle)
    if cluster.webhook == "self-hosted":
        found["webhooks"][0]["clientConfig"] = {
            "caBundle": bundle,
            "service": {"namespace": HOME, "name": CONFIGURATION, "path": "/mutate", "port": 443},
        }
    if cluster.webhook == "elsewhere":
        found["webhooks"][0]["namespaceSelector"] = {
            "matchLabels": {"kubernetes.io/metadata.name": "kube-system"}
        }
    return found
