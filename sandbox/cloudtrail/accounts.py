"""Whose access key it is, as moto's STS knows it."""

from __future__ import annotations

from moto.iam.models import get_account_id_from
from moto.sts.models import sts_backends


def account_of(access_key: str) -> str:
    """The account that the calls of an access key are in: the assumed role's, or else the user's.

    Keys that nobody issued belong to moto's own account, as in moto's other services.
    """
    for account, backends in list(sts_backends.items()):
        for backend in list(backends.values()):
            if any(role.access_key_id == access_key for role in backend.assumed_roles):
                return str(account)
    return get_account_id_from(access_key)
