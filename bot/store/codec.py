"""Values of the engine to JSON text and back, for the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter

import diagnostics.case
import diagnostics.evidence
import diagnostics.fix.correction
import diagnostics.fix.impact
import diagnostics.fix.plan
import diagnostics.fleet
import diagnostics.journal
import diagnostics.proof.answer
import diagnostics.recognize.symptom
import diagnostics.result
import handlers.render.card
from diagnostics.case import Case, Question
from diagnostics.fix.plan import Fix
from diagnostics.languages import Words
from diagnostics.result import Diagnosis
from handlers.render.card import Happening

T = TypeVar("T")

_NAMES: Final[dict[str, Any]] = {"datetime": datetime, "Words": Words} | {
    name: value
    for module in (
        diagnostics.case,
        diagnostics.evidence,
        diagnostics.fleet,
        diagnostics.journal,
        diagnostics.proof.answer,
        diagnostics.recognize.symptom,
        diagnostics.result,
        diagnostics.fix.correction,
        diagnostics.fix.impact,
        diagnostics.fix.plan,
        handlers.render.card,
    )
    for name, value in vars(module).items()
    if not name.startswith("_")
}
"""The nouns import each other for type checking only, so their annotations are resolved here."""


class Codec(Generic[T]):
    """Writes and reads values of one type."""

    def __init__(self, kind: type[T]) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(kind, config=ConfigDict(defer_build=True))
        self._adapter.rebuild(raise_errors=True, _types_namespace=_NAMES)

    def write(self, value: T) -> str:
        """The value as JSON text."""
        return self._adapter.dump_json(value).decode("utf-8", errors="replace")

    def read(self, text: str) -> T:
        """The value back.

        Raises:
            ValueError: If another version wrote something that this one can't read.
        """
        return self._adapter.validate_json(text)


cases: Final = Codec(tuple[Case, ...])
diagnoses: Final = Codec(tuple[Diagnosis, ...])
question: Final = Codec(tuple[Question, ...])
"""None or one: pydantic takes our settings for a tuple, but not for a bare dataclass."""
happenings: Final = Codec(tuple[Happening, ...])
fix: Final[Codec[Fix]] = Codec(Fix)  # type: ignore[arg-type]  # a union is no type[T]
