"""The Slack app's manifest: valid, consistent with itself and with what the bot handles."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from typer.testing import CliRunner

from bot.__main__ import app
from bot.manifest import manifest_document
from bot.preflight.needs import SLACK_SCOPES
from handlers import listeners
from handlers.render.card import SHORTCUT
from sandbox.slack.api.methods import METHODS
from tests.conftest import ROOT, SHARED

URL = "https://irsa.example.com"
EVENT_SCOPES = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "channel_shared": "channels:read",
    "channel_unshared": "channels:read",
    "link_shared": "links:read",
    "member_joined_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
}
"""Source: docs.slack.dev, "Events API types", the scope that each page names."""
VARIANTS = {
    "socket": manifest_document(),
    "http": manifest_document(url=URL),
    "links": manifest_document(links="https://links.example.com/irsa"),
    "mention-only": manifest_document(mention_only=True),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_manifest_follows_slacks_schema(name: str) -> None:
    folder = SHARED / "data" / "slack-manifest-schema"
    if not folder.is_dir():
        pytest.skip(f"Slack's manifest schema is not beside the project ({folder})")

    def retrieve(uri: str) -> Resource[Any]:
        return Resource.from_contents(json.loads((folder / uri.rpartition("/")[2]).read_text()))

    schema = json.loads((folder / "manifest.schema.json").read_text())
    validator = Draft7Validator(schema, registry=Registry(retrieve=retrieve))  # type: ignore[call-arg]

    assert [e.message for e in validator.iter_errors(VARIANTS[name])] == []


@pytest.mark.parametrize("name", VARIANTS)
def test_every_event_has_its_scope(name: str) -> None:
    document = VARIANTS[name]
    scopes = document["oauth_config"]["scopes"]["bot"]

    for event in document["settings"]["event_subscriptions"]["bot_events"]:
        assert EVENT_SCOPES[event] in (None, *scopes), event


def test_mention_only_reads_no_message_that_nobody_addressed_to_the_bot() -> None:
    document = VARIANTS["mention-only"]

    assert not [s for s in document["oauth_config"]["scopes"]["bot"] if s.endswith(":history")]
    assert "app_mention" in document["settings"]["event_subscriptions"]["bot_events"]


def test_http_mode_names_one_address_everywhere_and_socket_mode_none() -> None:
    http, socket = json.dumps(VARIANTS["http"]), json.dumps(VARIANTS["socket"])

    assert http.count(f"{URL}/slack/events") == 3
    assert VARIANTS["http"]["settings"]["socket_mode_enabled"] is False
    assert "https://" not in socket


class Spy:
    """Takes the place of a Bolt app, and notes what is listened to."""

    def __init__(self) -> None:
        self.heard: dict[str, list[Any]] = {}

    def __getattr__(self, kind: str) -> Any:
        def listening(to: Any, *_: Any, **__: Any) -> Any:
            self.heard.setdefault(kind, []).append(to)
            return lambda function: function

        return listening


def listened() -> dict[str, list[Any]]:
    """What the bot listens to, but for what only catches the rest."""
    spy = Spy()
    listeners.register(
        cast("Any", spy),
        cast("Any", SimpleNamespace()),
        directory=cast("Any", None),
        now=cast("Any", None),
    )
    rest = re.compile(r".*", re.DOTALL)
    return {kind: [to for to in found if to != rest] for kind, found in spy.heard.items()}


def test_the_events_are_those_that_the_bot_listens_to() -> None:
    """`message.channels` and its like arrive as `message`."""
    heard = {
        name
        for to in listened()["event"]
        for name in (to.pattern.split("|") if isinstance(to, re.Pattern) else [to])
    }
    asked = VARIANTS["links"]["settings"]["event_subscriptions"]["bot_events"]

    assert {event.partition(".")[0] for event in asked} == heard


def test_commands_and_shortcuts_are_those_that_the_bot_listens_to() -> None:
    features = VARIANTS["socket"]["features"]

    assert [c["command"] for c in features["slash_commands"]] == listened()["command"]
    assert [s["callback_id"] for s in features["shortcuts"]] == listened()["shortcut"]


def called() -> set[str]:
    """The Web API's methods that stand in the code of the bot."""
    methods = {name.replace(".", "_").lower(): name for name in METHODS}
    found: set[str] = set()
    for folder in ("bot", "handlers"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text()
            words = re.findall(r"\.([a-z]+_[A-Za-z_]+)\b", text)
            words += re.findall(r"api_call\(\s*\"([\w.]+)\"", text)
            found |= {
                methods[w] for word in words if (w := word.replace(".", "_").lower()) in methods
            }
            if ".files_upload_v2(" in text:
                found.add("files.getUploadURLExternal")
    return found


def test_every_call_has_its_scope_and_every_scope_its_use() -> None:
    """Least privilege, both ways. Any of a method's scopes will do; which, depends on the channel."""
    scopes = VARIANTS["links"]["oauth_config"]["scopes"]
    granted = {*scopes["bot"], *scopes["bot_optional"]}
    events = VARIANTS["links"]["settings"]["event_subscriptions"]["bot_events"]
    used = {EVENT_SCOPES[event] for event in events} | {"commands"}
    for method in called():
        needed = set(METHODS[method].scopes)
        assert not needed or needed & granted, f"{method} needs one of {sorted(needed)}"
        used |= needed

    assert granted - used == set()


def test_every_scope_is_explained_in_the_docs() -> None:
    scopes = VARIANTS["links"]["oauth_config"]["scopes"]

    assert {*scopes["bot"], *scopes["bot_optional"]} == set(SLACK_SCOPES)
    text = (ROOT / "docs" / "permissions.md").read_text()
    assert [
        s for s, words in SLACK_SCOPES.items() if f"| `{s}`" not in text or words not in text
    ] == []


def test_shortcut_is_the_one_that_the_bot_handles() -> None:
    shortcuts = VARIANTS["socket"]["features"]["shortcuts"]

    assert [s["callback_id"] for s in shortcuts] == [SHORTCUT]


def test_command_line_prints_the_file_at_the_top_of_the_repository() -> None:
    result = CliRunner().invoke(app, ["manifest"])

    assert yaml.safe_load(result.stdout) == yaml.safe_load((ROOT / "manifest.yml").read_text())


def test_address_without_https_is_refused_in_words() -> None:
    result = CliRunner().invoke(app, ["manifest", "--url", "http://irsa.example.com"])

    assert result.exit_code == 2
    assert "is not an https:// address" in result.output
