"""What is counted, for Prometheus. `docs/operate.md` says what each metric means and when to worry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest

if TYPE_CHECKING:
    from diagnostics.journal import Call
    from diagnostics.result import Diagnosis

_log = structlog.get_logger("irsa.calls")
_SECONDS: Final = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30)
_MOST_OUTCOMES: Final = 100
_WORD: Final = re.compile(r"[A-Za-z0-9.]{1,64}")
_CALL_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8)


class Telemetry:
    """Metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.deliveries = Counter(
            "irsa_deliveries",
            "Deliveries from Slack by kind and by what became of them.",
            ("kind", "outcome"),
            registry=registry,
        )
        self.refused = Counter(
            "irsa_requests_refused",
            "HTTP requests refused before they were read.",
            ("reason",),
            registry=registry,
        )
        self.jobs = Counter(
            "irsa_jobs", "Jobs by task and outcome.", ("task", "outcome"), registry=registry
        )
        self.running = Gauge(
            "irsa_jobs_running", "Jobs under way in this process.", registry=registry
        )
        self.waiting = Gauge(
            "irsa_jobs_waiting",
            "Jobs that wait, whichever process will take them.",
            registry=registry,
        )
        self.oldest_waiting = Gauge(
            "irsa_jobs_oldest_waiting_seconds",
            "How long the job has waited that has waited longest.",
            registry=registry,
        )
        self.diagnoses = Counter(
            "irsa_diagnoses",
            "Diagnoses by what the text showed, verdict and cause.",
            ("kind", "verdict", "cause"),
            registry=registry,
        )
        self.diagnosis_seconds = Histogram(
            "irsa_diagnosis_seconds",
            "Time of one diagnosis.",
            ("verdict",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.calls = Counter(
            "irsa_calls",
            "Calls to AWS and Kubernetes by service, operation and outcome.",
            ("service", "operation", "outcome"),
            registry=registry,
        )
        self.call_seconds = Histogram(
            "irsa_call_seconds",
            "Time of one call to AWS or Kubernetes.",
            ("service",),
            buckets=_CALL_SECONDS,
            registry=registry,
        )
        self.fixes = Counter(
            "irsa_fixes", "Fixes by kind and outcome.", ("fix", "outcome"), registry=registry
        )
        self.slack_errors = Counter(
            "irsa_slack_errors",
            "Calls that Slack refused.",
            ("method", "error"),
            registry=registry,
        )
        self.audit_waiting = Gauge(
            "irsa_audit_channel_waiting",
            "Entries of the audit trail that are not posted in the audit channel yet.",
            registry=registry,
        )
        self.audit_stuck = Gauge(
            "irsa_audit_channel_stuck",
            "1 where Slack does not take the next entry of the audit trail.",
            registry=registry,
        )
        self.connected = Gauge(
            "irsa_slack_connected",
            "1 where the way to Slack is open: always in HTTP mode.",
            registry=registry,
        )
        self.fleet_usable = Gauge(
            "irsa_fleet_file_usable",
            "0 where the fleet file as it is now can't be used, so that an older content still holds.",
            registry=registry,
        )
        self.fleet_since = Gauge(
            "irsa_fleet_file_loaded_timestamp_seconds",
            "When the content in use was read.",
            registry=registry,
        )
        self._outcomes: set[str] = set()
        self.build = Info("irsa_build", "What runs.", registry=registry)

    def delivery(self, kind: str, outcome: str) -> None:
        """Count one delivery; see `handlers.ports.Meter`."""
        self.deliveries.labels(kind=kind, outcome=outcome).inc()

    def diagnosed(self, diagnosis: Diagnosis) -> None:
        """Count one diagnosis, and log what it came to."""
        verdict = diagnosis.verdict.value
        kind = diagnosis.symptom.kind.value if diagnosis.symptom is not None else "asked"
        cause = diagnosis.root.code if diagnosis.root is not None else "none"
        self.diagnoses.labels(kind=kind, verdict=verdict, cause=cause).inc()
        self.diagnosis_seconds.labels(verdict=verdict).observe(diagnosis.seconds)
        _log.info(
            "diagnosed",
            kind=kind,
            verdict=verdict,
            cause=cause,
            seconds=round(diagnosis.seconds, 3),
            calls=len(diagnosis.calls),
            cluster=diagnosis.target.cluster,
            namespace=diagnosis.target.namespace,
            service_account=diagnosis.target.service_account,
        )

    def called(self, call: Call) -> None:
        """Count one call to AWS or Kubernetes, and log it."""
        outcome = call.outcome if call.outcome in self._outcomes else self._named(call.outcome)
        self.calls.labels(service=call.service, operation=call.operation, outcome=outcome).inc()
        self.call_seconds.labels(service=call.service).observe(call.milliseconds / 1000)
        _log.info(
            "call",
            service=call.service,
            operation=call.operation,
            resource=call.resource,
            account=call.account,
            region=call.region,
            cluster=call.cluster,
            outcome=call.outcome,
            milliseconds=round(call.milliseconds, 1),
        )

    def _named(self, outcome: str) -> str:
        """A new outcome as a label; an API server chooses its words, and must not make more of them than fit."""
        if len(self._outcomes) >= _MOST_OUTCOMES or not _WORD.fullmatch(outcome):
            return "other"
        self._outcomes.add(outcome)
        return outcome

    def text(self) -> bytes:
        """All metrics in Prometheus's text format."""
        return generate_latest(self.registry)
