"""Modals, Home tabs, triggers, shortcuts and response URLs, with a real slack_bolt app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from handlers.blockkit import build
from sandbox.slack.delivery import NotAcknowledged
from sandbox.slack.driver import Impossible
from tests.slack.conftest import ONCALL, SHARED, Ledger, bolt, over_http
from tests.slack.test_signed_http import BUTTON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackServer

FORM = build.modal(
    "Diagnose",
    [
        build.input_text("role", "Role", block_id="role"),
        {
            "type": "section",
            "block_id": "where",
            "text": {"type": "mrkdwn", "text": "Where?"},
            "accessory": build.static_select(
                "cluster", "Cluster", [("prod", "prod-eu"), ("test", "test-eu")], chosen="prod-eu"
            ),
        },
        build.actions(build.button("more", "More")),
    ],
    callback_id="form",
    submit="Go",
    notify_on_close=True,
)


@pytest.fixture
async def app(server: SlackServer) -> AsyncIterator[AsyncApp]:
    """An app that opens `FORM` on a press of `go`."""
    made = bolt(server)

    async def opens(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    made.action("go")(opens)
    async with over_http(server, made):
        yield made


async def opened(server: SlackServer, app: AsyncApp) -> dict[str, Any]:
    await app.client.chat_postMessage(channel=ONCALL, text="Go?", blocks=[BUTTON])
    await server.driver.press("Go on", "minji", channel=ONCALL)
    return await server.driver.wait_for(lambda: server.driver.modal("minji"), what="the modal")


async def test_a_press_opens_a_modal_for_the_presser_only(
    server: SlackServer, app: AsyncApp
) -> None:
    view = await opened(server, app)

    assert view["callback_id"] == "form"
    assert view["root_view_id"] == view["id"]
    assert server.driver.modal("omar") is None


async def test_a_submission_carries_what_was_typed_and_chosen(
    server: SlackServer, app: AsyncApp
) -> None:
    told = Ledger()

    async def takes(ack: AsyncAck, body: dict[str, Any]) -> None:
        await told(body)
        await ack()

    app.view("form")(takes)
    await opened(server, app)
    done = await server.driver.submit("minji", {"role": {"role": "api"}})

    values = told.seen[0]["view"]["state"]["values"]
    assert done.ok
    assert values["role"]["role"] == {"type": "plain_text_input", "value": "api"}
    assert values["where"]["cluster"]["selected_option"]["value"] == "prod-eu"
    assert server.driver.modal("minji") is None


async def test_a_required_field_is_asked_for_before_the_app_is(
    server: SlackServer, app: AsyncApp
) -> None:
    await opened(server, app)
    done = await server.driver.submit("minji", {"role": {"role": ""}})

    assert dict(done.errors) == {"role": "Please complete this required field."}
    assert server.driver.modal("minji") is not None


async def test_the_app_can_object_update_push_and_clear(server: SlackServer, app: AsyncApp) -> None:
    answers: list[dict[str, Any]] = [
        {"response_action": "errors", "errors": {"role": "No such role."}},
        {"response_action": "update", "view": FORM | {"private_metadata": "second"}},
        {"response_action": "push", "view": FORM | {"private_metadata": "third"}},
        {"response_action": "clear"},
    ]

    async def takes(ack: AsyncAck) -> None:
        await ack(**answers.pop(0))

    app.view("form")(takes)
    first = await opened(server, app)

    async def submit() -> dict[str, str]:
        return dict((await server.driver.submit("minji", {"role": {"role": "x"}})).errors)

    assert await submit() == {"role": "No such role."}
    assert await submit() == {}
    updated = server.driver.modal("minji")
    assert updated is not None
    assert (updated["id"], updated["private_metadata"]) == (first["id"], "second")
    assert await submit() == {}
    pushed = server.driver.modal("minji")
    assert pushed is not None
    assert (pushed["previous_view_id"], pushed["private_metadata"]) == (first["id"], "third")
    assert await submit() == {}
    assert server.driver.modal("minji") is None


async def test_errors_for_a_block_that_is_no_input_are_refused(
    server: SlackServer, app: AsyncApp
) -> None:
    async def takes(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"nowhere": "x"})

    app.view("form")(takes)
    await opened(server, app)

    with pytest.raises(NotAcknowledged, match="must name input blocks"):
        await server.driver.submit("minji", {"role": {"role": "x"}})


async def test_closing_is_told_if_the_view_asks_for_it(server: SlackServer, app: AsyncApp) -> None:
    told = Ledger()

    async def closed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await told(body)

    app.view_closed("form")(closed)
    await opened(server, app)
    await server.driver.close("minji")
    (body,) = await told.reach(1)

    assert (body["type"], body["is_cleared"]) == ("view_closed", False)
    assert server.driver.modal("minji") is None


async def test_a_button_in_a_modal_names_the_view_and_can_push(
    server: SlackServer, app: AsyncApp
) -> None:
    told = Ledger()

    async def more(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=FORM)
        await told(body)

    app.action("more")(more)
    first = await opened(server, app)
    await server.driver.press("More", "minji", filled={"role": {"role": "half"}})
    (body,) = await told.reach(1)

    assert body["container"] == {"type": "view", "view_id": first["id"]}
    assert body["view"]["state"]["values"]["role"]["role"]["value"] == "half"
    assert "channel" not in body
    assert len(server.workspace.views.stacks["U0MINJI001"]) == 2


async def test_a_trigger_is_good_for_a_few_seconds_and_one_use(
    server: SlackServer, app: AsyncApp
) -> None:
    triggers = server.workspace.triggers
    late, used = triggers.issue("U0MINJI001"), triggers.issue("U0MINJI001")
    await app.client.views_open(trigger_id=used, view=FORM)
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await app.client.views_open(trigger_id=used, view=FORM)

    server.workspace.clock.advance(server.workspace.timing.trigger + 0.5)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await app.client.views_open(trigger_id=late, view=FORM)


async def test_an_update_with_an_old_hash_is_a_conflict(server: SlackServer, app: AsyncApp) -> None:
    view = await opened(server, app)
    await app.client.views_update(view_id=view["id"], hash=view["hash"], view=FORM)

    with pytest.raises(SlackApiError, match="hash_conflict"):
        await app.client.views_update(view_id=view["id"], hash=view["hash"], view=FORM)
    with pytest.raises(SlackApiError, match="not_found"):
        await app.client.views_update(view_id="V404", view=FORM)


async def test_a_view_that_breaks_a_rule_is_refused_by_pointer(
    server: SlackServer, app: AsyncApp
) -> None:
    wrong = FORM | {"title": {"type": "plain_text", "text": "x" * 25}}
    with pytest.raises(SlackApiError) as caught:
        await app.client.views_open(
            trigger_id=server.workspace.triggers.issue("U0MINJI001"), view=wrong
        )

    assert caught.value.response["error"] == "invalid_arguments"
    assert "/title/text" in caught.value.response["response_metadata"]["messages"][0]


async def test_the_home_tab_is_one_per_person(server: SlackServer, app: AsyncApp) -> None:
    home = build.home([build.section("Welcome"), build.actions(build.button("go", "Start"))])
    first = await app.client.views_publish(user_id="U0MINJI001", view=home)
    again = await app.client.views_publish(user_id="U0MINJI001", view=home)

    assert first["view"]["id"] == again["view"]["id"]
    await server.driver.press("Start", "minji", view_id=first["view"]["id"])
    assert await server.driver.wait_for(lambda: server.driver.modal("minji"))


async def test_a_shortcut_carries_the_whole_message(server: SlackServer, app: AsyncApp) -> None:
    told = Ledger()

    async def diagnose(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await told(body)

    app.message_shortcut("irsa.diagnose_message")(diagnose)
    ts = server.driver.alert("alertmanager", ONCALL, attachments=[{"text": "AccessDenied"}])
    await server.driver.shortcut("minji", ONCALL, ts, "irsa.diagnose_message")
    (body,) = await told.reach(1)

    assert (body["type"], body["message_ts"]) == ("message_action", ts)
    assert body["message"]["attachments"][0]["text"] == "AccessDenied"
    with pytest.raises(Impossible, match="no shortcut"):
        await server.driver.shortcut("minji", ONCALL, ts, "other")


async def test_a_response_url_takes_five_posts_within_half_an_hour(server: SlackServer) -> None:
    told = Ledger()
    made = bolt(server)

    async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await told(body)

    made.action("go")(pressed)
    async with over_http(server, made), aiohttp.ClientSession() as session:
        posted = await made.client.chat_postMessage(channel=ONCALL, text="Go?", blocks=[BUTTON])
        await server.driver.press("go", "minji", channel=ONCALL)
        await server.driver.press("go", "minji", channel=ONCALL)
        first, second = (body["response_url"] for body in await told.reach(2))

        async def post(url: str, **said: object) -> tuple[int, str]:
            async with session.post(url, json=said) as response:
                return response.status, await response.text()

        assert await post(first, text="psst") == (200, "ok")
        assert await post(first, text="new", replace_original=True) == (200, "ok")
        assert server.workspace.messages[ONCALL][posted["ts"]].text == "new"
        assert (await post(first, blocks=[{"type": "nonsense"}]))[0] == 400
        assert await post(first, delete_original=True) == (200, "ok")
        assert posted["ts"] not in server.workspace.messages[ONCALL]
        await post(first, text="fifth")
        status, error = await post(first, text="sixth")
        assert (status, "used_url" in error) == (404, True)

        server.workspace.clock.advance(31 * 60)
        status, error = await post(second, text="late")
        assert (status, "expired_url" in error) == (404, True)
    assert [m.text for m in server.driver.whispers("minji")] == ["psst", "fifth"]


async def test_an_ephemeral_message_is_pressed_by_its_reader_and_replaced_in_place(
    server: SlackServer,
) -> None:
    made = bolt(server)

    async def pressed(ack: AsyncAck, body: dict[str, Any], respond: Any) -> None:
        await ack()
        assert "message" not in body
        assert body["container"]["is_ephemeral"] is True
        await respond(text="replaced", replace_original=True)

    made.action("go")(pressed)
    async with over_http(server, made):
        answer = await made.client.chat_postEphemeral(
            channel=ONCALL, user="U0MINJI001", text="only you", blocks=[BUTTON]
        )
        with pytest.raises(Impossible, match="Only its reader"):
            await server.driver.press("go", "omar", channel=ONCALL, message_ts=answer["message_ts"])
        await server.driver.press("go", "minji", channel=ONCALL)
        await server.driver.wait_for(
            lambda: [m for m in server.driver.whispers("minji") if m.text == "replaced"]
        )

    assert len(server.driver.whispers("minji")) == 1


async def test_commands_do_not_work_in_threads_nor_for_strangers(server: SlackServer) -> None:
    root = server.driver.post_as("minji", ONCALL, "AccessDenied")

    with pytest.raises(Impossible, match="not supported in threads"):
        await server.driver.command("minji", ONCALL, "/irsa help", thread_ts=root)
    with pytest.raises(Impossible, match="not installed in your workspace"):
        await server.driver.command("sam", SHARED, "/irsa help")
    with pytest.raises(Impossible, match="not a valid command"):
        await server.driver.command("minji", ONCALL, "/other")


async def test_outsiders_only_write_where_they_are(server: SlackServer) -> None:
    for person in ("sam", "gail"):
        with pytest.raises(Impossible, match="is not in #oncall"):
            server.driver.post_as(person, ONCALL, "hello")
    with pytest.raises(Impossible, match="limit is 40,000"):
        server.driver.post_as("minji", ONCALL, "x" * 40_001)


async def test_waiting_in_vain_says_for_what(server: SlackServer) -> None:
    with pytest.raises(TimeoutError, match=r"waited 0\.05 s for a miracle"):
        await server.driver.wait_for(lambda: None, timeout=0.05, what="a miracle")
