"""The workspace of the demo: a small company on call."""

from __future__ import annotations

from sandbox.slack.people import AlertBot, Channel, SlackApp, Team, User, UserGroup
from sandbox.slack.timing import Clock, Timing
from sandbox.slack.workspace import Workspace

HOME = "T0EXAMPLE1"
ELSEWHERE = "T0PARTNER1"


def demo_workspace(
    app: SlackApp | None = None, *, timing: Timing | None = None, clock: Clock | None = None
) -> Workspace:
    """A workspace with members, a guest, a stranger, an alert bot, a user group and six channels.

    Args:
        app: The app under test; one with every scope and event without it.
        timing: Slack's waits; its own without.
        clock: The time; the machine's without.
    """
    app = app or SlackApp()
    people = (
        _person("U0MINJI001", "minji", "Minji Kim", "On call", "#2563eb"),
        _person("U0OMAR0001", "omar", "Omar Haddad", "Platform lead", "#b45309", is_admin=True),
        _person("U0YUKI0001", "yuki", "Yuki Tanaka", "Payments", "#0f766e", locale="ja-JP"),
        _person("U0JISOO001", "jisoo", "Jisoo Park", "Payments", "#7c2d12", locale="ko-KR"),
        _person("U0GUEST001", "gail", "Gail Guest", "Contractor", "#64748b", is_restricted=True),
        User(
            id="U0STRANGE1",
            name="sam",
            real_name="Sam Stranger",
            team_id=ELSEWHERE,
            title="Partner",
            avatar_color="#7c3aed",
        ),
        _person("U0ALERTBOT", "alertmanager", "Alertmanager", "", "#dc2626", is_bot=True),
    )
    inside = ["U0MINJI001", "U0OMAR0001", "U0YUKI0001", "U0JISOO001"]
    channels = (
        Channel(
            id="C0ONCALL01",
            name="oncall",
            topic="Incidents; paste the error here",
            members=[*inside, app.user_id, "U0ALERTBOT"],
        ),
        Channel(
            id="C0PAYMENT1",
            name="payments",
            topic="The payments team",
            members=[*inside, "U0GUEST001", app.user_id],
        ),
        Channel(
            id="C0INCIDKR1",
            name="incidents-kr",
            topic="Answered in Korean",
            members=[*inside, app.user_id],
        ),
        Channel(
            id="C0PARTNER1",
            name="partner-shared",
            topic="Shared with the partner's workspace",
            is_ext_shared=True,
            members=["U0MINJI001", "U0OMAR0001", "U0STRANGE1", app.user_id],
        ),
        Channel(
            id="G0WARROOM1",
            name="war-room",
            topic="Private",
            is_private=True,
            members=["U0MINJI001", "U0OMAR0001", app.user_id],
        ),
        Channel(id="C0RANDOM01", name="random", topic="Without the app", members=inside.copy()),
        *(
            Channel(id=f"D0{user[2:]}", name=app.name, is_im=True, members=[user, app.user_id])
            for user in inside
        ),
    )
    bot = AlertBot(id="B0ALERTS01", app_id="A0ALERTS01", user_id="U0ALERTBOT", name="alertmanager")
    group = UserGroup(
        id="S0ONCALL01", handle="platform-oncall", name="Platform on-call", users=("U0OMAR0001",)
    )
    return Workspace(
        team=Team(id=HOME, name="Example Corp", domain="example-corp"),
        app=app,
        users={person.id: person for person in people},
        channels={channel.id: channel for channel in channels},
        bots={bot.id: bot},
        groups={group.id: group},
        me="U0MINJI001",
        timing=timing or Timing(),
        clock=clock or Clock(),
    )


def _person(
    identifier: str,
    name: str,
    real_name: str,
    title: str,
    color: str,
    *,
    locale: str = "en-US",
    is_admin: bool = False,
    is_restricted: bool = False,
    is_bot: bool = False,
) -> User:
    return User(
        id=identifier,
        name=name,
        real_name=real_name,
        team_id=HOME,
        title=title,
        avatar_color=color,
        locale=locale,
        is_admin=is_admin,
        is_restricted=is_restricted,
        is_bot=is_bot,
    )
