"""Logging: JSON lines (or text), secrets removed from every value, other libraries' lines included."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, Final

import structlog

from diagnostics.recognize import redact

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor

_TOKENS: Final = re.compile(r"\bx(?:ox[a-z]|app)-[A-Za-z0-9-]{4,}")
_LONGEST: Final = 8_000
_DEPTH: Final = 4


def configure(*, level: str, form: str) -> None:
    """Set logging up for the process.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        form: `json` for one object per line, `text` for people.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer(default=str)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Bolt logs whole request bodies at INFO when a signature is wrong, and slack_sdk whole answers at DEBUG.
    for name in ("slack_bolt", "slack_sdk", "aiohttp.access", "botocore", "alembic", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.WARNING)


def without_secrets(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Remove tokens, keys and JWTs from every value of a line."""
    return {key: _clean(value, 0) for key, value in event.items()}


def _clean(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _TOKENS.sub("[token removed]", redact(value[:_LONGEST]))
    if depth < _DEPTH:
        if isinstance(value, dict):
            return {key: _clean(held, depth + 1) for key, held in value.items()}
        if isinstance(value, list | tuple):
            return [_clean(held, depth + 1) for held in value]
    return value
