"""Every command as a newcomer, a script and a bad terminal meet it."""

from __future__ import annotations

import gc
import io
import os
import re
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot import __main__ as entry
from bot import log
from bot.__main__ import app, command_line
from bot.cli import COMMANDS
from bot.cli.stored import stored
from bot.streams import CLOSED_PIPE, INTERRUPTED, UNWRITABLE, ready, typed_input, written
from tests.lint.sound import EKS_GUIDE_TRUST

FLEET = """\
version: 1
accounts: [{id: "111122223333", read_role: irsa-doctor-read}]
clusters: [{name: prod, account: "111122223333", region: eu-west-1}]
"""
PAGES = (
    *((name,) for name in COMMANDS),
    *(("trust", name) for name in ("evaluate", "explain", "repair")),
    *(("fleet", name) for name in ("check", "schema")),
    *(("audit", name) for name in ("export", "verify")),
)


def run(*arguments: str, environ: dict[str, str] | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments), env=environ)
    return result.exit_code, result.output


def test_the_list_of_commands_stands_in_its_order_and_cuts_nothing_off() -> None:
    status, output = run("--help")

    listed = output.partition("Commands:\n")[2].partition("\n\n")[0]
    assert status == 0
    assert tuple(line.split()[0] for line in listed.splitlines()) == COMMANDS
    assert "..." not in listed
    assert "irsa diagnose -n payments --service-account api" in output


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_every_page_of_help_names_what_its_options_take(page: tuple[str, ...]) -> None:
    status, output = run(*page, "-h")

    assert status == 0
    assert re.findall(r"^  -.*<(?:str|path|int.*|float.*|list.*)>", output, re.MULTILINE) == []
    assert all(len(line) <= 80 for line in output.splitlines())


@pytest.mark.parametrize(
    "page",
    [
        "diagnose",
        "trust evaluate",
        "recognize",
        "lint",
        "sweep",
        "serve",
        "demo",
        "inventory",
        "audit",
        "preflight",
    ],
)
def test_help_says_what_the_exit_status_means(page: str) -> None:
    assert "Exit status: 0" in " ".join(run(*page.split(), "--help")[1].split())


@pytest.mark.parametrize("group", [(), ("trust",), ("fleet",)])
def test_a_group_alone_shows_its_help(group: tuple[str, ...]) -> None:
    _, output = run(*group)

    assert "Commands:" in output
    assert "Error" not in output


def test_the_version_is_told() -> None:
    status, output = run("--version")

    assert status == 0
    assert re.fullmatch(r"irsa \d+\.\d+\.\d+.*\n", output)
    assert CliRunner().invoke(command_line(()), ["-V"]).output == output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lnt",), "No such command 'lnt'. Did you mean 'lint'?"),
        (("lint", "--format", "xml"), "'--format': 'xml' is not one of 'text', 'json', 'sarif'."),
        (("inventory", "--every", "-1"), "greater than or equal to 0"),
        (("inventory", "--every", "nan"), "'--every'"),
    ],
)
def test_a_wrong_word_is_answered_plainly(arguments: tuple[str, ...], words: str) -> None:
    status, output = run(*arguments)

    assert status == 2
    assert words in output


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("IRSA_DATABASE_URL", "IRSA_FLEET_FILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "fleet.yaml").write_text(FLEET)
    return tmp_path


def test_a_fleet_file_is_checked_from_standard_input() -> None:
    right = CliRunner().invoke(app, ["fleet", "check", "-"], input=FLEET)
    wrong = CliRunner().invoke(app, ["fleet", "check", "-"], input=FLEET + "x: 1\n")

    assert right.output == "-: right; 1 account, 1 cluster, 0 channels, 0 approver rules\n"
    assert (wrong.exit_code, wrong.output[:18]) == (2, "<stdin>:4:1: x: un")


@pytest.mark.parametrize("arguments", [("audit",), ("audit", "export"), ("audit", "verify")])
def test_an_audit_where_there_is_no_database_says_so_and_makes_none(
    arguments: tuple[str, ...], here: Path
) -> None:
    assert run(*arguments) == (
        2,
        "there is no database irsa-doctor.db here; run this where the bot runs, or set IRSA_DATABASE_URL\n",
    )
    assert [file.name for file in here.iterdir()] == ["fleet.yaml"]


def test_an_inventory_without_a_database_is_that_of_the_fleet_file(here: Path) -> None:
    assert run("inventory") == (0, "prod  fleet file  issuer not known yet\n")
    assert [file.name for file in here.iterdir()] == ["fleet.yaml"]


@pytest.mark.parametrize("command", ["audit", "inventory"])
def test_a_database_that_is_none_is_one_sentence(command: str, here: Path) -> None:
    (here / "irsa-doctor.db").write_bytes(b"no database at all" * 100)

    assert run(command) == (2, "the database of IRSA_DATABASE_URL can't be read: DatabaseError\n")


def test_a_reader_of_the_audit_that_has_gone_is_no_fault_of_the_database() -> None:
    async def printed() -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        stored(printed())


@pytest.mark.parametrize(
    ("command", "set_up"), [("inventory", [("error", "text")]), ("serve", []), ("demo", [])]
)
def test_the_log_of_a_command_is_no_part_of_what_it_prints(
    command: str, set_up: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    levels: list[tuple[str, str]] = []
    monkeypatch.setattr(log, "configure", lambda level, form: levels.append((level, form)))
    monkeypatch.setattr(entry, "command_line", lambda _names: lambda: None)
    monkeypatch.setattr(sys, "argv", ["irsa", command])
    monkeypatch.setattr(gc, "freeze", lambda: None)  # this process goes on

    entry.main()

    assert levels == set_up


def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    monkeypatch.setattr(sys, "stdout", os.fdopen(writer, "w", encoding="utf-8"))


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_a_reader_that_has_gone_is_no_finding(
    form: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "trust.json").write_text(EKS_GUIDE_TRUST)
    unread(monkeypatch)

    with pytest.raises(SystemExit) as ended, written():
        app(["lint", "--format", form, "trust.json"])

    assert ended.value.code == CLOSED_PIPE == 141


@pytest.mark.parametrize("arguments", [["trust", "evaluate", "--ndjson", "cases.jsonl"]])
def test_a_reader_of_many_answers_that_has_gone_is_no_fault_of_the_file(
    arguments: list[str], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "cases.jsonl").write_text("{}\n")
    unread(monkeypatch)

    with pytest.raises(SystemExit) as ended, written():
        app(arguments)

    assert ended.value.code == CLOSED_PIPE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("arguments", [["fleet", "schema"], ["lint"], ["--help"]])
def test_a_full_disk_is_one_sentence(
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as ended, written():
            app(arguments)

    assert ended.value.code == UNWRITABLE
    assert capsys.readouterr().err == "irsa: No space left on device\n"


def test_ctrl_c_ends_without_a_traceback() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended, written():
        interrupted()

    assert ended.value.code == INTERRUPTED == 130


@pytest.mark.parametrize("columns", ["0", "", "1", "40", "wide"])
def test_a_terminal_of_any_width_shows_everything(
    columns: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "trust.json").write_text(EKS_GUIDE_TRUST)
    monkeypatch.setenv("COLUMNS", columns)

    ready()

    assert run("lint", "trust.json")[1].startswith("0 errors, 0 warnings in 1 file")
    assert "[PATH]" in run("lint", "--help")[1]


def test_closed_streams_are_empty_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)

    ready()

    assert sys.stdin.read() == ""
    assert sys.stdin.buffer.read() == b""
    typer.echo("nobody reads this")
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_a_terminal_cant_show_is_spelled_out(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))

    ready()
    sys.stdout.write("a\u2423 \udcff\n")
    sys.stdout.flush()

    assert raw.getvalue() == b"a\\u2423 \\udcff\n"


def test_a_person_at_a_terminal_is_told_how_typing_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed_input()
    assert capsys.readouterr().err == ""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    typed_input()
    assert capsys.readouterr().err == "Reading standard input; end it with Ctrl-D.\n"
