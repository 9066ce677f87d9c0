r"""An answer that can be written anywhere: half a character (a lone surrogate) in it is spelled out.

JSON may hold one (`\\ud800`), so an annotation or a trust policy may; UTF-8 can't.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")


def writable(value: T) -> T:
    r"""The same value, with each lone surrogate in its texts spelled out (`\\ud800`)."""
    return _writable(value)  # type: ignore[no-any-return]


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return value if _encodes(value) else _spelled(value)
    if isinstance(value, tuple):
        parts = tuple(_writable(one) for one in value)
        return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
    if isinstance(value, dict):
        return {_writable(key): _writable(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for field in fields(value):
            before = getattr(value, field.name)
            after = _writable(before)
            if after is not before and field.init:
                changed[field.name] = after
        return replace(value, **changed) if changed else value
    return value


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _spelled(text: str) -> str:
    return text.encode("utf-8", errors="backslashreplace").decode()


__all__ = ["writable"]
