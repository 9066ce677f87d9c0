"""Placeholders of policy templates, such as `${OIDC_PROVIDER}` for envsubst or `{{ .Issuer }}` for Go.

Policy variables of IAM, such as `${aws:userid}`, are none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diagnostics.document.tree import HOLE, Mapping, Scalar, walk

if TYPE_CHECKING:
    from diagnostics.document.tree import Node

_PLACEHOLDER: Final = re.compile(
    r"\$\{(?![A-Za-z]{2,20}:)([^{}\s]{1,80})\}|\{\{([^{}]{1,120})\}\}|<([A-Z][A-Z0-9_-]{2,40})>"
)

FILLED_LATER: Final = "{file}: has placeholders, which count as right until they are filled in"
"""The note on a file of which something is not judged for that reason."""
_BARE: Final = re.compile(r"\$[A-Z_][A-Z0-9_]{1,80}")
"""Of envsubst, and nothing that an ARN holds."""


def has_placeholder(text: str) -> bool:
    """Whether a text holds one."""
    return _PLACEHOLDER.search(text) is not None


def placeholder_in(text: str) -> str | None:
    """The first placeholder of a text, as it is written."""
    found = _PLACEHOLDER.search(text) or _BARE.search(text)
    return found[0] if found else None


def placeholders(node: Node) -> bool:
    """Turn every placeholder of a tree into a hole; whether there was one."""
    found = False
    for one in walk(node):
        if isinstance(one, Scalar):
            found = _filled(one) or found
        elif isinstance(one, Mapping):
            for key, _ in one.pairs:
                found = _filled(key) or found
    return found


def _filled(scalar: Scalar) -> bool:
    names = [
        (match[1] or match[2] or match[3]).strip() for match in _PLACEHOLDER.finditer(scalar.text)
    ]
    if not names:
        return False
    scalar.text = _PLACEHOLDER.sub(HOLE, scalar.text)
    scalar.holes = (*scalar.holes, *names)
    return True
