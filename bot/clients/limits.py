"""How long a call may take, and how many run at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on every call. Times are seconds.

    A deadline around a thread does not stop the call in it, so AWS calls have botocore's own timeouts too:
    they end at the latest after `aws_attempts * (aws_connect + aws_read)` and the pauses between attempts.
    """

    aws_connect: float = 2.0
    aws_read: float = 5.0
    aws_attempts: int = 3
    """Botocore's retries for throttling and 5xx answers, the first attempt included."""
    aws_deadline: float = 8.0
    """For one call with its retries, waiting for a free slot included."""
    aws_at_once: int = 8
    """Calls in one account at a time, while it throttles none of them."""
    threads: int = 32

    kube_connect: float = 3.0
    kube_request: float = 6.0
    """For one request."""
    kube_deadline: float = 9.0
    """For one call: its pages and retries."""
    kube_attempts: int = 3
    """For reads that meet 429, a 5xx answer or a cut connection; writes are never repeated."""
    kube_at_once: int = 8
    """Requests to one cluster at a time, while it throttles none of them."""
    page: int = 500
    """Objects in one answer of a list."""
    most_objects: int = 10_000
    """Objects of one list; more are refused rather than cut off."""
    most_bytes: int = 32 * 1024 * 1024
    """Size of one answer."""
    most_roles: int = 10_000
    """Roles of one account that are searched."""
    trail_pause: float = 0.5
    """Between two CloudTrail lookups in one account and region, which takes 2 a second."""
    trail_pages: int = 4
    """Pages of 50 records that one lookup reads, newest first."""
    exec_plugin: float = 10.0
    """For a kubeconfig's credential plugin."""
