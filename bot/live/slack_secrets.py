"""Slack's tokens while the process runs: a rotated one is taken in use without a restart, if it is the same app's."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import structlog

from bot.settings import Settings, SettingsError
from bot.slack.client import make_client
from bot.slack.identity import SlackUnusable, who_am_i
from bot.slack.mounted import SECRETS
from handlers.slack_trouble import may_have_been_done

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import SecretStr

    from bot.serve_signed import Gate
    from bot.serve_socket import Sockets
    from bot.service import Service

_log = structlog.get_logger("irsa.secrets")
_APP: Final = re.compile(r"xapp-\d+-(A[A-Z0-9]{6,})-")
"""The ID of the app stands in an app-level token."""


class _NotOurs(Exception):
    """A token that works, and is not this app's in this workspace."""


@dataclass(slots=True, kw_only=True)
class SlackSecrets:
    """The tokens in use. Tokens that can't be used change nothing, and `trouble` says so."""

    settings: Settings
    """As they were read last, and used."""
    environ: Mapping[str, str]
    service: Service
    gate: Gate | None
    """HTTP mode."""
    sockets: Sockets | None
    """Socket Mode."""
    what: str = "Slack secrets"
    trouble: str | None = None
    """Why the newest content of the files is not in use; None where it is."""
    again: bool = False
    """Slack gave no answer, or failed itself."""
    _taking: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files of the folder."""
        folder = self.settings.slack_secrets
        return () if folder is None else tuple(folder / name for name in SECRETS)

    async def reload(self) -> bool:
        """Read the files again, try what is new at Slack, and use it; whether something new is in use.

        All of it or nothing: a pair of tokens is exchanged together.
        """
        async with self._taking:
            try:
                fresh = await asyncio.to_thread(Settings.from_environ, self.environ)
                changed = self._changed(fresh)
                await self._take(fresh, changed)
            except SlackUnusable as error:
                silent = error.__cause__ is not None and may_have_been_done(error.__cause__)
                return self._refuse(str(error), again=silent)
            except (SettingsError, _NotOurs) as error:
                return self._refuse("; ".join(str(error).splitlines()), again=False)
            self.settings, self.trouble, self.again = fresh, None, False
            if changed:
                _log.info("Slack secrets in use", changed=changed)
            return bool(changed)

    def failed(self) -> None:
        """Note that what holds up could not be taken in use, through a fault of ours."""
        self.trouble = "new Slack secrets could not be taken in use because of an error on my side, which the log tells"

    def _refuse(self, why: str, *, again: bool) -> bool:
        said = f"the Slack secrets as they are now can't be used: {why}"
        if said != self.trouble:
            _log.error("Slack secrets not usable", why=why)
        self.trouble, self.again = said, again
        return False

    def _changed(self, fresh: Settings) -> list[str]:
        """The variables that have another value.

        Raises:
            _NotOurs: One came or went, so that Slack would reach the bot by another way.
        """
        changed = []
        for name in SECRETS:
            before, now = _held(self.settings, name), _held(fresh, name)
            if (before is None) is not (now is None):
                raise _NotOurs(
                    f"{name} is {'gone' if now is None else 'new'}; a change of mode takes a restart"
                )
            if before != now:
                changed.append(name)
        return changed

    async def _take(self, fresh: Settings, changed: list[str]) -> None:
        """What Slack may refuse comes first.

        Raises:
            SlackUnusable: It does.
            _NotOurs: It takes it for another workspace or app.
        """
        bot, app = _held(fresh, "SLACK_BOT_TOKEN"), _held(fresh, "SLACK_APP_TOKEN")
        if "SLACK_BOT_TOKEN" in changed and bot is not None:
            await self._try(bot)
        if "SLACK_APP_TOKEN" in changed and app is not None and self.sockets is not None:
            former, now = _APP.match(_held(self.settings, "SLACK_APP_TOKEN") or ""), _APP.match(app)
            if former is not None and now is not None and former[1] != now[1]:
                raise _NotOurs(f"SLACK_APP_TOKEN is of app {now[1]}, not of {former[1]}")
            await self.sockets.replace(app)
        if bot is not None:
            self.service.bench.client.token = bot
        secret = _held(fresh, "SLACK_SIGNING_SECRET")
        if "SLACK_SIGNING_SECRET" in changed and secret is not None and self.gate is not None:
            self.gate.rotate(secret)

    async def _try(self, token: str) -> None:
        client = self.service.bench.client
        found, _ = await who_am_i(make_client(token, client.base_url, client.session))
        me = self.service.me
        if (found.team, found.user) != (me.team, me.user):
            raise _NotOurs(
                f"SLACK_BOT_TOKEN is of bot {found.user} in workspace {found.team}, not of {me.user} in {me.team}; "
                "another app or workspace takes a restart"
            )


def _held(settings: Settings, name: str) -> str | None:
    values: dict[str, SecretStr | None] = {
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_APP_TOKEN": settings.slack_app_token,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
    }
    value = values[name]
    return None if value is None else value.get_secret_value()
