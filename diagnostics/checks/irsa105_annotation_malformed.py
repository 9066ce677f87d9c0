"""IRSA105: the role annotation is no role ARN."""

from __future__ import annotations

import re

from diagnostics.arn import RoleArn
from diagnostics.checks.places import of_annotation
from diagnostics.evidence import (
    ROLE_ARN,
    Cluster,
    IamRole,
    ServiceAccount,
    Target,
    Unreadable,
)
from diagnostics.evidence.derived import RoleInQuestion, TrustingRoles
from diagnostics.fix.annotation import UNNAMED, annotate, by_hand, role_to_annotate
from diagnostics.languages import say, sentence
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.text.difference import character, difference
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA105", after=("IRSA103",))
def annotation_malformed(
    *,
    target: Target,
    account: ServiceAccount,
    question: RoleInQuestion | None,
    role: IamRole | Unreadable | None,
    cluster: Cluster | Unreadable | None,
    trusting: TrustingRoles | Unreadable | None,
) -> Judgement:
    """The role annotation is no role ARN.

    Why: The webhook injects the value as it stands, only logging a warning, and STS refuses what is no role ARN.
    Source: amazon-eks-pod-identity-webhook, pkg/cache/cache.go; IAM User Guide, "IAM identifiers".
    """
    value = account.role_arn
    if not value:
        return Skip(say("there is no annotation to read"))
    arn = RoleArn.parse(value)
    partition = cluster.partition if isinstance(cluster, Cluster) else None
    if arn is not None and partition in (None, arn.partition):
        return Pass()
    mended = role_to_annotate(question, role, trusting)
    fault = (
        say(
            "partition {partition}, while the cluster is in {cluster_partition}",
            partition=arn.partition,
            cluster_partition=partition,
        )
        if arn
        else fault_of_arn(value)
    )
    written = mended or _cleaned(value, partition)
    parting = difference(value, written) if written else None
    return Finding(
        headline=say("The role annotation is malformed: {fault}", fault=fault),
        place=of_annotation(target, account.namespace, account.name, ROLE_ARN),
        seen=clip(value),
        wanted=written or f"arn:{partition or 'aws'}:iam::<account>:role/<name>",
        why="",
        next=say(
            "Annotate the service account with {role_arn}={mended}, then restart its pods.",
            role_arn=ROLE_ARN,
            mended=written or UNNAMED,
        ),
        note=sentence(parting or _besides(value)),
        fixes=(annotate(target, account, after=mended),) if mended else (),
        commands=(by_hand(account.namespace, account.name, written),),
    )


def _cleaned(value: str, partition: str | None) -> str | None:
    """The value without blanks, quotes and what is invisible, where a role's ARN is left: shown, never a button."""
    arn = RoleArn.parse(_plain(value))
    return str(arn) if arn is not None and partition in (None, arn.partition) else None


def _besides(value: str) -> str | None:
    """What is wrong with the value even without its stray characters."""
    rest = _plain(value)
    if rest == value or RoleArn.parse(rest):
        return None
    return say("besides, {fault}", fault=fault_of_arn(rest))


def _plain(value: str) -> str:
    return "".join(one for one in value[:2048] if "!" <= one <= "~" and one not in "\"'`")


def fault_of_arn(value: str) -> str:  # noqa: C901, PLR0911  one line per fault people make
    """Name the first fault of a value that is no role ARN."""
    for index, one in enumerate(value[:2048]):
        if not one.isascii() or one.isspace() or not one.isprintable() or one in "\"'`":
            return say("it holds {one} at character {index}", one=character(one), index=index + 1)
    if re.search(r"\$\{|\{\{|<[^>]*>|ACCOUNT_ID|AWS_ACCOUNT", value[:2048]):
        return say("a placeholder in it was never filled in")
    if not value.startswith("arn:"):
        return say("it does not start with arn:")
    parts = value[:2048].split(":", 5)
    if len(parts) < 6:  # noqa: PLR2004  an ARN has six parts
        return say("it has fewer than the six parts of an ARN")
    _, partition, service, region, account, resource = parts
    if not partition.startswith("aws"):
        return say("{partition} is no partition", partition=clip(partition, 40))
    if service != "iam":
        return say("it names service {service}, not iam", service=clip(service, 40))
    if region:
        return say("it has a region, which IAM ARNs leave empty")
    if not re.fullmatch(r"[0-9]{12}", account):
        digits = f"{len(account)} characters" if account else "empty"
        return say("the account ID is {digits}, not 12 digits", digits=digits)
    kind = resource.partition("/")[0]
    if kind != "role":
        return say("it names {kind} where role/ is expected", kind=clip(kind, 40) or "nothing")
    return say("its role name has characters that IAM does not take")
