"""`regions:` of an account: where clusters are looked for that the file does not name."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.fleet_file import FleetFileError, parse

FILE = """
version: 1
accounts:
  - {{id: "111122223333", read_role: irsa-doctor-read, regions: {regions}}}
  - {{id: "444455556666"}}
clusters:
  - {{name: prod, account: "444455556666", region: eu-west-1}}
"""


def read(regions: str) -> tuple[str, ...]:
    file = parse(FILE.format(regions=regions).encode(), Path("fleet.yaml"))
    assert file.fleet.accounts[1].regions == ()
    return file.fleet.accounts[0].regions


def test_regions_are_read_once_each() -> None:
    assert read("[eu-west-1, us-east-1, eu-west-1]") == ("eu-west-1", "us-east-1")


def test_a_role_by_name_is_in_the_partition_of_the_accounts_regions() -> None:
    file = parse(FILE.format(regions="[cn-north-1]").encode(), Path("fleet.yaml"))

    assert file.fleet.accounts[0].read_role == "arn:aws-cn:iam::111122223333:role/irsa-doctor-read"


def test_a_region_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(FleetFileError) as caught:
        read("[eu-west-1, Ireland]")

    assert str(caught.value).startswith(
        "fleet.yaml:4:76: accounts[0].regions[1]: 'Ireland' is not an AWS region such as eu-west-1"
    )
