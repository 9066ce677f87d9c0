"""All pairs of causes: those that can be at once, and the others with the reason why they can't."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations

from tests.engine.faults import FAULTS, Fault

SUBJECTS = ("405", "406", "407", "411")
AUDIENCES = ("408", "502")
CONDITIONS = (*SUBJECTS, *AUDIENCES, "403", "410", "412", "415")
TRUST = (*CONDITIONS, "308", "402", "404", "413", "414")
ANNOTATION = ("103", "106", "111")
BARE = (*ANNOTATION, "101", "201", "202", "203", "204")
PROVIDERS = ("301", "302", "305")

Codes = tuple[str, ...]
CONTRADICTIONS: tuple[tuple[Codes, Codes, str], ...] = (
    (("102",), ("103", "104", "105", "106", "108"), "no service account, so no annotation on it"),
    (("103",), ("106", "111"), "one missing annotation: to set it mends both"),
    (("106",), ("111",), "one missing annotation: to set it mends both"),
    (("103", "106", "111"), ("104", "105"), "no annotation, so no value of it that the pods take"),
    (
        ("104",),
        (*SUBJECTS, "308", "401", "402", "404", "414"),
        "it takes another role that trusts the pod",
    ),
    (("104",), ("107",), "to name the role that trusts the pod gives the path too"),
    (BARE, ("207", "208", "215", "217"), "no token was injected that could be wrong in the pod"),
    (("201",), ("204",), "to change the pod template makes the pods anew"),
    (("202",), ("203",), "a webhook that is missing selects nothing"),
    (("207",), ("208",), "a token that is mounted nowhere has no audience that counts"),
    (PROVIDERS, (*PROVIDERS, "217"), "one missing provider: to create it mends both"),
    (("304",), (*PROVIDERS, "303", "217"), "a provider that is missing lists no audience"),
    (("303",), (*PROVIDERS, "217"), "it takes a sound provider in the cluster's account"),
    (("401",), (*TRUST, "107"), "a role that is missing has neither policy nor path"),
    (("402",), (*CONDITIONS, "308", "404", "414"), "no statement for pods that could be wrong"),
    (("414",), (*CONDITIONS, "308", "404"), "no statement for this cluster that could be wrong"),
    (("308",), ("404",), "one issuer in the trust policy: the old one or another"),
    (SUBJECTS, SUBJECTS, "one value of sub: to write it mends both"),
    (AUDIENCES, AUDIENCES, "one value of aud: to write it mends both"),
)
"""Pairs of which each denies what the other takes for granted, or which one change mends together."""


@dataclass(frozen=True)
class Sorted:
    """Every pair of causes, in one of three heaps."""

    tried: tuple[tuple[Fault, Fault], ...]
    contradicting: tuple[tuple[Fault, Fault, str], ...]
    of_two_texts: tuple[tuple[Fault, Fault], ...]
    """Each is known from its own text only, and nobody pastes both at once."""


@cache
def chosen() -> tuple[Fault, ...]:
    """One fault for each cause, one that needs no text where there is one."""
    first: dict[str, Fault] = {}
    for fault in FAULTS:
        held = first.get(fault.code)
        plainer = held and held.case.symptom is not None and fault.case.symptom is None
        if not fault.risk and (held is None or plainer):
            first[fault.code] = fault
    return tuple(fault for fault in FAULTS if first.get(fault.code) is fault)


def one_text(one: Fault, other: Fault) -> tuple[Fault, Fault] | None:
    """Faults of the same two causes that one text shows."""
    kinds = (
        [f for f in FAULTS if f.code == code and not f.risk] for code in (one.code, other.code)
    )
    first, second = kinds
    both = ((f, g) for f in first for g in second if f.case == g.case and f.case.symptom)
    return next(both, None)


def stated(one: Fault, other: Fault) -> str | None:
    """Why the two can't be at once, where they can't."""
    a, b = (fault.code.removeprefix("IRSA") for fault in (one, other))
    for some, others, why in CONTRADICTIONS:
        if (a in some and b in others) or (b in some and a in others):
            return why
    return None


@cache
def all_pairs() -> Sorted:
    """Every pair of causes."""
    tried, contradicting, of_two_texts = [], [], []
    for one, other in combinations(chosen(), 2):
        why = stated(one, other)
        if why is not None:
            contradicting.append((one, other, why))
        elif one.case.symptom is None or other.case.symptom is None:
            tried.append((one, other))
        elif (shown := one_text(one, other)) is not None:
            tried.append(shown)
        else:
            of_two_texts.append((one, other))
    return Sorted(tuple(tried), tuple(contradicting), tuple(of_two_texts))
