"""OIDC providers are written only where the account allows it, as shown, and taken back only as they were made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.fleet_file import Approver
from diagnostics.fix.plan import FixKind
from tests.bot.town import MINJI, OMAR, ONCALL, labels, shown, with_approvers
from tests.engine import healthy as worlds
from tests.engine.healthy import ISSUER, SHARED, provider_arn

if TYPE_CHECKING:
    from diagnostics.evidence import OidcProvider
    from tests.bot.town import Bot, Town

CREATE, ADD = "Create OIDC provider", "Add audience to provider"
ARN = provider_arn()
STS = "sts.amazonaws.com"


def missing(town: Town) -> None:
    town.world.accounts[0] = worlds.service_account()
    del town.world.providers[ARN]


def deaf(town: Town, *client_ids: str) -> None:
    """A provider that knows other audiences."""
    town.world.accounts[0] = worlds.service_account()
    town.world.providers[ARN] = worlds.provider(client_ids=client_ids or ("other",))


def allow(town: Town) -> None:
    fleet = town.world.fleet
    accounts = tuple(replace(a, allow_provider_fix=a.id == SHARED) for a in fleet.accounts)
    town.world.fleet = replace(fleet, accounts=accounts)
    town.file = replace(town.file, fleet=town.world.fleet)


def held(town: Town) -> OidcProvider | None:
    return town.world.providers.get(ARN)


async def pressed(town: Town, bot: Bot, what: str) -> str:
    await town.driver.press(what, OMAR, channel=ONCALL)
    dialog = str(town.driver.view(OMAR))
    await town.driver.submit(OMAR, {})
    await town.settle(bot)
    return dialog


@pytest.mark.parametrize("break_it", [missing, deaf])
async def test_without_the_accounts_leave_there_is_no_button(town: Town, break_it: object) -> None:
    break_it(town)  # type: ignore[operator]
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert not {CREATE, ADD} & set(labels(town.reply(ts)))


async def test_a_missing_provider_is_created_as_shown_and_deleted_again(town: Town) -> None:
    missing(town)
    allow(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        dialog = await pressed(town, bot, CREATE)
        made = held(town)
        reply = shown(town.reply(ts))
        back = await pressed(town, bot, "Undo")

    assert f"+ OIDC provider {ISSUER}" in dialog
    assert f"+ client IDs: {STS}" in dialog
    assert made is not None
    assert made.client_ids == (STS,)
    assert f"Done*  Create the OIDC provider of {ISSUER} in account {SHARED}; proved" in reply
    assert f"- OIDC provider {ISSUER}" in back
    assert held(town) is None


async def test_an_audience_is_added_as_shown_and_taken_out_again(town: Town) -> None:
    deaf(town, "other", "third")
    allow(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        dialog = await pressed(town, bot, ADD)
        made = held(town)
        reply = shown(town.reply(ts))
        await pressed(town, bot, "Undo")

    assert f"+ {STS}" in dialog
    assert "  other" in dialog
    assert made is not None
    assert set(made.client_ids) == {"other", "third", STS}
    assert f"Done*  Add the audience {STS} to OIDC provider {ARN}; proved" in reply
    after = held(town)
    assert after is not None
    assert set(after.client_ids) == {"other", "third"}


async def test_undo_leaves_alone_what_somebody_changed_and_says_what_that_was(town: Town) -> None:
    missing(town)
    allow(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await pressed(town, bot, CREATE)
        town.world.providers[ARN] = worlds.provider(client_ids=(STS, "added-by-hand"))
        await pressed(town, bot, "Undo")

    assert held(town) is not None
    reply = shown(town.reply(ts))
    assert f"nothing was written, because client IDs of OIDC provider {ARN} changed since" in reply
    assert f"it was {STS} and is {STS}, added-by-hand now" in reply
    assert "Undo" in labels(town.reply(ts))


async def test_a_provider_that_came_meanwhile_is_left_alone(town: Town) -> None:
    missing(town)
    allow(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press(CREATE, OMAR, channel=ONCALL)
        town.world.providers[ARN] = worlds.provider(client_ids=("theirs",))
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    provider = held(town)
    assert provider is not None
    assert provider.client_ids == ("theirs",)
    assert "nothing was written, because OIDC provider" in shown(town.reply(ts))
    assert ADD in labels(town.reply(ts))


async def test_approvers_of_other_fixes_may_not_write_providers(town: Town) -> None:
    kinds = frozenset(FixKind) - {FixKind.PROVIDER}
    town.file = with_approvers(
        town.file,
        Approver(users=frozenset({OMAR}), fixes=kinds),
        Approver(users=frozenset({MINJI}), fixes=frozenset({FixKind.PROVIDER})),
    )
    missing(town)
    allow(town)
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press(CREATE, OMAR, channel=ONCALL)

    assert town.driver.modal(OMAR) is None
    assert "You may not apply fixes" in town.whispers(OMAR)[-1]


async def test_an_issuer_that_only_the_api_server_names_gets_no_provider(town: Town) -> None:
    missing(town)
    allow(town)
    cluster = town.world.clusters["prod-eu"]
    town.world.clusters["prod-eu"] = replace(cluster, arn=None)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert CREATE not in labels(town.reply(ts))


async def test_who_may_annotate_but_not_restart_may_not_do_both(town: Town) -> None:
    town.file = with_approvers(
        town.file,
        Approver(users=frozenset({OMAR}), fixes=frozenset({FixKind.ANNOTATE})),
        Approver(users=frozenset({MINJI}), fixes=frozenset({FixKind.RESTART})),
    )
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press("Annotate and restart", OMAR, channel=ONCALL)
        refused = town.driver.modal(OMAR)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)

    assert refused is None
    assert "You may not apply fixes" in town.whispers(OMAR)[-1]
    assert town.driver.modal(OMAR) is not None
