"""One service account with a role annotation: the first thing that must be mended, in the engine's own order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn
from diagnostics.checks.irsa105_annotation_malformed import annotation_malformed
from diagnostics.checks.issuers import Near, eks_issuer, issuer_of, near
from diagnostics.checks.trust_faults import faults
from diagnostics.evidence import AUDIENCE, ROLE_ARN, Target
from diagnostics.explain.order import EXPLAINS, leading
from diagnostics.explain.words import clip, listed
from diagnostics.gather.facts import TrustAnswer
from diagnostics.gather.trust_reading import trusted_providers
from diagnostics.iam import Outcome, WebIdentityRequest, decide, outcome
from diagnostics.result import Finding
from diagnostics.sweep.finding import SweepFinding, rule
from diagnostics.sweep.pods import pod_faults

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.evidence import Cluster, IamRole, Pod, ServiceAccount, Webhooks
    from diagnostics.sweep.index import Index
    from diagnostics.sweep.readers import AccountFacts

_ORDER: Final = {code: place for place, code in enumerate(leading(None))}
_LAST: Final = len(_ORDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one binding came to."""

    finding: SweepFinding | None = None
    decided: bool = True
    """False: its role's account could not be read, or only STS knows."""


@dataclass(frozen=True, slots=True)
class _Fault:
    code: str
    headline: str
    seen: str = ""
    wanted: str = ""
    next: str = ""


def judge(
    account: ServiceAccount,
    cluster: Cluster,
    index: Index,
    *,
    pods: tuple[Pod, ...] | None,
    webhooks: Webhooks | None,
    now: datetime,
) -> Judged:
    """Judge one binding.

    Args:
        account: Has a role annotation.
        cluster: Where it is.
        index: All roles.
        pods: The service account's; None where pods could not be read.
        webhooks: None where they could not be read.
        now: When.
    """
    found: list[_Fault] = []
    decided = True
    arn = RoleArn.parse(account.role_arn or "")
    malformed = _malformed(account, cluster)
    if malformed is not None:
        found.append(malformed)
    elif arn is not None:
        facts = index.accounts.get(arn.account)
        if facts is None:
            decided = False
        else:
            more, decided = _role(account, cluster, index, facts, arn)
            found.extend(more)
    if pods and webhooks is not None:
        found.extend(_Fault(*one) for one in pod_faults(account, cluster, pods, webhooks, now))
    codes = {one.code for one in found}
    explained = {f"IRSA{x}" for code in codes for x in EXPLAINS.get(code.removeprefix("IRSA"), ())}
    causes = [one for one in found if one.code not in explained] or found
    if not causes:
        return Judged(decided=decided)
    first = min(causes, key=lambda one: _ORDER.get(one.code, _LAST))
    return Judged(
        finding=SweepFinding(
            code=first.code,
            severity=rule(first.code).severity,
            account=arn.account if arn else cluster.account,
            cluster=cluster.name,
            namespace=account.namespace,
            service_account=account.name,
            role_arn=clip(account.role_arn or "", 300),
            headline=first.headline,
            seen=first.seen,
            wanted=first.wanted,
            next=first.next,
        )
    )


def _malformed(account: ServiceAccount, cluster: Cluster) -> _Fault | None:
    arn = RoleArn.parse(account.role_arn or "")
    if arn is not None and arn.partition == cluster.partition:
        return None
    target = Target(
        cluster=cluster.name,
        namespace=account.namespace,
        service_account=account.name,
        workload=None,
    )
    found = annotation_malformed.judge(
        target=target, account=account, question=None, role=None, cluster=cluster, trusting=None
    )
    if not isinstance(found, Finding):
        return None
    return _Fault("IRSA105", found.headline, found.seen, found.wanted, found.next)


def _role(
    account: ServiceAccount, cluster: Cluster, index: Index, facts: AccountFacts, arn: RoleArn
) -> tuple[list[_Fault], bool]:
    actual = facts.roles.get(arn.name)
    if actual is None:
        return [
            _Fault(
                "IRSA401",
                f"There is no role {arn.name} in account {arn.account}.",
                str(arn),
                "a role that exists",
                f"Create the role, or correct the annotation {ROLE_ARN}.",
            )
        ], True
    if actual != str(arn):
        return [
            _Fault(
                "IRSA107",
                f"The annotation names role {arn.name} with another path than it has.",
                str(arn),
                actual,
                f"Annotate the service account with {ROLE_ARN}={actual}, then restart its pods.",
            )
        ], True
    found = _provider(account, cluster, index, facts)
    role = index.by_arn.get(actual)
    if role is None:
        found.append(
            _Fault(
                "IRSA402",
                f"The trust policy of role {arn.name} has no statement for web identities.",
                "(none)",
                cluster.provider_arn_in(arn.account),
                "Add a statement for the cluster's OIDC provider.",
            )
        )
        return found, True
    trust, decided = _trust(account, cluster, index, role)
    found.extend(trust)
    return found, decided


def _provider(  # noqa: PLR0911  one kind of fault each
    account: ServiceAccount, cluster: Cluster, index: Index, facts: AccountFacts
) -> list[_Fault]:
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
            return [_Fault("IRSA305", words, close[1], wanted, create)]
        if (
            facts.account != cluster.account
            and home is not None
            and cluster.provider_arn_in(cluster.account) in home.providers
        ):
            words = "The OIDC provider is only in the cluster's account, and the role in another."
            seen = cluster.provider_arn_in(cluster.account)
            return [_Fault("IRSA303", words, seen, wanted, create)]
        if close is not None:
            words = "The OIDC provider is for another ID or region than the cluster's."
            return [_Fault("IRSA302", words, close[1], wanted, create)]
        words = f"Account {facts.account} has no OIDC provider for cluster {cluster.name}."
        return [_Fault("IRSA301", words, "(none)", wanted, create)]
    provider = facts.providers[wanted]
    if provider is None or account.audience in provider.client_ids:
        return []
    if account.annotations.get(AUDIENCE):
        return [
            _Fault(
                "IRSA108",
                "The service account asks for tokens with an audience that AWS does not expect.",
                clip(account.audience, 200),
                listed(provider.client_ids),
                f"Remove the annotation {AUDIENCE}, then restart the pods.",
            )
        ]
    return [
        _Fault(
            "IRSA304",
            f"The OIDC provider does not list the audience {clip(account.audience, 200)}.",
            listed(provider.client_ids),
            account.audience,
            f"Add the client ID {clip(account.audience, 200)} to the provider.",
        )
    ]


def _trust(
    account: ServiceAccount, cluster: Cluster, index: Index, role: IamRole
) -> tuple[list[_Fault], bool]:
    if role.trust is None:
        words = f"The trust policy of role {role.name} can't be read as one."
        return [_Fault("IRSA402", words, clip(role.trust_text, 200))], True
    request = WebIdentityRequest(
        role_arn=role.arn,
        provider_arn=cluster.provider_arn_in(role.account),
        claims={"iss": cluster.issuer, "sub": account.subject, "aud": account.audience},
        open_context=True,
    )
    answer = outcome(role.trust, request)
    if answer is Outcome.ALLOWED:
        return [], True
    if answer is Outcome.UNDECIDED:
        return [], False
    decision = decide(role.trust, request)
    out = []
    for code, reasons in faults(TrustAnswer(request=request, decision=decision), role).items():
        first = reasons[0] if reasons else None
        out.append(
            _Fault(
                code,
                first.words if first else f"Role {role.name} trusts no web identity.",
                listed(first.trusted) if first else "(none)",
                clip((first.presented if first else None) or account.subject, 300),
                "Correct the trust policy: irsa diagnose shows the smallest edit.",
            )
        )
    codes = {one.code for one in out}
    if "IRSA404" in codes and (old := _older(cluster, index, role)) is not None:
        words = f"Cluster {cluster.name} was created after role {role.name}, which trusts an older issuer."
        out.append(_Fault("IRSA308", words, old, request.provider_arn, out[0].next))
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
