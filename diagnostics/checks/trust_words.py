"""Words for what a trust policy names: subjects as people say them, and what is wrong with a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.iam.subject import PREFIX
from diagnostics.iam.trusted_key import read_key
from diagnostics.iam.words import nearest
from diagnostics.languages import say
from diagnostics.text.clip import clip
from diagnostics.text.difference import character
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from diagnostics.evidence import IamRole
    from diagnostics.evidence.derived import TrustAnswer
    from diagnostics.iam.decision import Reason

_LONG = 120
"""Characters of a value in a headline, before the whole of it is shortened."""


def wanted_subject(answer: TrustAnswer) -> str:
    """The subject that the token carries."""
    return str(answer.request.claims.get("sub", ""))


def issuer_in(answer: TrustAnswer) -> str:
    """The issuer as condition keys have it."""
    return str(answer.request.claims.get("iss", "")).removeprefix("https://")


def right_key(answer: TrustAnswer, key: str) -> str:
    """The key that a condition on this call must have in the place of another."""
    claim = key.rpartition(":")[2]
    return f"{issuer_in(answer)}:{claim if claim in ('sub', 'aud') else 'sub'}"


def fault_of_key(answer: TrustAnswer, reason: Reason | None) -> str:
    """What is wrong with a condition's key, as a clause."""
    fault = read_key(reason.key, issuer_in(answer)).fault if reason and reason.key else None
    return fault or say("no web identity call carries it")


def short(subject: str) -> str:
    """A subject as people name a service account: `payments/api`."""
    return clip(visible(subject.removeprefix(PREFIX).replace(":", "/", 1)), _LONG)


def trusts_others(answer: TrustAnswer, role: IamRole, reason: Reason | None) -> str:
    """Headline of a policy that names other service accounts: the one that comes nearest, and how many more."""
    trusted = reason.trusted if reason else ()
    wanted = wanted_subject(answer)
    named = {"role_name": role.name, "wanted": short(wanted)}
    near = short(nearest(trusted, wanted))
    if len(trusted) > 1:
        return say(
            "Role {role_name} trusts {near} and {more} more, but not {wanted}",
            near=near,
            more=len(trusted) - 1,
            **named,
        )
    return say("Role {role_name} trusts {near}, not {wanted}", near=near, **named)


def stray(reason: Reason) -> str | None:
    """The first character of the nearest subject that no subject has, and where it stands; None without one."""
    for index, one in enumerate(nearest(reason.trusted, reason.presented or "")):
        if one.isspace() or not one.isprintable() or not one.isascii():
            return say("it holds {one} at character {index}", one=character(one), index=index + 1)
        if one.isupper():
            return say('it has a capital "{one}" at character {index}', one=one, index=index + 1)
    return None
