from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.fleet_file import FleetFileError, Freeze, parse
from diagnostics.fix.plan import FixKind
from tests.conftest import ROOT

HEAD = """version: 1
accounts:
  - {id: "111122223333", allow_trust_policy_fix: true}
  - {id: "444455556666"}
clusters:
  - {name: prod, account: "111122223333", region: eu-west-1}
"""
RULES = """approvers:
  - users: [U0123, U0124]
    clusters: [prod]
    fixes: [annotate, restart]
    channels: [C0123]
    approvals: 2
    own_requests: false
  - groups: [S0123]
freezes:
  - name: Year end
    since: 2026-12-20T18:00:00+01:00
    until: "2027-01-04T00:00:00Z"
    clusters: [prod]
    fixes: [restart]
  - name: Longer
    since: 2026-12-19T00:00:00Z
    until: 2027-01-10T00:00:00Z
    namespaces: [payments]
"""


def faults(text: str) -> str:
    with pytest.raises(FleetFileError) as caught:
        parse((HEAD + text).encode(), Path("fleet.yaml"))
    return str(caught.value)


def test_the_rules_of_approval_are_read() -> None:
    file = parse((HEAD + RULES).encode(), Path("fleet.yaml"))

    first, second = file.approvers
    assert first.fixes == frozenset({FixKind.ANNOTATE, FixKind.RESTART})
    assert first.channels == frozenset({"C0123"})
    assert (first.approvals, first.own_requests) == (2, False)
    assert (second.fixes, second.channels, second.approvals, second.own_requests) == (
        None,
        None,
        1,
        True,
    )
    assert [a.allow_trust_policy_fix for a in file.fleet.accounts] == [True, False]


def test_an_entry_covers_the_kinds_of_fixes_that_it_names() -> None:
    file = parse((HEAD + RULES).encode(), Path("fleet.yaml"))

    counts = {
        kind: len(file.approvers_of(cluster="prod", namespace="x", kind=kind)) for kind in FixKind
    }
    assert counts == {
        FixKind.ANNOTATE: 2,
        FixKind.RESTART: 2,
        FixKind.TRUST_POLICY: 1,
        FixKind.PROVIDER: 1,
    }


@pytest.mark.parametrize(
    ("at", "namespace", "kind", "name"),
    [
        ("2026-12-20T16:59:59+00:00", "other", FixKind.RESTART, None),
        ("2026-12-20T17:00:00+00:00", "other", FixKind.RESTART, "Year end"),
        ("2026-12-20T17:00:00+00:00", "other", FixKind.ANNOTATE, None),
        ("2026-12-20T17:00:00+00:00", "payments", FixKind.RESTART, "Longer"),
        ("2027-01-04T00:00:00+00:00", "other", FixKind.RESTART, None),
        ("2027-01-10T00:00:00+00:00", "payments", FixKind.ANNOTATE, None),
    ],
)
def test_a_freeze_holds_from_its_first_moment_to_its_end(
    at: str, namespace: str, kind: FixKind, name: str | None
) -> None:
    file = parse((HEAD + RULES).encode(), Path("fleet.yaml"))
    found: Freeze | None = file.frozen(
        at=datetime.fromisoformat(at).astimezone(UTC),
        cluster="prod",
        namespace=namespace,
        kind=kind,
    )

    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("approvers: [{users: [U01], fixes: [anotate]}]", "'anotate' is no kind of fix"),
        ("approvers: [{users: [U01], approvals: 0}]", "0 is not a number of approvals"),
        ("approvers: [{users: [U01], approvals: 6}]", "expected 1 to 5"),
        ("approvers: [{users: [U01], approvals: 2}]", "asks for 2 approvals and names 1"),
        ("approvers: [{users: [U01], own_requests: 'no'}]", "true or false is expected"),
        ("approvers: [{users: [U01], channels: [general]}]", "not a Slack channel ID"),
        ("freezes: [{name: x, since: 2026-12-20, until: 2026-12-21}]", "not a time with its zone"),
        (
            "freezes: [{name: x, since: 2026-12-20T00:00:00Z, until: 2026-12-20T01:00:00+01:00}]",
            "freezes[0].until: not later than since",
        ),
        (
            "freezes: [{name: x, since: 2026-12-20T00:00:00Z, until: 2026-12-21T00:00:00Z, clusters: [prd]}]",
            "freezes[0].clusters[0]: nothing named 'prd'",
        ),
        ("freezes: [{since: 2026-12-20T00:00:00Z}]", "freezes[0].name: missing"),
    ],
)
def test_a_rule_that_cannot_hold_is_a_fault(text: str, words: str) -> None:
    assert words in faults(text)


def test_the_rules_that_the_documentation_shows_are_valid() -> None:
    page = (ROOT / "docs" / "approvals.md").read_text(encoding="utf-8")
    rules, accounts = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    clusters = "".join(
        f'  - {{name: {name}, account: "111122223333", region: eu-west-1}}\n'
        for name in ("staging-eu", "prod-eu")
    )
    text = f"version: 1\n{accounts}clusters:\n{clusters}{rules}"

    file = parse(text.encode(), Path("fleet.yaml"))

    assert file.fleet.accounts[0].allow_trust_policy_fix
    assert [a.approvals for a in file.approvers] == [1, 2, 2]
    assert [f.name for f in file.freezes] == ["Year end", "Weekend", "Nights"]
    assert [r.only for r in file.readers] == [False, True]
    assert file.audit_channel == "C0123456780"
