"""STS's own word: off by default, in the reply where the fleet file wants it, and never more than it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from diagnostics.errors import ReadDenied
from diagnostics.evidence import ROLE_ARN
from diagnostics.proof.answer import Asked, Injected, Rehearsal, StsAnswer
from tests.bot.town import OMAR, ONCALL, shown
from tests.engine import healthy as worlds
from tests.engine.healthy import SHARED

if TYPE_CHECKING:
    from diagnostics.fleet import Fleet
    from tests.bot.town import Bot, Town

SAYS_NO = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"
NO = StsAnswer(asked=Asked.REFUSED, words=SAYS_NO)
YES = StsAnswer(asked=Asked.GIVEN)
NETWORK = "asked from the bot's network, not the pod's"
STS = "AssumeRoleWithWebIdentity"


def proving(town: Town, *answers: StsAnswer, pod: bool = False) -> None:
    def on(fleet: Fleet) -> Fleet:
        accounts = (
            replace(a, proof_role=f"arn:aws:iam::{a.id}:role/prove") for a in fleet.accounts
        )
        clusters = (replace(c, proof=True, proof_pod=pod) for c in fleet.clusters)
        return replace(fleet, accounts=tuple(accounts), clusters=tuple(clusters))

    town.world.fleet = on(town.world.fleet)
    town.file = replace(town.file, fleet=town.world.fleet)
    town.world.sts = list(answers or (YES,))


def sound(town: Town) -> None:
    town.world.accounts[0] = worlds.service_account()


def counted(town: Town) -> list[str]:
    """Note each operation that the world is asked for."""
    made: list[str] = []
    note = town.world.note

    def count(operation: str, resource: str) -> None:
        made.append(f"{operation} {resource}")
        note(operation, resource)

    town.world.note = count  # type: ignore[method-assign]
    return made


async def fixed(town: Town, bot: Bot, label: str = "Apply annotation") -> str:
    ts = await town.paste(bot)
    await town.driver.press(label, OMAR, channel=ONCALL)
    await town.driver.submit(OMAR, {})
    await town.settle(bot)
    return shown(town.reply(ts))


async def test_sts_is_not_asked_unless_the_fleet_file_turns_it_on(town: Town) -> None:
    sound(town)
    asked = counted(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert not [one for one in asked if STS in one or "token" in one]
    assert "STS itself" not in shown(town.reply(ts))


async def test_a_diagnosis_opens_with_what_sts_says_and_nobody_is_called_healthy(
    town: Town,
) -> None:
    sound(town)
    proving(town, NO)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    reply = shown(town.reply(ts))
    assert f"STS itself says no to system:serviceaccount:payments:api: {SAYS_NO}" in reply
    assert NETWORK in reply
    assert "STS itself refuses the call, and nothing that can be read says why" in reply
    assert "Healthy" not in reply


async def test_after_a_fix_the_reply_says_that_sts_gave_credentials_and_what_that_does_not_show(
    town: Town,
) -> None:
    proving(town)
    async with town.bot() as bot:
        reply = await fixed(town, bot)

    done = reply.partition("Done*  Set the annotation")[2]
    assert "proved by re-reading: every check passes now; STS itself gave" in done
    assert f"thrown away unused ({NETWORK})" in done


async def test_iam_gets_time_to_spread_a_change_before_its_no_is_believed(town: Town) -> None:
    proving(town, NO, NO, YES)
    async with town.bot(follow=(0.01,) * 5) as bot:
        reply = await fixed(town, bot)

    assert "every check passes now; STS itself gave" in reply
    assert "says no to" not in reply


async def test_a_no_that_stays_is_told_as_one(town: Town) -> None:
    proving(town, NO)
    async with town.bot(follow=(0.01,) * 3) as bot:
        reply = await fixed(town, bot)

    assert f"STS itself says no to system:serviceaccount:payments:api: {SAYS_NO}" in reply
    assert "re-read: every check passes now, but not that of STS; STS itself says no" in reply
    assert "proved" not in reply


async def test_a_proof_that_rbac_refuses_is_unknown_and_says_what_to_allow(town: Town) -> None:
    sound(town)
    proving(town)
    enable = 'RBAC must allow verb "create" on "serviceaccounts/token"'
    town.world.refused[STS] = ReadDenied("403 Forbidden", enable=enable)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    reply = shown(town.reply(ts))
    assert f"Not proved at STS: 403 Forbidden; {enable}." in reply
    assert "Healthy" in reply


@pytest.mark.parametrize(
    ("rehearsal", "words", "verdict"),
    [
        (Rehearsal(injected=Injected.INJECTED), "gets the role and the token", "Healthy"),
        (
            Rehearsal(injected=Injected.BARE),
            "gets no role and no token: the webhook does not act",
            "A new pod would get no role",
        ),
        (
            Rehearsal(injected=Injected.QUOTA, words="exceeded quota: small"),
            "is refused by a quota, so the webhook was not seen to act: exceeded quota: small",
            "Healthy",
        ),
        (
            Rehearsal(injected=Injected.POLICY, words="violates PodSecurity"),
            "is refused by an admission policy, so the webhook was not seen to act: violates",
            "Healthy",
        ),
    ],
    ids=lambda value: value.injected.value if isinstance(value, Rehearsal) else None,
)
async def test_a_dry_run_of_a_pod_says_whether_the_webhook_acts(
    town: Town, rehearsal: Rehearsal, words: str, verdict: str
) -> None:
    sound(town)
    proving(town, pod=True)
    town.world.rehearsal = rehearsal
    async with town.bot() as bot:
        ts = await town.paste(bot)

    reply = shown(town.reply(ts))
    assert f"A dry run of a new pod {words}" in reply
    assert verdict in reply


async def test_a_role_outside_the_fleet_is_never_asked_for_whoever_annotated_it(
    town: Town,
) -> None:
    proving(town)
    foreign = "arn:aws:iam::999988887777:role/somebody-elses"
    town.world.accounts[0] = worlds.service_account(role_arn=foreign)
    asked = counted(town)
    async with town.bot() as bot:
        ts = await town.paste(bot)

    assert not [one for one in asked if one.startswith(STS)]
    assert "STS itself" not in shown(town.reply(ts))


async def test_what_is_asked_for_is_the_annotated_role_with_the_annotated_audience(
    town: Town,
) -> None:
    proving(town)
    town.world.accounts[0] = worlds.service_account(
        annotations={"eks.amazonaws.com/audience": "other.example.com"}
    )
    asked = counted(town)
    async with town.bot() as bot:
        await town.paste(bot)

    role = town.world.accounts[0].annotations[ROLE_ARN]
    assert f"{STS} {role} payments/api other.example.com" in asked
    assert role.split(":")[4] == SHARED
