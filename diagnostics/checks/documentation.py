"""Where each check is explained: a page of the docs, by its code."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SITE: ContextVar[str | None] = ContextVar("irsa_doctor_docs", default=None)
_CODE: Final = "{code}"


def document_at(address: str | None) -> None:
    """The same as `documented_at`, from now on and for good: for a process that starts."""
    _SITE.set(address)


@contextmanager
def documented_at(address: str | None) -> Iterator[None]:
    """Let the pages be where somebody put them, in this context and in the tasks started from it.

    Args:
        address: https address below which the docs are, as `make site` writes them, or one with `{code}` in it for
            docs that are kept otherwise; None: nobody said.
    """
    token = _SITE.set(address)
    try:
        yield
    finally:
        _SITE.reset(token)


def link_of(code: str) -> str | None:
    """Address of a check's page; None where nobody said where the docs are."""
    site = _SITE.get()
    if site is None:
        return None
    if _CODE in site:
        return site.replace(_CODE, code)
    return f"{site.rstrip('/')}/checks/{code}.html"


def page_of(code: str) -> str:
    """Address of a check's page, or else its name in the project."""
    return link_of(code) or f"docs/checks/{code}.md"


__all__ = ["document_at", "documented_at", "link_of", "page_of"]
