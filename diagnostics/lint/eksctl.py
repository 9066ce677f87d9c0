"""eksctl's ClusterConfig: the service accounts that it makes roles for.

Source: eksctl documentation, "IAM Roles for Service Accounts" and the schema of `iam.serviceAccounts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn
from diagnostics.document.tree import Mapping, Node, Scalar, at, items_at, text_at
from diagnostics.evidence import ROLE_ARN
from diagnostics.lint.annotations import judge_annotations
from diagnostics.lint.fill import ACCOUNT, ISSUER
from diagnostics.lint.finding import SourceFinding, Spot
from diagnostics.lint.policy_source import PolicySource
from diagnostics.lint.sources import AccountSource
from diagnostics.lint.strings_only import EKSCTL

if TYPE_CHECKING:
    from diagnostics.iam.json_text import Json
    from diagnostics.lint.sources import Sources

_TRUE: Final = frozenset({"true", "yes", "on"})


def eksctl(node: Mapping, file: str, out: Sources) -> None:
    """Read one ClusterConfig."""
    accounts = items_at(node, "iam", "serviceAccounts")
    oidc = at(node, "iam", "withOIDC")
    if accounts and (not isinstance(oidc, Scalar) or oidc.text.lower() not in _TRUE):
        iam = at(node, "iam")
        place = oidc or iam or node
        out.findings.append(
            SourceFinding(
                code="IRSA301",
                spot=Spot(file=file, line=place.line, column=place.column),
                object="ClusterConfig",
                headline="Service accounts are listed, but no OIDC provider is made for the cluster.",
                seen=f"withOIDC: {oidc.text}" if isinstance(oidc, Scalar) else "(no withOIDC)",
                wanted="withOIDC: true",
                next="Set iam.withOIDC to true.",
            )
        )
    for entry in accounts[:5000]:
        _account(entry, file, out)


def _account(entry: Node, file: str, out: Sources) -> None:
    name = text_at(entry, "metadata", "name")
    namespace = text_at(entry, "metadata", "namespace") or "default"
    if name is None:
        return
    shown = f"iam.serviceAccounts {namespace}/{name}"
    attached = at(entry, "attachRoleARN")
    annotations = at(entry, "metadata", "annotations")
    if isinstance(annotations, Mapping):
        judge_annotations(
            out,
            file=file,
            annotations=annotations,
            namespace=namespace,
            name=name,
            object_=shown,
            strings=EKSCTL,
        )
    role = text_at(entry, "roleName")
    if isinstance(attached, Scalar):
        key = Scalar(line=attached.line, column=attached.column, text=ROLE_ARN)
        stand_in = Mapping(line=attached.line, column=attached.column, pairs=[(key, attached)])
        judge_annotations(
            out,
            file=file,
            annotations=stand_in,
            namespace=namespace,
            name=name,
            object_=shown,
            strings=None,
            key_written="attachRoleARN",
        )
        out.accounts.append(
            AccountSource(
                spot=Spot(file=file, line=attached.line, column=attached.column),
                name=name,
                namespace=namespace,
                role_arn=attached.text if RoleArn.parse(attached.text) else None,
            )
        )
    elif role is not None:
        out.policies.append(_generated(entry, file, shown, role, f"{namespace}:{name}"))


def _generated(entry: Node, file: str, shown: str, role: str, who: str) -> PolicySource:
    """The trust policy that eksctl writes: one service account, exactly."""
    statement: dict[str, Json] = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                f"{ISSUER}:sub": f"system:serviceaccount:{who}",
                f"{ISSUER}:aud": "sts.amazonaws.com",
            }
        },
    }
    return PolicySource(
        file=file,
        object=shown,
        role=role,
        generated=True,
        document={"Version": "2012-10-17", "Statement": [statement]},
        spots={"": Spot(file=file, line=entry.line, column=entry.column)},
    )
