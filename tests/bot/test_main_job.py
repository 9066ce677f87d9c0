"""Paste, read, apply, restart, check again: the main job through signed payloads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.bot.town import MINJI, OMAR, ONCALL, labels, shown
from tests.engine import healthy as worlds
from tests.engine.healthy import ROLE

if TYPE_CHECKING:
    from tests.bot.town import Town


async def test_a_pasted_error_gets_one_reply_in_its_thread(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)

    reply = town.reply(ts)
    assert "with role nope, which does not exist" in shown(reply)
    assert labels(reply) == [
        "Apply annotation",
        "Annotate and restart",
        "Check again",
        "Show all checks",
        "Not this one",
    ]
    assert reply.text.startswith("payments/api on prod-eu")
    assert reply.metadata is not None
    assert reply.metadata["event_type"] == "irsa_diagnosis"


async def test_a_reply_begins_with_a_sign_of_life(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)

    (first, *_) = [
        name
        for name, _ in town.slack.workspace.calls
        if name in ("assistant.threads.setStatus", "chat.postMessage")
    ]
    assert first == "assistant.threads.setStatus"


async def test_other_talk_gets_no_answer(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot, "Lunch? The deploy of payments/api is through.")

    assert town.replies(ts) == []
    assert town.calls("chat.postMessage") == []


async def test_an_approver_applies_the_annotation_and_the_reply_tells_it(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        assert town.driver.modal(OMAR) is not None
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    reply = shown(town.reply(ts))
    assert town.world.accounts[0].role_arn == ROLE
    assert (
        f"Done*  Set the annotation eks.amazonaws.com/role-arn of serviceaccount payments/api to {ROLE}"
        in reply
    )
    assert f"<@{OMAR}>" in reply
    assert "Healthy since" in reply
    assert "Cause found" not in reply
    assert town.driver.modal(OMAR) is None


async def test_a_restart_is_followed_until_the_new_pods_are_right(town: Town) -> None:
    town.world.accounts[0] = worlds.service_account()
    town.world.pods[0] = worlds.pod(role_arn=None)
    async with town.bot(follow=(0.05,) * 10) as bot:
        ts = await town.paste(bot)
        assert "Restart pods" in labels(town.reply(ts))
        await town.driver.press("Restart pods", OMAR, channel=ONCALL)
        await town.driver.submit(OMAR, {})
        town.world.pods[0] = worlds.pod()
        await town.settle(bot)

    reply = town.reply(ts)
    assert "Healthy" in shown(reply)
    assert "Restart the pods of deployment/api in payments" in shown(reply)


async def test_check_again_shows_what_was_fixed_by_hand(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        town.world.accounts[0] = worlds.service_account()
        await town.driver.press("Check again", MINJI, channel=ONCALL)
        await town.settle(bot)

    reply = shown(town.reply(ts))
    assert "Healthy since" in reply
    assert "Cause found" not in reply
    assert "Checked again" in reply


async def test_show_all_checks_opens_a_dialog(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press("Show all checks", MINJI, channel=ONCALL)

    modal = town.driver.modal(MINJI)
    assert modal is not None
    assert modal["title"]["text"] == "All checks"


async def test_several_failures_of_one_paste_share_a_reply(town: Town) -> None:
    first = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"
    async with town.bot() as bot:
        ts = await town.paste(
            bot,
            f"system:serviceaccount:payments:api WebIdentityErr: {first}\n\n"
            "system:serviceaccount:payments:worker An error occurred (AccessDenied) when calling the "
            "AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity",
        )

    assert labels(town.reply(ts))


async def test_a_write_that_was_overtaken_is_not_made_and_the_reply_says_so(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        other = "arn:aws:iam::111122223333:role/by-hand"
        town.world.accounts[0] = replace(
            town.world.accounts[0], annotations={"eks.amazonaws.com/role-arn": other}
        )
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    reply = shown(town.reply(ts))
    assert "Failed" in reply
    assert "nothing was written" in reply
    assert town.world.accounts[0].role_arn == other
