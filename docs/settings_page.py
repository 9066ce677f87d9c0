"""Writes settings.md: every environment variable, with the words that stand beside it in the code."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from textwrap import dedent
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD: Final = """\
# Settings

One process, environment variables, read once at its start. `irsa serve` says all faults of them together and exits with
2; a misspelt variable is one of them. What is about accounts, clusters, channels and people is in the
[fleet file](install.md#3-the-fleet-file), which is read again while the bot runs.

| variable | default | |
|---|---|---|
"""
_TAIL: Final = """
`AWS_*` variables and the AWS SDKs' own files say who the bot is; `KUBECONFIG` is for clusters that the fleet file
reaches by a kubeconfig.
"""


def settings_page() -> str:
    """The page as Markdown."""
    words = dict(_docstrings())
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = default.get_secret_value() if isinstance(default, SecretStr) else default
        said = "" if shown is None else f"`{shown}`"
        rows.append(f"| `{field.alias}` | {said} | {words[name]} |")
    return _HEAD + "\n".join(rows) + "\n" + _TAIL


def _docstrings() -> Iterator[tuple[str, str]]:
    """Each field with the text beneath it."""
    (tree,) = ast.parse(dedent(inspect.getsource(Settings))).body
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match text:
                case ast.Expr(value=ast.Constant(value=str(words))):
                    yield field.target.id, " ".join(words.split())
