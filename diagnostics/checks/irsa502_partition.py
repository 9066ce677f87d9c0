"""IRSA502: the trust policy mixes partitions."""

from __future__ import annotations

from diagnostics.checks.places import of_trust
from diagnostics.checks.trust_faults import faults, next_change
from diagnostics.evidence import Cluster, IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.languages import say
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA502", after=("IRSA401",))
def partition(answer: TrustAnswer, role: IamRole, cluster: Cluster) -> Judgement:
    """The trust policy mixes partitions.

    Why: ARNs and issuer domains of China and GovCloud differ from the rest of AWS, and nothing crosses over; the
    audience is sts.amazonaws.com in all of them.
    Source: eksctl issues 1871 and 1910; botocore partitions.json.
    """
    wanted = cluster.provider_arn_in(role.account)
    tail = wanted.split(":", 2)[2]
    for reason in (r for rs in faults(answer, role).values() for r in rs):
        for value in reason.trusted:
            other = value.startswith("arn:aws") and value.split(":", 2)[2:] == [tail]
            china = value == "sts.amazonaws.com.cn"
            if (other and value != wanted) or china:
                return Finding(
                    headline=say(
                        "The trust policy of role {role} names an audience of another partition",
                        role=role.name,
                    )
                    if china
                    else say(
                        "The trust policy of role {role} names a provider of another partition",
                        role=role.name,
                    ),
                    place=of_trust(role, reason.pointer),
                    seen=value,
                    wanted=reason.presented or wanted,
                    why="",
                    next=next_change(answer),
                )
    return Pass()
