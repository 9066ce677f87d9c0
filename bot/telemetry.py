"""What is counted, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Telemetry:
    """Metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.deliveries = Counter(
            "irsa_deliveries",
            "Deliveries from Slack by kind and by what became of them.",
            ("kind", "outcome"),
            registry=self.registry,
        )
        self.refused = Counter(
            "irsa_requests_refused",
            "HTTP requests refused before they were read.",
            ("reason",),
            registry=self.registry,
        )
        self.jobs = Counter(
            "irsa_jobs", "Jobs by task and outcome.", ("task", "outcome"), registry=self.registry
        )
        self.running = Gauge("irsa_jobs_running", "Jobs under way.", registry=self.registry)
        self.diagnosis_seconds = Histogram(
            "irsa_diagnosis_seconds",
            "Time of one diagnosis.",
            ("verdict",),
            buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30),
            registry=self.registry,
        )
        self.fixes = Counter(
            "irsa_fixes", "Fixes by kind and outcome.", ("fix", "outcome"), registry=self.registry
        )
        self.slack_errors = Counter(
            "irsa_slack_errors",
            "Calls that Slack refused.",
            ("method", "error"),
            registry=self.registry,
        )

    def delivery(self, kind: str, outcome: str) -> None:
        """Count one delivery; see `handlers.ports.Meter`."""
        self.deliveries.labels(kind=kind, outcome=outcome).inc()

    def text(self) -> bytes:
        """All metrics in Prometheus's text format."""
        return generate_latest(self.registry)
