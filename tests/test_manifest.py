"""The Slack app's manifest: valid, consistent with itself and with what the bot handles."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from typer.testing import CliRunner

from bot.__main__ import app
from bot.cli.manifest import manifest_document
from handlers.render.card import SHORTCUT
from tests.conftest import ROOT, SHARED

URL = "https://irsa.example.com"
EVENT_SCOPES = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "link_shared": "links:read",
    "member_joined_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
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
