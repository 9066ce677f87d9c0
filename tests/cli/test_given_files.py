"""Files that a person names: pipes, devices, folders, and names that are no text."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import given_file
from bot.__main__ import app
from bot.given_file import read_given
from tests.lint.sound import EKS_GUIDE_TRUST, MANIFESTS

FLEET = """\
version: 1
accounts: [{id: "111122223333", read_role: irsa-doctor-read}]
clusters: [{name: prod, account: "111122223333", region: eu-west-1}]
"""
READS = {
    # command: what it is given, what it then says
    ("fleet", "check"): (FLEET, "right; 1 account, 1 cluster, 0 channels, 0 approver rules"),
    ("lint",): (MANIFESTS, "in 1 file that holds something to check"),
}


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no /dev/fd on this system")
@pytest.mark.parametrize("command", READS)
def test_a_process_substitution_is_read_as_a_file_is(command: tuple[str, ...]) -> None:
    content, said = READS[command]
    out, into = os.pipe()
    os.write(into, content.encode())
    os.close(into)

    status, output = run(*command, f"/dev/fd/{out}")

    os.close(out)
    assert status == 0
    assert said in output


@pytest.mark.parametrize("command", READS)
def test_a_named_pipe_is_waited_for(command: tuple[str, ...], pipe: Path) -> None:
    content, said = READS[command]
    writer = threading.Thread(target=pipe.write_text, args=(content,), daemon=True)
    writer.start()

    status, output = run(*command, str(pipe))

    writer.join(timeout=30)
    assert status == 0
    assert said in output


@pytest.mark.parametrize(
    "command",
    [
        ("fleet", "check"),
        ("lint",),
        ("lint", "--ignore-file"),
        ("diagnose", "--evidence"),
        ("sweep", "--fleet"),
        ("sweep", "--since"),
        ("inventory", "--fleet"),
        ("preflight", "--fleet"),
    ],
)
def test_a_pipe_that_nobody_writes_to_ends_with_a_sentence(
    command: tuple[str, ...], pipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impatient(descriptor: int, _patience: float) -> None:
        waited(descriptor, 0.0)

    waited = given_file._wait
    monkeypatch.setattr(given_file, "_wait", impatient)
    (tmp_path / "fleet.yaml").write_text(FLEET)
    monkeypatch.setenv("IRSA_FLEET_FILE", str(tmp_path / "fleet.yaml"))

    status, output = run(*command, str(pipe))

    assert status == 2
    assert f"{pipe}: " in output
    assert "nothing was written to this pipe within 0 seconds" in output
    assert len(output.splitlines()) == 1


def test_a_pipe_is_given_a_minute_as_a_slow_kubectl_needs_it() -> None:
    assert given_file.PATIENCE == 60.0


def test_what_never_ends_is_read_to_its_bound() -> None:
    assert len(read_given(Path("/dev/zero"), most=1_000)) == 1_001


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _: None, "No such file or directory"),
        (lambda path: path.mkdir(), "Is a directory"),
        (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
        (lambda path: path.symlink_to(path.with_name("gone")), "No such file or directory"),
    ],
    ids=["missing", "folder", "loop", "dangling"],
)
@pytest.mark.parametrize(
    "command", [("fleet", "check"), ("lint", "--ignore-file"), ("diagnose", "--evidence")]
)
def test_what_is_no_file_is_said_in_one_line(
    command: tuple[str, ...], make: object, words: str, tmp_path: Path
) -> None:
    assert callable(make)
    make(tmp_path / "x")

    status, output = run(*command, str(tmp_path / "x"))

    assert status == 2
    assert len(output.splitlines()) == 1
    assert output.endswith(f"{words}\n")
    assert ":1:1:" not in output


def test_a_file_over_the_bound_is_left_out_among_others_and_refused_alone(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_bytes(b"[" + b" " * (16 * 1024 * 1024) + b"]")
    (tmp_path / "trust.json").write_text(EKS_GUIDE_TRUST)

    status, output = run("lint", str(tmp_path))
    assert status == 0
    assert "data.json: left out, because it is over 16 MiB" in output

    status, output = run("lint", str(tmp_path / "data.json"))
    assert status == 2
    assert "data.json: it is over 16 MiB; nothing of it is read" in output


def test_a_name_that_no_file_system_takes_is_one_sentence() -> None:
    status, output = run("lint", "a" * 5_000)

    assert status == 2
    assert output == f"irsa lint: {'a' * 200}: File name too long\n"


def test_a_folder_that_cant_be_read_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: object, **_: object) -> object:
        raise PermissionError(13, "Permission denied", os.fspath(str(path)))

    monkeypatch.setattr(os, "scandir", refused)

    assert run("lint", str(tmp_path)) == (2, f"irsa lint: {tmp_path}: Permission denied\n")


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems refuse such names")
@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_a_name_that_is_no_text_is_shown_as_far_as_it_is_one(form: str, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.json")).write_text(
        EKS_GUIDE_TRUST.replace("payments:api", "payments:*")
    )

    status, output = run("lint", "--format", form, str(tmp_path))

    assert status == 1
    shown = {"text": "caf\ufffd.json:", "json": "caf\ufffd.json", "sarif": "caf%EF%BF%BD.json"}
    assert shown[form] in (
        output if form == "text" else json.dumps(json.loads(output), ensure_ascii=False)
    )


def test_a_name_cant_write_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J\n::error::b.json").write_text(
        EKS_GUIDE_TRUST.replace("payments:api", "payments:*")
    )

    _, output = run("lint", str(tmp_path))

    assert "\x1b" not in output
    assert "\n::error" not in output


def test_what_powershell_writes_is_read(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_bytes(MANIFESTS.replace("3600", "30").encode("utf-16"))

    status, output = run("lint", str(tmp_path / "app.yaml"))

    assert status == 1
    assert "IRSA109" in output


def test_sarif_names_files_as_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my roles").mkdir()
    (tmp_path / "my roles" / "50%.json").write_text(
        EKS_GUIDE_TRUST.replace("payments:api", "payments:*")
    )

    (one,) = json.loads(run("lint", "--format", "sarif")[1])["runs"][0]["results"]

    place = one["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "my%20roles/50%25.json"}
