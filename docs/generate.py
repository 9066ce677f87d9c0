"""Writes the generated pages: `make docs`. A test compares them with what stands in the repository."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.fleet_file import json_schema
from bot.lint import LintDocument
from bot.preflight.document import PreflightReport
from bot.report import Report
from bot.sweep import SweepDocument
from diagnostics.checks.catalogue import catalogue
from diagnostics.checks.page import check_page, page
from docs.permissions_page import permissions_page
from docs.settings_page import settings_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCS: Final = Path(__file__).resolve().parent


def _schema(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "checks.md": lambda: page(catalogue()),
    **{f"checks/{check.code}.md": partial(check_page, check, catalogue()) for check in catalogue()},
    "report.schema.json": lambda: _schema(Report.model_json_schema(mode="serialization")),
    "preflight.schema.json": lambda: _schema(
        PreflightReport.model_json_schema(mode="serialization")
    ),
    "lint.schema.json": lambda: _schema(LintDocument.model_json_schema(mode="serialization")),
    "sweep.schema.json": lambda: _schema(SweepDocument.model_json_schema(mode="serialization")),
    "permissions.md": permissions_page,
    "settings.md": settings_page,
    "fleet.schema.json": lambda: _schema(json_schema()),
}


def main() -> None:
    """Write every page, and drop those of checks that are no more."""
    checks = DOCS / "checks"
    checks.mkdir(exist_ok=True)
    for stale in checks.glob("*.md"):
        if f"checks/{stale.name}" not in PAGES:
            stale.unlink()
    for name, render in PAGES.items():
        (DOCS / name).write_text(render(), encoding="utf-8")
        print(f"docs/{name}")  # noqa: T201  for who asked


if __name__ == "__main__":
    main()
