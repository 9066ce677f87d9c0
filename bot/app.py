"""From settings, fleet file and clients to a Bolt app with its jobs; the one error handler."""

from __future__ import annotations

import logging
import secrets
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp

from bot.audit import AuditTrail
from bot.audit_channel import AuditChannel
from bot.inventory.rules import LiveRules
from bot.jobs import Runner, Work
from bot.jobs.bench import Bench
from bot.jobs.telling import not_readable
from bot.jobs.watching import watching
from bot.slack.client import make_client
from bot.slack.pacing import Pacing
from bot.slack.replies import Replies
from bot.store import open_store
from bot.telemetry import Telemetry
from diagnostics.checks.documentation import document_at
from diagnostics.errors import IrsaDoctorError
from handlers import listeners
from handlers.access import Access
from handlers.click import Click, notice
from handlers.desk import Desk, Me
from handlers.people import Directory
from handlers.shared_channels import SharedChannels
from handlers.slack_trouble import SLACK_TROUBLE, error_name
from handlers.whisper import whisper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.jobs.work import Lease
    from bot.store import Store
    from bot.store.inbox import Limits
    from diagnostics.clients import Clients
    from handlers.ports import Clock
    from handlers.rules import Rules

_log = structlog.get_logger("irsa.app")


class SlackUnusable(IrsaDoctorError):
    """Slack does not accept the token, or can't be reached; the message says what to do."""


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running bot, without its door to Slack."""

    bolt: AsyncApp
    me: Me
    scopes: frozenset[str]
    store: Store
    runner: Runner
    telemetry: Telemetry
    bench: Bench
    now: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a service runs; the defaults are the product's."""

    bot_token: str
    api_url: str
    database_url: str
    signing_secret: str | None = None
    concurrency: int = 16
    limits: Limits | None = None
    deadline: float = 25.0
    """Seconds for one diagnosis."""
    drain: float = 25.0
    """Seconds for what runs when the service stops."""
    lease: float = 30.0
    follow: tuple[float, ...] = (2.0, 3.0, 5.0, 10.0, 15.0, 20.0)
    """Pauses between two looks at the pods after a restart, in seconds."""
    docs_url: str | None = None
    """Where the docs are; see `diagnostics.checks.documentation`."""
    links: str | None = None
    """Address below which links to incidents begin."""
    watch: tuple[float, ...] = ()
    """Pauses before each look at an incident whose cause stands, in seconds."""
    pace: float = 1.0
    """Seconds between two posts in one channel."""
    pauses: tuple[float, ...] = (0.5, 2.0, 5.0)
    """Seconds before each further try of a post or an edit that Slack could not take."""
    audit_pauses: tuple[float, ...] = (2.0, 10.0, 60.0)
    """Seconds before each further try of an entry in the audit channel."""
    audit_look: float = 5.0
    """Seconds between two looks for entries that another process wrote."""


@asynccontextmanager
async def serving(
    options: Options,
    rules: Rules,
    io: Clients,
    *,
    lease: Lease | None = None,
    now: Clock = utc_now,
) -> AsyncIterator[Service]:
    """Start the bot behind its door: store, listeners and jobs; drain the jobs at the end.

    Args:
        options: How it runs.
        rules: What the fleet file says about people and channels.
        io: The clients.
        lease: Gives each job clients that stay the same while it runs; None: `io` always is.
        now: The time.

    Raises:
        SlackUnusable: If Slack refuses the token or does not answer.
        sqlalchemy.exc.SQLAlchemyError: If the database can't be opened.
    """
    document_at(options.docs_url)
    client = make_client(options.bot_token, options.api_url)
    me, scopes = await who_am_i(client)
    rules = LiveRules(file=rules, known=io)
    telemetry = Telemetry()
    async with (
        open_store(
            options.database_url, now=now, limits=options.limits, lease=options.lease
        ) as store,
        aiohttp.ClientSession() as http,
    ):
        directory = Directory(client, time.monotonic)
        shared = SharedChannels(directory)
        pacing = Pacing(time.monotonic, distance=options.pace)
        channel = AuditChannel(
            engine=store.engine,
            client=client,
            pacing=pacing,
            rules=rules,
            shared=shared,
            me=me,
            now=now,
            telemetry=telemetry,
            owner=store.queue.owner,
            pauses=options.audit_pauses,
            every=options.audit_look,
        )
        audit = AuditTrail(engine=store.engine, now=now, noted=channel.wake.set)
        access = Access(directory=directory, rules=rules, home=me.team)
        bench = Bench(
            me=me,
            store=store,
            io=io,
            client=client,
            replies=Replies(
                client=client,
                incidents=store.incidents,
                pacing=pacing,
                telemetry=telemetry,
                pauses=options.pauses,
            ),
            directory=directory,
            shared=shared,
            rules=rules,
            access=access,
            audit=audit,
            telemetry=telemetry,
            http=lambda: http,
            now=now,
            deadline=options.deadline,
            follow=options.follow,
            watch=options.watch,
            links=options.links,
        )
        desk = Desk(
            me=me,
            inbox=store.inbox,
            incidents=store.incidents,
            plans=store.plans,
            mutes=store.mutes,
            audit=audit,
            access=access,
            shared=shared,
            rules=rules,
            meter=telemetry,
            not_readable=partial(not_readable, bench),
        )
        bolt = make_bolt(client, signing_secret=options.signing_secret)
        listeners.register(bolt, desk, directory=directory, now=now)
        work = Work(bench, lease)
        runner = Runner(
            store=store,
            work=work,
            give_up=work.give_up,
            telemetry=telemetry,
            concurrency=options.concurrency,
        )
        runner.start()
        try:
            async with watching(bench), channel.running():
                yield Service(
                    bolt=bolt,
                    me=me,
                    scopes=scopes,
                    store=store,
                    runner=runner,
                    telemetry=telemetry,
                    bench=bench,
                    now=now,
                )
        finally:
            await runner.stop(patience=options.drain)


async def who_am_i(client: AsyncWebClient) -> tuple[Me, frozenset[str]]:
    """Ask Slack who we are, and which scopes were granted.

    Raises:
        SlackUnusable: If it refuses the token or does not answer.
    """
    try:
        answer = await client.auth_test()
    except SLACK_TROUBLE as error:
        name = error_name(error)
        raise SlackUnusable(
            f"Slack does not accept SLACK_BOT_TOKEN ({name}); check the token at api.slack.com/apps, "
            f"OAuth & Permissions, and that {client.base_url} can be reached"
        ) from error
    bot = answer.get("bot_id")
    app_id = None
    headers = {str(k).lower(): str(v) for k, v in dict(answer.headers).items()}
    scopes = frozenset(s.strip() for s in headers.get("x-oauth-scopes", "").split(",") if s.strip())
    url = answer.get("url")
    me = Me(
        team=str(answer["team_id"]),
        user=str(answer["user_id"]),
        bot=bot,
        app=app_id,
        workspace=url if isinstance(url, str) and url.startswith("https://") else None,
    )
    return me, scopes


def make_bolt(client: AsyncWebClient, *, signing_secret: str | None) -> AsyncApp:
    """Make the Bolt app. Its listeners finish before Slack gets its answer: what fails is delivered again."""
    bolt = AsyncApp(
        client=client,
        # Bolt takes an absent one from the environment; in Socket Mode the connection is authenticated.
        signing_secret=signing_secret or "unused-in-socket-mode",
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
        logger=logging.getLogger("slack_bolt.irsa"),
    )

    @bolt.error
    async def failed(error: Exception, body: dict[str, Any]) -> BoltResponse | None:
        return await tell_of_failure(client, error, body)

    return bolt


async def tell_of_failure(
    client: AsyncWebClient, error: Exception, body: dict[str, Any]
) -> BoltResponse | None:
    """Log what went wrong; tell the person who pressed or typed, since Slack does not try those again."""
    trouble_id = secrets.token_hex(4)
    kind = str(body.get("type") or body.get("command") or "unknown")
    _log.error("listener failed", trouble_id=trouble_id, kind=kind, exc_info=error)
    if kind == "event_callback":
        return None
    words = (
        "That did not work because of an error on my side. Try again; the log tells more under "
        f"ID {trouble_id}."
    )
    if kind == "view_submission":
        return BoltResponse(
            status=200, body={"response_action": "update", "view": notice("Sorry", words)}
        )
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": words})
    click = Click.parse(body)
    await whisper(
        client,
        user=click.actor.user,
        channel=click.channel,
        thread_ts=click.thread_ts,
        words=words,
        response_url=click.response_url,
    )
    return BoltResponse(status=200, body="")
