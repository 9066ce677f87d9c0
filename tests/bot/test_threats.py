"""Attacks on the running bot that no other file tries: by a paste, a cluster, a stolen database or token."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from bot.store.tables import metadata
from diagnostics.evidence import ROLE_ARN
from handlers.render.card import APPLY
from sandbox.slack.delivery import Outgoing
from sandbox.slack.interactions import on_message
from sandbox.slack.pressing import acted
from tests.bot.town import ERROR, MINJI, OMAR, ONCALL, PASTE, elements, shown
from tests.engine import healthy as worlds
from tests.engine.fleet_double import DoubleClients, DoubleIssuers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bot.town import Bot, Town

ELSEWHERE = "999988887777"
KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJlc2lnbmF0dXJl"
BAIT = "<!channel> <@U0OMAR0001> <https://evil.example|ok> *bold* \u202e\x00"


# -- a malicious paste ---------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every account and issuer that the bot turns to."""
    found: list[str] = []
    aws, published = DoubleClients.aws, DoubleIssuers.published_keys

    def noted_aws(self: DoubleClients, account_id: str) -> Any:
        found.append(account_id)
        return aws(self, account_id)

    async def noted_issuer(self: DoubleIssuers, issuer: str) -> Any:
        found.append(issuer)
        return await published(self, issuer)

    monkeypatch.setattr(DoubleClients, "aws", noted_aws)
    monkeypatch.setattr(DoubleIssuers, "published_keys", noted_issuer)
    return found


async def test_a_role_of_an_account_outside_the_fleet_is_never_assumed_nor_offered(
    town: Town, asked: list[str]
) -> None:
    evil = f"arn:aws:iam::{ELSEWHERE}:role/evil"
    async with town.bot() as bot:
        ts = await town.paste(bot, f"{PASTE}\nrole {evil}\n/irsa --role {evil}")
        town.driver.mention(OMAR, ONCALL, f"payments/api --role {evil}")
        await town.settle(bot)

    known = {a.id for a in town.world.fleet.accounts}
    answered = [a for a in asked if a.isdigit() and a != ELSEWHERE]
    assert set(answered) <= known
    with pytest.raises(Exception, match="not in the fleet file"):
        DoubleClients(town.world).aws(ELSEWHERE)
    assert f"+ {ROLE_ARN}: {evil}" not in shown(town.replies(ts)[0])


async def test_an_issuer_that_a_text_names_is_never_fetched(town: Town, asked: list[str]) -> None:
    evil = "https://oidc.eks.eu-west-1.amazonaws.com/id/EEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEE"
    async with town.bot() as bot:
        await town.paste(
            bot, f"{ERROR}\n{evil}\nhttps://evil.example/id/1\nsystem:serviceaccount:payments:api"
        )

    assert not [a for a in asked if "EEEE" in a or "evil.example" in a]


# -- a compromised cluster -----------------------------------------------------------------------


def hostile(town: Town) -> None:
    """Let the cluster answer with whatever its owner likes."""
    account = worlds.service_account(role_arn=f"arn:aws:iam::{worlds.SHARED}:role/nope {BAIT}")
    annotations = {**account.annotations, f"x/{BAIT}": BAIT * 50, "long": "x" * 250_000}
    town.world.accounts[0] = replace(account, annotations=annotations, labels={"a": BAIT})
    town.world.pods[:] = [replace(p, name=f"api-{BAIT}") for p in town.world.pods] * 40


async def test_what_a_cluster_says_mentions_nobody_and_breaks_no_message(town: Town) -> None:
    """The stand-in refuses what Slack refuses: too long, or broken, would leave no blocks."""
    hostile(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press("Show all checks", MINJI, channel=ONCALL)

    reply = town.reply(ts)
    assert reply.blocks
    assert town.driver.modal(MINJI) is not None
    for text in _mrkdwn(reply.blocks + town.driver.view(MINJI)["blocks"]):
        assert not any(bait in text for bait in ("<!channel>", "<@U0OMAR", "<https://evil"))
    assert "\u202e" not in json.dumps(reply.blocks, ensure_ascii=False)


def _mrkdwn(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield str(node["text"])
        for value in node.values():
            yield from _mrkdwn(value)
    elif isinstance(node, list):
        for item in node:
            yield from _mrkdwn(item)


# -- a stolen database ---------------------------------------------------------------------------


async def test_a_stolen_database_holds_no_credential_of_anybody(town: Town) -> None:
    """After a whole incident: pasted with secrets, asked for, approved, applied, and looked at."""
    town.world.accounts[0] = replace(
        town.world.accounts[0], annotations={**town.world.accounts[0].annotations, "key": SECRET}
    )
    async with town.bot() as bot:
        await town.paste(
            bot,
            f"AWS_ACCESS_KEY_ID={KEY} AWS_SECRET_ACCESS_KEY={SECRET}\ntoken: {TOKEN}\n{PASTE}",
        )
        await town.driver.press("Apply annotation", MINJI, channel=ONCALL)
        await town.driver.press("Ask for approval", MINJI, channel=ONCALL)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)
        stolen = await everything_in(bot)

    app = town.slack.workspace.app
    assert "payments" in stolen
    for secret in (app.bot_token, app.app_token, app.signing_secret, KEY, SECRET, TOKEN):
        assert secret not in stolen


async def everything_in(bot: Bot) -> str:
    """Every row of every table."""
    rows: list[object] = []
    async with bot.service.store.engine.connect() as connection:
        for table in metadata.sorted_tables:
            rows += [dict(r) for r in (await connection.execute(select(table))).mappings()]
    return repr(rows)


# -- a stolen Slack token ------------------------------------------------------------------------


async def test_a_message_that_lies_about_a_real_button_cannot_lie_in_the_dialog(
    town: Town,
) -> None:
    """Whoever has the bot's token can post in its name; what the press would do, the database says."""
    async with town.bot() as bot:
        ts = await town.paste(bot)
        button = next(e for e in elements(town.reply(ts)) if e["action_id"].startswith(APPLY))
        lie = {
            **button,
            "text": {"type": "plain_text", "text": "Nothing happens"},
            "action_id": APPLY,
        }
        client = bot.service.bench.client
        posted = await client.chat_postMessage(
            channel=ONCALL,
            text="Harmless",
            blocks=[{"type": "actions", "elements": [lie]}],
        )
        for user in (MINJI, OMAR):
            await town.driver.press(
                "Nothing happens", user, channel=ONCALL, message_ts=str(posted["ts"])
            )

    assert "You may not apply fixes" in town.whispers(MINJI)[-1]
    dialog = json.dumps(town.driver.view(OMAR))
    assert f"+ {ROLE_ARN}: {worlds.ROLE}" in dialog
    assert "Nothing happens" not in dialog


async def test_a_press_cannot_be_made_with_the_token_alone(town: Town) -> None:
    """A press is what Slack signed: the token signs nothing."""
    async with town.bot() as bot:
        ts = await town.paste(bot)
        workspace = town.slack.workspace
        reply = town.reply(ts)
        element = acted(workspace, reply.blocks, "Apply annotation", None, None)
        payload = on_message(workspace, workspace.users[OMAR], reply, element, {})
        assert town.signed is not None
        request = town.signed._signed(Outgoing(kind="interactive", payload=payload))
        forged = replace(
            request,
            headers={
                **request.headers,
                "X-Slack-Signature": "v0=" + "0" * 64,
                "Authorization": f"Bearer {workspace.app.bot_token}",
            },
        )
        status, _, _ = await town.signed.post(forged)
        await town.settle(bot)

    assert status == 401
    assert town.driver.modal(OMAR) is None
