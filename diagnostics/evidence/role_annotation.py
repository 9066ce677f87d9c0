"""Role annotations as people really write them: misspelled keys, wrong places, values with faults."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from diagnostics.arn import RoleArn
from diagnostics.evidence import ROLE_ARN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diagnostics.evidence import ServiceAccount, Workload

_LONGEST = 2048
_LONGEST_KEY = 317
_HIDDEN = "\ufeff\u200b\u200c\u200d\u2060\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """An annotation that was meant to name the role, but that the webhook does not read."""

    key: str
    value: str
    on: str
    """`service account`, `pod template` or `workload`."""


def looks_like_role_key(key: str) -> bool:
    """Whether a key is a near miss of `eks.amazonaws.com/role-arn`, or that of kube2iam and kiam."""
    if key == ROLE_ARN:
        return False
    squeezed = re.sub(r"[^a-z]", "", key[:_LONGEST_KEY].lower())
    if not _SHORTEST <= len(squeezed) <= 2 * len(_MEANT):
        return False
    return squeezed in _OTHERS or SequenceMatcher(None, squeezed, _MEANT).ratio() >= _NEAR


_MEANT = "eksamazonawscomrolearn"
_SHORTEST = len("rolearn")
_NEAR = 0.88
"""High enough that eks.amazonaws.com/audience and its like are not taken for it."""
_OTHERS = frozenset({"iamamazonawscomrole", "rolearn", "eksrolearn", "awsrolearn", "iamrolearn"})


def misplaced(account: ServiceAccount | None, workload: Workload | None) -> tuple[Misplaced, ...]:
    """Find annotations that look like the role's but are not where, or spelled as, the webhook reads."""
    return tuple(_misplaced(account, workload))


def _misplaced(account: ServiceAccount | None, workload: Workload | None) -> Iterator[Misplaced]:
    if account is not None:
        yield from _near(account.annotations, "service account")
    if workload is not None:
        for annotations, on in (
            (workload.template.annotations, "pod template"),
            (workload.annotations, "workload"),
        ):
            value = annotations.get(ROLE_ARN)
            if value is not None:
                yield Misplaced(key=ROLE_ARN, value=value, on=on)
            yield from _near(annotations, on)


def _near(annotations: Mapping[str, str], on: str) -> Iterator[Misplaced]:
    for key, value in annotations.items():
        if looks_like_role_key(key):
            yield Misplaced(key=key, value=value, on=on)


def read_past_faults(value: str) -> RoleArn | None:
    """Read the role that a faulty annotation meant, where that is certain; None where it is not.

    Blanks, quotes and invisible characters around or inside are dropped, `::::` and a missing `role/`
    mended; an account of other than 12 digits or an unfilled placeholder can't be guessed.
    """
    if len(value) > _LONGEST:
        return None
    plain = "".join(c for c in value if c not in _HIDDEN and not c.isspace()).strip("\"'`")
    exact = RoleArn.parse(plain)
    if exact is not None:
        return exact
    match = re.fullmatch(
        r"(?:arn:)?(aws[a-z-]*)?:{1,2}iam:{1,6}(\d{12}):{1,2}(role/?|roles/)?([\w+=,.@/-]{1,512})",
        plain,
        re.ASCII,
    )
    if match is None:
        return None
    partition, account, _, name = match.groups()
    if name.startswith(
        ("instance-profile/", "policy/", "user/", "assumed-role/", "oidc-provider/")
    ):
        return None
    return RoleArn.parse(f"arn:{partition or 'aws'}:iam::{account}:role/{name.lstrip('/')}")
