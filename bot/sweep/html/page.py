"""The page: sums, charts, what is new, every finding, what could not be read."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Final

from bot.sweep.html.charts import Moment, Row, bars, trend
from bot.sweep.html.style import STYLE
from diagnostics.result import Severity
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.sweep.document import Found, SweepDocument

_MOST_ROWS: Final = 2_000
_MOST_BARS: Final = 40
_AGES: Final = (
    ("first seen in this sweep", timedelta(0)),
    ("up to a day", timedelta(days=1)),
    ("up to a week", timedelta(days=7)),
    ("up to a month", timedelta(days=30)),
    ("older than a month", timedelta.max),
)


def html_of(document: SweepDocument) -> str:
    """Write the page; nothing in it is loaded from elsewhere, and nothing in it runs."""
    title = f"IRSA sweep of {document.finished:%Y-%m-%d %H:%M} UTC"
    body = "".join(
        (
            f"<header><h1>{escape(title)}</h1>{_lead(document)}</header>",
            _sums(document),
            _section("Findings by code", bars("Findings by code", _by_code(document))),
            _section("Findings by account", bars("Findings by account", _by_account(document))),
            _section("Age of findings", bars("Age of findings", _by_age(document))),
            _section("Trend", trend(_moments(document))),
            _unread(document),
            _findings(document),
            _gone(document),
        )
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def _lead(document: SweepDocument) -> str:
    sums = document.sums
    words = (
        f"{sums.bindings:,} service accounts with a role annotation in {sums.clusters:,} clusters, joined with "
        f"{sums.roles:,} roles of {sums.accounts:,} accounts by {sums.calls:,} API calls."
    )
    if document.since is not None:
        new = sum(1 for f in document.findings if f.new)
        words += (
            f" Since the sweep of {document.since:%Y-%m-%d %H:%M} UTC: {new:,} new, "
            f"{len(document.gone):,} gone."
        )
    return f"<p>{escape(words)}</p>"


def _sums(document: SweepDocument) -> str:
    sums = document.sums
    cards = (
        (sums.healthy, "healthy bindings", "good"),
        (sums.broken, "broken bindings", "bad"),
        (sums.undecided, "undecided", ""),
        (sums.risks, "risks", "risky"),
        (len(document.not_read), "parts not read", ""),
    )
    return (
        '<section class="sums">'
        + "".join(
            f'<div class="card {kind}"><b>{number:,}</b><span>{escape(word)}</span></div>'
            for number, word, kind in cards
        )
        + "</section>"
    )


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _rows(findings: Iterable[Found], label: Callable[[Found], str]) -> list[Row]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for finding in findings:
        counts[label(finding)][finding.severity is Severity.RISK] += 1
    return [Row(label=name, causes=c, risks=r) for name, (c, r) in counts.items()]


def _ranked(rows: list[Row]) -> list[Row]:
    rows.sort(key=lambda row: (-row.total, row.label))
    if len(rows) <= _MOST_BARS:
        return rows
    rest = rows[_MOST_BARS - 1 :]
    return [
        *rows[: _MOST_BARS - 1],
        Row(
            label=f"{len(rest):,} others",
            causes=sum(r.causes for r in rest),
            risks=sum(r.risks for r in rest),
        ),
    ]


def _by_code(document: SweepDocument) -> list[Row]:
    return _ranked(_rows(document.findings, lambda f: f"{f.code} {f.title}"))


def _by_account(document: SweepDocument) -> list[Row]:
    return _ranked(_rows(document.findings, lambda f: f"{f.account_name} {f.account}"))


def _by_age(document: SweepDocument) -> list[Row]:
    def age(finding: Found) -> str:
        first = finding.first_seen or document.started
        span = document.started - first
        return next(name for name, limit in _AGES if span <= limit)

    rows = {row.label: row for row in _rows(document.findings, age)}
    return [rows[name] for name, _ in _AGES if name in rows]


def _moments(document: SweepDocument) -> list[Moment]:
    past = [
        Moment(
            at=one.at.timestamp(),
            label=f"{one.at:%Y-%m-%d}",
            causes=one.causes,
            risks=one.risks,
        )
        for one in document.history
    ]
    now = document.finished
    return [
        *past,
        Moment(
            at=now.timestamp(),
            label=f"{now:%Y-%m-%d}",
            causes=document.sums.causes,
            risks=document.sums.risks,
        ),
    ]


def _unread(document: SweepDocument) -> str:
    if not document.not_read:
        return ""
    items = "".join(
        f"<li><b>{escape(visible(part.where))}</b>: {escape(visible(part.why))}"
        f'<br><span class="dim">To enable it: {escape(visible(part.enable))}</span></li>'
        for part in document.not_read[:200]
    )
    more = (
        f"<li>… and {len(document.not_read) - 200:,} more</li>"
        if len(document.not_read) > 200  # noqa: PLR2004  as above
        else ""
    )
    return _section("Could not be read", f"<ul>{items}{more}</ul>")


def _findings(document: SweepDocument) -> str:
    if not document.findings:
        return _section("Findings", '<p class="none">None.</p>')
    shown = sorted(document.findings, key=lambda f: not f.new)[:_MOST_ROWS]
    rows = "".join(_row(finding) for finding in shown)
    note = (
        f'<p class="dim">The first {_MOST_ROWS:,} of {len(document.findings):,}; all are in the JSON and CSV.</p>'
        if len(document.findings) > _MOST_ROWS
        else ""
    )
    return _section(
        "Findings",
        f'{note}<div class="scroll" tabindex="0" role="region" aria-label="Findings"><table>'
        f'<thead><tr><th class="c1">Code</th><th class="c2">Where</th>'
        f'<th class="c3">What is wrong</th>'
        f"<th>Seen and expected</th></tr></thead><tbody>{rows}</tbody></table></div>",
    )


def _row(finding: Found) -> str:
    kind = "cause" if finding.severity is Severity.CAUSE else "risk"
    new = ' <span class="tag new">new</span>' if finding.new else ""
    where = [finding.cluster or f"{finding.account_name} {finding.account}"]
    if finding.service_account:
        where.append(f"{finding.namespace}/{finding.service_account}")
    if finding.role_arn:
        where.append(finding.role_arn)
    places = "<br>".join(_code(part) for part in where)
    values = ""
    if finding.seen:
        values += f"<span class='dim'>seen</span> {_code(finding.seen)}<br>"
    if finding.expected:
        values += f"<span class='dim'>expected</span> {_code(finding.expected)}"
    fix = f'<br><span class="fix">Fix: {escape(visible(finding.fix))}</span>' if finding.fix else ""
    return (
        f'<tr><td><b>{escape(finding.code)}</b><br><span class="tag {kind}-tag">{kind}</span>{new}</td>'
        f"<td>{places}</td><td>{escape(visible(finding.headline))}{fix}</td><td>{values}</td></tr>"
    )


def _code(text: str) -> str:
    shown = visible(text if len(text) <= 300 else f"{text[:299]}…")  # noqa: PLR2004  a line or two
    return f"<code>{escape(shown)}</code>"


def _gone(document: SweepDocument) -> str:
    if not document.gone:
        return ""
    items = "".join(
        f"<li><b>{escape(f.code)}</b> {escape(visible(f.headline))}</li>"
        for f in document.gone[:500]
    )
    return _section("Gone since the last sweep", f"<ul>{items}</ul>")
