r"""An answer that can be written anywhere: half a character (a lone surrogate) in it is spelled out.

JSON may hold one (`\\ud800`), so an annotation or a trust policy may; UTF-8 can't.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def writable(value: T) -> T:
    r"""The same value, with each lone surrogate in its texts spelled out (`\\ud800`)."""
    return _writable(value, {})  # type: ignore[no-any-return]


def _writable(value: Any, done: dict[int, tuple[Any, Any]]) -> Any:
    """Copy what has to change; what results share is looked at once.

    Args:
        value: Anything.
        done: By its identity, each object that was seen and what it became.
    """
    if isinstance(value, str):
        return value if value.isascii() or _encodes(value) else _spelled(value)
    names = _parts(value.__class__)
    if names is None:
        return value
    known = done.get(id(value))
    if known is None:
        known = done[id(value)] = (value, _copied(value, names, done))
    return known[1]


def _copied(value: Any, names: tuple[str, ...], done: dict[int, tuple[Any, Any]]) -> Any:
    if isinstance(value, tuple):
        parts = tuple([_writable(one, done) for one in value])
        return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
    if isinstance(value, dict):
        return {_writable(key, done): _writable(one, done) for key, one in value.items()}
    changed = {}
    for name in names:
        before = getattr(value, name)
        after = _writable(before, done)
        if after is not before:
            changed[name] = after
    return replace(value, **changed) if changed else value


@cache
def _parts(kind: Any) -> tuple[str, ...] | None:
    """The fields of a dataclass, no name for a tuple or dict, None for what holds no text."""
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind) if field.init)
    return () if issubclass(kind, (tuple, dict)) else None


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _spelled(text: str) -> str:
    return text.encode("utf-8", errors="backslashreplace").decode()


__all__ = ["writable"]
