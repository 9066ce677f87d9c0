"""One statement of a trust policy, compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diagnostics.arn import account_of
from diagnostics.iam.keys import ACTIONS
from diagnostics.iam.operators import FALSE, TRUE, UNKNOWN
from diagnostics.iam.wildcard import glob

if TYPE_CHECKING:
    from diagnostics.iam.condition import Condition
    from diagnostics.iam.keys import Keys
    from diagnostics.iam.request import WebIdentityRequest

KINDS = ("AWS", "Federated", "Service", "CanonicalUser")
"""Kinds of principal. Source: IAM User Guide, "AWS JSON policy elements: Principal"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principals:
    """A Principal or NotPrincipal element."""

    entries: tuple[tuple[str, str], ...]
    """Kind and value, in the policy's order; `("*", "*")` for the bare star."""
    negated: bool
    """NotPrincipal."""
    federated: frozenset[str]
    anyone: bool
    """`"*"` or `{"AWS": "*"}`."""

    @property
    def element(self) -> str:
        """`Principal` or `NotPrincipal`."""
        return "NotPrincipal" if self.negated else "Principal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement."""

    index: int
    pointer: str
    """`/Statement/0`, or `/Statement` where the element is a single object."""
    sid: str | None
    allow: bool
    principals: Principals
    actions: tuple[str, ...]
    """As written."""
    not_action: bool
    matched: frozenset[str]
    """Those of the three web-identity actions that the element matches."""
    conditions: tuple[Condition, ...]
    """In the policy's order."""
    twins: tuple[tuple[Condition, ...], ...] = ()
    """Conditions of one block whose keys differ in case only; also in `conditions`."""
    doubted: bool = False
    """Whether `twins` must be asked."""

    @property
    def action_element(self) -> str:
        """`Action` or `NotAction`."""
        return "NotAction" if self.not_action else "Action"

    def takes_action(self, action: str) -> bool:
        """Whether the Action or NotAction element matches an action, case ignored."""
        if action in ACTIONS:
            return action in self.matched
        return matches_action(self.actions, action) != self.not_action

    def takes_principal(self, request: WebIdentityRequest) -> int:
        """Whether the principal element matches the caller: FALSE, UNKNOWN or TRUE."""
        who = self.principals
        role_account = account_of(request.role_arn)
        provider_account = account_of(request.provider_arn)
        if role_account and provider_account and role_account != provider_account and self.allow:
            # The principal is a provider object of the role's account; another account's never calls.
            return FALSE
        if who.negated:
            if request.provider_arn in who.federated or who.anyone:
                return FALSE
            return UNKNOWN if self.allow else TRUE
        if request.provider_arn in who.federated:
            return TRUE
        if who.anyone:
            # AWS documents neither for an Allow; its own samples deny web identities with "*".
            return UNKNOWN if self.allow else TRUE
        return FALSE

    def conditions_hold(self, keys: Keys) -> int:
        """Whether all conditions hold: FALSE, UNKNOWN or TRUE."""
        if self.doubted:
            return self._doubtful(keys)
        result = TRUE
        for condition in self.conditions:
            held = condition.holds(keys)
            if held < result:
                if held == FALSE:
                    return FALSE
                result = held
        return result

    def _doubtful(self, keys: Keys) -> int:
        result = TRUE
        paired = {id(c) for group in self.twins for c in group}
        for condition in self.conditions:
            if id(condition) not in paired:
                result = min(result, condition.holds(keys))
        for group in self.twins:
            seen = {condition.holds(keys) for condition in group}
            result = min(result, seen.pop() if len(seen) == 1 else UNKNOWN)
        return result


def matches_action(patterns: tuple[str, ...], action: str) -> bool:
    """Whether any pattern names the action; service prefix and name ignore case."""
    name = action.lower()
    return any(glob(pattern.lower())(name) for pattern in patterns)
