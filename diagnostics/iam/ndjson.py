"""One line of JSON in, one line of JSON out: many policies at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from diagnostics.iam import json_text
from diagnostics.iam.decide import decide
from diagnostics.iam.explain_text import explained
from diagnostics.iam.parse import from_document, parse
from diagnostics.iam.problem import PolicyError
from diagnostics.iam.repair import repair
from diagnostics.iam.request import ASSUME_ROLE_WITH_WEB_IDENTITY, WebIdentityRequest
from diagnostics.iam.saving import refusals

if TYPE_CHECKING:
    from diagnostics.iam.decision import Reason
    from diagnostics.iam.json_text import Json
    from diagnostics.iam.policy import TrustPolicy
    from diagnostics.iam.problem import Problem
    from diagnostics.iam.repair import Repair

MAX_VALUE: Final = 20_000
"""Characters of a claim or context value; a whole token has no more (STS API reference)."""

_BYTE_ORDER_MARK: Final = "\ufeff"
"""What some editors put before the first line of a file."""

Row = dict[str, Any]


class BadLine(ValueError):
    """A line that is no case; the message says why."""


def request_of(value: object, *, open_context: bool) -> WebIdentityRequest:
    """Read the `request` of a line.

    Raises:
        BadLine: A field is missing or has the wrong type.
    """
    if not isinstance(value, Mapping):
        raise BadLine("request: must be an object")
    claims = value.get("claims")
    if not isinstance(claims, Mapping):
        raise BadLine("request.claims: must be an object")
    context = value.get("context")
    context = {} if context is None else context
    if not isinstance(context, Mapping):
        raise BadLine("request.context: must be an object")
    tags = value.get("role_tags")
    if tags is not None and not (
        isinstance(tags, Mapping) and all(isinstance(tag, str) for tag in tags.values())
    ):
        raise BadLine("request.role_tags: must be an object of strings")
    session = value.get("session_name")
    if session is not None and not isinstance(session, str):
        raise BadLine("request.session_name: must be a string")
    if not isinstance(claims.get("sub", ""), str):
        raise BadLine("request.claims.sub: must be a string")
    return WebIdentityRequest(
        role_arn=_text(value, "role_arn"),
        provider_arn=_text(value, "provider_arn"),
        claims={str(name): _bounded(f"claims.{name}", item) for name, item in claims.items()},
        session_name=session,
        context={str(name): _context(str(name), item) for name, item in context.items()},
        role_tags={str(name): str(_bounded(f"role_tags.{name}", tag)) for name, tag in tags.items()}
        if tags is not None
        else None,
        open_context=open_context,
        action=_text(value, "action") if "action" in value else ASSUME_ROLE_WITH_WEB_IDENTITY,
    )


def _text(value: Mapping[str, object], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str):
        raise BadLine(f"request.{name}: must be a string")
    _bounded(name, text)
    return text


def _bounded(name: str, value: object) -> object:
    if isinstance(value, str) and len(value) > MAX_VALUE:
        raise BadLine(
            f"request.{name[:80]}: longer than {MAX_VALUE:,} characters, which no token is"
        )
    if isinstance(value, list):
        for item in value:
            _bounded(name, item)
    return value


def _context(name: str, value: object) -> str | tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    texts = []
    for item in items:
        if not isinstance(item, str | int | float):
            raise BadLine(f"request.context.{name[:80]}: must be a string or a list of strings")
        _bounded(f"context.{name}", item)
        texts.append(json_text.scalar_text(item))
    return tuple(texts) if isinstance(value, list) else texts[0]


def policy_of(value: Json) -> TrustPolicy:
    """Read the `policy` of a line: an object, or its text in a string.

    Raises:
        PolicyError: It is no trust policy.
    """
    return parse(value) if isinstance(value, str) else from_document(value)


def reason_row(reason: Reason) -> Row:
    """A reason as JSON."""
    return {
        "statement": reason.statement,
        "pointer": reason.pointer,
        "mismatch": reason.mismatch.value,
        "words": reason.words,
        "operator": reason.operator,
        "key": reason.key,
        "presented": reason.presented,
        "trusted": list(reason.trusted),
    }


def problem_row(problem: Problem) -> Row:
    """A problem as JSON."""
    return {
        "pointer": problem.pointer,
        "words": problem.words,
        "line": problem.line,
        "column": problem.column,
        "code": problem.code,
        "certain": problem.certain,
    }


def evaluate_row(policy: TrustPolicy, request: WebIdentityRequest) -> Row:
    """The decision as JSON; `undecided` and `refused_on_save` stand only where there is something to say."""
    decision = decide(policy, request)
    row: Row = {
        "decision": decision.outcome.value,
        "statement": decision.statement,
        "reasons": [reason_row(reason) for reason in decision.reasons],
    }
    if decision.undecided:
        row["undecided"] = list(decision.undecided)
    refused = refusals(policy)
    if refused:
        row["refused_on_save"] = [problem_row(problem) for problem in refused]
    return row


def repair_row(policy: TrustPolicy, request: WebIdentityRequest) -> Row:
    """The repair as JSON."""
    return correction_row(repair(policy, request))


def correction_row(fix: Repair) -> Row:
    """A correction as JSON; `blocked` and `exceeds_quota` stand only where they say something."""
    row: Row = {
        "policy": None if fix.policy is None else fix.policy.document,
        "changes": [
            {"pointer": c.pointer, "before": c.before, "after": c.after, "words": c.words}
            for c in fix.changes
        ],
        "decision_before": fix.before.value,
        "decision_after": fix.after.value,
    }
    if fix.blocked is not None:
        row["blocked"] = fix.blocked
    if fix.exceeds_quota:
        row["exceeds_quota"] = {"characters": fix.size}
    return row


def explain_row(policy: TrustPolicy, request: WebIdentityRequest) -> Row:
    """The explanation as JSON."""
    return {
        "decision": decide(policy, request).outcome.value,
        "text": explained(policy, request),
    }


def refusal_row(error: PolicyError) -> Row:
    """What is no trust policy, as JSON."""
    return {
        "error": str(error),
        "problems": [problem_row(problem) for problem in error.problems],
    }


ROWS: Final = {"evaluate": evaluate_row, "explain": explain_row, "repair": repair_row}


def _read(line: str) -> Json:
    try:
        return json_text.read(line.removeprefix(_BYTE_ORDER_MARK))
    except PolicyError as error:
        first = error.problems[0]
        raise BadLine(f"the line, column {first.column}: {first.words}") from error


def answer(line: str, command: str, *, open_context: bool) -> str:
    """Answer one line: `{"id", …}`, or `{"id", "error"}` where it is no case. Never raises."""
    name: object = None
    try:
        case = _read(line)
        if not isinstance(case, dict):
            raise BadLine("a line is an object with id, policy and request")  # noqa: TRY301
        name = case.get("id")
        if "policy" not in case:
            raise BadLine("policy: is missing")  # noqa: TRY301
        request = request_of(case.get("request"), open_context=open_context)
        row = {"id": name, **ROWS[command](policy_of(case["policy"]), request)}
        return json.dumps(row)
    except PolicyError as error:
        return json.dumps({"id": name, **refusal_row(error)})
    except (BadLine, RecursionError) as error:
        return json.dumps({"id": name, "error": str(error)})
