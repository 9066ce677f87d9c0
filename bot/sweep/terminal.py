"""The sweep's report for a terminal, and how far it is while it runs."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, Self

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from diagnostics.result import Severity
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, RenderableType
    from rich.progress import TaskID

    from bot.sweep.document import Found, SweepDocument
    from diagnostics.sweep import Progress

_EACH: Final = 5
"""Findings of one code that are shown without --details."""
_STEPS: Final = {
    "issuers": "Asking EKS for issuers",
    "accounts": "Listing roles and providers",
    "clusters": "Listing and judging clusters",
}


class LiveProgress:
    """A bar per step on standard error; nothing where that is no terminal."""

    def __init__(self, console: Console) -> None:
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[last]}", style="dim"),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, progress: Progress) -> None:
        """Show how far it is."""
        if progress.step not in self._tasks:
            self._tasks[progress.step] = self._bar.add_task(
                _STEPS[progress.step], total=progress.total, last=""
            )
        self._bar.update(
            self._tasks[progress.step],
            completed=progress.done,
            last=visible(progress.last[:60]),
        )


def report(document: SweepDocument, *, details: bool = False) -> Iterator[RenderableType]:
    """The findings by code, causes first; then what is gone, what could not be read, and the sums."""
    by_code: dict[str, list[Found]] = defaultdict(list)
    for finding in document.findings:
        by_code[finding.code].append(finding)
    for code, group in by_code.items():
        yield from _group(code, group, details=details)
    if document.gone:
        yield Text(
            f"{_count(len(document.gone), 'finding')} of the last sweep "
            f"{'is' if len(document.gone) == 1 else 'are'} gone:",
            style="bold green",
        )
        for finding in document.gone if details else document.gone[:_EACH]:
            yield Text(f"  {finding.code} {visible(_object(finding))}", style="dim")
        if not details and len(document.gone) > _EACH:
            yield Text(f"  … and {len(document.gone) - _EACH} more", style="dim")
        yield Text()
    for part in document.not_read:
        yield Text(f"not read: {part.where}: {visible(part.why)}", style="yellow")
        yield Text(f"  to enable it: {visible(part.enable)}", style="dim")
    if document.not_read:
        yield Text()
    if document.findings:
        yield _accounts(document)
    yield _sums(document)


def _group(code: str, group: list[Found], *, details: bool) -> Iterator[Text]:
    first = group[0]
    cause = first.severity is Severity.CAUSE
    new = sum(1 for f in group if f.new)
    yield Text.assemble(
        ("cause " if cause else "risk ", "bold red" if cause else "bold yellow"),
        (code, "bold"),
        f" {first.title}: {len(group)}",
        (f", {new} new" if new else "", "bold"),
    )
    shown = group if details else sorted(group, key=lambda f: not f.new)[:_EACH]
    for finding in shown:
        mark = "new  " if finding.new else "     "
        yield Text(f"  {mark}{visible(_object(finding))}")
        yield Text(f"       {visible(finding.headline)}", style="dim")
        if details and finding.fix:
            yield Text(f"       fix: {visible(finding.fix)}", style="green")
    if len(shown) < len(group):
        yield Text(f"  … and {len(group) - len(shown)} more (--details)", style="dim")
    yield Text()


def _object(finding: Found) -> str:
    if finding.service_account:
        where = f"{finding.cluster} {finding.namespace}/{finding.service_account}"
        return f"{where} → {finding.role_arn}" if finding.role_arn else where
    return f"{finding.role_arn or finding.account} ({finding.cluster or finding.account_name})"


def _accounts(document: SweepDocument) -> Table:
    causes = Counter(f.account for f in document.findings if f.severity is Severity.CAUSE)
    risks = Counter(f.account for f in document.findings if f.severity is Severity.RISK)
    names = {f.account: f.account_name for f in document.findings}
    table = Table(box=None, pad_edge=False)
    for column in ("account", "name"):
        table.add_column(column)
    for column in ("causes", "risks"):
        table.add_column(column, justify="right")
    order = sorted(names, key=lambda a: (-causes[a], -risks[a], a))
    for account in order[:20]:
        table.add_row(account, names[account], str(causes[account]), str(risks[account]))
    if len(order) > 20:  # noqa: PLR2004  as above
        table.add_row(f"… {len(order) - 20} more", "", "", "")
    return table


def _sums(document: SweepDocument) -> Text:
    sums = document.sums
    seconds = (document.finished - document.started).total_seconds()
    words = (
        f"\n{_count(sums.bindings, 'binding')} in {_count(sums.clusters, 'cluster')} and "
        f"{_count(sums.accounts, 'account')}: {sums.healthy:,} healthy, {sums.broken:,} broken, "
        f"{sums.undecided:,} undecided; {_count(sums.risks, 'risk')}. "
        f"{_count(sums.calls, 'call')} in {seconds:.1f} s."
    )
    new = sum(1 for f in document.findings if f.new)
    if document.since is not None:
        words += (
            f" Since {document.since:%Y-%m-%d %H:%M} UTC: {new:,} new, {len(document.gone):,} gone."
        )
    return Text(words, style="bold")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
