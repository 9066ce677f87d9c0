"""What the rules about people and times must fulfil across their fields: approvers, freezes and readers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.fleet_file.times import clock_of
from bot.fleet_file.tree import fault_at, value_at
from diagnostics.document.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.fleet_file.faults import Fault
    from diagnostics.document.tree import Node

_ONCE: Final = ("since", "until")
_WEEKLY: Final = ("from", "to", "timezone")
_BESIDE: Final = ("days", "except")


def approver_faults(entry: Mapping, where: str) -> Iterator[Fault]:
    """An entry that names nobody, or fewer people than it asks for."""
    if entry.pairs and not _names_any(entry, "users", "groups"):
        yield fault_at(entry, where, "names nobody; give users: or groups:")
    number = value_at(entry, "approvals")
    if number is None or not (number.text.isascii() and number.text.isdecimal()):
        return
    if _names_any(entry, "groups"):
        return
    named = {n.text for n in _items(entry, "users") if isinstance(n, Scalar)}
    if named and len(named) < int(number.text[:3]):
        words = f"asks for {number.text[:3]} approvals and names {len(named)}; name more people, or a group"
        yield fault_at(number, f"{where}.approvals", words)


def freeze_faults(entry: Mapping, where: str) -> Iterator[Fault]:
    """A freeze that is neither dated nor weekly, or both, or that ends before it begins."""
    once = [key for key in _ONCE if entry.get(key) is not None]
    weekly = [key for key in (*_WEEKLY, *_BESIDE) if entry.get(key) is not None]
    if once and weekly:
        words = f"{weekly[0]} stands beside {once[0]}; a freeze is dated (since, until) or weekly (from, to, timezone)"
        yield fault_at(entry, where, words)
        return
    wanted = _WEEKLY if weekly else _ONCE
    for key in wanted:
        if entry.pairs and entry.get(key) is None:
            words = "missing; give since and until, or from, to and timezone"
            yield fault_at(entry, f"{where}.{key}", words)
    yield from _weekly_faults(entry, where) if weekly else _backwards(entry, where)


def reader_faults(entry: Mapping, where: str) -> Iterator[Fault]:
    """An entry that is about nothing, or about nobody."""
    if not entry.pairs:
        return
    if not _names_any(entry, "accounts", "clusters"):
        yield fault_at(entry, where, "names nothing to read; give accounts: or clusters:")
    if not _names_any(entry, "channels", "users", "groups"):
        yield fault_at(entry, where, "names nobody; give channels:, users: or groups:")


def _weekly_faults(entry: Mapping, where: str) -> Iterator[Fault]:
    begins, ends = value_at(entry, "from"), value_at(entry, "to")
    start = None if begins is None else clock_of(begins.text)
    end = None if ends is None else clock_of(ends.text)
    if ends is None or start is None or end is None:
        return  # said of the field itself
    if (start[0] is None) != (end[0] is None):
        words = (
            "a day of the week stands in one of from and to only; give it in both, or in neither"
        )
        yield fault_at(ends, f"{where}.to", words)
    elif start == end:
        yield fault_at(ends, f"{where}.to", "the same time as from; a whole day is 00:00 to 24:00")
    elif start[0] is not None and entry.get("days") is not None:
        words = "stands beside a from that names its day; drop one of them"
        yield fault_at(entry, f"{where}.days", words)


def _backwards(entry: Mapping, where: str) -> Iterator[Fault]:
    since, until = value_at(entry, "since"), value_at(entry, "until")
    if since is None or until is None:
        return
    try:
        ordered = datetime.fromisoformat(since.text) < datetime.fromisoformat(until.text)
    except (ValueError, TypeError):
        return  # said of the field itself
    if not ordered:
        yield fault_at(until, f"{where}.until", "not later than since")


def _names_any(entry: Mapping, *keys: str) -> bool:
    return any(_items(entry, key) for key in keys)


def _items(entry: Mapping, key: str) -> tuple[Node, ...]:
    node = entry.get(key)
    return tuple(node.items) if isinstance(node, Sequence) else ()
