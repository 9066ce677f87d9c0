"""Who is in the workspace: people, bots, channels, user groups, and the app under test."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

Json: TypeAlias = dict[str, Any]
"""A JSON object as Slack sends or takes it."""

EVERY_SCOPE: Final = frozenset(
    {
        "app_mentions:read",
        "canvases:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "links:read",
        "links:write",
        "reactions:write",
        "users:read",
        "usergroups:read",
    }
)
"""What an app may do that was not made from a manifest."""

EVERY_EVENT: Final = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "channel_shared",
        "link_shared",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "subteam_members_changed",
    }
)
"""What an app hears that was not made from a manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A Slack workspace."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or a bot's user.

    Attributes:
        team_id: The home workspace; another than ours makes a stranger, met in shared channels only.
        locale: IETF language tag, as `users.info` gives it on request.
    """

    id: str
    name: str
    real_name: str
    team_id: str
    title: str = ""
    locale: str = "en-US"
    avatar_color: str = "#4a154b"
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class Channel:
    """A conversation. IDs start with C (public), G (private) or D (direct message)."""

    id: str
    name: str
    topic: str = ""
    is_im: bool = False
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    members: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The `channel_type` of events: `channel`, `group` or `im`."""
        return "im" if self.is_im else "group" if self.is_private else "channel"

    @property
    def family(self) -> str:
        """The scope family that covers it: `channels`, `groups` or `im`."""
        return "im" if self.is_im else "groups" if self.is_private else "channels"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertBot:
    """Another app that posts here, such as an alert manager's."""

    id: str
    app_id: str
    user_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGroup:
    """A Slack user group."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command of the app."""

    command: str
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A message shortcut of the app."""

    name: str
    callback_id: str
    type: str = "message"
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackApp:
    """The app under test: who it is, its secrets, and what its manifest grants it."""

    id: str = "A0IRSADOC1"
    name: str = "irsa"
    user_id: str = "U0IRSABOT1"
    bot_id: str = "B0IRSABOT1"
    bot_token: str = "xoxb-sandbox-bot"  # noqa: S105 - opens this stand-in and nothing else
    app_token: str = "xapp-sandbox-app"  # noqa: S105  of the sandbox
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105  of the sandbox
    verification_token: str = "sandbox-verification"  # noqa: S105  of the sandbox
    scopes: frozenset[str] = EVERY_SCOPE
    events: frozenset[str] = EVERY_EVENT
    unfurl_domains: tuple[str, ...] = ()
    commands: tuple[Command, ...] = (
        Command(command="/irsa", description="Diagnose a web-identity failure"),
    )
    shortcuts: tuple[Shortcut, ...] = (
        Shortcut(name="Diagnose IRSA", callback_id="irsa.diagnose_message"),
    )


_SCOPE: Final = re.compile(r"[a-z_.]+(:[a-z_.]+)*")


def app_from_manifest(manifest: str) -> SlackApp:
    """The app that Slack would create from a manifest (YAML, or JSON, which is YAML too).

    Args:
        manifest: The text of `manifest.yml`.

    Raises:
        ValueError: If the text is not a manifest.
    """
    held = yaml.safe_load(manifest)
    if not isinstance(held, dict) or "display_information" not in held:
        raise ValueError("this is not a Slack app manifest: it has no display_information")
    features = _mapping(held, "features")
    scopes = _mapping(_mapping(held, "oauth_config"), "scopes")
    settings = _mapping(held, "settings")
    granted = [*scopes.get("bot", ()), *scopes.get("bot_optional", ())]
    if wrong := [scope for scope in granted if not _SCOPE.fullmatch(str(scope))]:
        raise ValueError(f"oauth_config.scopes: {wrong[0]!r} is not a scope")
    return SlackApp(
        name=str(_mapping(features, "bot_user").get("display_name", "irsa")),
        scopes=frozenset(granted),
        events=frozenset(_mapping(settings, "event_subscriptions").get("bot_events", ())),
        unfurl_domains=tuple(features.get("unfurl_domains", ())),
        commands=tuple(
            Command(
                command=item["command"],
                description=item.get("description", ""),
                usage_hint=item.get("usage_hint", ""),
            )
            for item in features.get("slash_commands", ())
        ),
        shortcuts=tuple(
            Shortcut(
                name=item["name"],
                callback_id=item["callback_id"],
                type=item.get("type", "message"),
                description=item.get("description", ""),
            )
            for item in features.get("shortcuts", ())
        ),
    )


def _mapping(held: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    inner = held.get(key) or {}
    if not isinstance(inner, dict):
        raise ValueError(f"{key} of the manifest must be a mapping")  # noqa: TRY004 - one error for all of it
    return inner
