"""The output of read-only commands on a healthy set-up, and the edits that break it."""

from __future__ import annotations

import json
from typing import Any

import yaml

ACCOUNT = "111122223333"
ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/A1B2C3D4E5F60718293A4B5C6D7E8F90"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/payments-api"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"
_TOKEN = "/var/run/secrets/eks.amazonaws.com/serviceaccount"
_MADE = "2026-11-20T08:00:00Z"


def _meta(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "namespace": "payments", "uid": name, "creationTimestamp": _MADE, **more}


def _pod() -> dict[str, Any]:
    env = {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": f"{_TOKEN}/token"}
    env |= {"AWS_REGION": "eu-west-1", "AWS_STS_REGIONAL_ENDPOINTS": "regional"}
    token = {"audience": "sts.amazonaws.com", "expirationSeconds": 86400, "path": "token"}
    owner = {"kind": "ReplicaSet", "name": "api-1", "controller": True}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _meta("api-1-a", ownerReferences=[owner]),
        "spec": {
            "serviceAccountName": "api",
            "containers": [
                {
                    "name": "app",
                    "image": "example/api:1",
                    "env": [{"name": k, "value": v} for k, v in env.items()],
                    "volumeMounts": [{"name": "aws-iam-token", "mountPath": _TOKEN}],
                }
            ],
            "volumes": [
                {
                    "name": "aws-iam-token",
                    "projected": {"sources": [{"serviceAccountToken": token}]},
                }
            ],
        },
        "status": {"phase": "Running"},
    }


def outputs() -> dict[str, Any]:
    """One document per file, by the file's name; edit it to break the set-up."""
    template = {
        "serviceAccountName": "api",
        "containers": [{"name": "app", "image": "example/api:1"}],
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": PROVIDER},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                f"{ISSUER}:sub": "system:serviceaccount:payments:api",
                f"{ISSUER}:aud": "sts.amazonaws.com",
            }
        },
    }
    hook = {
        "name": "iam-for-pods.amazonaws.com",
        "failurePolicy": "Ignore",
        "clientConfig": {"url": "https://127.0.0.1:23443/mutate", "caBundle": "Zm9v"},
        "rules": [{"apiGroups": [""], "operations": ["CREATE"], "resources": ["pods"]}],
    }
    return {
        "sa.yaml": {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": _meta("api", annotations={"eks.amazonaws.com/role-arn": ROLE}),
        },
        "deploy.yaml": {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": _meta("api"),
            "spec": {"template": {"metadata": {}, "spec": template}},
        },
        "pods.yaml": {"apiVersion": "v1", "kind": "List", "items": [_pod()]},
        "webhooks.json": {
            "apiVersion": "v1",
            "kind": "List",
            "items": [
                {
                    "kind": "MutatingWebhookConfiguration",
                    "metadata": {"name": "pod-identity-webhook"},
                    "webhooks": [hook],
                }
            ],
        },
        "role.json": {
            "Role": {
                "Path": "/",
                "RoleName": "payments-api",
                "Arn": ROLE,
                "CreateDate": "2026-11-19T08:00:00+00:00",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
                "MaxSessionDuration": 3600,
            }
        },
        "provider.json": {"Url": ISSUER, "ClientIDList": ["sts.amazonaws.com"]},
        "providers.json": {"OpenIDConnectProviderList": [{"Arn": PROVIDER}]},
        "cluster.yaml": {
            "cluster": {
                "name": "prod",
                "arn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/prod",
                "identity": {"oidc": {"issuer": f"https://{ISSUER}"}},
                "status": "ACTIVE",
                "createdAt": "2026-01-01T08:00:00+00:00",
            }
        },
    }


def text_of(name: str, document: Any) -> str:
    """Write a document as the command does."""
    return json.dumps(document) if name.endswith(".json") else yaml.safe_dump(document)
