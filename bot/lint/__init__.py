"""Files in, reports out: what `irsa lint` does around the rules."""

from __future__ import annotations

from bot.lint.document import LintDocument, document_of, sarif_of
from bot.lint.files import LintFileError, sources
from bot.lint.terminal import lines

__all__ = ["LintDocument", "LintFileError", "document_of", "lines", "sarif_of", "sources"]
