"""The proof, OIDC providers and events in the fleet file: off unless said, and said so that somebody can do it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.fleet_file import FleetFileError, parse
from diagnostics.fix.trust import own_roles
from tests.conftest import ROOT

OFF = """version: 1
accounts: [{id: "111122223333", read_role: read}]
clusters: [{name: prod, account: "111122223333", region: eu-west-1}]
"""
ON = """version: 1
accounts:
  - {id: "111122223333", read_role: read, fix_role: fix, proof_role: prove, allow_provider_fix: true}
clusters:
  - {name: prod, account: "111122223333", region: eu-west-1, proof: true, proof_pod: true, events: true}
"""


def test_all_of_it_is_off_unless_the_file_says_otherwise() -> None:
    fleet = parse(OFF.encode(), Path("fleet.yaml")).fleet

    (account,), (cluster,) = fleet.accounts, fleet.clusters
    assert (account.proof_role, account.allow_provider_fix) == (None, False)
    assert (cluster.proof, cluster.proof_pod, cluster.events) == (False, False, False)


def test_what_the_file_says_is_read_and_the_proof_role_is_one_of_the_bots_own() -> None:
    fleet = parse(ON.encode(), Path("fleet.yaml")).fleet

    (account,), (cluster,) = fleet.accounts, fleet.clusters
    assert account.proof_role == "arn:aws:iam::111122223333:role/prove"
    assert account.allow_provider_fix
    assert (cluster.proof, cluster.proof_pod, cluster.events) == (True, True, True)
    assert account.proof_role in own_roles(fleet)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("proof_role: prove, ", ""), "its account has no proof_role; name one, or turn this off"),
        (("proof: true, ", ""), "given without proof: true, which it is a part of"),
        (("proof_role: prove", "proof_role: fix"), "the same role as fix_role; only a proof may"),
        (("proof_role: prove", "proof_role: read"), "the same role as read_role; only a proof may"),
        (
            ("proof_role: prove", "proof_role: 'arn:aws:iam::444455556666:role/prove'"),
            "the role is in account 444455556666, this entry is account 111122223333",
        ),
        (("proof: true", "proof: 'true'"), "true or false is expected, without quotes"),
    ],
)
def test_a_proof_that_nobody_could_make_is_a_fault(change: tuple[str, str], words: str) -> None:
    with pytest.raises(FleetFileError) as caught:
        parse(ON.replace(*change).encode(), Path("fleet.yaml"))

    assert words in str(caught.value)


def test_the_example_of_the_documentation_is_valid() -> None:
    page = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)

    assert parse(f"version: 1\n{example}".encode(), Path("fleet.yaml")).fleet.clusters[0].proof
