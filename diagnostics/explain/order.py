"""Which failure leads: the order in which faults must be mended, and what follows from what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.recognize.symptom import NO_TOKEN_SENT, Cause

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diagnostics.recognize.symptom import Symptom

_WORKLOAD = ("101", "102", "111", "106", "103", "105", "107", "104", "401")
_INJECTION = ("202", "203", "205", "204", "206", "207", "215")
_AUDIENCE = ("108",)
_PROVIDER = ("217", "308", "305", "303", "302", "301", "304", "306", "307")
_TRUST = ("413", "502", "402", "403", "404", "414", "410", "407", "405", "406", "411", "408")
_CONDITIONS = ("412", "415", "501")
_PODS = ("201", "208", "209")
_WORDS_ONLY = ("216", "213", "214", "210", "211", "503", "504", "602")
_ELSEWHERE = ("601", "603", "604", "605")

_BY_HANDSHAKE = (
    *_WORKLOAD,
    *_INJECTION,
    *_AUDIENCE,
    *_PROVIDER,
    *_TRUST,
    *_CONDITIONS,
    *_PODS,
    *_WORDS_ONLY,
    *_ELSEWHERE,
)

_TOKEN_REFUSED = frozenset(
    {Cause.NO_PROVIDER, Cause.TOKEN_NOT_VALIDATED, Cause.INCORRECT_AUDIENCE, Cause.THUMBPRINT}
)
_TOKEN_MALFORMED = frozenset({Cause.NOT_A_JWT, Cause.MISSING_CLAIM, Cause.IDP_REJECTED})
_NOT_OURS = frozenset(
    {Cause.PERMISSION, Cause.POD_IDENTITY, Cause.OTHER_FEDERATION, Cause.ROLE_CHAINING}
)

EXPLAINS: Mapping[str, tuple[str, ...]] = {
    "101": ("102", "103", "106", "111", "602"),
    "102": ("602", "503"),
    "103": ("602",),
    "104": ("401", *_TRUST, "412", "415", "308"),
    "105": ("503", "401"),
    "106": ("103",),
    "108": ("304", "408", "208"),
    "111": ("103", "106"),
    "201": ("602", "208", "207"),
    "202": ("201", "203", "207", "602"),
    "203": ("201", "602"),
    "204": ("201", "602"),
    "205": ("201", "207", "208"),
    "206": ("602",),
    "211": ("602",),
    "215": ("207", "602"),
    "217": ("301", "302", "303", "305", "201"),
    "302": ("301",),
    "303": ("301",),
    "305": ("301",),
    "307": ("306",),
    "308": ("301", "302", "404", "410"),
    "404": ("410",),
    "502": ("404", "408", "410"),
}
"""What each fault brings about, beside itself."""


def leading(symptom: Symptom | None) -> tuple[str, ...]:
    """Every cause's code, the one to mend first in front.

    The handshake's order holds, unless the text shows how far the call came: an InvalidIdentityToken speaks of
    provider and audience, AccessDenied of role and trust, the node's role of the pod.
    """
    cause = symptom.cause if symptom else None
    front: tuple[str, ...] = ()
    if cause in _TOKEN_REFUSED:
        front = (*_AUDIENCE, *_PROVIDER)
    elif cause in NO_TOKEN_SENT:
        front = (*_WORKLOAD, *_INJECTION, *_PODS)
    elif cause in _TOKEN_MALFORMED:
        front = ("216",)
    elif cause in _NOT_OURS:
        # A text about another caller fails 602, and then what led to that comes first.
        front = _ELSEWHERE
    elif cause is Cause.ACCESS_DENIED:
        # STS had taken the audience before it refused.
        front = tuple(c for c in (*_BY_HANDSHAKE,) if c not in ("304", *_WORDS_ONLY, *_ELSEWHERE))
    return tuple(f"IRSA{code}" for code in dict.fromkeys((*front, *_BY_HANDSHAKE)))


def explained(failed: frozenset[str]) -> Mapping[str, str]:
    """For each failed code that follows from another failed one: that other."""
    found: dict[str, str] = {}
    for code, others in EXPLAINS.items():
        for other in others:
            if f"IRSA{code}" in failed and f"IRSA{other}" in failed:
                found.setdefault(f"IRSA{other}", f"IRSA{code}")
    return found
