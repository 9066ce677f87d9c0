"""The JSON form of a diagnosis, version 1.

Fields are added within a version; one that changes its meaning or goes makes a new version. The schema is
`docs/report.schema.json`, made from these models.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  pydantic reads the annotations at run time
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from diagnostics.checks.documentation import page_of
from diagnostics.proof.answer import Asked, Injected  # noqa: TC001  pydantic reads these too
from diagnostics.proof.words import sentences
from diagnostics.result import Diagnosis, Severity, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnostics.case import Question
    from diagnostics.fix.correction import PolicyCorrection
    from diagnostics.journal import Call
    from diagnostics.proof.answer import Proof
    from diagnostics.result import Result


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CallReport(_Model):
    """One API call that a fact rests on."""

    service: str = Field(description="The API's own name: iam, sts, eks, kubernetes.")
    operation: str = Field(description="Such as GetRole, or `get serviceaccounts`.")
    resource: str
    at: datetime
    milliseconds: float
    account: str | None = None
    region: str | None = None
    cluster: str | None = None
    outcome: str = Field(description='"ok", "absent", or the error code that came back.')


class FindingReport(_Model):
    """What a failing check found."""

    headline: str
    where: str = Field(description="Account or cluster.")
    object: str
    field: str | None = None
    seen: str = Field(description="Verbatim.")
    expected: str
    why: str
    fix: str
    note: str | None = None
    likely: bool = Field(description="True where the evidence makes it likely rather than certain.")
    commands: tuple[str, ...] = ()


class ResultReport(_Model):
    """One check."""

    code: str = Field(description="Stable: IRSA101 … IRSA605.")
    title: str
    severity: Severity
    status: Status
    finding: FindingReport | None = None
    reason: str | None = Field(default=None, description="Why it could not be checked, or was not.")
    enable: str | None = Field(default=None, description="What would turn an error into an answer.")
    follows_from: str | None = None
    documentation: str = Field(
        default="", description="The check's page: its address, or its name in the project."
    )


class CorrectionReport(_Model):
    """The corrected trust policy."""

    role_arn: str
    diff: str = Field(description="Unified diff against the present policy.")
    policy: str = Field(description="The whole corrected policy, as JSON text.")
    changes: tuple[str, ...]
    exceeds_quota: bool
    commands: dict[str, str] = Field(description="Ready text by tool.")


class TargetReport(_Model):
    """What the diagnosis is about."""

    cluster: str
    namespace: str
    service_account: str | None
    workload: str | None
    role_arn: str | None
    subject: str | None
    issuer: str | None
    how: tuple[str, ...] = Field(description="How the target was found, one clause per choice.")


class ProofReport(_Model):
    """What STS itself said, where the fleet file turns the proof on."""

    asked: Asked = Field(description="given, refused, or unknown.")
    injected: Injected | None = Field(
        default=None, description="What a dry run of a pod showed; null where it is turned off."
    )
    text: str = Field(description="The whole proof in words, with what it does not show.")


class DiagnosisReport(_Model):
    """One diagnosis."""

    verdict: Verdict
    headline: str
    advice: str | None = Field(default=None, description="What to do where nothing is at fault.")
    ask: tuple[str, ...] = Field(
        default=(), description="Read-only commands whose output would answer what was not read."
    )
    cause: str | None = Field(default=None, description="The code to mend first.")
    target: TargetReport
    results: tuple[ResultReport, ...]
    proof: ProofReport | None = None
    correction: CorrectionReport | None = None
    correction_blocked: str | None = None
    hardening: CorrectionReport | None = Field(
        default=None, description="A narrower trust policy that still works; offered, never needed."
    )
    fixes: tuple[str, ...] = Field(description="Commands that do what the buttons in Slack do.")
    calls: tuple[CallReport, ...]
    started: datetime
    seconds: float


class CandidateReport(_Model):
    """One target that the failure may be about."""

    cluster: str
    namespace: str
    service_account: str | None
    workload: str | None
    reason: str


class QuestionReport(_Model):
    """What must be said before a diagnosis can start."""

    text: str
    missing: tuple[str, ...]
    candidates: tuple[CandidateReport, ...]


class Report(_Model):
    """Everything that one text or one command led to."""

    version: Literal[1] = 1
    diagnoses: tuple[DiagnosisReport, ...] = ()
    questions: tuple[QuestionReport, ...] = ()


def report_of(answers: Sequence[Diagnosis | Question]) -> Report:
    """Turn what the engine answered into its JSON form."""
    return Report(
        diagnoses=tuple(_diagnosis(a) for a in answers if isinstance(a, Diagnosis)),
        questions=tuple(_question(a) for a in answers if not isinstance(a, Diagnosis)),
    )


def _proof(proof: Proof) -> ProofReport:
    return ProofReport(
        asked=proof.sts.asked,
        injected=proof.rehearsal.injected if proof.rehearsal else None,
        text=sentences(proof),
    )


def _diagnosis(diagnosis: Diagnosis) -> DiagnosisReport:
    target = diagnosis.target
    return DiagnosisReport(
        verdict=diagnosis.verdict,
        headline=diagnosis.headline,
        advice=diagnosis.advice,
        ask=diagnosis.ask,
        cause=diagnosis.root.code if diagnosis.root else None,
        proof=_proof(diagnosis.proof) if diagnosis.proof else None,
        target=TargetReport(
            cluster=target.cluster,
            namespace=target.namespace,
            service_account=target.service_account,
            workload=str(target.workload) if target.workload else None,
            role_arn=diagnosis.role_arn,
            subject=diagnosis.subject,
            issuer=diagnosis.issuer,
            how=target.how,
        ),
        results=tuple(_result(r) for r in diagnosis.results),
        correction=_correction(diagnosis.correction),
        hardening=_correction(diagnosis.hardening),
        correction_blocked=diagnosis.correction_blocked,
        fixes=tuple(fix.command for fix in diagnosis.fixes),
        calls=tuple(_call(c) for c in diagnosis.calls),
        started=diagnosis.started,
        seconds=round(diagnosis.seconds, 3),
    )


def _correction(correction: PolicyCorrection | None) -> CorrectionReport | None:
    if correction is None:
        return None
    return CorrectionReport(
        role_arn=correction.role_arn,
        diff=correction.diff,
        policy=correction.policy_json,
        changes=correction.changes,
        exceeds_quota=correction.exceeds_quota,
        commands=dict(correction.commands),
    )


def _result(result: Result) -> ResultReport:
    finding = result.finding
    return ResultReport(
        code=result.code,
        title=result.title,
        severity=result.severity,
        status=result.status,
        finding=FindingReport(
            headline=finding.headline,
            where=finding.place.where,
            object=finding.place.object,
            field=finding.place.field,
            seen=finding.seen,
            expected=finding.wanted,
            why=finding.why,
            fix=finding.next,
            note=finding.note,
            likely=finding.likely,
            commands=finding.commands,
        )
        if finding
        else None,
        reason=result.reason,
        enable=result.enable,
        follows_from=result.follows_from,
        documentation=page_of(result.code),
    )


def _call(call: Call) -> CallReport:
    return CallReport(
        service=call.service,
        operation=call.operation,
        resource=call.resource,
        at=call.at,
        milliseconds=round(call.milliseconds, 1),
        account=call.account,
        region=call.region,
        cluster=call.cluster,
        outcome=call.outcome,
    )


def _question(question: Question) -> QuestionReport:
    return QuestionReport(
        text=question.text,
        missing=question.missing,
        candidates=tuple(
            CandidateReport(
                cluster=c.target.cluster,
                namespace=c.target.namespace,
                service_account=c.target.service_account,
                workload=str(c.target.workload) if c.target.workload else None,
                reason=c.reason,
            )
            for c in question.candidates
        ),
    )
