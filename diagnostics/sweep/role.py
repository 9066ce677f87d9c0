"""The far end of a binding: the OIDC provider in the role's account, and the role's trust policy."""

from __future__ import annotations

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
            return [Fault("IRSA305", words, close[1], wanted, create)]
        if (
            facts.account != cluster.account
            and home is not None
            and cluster.provider_arn_in(cluster.account) in home.providers
        ):
            words = "The OIDC provider is only in the cluster's account, and the role in another."
            seen = cluster.provider_arn_in(cluster.account)
            return [Fault("IRSA303", words, seen, wanted, create)]
        if close is not None:
            words = "The OIDC provider is for another ID or region than the cluster's."
            return [Fault("IRSA302", words, close[1], wanted, create)]
        words = f"Account {facts.account} has no OIDC provider for cluster {cluster.name}."
        return [Fault("IRSA301", words, "(none)", wanted, create)]
    provider = facts.providers[wanted]
    if provider is None or account.audience in provider.client_ids:
        return []
    if account.annotations.get(AUDIENCE):
        return [
            Fault(
                "IRSA108",
                "The service account asks for tokens with an audience that AWS does not expect.",
                clip(account.audience, 200),
                listed(provider.client_ids),
                f"Remove the annotation {AUDIENCE}, then restart the pods.",
            )
        ]
    return [
        Fault(
            "IRSA304",
            f"The OIDC provider does not list the audience {clip(account.audience, 200)}.",
            listed(provider.client_ids),
            account.audience,
            f"Add the client ID {clip(account.audience, 200)} to the provider.",
        )
    ]


def trust_faults(
    account: ServiceAccount, cluster: Cluster, index: Index, role: IamRole
) -> tuple[list[Fault], bool]:
    """What the trust policy refuses, and whether that could be decided without STS."""
    if role.trust is None:
        words = f"The trust policy of role {role.name} can't be read as one."
        return [Fault("IRSA402", words, clip(role.trust_text, 200))], True
    request = request_of(account, cluster, role)
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
        out.append(Fault("IRSA502", f"{mixed.headline}.", mixed.seen, mixed.wanted, _SMALLEST_EDIT))
    for code, reasons in faults(said, role).items():
        first = reasons[0] if reasons else None
        out.append(
            Fault(
                code,
                first.words if first else f"Role {role.name} trusts no web identity.",
                listed(first.trusted) if first else "(none)",
                clip((first.presented if first else None) or account.subject, 300),
                _SMALLEST_EDIT,
            )
        )
    codes = {one.code for one in out}
    if "IRSA404" in codes and (old := _older(cluster, index, role)) is not None:
        words = f"Cluster {cluster.name} was created after role {role.name}, which trusts an older issuer."
        out.append(Fault("IRSA308", words, old, request.provider_arn, out[0].next))
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
