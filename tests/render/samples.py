"""Diagnoses as the engine makes them, for what renders them."""

from __future__ import annotations

from datetime import UTC, datetime

from diagnostics.evidence import ROLE_ARN, Target
from diagnostics.fix.correction import PolicyCorrection
from diagnostics.fix.plan import AnnotateServiceAccount, RestartWorkload
from diagnostics.fleet import WorkloadRef
from diagnostics.journal import Call
from diagnostics.result import Diagnosis, Finding, Place, Result, Severity, Status, Verdict

AT = datetime(2026, 11, 24, 3, 12, 40, tzinfo=UTC)
ROLE = "arn:aws:iam::111122223333:role/payments-api"
WORKLOAD = WorkloadRef(kind="Deployment", name="api")
TARGET = Target(
    cluster="prod-eu",
    namespace="payments",
    service_account="api",
    workload=WORKLOAD,
    role_arn=ROLE,
    how=("cluster from this channel's default", "service account from the pasted error"),
)
CALL = Call(
    service="iam",
    operation="GetRole",
    resource=ROLE,
    at=AT,
    milliseconds=41.2,
    account="111122223333",
)
ANNOTATE = AnnotateServiceAccount(
    cluster="prod-eu",
    namespace="payments",
    name="api",
    uid="0a1b",
    key=ROLE_ARN,
    before=None,
    after=ROLE,
)
RESTART = RestartWorkload(cluster="prod-eu", namespace="payments", ref=WORKLOAD, uid="2c3d", pods=3)
DIFF = """\
--- trust policy of payments-api
+++ corrected
@@ -10,7 +10,7 @@
         "StringEquals": {
-          "oidc.eks.eu-west-1.amazonaws.com/id/EX:sub": "system:serviceaccount: payments:api",
+          "oidc.eks.eu-west-1.amazonaws.com/id/EX:sub": "system:serviceaccount:payments:api",
           "oidc.eks.eu-west-1.amazonaws.com/id/EX:aud": "sts.amazonaws.com"
"""


def failed(code: str, finding: Finding, *, risk: bool = False, after: str | None = None) -> Result:
    return Result(
        code=code,
        title=finding.headline,
        severity=Severity.RISK if risk else Severity.CAUSE,
        status=Status.FAIL,
        finding=finding,
        follows_from=after,
        calls=(CALL,),
    )


def passed(code: str, title: str) -> Result:
    return Result(code=code, title=title, severity=Severity.CAUSE, status=Status.PASS)


MISSING_ANNOTATION = Finding(
    headline="The service account has no role annotation",
    place=Place(
        where="cluster prod-eu",
        object="serviceaccount payments/api",
        field=f"metadata.annotations[{ROLE_ARN}]",
    ),
    seen="(none)",
    wanted=ROLE,
    why="Without it the pod identity webhook gives the pod no token and no role.",
    next=f"Set {ROLE_ARN} to {ROLE}.",
    fixes=(ANNOTATE,),
    commands=(ANNOTATE.command,),
)
OLD_PODS = Finding(
    headline="3 pods are older than the annotation",
    place=Place(where="cluster prod-eu", object="deployment payments/api", field="AWS_ROLE_ARN"),
    seen="(none)",
    wanted=ROLE,
    why="The webhook injects the role only when a pod is created.",
    next="Restart the pods.",
    fixes=(RESTART,),
)
STRAY_SPACE = Finding(
    headline="The trusted subject holds a blank that no token has",
    place=Place(
        where="account 111122223333",
        object=f"role {ROLE}",
        field="/Statement/0/Condition/StringEquals/oidc.eks.eu-west-1.amazonaws.com~1id~1EX:sub",
    ),
    seen="system:serviceaccount: payments:api",
    wanted="system:serviceaccount:payments:api",
    why="StringEquals compares the two exactly, blanks included.",
    next="Remove the blank.",
)
CORRECTION = PolicyCorrection(
    role_arn=ROLE,
    diff=DIFF,
    policy_json='{"Version": "2012-10-17"}',
    changes=("Statement 1: the blank in the subject is removed.",),
    commands=(("AWS CLI", "aws iam update-assume-role-policy …"),),
)


def diagnosis(
    verdict: Verdict = Verdict.CAUSE_FOUND,
    *,
    root: Result | None = None,
    rest: tuple[Result, ...] = (),
    correction: PolicyCorrection | None = None,
    headline: str = "",
    fixes: tuple[AnnotateServiceAccount | RestartWorkload, ...] = (),
) -> Diagnosis:
    results = ((root,) if root else ()) + rest
    return Diagnosis(
        target=TARGET,
        symptom=None,
        verdict=verdict,
        headline=headline or (root.finding.headline if root and root.finding else "All is well"),
        results=results,
        root=root,
        correction=correction,
        role_arn=ROLE,
        subject="system:serviceaccount:payments:api",
        issuer="https://oidc.eks.eu-west-1.amazonaws.com/id/EX",
        fixes=fixes,
        calls=(CALL,),
        started=AT,
        seconds=1.4,
    )


UNANNOTATED = diagnosis(
    root=failed("IRSA103", MISSING_ANNOTATION),
    rest=(
        failed("IRSA201", OLD_PODS, after="IRSA103"),
        passed("IRSA301", "The OIDC provider exists"),
        Result(
            code="IRSA401",
            title="The role exists",
            severity=Severity.CAUSE,
            status=Status.ERROR,
            reason="AccessDenied: iam:GetRole in account 111122223333",
            enable="allow iam:GetRole on the read role",
        ),
    ),
    fixes=(ANNOTATE, RESTART),
)
BLANK_IN_SUBJECT = diagnosis(root=failed("IRSA407", STRAY_SPACE), correction=CORRECTION)
HEALTHY = diagnosis(
    Verdict.HEALTHY,
    headline="Every link of the chain is right now; the error may be older than the last change.",
    rest=(passed("IRSA103", "The annotation is set"),),
)
UNREADABLE = diagnosis(
    Verdict.NOT_ENOUGH_EVIDENCE,
    headline="The cluster could not be read, so the cause is open.",
    rest=(UNANNOTATED.results[-1],),
)
ALL = {
    "unannotated": UNANNOTATED,
    "blank-in-subject": BLANK_IN_SUBJECT,
    "healthy": HEALTHY,
    "unreadable": UNREADABLE,
}
