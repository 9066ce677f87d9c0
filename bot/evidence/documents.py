"""From the text of a file to its documents: JSON values one after the other, YAML documents, or a form for people."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

import yaml

from bot.evidence.aws_table import of_table
from bot.evidence.aws_text import of_text
from bot.evidence.describe import described
from bot.evidence.fault import EvidenceError
from bot.given_file import encoding_of
from diagnostics.recognize.outputs import is_description, is_table, is_text

MAX_BYTES: Final = 4_000_000
"""Of one file."""
_MOST_DOCUMENTS: Final = 1_000
_DEEPEST: Final = 64
_MOST_EVENTS: Final = 500_000
_YAML: Final = "tag:yaml.org,2002:"
_NOT_MEANT: Final = frozenset(_YAML + name for name in ("timestamp", "int", "float"))
_TAGS: Final = frozenset(
    ("!", *(_YAML + name for name in ("str", "binary", "map", "seq", "null", "bool")))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document, and where it stands."""

    file: str
    number: int
    """From 1."""
    value: dict[str, Any]

    @property
    def where(self) -> str:
        """Such as `role.json, document 1`."""
        return f"{self.file}, document {self.number}"


class _Loader(yaml.CSafeLoader):
    """YAML as kubectl and the AWS CLI mean it: times, policy versions and `1:30` stay text.

    YAML 1.1 makes a number to the base of 60 of the last, which takes time by the square of its length.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012  as the base class has it
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NOT_MEANT]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver(
    _YAML + "int", re.compile(r"[-+]?(?:0|[1-9][0-9]{0,18})$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    _YAML + "float",
    re.compile(r"[-+]?[0-9]{1,20}(?:\.[0-9]{0,20})?(?:[eE][-+]?[0-9]{1,3})?$"),
    list("-+0123456789"),
)


def documents(file: str, raw: bytes) -> tuple[Document, ...]:
    """Read the documents of a file; empty ones are left out, but counted.

    Raises:
        EvidenceError: It is too large, no text, neither JSON nor YAML, or a document is no mapping.
    """
    if len(raw) > MAX_BYTES:
        raise EvidenceError(f"{file}: over {MAX_BYTES:,} bytes; name the namespace in the command")
    try:
        text = raw.decode(encoding_of(raw))
    except UnicodeDecodeError as error:
        raise EvidenceError(
            f"{file}: byte {error.start + 1} is no text in UTF-8 or UTF-16"
        ) from None
    values = _values(file, text)
    found = []
    for number, value in enumerate(values, 1):
        if value is None:
            continue
        if not isinstance(value, dict):
            raise EvidenceError(
                f"{file}, document {number}: expected a mapping, as kubectl and the AWS CLI write "
                f"with -o yaml or --output json, not {_named(value)}"
            )
        found.append(Document(file=file, number=number, value=value))
    if not found:
        raise EvidenceError(f"{file}: it is empty; it should hold the output of a command")
    return tuple(found)


def _values(file: str, text: str) -> list[Any]:
    # What was put together with `---` in between is YAML, of which JSON is a part.
    if text.lstrip()[:1] in ("{", "[") and "\n---\n" not in text:
        return _json(file, text)
    if is_table(text):
        return [of_table(file, text)]
    if is_text(text):
        return [of_text(file, text)]
    if is_description(text):
        return list(described(file, text))
    return _yaml(file, text)


def _json(file: str, text: str) -> list[Any]:
    decoder = json.JSONDecoder()
    values: list[Any] = []
    at = len(text) - len(text.lstrip())
    while at < len(text):
        where = f"{file}, document {len(values) + 1}"
        if len(values) == _MOST_DOCUMENTS:
            raise EvidenceError(f"{file}: more than {_MOST_DOCUMENTS:,} documents")
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise EvidenceError(f"{where}: line {error.lineno}: no JSON: {error.msg}") from None
        except (RecursionError, ValueError):
            raise EvidenceError(f"{where}: no JSON that a command writes") from None
        _bounded(where, value)
        if not writable(value):
            raise EvidenceError(
                f"{where}: it holds half a character (a lone surrogate such as \\ud800)"
            )
        values.append(value)
        while at < len(text) and text[at].isspace():
            at += 1
    return values


def _bounded(where: str, value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise EvidenceError(f"{where}: nested deeper than {_DEEPEST} levels")
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner.extend(one.values())
            elif isinstance(one, list):
                inner.extend(one)
        level = inner


def _yaml(file: str, text: str) -> list[Any]:
    try:
        _look_over(file, text)
        return list(yaml.load_all(text, Loader=_Loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        problem = str(getattr(error, "problem", None) or "it can't be parsed")[:200]
        raise EvidenceError(f"{file}: {line}neither JSON nor YAML: {problem}") from None
    except ValueError as error:
        raise EvidenceError(f"{file}: a value can't be read: {str(error)[:200]}") from None


def _look_over(file: str, text: str) -> None:
    """Refuse what would grow when it is loaded, before it is."""
    depth = number = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        number += isinstance(event, yaml.DocumentStartEvent)
        where = f"{file}, document {number}"
        if isinstance(event, yaml.AliasEvent):
            raise EvidenceError(f"{where}: aliases (*name) are not read; no command writes them")
        tag: str | None = getattr(event, "tag", None)
        if tag is not None and tag not in _TAGS:
            raise EvidenceError(f"{where}: the tag {tag[:60]} is not read; no command writes it")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise EvidenceError(f"{where}: nested deeper than {_DEEPEST} levels")
        if count > _MOST_EVENTS or number > _MOST_DOCUMENTS:
            raise EvidenceError(f"{where}: too much to read; name the namespace in the command")


def _named(value: object) -> str:
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else f"a {type(value).__name__}"


def writable(value: object) -> bool:
    """Whether all text in a JSON value can be written as UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
