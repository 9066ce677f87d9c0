"""Every method that the stand-in answers: arguments, scopes, rate tier, and the code that does it.

Source: docs.slack.dev, "Web API methods", each method's own page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from sandbox.slack.api import canvases, chat, conversations, extras, modals, people, unfurling
from sandbox.slack.api.call import Call
from sandbox.slack.people import Json

Handler: TypeAlias = Callable[[Call], Awaitable[Json]]
Token: TypeAlias = Literal["bot", "app", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """What one method takes.

    Attributes:
        required: Arguments without which it answers `invalid_arguments`.
        optional: All others that it knows.
        scopes: The app needs one of them; those that depend on the channel are asked for later.
        tier: `t1` to `t4`, or `t5` where Slack has a special rule.
        json: Whether it reads a JSON body; where not, a JSON body is as good as none.
        token: Which token it wants.
    """

    run: Handler
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ()
    tier: str = "t3"
    json: bool = False
    token: Token = "bot"  # noqa: S105 - a kind of token

    @property
    def known(self) -> frozenset[str]:
        """Every argument, with the token and the `team_id` that slack_bolt adds to every call."""
        return self.required | self.optional | {"token", "team_id"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CONTENT: Final = "attachments blocks icon_emoji icon_url link_names markdown_text metadata parse"
_CONTENT_POST: Final = f"{_CONTENT} text thread_ts username as_user"
_READ: Final = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY: Final = ("channels:history", "groups:history", "im:history", "mpim:history")
_WINDOW: Final = "cursor include_all_metadata inclusive latest limit oldest"

METHODS: Final[dict[str, Method]] = {
    "auth.test": Method(run=people.auth_test, tier="t5", json=True),
    "apps.connections.open": Method(run=people.connections_open, json=True, token="app"),  # noqa: S106  a kind of token
    "assistant.threads.setStatus": Method(
        run=extras.set_status,
        required=_words("channel_id thread_ts status"),
        optional=_words("loading_messages icon_emoji icon_url username"),
        scopes=("chat:write",),
        tier="t5",
        json=True,
    ),
    "blocks.validate": Method(
        run=modals.validated,
        optional=_words("blocks message view"),
        json=True,
        token="none",  # noqa: S106  a kind of token
    ),
    "bots.info": Method(
        run=people.bot_info, optional=_words("bot team_id"), scopes=("users:read",)
    ),
    "canvases.access.set": Method(
        run=canvases.grant,
        required=_words("canvas_id access_level"),
        optional=_words("channel_ids user_ids"),
        scopes=("canvases:write",),
        json=True,
    ),
    "canvases.create": Method(
        run=canvases.create,
        optional=_words("title document_content channel_id"),
        scopes=("canvases:write",),
        tier="t2",
        json=True,
    ),
    "chat.delete": Method(
        run=chat.delete,
        required=_words("channel ts"),
        optional=_words("as_user"),
        scopes=("chat:write",),
        json=True,
    ),
    "chat.getPermalink": Method(
        run=chat.get_permalink, required=_words("channel message_ts"), tier="t5"
    ),
    "chat.postEphemeral": Method(
        run=chat.post_ephemeral,
        required=_words("channel user"),
        optional=_words(_CONTENT_POST),
        scopes=("chat:write",),
        tier="t4",
        json=True,
    ),
    "chat.postMessage": Method(
        run=chat.post_message,
        required=_words("channel"),
        optional=_words(f"{_CONTENT_POST} mrkdwn reply_broadcast unfurl_links unfurl_media"),
        scopes=("chat:write",),
        tier="t5",
        json=True,
    ),
    "chat.unfurl": Method(
        run=unfurling.unfurl,
        optional=_words(
            "channel ts unfurls user_auth_message user_auth_required user_auth_url "
            "user_auth_blocks unfurl_id source"
        ),
        scopes=("links:write",),
        json=True,
    ),
    "chat.update": Method(
        run=chat.update,
        required=_words("channel ts"),
        optional=_words(
            "as_user attachments blocks file_ids link_names markdown_text metadata parse "
            "reply_broadcast text unfurled_attachments"
        ),
        scopes=("chat:write",),
        json=True,
    ),
    "conversations.history": Method(
        run=conversations.history,
        required=_words("channel"),
        optional=_words(_WINDOW),
        scopes=_HISTORY,
        json=True,
    ),
    "conversations.info": Method(
        run=conversations.info,
        required=_words("channel"),
        optional=_words("include_locale include_num_members"),
        scopes=_READ,
    ),
    "conversations.list": Method(
        run=conversations.listed,
        optional=_words("cursor exclude_archived limit team_id types"),
        scopes=_READ,
        tier="t2",
    ),
    "conversations.members": Method(
        run=conversations.members,
        required=_words("channel"),
        optional=_words("cursor limit"),
        scopes=_READ,
        tier="t4",
    ),
    "conversations.open": Method(
        run=conversations.opened,
        optional=_words("channel return_im users prevent_creation"),
        scopes=("channels:manage", "groups:write", "im:write", "mpim:write"),
        json=True,
    ),
    "conversations.replies": Method(
        run=conversations.replies,
        required=_words("channel ts"),
        optional=_words(_WINDOW),
        scopes=_HISTORY,
    ),
    "files.completeUploadExternal": Method(
        run=extras.upload_complete,
        required=_words("files"),
        optional=_words(
            "channel_id channels thread_ts initial_comment blocks username icon_url icon_emoji"
        ),
        scopes=("files:write",),
        tier="t4",
        json=True,
    ),
    "files.getUploadURLExternal": Method(
        run=extras.upload_url,
        required=_words("length filename"),
        optional=_words("snippet_type alt_txt"),
        scopes=("files:write",),
        tier="t4",
    ),
    "files.info": Method(
        run=extras.file_info,
        required=_words("file"),
        optional=_words("count cursor limit page"),
        scopes=("files:read",),
        tier="t4",
    ),
    "reactions.add": Method(
        run=extras.reaction_add,
        required=_words("channel name timestamp"),
        scopes=("reactions:write",),
        json=True,
    ),
    "reactions.remove": Method(
        run=extras.reaction_remove,
        required=_words("name"),
        optional=_words("channel timestamp file file_comment"),
        scopes=("reactions:write",),
        tier="t2",
        json=True,
    ),
    "usergroups.list": Method(
        run=people.group_list,
        optional=_words("include_count include_disabled include_users team_id"),
        scopes=("usergroups:read",),
        tier="t2",
    ),
    "usergroups.users.list": Method(
        run=people.group_users,
        required=_words("usergroup"),
        optional=_words("include_disabled team_id"),
        scopes=("usergroups:read",),
        tier="t2",
    ),
    "users.conversations": Method(
        run=conversations.of_user,
        optional=_words("cursor exclude_archived exclude_muted limit team_id types user"),
        scopes=_READ,
    ),
    "users.info": Method(
        run=people.user_info,
        required=_words("user"),
        optional=_words("include_locale"),
        scopes=("users:read",),
        tier="t4",
    ),
    "users.list": Method(
        run=people.user_list,
        optional=_words("cursor include_locale limit team_id"),
        scopes=("users:read",),
        tier="t2",
    ),
    "views.open": Method(
        run=modals.opened,
        required=_words("view"),
        optional=_words("trigger_id interactivity_pointer"),
        tier="t4",
        json=True,
    ),
    "views.publish": Method(
        run=modals.published,
        required=_words("user_id view"),
        optional=_words("hash interactivity_pointer"),
        tier="t4",
        json=True,
    ),
    "views.push": Method(
        run=modals.pushed,
        required=_words("view"),
        optional=_words("trigger_id interactivity_pointer"),
        tier="t4",
        json=True,
    ),
    "views.update": Method(
        run=modals.updated,
        required=_words("view"),
        optional=_words("view_id external_id hash"),
        tier="t4",
        json=True,
    ),
}
