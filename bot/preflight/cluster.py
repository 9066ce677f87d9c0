"""One cluster: is its API reached, does it know the roles, and may they do what they are for?

Nothing is written: what the fix role may do, the API server is asked by SelfSubjectAccessReview.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ValidationError

from bot.clients.aws.identities import Purpose
from bot.clients.kube.errors import BROKEN, broken, refused
from bot.clients.kube.request import Request
from bot.preflight import remedies
from bot.preflight.account import failed
from bot.preflight.needs import (
    EVENT_RULES,
    FIX_GROUP,
    FIX_RULES,
    PROOF_POD_RULES,
    PROOF_RULES,
    PROVE_GROUP,
    READ_GROUP,
    READ_RULES,
)
from bot.preflight.outcome import Check, Place, Remedy, State
from diagnostics.errors import ReadError
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.clients.kube.access import ClusterAccess
    from bot.clients.kube.endpoint import Endpoint
    from bot.preflight.needs import Rule
    from bot.preflight.reach import Reach, Way
    from diagnostics.fleet import Account, FleetCluster
    from diagnostics.languages import Words

_PATH: Final = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_Asked = tuple[str, "Rule"]
"""A verb of a rule."""
_FIND: Final = {
    Purpose.READ: say("find the API server"),
    Purpose.FIX: say("find the API server as the fix role"),
    Purpose.PROVE: say("find the API server as the proof role"),
}
_LOG_IN: Final = {
    Purpose.READ: say("reach the API server and log in"),
    Purpose.FIX: say("reach the API server and log in as the fix role"),
    Purpose.PROVE: say("reach the API server and log in as the proof role"),
}


class _Status(BaseModel):
    allowed: bool


class _Review(BaseModel):
    status: _Status


async def check_cluster(
    reach: Reach, entry: FleetCluster, namespaces: Collection[str], *, fixes: bool = True
) -> Place:
    """Find the API server, log in as each role, and ask it about each rule.

    Args:
        reach: The ways.
        entry: The cluster.
        namespaces: Where fixes are meant to be allowed, if that is not everywhere.
        fixes: Whether the account's fix role is meant to reach the cluster.
    """
    account = reach.fleet.account(entry.account)
    if not fixes:
        account = replace(account, fix_role=None)
    async with reach.cluster(entry) as way:
        return await _checked(account, way, entry, namespaces)


async def _checked(
    account: Account, way: Way, entry: FleetCluster, namespaces: Collection[str]
) -> Place:
    checks: list[Check] = []
    mend: list[Remedy] = []
    read = _Identity(way(Purpose.READ), entry, account.read_role, READ_GROUP, called=Purpose.READ)
    if await read.enter(checks, mend):
        missing = await read.ask(READ_RULES, checks)
        if missing:
            mend.append(remedies.rbac(READ_GROUP, missing))
    if account.fix_role is not None:
        fix = _Identity(way(Purpose.FIX), entry, account.fix_role, FIX_GROUP, called=Purpose.FIX)
        if await fix.enter(checks, mend):
            rules = FIX_RULES + (EVENT_RULES if entry.events else ())
            await _in_places(fix, rules, namespaces, checks, mend)
    if entry.proof and account.proof_role is not None:
        prove = _Identity(
            way(Purpose.PROVE),
            entry,
            account.proof_role,
            PROVE_GROUP,
            called=Purpose.PROVE,
        )
        if await prove.enter(checks, mend):
            rules = PROOF_RULES + (PROOF_POD_RULES if entry.proof_pod else ())
            await _in_places(prove, rules, namespaces, checks, mend)
    return Place(
        kind="cluster",
        name=entry.name,
        checks=tuple(checks),
        remedies=tuple(dict.fromkeys(mend)),
        discovered=entry.discovered,
    )


async def _in_places(
    who: _Identity,
    rules: tuple[Rule, ...],
    namespaces: Collection[str],
    checks: list[Check],
    mend: list[Remedy],
) -> None:
    """Everywhere, or in each of the namespaces."""
    everywhere: list[Check] = []
    missing = await who.ask(rules, everywhere)
    if not missing or not namespaces:
        checks += everywhere
        if missing:
            mend.append(remedies.rbac(who.group, missing))
        return
    for namespace in sorted(namespaces):
        lacking = await who.ask(rules, checks, namespace=namespace)
        if lacking:
            mend.append(remedies.rbac(who.group, lacking, namespace))


class _Identity:
    """One role at one cluster."""

    def __init__(
        self,
        access: ClusterAccess,
        entry: FleetCluster,
        role: str | None,
        group: str,
        *,
        called: Purpose,
    ) -> None:
        self._access = access
        self._entry = entry
        self._role = role
        self.group = group
        self._called = called

    async def enter(self, checks: list[Check], mend: list[Remedy]) -> bool:
        """Find the API server and log in; whether there is any point in asking on."""
        try:
            endpoint, bearer = await self._access.ready()
        except ReadError as error:
            checks.append(failed(_FIND[self._called], error))
            return False
        if self._called is Purpose.READ:
            what = say("find the API server: {url}", url=endpoint.url)
            checks.append(Check(what=what, state=State.WORKS))
        what = _LOG_IN[self._called]
        try:
            await self._allowed(("get", READ_RULES[0]), None, endpoint)
        except ReadError as error:
            checks.append(failed(what, error))
            if error.why.startswith(str(HTTPStatus.UNAUTHORIZED.value)) and self._role is not None:
                mend.extend(remedies.entry(self._entry, self._role, self.group))
            return False
        checks.append(Check(what=what + f": {bearer.principal}", state=State.WORKS))
        return True

    async def ask(
        self, rules: tuple[Rule, ...], checks: list[Check], *, namespace: str | None = None
    ) -> list[_Asked]:
        """Ask about each verb of each rule; those that are missing."""
        endpoint, bearer = await self._access.ready()
        asked = [(verb, rule) for rule in rules for verb in rule.verbs]

        async def one(pair: _Asked) -> bool | ReadError:
            try:
                return await self._allowed(pair, namespace, endpoint)
            except ReadError as error:
                return error

        answers = await asyncio.gather(*(one(pair) for pair in asked))
        missing: list[_Asked] = []
        for (verb, rule), answer in zip(asked, answers, strict=True):
            what = self._named(verb, rule, namespace)
            if isinstance(answer, ReadError):
                checks.append(failed(what, answer, needed_for=rule.why))
            elif answer:
                checks.append(Check(what=what, state=State.WORKS, needed_for=rule.why))
            else:
                optional = rule.optional and self._entry.endpoint is None
                if not optional:
                    missing.append((verb, rule))
                checks.append(
                    Check(
                        what=what,
                        state=State.OPTIONAL if optional else State.MISSING,
                        why=say("RBAC does not allow it"),
                        enable=say(
                            "{rule} for group {group}, which {principal} must have",
                            rule=_rule(verb, rule, namespace),
                            group=self.group,
                            principal=bearer.principal,
                        ),
                        needed_for=rule.why,
                    )
                )
        return missing

    def _named(self, verb: str, rule: Rule, namespace: str | None) -> Words:
        asked = f"{verb} {rule.resource}"
        if namespace is not None:
            asked = say("{asked} in {namespace}", asked=asked, namespace=namespace)
        if self._called is Purpose.FIX:
            return say("{action} (fix role)", action=asked)
        if self._called is Purpose.PROVE:
            return say("{action} (proof role)", action=asked)
        return asked

    async def _allowed(self, pair: _Asked, namespace: str | None, endpoint: Endpoint) -> bool:
        """Ask about one verb.

        Raises:
            ReadError: There is no answer to tell.
        """
        cluster = self._entry.name
        request = Request(
            method="POST",
            path=_PATH,
            verb="create",
            resource="selfsubjectaccessreviews",
            group="authorization.k8s.io",
            body=_review(pair, namespace),
        )
        try:
            async with asyncio.timeout(self._access.limits.kube_deadline):
                answer = await self._access.exchange(request)
        except BROKEN as error:
            raise broken(error, cluster=cluster, url=endpoint.url) from error
        if not answer.ok:
            _, bearer = await self._access.ready()
            raise refused(answer, request, cluster=cluster, principal=bearer.principal)
        try:
            return _Review.model_validate_json(answer.body).status.allowed
        except ValidationError as error:
            raise ReadError(
                say("{cluster} answers an access review with what is none", cluster=cluster),
                enable=say("check that {url} is the API server", url=endpoint.url),
            ) from error


def _review(pair: _Asked, namespace: str | None) -> Any:
    verb, rule = pair
    if rule.group is None:
        asked = {"nonResourceAttributes": {"path": rule.resource, "verb": verb}}
    else:
        plural, _, sub = rule.resource.partition("/")
        attributes = {"verb": verb, "group": rule.group, "resource": plural}
        if sub:
            attributes["subresource"] = sub
        if namespace is not None:
            attributes["namespace"] = namespace
        asked = {"resourceAttributes": attributes}
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": asked,
    }


def _rule(verb: str, rule: Rule, namespace: str | None) -> Words:
    return Request(
        method="GET",
        path="",
        verb=verb,
        resource=rule.resource,
        group=rule.group,
        namespace=namespace,
    ).rule
