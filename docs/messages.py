"""Bring the translations up to the sources: `python -m docs.messages` adds what is new and drops what is gone.

A message is the first argument of `say` or `speak`, or a title or reason of a check. What is left to do is an
empty `msgstr` in `diagnostics/languages/*.po`; the tests fail until there is none.
"""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from diagnostics.checks.catalogue import catalogue
from diagnostics.languages import Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT: Final = Path(__file__).parent.parent
CATALOGUES: Final = ROOT / "diagnostics" / "languages"
TRANSLATED: Final = tuple(one for one in Language if one is not Language.ENGLISH)
_MADE: Final = datetime(2026, 11, 24, tzinfo=UTC)
"""The same in every version, so that only sentences differ between two."""
_SPEAKERS: Final = frozenset({"say", "speak"})
_SOURCES: Final = ("diagnostics", "handlers", "bot")
_HEADER: Final = (
    "# {words} of irsa-doctor. Names in braces stay as they are, and so do ARNs, keys and commands."
)


@cache
def messages() -> Mapping[str, str]:
    """Every message with the file that says it first.

    Raises:
        SyntaxError: A `say` or `speak` whose template is no literal; the catalogues could not know it.
    """
    found: dict[str, str] = {}
    for folder in _SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            for template in _templates(path.read_text("utf-8"), where):
                found.setdefault(template, where)
    for check in catalogue():
        where = f"diagnostics/checks/{check.code}"
        for words in (check.title, check.why):
            if words:
                found.setdefault(words, where)
    return found


def _templates(source: str, where: str) -> Iterator[str]:
    if where.startswith("diagnostics/languages/"):
        return
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id not in _SPEAKERS:
            continue
        template = node.args[0] if len(node.args) == 1 else None
        if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
            raise SyntaxError(  # noqa: TRY004  the source is at fault, not the value
                f"{where}:{node.lineno}: {node.func.id}(…) takes one literal template"
            )
        yield template.value


def read(language: Language) -> Catalog:
    """The catalogue of a language as it is; empty where there is none yet."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language.value)
    with path.open("rb") as file:
        return read_po(file, locale=language.value)


def update(language: Language) -> int:
    """Write the catalogue of a language anew; returns how many messages lack their translation."""
    before = read(language)
    after = Catalog(
        locale=language.value,
        fuzzy=False,
        project="irsa-doctor",
        header_comment=_HEADER.format(words=language.name.title()),
        creation_date=_MADE,
        revision_date=_MADE,
    )
    for template, where in messages().items():
        known = before.get(template)
        after.add(
            template,
            string=known.string if known else "",
            locations=[(where, 0)],
            user_comments=known.user_comments if known else (),
        )
    with (CATALOGUES / f"{language}.po").open("wb") as file:
        write_po(file, after, width=100, include_lineno=False, sort_by_file=True)
    return sum(1 for message in after if message.id and not message.string)


def main() -> None:
    """Update every catalogue, and say what is left to translate."""
    for language in TRANSLATED:
        print(f"{language}.po: {update(language)} to translate")  # noqa: T201  for who asked


if __name__ == "__main__":
    main()
