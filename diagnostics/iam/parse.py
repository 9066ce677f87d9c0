"""JSON text → `TrustPolicy`, or every fault with its place."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from diagnostics.iam import json_text, saving
from diagnostics.iam.condition import Condition, operator_of
from diagnostics.iam.json_text import escape, scalar_text
from diagnostics.iam.keys import ACTIONS
from diagnostics.iam.operators import OPERATORS
from diagnostics.iam.policy import TrustPolicy
from diagnostics.iam.problem import PolicyError, Problem
from diagnostics.iam.statement import KINDS, Principals, Statement, matches_action

if TYPE_CHECKING:
    from diagnostics.iam.json_text import Json

VERSIONS: Final = ("2012-10-17", "2008-10-17")
MAX_PROBLEMS: Final = 50
_TOP: Final = ("Version", "Id", "Statement")
_ELEMENTS: Final = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


def parse(text: str) -> TrustPolicy:
    """Read a trust policy.

    What IAM would refuse to save but whose meaning is clear does not raise; `refusals` names it.

    Raises:
        PolicyError: The text is no JSON, or its meaning is not that of a trust policy; lists every fault.
    """
    return _compile(json_text.read(text), text)


def from_document(document: Json) -> TrustPolicy:
    """Read a trust policy that is JSON already.

    Raises:
        PolicyError: As `parse`; lines and columns are those of the document printed with an indent of two.
    """
    return _compile(document, None)


def _compile(document: Json, text: str | None) -> TrustPolicy:
    reader = _Reader()
    statements = reader.policy(document)
    if reader.problems or not isinstance(document, dict):
        raise PolicyError(saving.located(tuple(reader.problems[:MAX_PROBLEMS]), document, text))
    version = document.get("Version")
    return TrustPolicy(
        document=document,
        version=version if isinstance(version, str) else None,
        statements=statements,
        text=text,
    )


def _quoted(text: str) -> str:
    return f'"{text[:80]}…"' if len(text) > 80 else f'"{text}"'  # noqa: PLR2004


def _kind(value: Json) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if value is None:
        return "null"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "a number"


class _Reader:
    """Collects faults while it compiles."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.variables = False

    def fault(self, pointer: str, words: str) -> None:
        if len(self.problems) <= MAX_PROBLEMS:
            self.problems.append(Problem(pointer=pointer, words=words))

    def policy(self, document: Json) -> tuple[Statement, ...]:
        if not isinstance(document, dict):
            self.fault("", f"A policy is a JSON object, not {_kind(document)}.")
            return ()
        self._unknown(document, _TOP, "")
        version = document.get("Version")
        if "Version" in document and version not in VERSIONS:
            shown = _quoted(version) if isinstance(version, str) else _kind(version)
            self.fault("/Version", f'Version is {shown}; IAM knows "2012-10-17" and "2008-10-17".')
        self.variables = version == VERSIONS[0]
        if not isinstance(document.get("Id", ""), str):
            self.fault("/Id", f"Id must be a string, not {_kind(document['Id'])}.")
        if "Statement" not in document:
            self.fault("", "The element Statement is missing.")
            return ()
        return self._statements(document["Statement"])

    def _statements(self, value: Json) -> tuple[Statement, ...]:
        if isinstance(value, dict):
            statement = self._statement(value, "/Statement", 0)
            return (statement,) if statement else ()
        if not isinstance(value, list):
            self.fault("/Statement", f"Statement must be an object or a list, not {_kind(value)}.")
            return ()
        if not value:
            self.fault("/Statement", "Statement is empty; a policy needs at least one statement.")
        found = (self._statement(s, f"/Statement/{i}", i) for i, s in enumerate(value))
        return tuple(s for s in found if s is not None)

    def _unknown(self, value: dict[str, Json], known: tuple[str, ...], pointer: str) -> None:
        for key in value:
            if key not in known:
                near = get_close_matches(key[:40], known, n=1, cutoff=0.7)
                hint = (
                    f'; did you mean "{near[0]}"?' if near else f"; known are {', '.join(known)}."
                )
                self.fault(
                    f"{pointer}/{escape(key)}", f"{_quoted(key)} is no element of a policy{hint}"
                )

    def _statement(self, value: Json, pointer: str, index: int) -> Statement | None:
        if not isinstance(value, dict):
            self.fault(pointer, f"A statement is an object, not {_kind(value)}.")
            return None
        self._unknown(value, _ELEMENTS, pointer)
        sid = value.get("Sid")
        if "Sid" in value and not isinstance(sid, str):
            self.fault(f"{pointer}/Sid", f"Sid must be a string, not {_kind(sid)}.")
        effect = value.get("Effect")
        if "Effect" not in value:
            self.fault(pointer, 'The element Effect is missing; it is "Allow" or "Deny".')
        elif effect not in ("Allow", "Deny"):
            shown = _quoted(effect) if isinstance(effect, str) else _kind(effect)
            self.fault(
                f"{pointer}/Effect",
                f'Effect is {shown}; it must be "Allow" or "Deny", in this case.',
            )
        principals = self._principals(value, pointer)
        not_action, actions = self._actions(value, pointer)
        conditions = self._conditions(value.get("Condition", {}), f"{pointer}/Condition")
        if self.problems or principals is None:
            return None
        twins = _twins(conditions)
        return Statement(
            index=index,
            pointer=pointer,
            sid=sid if isinstance(sid, str) else None,
            allow=effect == "Allow",
            principals=principals,
            actions=actions,
            not_action=not_action,
            matched=frozenset(a for a in ACTIONS if matches_action(actions, a) != not_action)
            if actions
            else frozenset(),
            conditions=conditions,
            twins=twins,
            doubted=bool(twins),
        )

    def _one_of(self, value: dict[str, Json], plain: str, pointer: str) -> str | None:
        names = [name for name in (plain, f"Not{plain}") if name in value]
        if not names:
            self.fault(pointer, f"The element {plain} is missing.")
            return None
        if len(names) > 1:
            self.fault(
                f"{pointer}/Not{plain}", f"A statement has either {plain} or Not{plain}, not both."
            )
        return names[0]

    def _strings(self, value: Json, pointer: str, what: str) -> tuple[str, ...]:
        items = value if isinstance(value, list) else [value]
        out = []
        for i, item in enumerate(items):
            if isinstance(item, str):
                out.append(item)
            else:
                at = f"{pointer}/{i}" if isinstance(value, list) else pointer
                self.fault(at, f"{what} must be a string or a list of strings, not {_kind(item)}.")
        return tuple(out)

    def _actions(self, value: dict[str, Json], pointer: str) -> tuple[bool, tuple[str, ...]]:
        element = self._one_of(value, "Action", pointer)
        if element is None:
            return False, ()
        found = self._strings(value[element], f"{pointer}/{element}", element)
        return element == "NotAction", found

    def _principals(self, value: dict[str, Json], pointer: str) -> Principals | None:
        element = self._one_of(value, "Principal", pointer)
        if element is None:
            return None
        at = f"{pointer}/{element}"
        content = value[element]
        entries: list[tuple[str, str]] = []
        if content == "*":
            entries.append(("*", "*"))
        elif not isinstance(content, dict):
            shown = _quoted(content) if isinstance(content, str) else _kind(content)
            self.fault(
                at,
                f"{element} is {shown}; it must be an object such as "
                '{"Federated": "arn:aws:iam::…:oidc-provider/…"}.',
            )
        else:
            for kind, who in content.items():
                if kind not in KINDS:
                    near = get_close_matches(kind[:40], KINDS, n=1, cutoff=0.6)
                    hint = (
                        f'; did you mean "{near[0]}"?'
                        if near
                        else f"; known are {', '.join(KINDS)}."
                    )
                    self.fault(
                        f"{at}/{escape(kind)}", f"{_quoted(kind)} is no kind of principal{hint}"
                    )
                    continue
                entries.extend((kind, w) for w in self._strings(who, f"{at}/{kind}", kind))
        return Principals(
            entries=tuple(entries),
            negated=element == "NotPrincipal",
            federated=frozenset(who for kind, who in entries if kind == "Federated"),
            anyone=any(who == "*" and kind in ("*", "AWS") for kind, who in entries),
        )

    def _conditions(self, value: Json, pointer: str) -> tuple[Condition, ...]:
        if not isinstance(value, dict):
            self.fault(pointer, f"Condition must be an object, not {_kind(value)}.")
            return ()
        out: list[Condition] = []
        for operator, block in value.items():
            at = f"{pointer}/{escape(operator)}"
            read = operator_of(operator)
            if read is None:
                self.fault(at, _unknown_operator(operator))
                continue
            if not isinstance(block, dict):
                self.fault(
                    at, f"{_quoted(operator)} must hold keys and values, not {_kind(block)}."
                )
                continue
            base, quantifier, if_exists = read
            for key, raw in block.items():
                where = f"{at}/{escape(key)}"
                out.append(
                    Condition(
                        pointer=where,
                        operator=operator,
                        key=key,
                        values=self._values(raw, where),
                        base=base,
                        quantifier=quantifier,
                        if_exists=if_exists,
                        variables=self.variables and base.name.startswith(("String", "Arn")),
                    )
                )
        return tuple(out)

    def _values(self, value: Json, pointer: str) -> tuple[str, ...]:
        items = value if isinstance(value, list) else [value]
        out = []
        for i, item in enumerate(items):
            if item is None or isinstance(item, list | dict):
                at = f"{pointer}/{i}" if isinstance(value, list) else pointer
                self.fault(
                    at, f"A condition's value is a string, number or boolean, not {_kind(item)}."
                )
            else:
                out.append(scalar_text(item))
        return tuple(out)


def _twins(conditions: tuple[Condition, ...]) -> tuple[tuple[Condition, ...], ...]:
    if len(conditions) < 2:  # noqa: PLR2004
        return ()
    groups: dict[tuple[str, str], list[Condition]] = {}
    for condition in conditions:
        groups.setdefault((condition.operator, condition.name), []).append(condition)
    if len(groups) == len(conditions):
        return ()
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def _unknown_operator(operator: str) -> str:
    if operator.endswith("NullIfExists"):
        return "Null takes no IfExists; Null itself asks whether the key exists."
    if ":" in operator and not operator.startswith(("ForAllValues:", "ForAnyValue:")):
        return (
            f"{_quoted(operator)} is a condition key where an operator belongs; "
            'nest it, as in {"StringEquals": {key: value}}.'
        )
    bare = operator.rpartition(":")[2][:60]
    suffix = "IfExists" if bare.endswith("IfExists") else ""
    near = get_close_matches(bare.removesuffix("IfExists"), list(OPERATORS), n=1, cutoff=0.6)
    hint = f'did you mean "{near[0]}{suffix}"?' if near else "such as StringEquals or StringLike."
    return f"{_quoted(operator)} is no condition operator; {hint}"
