"""IRSA407: the trust policy's `sub` is written in a way that no token carries."""

from __future__ import annotations

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.evidence import IamRole
from diagnostics.gather.facts import TrustAnswer
from diagnostics.languages import say
from diagnostics.wiring import Judgement, check


@check("IRSA407", after=("IRSA401",))
def sub_malformed(answer: TrustAnswer, role: IamRole) -> Judgement:
    """The trust policy's `sub` is written in a way that no token carries.

    Why: IAM compares without trimming or folding: a blank, another case, a missing part or an unfilled
    placeholder makes a value that no token ever has.
    Source: IAM User Guide, "IAM JSON policy elements: Condition operators" (exact matching); AWS re:Post article,
    whose multi-cluster example has such a blank.
    """
    return judge_fault(
        "IRSA407",
        answer,
        role,
        lambda _: say(
            "The subject (sub) in the trust policy of role {role_name} can match no token",
            role_name=role.name,
        ),
    )
