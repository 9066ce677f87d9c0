"""From settings, fleet file and clients to a Bolt app with its jobs."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.audit import AuditTrail
from bot.audit_channel import AuditChannel
from bot.inventory.rules import LiveRules
from bot.jobs import Runner, Work
from bot.jobs.bench import Bench
from bot.jobs.home import not_readable
from bot.jobs.watching import watching
from bot.preflight.kept import KeptPreflights
from bot.service import Service
from bot.slack.bolt import make_bolt
from bot.slack.client import connections, make_client
from bot.slack.identity import who_am_i
from bot.slack.pacing import Pacing
from bot.slack.replies import Replies
from bot.store import open_store
from bot.store.preflights import PreflightRecords
from bot.telemetry import Telemetry
from diagnostics.checks.documentation import document_at
from handlers import listeners
from handlers.access import Access
from handlers.desk import Desk
from handlers.people import Directory
from handlers.shared_channels import SharedChannels

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.jobs.work import Lease
    from bot.store.inbox import Limits
    from diagnostics.clients import Clients
    from handlers.ports import Clock
    from handlers.rules import Rules


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


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
    async with (
        connections() as http,
        open_store(
            options.database_url, now=now, limits=options.limits, lease=options.lease
        ) as store,
    ):
        client = make_client(options.bot_token, options.api_url, http)
        me, scopes = await who_am_i(client)
        rules = LiveRules(file=rules, known=io)
        telemetry = Telemetry()
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
            preflights=KeptPreflights(
                records=PreflightRecords(engine=store.engine, now=now), walkers=bench.preflights
            ),
            not_readable=partial(not_readable, bench),
        )
        bolt = make_bolt(client, me)
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
