"""One condition: operator, key and values, ready to be asked.

Source: IAM User Guide, "Conditions with multiple context keys or values" and "Condition operators".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from diagnostics.iam.keys import ALWAYS_CARRIED
from diagnostics.iam.operators import FALSE, OPERATORS, TRUE, UNKNOWN, Operator, Test

if TYPE_CHECKING:
    from diagnostics.iam.keys import Keys

_SUFFIX: Final = "IfExists"
_LIKE: Final = ("StringLike", "StringNotLike")
"""Operators to which `*` is any value."""


class Quantifier(Enum):
    """How the several values of a multivalued key count."""

    ALL = "ForAllValues"
    ANY = "ForAnyValue"


def operator_of(text: str) -> tuple[Operator, Quantifier | None, bool] | None:
    """Read an operator with its prefix and suffix, or None where IAM knows no such operator."""
    quantifier = None
    name = text
    head, colon, rest = text.partition(":")
    if colon:
        quantifier = {"ForAllValues": Quantifier.ALL, "ForAnyValue": Quantifier.ANY}.get(head)
        if quantifier is None:
            return None
        name = rest
    if_exists = name.endswith(_SUFFIX)
    base = OPERATORS.get(name.removesuffix(_SUFFIX))
    if base is None or (if_exists and base.name == "Null"):
        return None
    return base, quantifier, if_exists


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One key under one operator."""

    pointer: str
    operator: str
    """As written, prefix and suffix included."""
    key: str
    """As written."""
    values: tuple[str, ...]
    """Their texts, in the policy's order."""
    base: Operator
    quantifier: Quantifier | None
    if_exists: bool
    variables: bool
    """Whether policy variables are read: Version 2012-10-17."""
    name: str = field(init=False)
    """The key in lower case: names are compared so."""
    test: Test = field(init=False, repr=False, compare=False)
    plain: bool = field(init=False, repr=False, compare=False)
    """Neither negated nor quantified nor Null: the common case, asked first."""

    def __post_init__(self) -> None:
        """Compile the values once."""
        object.__setattr__(self, "name", self.key.lower())
        common = self.quantifier is None and not self.base.negated and self.base.name != "Null"
        object.__setattr__(self, "plain", common)
        object.__setattr__(self, "test", self.base.compile(self.values, self.variables))

    def holds(self, keys: Keys) -> int:  # noqa: PLR0911  the common cases leave early
        """Whether the condition holds: FALSE, UNKNOWN or TRUE."""
        values = keys.values.get(self.name)
        if self.plain and values is not None and len(values) == 1:
            return self.test(values[0], keys)
        if self.base.name == "Null":
            return self._null(values, keys)
        if not values:
            return self._absent(keys)
        negated = self.base.negated
        if self.quantifier is None:
            result = self.test(values[0], keys)
            if len(values) > 1 and any(self.test(v, keys) != result for v in values[1:]):
                # Several values without a set operator: AWS does not say which one counts.
                return UNKNOWN
            return TRUE - result if negated else result
        if values == ("",):
            # "or if the key value resolves to a null data set, such as an empty string"
            return TRUE if self.quantifier is Quantifier.ALL else FALSE
        results = (TRUE - self.test(v, keys) if negated else self.test(v, keys) for v in values)
        return min(results) if self.quantifier is Quantifier.ALL else max(results)

    def _absent(self, keys: Keys) -> int:
        if (
            (self.base.negated and self.quantifier is None)
            or self.if_exists
            or self.quantifier is Quantifier.ALL
        ):
            absent = TRUE
        else:
            absent = FALSE
        if keys.unknown(self.name):
            return self._unknown(absent)
        return absent

    def _unknown(self, absent: int) -> int:
        if self.name in ALWAYS_CARRIED and not self.values:
            return TRUE if self.base.negated else FALSE
        if self.name in ALWAYS_CARRIED and self.base.name in _LIKE and "*" in self.values:
            return FALSE if self.base.negated else TRUE
        if not self.values:
            present = TRUE if self.base.negated else FALSE
            return present if present == absent else UNKNOWN
        return UNKNOWN

    def _null(self, values: tuple[str, ...] | None, keys: Keys) -> int:
        if self.quantifier is not None:
            # Access Analyzer: ForAllValues:Null is always true, ForAnyValue:Null always false.
            return TRUE if self.quantifier is Quantifier.ALL else FALSE
        if keys.unknown(self.name):
            if self.name in ALWAYS_CARRIED:
                return self.test("false", keys)
            yes, no = self.test("true", keys), self.test("false", keys)
            return yes if yes == no else UNKNOWN
        return self.test("false" if values else "true", keys)
