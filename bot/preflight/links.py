"""Whether links to incidents lead to the bot: through whatever ingress, proxy and sign-in stands before it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import aiohttp

from bot.clients.answer_body import first_bytes
from bot.preflight.outcome import Check, Place, Remedy, State
from diagnostics.languages import say
from handlers.links import UNKNOWN, link_of

LINKS: Final = say("Links to incidents")
"""What this place is called."""
NOBODYS: Final = "0" * 20
"""An ID that no incident has, as far as chance allows."""
_SECONDS: Final = 5.0
_BYTES: Final = 1_000
_SIGN_IN: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_PATH: Final = """\
          - path: /i/
            pathType: Prefix
            backend: {service: {name: irsa-doctor, port: {name: http}}}"""


async def check_links(address: str) -> Place:
    """Follow a link to an incident that there is none of, as somebody's browser would.

    Args:
        address: `IRSA_LINKS`.
    """
    link = link_of(address, NOBODYS)
    what = f"IRSA_LINKS: {address}"
    check = Check(what=what, state=State.WORKS, needed_for="links to incidents")
    try:
        status, text = await _follow(str(link))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        check = Check(
            what=what,
            state=State.NO_ANSWER,
            why=say("it can't be reached from here ({error})", error=type(error).__name__),
            enable=say(
                "check its name, its certificate and the network path from here; people need one too"
            ),
            needed_for="links to incidents",
        )
    else:
        if status in _SIGN_IN or status // 100 == 3:  # noqa: PLR2004  redirects
            check = Check(
                what=what,
                state=State.SKIPPED,
                why=say(
                    "it answers {status}: a sign-in stands before it, which is for people to pass",
                    status=status,
                ),
                needed_for="links to incidents",
            )
        elif (status, text) != (HTTPStatus.NOT_FOUND, UNKNOWN):
            check = Check(
                what=what,
                state=State.MISSING,
                why=say("it answers {status}, and that is not the bot's answer", status=status),
                enable=say(
                    "let the path /i/ through to the bot: {folder}, and {docs}, step 5",
                    folder="deploy/kubernetes/ingress",
                    docs="docs/deploy.md",
                ),
                needed_for="links to incidents",
            )
    mend = (Remedy(title=say("Ingress: the path under the rule of that host"), text=_PATH),)
    return Place(
        kind="links",
        name=LINKS,
        checks=(check,),
        remedies=mend if check.state is State.MISSING else (),
    )


async def _follow(link: str) -> tuple[int, str]:
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
        session.get(link, allow_redirects=False) as answer,
    ):
        body = await first_bytes(answer.content, _BYTES)
        return answer.status, body.decode(errors="replace")
