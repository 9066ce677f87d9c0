"""A diagnosis outside Slack: terminal text, Markdown, and versioned JSON. Pure."""

from __future__ import annotations

from bot.report.document import Report, report_of
from bot.report.markdown import markdown
from bot.report.terminal import terminal

__all__ = ["Report", "markdown", "report_of", "terminal"]
