"""What makes two diagnoses the same: one target, or one cause."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn

if TYPE_CHECKING:
    from diagnostics.result import Diagnosis

_OF_THE_CLUSTER: Final = frozenset(("IRSA202", "IRSA203"))
"""Causes that lie in the cluster: the webhook is there for every service account, or for none."""
_OF_THE_PROVIDER: Final = "IRSA3"
"""How the codes of causes begin that lie in the OIDC provider, which all roles of an account share."""


def target_key(diagnosis: Diagnosis) -> str:
    """The same for two diagnoses of one service account, and of one role where the error names it; 40 characters.

    The role that an annotation names is no part of it: a repair may be that it names another.
    """
    target = diagnosis.target
    return _hashed(target.cluster, target.namespace, target.service_account, target.role_arn)


def cause_key(diagnosis: Diagnosis) -> str | None:
    """The same for two diagnoses that one repair mends; None where no cause was found."""
    if diagnosis.root is None:
        return None
    code, target = diagnosis.root.code, diagnosis.target
    if code in _OF_THE_CLUSTER:
        return _hashed(code, target.cluster)
    if code.startswith(_OF_THE_PROVIDER) and diagnosis.role_arn is not None:
        role = RoleArn.parse(diagnosis.role_arn)
        if role is not None:
            return _hashed(code, target.cluster, role.account)
    return _hashed(code, target_key(diagnosis), diagnosis.role_arn)


def _hashed(*parts: str | None) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]
