"""The page on the real stand-in of Slack, with a bot of a few lines behind signed HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import expect
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.page.mount import mount_page
from sandbox.slack.page_api import mount_workspace
from sandbox.slack.people import Channel, SlackApp, Team, User
from sandbox.slack.server import http_transport, mount_slack
from sandbox.slack.workspace import Workspace
from tests.page.replies import ERROR, MODAL, REPLY, home_view
from tests.page.steps import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

Json = dict[str, Any]


def small_workspace() -> Workspace:
    """Two people, one of them from elsewhere, a channel and a direct conversation."""
    app = SlackApp()
    people = [
        User(id="U0MINA0001", name="mina", real_name="Mina Park", team_id="T0NORTH001"),
        User(id="U0RUI00001", name="rui", real_name="Rui Costa", team_id="T0ACME0001"),
    ]
    members = [person.id for person in people]
    return Workspace(
        team=Team(id="T0NORTH001", name="Northwind", domain="northwind"),
        app=app,
        users={person.id: person for person in people},
        channels={
            "C0INC00001": Channel(
                id="C0INC00001",
                name="incidents",
                is_ext_shared=True,
                members=[*members, app.user_id],
            ),
            "D0MINA0001": Channel(
                id="D0MINA0001", name="irsa", is_im=True, members=["U0MINA0001", app.user_id]
            ),
        },
        me="U0MINA0001",
    )


class Bot:
    """Answers a paste in the thread, edits its answer on Apply, opens a modal, publishes a Home tab."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.submitted: list[Json] = []
        self.client = AsyncWebClient(token=workspace.app.bot_token)

    async def hear(self, request: web.Request) -> web.Response:
        """The request URL."""
        body = await request.read()
        verifier = SignatureVerifier(self.workspace.app.signing_secret)
        assert verifier.is_valid_request(body, dict(request.headers))
        if request.content_type == "application/json":
            return await self._event(json.loads(body)["event"])
        form = {key: held[0] for key, held in parse_qs(body.decode()).items()}
        if "payload" in form:
            return await self._interaction(json.loads(form["payload"]))
        return web.json_response({"text": f"heard {form['command']} {form['text']}"})

    async def _event(self, event: Json) -> web.Response:
        if event["type"] == "app_home_opened":
            view = {key: held for key, held in home_view(event["user"]).items() if key != "id"}
            await self.client.views_publish(user_id=event["user"], view=view)
        elif event["type"] == "message" and "WebIdentity" in event.get("text", ""):
            where = {"channel": event["channel"], "thread_ts": event["ts"]}
            await self.client.chat_postMessage(text="Cause found", blocks=REPLY, **where)
        return web.Response()

    async def _interaction(self, payload: Json) -> web.Response:
        if payload["type"] == "view_submission":
            self.submitted.append(payload["view"]["state"]["values"])
            errors = {"ns": "There is no such namespace."}
            if len(self.submitted) == 1:
                return web.json_response({"response_action": "errors", "errors": errors})
            return web.Response()
        action = payload["actions"][0]["action_id"]
        if action == "checks":
            await self.client.views_open(trigger_id=payload["trigger_id"], view=MODAL)
        elif action == "apply":
            blocks = [
                {"type": "header", "text": {"type": "plain_text", "text": "Healthy"}},
                *REPLY[3:4],
            ]
            where = {"channel": payload["channel"]["id"], "ts": payload["message"]["ts"]}
            await self.client.chat_update(text="Healthy", blocks=blocks, **where)
        return web.Response()


@pytest_asyncio.fixture(loop_scope="session")
async def bot() -> AsyncIterator[Bot]:
    """The stand-in, the page and the bot, all on one free port."""
    workspace = small_workspace()
    made = Bot(workspace)
    app = web.Application()
    mount_slack(app, workspace)
    mount_workspace(app, workspace)
    mount_page(app)
    app.router.add_post("/slack/events", made.hear)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    workspace.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    made.client.base_url = f"{workspace.base_url}/api/"
    async with aiohttp.ClientSession() as session:
        url = f"{workspace.base_url}/slack/events"
        workspace.delivery.transport = http_transport(workspace, url, session)
        yield made
        await workspace.delivery.close()
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, bot: Bot) -> AsyncIterator[Page]:
    """A window on it."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    opened = await context.new_page()
    await opened.goto(bot.workspace.base_url)
    await opened.locator("#app[data-link=up][data-thread]").wait_for(state="attached")
    yield opened
    await context.close()


async def test_paste_read_apply_healed(page: Page) -> None:
    await say(page, ERROR)
    reply = page.get_by_test_id("thread").get_by_test_id("message").nth(1)
    await expect(reply).to_contain_text("The service account has no role annotation")
    await reply.get_by_role("button", name="Apply annotation").click()
    await page.get_by_test_id("confirm-yes").click()

    await expect(reply.get_by_role("heading")).to_have_text("Healthy")


async def test_a_modal_is_opened_refused_and_taken(page: Page, bot: Bot) -> None:
    await say(page, ERROR)
    await page.get_by_role("button", name="Show all checks").click()
    modal = page.get_by_test_id("modal")
    await modal.get_by_label("Namespace").fill("paymnets")
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("There is no such namespace.")
    await modal.get_by_label("Namespace").fill("payments")
    await modal.get_by_label("Restart the pods").check()
    await page.get_by_test_id("modal-submit").click()

    await expect(modal).to_have_count(0)
    last = bot.submitted[-1]
    assert last["ns"]["value"]["value"] == "payments"
    assert last["cluster"]["value"]["selected_option"]["value"] == "prod-eu"
    assert last["also"]["value"]["selected_options"][0]["value"] == "restart"


async def test_a_command_is_answered_to_its_asker_only(page: Page) -> None:
    await say(page, "/irsa help")

    await expect(page.locator(".ephemeral")).to_contain_text("heard /irsa help")


async def test_a_mention_reaches_the_app_as_a_mention(page: Page, bot: Bot) -> None:
    await say(page, "@irsa why?")

    await expect(page.locator(".mention")).to_have_text("@irsa")
    kinds = [delivery.what for delivery in bot.workspace.delivery.history]
    assert "app_mention" in kinds


async def test_the_home_tab_comes_from_the_app(page: Page) -> None:
    await page.get_by_test_id("channel-irsa").click()
    await page.get_by_test_id("tab-home").click()

    await expect(page.get_by_test_id("home")).to_contain_text("Hello @Mina Park")


async def test_a_person_of_another_company_cannot_run_the_command(page: Page) -> None:
    await page.get_by_test_id("act-as-rui").click()
    await say(page, "/irsa help")

    await expect(page.locator(".toast")).to_contain_text("not installed in your workspace")


async def test_a_paste_with_marks_and_signs_comes_back_as_typed(page: Page) -> None:
    typed = "a <b> & `c <d>` https://example.com/x?y=1&z=2 arn:aws:iam::1:role/x_y_z"
    await say(page, typed)

    message = page.get_by_role("main").get_by_test_id("message")
    await expect(message.locator(".rich-text")).to_have_text(typed.replace("`", ""))
    await message.hover()
    await message.get_by_label("Edit message").click()
    await expect(message.get_by_role("textbox")).to_have_value(typed)
