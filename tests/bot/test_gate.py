"""What the network may send: every other request ends in a status and a sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sandbox.slack.signed_http import SignedRequest, signature
from tests.bot.town import MINJI, OMAR, ONCALL, PASTE, labels

if TYPE_CHECKING:
    from tests.bot.town import Bot, Town

CHALLENGE = json.dumps({"type": "url_verification", "challenge": "c", "token": "t"}).encode()


def signed(
    town: Town,
    bot: Bot,
    body: bytes,
    *,
    age: float = 0,
    kind: str = "application/json",
    headers: dict[str, str] | None = None,
) -> SignedRequest:
    timestamp = str(int(town.slack.workspace.clock.now() - age))
    secret = town.slack.workspace.app.signing_secret
    return SignedRequest(
        url=bot.url,
        body=body,
        headers={
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(secret, timestamp, body),
            **(headers or {}),
        },
    )


async def answer(town: Town, request: SignedRequest) -> tuple[int, str]:
    assert town.signed is not None
    status, _, text = await town.signed.post(request)
    return status, text


async def test_the_request_url_is_verified(town: Town) -> None:
    async with town.bot():
        assert town.signed is not None
        assert await town.signed.verify_url()


@pytest.mark.parametrize("age", [310, -310, 86_400])
async def test_an_expired_signature_is_refused(town: Town, age: float) -> None:
    async with town.bot() as bot:
        status, text = await answer(town, signed(town, bot, CHALLENGE, age=age))

    assert status == 401
    assert "older than five minutes" in text


async def test_a_signature_of_some_minutes_is_taken(town: Town) -> None:
    async with town.bot() as bot:
        assert (await answer(town, signed(town, bot, CHALLENGE, age=280)))[0] == 200


async def test_a_former_signing_secret_counts_until_the_new_one_signed_and_five_minutes_at_most(
    town: Town,
) -> None:
    app = town.slack.workspace.app
    ahead = town.slack.workspace.clock.advance

    async def by(secret: str) -> int:
        town.slack.workspace.app = replace(app, signing_secret=secret)
        return (await answer(town, signed(town, bot, CHALLENGE)))[0]

    async with town.bot() as bot:
        bot.gate.rotate("second")
        assert [await by(app.signing_secret), await by("second")] == [200, 200]
        assert [await by(app.signing_secret), await by("second")] == [401, 200]
        bot.gate.rotate("third")
        ahead(299)
        assert await by("second") == 200
        ahead(2)
        assert [await by("second"), await by("third")] == [401, 200]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Slack-Signature": "v0=00"}, 401),
        ({"X-Slack-Signature": "ä"}, 401),
        ({"X-Slack-Signature": ""}, 401),
        ({"X-Slack-Request-Timestamp": "yesterday"}, 401),
        ({"X-Slack-Request-Timestamp": "176400000\u0660"}, 401),
        ({"X-Slack-Request-Timestamp": "-764000000"}, 401),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
    ],
)
async def test_a_wrong_header_is_refused(town: Town, headers: dict[str, str], status: int) -> None:
    async with town.bot() as bot:
        assert (await answer(town, signed(town, bot, CHALLENGE, headers=headers)))[0] == status


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "application/json"),
        (b"payload=%7B", "application/x-www-form-urlencoded"),
        (b"payload=[]", "application/x-www-form-urlencoded"),
        (b"payload=" + b'{"a":' * 65 + b"1" + b"}" * 65, "application/x-www-form-urlencoded"),
        (b"\xff=1", "application/x-www-form-urlencoded"),
    ],
)
async def test_what_cannot_be_read_is_a_bad_request(town: Town, body: bytes, kind: str) -> None:
    async with town.bot() as bot:
        status, text = await answer(town, signed(town, bot, body, kind=kind))

    assert status == 400
    assert "not a JSON object" in text


NONSENSE: list[dict[str, Any]] = [
    {},
    {"type": "event_callback"},
    {"type": "event_callback", "event": {}},
    {"type": "event_callback", "event": {"type": "message"}},
    {"type": "event_callback", "event": {"type": "message", "subtype": "message_changed"}},
    {
        "type": "event_callback",
        "event": {"type": "message", "text": [1], "channel": 3, "ts": {}},
    },
    {"type": "event_callback", "event": {"type": "app_mention", "user": None, "text": None}},
    {"type": "event_callback", "event": {"type": "app_home_opened", "user": 1, "tab": []}},
    {"type": "event_callback", "event": {"type": "of_next_year"}},
    {"type": "block_actions"},
    {"type": "block_actions", "actions": [], "user": 1},
    {"type": "view_submission", "view": {"type": "modal", "callback_id": "irsa.form.v1"}},
    {"type": "view_submission", "view": {"type": "modal", "callback_id": "irsa.confirm.v1"}},
    {"type": "message_action", "callback_id": "irsa.diagnose_message", "message": []},
    {"type": "event_callback", "event": None},
    {"type": "event_callback", "event": "message"},
    {"type": "event_callback", "event": {"type": 1}},
    {"type": "block_actions", "actions": [], "user": {"id": MINJI}},
    {"type": "block_actions", "actions": "press", "user": {"id": MINJI}},
    {"type": "block_actions", "actions": [None], "user": {"id": MINJI}},
    {"type": "block_actions", "actions": [{"action_id": 0}], "user": {"id": MINJI}},
    {"type": "view_submission", "view": None, "user": {"id": MINJI}},
    {"type": "view_submission", "view": "modal", "user": {"id": MINJI}},
    {"type": "view_submission", "view": {"callback_id": True}, "user": {"id": MINJI}},
    {"type": "message_action", "callback_id": "irsa.diagnose_message", "user": {"id": {}}},
]


@pytest.mark.parametrize("payload", NONSENSE)
async def test_signed_nonsense_is_no_error_of_ours(
    town: Town, payload: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    async with town.bot() as bot:
        status, _ = await answer(town, signed(town, bot, json.dumps(payload).encode()))
        await town.settle(bot)

    assert status < 500
    assert not [r for r in caplog.records if r.levelname == "ERROR"]
    assert town.calls("chat.postMessage") == []


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_characters_that_no_database_takes_are_no_error(town: Town) -> None:
    event = {
        "type": "message",
        "channel": ONCALL,
        "channel_type": "channel",
        "user": MINJI,
        "team": town.slack.workspace.team.id,
    }
    async with town.bot() as bot:
        for number, bad in enumerate(("\u0000", "\ud800", "\udfff\u0000")):
            text = PASTE.replace("request id: ", f"request id: {bad}")
            told = event | {"text": f"{bad}{text}{bad}", "ts": f"176400000{number}.000100"}
            payload = {"type": "event_callback", "event_id": f"Ev{number}", "event": told}
            status, _ = await answer(town, signed(town, bot, json.dumps(payload).encode()))
            assert status == 200
        await town.settle(bot)
        metrics = bot.service.telemetry.text().decode()

    assert 'irsa_deliveries_total{kind="message",outcome="started"} 3.0' in metrics


async def test_socket_mode_refuses_what_http_refuses(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """Before anything reads it; and the connection goes on."""
    town.transport = "socket"
    deep = b'{"a":' * 65 + b"1" + b"}" * 65
    async with town.bot() as bot:
        (connection,) = town.slack.workspace.sockets.connections
        by_http = [
            (await answer(town, signed(town, bot, json.dumps(payload).encode())))[0]
            for payload in NONSENSE
        ]
        for frame in ("", "ping", '{"a":"' + "x" * (1 << 20) + '"}', deep.decode(), "{"):
            await connection.socket.send_str(frame)
        for payload in NONSENSE:
            envelope = {"envelope_id": "e", "type": "events_api", "payload": payload}
            await connection.socket.send_str(json.dumps(envelope))
        ts = await town.paste(bot)
        metrics = bot.service.telemetry.text().decode()

    assert labels(town.reply(ts))
    for reason, count in (("too-large", 1), ("malformed", 2), ("nonsense", 2 * by_http.count(400))):
        assert f'irsa_requests_refused_total{{reason="{reason}"}} {count}.0' in metrics
    assert by_http.count(400) > 10
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


async def test_more_than_a_mebibyte_is_refused(town: Town) -> None:
    async with town.bot() as bot:
        status, _ = await answer(town, signed(town, bot, b'{"a":"' + b"x" * (1 << 20) + b'"}'))

    assert status == 413


async def test_a_replayed_press_does_nothing_and_a_replayed_event_is_acknowledged(
    town: Town,
) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        assert town.signed is not None
        event = next(r for r in town.signed.requests if PASTE.split("\n")[0].encode() in r.body)
        await town.driver.press("Check again", OMAR, channel=ONCALL)
        press = town.signed.requests[-1]
        await town.settle(bot)
        posts = len(town.calls("chat.update"))

        assert (await answer(town, event))[0] == 200
        status, text = await answer(town, press)
        await town.settle(bot)

    assert status == 409
    assert "answered before" in text
    assert len(town.calls("chat.update")) == posts
    assert labels(town.reply(ts))


async def test_health_and_metrics_tell_how_it_goes(town: Town) -> None:
    async with town.bot() as bot, aiohttp.ClientSession() as session:
        town.driver.post_as(MINJI, ONCALL, PASTE)
        await town.settle(bot)
        base = bot.url.removesuffix("/slack/events")
        async with session.get(f"{base}/healthz") as alive:
            assert alive.status == 200
        async with session.get(f"{base}/readyz") as ready:
            assert await ready.json() == {"status": "ready", "faults": [], "notes": []}
        async with session.get(f"{base}/metrics") as metrics:
            text = await metrics.text()
        await bot.service.runner.stop(patience=0)
        async with session.get(f"{base}/readyz") as stopped:
            assert stopped.status == 503
            assert (await stopped.json())["faults"] == ["jobs: not running"]

    assert 'irsa_deliveries_total{kind="message",outcome="started"} 1.0' in text
    assert 'irsa_jobs_total{outcome="done",task="diagnose"} 1.0' in text
