"""The far end of a binding: the OIDC provider in the role's account, and the role's trust policy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from diagnostics.checks.irsa502_partition import partition
from diagnostics.checks.near_providers import Near, near
from diagnostics.checks.trust_faults import faults
from diagnostics.eks_issuer import eks_issuer, issuer_of
from diagnostics.evidence import AUDIENCE
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.evidence.trust_names import trusted_providers
from diagnostics.iam import Outcome, decide, outcome
from diagnostics.result import Finding
from diagnostics.sweep.fault import Fault, request_of
from diagnostics.text.clip import clip, listed

if TYPE_CHECKING:
    from diagnostics.evidence import Cluster, IamRole, ServiceAccount
    from diagnostics.sweep.index import Index
    from diagnostics.sweep.readers import AccountFacts

_SMALLEST_EDIT: Final = "Correct the trust policy: irsa diagnose shows the smallest edit."


def provider_faults(  # noqa: PLR0911  one kind of fault each
    account: ServiceAccount, cluster: Cluster, index: Index, facts: AccountFacts
) -> list[Fault]:
    """What is wrong with the OIDC provider in the role's account."""
    wanted = cluster.provider_arn_in(facts.account)
    create = (
        f"Create the OIDC provider {cluster.issuer} in account {facts.account} with client ID "
        "sts.amazonaws.com."
    )
    if wanted not in facts.providers:
        close = near(cluster.issuer_path, facts.providers, index.issuers)
        home = index.accounts.get(cluster.account)
        if close is not None and close[0] is Near.SPELLING:
            words = "The OIDC provider's URL is spelled differently from the issuer."
            return [
                Fault(code="IRSA305", headline=words, seen=close[1], wanted=wanted, next=create)
            ]
        if (
            facts.account != cluster.account
            and home is not None
            and cluster.provider_arn_in(cluster.account) in home.providers
        ):
            words = "The OIDC provider is only in the cluster's account, and the role in another."
            seen = cluster.provider_arn_in(cluster.account)
            return [Fault(code="IRSA303", headline=words, seen=seen, wanted=wanted, next=create)]
        if close is not None:
            words = "The OIDC provider is for another ID or region than the cluster's."
            return [
                Fault(code="IRSA302", headline=words, seen=close[1], wanted=wanted, next=create)
            ]
        words = f"Account {facts.account} has no OIDC provider for cluster {cluster.name}."
        return [Fault(code="IRSA301", headline=words, seen="(none)", wanted=wanted, next=create)]
    provider = facts.providers[wanted]
    if provider is None or account.audience in provider.client_ids:
        return []
    if account.annotations.get(AUDIENCE):
        return [
            Fault(
                code="IRSA108",
                headline="The service account asks for tokens with an audience that AWS does not expect.",
                seen=clip(account.audience, 200),
                wanted=listed(provider.client_ids),
                next=f"Remove the annotation {AUDIENCE}, then restart the pods.",
            )
        ]
    return [
        Fault(
            code="IRSA304",
            headline=f"The OIDC provider does not list the audience {clip(account.audience, 200)}.",
            seen=listed(provider.client_ids),
            wanted=account.audience,
            next=f"Add the client ID {clip(account.audience, 200)} to the provider.",
        )
    ]


def trust_faults(
    account: ServiceAccount, cluster: Cluster, index: Index, role: IamRole
) -> tuple[list[Fault], bool]:
    """What the trust policy refuses, and whether that could be decided without STS."""
    if role.trust is None:
        words = f"The trust policy of role {role.name} can't be read as one."
        return [Fault(code="IRSA402", headline=words, seen=clip(role.trust_text, 200))], True
    request = request_of(role, cluster, subject=account.subject, audience=account.audience)
    answer = outcome(role.trust, request)
    if answer is Outcome.ALLOWED:
        return [], True
    if answer is Outcome.UNDECIDED:
        return [], False
    decision = decide(role.trust, request)
    out = []
    said = TrustAnswer(request=request, decision=decision)
    mixed = partition.judge(answer=said, role=role, cluster=cluster)
    if isinstance(mixed, Finding):
        out.append(replace(Fault.found("IRSA502", mixed), next=_SMALLEST_EDIT))
    for code, reasons in faults(said, role).items():
        first = reasons[0] if reasons else None
        out.append(
            Fault(
                code=code,
                headline=first.words if first else f"Role {role.name} trusts no web identity.",
                seen=listed(first.trusted) if first else "(none)",
                wanted=clip((first.presented if first else None) or account.subject, 300),
                next=_SMALLEST_EDIT,
            )
        )
    codes = {one.code for one in out}
    if "IRSA404" in codes and (old := _older(cluster, index, role)) is not None:
        words = f"Cluster {cluster.name} was created after role {role.name}, which trusts an older issuer."
        out.append(
            Fault(
                code="IRSA308",
                headline=words,
                seen=old,
                wanted=request.provider_arn,
                next=out[0].next,
            )
        )
    return out, True


def _older(cluster: Cluster, index: Index, role: IamRole) -> str | None:
    """The provider of the cluster that this one replaced, where the dates say so."""
    mine = eks_issuer(cluster.issuer_path)
    if cluster.created is None or role.created is None or role.created >= cluster.created:
        return None
    for arn in trusted_providers(role):
        theirs = eks_issuer(issuer_of(arn))
        if (
            mine is not None
            and theirs is not None
            and theirs.region == mine.region
            and issuer_of(arn) not in index.issuers
        ):
            return arn
    return None
