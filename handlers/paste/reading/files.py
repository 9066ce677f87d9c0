"""Which of a message's files are worth downloading: text, by what Slack says of them."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.paste.reading.untrusted import Node, nodes_at, text_at

FILE_LIMIT = 1_048_576
"""Bytes that are read of one file."""

_MOST = 5
_TEXT_TYPES = frozenset(
    ("text", "log", "txt", "json", "yaml", "yml", "markdown", "md", "csv", "xml", "html", "shell", "sh", "python",
     "go", "java", "javascript", "auto", "ini", "toml", "hcl", "diff", "post", "out", "err", "logfmt", "ndjson")
)  # fmt: skip
_TEXT_MIMES = (
    "text/",
    "application/json",
    "application/x-ndjson",
    "application/xml",
    "application/yaml",
    "application/x-yaml",
)
_ENDINGS = (".log", ".txt", ".json", ".yaml", ".yml", ".out", ".err", ".md", ".ndjson")
_MODES = frozenset(("snippet", "hosted", "post"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToRead:
    """A text file that a message carries."""

    id: str
    name: str
    url: str
    """`url_private_download` or `url_private`. The one who downloads checks the host: the bot's token goes there."""
    size: int
    """Bytes, as Slack says; 0 where it does not. Read `FILE_LIMIT` of them."""


def files_to_read(message: Node) -> tuple[FileToRead, ...]:
    """Pick the text snippets and log files of a message, up to five.

    Files that live elsewhere (Drive, Dropbox), deleted ones and those hidden by the plan's limit are left out.
    """
    chosen = []
    for file in nodes_at(message, "files"):
        url = text_at(file, "url_private_download") or text_at(file, "url_private")
        if url and text_at(file, "id") and _is_text(file):
            size = file.get("size")
            chosen.append(
                FileToRead(
                    id=text_at(file, "id"),
                    name=text_at(file, "name") or text_at(file, "title") or "a file",
                    url=url,
                    size=size if isinstance(size, int) and size > 0 else 0,
                )
            )
    return tuple(chosen[:_MOST])


def _is_text(file: Node) -> bool:
    if file.get("is_external") is True or text_at(file, "mode") not in _MODES:
        return False
    return (
        text_at(file, "mode") == "snippet"
        or text_at(file, "mimetype").startswith(_TEXT_MIMES)
        or text_at(file, "filetype") in _TEXT_TYPES
        or text_at(file, "name").lower().endswith(_ENDINGS)
    )
