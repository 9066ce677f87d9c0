"""IRSA401: the role does not exist."""

from __future__ import annotations

import json
from shlex import quote

from diagnostics.evidence import Cluster, IamRole, Unreadable
from diagnostics.evidence.derived import RoleInQuestion, Subject, TrustingRoles
from diagnostics.languages import say
from diagnostics.result import Finding, Place
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA401")
def role_missing(
    *,
    question: RoleInQuestion,
    role: IamRole | None,
    trusting: TrustingRoles | None,
    subject: Subject | None,
    cluster: Cluster | Unreadable | None,
) -> Judgement:
    """The role does not exist.

    Why: STS most likely answers AccessDenied for a role that does not exist, as for one that does not trust the pod,
    so the message does not say which.
    Source: STS API reference, AssumeRoleWithWebIdentity; IAM API reference, GetRole (NoSuchEntity).
    """
    if role is not None:
        return Pass()
    others = tuple(r.arn for r in trusting.items) if trusting else ()
    return Finding(
        headline=say(
            "Role {role_name} does not exist in account {account}",
            role_name=question.arn.name,
            account=question.arn.account,
        ),
        place=Place(where=f"account {question.arn.account}", object=str(question.arn)),
        seen="NoSuchEntity",
        wanted=say("a role named {role_name}", role_name=question.arn.name),
        why="",
        next=say(
            "Create the role with a trust policy for this service account and attach the permissions that "
            "the application needs, or annotate the service account with the role that was meant."
        ),
        note=say(
            "Roles that do trust this service account: {others}.", others=", ".join(others[:3])
        )
        if others
        else say("The ARN comes from {source}.", source=question.source.words),
        commands=_command(question, subject, cluster)
        if isinstance(cluster, Cluster) and subject is not None
        else (),
    )


def _command(question: RoleInQuestion, subject: Subject, cluster: Cluster) -> tuple[str, ...]:
    """Create the role, trusting this service account alone."""
    arn = question.arn
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": cluster.provider_arn_in(arn.account)},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{cluster.issuer_path}:sub": subject.value,
                        f"{cluster.issuer_path}:aud": subject.audience,
                    }
                },
            }
        ],
    }
    path = f" --path {quote(arn.path)}" if arn.path != "/" else ""
    document = quote(json.dumps(policy))
    name = quote(arn.name)
    return (
        f"aws iam create-role --role-name {name}{path} --assume-role-policy-document {document}",
    )
