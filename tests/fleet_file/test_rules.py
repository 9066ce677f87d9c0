"""Freezes that come back every week, and who reads what."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.fleet_file import FleetFile, FleetFileError, parse
from diagnostics.fix.plan import FixKind
from handlers.reach import Scope

HEAD = """version: 1
accounts:
  - {id: "111122223333", name: shared}
  - {id: "444455556666", name: payroll}
clusters:
  - {name: prod, account: shared, region: eu-west-1}
  - {name: pay, account: payroll, region: eu-west-1}
"""
WEEKEND = '{name: Weekend, from: "fri 16:00", to: "mon 08:00", timezone: Europe/Berlin, except: [2026-11-28]}'
NIGHTS = "{name: Nights, days: [mon, tue], from: 18:00, to: 08:00, timezone: Europe/Berlin}"
WHOLE = "{name: Sundays, days: [sat, sun], from: 00:00, to: 24:00, timezone: UTC, clusters: [prod]}"
EVER = "{name: Ever, from: 00:00, to: 24:00, timezone: UTC}"
SPRING = '{name: Spring, days: [sun], from: "02:30", to: "04:00", timezone: Europe/Berlin}'
AUTUMN = '{name: Autumn, days: [sun], from: "01:00", to: "03:30", timezone: Europe/Berlin}'


def file_with(text: str) -> FleetFile:
    return parse((HEAD + text).encode(), Path("fleet.yaml"))


def faults(text: str) -> str:
    with pytest.raises(FleetFileError) as caught:
        file_with(text)
    return str(caught.value)


MOMENTS = [
    (WEEKEND, "2026-11-27T14:59:59+00:00", None),
    (WEEKEND, "2026-11-27T15:00:00+00:00", "2026-11-27T23:00:00+00:00"),
    (WEEKEND, "2026-11-28T12:00:00+00:00", None),
    (WEEKEND, "2026-11-28T23:00:00+00:00", "2026-11-30T07:00:00+00:00"),
    (WEEKEND, "2026-11-30T07:00:00+00:00", None),
    (WEEKEND, "2026-07-06T05:59:00+00:00", "2026-07-06T06:00:00+00:00"),
    (NIGHTS, "2026-11-23T16:59:00+00:00", None),
    (NIGHTS, "2026-11-23T17:00:00+00:00", "2026-11-24T07:00:00+00:00"),
    (NIGHTS, "2026-11-24T12:00:00+00:00", None),
    (NIGHTS, "2026-11-25T06:00:00+00:00", "2026-11-25T07:00:00+00:00"),
    (NIGHTS, "2026-11-25T20:00:00+00:00", None),
    (WHOLE, "2026-11-28T00:00:00+00:00", "2026-11-30T00:00:00+00:00"),
    (WHOLE, "2026-11-29T23:59:59+00:00", "2026-11-30T00:00:00+00:00"),
    (WHOLE, "2026-11-30T00:00:00+00:00", None),
    (EVER, "2026-11-24T12:00:00+00:00", "2026-12-16T00:00:00+00:00"),
    # The clock goes from 02:00 to 03:00: 02:30 does not exist, and counts as 03:30.
    (SPRING, "2026-03-29T01:29:00+00:00", None),
    (SPRING, "2026-03-29T01:30:00+00:00", "2026-03-29T02:00:00+00:00"),
    # The clock goes from 03:00 back to 02:00: the hour between comes twice, and is frozen both times.
    (AUTUMN, "2026-10-25T00:30:00+00:00", "2026-10-25T02:30:00+00:00"),
    (AUTUMN, "2026-10-25T02:29:00+00:00", "2026-10-25T02:30:00+00:00"),
    (AUTUMN, "2026-10-25T02:30:00+00:00", None),
]


@pytest.mark.parametrize(("freeze", "at", "until"), MOMENTS)
def test_a_weekly_freeze_holds_by_the_clock_on_the_wall(
    freeze: str, at: str, until: str | None
) -> None:
    file = file_with(f"freezes:\n  - {freeze}\n")
    found = file.frozen(
        at=datetime.fromisoformat(at), cluster="prod", namespace="x", kind=FixKind.RESTART
    )

    assert (found.until.isoformat() if found else None) == until


def test_the_freeze_that_ends_last_is_the_one_that_is_told() -> None:
    dated = "{name: Year end, since: 2026-11-28T00:00:00Z, until: 2027-01-04T00:00:00Z}"
    file = file_with(f"freezes:\n  - {WHOLE}\n  - {dated}\n")
    at = datetime.fromisoformat("2026-11-28T12:00:00+00:00")

    found = [
        file.frozen(at=at, cluster=cluster, namespace="x", kind=FixKind.ANNOTATE)
        for cluster in ("prod", "pay")
    ]

    assert [f.name for f in found if f is not None] == ["Year end", "Year end"]


def test_readers_are_read_with_accounts_by_id() -> None:
    file = file_with(
        "readers:\n"
        "  - {accounts: [payroll], groups: [S0PAYROLL], channels: [C0PAYROLL]}\n"
        "  - {clusters: [prod], channels: [C0GUESTS1], only: true}\n"
        "audit_channel: C0AUDIT01\n"
    )

    kept, limited = file.readers
    assert kept.scope == Scope(accounts=frozenset({"444455556666"}))
    assert (kept.channels, kept.groups, kept.only) == (
        frozenset({"C0PAYROLL"}),
        frozenset({"S0PAYROLL"}),
        False,
    )
    assert limited.scope == Scope(clusters=frozenset({"prod"}))
    assert limited.only
    assert file.audit_channel == "C0AUDIT01"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("freezes: [{name: x}]", "freezes[0].since: missing; give since and until, or from"),
        ('freezes: [{name: x, from: "16:00", to: "08:00"}]', "freezes[0].timezone: missing"),
        (
            'freezes: [{name: x, from: "25:00", to: "08:00", timezone: UTC}]',
            "'25:00' is not a time of day",
        ),
        (
            'freezes: [{name: x, from: "24:30", to: "08:00", timezone: UTC}]',
            "is not a time of day",
        ),
        (
            'freezes: [{name: x, from: "freitag 16:00", to: "08:00", timezone: UTC}]',
            "is not a time of day",
        ),
        (
            'freezes: [{name: x, from: "fri 16:00", to: "08:00", timezone: UTC}]',
            "freezes[0].to: a day of the week stands in one of from and to only",
        ),
        (
            'freezes: [{name: x, from: "16:00", to: "16:00", timezone: UTC}]',
            "a whole day is 00:00 to 24:00",
        ),
        (
            'freezes: [{name: x, days: [fri], from: "fri 16:00", to: "sat 16:00", timezone: UTC}]',
            "freezes[0].days: stands beside a from that names its day",
        ),
        (
            'freezes: [{name: x, days: [friday], from: "16:00", to: "8:00", timezone: UTC}]',
            "'friday' is not a day of the week; known are mon",
        ),
        (
            'freezes: [{name: x, from: "16:00", to: "18:00", timezone: Europe/Berln}]',
            "'Europe/Berln' is not a time zone",
        ),
        (
            'freezes: [{name: x, from: "16:00", to: "18:00", timezone: ../../etc/passwd}]',
            "is not a time zone",
        ),
        (
            'freezes: [{name: x, from: "16:00", to: "18:00", timezone: UTC, except: [24.12.]}]',
            "is not a date; expected one such as 2026-12-24",
        ),
        (
            'freezes: [{name: x, since: 2026-12-20T00:00:00Z, from: "16:00"}]',
            "from stands beside since",
        ),
        ('freezes: [{name: x, form: "16:00"}]', "did you mean `from`?"),
        ("readers: [{groups: [S01]}]", "readers[0]: names nothing to read"),
        ("readers: [{accounts: [payroll]}]", "readers[0]: names nobody"),
        ("readers: [{accounts: [payrol], groups: [S01]}]", "did you mean 'payroll'?"),
        ("readers: [{clusters: [prd], groups: [S01]}]", "nothing named 'prd' under clusters"),
        ("audit_channel: '#audit'", "not a Slack channel ID"),
    ],
)
def test_a_rule_that_cannot_hold_is_a_fault(text: str, words: str) -> None:
    assert words in faults(text)
