"""Slack: the tokens, their scopes, the channels of the fleet file."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bot.preflight.needs import SLACK_SCOPES
from bot.preflight.outcome import Check, Place, Remedy, State
from bot.slack.client import make_client
from diagnostics.languages import say
from handlers.slack_trouble import NO_ANSWER, SLACK_TROUBLE, error_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.fleet_file import Channel
    from diagnostics.languages import Words

_AT_ONCE: Final = 4
_READING: Final = frozenset({"channels:history", "groups:history", "im:history"})
"""Left out on purpose by `irsa manifest --mention-only`."""


async def check_slack(
    *,
    api_url: str,
    bot_token: str,
    app_token: str | None,
    scopes: Iterable[str],
    optional: Iterable[str] = (),
    channels: Iterable[Channel],
) -> Place:
    """Ask Slack about both tokens and about each channel.

    Args:
        api_url: Base of the Web API.
        bot_token: xoxb-…
        app_token: xapp-… in Socket Mode.
        scopes: What the manifest asks for.
        optional: What it asks for as optional: a workspace may refuse it.
        channels: Those that the fleet file names.
    """
    client = make_client(bot_token, api_url)
    checks: list[Check] = []
    mend: list[Remedy] = []
    granted = await _bot_token(client, checks)
    if granted is not None:
        missing = _scopes(scopes, granted, checks)
        checks += [_scope(scope, granted, optional=True) for scope in optional]
        if missing:
            mend.append(
                Remedy(
                    title=say(
                        "{page} → {section}, then reinstall the app",
                        page="OAuth & Permissions",
                        section="Bot Token Scopes",
                    ),
                    text="\n".join(missing),
                )
            )
        checks += await _channels(client, channels)
    if app_token is not None:
        checks.append(await _app_token(make_client(app_token, api_url)))
    return Place(kind="slack", name="Slack", checks=tuple(checks), remedies=tuple(mend))


async def _bot_token(client: AsyncWebClient, checks: list[Check]) -> frozenset[str] | None:
    """The scopes that were granted; None where the token is not accepted."""
    try:
        answer = await client.auth_test()
    except SLACK_TROUBLE as error:
        checks.append(
            _failed(
                "SLACK_BOT_TOKEN",
                error,
                say("check the token at api.slack.com/apps, {page}", page="OAuth & Permissions"),
            )
        )
        return None
    headers = {str(k).lower(): str(v) for k, v in dict(answer.headers).items()}
    checks.append(
        Check(
            what=say("SLACK_BOT_TOKEN: {user} in {team}", user=answer["user"], team=answer["team"]),
            state=State.WORKS,
        )
    )
    return frozenset(s.strip() for s in headers.get("x-oauth-scopes", "").split(",") if s.strip())


def _scopes(wanted: Iterable[str], granted: frozenset[str], checks: list[Check]) -> tuple[str, ...]:
    asked = [
        (scope, _scope(scope, granted, optional=scope in _READING and not granted & _READING))
        for scope in wanted
    ]
    checks += [check for _, check in asked]
    return tuple(scope for scope, check in asked if check.state is State.MISSING)


def _scope(scope: str, granted: frozenset[str], *, optional: bool) -> Check:
    what, needed_for = say("scope {scope}", scope=scope), SLACK_SCOPES[scope]
    if scope in granted:
        return Check(what=what, state=State.WORKS, needed_for=needed_for)
    return Check(
        what=what,
        state=State.OPTIONAL if optional else State.MISSING,
        why=say("not granted to the bot token"),
        enable=say("add {scope} to the app's bot scopes and reinstall it", scope=scope),
        needed_for=needed_for,
    )


async def _channels(client: AsyncWebClient, channels: Iterable[Channel]) -> list[Check]:
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(channel: Channel) -> Check:
        what = say("channel {name}", name=channel.id)
        async with slots:
            try:
                answer = await client.conversations_info(channel=channel.id)
            except SLACK_TROUBLE as error:
                return _failed(
                    what, error, say("correct the ID in the fleet file, or invite the bot")
                )
        found = answer.get("channel") or {}
        name = found.get("name", channel.id)
        if found.get("is_member") or found.get("is_im"):
            return Check(what=what + f" (#{name})", state=State.WORKS)
        return Check(
            what=what,
            state=State.MISSING,
            why=say("the bot is not in #{name}", name=name),
            enable=say("write /invite @irsa in #{name}", name=name),
        )

    return list(await asyncio.gather(*(one(channel) for channel in channels)))


async def _app_token(client: AsyncWebClient) -> Check:
    """Ask for a Socket Mode address, without connecting to it."""
    try:
        await client.api_call("apps.connections.open")
    except SLACK_TROUBLE as error:
        return _failed(
            "SLACK_APP_TOKEN",
            error,
            say(
                "make an app-level token with the scope connections:write ({page}), and enable Socket Mode",
                page="Basic Information",
            ),
        )
    return Check(what=say("SLACK_APP_TOKEN: may open Socket Mode"), state=State.WORKS)


def _failed(what: Words, error: BaseException, enable: Words) -> Check:
    state = State.NO_ANSWER if isinstance(error, NO_ANSWER) else State.MISSING
    why = say("Slack says {error}", error=error_name(error))
    return Check(what=what, state=state, why=why, enable=enable)
