"""Files: snippets that people paste, and uploads of the app."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sandbox.slack.identifiers import Identifiers
    from sandbox.slack.people import Json

LARGEST: Final = 1 << 20
"""Bytes of one file; Slack's limit for a snippet."""

_PREVIEW: Final = 3_000
"""Characters; Slack shows some lines and unfolds the rest, which the page has no other way to."""

SNIPPET_TYPES: Final = frozenset(
    {"text", "diff", "json", "yaml", "shell", "python", "go", "java", "javascript", "markdown"}
)
"""The part of Slack's list that an app like ours could want."""


@dataclass(slots=True, kw_only=True)
class File:
    """One file and who may see it."""

    id: str
    name: str
    title: str
    content: bytes
    user: str
    created: int
    filetype: str = "text"
    channels: list[str] = field(default_factory=list)

    @property
    def text(self) -> str | None:
        """The content, if it is text."""
        try:
            return self.content.decode()
        except UnicodeDecodeError:
            return None

    def as_json(self, base_url: str, team: str) -> Json:
        """The file object as messages and `files.info` carry it."""
        kind = mimetypes.guess_type(self.name)[0] or "text/plain"
        is_text = self.text is not None
        address = f"{base_url}/files-pri/{team}-{self.id}"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title,
            "mimetype": "text/plain" if is_text else kind,
            "filetype": self.filetype if is_text else "binary",
            "pretty_type": "Plain Text" if is_text else "Binary",
            "user": self.user,
            "editable": is_text,
            "size": len(self.content),
            "mode": "snippet" if is_text else "hosted",
            "is_external": False,
            "is_public": True,
            "url_private": f"{address}/{self.name}",
            "url_private_download": f"{address}/download/{self.name}",
            "permalink": f"{base_url}/files/{self.user}/{self.id}/{self.name}",
            "preview": (self.text or "")[:_PREVIEW],
            "preview_is_truncated": len(self.text or "") > _PREVIEW,
            "channels": list(self.channels),
            "file_access": "visible",
        }


@dataclass(slots=True)
class Files:
    """All files of a workspace, and uploads that are not complete."""

    ids: Identifiers
    kept: dict[str, File] = field(default_factory=dict)
    pending: dict[str, File] = field(default_factory=dict)

    def reserve(self, *, name: str, filetype: str, user: str, created: int) -> File:
        """A place for an upload: `files.getUploadURLExternal`."""
        file = File(
            id=self.ids.new("F"),
            name=name,
            title=name,
            content=b"",
            user=user,
            created=created,
            filetype=filetype,
        )
        self.pending[file.id] = file
        return file

    def add(self, *, name: str, content: bytes, user: str, created: int) -> File:
        """A file that a person drops into a channel."""
        file = self.reserve(name=name, filetype="text", user=user, created=created)
        file.content = content
        return self.complete(file.id)

    def complete(self, file_id: str) -> File:
        """Make an upload a file.

        Raises:
            KeyError: If there is no such upload.
        """
        file = self.kept[file_id] = self.pending.pop(file_id)
        return file
