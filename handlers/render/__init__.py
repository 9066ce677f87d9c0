"""What people read in Slack: diagnoses, questions, troubles and dialogs as text and blocks. Pure."""

from __future__ import annotations

from handlers.render.card import Card, Deed, Diagnosed, Happening, Message, OfferedFix
from handlers.render.confirm import confirm_modal
from handlers.render.diagnosis import diagnosis_message
from handlers.render.dialogs import checks_modal, form_modal
from handlers.render.notices import (
    hello_message,
    help_message,
    progress_message,
    question_message,
    trouble_message,
)
from handlers.render.request import Request, request_message

__all__ = [
    "Card",
    "Deed",
    "Diagnosed",
    "Happening",
    "Message",
    "OfferedFix",
    "Request",
    "checks_modal",
    "confirm_modal",
    "diagnosis_message",
    "form_modal",
    "hello_message",
    "help_message",
    "progress_message",
    "question_message",
    "request_message",
    "trouble_message",
]
