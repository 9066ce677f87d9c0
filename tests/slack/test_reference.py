"""The table of methods against Slack's published reference, where a copy of it is at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.slack.api.methods import METHODS

REFERENCE = (
    Path(__file__).parents[3] / "shared" / "data" / "slack-api-ref" / "docs.slack.dev" / "methods"
)

pytestmark = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="needs a copy of slack-ruby/slack-api-ref in ../shared/data"
)


def published(name: str) -> dict[str, Any]:
    held = json.loads((REFERENCE / f"{name}.json").read_text())
    assert isinstance(held, dict)
    return held


@pytest.mark.parametrize("name", METHODS)
def test_a_method_takes_the_arguments_that_are_published(name: str) -> None:
    args = published(name)["args"]
    known = set(args["properties"]) - {"current_draft_last_updated_ts"}

    assert METHODS[name].known - {"team_id"} == (known | {"token"}) - {"team_id"}
    assert METHODS[name].required >= set(args.get("required") or ()) - {"token"}


@pytest.mark.parametrize("name", METHODS)
def test_a_method_needs_the_scopes_that_are_published(name: str) -> None:
    assert set(METHODS[name].scopes) == set((published(name).get("scope") or {}).get("bot", ()))


@pytest.mark.parametrize("name", METHODS)
def test_a_method_has_the_published_tier_and_body(name: str) -> None:
    spec = published(name)

    assert METHODS[name].tier == (spec.get("rate_limits") or "t3")
    assert METHODS[name].json == bool(spec.get("json_input_supported"))
