"""The fleet file that the bot uses in this world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from sandbox.world.blueprint import role_arn_of
from sandbox.world.landscape import FIX_ROLE, MEMBERS, PROOF_ROLE, READ_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.scenarios.model import Scenario
    from sandbox.world.landscape import Cluster

_HEAD = (
    "# The fleet of the demo. EKS says where each API server is, as it does for real clusters.\n"
)


def fleet_text(clusters: Iterable[Cluster], scenarios: Iterable[Scenario]) -> str:
    """Write the fleet file: accounts, clusters, channels, who may approve, and the stated bindings."""
    content: dict[str, Any] = {
        "version": 1,
        "organization": True,
        "accounts": [
            {
                "id": a.id,
                "name": a.name,
                "read_role": READ_ROLE,
                "fix_role": FIX_ROLE,
                "proof_role": PROOF_ROLE,
                "allow_provider_fix": True,
            }
            for a in MEMBERS
        ],
        "clusters": [
            {
                "name": cluster.name,
                "account": cluster.account.name,
                "region": cluster.region,
                "eks_name": cluster.eks_name,
                "proof": True,
                "proof_pod": True,
                "events": True,
            }
            for cluster in clusters
        ],
        "channels": [
            {"id": "C0ONCALL01", "cluster": "prod-eu"},
            {"id": "C0PAYMENT1", "cluster": "prod-eu", "namespace": "payments"},
            {"id": "C0INCIDKR1", "cluster": "prod-eu", "language": "ko"},
        ],
        "alert_bots": ["B0ALERTS01"],
        "approvers": [{"users": ["U0MINJI001"], "groups": ["S0ONCALL01"]}],
        "bindings": [
            {
                "cluster": one.where.cluster,
                "namespace": one.where.namespace,
                "service_account": one.where.service_account,
                "role_arn": role_arn_of(one),
            }
            for one in scenarios
            if one.bound
        ],
    }
    return _HEAD + yaml.safe_dump(content, sort_keys=False, width=120)
