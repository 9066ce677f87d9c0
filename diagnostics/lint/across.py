"""What only several files together show: a role annotation whose role, defined in the same sources, refuses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn, account_of
from diagnostics.document.tree import HOLE
from diagnostics.iam import Outcome, decide
from diagnostics.iam.decision import Mismatch
from diagnostics.iam.provider_form import fault_of
from diagnostics.iam.subject import Subject
from diagnostics.iam.trusted_key import claim_meant
from diagnostics.lint.fill import ACCOUNT, ISSUER
from diagnostics.lint.finding import SourceFinding
from diagnostics.lint.trust import filled_policy, request_of
from diagnostics.lint.workloads import workload_findings
from diagnostics.text.clip import clip, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.iam import TrustPolicy
    from diagnostics.iam.decision import Reason
    from diagnostics.lint.policy_source import PolicySource
    from diagnostics.lint.sources import AccountSource, Sources

_NAMES: Final = {
    Mismatch.SUBJECT_NAMESPACE: "IRSA405",
    Mismatch.SUBJECT_BOTH: "IRSA405",
    Mismatch.SUBJECT_NAME: "IRSA406",
    Mismatch.SUBJECT_CASE: "IRSA407",
    Mismatch.SUBJECT_FORM: "IRSA407",
    Mismatch.AUDIENCE: "IRSA408",
}

TOGETHER: Final = frozenset((*_NAMES.values(), "IRSA205", "IRSA206"))
"""Codes that may take more than one file to find."""


def across(sources: Sources) -> Iterator[SourceFinding]:
    """Bring annotations and roles, and workloads and service accounts, together."""
    by_name: dict[str, list[PolicySource]] = {}
    by_address: dict[str, list[PolicySource]] = {}
    for policy in sources.policies:
        if policy.role:
            by_name.setdefault(policy.role, []).append(policy)
        if policy.address:
            by_address.setdefault(policy.address, []).append(policy)
    for account in sources.accounts:
        arn = RoleArn.parse(account.role_arn) if account.role_arn else None
        if account.reference:
            candidates = by_address.get(account.reference, [])
        else:
            candidates = by_name.get(arn.name, []) if arn else []
        if len(candidates) == 1:
            yield from _refused(account, candidates[0])
    by_account = {(a.namespace or "default", a.name): a for a in sources.accounts if a.role_arn}
    for workload in sources.workloads:
        found = by_account.get(
            (workload.workload.namespace, workload.workload.template.service_account)
        )
        if found is not None:
            yield from workload_findings(workload, found)


def _refused(account: AccountSource, source: PolicySource) -> Iterator[SourceFinding]:
    policy = filled_policy(source)
    if policy is None or _open_ended(source):
        return
    providers = sorted({p for s in policy.statements for p in s.principals.federated})
    usable = [p for p in providers if not fault_of(p)][:20]
    role = RoleArn.parse(account.role_arn) if account.role_arn else None
    if role is not None:
        # Another account may have a role of the same name.
        usable = [p for p in usable if account_of(p) in (role.account, ACCOUNT)]
    if not usable:
        return
    nearest: Reason | None = None
    for subject in _subjects(account, policy):
        for provider in usable:
            decision = decide(policy, request_of(provider, subject, account.audience))
            if decision.outcome is not Outcome.IMPLICIT_DENY:
                return
            for reason in decision.reasons:
                if reason.mismatch in _NAMES and nearest is None:
                    nearest = reason
    if nearest is None:
        return
    where = f"{account.namespace}/" if account.namespace else ""
    yield SourceFinding(
        code=_NAMES[nearest.mismatch],
        spot=account.spot,
        object=account.object,
        headline=f"{account.object} names a role whose trust policy, in {source.object}, does not let it in.",
        seen=listed(v.replace(HOLE, "…") for v in nearest.trusted),
        wanted=nearest.presented or f"{where}{account.name}",
        next=f"Add {clip(nearest.presented or '', 200)} to the trust policy, or correct the annotation.",
        related=(
            (
                source.spot(nearest.pointer.replace(ISSUER.replace("/", "~1"), HOLE)),
                "the trust policy trusts others here",
            ),
        ),
    )


def _open_ended(source: PolicySource) -> bool:
    """Whether a subject is left to an expression, so that nobody can be said to be excluded."""
    return any(
        "/Condition/" in pointer and not pointer.endswith("#") for pointer in source.holes
    ) or (source.partial and source.object.startswith("data."))


def _subjects(account: AccountSource, policy: TrustPolicy) -> list[str]:
    """The subjects that the account may have: where its namespace is open, those that the policy names."""
    if account.namespace is not None:
        return [f"system:serviceaccount:{account.namespace}:{account.name}"]
    spaces = {
        subject.namespace
        for s in policy.statements
        for c in s.conditions
        if claim_meant(c.key) == "sub"
        for v in c.values[:100]
        if (subject := Subject.parse(v)) is not None
    }
    return [f"system:serviceaccount:{n}:{account.name}" for n in sorted(spaces) or ["default"]]
