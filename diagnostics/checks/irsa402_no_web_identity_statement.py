"""IRSA402: the trust policy has no statement for web identities."""

from __future__ import annotations

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.evidence import IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.evidence.trust_names import trusted_providers
from diagnostics.languages import say
from diagnostics.text.clip import listed
from diagnostics.wiring import Judgement, Skip, Unknown, check


@check("IRSA402", after=("IRSA401",))
def no_web_identity_statement(answer: TrustAnswer | None, role: IamRole) -> Judgement:
    """The trust policy has no statement for web identities.

    Why: A pod's token is a web identity: only a statement with a Federated principal and the action
    sts:AssumeRoleWithWebIdentity can let it in; one for a service or an account never does.
    Source: IAM User Guide, "Create a role for OpenID Connect federation"; AWS re:Post, "Troubleshoot OIDC and
    IRSA in Amazon EKS".
    """
    if answer is None:
        if role.trust is not None:
            return Skip(say("the cluster or the service account is not known"))
        return Unknown(
            say("the trust policy can't be read as one"),
            say("look at it with `aws iam get-role --role-name {role_name}`", role_name=role.name),
        )
    return judge_fault(
        "IRSA402",
        answer,
        role,
        lambda reason: (
            say(
                "Role {role_name} trusts {trusted}, but no OIDC provider, so it lets in no pod",
                role_name=role.name,
                trusted=listed(reason.trusted, limit=1),
            )
            if reason is not None and reason.trusted and not trusted_providers(role)
            else say(
                "The trust policy of role {role_name} has no statement that lets pods of this cluster in",
                role_name=role.name,
            )
        ),
    )
