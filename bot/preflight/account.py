"""One account: can its roles be assumed, and may they do what they are for?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bot.clients.aws.identities import Purpose
from bot.preflight import remedies
from bot.preflight.attempts import ORGANIZATION, try_action
from bot.preflight.needs import (
    FIX_ACTIONS,
    ORGANIZATION_ACTIONS,
    PROVIDER_ACTIONS,
    READ_ACTIONS,
    TRUST_ACTIONS,
)
from bot.preflight.outcome import Check, Place, Remedy, State
from diagnostics.arn import partition_of
from diagnostics.errors import ReadDenied, ReadError
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.preflight.needs import Action
    from bot.preflight.reach import Reach
    from diagnostics.fleet import Account
    from diagnostics.languages import Words

_NOT_ASSUMED: Final[Mapping[Purpose, Words]] = {
    Purpose.READ: say("the read role can't be assumed"),
    Purpose.FIX: say("the fix role can't be assumed"),
    Purpose.PROVE: say("the proof role can't be assumed"),
}


async def check_account(reach: Reach, account: Account) -> Place:
    """Assume the account's roles, and try each action that is needed."""
    read = await _identity(reach, account, Purpose.READ, account.read_role, READ_ACTIONS)
    parts = [read]
    if account.fix_role is not None:
        checks, mend = await _identity(reach, account, Purpose.FIX, account.fix_role, FIX_ACTIONS)
        parts.append((checks + _written(account), mend))
    if account.proof_role is not None:
        parts.append(await _identity(reach, account, Purpose.PROVE, account.proof_role, ()))
    return Place(
        kind="account",
        name=account.id if account.name == account.id else f"{account.id} ({account.name})",
        discovered=account.discovered,
        checks=tuple(check for checks, _ in parts for check in checks),
        remedies=tuple(remedy for _, found in parts for remedy in found),
    )


async def _identity(
    reach: Reach, account: Account, purpose: Purpose, role: str | None, needed: tuple[Action, ...]
) -> tuple[list[Check], list[Remedy]]:
    calls = reach.calls(account, purpose)
    what = say("assume {role}", role=role) if role else say("the bot's own credentials")
    try:
        identity = await calls.identities.of(account, purpose)
    except ReadError as error:
        checks = [failed(what, error, needed_for=f"everything that {purpose}s in this account")]
        checks += [_not_tried(a.name, a.why, purpose) for a in needed]
        return checks, await _trust(reach, account, role, error)
    own = [
        c for c in reach.fleet.clusters if c.account == account.id and not _elsewhere(c.name, reach)
    ]
    region = own[0].region if own else calls.region
    cluster = own[0].eks_name if own else None

    async def one(action: Action) -> Check:
        name = _as(action.name, purpose)
        try:
            await try_action(action.name, calls, region=region, cluster=cluster)
        except ReadError as error:
            return failed(name, error, needed_for=action.why, optional=action.optional)
        return Check(what=name, state=State.WORKS, needed_for=action.why)

    tried = await asyncio.gather(*(one(action) for action in needed))
    refused = [
        action for action, check in zip(needed, tried, strict=True) if check.state is State.MISSING
    ]
    where = {"partition": partition_of(calls.region), "account": account.id}
    mend = [remedies.actions(identity.principal, refused, **where)] if refused else []
    return [Check(what=what, state=State.WORKS), *tried], mend


def _written(account: Account) -> list[Check]:
    """What the fix role is to write in AWS. None of it is tried: a preflight writes nothing."""
    wanted = (TRUST_ACTIONS if account.allow_trust_policy_fix else ()) + (
        PROVIDER_ACTIONS if account.allow_provider_fix else ()
    )
    return [
        Check(
            what=_as(action.name, Purpose.FIX),
            state=State.SKIPPED,
            why=say("only a write could show it, and this check makes none"),
            enable=say(
                "see {parameters} in {file}",
                parameters="TrustPolicyPath, ProviderFixes",
                file="deploy/cloudformation/member-roles.yaml",
            ),
            needed_for=action.why,
        )
        for action in wanted
    ]


async def check_organization(reach: Reach) -> Place:
    """Try what reading resource control policies needs, where the fleet file says that the bot may."""
    account = reach.fleet.accounts[0]

    async def one(action: Action) -> Check:
        try:
            await reach.organization(action.name, account, ORGANIZATION[action.name])
        except ReadError as error:
            return failed(action.name, error, needed_for=action.why)
        return Check(what=action.name, state=State.WORKS, needed_for=action.why)

    checks = await asyncio.gather(*(one(action) for action in ORGANIZATION_ACTIONS))
    refused = [
        action
        for action, check in zip(ORGANIZATION_ACTIONS, checks, strict=True)
        if check.state is State.MISSING
    ]
    mend: tuple[Remedy, ...] = ()
    if refused:
        own = await reach.own_principal(account)
        mend = (remedies.actions(own, refused, partition="*", account="*"),)
    return Place(kind="organization", name="AWS Organizations", checks=tuple(checks), remedies=mend)


def _elsewhere(name: str, reach: Reach) -> bool:
    """Whether EKS need not know the cluster."""
    entry = reach.fleet.cluster(name)
    return entry.endpoint is not None or entry.kubeconfig is not None or entry.issuer is not None


async def _trust(
    reach: Reach, account: Account, role: str | None, error: ReadError
) -> list[Remedy]:
    if role is None or not isinstance(error, ReadDenied):
        return []
    try:
        hub = reach.fleet.hub
        if hub is not None and hub.role in error.enable and role not in error.enable:
            own = await reach.own_principal(account)
            return list(remedies.trust(hub.role, own, hub.external_id))
        return list(remedies.trust(role, await reach.principal(account), account.external_id))
    except ReadError:
        return []


def failed(
    what: Words, error: ReadError, *, needed_for: str | None = None, optional: bool = False
) -> Check:
    """A check that ended in one of our errors."""
    state = State.MISSING if isinstance(error, ReadDenied) else State.NO_ANSWER
    if optional and state is State.MISSING:
        state = State.OPTIONAL
    return Check(what=what, state=state, why=error.why, enable=error.enable, needed_for=needed_for)


def _as(action: str, purpose: Purpose) -> Words:
    return say("{action} (fix role)", action=action) if purpose is Purpose.FIX else action


def _not_tried(what: str, why: str, purpose: Purpose) -> Check:
    return Check(
        what=what,
        state=State.SKIPPED,
        why=_NOT_ASSUMED[purpose],
        needed_for=why,
    )
