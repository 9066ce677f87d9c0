"""A double of the workspace's and the world's doors, for tests of the page alone.

It answers the routes of `sandbox/page/static/driver.js` in their exact shapes, plays a small bot, and
keeps a list of what the page asked for. What Slack does in earnest is `sandbox.slack`'s business.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from sandbox.page.mount import mount_page
from tests.page.replies import BOT, MODAL, REPLY, SECOND_MODAL, STATE, home_view, scenarios, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from aiohttp.web import Request, StreamResponse

Json = dict[str, Any]
FIRST_TS: Final = 1_795_500_000


@dataclass(slots=True, kw_only=True)
class Stub:
    """The doors, what they hold, and what was asked of them."""

    asked: list[tuple[str, Json]] = field(default_factory=list)
    messages: dict[str, list[Json]] = field(default_factory=dict)
    annotated: bool = False
    subjects: list[str] = field(default_factory=lambda: ["system:serviceaccount: payments:api"])
    """Whom the role's trust policy names."""
    refuse: dict[str, str] = field(default_factory=dict)
    """Route to the sentence with which it refuses (status 400)."""
    errors: dict[str, str] | None = None
    """What the bot says is wrong with the next form."""
    reply_blocks: list[Json] = field(default_factory=lambda: list(REPLY))
    while_reading: Callable[[], object] | None = None
    """What happens once, after a channel's messages were read and before they are answered."""
    url: str = ""
    _streams: set[asyncio.Queue[Json | None]] = field(default_factory=set)
    _serial: int = 0
    _views: int = 0

    def ts(self) -> str:
        """The next message's `ts`."""
        self._serial += 1
        return f"{FIRST_TS + self._serial}.000100"

    def emit(self, event: Json) -> None:
        """Send one event to every page that listens."""
        for stream in self._streams:
            stream.put_nowait(event)

    def say(self, channel: str, thread: str | None, **message: object) -> Json:
        """The bot posts a message."""
        posted = {"ts": self.ts(), **BOT, **message} | ({"thread_ts": thread} if thread else {})
        self.messages.setdefault(channel, []).append(posted)
        self.emit({"type": "message", "channel": channel, "message": posted})
        return posted

    def view(self, op: str, user: str, view: Json) -> None:
        """Open, push, update or close a modal."""
        self.emit({"type": "view", "op": op, "user": user, "view": view})

    def asked_of(self, door: str) -> list[Json]:
        """What the page sent to one door."""
        return [body for name, body in self.asked if name == door]

    # --- doors ---------------------------------------------------------------------------------

    async def state(self, _request: Request) -> StreamResponse:
        """`GET /workspace/state`."""
        return web.json_response(STATE)

    async def read(self, request: Request) -> StreamResponse:
        """`GET /workspace/messages`."""
        answer = web.json_response({"messages": self.messages.get(request.query["channel"], [])})
        if self.while_reading is not None and request.query["channel"] == "C1":
            happen, self.while_reading = self.while_reading, None
            happen()
            await asyncio.sleep(0.1)  # the event travels first
        return answer

    async def events(self, request: Request) -> StreamResponse:
        """`GET /workspace/events`."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b": open\n\n")
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._streams.add(queue)
        try:
            while (event := await queue.get()) is not None:
                await response.write(f"data: {json.dumps(event)}\n\n".encode())
        except ConnectionResetError:
            pass  # the window was closed
        finally:
            self._streams.discard(queue)
        return response

    def hang_up(self) -> None:
        """End every stream."""
        for stream in self._streams:
            stream.put_nowait(None)

    async def post(self, request: Request) -> StreamResponse:
        """Every `POST`: note it, refuse it where the test says so, or play its part."""
        door = request.path.removeprefix("/")
        body: Json = await request.json()
        self.asked.append((door, body))
        if door in self.refuse:
            return web.json_response({"error": self.refuse[door]}, status=400)
        play = getattr(self, f"_{door.replace('/', '_')}")
        answer: Json = play(body) or {"ok": True}
        return web.json_response(answer)

    def _workspace_post(self, body: Json) -> Json:
        posted = {"ts": self.ts(), "user": body["user"], "text": escape(body["text"])}
        if "thread_ts" in body:
            posted["thread_ts"] = body["thread_ts"]
        if "files" in body:
            posted["files"] = [
                {"name": f["name"], "size": len(f["content"]), "preview": f["content"]}
                for f in body["files"]
            ]
        channel = body["channel"]
        self.messages.setdefault(channel, []).append(posted)
        self.emit({"type": "message", "channel": channel, "message": posted})
        if "WebIdentity" in body["text"] and "thread_ts" not in body:
            status = {
                "channel": channel,
                "thread_ts": posted["ts"],
                "status": "is reading the role …",
            }
            self.emit({"type": "status", **status})
            loop = asyncio.get_running_loop()
            loop.call_later(0.1, lambda: self._answer(channel, posted["ts"]))
        return {"ts": posted["ts"]}

    def _answer(self, channel: str, thread: str) -> None:
        text = "payments/api cannot assume its role: the annotation is missing."
        self.say(channel, thread, text=text, blocks=self.reply_blocks)

    def _workspace_edit(self, body: Json) -> None:
        for message in self.messages[body["channel"]]:
            if message["ts"] == body["ts"]:
                message.update(text=escape(body["text"]), edited={"user": body["user"]})
                event = {"type": "message_changed", "channel": body["channel"], "message": message}
                self.emit(event)

    def _workspace_press(self, body: Json) -> None:
        match body["action_id"]:
            case "apply":
                self.annotated = True
                self._healed(body)
            case "checks" | "open":
                self._views += 1
                self.view("open", body["user"], {**MODAL, "id": f"V{self._views}"})
            case "more":
                self._views += 1
                self.view("push", body["user"], {**SECOND_MODAL, "id": f"V{self._views}"})
            case "refused":
                text = "Only an approver may press this; ask @approvers."
                channel = body["channel"]
                thread = self._thread_of(channel, body["message_ts"])
                whisper = {"text": text, "ts": self.ts()}
                where = {"channel": channel, "user": body["user"], "thread_ts": thread}
                self.emit({"type": "ephemeral", "message": whisper, **where})

    def _thread_of(self, channel: str, ts: str) -> str:
        found = next(m for m in self.messages[channel] if m["ts"] == ts)
        return str(found.get("thread_ts", ts))

    def _healed(self, body: Json) -> None:
        for message in self.messages[body["channel"]]:
            if message["ts"] == body["message_ts"]:
                header = {"type": "plain_text", "text": "Healthy since 16:20"}
                rest = [block for block in self.reply_blocks if block["type"] != "header"]
                message["blocks"] = [{"type": "header", "text": header}, *rest]
                event = {"type": "message_changed", "channel": body["channel"], "message": message}
                self.emit(event)

    def _workspace_submit(self, body: Json) -> Json:
        if self.errors is not None:
            errors, self.errors = self.errors, None
            return {"ok": False, "errors": errors}
        self.view("close", body["user"], {"id": body["view_id"], "type": "modal", "blocks": []})
        return {"ok": True}

    def _workspace_close(self, body: Json) -> None:
        self.view("close", body["user"], {"id": body["view_id"], "type": "modal", "blocks": []})

    def _workspace_command(self, body: Json) -> None:
        message = {"text": f"You said `{escape(body['text'])}`", "ts": self.ts()}
        where = {"channel": body["channel"], "user": body["user"]}
        self.emit({"type": "ephemeral", "message": message, **where})

    def _workspace_shortcut(self, body: Json) -> None:
        self._answer(body["channel"], body["message_ts"])

    def _workspace_home(self, body: Json) -> None:
        self.emit({"type": "home", "user": body["user"], "view": home_view(body["user"])})

    def _world_reset(self, _body: Json) -> None:
        self.annotated = False


def escape(text: str) -> str:
    """As Slack stores a text; mentions stay."""
    out = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for user in [*(one["id"] for one in STATE["users"]), STATE["bot"]["user_id"]]:
        out = out.replace(f"&lt;@{user}&gt;", f"<@{user}>")
    return out


@asynccontextmanager
async def serving(stub: Stub, port: int = 0) -> AsyncIterator[Stub]:
    """Serve the page and the stub's doors on loopback until the block ends."""
    app = web.Application()
    mount_page(app)
    app.router.add_get("/workspace/state", stub.state)
    app.router.add_get("/workspace/messages", stub.read)
    app.router.add_get("/workspace/events", stub.events)
    for door in ("post", "edit", "press", "submit", "close", "command", "shortcut", "home"):
        app.router.add_post(f"/workspace/{door}", stub.post)
    app.router.add_post("/world/reset", stub.post)

    async def tries(_request: Request) -> StreamResponse:
        return web.json_response({"scenarios": scenarios()})

    async def now(_request: Request) -> StreamResponse:
        return web.json_response(world(annotated=stub.annotated, subjects=stub.subjects))

    app.router.add_get("/world/scenarios", tries)
    app.router.add_get("/world/state", now)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield stub
    finally:
        stub.hang_up()
        await runner.cleanup()
