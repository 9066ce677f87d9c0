"""The sweep's report as one HTML file that needs nothing else."""

from __future__ import annotations

from bot.sweep.html.page import html_of

__all__ = ["html_of"]
