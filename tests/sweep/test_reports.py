"""The sweep's reports: what is new, what is gone, and formats that other programs read."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from bot.sweep import SweepState, read_document
from bot.sweep.csv_table import csv_of
from bot.sweep.digest import MOST_CHARACTERS, digest_of
from bot.sweep.document import SweepReadError
from bot.sweep.html import html_of
from bot.sweep.sarif_run import sarif_of
from bot.sweep.state import StateError
from bot.sweep.terminal import report
from diagnostics.result import Severity
from diagnostics.sweep import ClusterResult, SweepFinding, SweepResult, Unread
from tests.sweep.seeded import NOON, SeededFleet
from tests.sweep.sweeping import documented, swept

if TYPE_CHECKING:
    from pathlib import Path

EVIL = "<script>alert(1)</script>\u202e=cmd|' /C calc'!A0"


def hostile() -> SweepResult:
    finding = SweepFinding(
        code="IRSA105",
        severity=Severity.CAUSE,
        account="100000000000",
        cluster="c0",
        namespace=EVIL,
        service_account=EVIL,
        role_arn=EVIL,
        headline=EVIL,
        seen=EVIL,
        wanted=EVIL,
        next=EVIL,
    )
    unread = Unread(where=EVIL, why=EVIL, enable=EVIL)
    return SweepResult(
        clusters=[
            ClusterResult(
                cluster="c0", account="100000000000", findings=(finding,), unread=(unread,)
            )
        ]
    )


async def test_json_comes_back_as_it_was(tmp_path: Path) -> None:
    document = documented(*await swept())
    path = tmp_path / "sweep.json"
    path.write_text(document.model_dump_json())

    assert read_document(path) == document
    assert document.sums.broken == 3 * 10
    assert document.sums.healthy + document.sums.broken == document.sums.bindings


async def test_a_second_sweep_says_what_is_new_and_what_is_gone() -> None:
    result, fleet = await swept()
    before = documented(result, fleet)
    extra = replace(result.clusters[0].findings[0], service_account="fresh")
    later = SweepResult(
        clusters=[
            replace(result.clusters[0], findings=(*result.clusters[0].findings[1:], extra)),
            *result.clusters[1:],
        ]
    )

    after = documented(later, fleet, before)

    assert [f.service_account for f in after.findings if f.new] == ["fresh"]
    assert [f.key for f in after.gone] == [result.clusters[0].findings[0].key]
    assert after.history[-1].causes == before.sums.causes
    assert {f.first_seen for f in after.findings if not f.new} == {NOON}


async def test_what_could_not_be_read_now_is_not_gone() -> None:
    result, fleet = await swept()
    before = documented(result, fleet)
    dark = SweepResult(
        clusters=result.clusters[1:],
        unread=[Unread(where="cluster c0", why="AccessDenied", enable="allow it")],
    )

    assert documented(dark, fleet, before).gone == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "Invalid JSON"), ('{"format": "other"}', "format"), ("[]", "the document")],
)
def test_another_file_than_a_report_is_refused_in_one_sentence(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)

    with pytest.raises(SweepReadError, match=words) as caught:
        read_document(path)

    assert "\n" not in str(caught.value)


async def test_csv_has_a_row_for_each_finding_and_no_formula() -> None:
    document = documented(*await swept())
    rows = list(csv.DictReader(io.StringIO(csv_of(document))))

    assert len(rows) == len(document.findings)
    assert rows[0]["code"] == document.findings[0].code
    evil = list(csv.reader(io.StringIO(csv_of(documented(hostile(), SeededFleet(1))))))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in evil for cell in row)


async def test_sarif_names_each_place_and_keeps_its_fingerprint() -> None:
    document = documented(*await swept(1))

    (found,) = sarif_of(document)["runs"]

    assert len(found["results"]) == len(document.findings)
    rules = [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    for one, finding in zip(found["results"], document.findings, strict=True):
        assert rules[one["ruleIndex"]] == one["ruleId"] == finding.code
        assert one["partialFingerprints"] == {"irsaDoctor/v1": finding.key}
        assert "cluster c0" in one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)


async def test_the_page_loads_and_runs_nothing() -> None:
    for document in (documented(*await swept()), documented(hostile(), SeededFleet(1))):
        page = html_of(document)
        read = _Tags()
        read.feed(page)

        assert "script" not in read.tags
        assert not {n for n, _ in read.attributes} & {"src", "href", "onload", "onclick"}
        assert "default-src 'none'" in page
        assert "\u202e" not in page


async def test_every_bar_says_its_number_in_words() -> None:
    page = html_of(documented(*await swept()))

    assert "IRSA405 The trust policy names another namespace" in page
    assert ">3 causes</span>" in page
    assert ">9 risks</span>" in page


async def test_the_terminal_shows_causes_first_and_the_sums_last() -> None:
    console = Console(width=200, record=True, file=io.StringIO())
    for part in report(documented(*await swept())):
        console.print(part)
    text = console.export_text()

    assert text.index("cause IRSA105") < text.index("risk IRSA409")
    assert "150 bindings in 3 clusters and 1 account: 120 healthy, 30 broken, 0 undecided" in text


async def test_a_state_file_goes_on_where_a_crash_cut_it_off(tmp_path: Path) -> None:
    result, fleet = await swept()
    path = tmp_path / "state.jsonl"
    with SweepState(path, fleet.fleet) as state:
        for cluster in result.clusters[:2]:
            state.keep(cluster)
    with path.open("a") as stream:
        stream.write('{"cluster": "c2", "acc')

    with SweepState(path, fleet.fleet) as again:
        assert again.done == {c.cluster: c for c in result.clusters[:2]}
        again.keep(result.clusters[2])
    with SweepState(path, fleet.fleet) as third:
        assert sorted(third.done) == ["c0", "c1", "c2"]
        third.finish()
    assert not path.exists()


def test_the_state_of_another_fleet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.jsonl"
    with SweepState(path, SeededFleet(3).fleet):
        pass

    with (
        pytest.raises(StateError, match="another fleet file"),
        SweepState(path, SeededFleet(4).fleet),
    ):
        pass


def test_a_file_of_somebody_else_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(json.dumps({"mine": True}) + "\n")

    with pytest.raises(StateError, match="no state file"), SweepState(path, SeededFleet(1).fleet):
        pass

    assert path.read_text() == '{"mine": true}\n'


async def test_the_digest_says_only_what_is_new_and_is_silent_otherwise() -> None:
    result, fleet = await swept()
    before = documented(result, fleet)
    extra = replace(result.clusters[0].findings[0], service_account="fresh")
    later = SweepResult(
        clusters=[
            replace(result.clusters[0], findings=(*result.clusters[0].findings, extra)),
            *result.clusters[1:],
        ]
    )

    assert digest_of(documented(result, fleet, before)) == ""
    text = digest_of(documented(later, fleet, before))
    assert text.splitlines()[0].endswith("1 new cause, 0 new risks, 0 gone.")
    assert text.splitlines()[1].startswith(f"*{extra.code}* ")
    assert text.splitlines()[2:] == [f"• c0 {extra.namespace}/fresh"]


async def test_the_digest_fits_one_message_and_pings_nobody() -> None:
    long = digest_of(documented(*await swept(12)))
    assert len(long) <= MOST_CHARACTERS

    text = digest_of(documented(hostile(), SeededFleet(1)))
    assert "<" not in text
    assert "\u202e" not in text
