"""Pasted output of read-only commands: take what belongs to the incident, and go on with it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from bot.evidence import EvidenceClients, EvidenceError, hints_of, read_bundle
from bot.evidence.handed import Wanted, hand_over
from bot.jobs.telling import tell
from bot.store.handed import HandedOutput
from diagnostics.arn import RoleArn
from diagnostics.errors import NotInFleet
from diagnostics.languages import say
from diagnostics.recognize.outputs import outputs
from handlers.access import Actor
from handlers.paste.reading.untrusted import text_at
from handlers.render.card import Deed, Happening
from handlers.render.pasted import whose

if TYPE_CHECKING:
    from bot.evidence import Bundle
    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from diagnostics.case import Case
    from diagnostics.clients import Clients
    from diagnostics.result import Diagnosis
    from handlers.incident import Incident

_log = structlog.get_logger("irsa.handed")
FROM_OUTPUT: Final = say("the pasted output")


async def take_output(bench: Bench, job: Job, incident: Incident) -> tuple[bool, Happening | None]:
    """Keep what of a message belongs to an incident.

    Returns:
        Whether anything was taken, and what the reply says of it; None for who may not read the incident.
    """
    user = text_at(job.payload, "user")
    denied = await bench.access.to_read(Actor(user=user, team=incident.spot.team), incident)
    if denied is not None:
        await tell(bench, job.payload, denied.words)
        return False, None
    wanted, alias = _wanted(bench, incident)
    text = text_at(job.payload, "text")
    handed = await asyncio.to_thread(lambda: hand_over(outputs(text), wanted))
    if handed.documents:
        output = HandedOutput(by=user, at=bench.now(), cluster=alias, text=handed.text)
        await bench.store.handed.add(incident.id, output, job_id=job.id)
    await bench.store.handed.forget_message(job.id)
    deed = Deed.DONE if handed.documents else Deed.FAILED
    words = handed.words or say("Took nothing: I found no output of a command in the message")
    return bool(handed.documents), Happening(deed=deed, words=words, by=user, at=bench.now())


async def clients_for(bench: Bench, incident: Incident) -> Clients:
    """The fleet's clients, and where they can't read, what was handed over for the incident."""
    io: Clients = bench.io
    for output in await bench.store.handed.of(incident.id):
        bundle = await asyncio.to_thread(_bundle, output)
        alias = output.cluster or _alias(bench, incident)
        if bundle is None or alias is None:
            continue
        io = EvidenceClients(
            bundle, fleet=io.fleet, cluster=alias, now=bench.now, inner=io, reads_first=True
        )
    return io


async def placed_by_output(bench: Bench, incident: Incident, case: Case) -> Case:
    """The case, with what handed output says about where it happened."""
    for output in await bench.store.handed.of(incident.id):
        bundle = await asyncio.to_thread(_bundle, output)
        alias = output.cluster or _alias(bench, incident)
        if bundle is None or alias is None:
            continue
        found = hints_of(bundle, alias).over(case.defaults)
        case = replace(case, defaults=found, defaults_from=FROM_OUTPUT)
    return case


def on_its_word(diagnosis: Diagnosis) -> Diagnosis:
    """A diagnosis that rests on handed output offers no button: nothing is changed on somebody's word."""
    if not diagnosis.fixes or not any(call.handed_over for call in diagnosis.calls):
        return diagnosis
    why = say(
        "Part of this rests on pasted output, which I have not read myself, so there is no button. Once I can "
        "read it, Check again offers one."
    )
    return replace(diagnosis, fixes=(), fixes_blocked=why)


def _bundle(output: HandedOutput) -> Bundle | None:
    try:
        return read_bundle([(whose(output.by, output.at), output.text.encode())])
    except EvidenceError as error:  # kept by another version of the program
        _log.warning("handed output not read", why=str(error))
        return None


def _wanted(bench: Bench, incident: Incident) -> tuple[Wanted, str | None]:
    alias = _alias(bench, incident)
    cluster = None
    if alias is not None:
        try:
            cluster = bench.io.fleet.cluster(alias)
        except NotInFleet:
            alias = None
    if not incident.diagnoses:
        said = incident.cases[0].hints.over(incident.cases[0].defaults)
        return Wanted(cluster=cluster, namespace=said.namespace), alias
    diagnosis = incident.diagnoses[0]
    role = RoleArn.parse(diagnosis.role_arn or "")
    return Wanted(
        cluster=cluster,
        namespace=diagnosis.target.namespace,
        service_account=diagnosis.target.service_account,
        role=(role.account, role.name) if role is not None else None,
        issuer=diagnosis.issuer,
    ), alias


def _alias(bench: Bench, incident: Incident) -> str | None:
    """Which cluster it is about, as far as is known."""
    if incident.diagnoses:
        return incident.diagnoses[0].target.cluster
    case = incident.cases[0]
    named = case.hints.over(case.defaults).cluster
    known = incident.question.known.cluster if incident.question is not None else None
    clusters = bench.io.fleet.clusters
    only = clusters[0].name if len(clusters) == 1 else None
    return named or known or only
