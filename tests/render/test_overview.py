"""Status, history, hello and Home keep Slack's limits and hide nothing of what they are about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.blockkit import validate_message, validate_view
from handlers.incident import Incident, Spot
from handlers.mutes import Mute
from handlers.render import Card, Diagnosed, diagnosis_message, hello_message
from handlers.render.card import Earlier
from handlers.render.moments import address_of, moment
from handlers.render.overview import (
    FleetHealth,
    Standing,
    history_message,
    home_view,
    status_message,
)
from tests.render import samples

INCIDENT = Incident(
    id="5f0c27ab0123456789ab",
    spot=Spot(team="T1", channel="C1", thread_ts="1764000000.000100"),
    by="U1",
    cases=(),
    reply_ts="1764000001.000200",
    diagnoses=(samples.UNANNOTATED,),
    created=samples.AT,
)
WORKSPACE = "https://example.slack.com/"
MUTE = Mute(channel="C1", code=None, until=samples.AT + timedelta(hours=4), by="U1")


@settings(max_examples=40)
@given(st.text(max_size=3_000), st.integers(0, 300))
def test_no_fleet_and_no_words_however_long_break_slacks_limits(text: str, count: int) -> None:
    target = replace(samples.TARGET, namespace=text[:253] or "a", cluster=text[:253] or "b")
    incident = replace(
        INCIDENT, diagnoses=(replace(samples.UNANNOTATED, target=target, headline=text),)
    )
    health = FleetHealth(
        clusters=tuple(f"{text[:90]}{n}" for n in range(count)),
        accounts=1,
        troubles=(text,) * count,
    )
    standing = Standing(health=health, recent=(incident,), mutes=(MUTE,) * 9, workspace=WORKSPACE)

    for message in (status_message(standing), history_message((incident,) * 10, WORKSPACE)):
        assert validate_message({"text": message.text, "blocks": message.blocks}) == ()
    view = home_view(
        (incident,) * 10,
        me="U9",
        health=health,
        approves=(text[:200] or "x",) * 50,
        workspace=WORKSPACE,
    )
    assert validate_view(view) == ()


def test_an_incident_links_to_its_reply_and_its_time_is_the_readers() -> None:
    link = address_of(INCIDENT, WORKSPACE)

    assert link == (
        "https://example.slack.com/archives/C1/p1764000001000200?thread_ts=1764000000.000100&amp;cid=C1"
    )
    assert moment(samples.AT, link=link).endswith(f"^{link}|2026-11-24 03:12 UTC>")
    on_its_way = address_of(replace(INCIDENT, reply_ts=None), WORKSPACE)
    assert on_its_way is not None
    assert "/p1764000000000100?" in on_its_way  # the message that it will answer
    assert "^http" not in moment(samples.AT, link="https://a|b")


def test_a_pointer_names_cause_and_place_in_a_whole_sentence_and_links_to_the_answer() -> None:
    card = Card(
        incident_id="7Q2M",
        first=Diagnosed(diagnosis=samples.UNANNOTATED),
        same_as=Earlier(at=samples.AT, link=address_of(INCIDENT, WORKSPACE)),
    )

    message = diagnosis_message(card)

    assert validate_message({"text": message.text, "blocks": message.blocks}) == ()
    assert message.text == (
        "payments/api on prod-eu: The service account has no role annotation. "
        "The full answer is in an earlier thread."
    )
    assert "rich_text" in [b["type"] for b in message.blocks]
    assert "full answer>" in str(message.blocks)


def test_a_hello_says_how_to_ask_and_how_to_have_quiet() -> None:
    message = hello_message("U9", "prod-<eu>", internal=True)

    assert validate_message({"text": message.text, "blocks": message.blocks}) == ()
    assert "prod-&lt;eu&gt;" in str(message.blocks)
    assert "/irsa mute" in str(message.blocks)
