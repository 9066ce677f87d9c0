"""Judge every check on the facts, in order."""

from __future__ import annotations

from dataclasses import replace
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from diagnostics.evidence import Absent, Found, Unreadable
from diagnostics.languages import Said, say, shortened
from diagnostics.result import HEADLINE, Finding, Result, Status
from diagnostics.wiring import Pass, Skip, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.gather.graph import Facts
    from diagnostics.journal import Call
    from diagnostics.wiring import Check, Judgement

_MISSING = {
    "Symptom": say("no error text was given"),
    "ServiceAccount": say("there is no such service account"),
    "Workload": say("no workload was named, or it does not exist"),
    "Subject": say("the service account is not known"),
    "RoleInQuestion": say("no role is known for this service account"),
    "IamRole": say("there is no role to look at"),
    "TrustAnswer": say("there is no trust policy to ask"),
    "OidcProvider": say("there is no OIDC provider to look at"),
    "HomeProvider": say("it applies only where the role lives in another account than the cluster"),
    "Cluster": say("the cluster is not known to EKS"),
}


def judge(checks: Iterable[Check], facts: Facts) -> tuple[Result, ...]:
    """Judge each check; one that can't be judged says why and what would change that."""
    by_code = {check.code: check for check in checks}
    failed: set[str] = set()
    results: dict[str, Result] = {}
    for code in TopologicalSorter({c.code: c.after for c in by_code.values()}).static_order():
        if code not in by_code:
            continue
        results[code] = _one(by_code[code], facts, failed)
        if results[code].status is Status.FAIL:
            failed.add(code)
    return tuple(results[code] for code in by_code)


def _one(check: Check, facts: Facts, failed: set[str]) -> Result:
    stopped = next((code for code in check.after if code in failed), None)
    if stopped is not None:
        return _result(
            check,
            Status.NOT_CHECKED,
            reason=say("pointless until {stopped} is mended", stopped=stopped),
        )
    calls: dict[Call, None] = {}
    inputs: dict[str, object] = {}
    for need in check.needs:
        fact = facts.get(need.kind, Absent())
        calls.update(dict.fromkeys(fact.calls))
        if isinstance(fact, Found):
            inputs[need.name] = fact.value
        elif isinstance(fact, Absent):
            if not need.absent:
                reason = _MISSING.get(
                    need.kind.__name__, say("there is no {fact}", fact=need.kind.__name__)
                )
                return _result(check, Status.NOT_CHECKED, tuple(calls), reason=reason)
            inputs[need.name] = None
        elif need.unreadable:
            inputs[need.name] = fact
        else:
            return _unreadable(check, fact, tuple(calls))
    try:
        judgement = check.judge(**inputs)
    except Exception as error:  # noqa: BLE001  one broken check must not cost the other answers
        judgement = Unknown(
            say(
                "unexpected {name} in the check: {error}",
                name=type(error).__name__,
                error=str(error)[:200],
            ),
            say("please report this as a bug of irsa-doctor"),
        )
    return _judged(check, judgement, tuple(calls))


def _judged(check: Check, judgement: Judgement, calls: tuple[Call, ...]) -> Result:
    match judgement:
        case Pass():
            return _result(check, Status.PASS, calls)
        case Skip(reason=reason):
            return _result(check, Status.NOT_CHECKED, calls, reason=reason)
        case Unknown(why=why, enable=enable):
            return _result(check, Status.ERROR, calls, reason=why, enable=enable)
        case Finding():
            finding = replace(
                judgement,
                why=judgement.why or Said(check.why, {}),
                headline=shortened(judgement.headline, HEADLINE),
            )
            return Result(
                code=check.code,
                title=Said(check.title, {}),
                severity=check.severity,
                status=Status.FAIL,
                finding=finding,
                calls=calls,
            )


def _unreadable(check: Check, fact: Unreadable, calls: tuple[Call, ...]) -> Result:
    return _result(check, Status.ERROR, calls, reason=fact.why, enable=fact.enable)


def _result(
    check: Check,
    status: Status,
    calls: tuple[Call, ...] = (),
    *,
    reason: str | None = None,
    enable: str | None = None,
) -> Result:
    return Result(
        code=check.code,
        title=Said(check.title, {}),
        severity=check.severity,
        status=status,
        reason=reason,
        enable=enable,
        calls=calls,
    )
