"""Where the cluster can't be reached, the reply asks for output of commands, and goes on with what is pasted."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from diagnostics.errors import Unreachable
from tests.bot.town import ERROR, MINJI, OMAR, ONCALL, PASTE, labels, shown
from tests.engine import healthy as worlds
from tests.evidence.healthy import ISSUER, ROLE, outputs

if TYPE_CHECKING:
    from tests.bot.town import Bot, Town

KUBERNETES = (
    "get serviceaccounts",
    "list serviceaccounts",
    "get workloads",
    "list workloads",
    "list pods",
    "get jwks",
    "get issuer",
    "list mutatingwebhookconfigurations",
)


def cut_off(town: Town, *operations: str) -> None:
    """The world as it should be, of which nothing can be read but AWS."""
    town.world.__dict__.update(worlds.healthy().__dict__)
    for operation in operations or KUBERNETES:
        town.world.refused[operation] = Unreachable(
            "the API server of cluster prod-eu does not answer (private endpoint)",
            enable="let the bot reach the endpoint",
        )


def fenced(*documents: Any, form: str = "yaml") -> str:
    write = yaml.safe_dump if form == "yaml" else json.dumps
    return "\n".join(f"```\n{write(document)}\n```" for document in documents)


async def asked(town: Town, bot: Bot) -> str:
    return await town.paste(bot, PASTE)


async def give(town: Town, bot: Bot, ts: str, text: str, *, user: str = OMAR) -> str:
    await town.paste(bot, text, user=user, thread_ts=ts)
    return shown(town.reply(ts))


async def test_an_unreachable_cluster_leads_to_commands_that_would_answer(town: Town) -> None:
    cut_off(town)
    async with town.bot() as bot:
        ts = await asked(town, bot)

    reply = town.reply(ts)
    assert "Not enough evidence" in shown(reply)
    block = next(b for b in reply.blocks if "kubectl" in json.dumps(b))
    assert shown_of(block).splitlines() == [
        "kubectl -n payments get sa api -o yaml",
        "kubectl -n payments get pods -o yaml",
    ]


def shown_of(block: dict[str, Any]) -> str:
    return "".join(part["text"] for part in block["elements"][0]["elements"])


@pytest.mark.parametrize("form", ["yaml", "json"])
async def test_the_diagnosis_goes_on_with_pasted_output_in_the_same_reply(
    town: Town, form: str
) -> None:
    cut_off(town)
    found = outputs()
    found["sa.yaml"]["metadata"]["annotations"] = {}
    async with town.bot() as bot:
        ts = await asked(town, bot)
        said = await give(town, bot, ts, fenced(found["sa.yaml"], found["pods.yaml"], form=form))

    assert "Cause found" in said
    assert "IRSA103" in said
    assert "Took service account payments/api and pods of namespace payments" in said
    assert (
        f"*Not read by me:* payments/api, payments, from pasted output by <@{OMAR}> at 20" in said
    )
    assert "Apply annotation" not in labels(town.reply(ts))
    assert "rests on pasted output" in said


DESCRIBED = f"""\
here you are:
$ kubectl -n payments describe sa api
Name:                api
Namespace:           payments
Labels:              <none>
Annotations:         eks.amazonaws.com/role-arn: {ROLE}-old
Image pull secrets:  <none>
Mountable secrets:   <none>
Tokens:              <none>
Events:              <none>
"""


async def test_the_describe_form_is_taken_with_the_words_before_it(town: Town) -> None:
    cut_off(town)
    async with town.bot() as bot:
        ts = await asked(town, bot)
        said = await give(town, bot, ts, DESCRIBED)

    assert "Cause found" in said
    assert "payments-api-old" in said
    assert "Took service account payments/api from the pasted output" in said


async def test_an_account_that_cannot_be_read_is_asked_for_by_its_own_commands(town: Town) -> None:
    cut_off(town, "GetRole", "GetOpenIDConnectProvider", "ListOpenIDConnectProviders", "ListRoles")
    found = outputs()
    statement = found["role.json"]["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    statement["Condition"]["StringEquals"][f"{ISSUER}:sub"] = "system:serviceaccount:pay:api"
    async with town.bot() as bot:
        ts = await asked(town, bot)
        before = shown(town.reply(ts))
        said = await give(town, bot, ts, fenced(found["role.json"], form="json"))

    assert "aws iam get-role --role-name payments-api --output json" in before
    assert "aws iam get-open-id-connect-provider --open-id-connect-provider-arn arn:aws:" in before
    assert "Cause found" in said
    assert "IRSA405" in said


async def test_a_provider_pasted_alone_is_of_the_account_that_was_asked_for(town: Town) -> None:
    cut_off(town, "GetOpenIDConnectProvider", "ListOpenIDConnectProviders")
    provider = {**outputs()["provider.json"], "ClientIDList": ["vault"]}
    async with town.bot() as bot:
        ts = await asked(town, bot)
        said = await give(town, bot, ts, fenced(provider, form="json"))

    assert "Cause found" in said
    assert "IRSA304" in said


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({"namespace": "staging"}, "service account staging/api (another namespace than payments)"),
        ({"name": "worker"}, "service account payments/worker (this is about api)"),
    ],
)
async def test_output_of_something_else_is_refused_in_words(
    town: Town, edit: dict[str, str], words: str
) -> None:
    cut_off(town)
    other = deepcopy(outputs()["sa.yaml"])
    other["metadata"].update(edit)
    async with town.bot() as bot:
        ts = await asked(town, bot)
        said = await give(town, bot, ts, fenced(other))

    assert f"Took nothing: {words}" in said
    assert "Not enough evidence" in said


async def test_mixed_output_says_what_was_taken_and_what_not(town: Town) -> None:
    cut_off(town)
    found = outputs()
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "x", "name": "y"}}
    text = fenced(found["sa.yaml"], secret) + "\n```\napiVersion: v1\nkind: [\n```"
    async with town.bot() as bot:
        ts = await asked(town, bot)
        said = await give(town, bot, ts, text)

    assert "Took service account payments/api from the pasted output, but not secret x/y" in said
    assert "no check reads it" in said
    assert "neither JSON nor YAML" in said


async def test_a_file_in_the_thread_is_taken_too(town: Town) -> None:
    cut_off(town)
    found = outputs()
    found["sa.yaml"]["metadata"]["annotations"] = {}
    async with town.bot() as bot:
        ts = await asked(town, bot)
        files = {"sa.yaml": yaml.safe_dump(found["sa.yaml"])}
        town.driver.post_as(OMAR, ONCALL, "the account", thread_ts=ts, files=files)
        await town.settle(bot)

    assert "IRSA103" in shown(town.reply(ts))


async def test_secrets_in_pasted_output_are_neither_kept_nor_repeated(town: Town) -> None:
    cut_off(town)
    key = "AKIA" + "Z2345ABCDEFGHIJK"
    found = outputs()
    (container,) = found["pods.yaml"]["items"][0]["spec"]["containers"]
    container["env"] += [
        {"name": "AWS_ACCESS_KEY_ID", "value": key},
        {"name": "DB_PASSWORD", "value": "correct horse"},
    ]
    async with town.bot() as bot:
        ts = await asked(town, bot)
        said = await give(town, bot, ts, fenced(found["sa.yaml"], found["pods.yaml"]))
        async with bot.service.store.engine.connect() as connection:
            rows = [
                str(tuple(row))  # a row itself shows long values cut
                for table in ("handed_evidence", "jobs", "incidents")
                for row in (await connection.exec_driver_sql(f"SELECT * FROM {table}")).all()  # noqa: S608
            ]
    kept = "".join(rows)

    assert "Took service account payments/api and pods of namespace payments" in said
    assert "payments/api" in kept
    for secret in (key, "correct horse"):
        assert secret not in said
        assert secret not in kept
    assert any("AWS access key" in words for words in town.whispers(OMAR))


async def test_what_can_be_read_again_counts_more_than_what_was_pasted(town: Town) -> None:
    cut_off(town)
    found = outputs()
    found["sa.yaml"]["metadata"]["annotations"] = {}
    async with town.bot() as bot:
        ts = await asked(town, bot)
        await give(town, bot, ts, fenced(found["sa.yaml"], found["pods.yaml"]))
        town.world.refused.clear()
        await town.driver.press("Check again", MINJI, channel=ONCALL)
        await town.settle(bot)

    assert "Healthy" in shown(town.reply(ts))
    assert "Not read by me" not in shown(town.reply(ts))


async def test_output_elsewhere_is_no_business_of_the_bot(town: Town) -> None:
    cut_off(town)
    text = fenced(outputs()["sa.yaml"])
    async with town.bot() as bot:
        top = await town.paste(bot, text)
        inside = await town.paste(bot, text, thread_ts=top)

    assert inside
    assert [m for m in town.replies(top) if m.bot_id is not None] == []


async def test_talk_in_the_thread_is_no_output(town: Town) -> None:
    cut_off(town)
    async with town.bot() as bot:
        ts = await asked(town, bot)
        before = shown(town.reply(ts))
        after = await give(
            town, bot, ts, "Name: who is on call?\nkind: of urgent, kubectl get sa shows nothing"
        )

    assert after == before


async def test_pasted_output_answers_the_question_what_it_is_about(town: Town) -> None:
    cut_off(town)
    found = outputs()
    found["sa.yaml"]["metadata"]["annotations"] = {}
    async with town.bot() as bot:
        ts = await town.paste(bot, ERROR)
        before = shown(town.reply(ts))
        said = await give(town, bot, ts, fenced(found["sa.yaml"]))

    assert "Cause found" not in before
    assert "IRSA103" in said
    assert "payments/api" in said
