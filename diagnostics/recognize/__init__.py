"""Text → what failed: `recognize`, the gate before it, and the secrets that must not go on."""

from __future__ import annotations

from diagnostics.recognize.gate import worth_reading
from diagnostics.recognize.recognizer import recognize
from diagnostics.recognize.secrets import SecretKind, find_secrets, redact
from diagnostics.recognize.symptom import Cause, Kind, Symptom

__all__ = [
    "Cause",
    "Kind",
    "SecretKind",
    "Symptom",
    "find_secrets",
    "recognize",
    "redact",
    "worth_reading",
]
