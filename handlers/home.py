"""The App Home: how to start, the latest incidents, and where the reader may apply fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from diagnostics.result import Verdict
from handlers.blockkit import build, escape
from handlers.ports import Order, Task
from handlers.render import help_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_bolt.async_app import AsyncApp

    from handlers.blockkit import Block
    from handlers.desk import Desk
    from handlers.incident import Incident

_WORDS: Final = {
    Verdict.CAUSE_FOUND: "Cause found",
    Verdict.HEALTHY: "Healthy",
    Verdict.NOT_ENOUGH_EVIDENCE: "Not enough evidence",
}


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen for who opens it."""

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], body: dict[str, Any]) -> None:
        user = event.get("user")
        if event.get("tab") != "home" or not isinstance(user, str):
            return
        order = Order(task=Task.HOME, payload={"user": user[:32]})
        recorded = await desk.inbox.order(order, event_id=str(body.get("event_id") or "") or None)
        desk.meter.delivery("home", recorded.value)


def home_view(incidents: Sequence[Incident], *, me: str, clusters: int) -> Block:
    """The view.

    Args:
        incidents: The reader's own, newest first.
        me: Our user ID.
        clusters: How many clusters the fleet file names.
    """
    blocks: list[Block] = [
        build.header("IRSA Doctor"),
        *help_message().blocks,
        build.context(
            f"I am <@{me}> and read {clusters} cluster{'' if clusters == 1 else 's'}. Fixes are applied by "
            "the approvers that the fleet file names."
        ),
        build.divider(),
        build.header("Your latest incidents"),
    ]
    if not incidents:
        blocks.append(build.section("None yet. Paste an error in a channel that I am in."))
    for incident in incidents:
        diagnosis = incident.diagnoses[0]
        target = diagnosis.target
        where = f"{target.namespace}/{target.service_account or '?'} on {target.cluster}"
        at = int(incident.created.timestamp())
        clock = incident.created.strftime("%Y-%m-%d %H:%M UTC")
        blocks.append(
            build.section(
                f"*{_WORDS[diagnosis.verdict]}*  {escape(where)}\n{escape(diagnosis.headline)}\n"
                f"<#{escape(incident.spot.channel)}>  ·  <!date^{at}^{{date_short_pretty}} {{time}}|{clock}>"
            )
        )
    return build.home(blocks)
