"""The doors that the page uses, over HTTP, and who may use them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sandbox.page.mount import mount_page
from sandbox.slack import SlackServer, app_from_manifest, demo_workspace
from sandbox.slack.people import EVERY_SCOPE
from tests.slack.conftest import ONCALL, Ledger, bolt, over_http
from tests.slack.test_signed_http import BUTTON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.async_app import AsyncAck


class Page:
    """A browser's requests."""

    def __init__(self, server: SlackServer, session: aiohttp.ClientSession) -> None:
        self.base = server.workspace.base_url
        self.session = session

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        async with self.session.get(f"{self.base}/workspace/{path}", headers=headers) as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, **body: object) -> tuple[int, Any]:
        async with self.session.post(f"{self.base}/workspace/{path}", json=body) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def page(server: SlackServer) -> AsyncIterator[Page]:
    async with aiohttp.ClientSession() as session:
        yield Page(server, session)


async def test_the_state_tells_who_and_where(page: Page) -> None:
    status, state = await page.get("state")

    assert status == 200
    assert state["me"] in {user["id"] for user in state["users"]}
    assert state["bot"] == {"user_id": "U0IRSABOT1", "bot_id": "B0IRSABOT1", "name": "irsa"}
    assert any(channel["is_ext_shared"] for channel in state["channels"])
    assert state["shortcuts"][0]["callback_id"] == "irsa.diagnose_message"
    assert "xoxb" not in json.dumps(state)
    assert "secret" not in json.dumps(state)


async def test_a_post_an_edit_and_a_press_go_to_the_app(server: SlackServer, page: Page) -> None:
    app = bolt(server)

    async def pressed(ack: AsyncAck) -> None:
        await ack()

    app.action("go")(pressed)
    async with over_http(server, app):
        _, posted = await page.post("post", channel=ONCALL, text="AccessDenied", user="U0MINJI001")
        await page.post("edit", channel=ONCALL, ts=posted["ts"], text="more", user="U0MINJI001")
        sent = await app.client.chat_postMessage(channel=ONCALL, text="Go?", blocks=[BUTTON])
        block_id = sent["message"]["blocks"][0]["block_id"]
        press = {
            "user": "U0MINJI001",
            "channel": ONCALL,
            "message_ts": sent["ts"],
            "block_id": block_id,
            "action_id": "go",
        }
        assert (await page.post("press", **press))[0] == 200
        status, refused = await page.post("press", **press | {"action_id": "stop"})
    _, listed = await page.get(f"messages?channel={ONCALL}")

    assert [m["text"] for m in listed["messages"]] == ["more", "Go?"]
    assert status == 409
    assert refused["error"] == "there is no button 'stop' here; there are ['Go on']."


async def test_an_app_that_does_not_answer_is_told_in_a_sentence(
    server: SlackServer, page: Page
) -> None:
    server.deliver_by_http("http://127.0.0.1:9/slack/events")
    status, body = await page.post("command", channel=ONCALL, user="U0MINJI001", text="/irsa")

    assert status == 502
    assert body["error"] == "The app could not be reached. Is it running?"


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("post", {"channel": ONCALL}, "text: Field required."),
        ("post", {"channel": "C404", "text": "x", "user": "minji"}, "There is no channel 'C404'"),
        ("close", {"view_id": "V404", "user": "minji"}, "This dialog is closed already."),
    ],
)
async def test_what_cannot_be_done_is_said(
    page: Page, path: str, body: dict[str, object], words: str
) -> None:
    status, answer = await page.post(path, **body)

    assert status in {400, 409}
    assert answer["error"].startswith(words)


async def test_the_stream_tells_what_happens_as_the_page_reads_it(
    server: SlackServer, page: Page
) -> None:
    app = bolt(server)
    seen: list[dict[str, Any]] = []
    async with (
        over_http(server, app),
        page.session.get(f"{page.base}/workspace/events") as stream,
    ):
        assert stream.headers["Content-Type"] == "text/event-stream"
        await stream.content.readuntil(b"\n\n")
        root = server.driver.post_as("minji", ONCALL, "AccessDenied")
        await app.client.assistant_threads_setStatus(
            channel_id=ONCALL, thread_ts=root, status="is reading"
        )
        sent = await app.client.chat_postMessage(channel=ONCALL, text="a", thread_ts=root)
        await app.client.chat_update(channel=ONCALL, ts=sent["ts"], text="b")
        await app.client.chat_postEphemeral(
            channel=ONCALL, user="U0MINJI001", text="psst", thread_ts=root
        )
        await app.client.reactions_add(channel=ONCALL, timestamp=root, name="eyes")
        await app.client.chat_delete(channel=ONCALL, ts=sent["ts"])
        async with asyncio.timeout(30):
            while not seen or seen[-1]["type"] != "message_deleted":
                chunk = await stream.content.readuntil(b"\n\n")
                event = json.loads(chunk.removeprefix(b"data: "))
                if event["type"] != "delivery":
                    seen.append(event)

    by_type = {event["type"]: event for event in seen}
    assert [event["type"] for event in seen] == [
        "message",
        "status",
        "message",
        "status",
        "message_changed",
        "ephemeral",
        "reaction",
        "message_deleted",
    ]
    assert by_type["message_changed"]["message"]["text"] == "b"
    assert (by_type["ephemeral"]["user"], by_type["ephemeral"]["thread_ts"]) == ("U0MINJI001", root)
    assert by_type["reaction"]["message"]["reactions"][0]["count"] == 1
    assert by_type["status"]["status"] == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example:80"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_pages_of_other_sites_are_turned_away(page: Page, headers: dict[str, str]) -> None:
    status, body = await page.get("state", **headers)

    assert status == 403
    assert body["error"].endswith(".")


async def test_a_form_of_another_site_cannot_post(page: Page) -> None:
    async with page.session.post(f"{page.base}/workspace/post", data={"text": "x"}) as answer:
        assert answer.status == 403
        assert "application/json" in (await answer.json())["error"]


async def test_the_page_itself_is_let_in_by_either_name(page: Page) -> None:
    port = page.base.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        status, _ = await page.get("state", Host=host, Origin=f"http://{host}")
        assert status == 200


async def test_the_page_and_the_doors_can_share_one_address() -> None:
    workspace = demo_workspace()
    async with (
        SlackServer(workspace, mounts=[mount_page]) as server,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(f"{workspace.base_url}/") as index:
            assert index.content_type == "text/html"
        async with session.get(f"{workspace.base_url}/workspace/state") as state:
            assert state.status == 200
            groups = (await state.json())["groups"]
            assert groups == [{"id": "S0ONCALL01", "handle": "platform-oncall"}]
        with pytest.raises(OSError, match="address"):
            await SlackServer(demo_workspace(), port=server.port).__aenter__()


def test_the_projects_own_manifest_makes_an_app() -> None:
    manifest = Path(__file__).parents[2] / "manifest.yml"
    app = app_from_manifest(manifest.read_text())

    assert "message.channels" in app.events
    assert app.scopes <= EVERY_SCOPE
    assert [item.command for item in app.commands] == ["/irsa"]


async def test_what_is_posted_while_the_app_starts_reaches_it_when_it_is_ready(
    server: SlackServer, page: Page
) -> None:
    app, heard = bolt(server), Ledger()
    app.event("message")(heard)
    server.workspace.starting(over=False)
    ts = server.driver.post_as("minji", ONCALL, "an early word")
    async with over_http(server, app):
        assert (await page.get("state"))[1]["starting"] is True
        status, refused = await page.post(
            "command", channel=ONCALL, user="U0MINJI001", text="/irsa help"
        )
        assert (status, "still starting" in refused["error"]) == (502, True)
        assert not server.workspace.delivery.history

        server.workspace.starting(over=True)
        await heard.reach(1)

    assert heard.seen[0]["event"]["ts"] == ts
    (delivery,) = server.workspace.delivery.history
    assert (delivery.attempt, delivery.acknowledged) == (0, True)


async def test_a_page_that_is_closed_leaves_no_trace_in_the_log(
    server: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    address = f"{server.workspace.base_url}/workspace/events"
    for _ in range(5):
        async with aiohttp.ClientSession() as browser, browser.get(address) as stream:
            await stream.content.readline()
        for number in range(20):
            server.driver.post_as("minji", ONCALL, f"word {number}")
            await asyncio.sleep(0)

    assert [record for record in caplog.records if record.exc_info] == []
