"""Edits inside one statement, taken only where nobody else's access changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from diagnostics.iam import lifeless
from diagnostics.iam.added import literal
from diagnostics.iam.decision import Mismatch
from diagnostics.iam.draft import Draft
from diagnostics.iam.json_text import escape
from diagnostics.iam.keys import NEVER_CARRIED, Keys, of_the_role
from diagnostics.iam.operators import FALSE, TRUE, UNKNOWN
from diagnostics.iam.parse import from_document
from diagnostics.iam.provider_form import is_provider
from diagnostics.iam.saving import STS_ACTIONS
from diagnostics.iam.statement import matches_action
from diagnostics.iam.trusted_key import read_key
from diagnostics.iam.words import nearest, quoted
from diagnostics.languages import Words, say

if TYPE_CHECKING:
    from diagnostics.iam.condition import Condition
    from diagnostics.iam.json_text import Json
    from diagnostics.iam.policy import TrustPolicy
    from diagnostics.iam.statement import Statement
    from diagnostics.iam.target import Target

_TEXTUAL = ("StringEquals", "StringLike", "StringEqualsIgnoreCase")


class Unfit(Exception):
    """The statement can't be edited without changing what it means for others."""


def edit(policy: TrustPolicy, statement: Statement, target: Target, keys: Keys) -> Draft | None:
    """Make one statement admit the target, or return None where that changes somebody else's access."""
    if statement.doubted or not statement.allow:
        return None
    editor = _Editor(policy, statement, target, keys)
    try:
        return editor.run()
    except Unfit:
        return None


class _Editor:
    def __init__(
        self, policy: TrustPolicy, statement: Statement, target: Target, keys: Keys
    ) -> None:
        self.policy = policy
        self.statement = statement
        self.target = target
        self.keys = keys
        self.draft = Draft.of(policy, statement.index)
        self.body = self.draft.body(statement.index)
        self.dead = lifeless.statement(statement, target)
        self.widened: list[str] = []
        """The coordinate that each edit widens by the target's value alone; "" where it widens more."""

    def run(self) -> Draft:
        self._principal()
        self._action()
        for condition in self.statement.conditions:
            held = condition.holds(self.keys)
            if held == FALSE:
                self._condition(condition)
            elif held == UNKNOWN and not self.keys.unknown(condition.name):
                raise Unfit
        if not self.widened:
            raise Unfit
        self._pin()
        return self.draft

    # -- principal ------------------------------------------------------------------------------

    def _principal(self) -> None:
        who = self.statement.takes_principal(self.target.request)
        if who == TRUE:
            return
        principals = self.statement.principals
        if who == UNKNOWN or principals.negated or self._serves_others():
            raise Unfit
        pointer = f"{self.statement.pointer}/Principal"
        federated = [value for kind, value in principals.entries if kind == "Federated"]
        words = say("Trust the OIDC provider {provider}.", provider=quoted(self.target.provider))
        if not federated:
            self.draft.record(
                pointer, self.body["Principal"], {"Federated": self.target.provider}, words
            )
            self.body["Principal"] = {"Federated": self.target.provider}
            self.widened.append("")
            return
        broken = [value for value in federated if not is_provider(value)]
        old: str | None = None
        if broken:
            old = nearest(broken, self.target.provider)
        elif self.dead:
            old = nearest(federated, self.target.provider)
        holder = cast("dict[str, Json]", self.body["Principal"])
        self.draft.replace_or_append(
            holder, "Federated", f"{pointer}/Federated", self.target.provider, old, words
        )
        self.widened.append("provider")

    def _serves_others(self) -> bool:
        """Whether users, roles, services or SAML identities assume the role through this statement."""
        kinds = {kind for kind, _ in self.statement.principals.entries}
        actions = self.statement.actions
        if kinds - {"Federated"} and matches_action(actions, "sts:AssumeRole"):
            return True
        saml = any(":saml-provider/" in v for v in self.statement.principals.federated)
        return saml and matches_action(actions, "sts:AssumeRoleWithSAML")

    # -- action -----------------------------------------------------------------------------------

    def _action(self) -> None:
        missing = [a for a in self.target.actions if not self.statement.takes_action(a)]
        if not missing:
            return
        if self.statement.not_action:
            raise Unfit
        pointer = f"{self.statement.pointer}/Action"
        useless = [a for a in self.statement.actions if self._useless(a)]
        for action in missing:
            old = nearest(useless, action) if useless else None
            if old is not None:
                useless.remove(old)
            if self.body["Action"] == []:
                self.body["Action"] = [action]
                self.draft.record(
                    f"{pointer}/0", None, action, say("Allow {action}.", action=action)
                )
            else:
                self.draft.replace_or_append(
                    self.body, "Action", pointer, action, old, say("Allow {action}.", action=action)
                )
            self.widened.append("")

    def _useless(self, action: str) -> bool:
        lower = action.lower()
        if "*" in action or "?" in action:
            return False
        if lower not in (a.lower() for a in STS_ACTIONS):
            return True
        kinds = {kind for kind, _ in self.statement.principals.entries}
        if lower == "sts:assumerole":
            return not kinds - {"Federated"}
        if lower == "sts:assumerolewithsaml":
            return not any(":saml-provider/" in v for v in self.statement.principals.federated)
        return False

    # -- conditions ---------------------------------------------------------------------------------

    def _block(self, condition: Condition) -> dict[str, Json]:
        blocks = cast("dict[str, Json]", self.body["Condition"])
        return cast("dict[str, Json]", blocks[condition.operator])

    def _condition(self, condition: Condition) -> None:
        if of_the_role(condition.name):
            raise Unfit  # What would have to change is the role.
        claim = lifeless.claim_of(condition, self.target)
        if condition.base.name == "Null":
            self._null(condition, claim)
        elif condition.base.negated:
            raise Unfit
        elif claim is not None:
            if condition.base.name in _TEXTUAL:
                self._value(condition, claim, condition.key)
            else:
                self._retype(condition, claim)
        elif self.keys.values.get(condition.name):
            self._extra(condition)
        else:
            self._absent(condition)

    def _null(self, condition: Condition, claim: str | None) -> None:
        if claim is None or condition.quantifier is not None or set(condition.values) != {"true"}:
            raise Unfit
        block = self._block(condition)
        words = say("Ask that {key} is present; every token carries it.", key=condition.key)
        self.draft.record(condition.pointer, block[condition.key], "false", words)
        block[condition.key] = "false"
        self.widened.append("")

    def _value(self, condition: Condition, claim: str, key: str) -> None:
        wanted = self.target.value(claim)
        if wanted is None:
            raise Unfit
        if condition.base.name == "StringLike" and any(c in wanted for c in "*?"):
            raise Unfit
        new = literal(wanted, variables=condition.variables)
        block = self._block(condition)
        useless = [v for v in condition.values if lifeless.value(v, claim, condition, self.target)]
        old = nearest(useless, wanted) if useless else None
        pointer = condition.pointer.rpartition("/")[0] + f"/{escape(key)}"
        self.draft.replace_or_append(block, key, pointer, new, old, _words(claim, old, new))
        self.widened.append(claim)

    def _retype(self, condition: Condition, claim: str) -> None:
        wanted = self.target.value(claim)
        if wanted is None or not lifeless.strict(condition):
            raise Unfit
        if lifeless.typed_may_match(condition, claim, self.target):
            raise Unfit
        pointer = self._remove(condition)
        blocks = cast("dict[str, Json]", self.body.setdefault("Condition", {}))
        exact = cast("dict[str, Json]", blocks.setdefault("StringEquals", {}))
        if not any(key.lower() == condition.name for key in exact):
            exact[condition.key] = literal(wanted, variables=condition.variables or self._variables)
        self.draft.record(
            pointer.replace(escape(condition.operator), "StringEquals", 1),
            condition.operator,
            "StringEquals",
            say("{operator} does not compare text; use StringEquals.", operator=condition.operator),
        )
        self.widened.append("")

    @property
    def _variables(self) -> bool:
        return self.policy.version == "2012-10-17"

    def _extra(self, condition: Condition) -> None:
        """A further condition that this call does not meet: let its value in too."""
        seen = self.keys.values[condition.name]
        if condition.base.name not in (*_TEXTUAL, "IpAddress") or len(seen) != 1:
            raise Unfit
        if condition.base.name == "StringLike" and any(c in seen[0] for c in "*?"):
            raise Unfit
        words = say(
            "Let in the value that this call carries for {key}; its owner should agree.",
            key=condition.key,
        )
        new = literal(seen[0], variables=condition.variables)
        self.draft.replace_or_append(
            self._block(condition), condition.key, condition.pointer, new, None, words
        )
        self.widened.append("")

    def _absent(self, condition: Condition) -> None:
        read = read_key(condition.key, self.target.issuer)
        if read.mismatch is Mismatch.KEY_ABSENT:
            if condition.name not in NEVER_CARRIED and not condition.name.startswith(
                (self.target.issuer.lower() + ":", "aws:principaltag/")
            ):
                raise Unfit
            words = say(
                "Remove the condition on {key}; no such call carries it.", key=condition.key
            )
            pointer = self._remove(condition)
            self.draft.record(
                pointer, condition.key, None, words, cost=max(1, len(condition.values))
            )
            self.widened.append("")
            return
        if read.claim is None or not self.dead:
            raise Unfit
        right = self.target.key(read.claim)
        others = [c for c in self.statement.conditions if c.name == right.lower()]
        if others:
            words = say(
                "Remove the condition on {key}: {fault}, so it never holds.",
                key=condition.key,
                fault=read.fault,
            )
            pointer = self._remove(condition)
            self.draft.record(
                pointer, condition.key, None, words, cost=max(1, len(condition.values))
            )
            self.widened.append("")
            return
        if condition.base.name not in _TEXTUAL:
            raise Unfit
        block = self._block(condition)
        if any(key.lower() == right.lower() for key in block):
            raise Unfit
        self.draft.rename(
            block,
            condition.key,
            right,
            condition.pointer.rpartition("/")[0],
            say("Write the key as {right}.", right=quoted(right)),
        )
        self.widened.append("")
        wanted = self.target.value(read.claim)
        if wanted is None:
            raise Unfit
        if condition.test(wanted, self.keys) != TRUE:
            self._value(condition, read.claim, right)

    def _remove(self, condition: Condition) -> str:
        block = self._block(condition)
        del block[condition.key]
        blocks = cast("dict[str, Json]", self.body["Condition"])
        if not block:
            del blocks[condition.operator]
        if not blocks:
            del self.body["Condition"]
        return condition.pointer

    # -- laws -----------------------------------------------------------------------------------------

    def _pin(self) -> None:
        """Hold provider, subject and audience to the target's, or give up."""
        alone = self.widened[0] if len(self.widened) == 1 else ""
        after = from_document({**self.draft.document, "Statement": self.body}).statements[0]
        if not self._provider_pinned(after) and alone != "provider":
            raise Unfit
        for claim in ("sub", "aud"):
            wanted = self.target.value(claim)
            if claim == alone or wanted is None or self._pinned(after, claim, wanted):
                continue
            conditions = [c for c in after.conditions if lifeless.claim_of(c, self.target) == claim]
            textual = [c for c in conditions if c.base.name != "Null" and not c.base.negated]
            if not self.dead or textual:
                raise Unfit
            blocks = cast("dict[str, Json]", self.body.setdefault("Condition", {}))
            exact = cast("dict[str, Json]", blocks.setdefault("StringEquals", {}))
            key = self.target.key(claim)
            exact[key] = literal(wanted, variables=self._variables)
            pointer = f"{self.statement.pointer}/Condition/StringEquals/{escape(key)}"
            words = (
                say("Add the subject {new}, so that nobody else gets in.", new=quoted(wanted))
                if claim == "sub"
                else say(
                    "Add the audience {new}, so that no other token gets in.", new=quoted(wanted)
                )
            )
            self.draft.record(pointer, None, exact[key], words)

    def _provider_pinned(self, after: Statement) -> bool:
        if not after.principals.anyone and after.principals.federated == {self.target.provider}:
            return True
        return any(
            lifeless.strict(c) and lifeless.claim_of(c, self.target) for c in after.conditions
        )

    def _pinned(self, after: Statement, claim: str, wanted: str) -> bool:
        exact = literal(wanted, variables=self._variables)
        return any(
            lifeless.claim_of(c, self.target) == claim
            and (
                c.base.name == "StringEquals"
                or (c.base.name == "StringLike" and not any(w in wanted for w in "*?"))
            )
            and set(c.values) == {exact}
            for c in after.conditions
        )


def _words(claim: str, old: str | None, new: str) -> Words:
    if old is not None:
        return say("Replace {old} by {new}.", old=quoted(old), new=quoted(new))
    if claim == "sub":
        return say("Add the subject {new}.", new=quoted(new))
    return say("Add the audience {new}.", new=quoted(new))
