"""Short words: help, hello, a warning about a secret, the App Home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from bot.inventory.records import InventoryRecords
from bot.inventory.troubles import Troubles
from bot.preflight.kept import KeptPreflights
from bot.store.preflights import PreflightRecords
from diagnostics.languages import Words, aloud, from_kept, say, speak
from diagnostics.recognize import SecretKind
from handlers.access import Actor
from handlers.blockkit import build, escape
from handlers.paste.reading.untrusted import Node, text_at
from handlers.people import Unanswered
from handlers.render import hello_message, help_message
from handlers.render.overview import FleetHealth, home_view
from handlers.slack_trouble import SLACK_TROUBLE, error_name
from handlers.whisper import whisper

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from diagnostics.fleet import Fleet
    from handlers.blockkit import Block
    from handlers.reach import Reach
    from handlers.rules import Approver

_log = structlog.get_logger("irsa.telling")
_LATEST: Final = 10
_SECRETS: Final[Mapping[str, Words]] = {
    SecretKind.JWT: say("a JSON web token"),
    SecretKind.ACCESS_KEY: say("an AWS access key ID"),
    SecretKind.SECRET_KEY: say("an AWS secret access key"),
    SecretKind.SESSION_TOKEN: say("an AWS session token"),
    SecretKind.AUTHORIZATION: say("an Authorization header"),
    SecretKind.COOKIE: say("a cookie"),
    SecretKind.PASSWORD: say("a password"),
    SecretKind.PRIVATE_KEY: say("a private key"),
    SecretKind.API_TOKEN: say("an API token"),
    SecretKind.SIGNED_URL: say("a signed URL"),
}
_RULES: Final = 50


async def give_help(bench: Bench, job: Job) -> None:
    """Say how to ask, to the one who asked; what could not be read comes first."""
    said = help_message()
    words = _given(job.payload)
    blocks = [build.section(escape(words)), *said.blocks] if words else said.blocks
    await tell(bench, job.payload, f"{escape(words)} {said.text}".strip(), blocks=blocks)


def _given(payload: Node) -> str:
    """The words that whoever ordered the job put beside it."""
    words = payload.get("words")
    if isinstance(words, dict):
        return aloud(from_kept(words))
    return words if isinstance(words, str) else ""


async def warn_of_secret(bench: Bench, job: Job) -> None:
    """Tell the author, once and privately, what kind of secret their message holds."""
    kinds = job.payload.get("kinds")
    named = ", ".join(
        aloud(_SECRETS.get(kind, kind))
        for kind in (kinds if isinstance(kinds, list) else ())
        if isinstance(kind, str)
    )
    words = speak(
        "Your message holds a secret ({kinds}). I neither keep nor repeat it, but everybody here "
        "can read it: delete the message, and revoke or rotate the secret.",
        kinds=escape(named[:200]),
    )
    await whisper(
        bench.client,
        user=text_at(job.payload, "user"),
        channel=text_at(job.payload, "channel"),
        thread_ts=text_at(job.payload, "thread_ts") or None,
        words=words,
    )


async def show_home(bench: Bench, job: Job) -> None:
    """Publish somebody's App Home."""
    user = text_at(job.payload, "user")
    recent = await bench.store.incidents.recent(bench.me.team, by=user, limit=_LATEST)
    actor = Actor(user=user, team=bench.me.team)
    reach = await bench.access.reach(user, "")
    view = home_view(
        [i for i in recent if await bench.access.to_read(actor, i) is None],
        me=bench.me.user,
        health=await fleet_health(bench, reach),
        approves=await _approves(bench, user),
        workspace=bench.me.workspace,
    )
    try:
        await bench.client.views_publish(user_id=user, view=view)
    except SLACK_TROUBLE as error:
        _log.warning("home not shown", error=error_name(error))


async def fleet_health(bench: Bench, reach: Reach) -> FleetHealth:
    """What is read, and the regions that the inventory could not read when it last tried."""
    fleet = reach.of(bench.rules.fleet)
    records = PreflightRecords(engine=bench.store.engine, now=bench.now)
    preflights = KeptPreflights(records=records, walkers=bench.preflights)
    return FleetHealth(
        clusters=tuple(c.name for c in fleet.clusters),
        accounts=len(fleet.accounts),
        outdated=bench.rules.trouble,
        unposted=await bench.audit.unposted(bench.rules.audit_channel),
        troubles=await not_readable(bench, fleet),
        preflight=await preflights.standing(reach),
    )


async def not_readable(bench: Bench, fleet: Fleet) -> tuple[str, ...]:
    """What of a fleet the inventory could not read when it last tried: where, why, and what would enable it."""
    scans = await InventoryRecords(engine=bench.store.engine, now=bench.now).scans()
    return tuple(_told(Troubles.of(fleet, scans)))


def _told(troubles: Troubles) -> Iterator[str]:
    if troubles.organization is not None and troubles.organization.trouble is not None:
        yield speak("the organization's accounts: {trouble}", trouble=troubles.organization.trouble)
    if troubles.members_refused is not None:
        yield aloud(troubles.members_refused)
    for scan in troubles.listed:
        yield speak(
            "account {account}, {region}: {trouble}",
            account=scan.account,
            region=scan.region,
            trouble=scan.trouble,
        )


async def _approves(bench: Bench, user: str) -> tuple[str, ...]:
    """Where somebody may approve fixes. A group that Slack can't be asked about counts as not theirs."""
    found: dict[str, None] = {}
    for approver in bench.rules.approvers[:_RULES]:
        if await _is_one_of(bench, user, approver):
            found[_covered(approver.namespaces, approver.clusters)] = None
    return tuple(found)


async def _is_one_of(bench: Bench, user: str, approver: Approver) -> bool:
    try:
        return await bench.directory.is_in(user, approver.users, approver.groups)
    except Unanswered as error:
        _log.warning("group not read", error=str(error))
        return False


def _covered(namespaces: frozenset[str] | None, clusters: frozenset[str] | None) -> str:
    """What an entry of the approvers covers; no names stand for all."""
    if namespaces is None:
        if clusters is None:
            return speak("Fixes in every namespace of every cluster")
        return speak("Fixes in every namespace of {clusters}", clusters=_some(clusters))
    if clusters is None:
        return speak("Fixes in {namespaces} of every cluster", namespaces=_some(namespaces))
    return speak(
        "Fixes in {namespaces} of {clusters}",
        namespaces=_some(namespaces),
        clusters=_some(clusters),
    )


def _some(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)[:10])


async def say_hello(bench: Bench, job: Job) -> None:
    """Say hello in a channel into which we were invited."""
    channel = text_at(job.payload, "channel")
    internal = not await bench.shared.is_shared(channel)
    reach = await bench.access.reach(None, channel)
    cluster = bench.rules.channel_hints(channel).cluster
    if not reach.reads_name(cluster, bench.rules.fleet):
        cluster = None
    message = hello_message(bench.me.user, cluster, internal=internal)
    await bench.replies.pacing.turn(channel)
    try:
        await bench.client.chat_postMessage(
            channel=channel,
            text=message.text,
            blocks=message.blocks,
            unfurl_links=False,
            unfurl_media=False,
        )
    except SLACK_TROUBLE as error:
        _log.warning("no hello", error=error_name(error))


async def tell(
    bench: Bench, payload: Node, words: str, *, blocks: Sequence[Block] | None = None
) -> None:
    """Answer a question that became no incident: privately in a channel, openly in a direct message."""
    channel, user = text_at(payload, "channel"), text_at(payload, "user")
    thread_ts = text_at(payload, "thread_ts") or None
    words = aloud(words)
    shown = list(blocks) if blocks is not None else [build.section(escape(words))]
    if not channel.startswith("D"):
        if user:
            await whisper(
                bench.client,
                user=user,
                channel=channel,
                thread_ts=thread_ts if thread_ts != text_at(payload, "ts") else None,
                words=words,
                blocks=shown,
            )
        return
    await bench.replies.pacing.turn(channel)
    try:
        await bench.client.chat_postMessage(
            channel=channel, thread_ts=thread_ts, text=words, blocks=shown, unfurl_links=False
        )
    except SLACK_TROUBLE as error:
        _log.warning("not told", error=error_name(error))
