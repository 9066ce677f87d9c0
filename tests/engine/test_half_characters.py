"""Half a character (a lone surrogate) in what a cluster or IAM holds breaks no form of the answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from bot.report import markdown, report_of, terminal
from bot.store import codec
from handlers.render import checks_modal, diagnosis_message
from handlers.render.card import Card, Diagnosed
from tests.engine import faults
from tests.engine import healthy as h
from tests.engine.diagnosing import diagnosed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engine.fleet_double import World

HALF = "\ud800"


def in_the_subject(world: World) -> None:
    faults.trust(world, h.statement(sub=f"system:serviceaccount:payments:api{HALF}"))


def in_a_condition_key(world: World) -> None:
    whole = h.statement()
    whole["Condition"]["StringEquals"][f"aws:{HALF}"] = HALF  # type: ignore[index]
    faults.trust(world, whole)


def in_the_annotation(world: World) -> None:
    faults.annotated(world, f"{h.ROLE}{HALF}")


def in_another_annotation(world: World) -> None:
    account = h.service_account(role_arn=None, annotations={f"eks.amazonaws.com/{HALF}": HALF})
    world.accounts[0] = account
    world.pods = [h.pod(None)]


def in_a_variable(world: World) -> None:
    world.pods = [replace(h.pod(f"{h.ROLE}{HALF}"))]


@pytest.mark.parametrize(
    "break_it",
    [in_the_subject, in_a_condition_key, in_the_annotation, in_another_annotation, in_a_variable],
)
async def test_every_form_can_be_written(break_it: Callable[[World], None]) -> None:
    world = h.healthy()
    break_it(world)
    answer = await diagnosed(world, h.case(role_arn=h.ROLE))
    card = Card(incident_id="0" * 20, first=Diagnosed(diagnosis=answer))
    console = Console(width=100, no_color=True)
    with console.capture() as shown:
        console.print(terminal([answer], details=True))

    kept = codec.diagnoses.write((answer,))
    forms = (
        shown.get(),
        markdown([answer]),
        report_of([answer]).model_dump_json(),
        json.dumps(diagnosis_message(card).blocks, ensure_ascii=False),
        json.dumps(checks_modal(answer, "0" * 20), ensure_ascii=False),
        kept,
    )
    for form in forms:
        form.encode()
    assert codec.diagnoses.read(kept)[0].headline
