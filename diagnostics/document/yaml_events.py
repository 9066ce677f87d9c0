"""YAML's events, and what YAML makes of a plain value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRING: Final = "tag:yaml.org,2002:str"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = Resolver()


class NotYaml(Exception):
    """A text is no YAML; the message is a clause.

    Args:
        words: What is wrong.
        line: From 1.
        column: From 1.
    """

    def __init__(self, words: str, *, line: int, column: int) -> None:
        super().__init__(words)
        self.words = words
        self.line = line
        self.column = column


def yaml_events(text: str) -> Iterator[Any]:
    """The parser's events.

    Raises:
        NotYaml: From the fault on.
    """
    try:
        yield from yaml.parse(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(p for p in (error.context, error.problem) if p) or "unreadable"
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        if "cannot start any token" in words and _at(text, line, column) == "\t":
            words = "a tab stands where YAML takes only spaces"
        raise NotYaml(words, line=line, column=column) from error
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0) or 0
        reason = getattr(error, "reason", None) or "a character that YAML does not allow"
        line = text.count("\n", 0, position) + 1
        raise NotYaml(reason, line=line, column=1) from error


def _at(text: str, line: int, column: int) -> str:
    """The character at a place of a text."""
    rows = text.split("\n", line)
    return rows[line - 1][column - 1 : column] if line <= len(rows) else ""


def place_of(event: Any) -> tuple[int, int]:
    """Line and column at which what an event tells of begins, from 1."""
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def is_string(event: Any) -> bool:
    """Whether a scalar is a string, and no number, boolean or null."""
    quoted = not (event.implicit[0] and event.style in (None, ""))
    return quoted or plain_tag(event.value) == _STRING


def plain_tag(text: str) -> str:
    """What YAML 1.1 makes of a value without quotes, as PyYAML has it: `tag:yaml.org,2002:int` for 012."""
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
    return tag
