"""Limits for a preflight of the embedded world, in which everything answers or refuses at once, however slowly."""

from __future__ import annotations

from typing import Final

from bot.clients import Limits

PATIENT: Final = Limits(
    aws_attempts=4,
    aws_connect=60.0,
    aws_read=60.0,
    aws_deadline=120.0,
    kube_attempts=1,
    kube_connect=60.0,
    kube_request=60.0,
    kube_deadline=120.0,
)
