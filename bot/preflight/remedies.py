"""The texts that mend what is missing, ready to copy."""

from __future__ import annotations

import json
from shlex import quote
from typing import TYPE_CHECKING, Any, Final

import yaml

from bot.preflight.needs import FIX_GROUP, PROVE_GROUP, READ_GROUP
from bot.preflight.outcome import Remedy
from diagnostics.arn import RoleArn
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.preflight.needs import Action, Rule
    from diagnostics.fleet import FleetCluster


_FOLDERS: Final = {
    READ_GROUP: "deploy/kubernetes/read",
    FIX_GROUP: "deploy/kubernetes/{fix,fix-namespaces,fix-events}",
    PROVE_GROUP: "deploy/kubernetes/{prove,prove-pod}",
}


def trust(role: str, principal: str, external_id: str | None) -> tuple[Remedy, ...]:
    """Both sides of assuming a role: its trust policy, and what the assuming role must be allowed."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
    }
    if external_id is not None:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    allowed = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}
    return (
        Remedy(title=say("Trust policy of {role}", role=role), text=_policy(statement)),
        Remedy(title=say("Policy of {principal}", principal=principal), text=_policy(allowed)),
    )


def actions(role: str, missing: Iterable[Action], *, partition: str, account: str) -> Remedy:
    """The policy statements that are missing, on the resources that the ready-made policies name."""
    by_resource: dict[str, list[str]] = {}
    for action in missing:
        by_resource.setdefault(action.resource(partition, account), []).append(action.name)
    statements = [
        {"Effect": "Allow", "Action": sorted(names), "Resource": resource}
        for resource, names in sorted(by_resource.items())
    ]
    return Remedy(title=say("Policy of {principal}", principal=role), text=_policy(*statements))


def entry(cluster: FleetCluster, role: str, group: str) -> tuple[Remedy, ...]:
    """How a cluster gets to know a role: an access entry, or a line in aws-auth."""
    command = (
        f"aws eks create-access-entry --cluster-name {quote(cluster.eks_name)} --region {quote(cluster.region)} "
        f"--principal-arn {quote(role)} --kubernetes-groups {quote(group)} --type STANDARD"
    )
    arn = RoleArn.parse(role)
    # aws-auth compares with the ARN that STS names, which has no path.
    plain = f"arn:{arn.partition}:iam::{arn.account}:role/{arn.name}" if arn else role
    mapped = [{"rolearn": plain, "username": f"{group.replace(':', '-')}", "groups": [group]}]
    return (
        Remedy(
            title=say("Access entry in account {account}", account=cluster.account), text=command
        ),
        Remedy(
            title=say("Or, where the cluster uses the aws-auth config map, under mapRoles"),
            text=yaml.safe_dump(mapped, sort_keys=False).rstrip(),
        ),
    )


def rbac(group: str, missing: Iterable[tuple[str, Rule]], namespace: str | None = None) -> Remedy:
    """The rules that are missing, bound to the group."""
    name = f"{group.replace(':', '-')}-missing{f'-{namespace}' if namespace else ''}"
    verbs: dict[tuple[str | None, str], list[str]] = {}
    for verb, rule in missing:
        verbs.setdefault((rule.group, rule.resource), []).append(verb)
    rules: list[dict[str, Any]] = [
        {"nonResourceURLs": [resource], "verbs": found}
        if api_group is None
        else {"apiGroups": [api_group], "resources": [resource], "verbs": found}
        for (api_group, resource), found in verbs.items()
    ]
    version = "rbac.authorization.k8s.io/v1"
    kind = "ClusterRoleBinding" if namespace is None else "RoleBinding"
    where = {} if namespace is None else {"namespace": namespace}
    objects: list[dict[str, Any]] = [
        {"apiVersion": version, "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules},
        {
            "apiVersion": version,
            "kind": kind,
            "metadata": {"name": name, **where},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": name,
            },
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group}],
        },
    ]
    return Remedy(
        title=say(
            "RBAC for group {group} (`kubectl apply -f -`); all of it is in {folders}",
            group=group,
            folders=_FOLDERS[group],
        ),
        text=yaml.safe_dump_all(objects, sort_keys=False).rstrip(),
    )


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)
