from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet_file import Channel, FleetFileError, json_schema, load, parse
from diagnostics.fleet import Hints

WHOLE = """
version: 1
accounts:
  - id: "111122223333"
    name: shared
    read_role: irsa-doctor-read
    fix_role: team/irsa-doctor-fix
    external_id: example
  - id: "444455556666"
    read_role: arn:aws:iam::444455556666:role/read
clusters:
  - name: prod-eu
    account: shared
    region: eu-west-1
    eks_name: prod
    kubeconfig: kube/config
    context: prod
  - name: local
    account: "444455556666"
    region: eu-west-1
    endpoint: http://127.0.0.1:8001/
channels:
  - id: C0123456789
    cluster: prod-eu
    namespace: payments
alert_bots: [B0123, A0123]
approvers:
  - users: [U0123]
    groups: [S0123]
    clusters: [prod-eu]
    namespaces: [payments]
bindings:
  - {cluster: prod-eu, namespace: payments, service_account: api, role_arn: "arn:aws:iam::111122223333:role/x"}
"""
SMALL: dict[str, Any] = {
    "version": 1,
    "accounts": [{"id": "111122223333"}],
    "clusters": [{"name": "prod", "account": "111122223333", "region": "eu-west-1"}],
}


def faults(text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(FleetFileError) as caught:
        parse(data, Path("fleet.yaml"))
    return str(caught.value).splitlines()


def changed(**parts: Any) -> str:
    return yaml.safe_dump({**SMALL, **parts}, sort_keys=False)


def test_a_hub_role_is_assumed_before_those_of_the_accounts() -> None:
    role = "arn:aws:iam::999988887777:role/irsa-doctor-hub"
    accounts = [{"id": "111122223333", "read_role": "irsa-doctor-read"}]
    text = changed(accounts=accounts, hub_role=role, hub_external_id="example")

    hub = parse(text.encode(), Path("fleet.yaml")).fleet.hub

    assert hub is not None
    assert (hub.role, hub.external_id) == (role, "example")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"hub_role": "irsa-doctor-hub"}, "is not the ARN of an IAM role"),
        ({"hub_external_id": "example"}, "given without hub_role"),
        (
            {"hub_role": "arn:aws:iam::999988887777:role/hub"},
            "no account has a read_role that could be assumed from it",
        ),
    ],
)
def test_a_hub_role_that_leads_nowhere_is_a_fault(parts: dict[str, Any], words: str) -> None:
    assert any(words in fault for fault in faults(changed(**parts)))


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(WHOLE)

    file = load(path)

    shared, other = file.fleet.accounts
    assert shared.read_role == "arn:aws:iam::111122223333:role/irsa-doctor-read"
    assert shared.fix_role == "arn:aws:iam::111122223333:role/team/irsa-doctor-fix"
    assert (other.name, other.fix_role) == ("444455556666", None)
    prod, local = file.fleet.clusters
    assert (prod.account, prod.eks_name) == ("111122223333", "prod")
    assert prod.kubeconfig == str(tmp_path / "kube/config")
    assert (local.eks_name, local.endpoint) == ("local", "http://127.0.0.1:8001")
    assert file.channels == (Channel(id="C0123456789", cluster="prod-eu", namespace="payments"),)
    assert file.alert_bots == {"B0123", "A0123"}
    assert file.fleet.bound_role("prod-eu", "payments", "api") == "arn:aws:iam::111122223333:role/x"


def test_a_channel_gives_hints_and_an_unknown_one_none() -> None:
    file = parse(WHOLE.encode(), Path("fleet.yaml"))

    assert file.channel_hints("C0123456789") == Hints(cluster="prod-eu", namespace="payments")
    assert file.channel_hints("C0000") == Hints()


@pytest.mark.parametrize(
    ("cluster", "namespace", "people"),
    [
        ("prod-eu", "payments", [({"U0123"}, {"S0123"})]),
        ("prod-us", "payments", []),
        ("prod-eu", "kube-system", []),
    ],
)
def test_approvers_may_where_they_are_named(
    cluster: str, namespace: str, people: list[tuple[set[str], set[str]]]
) -> None:
    file = parse(WHOLE.encode(), Path("fleet.yaml"))

    found = file.approvers_of(cluster=cluster, namespace=namespace)

    assert [(set(a.users), set(a.groups)) for a in found] == people


def test_nobody_may_approve_where_nobody_is_named() -> None:
    file = parse(changed().encode(), Path("fleet.yaml"))

    assert not file.approvers_of(cluster="prod", namespace="x")


def test_roles_take_the_partition_of_their_clusters() -> None:
    text = changed(
        accounts=[{"id": "111122223333", "read_role": "read"}],
        clusters=[{"name": "bj", "account": "111122223333", "region": "cn-north-1"}],
    )

    (account,) = parse(text.encode(), Path("fleet.yaml")).fleet.accounts

    assert account.read_role == "arn:aws-cn:iam::111122223333:role/read"


def test_every_fault_is_told_at_once_with_its_place() -> None:
    text = """version: 1
accounts:
  - id: 011122223333
    name: shared
    read_rolle: x
  - id: "222222222222"
    name: shared
    read_role: arn:aws:iam::333333333333:role/x
clusters:
  - name: prod
    account: sharedd
    region: eu-west
    endpoint: http://10.0.0.1
  - name: prod
    name: other
    account: shared
    region: eu-west-1
channels:
  - {id: general, cluster: prodd}
approvers:
  - users: [U0123]
    namespaces: [no]
  - clusters: [prod]
"""
    assert faults(text) == [
        'fleet.yaml:3:9: accounts[0].id: YAML reads 011122223333 as a number; quote it: "011122223333"',
        "fleet.yaml:5:5: accounts[0].read_rolle: unknown field 'read_rolle'; did you mean `read_role`?",
        "fleet.yaml:7:11: accounts[1].name: 'shared' is already used in line 4; each must be unique",
        (
            "fleet.yaml:8:16: accounts[1].read_role: the role is in account 333333333333, this entry is account "
            "222222222222"
        ),
        "fleet.yaml:11:14: clusters[0].account: nothing named 'sharedd' under accounts:; did you mean 'shared'?",
        "fleet.yaml:12:13: clusters[0].region: 'eu-west' is not an AWS region such as eu-west-1",
        (
            "fleet.yaml:13:15: clusters[0].endpoint: http:// would send the token in the clear; use https:// "
            "(http only on loopback)"
        ),
        "fleet.yaml:15:5: name: written twice; the first is in line 14, remove one",
        (
            "fleet.yaml:19:10: channels[0].id: 'general' is not a Slack channel ID; expected C… (channel details, "
            "at the end)"
        ),
        "fleet.yaml:19:28: channels[0].cluster: nothing named 'prodd' under clusters:; did you mean 'prod'?",
        'fleet.yaml:22:18: approvers[0].namespaces[0]: YAML reads no as a yes/no value; quote it: "no"',
        "fleet.yaml:23:5: approvers[1]: names nobody; give users: or groups:",
    ]


CLUSTER = SMALL["clusters"][0]
ACCOUNT = SMALL["accounts"][0]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"version": 2}, "version 1 is expected"),
        ({"version": "1"}, "version 1 is expected"),
        ({"accounts": []}, "at least one entry"),
        ({"accounts": {"id": "1"}}, "a list is expected"),
        ({"accounts": [{"name": "x"}]}, "accounts[0].id: missing"),
        ({"accounts": [{**ACCOUNT, "id": "12"}]}, "expected 12 digits"),
        ({"accounts": [{**ACCOUNT, "name": "999999999999"}]}, "reads as the ID of another account"),
        (
            {"accounts": [{**ACCOUNT, "read_role": "arn:aws:iam::1:role/x"}]},
            "not the ARN of an IAM",
        ),
        ({"accounts": [{**ACCOUNT, "read_role": "a b"}]}, "not a role name"),
        ({"accounts": [{**ACCOUNT, "read_role": "x", "fix_role": "x"}]}, "different identities"),
        ({"accounts": [{**ACCOUNT, "external_id": "x" * 2000}]}, "not an external ID"),
        ({"clusters": [{**CLUSTER, "issuer": "http://x"}]}, "of the form https://HOST"),
        ({"clusters": [{**CLUSTER, "issuer": "https://x\ty"}]}, "of the form https://HOST"),
        ({"clusters": [{**CLUSTER, "issuer": "https://[x"}]}, "not a URL"),
        ({"clusters": [{**CLUSTER, "endpoint": "https://u:p@h"}]}, "user name and password"),
        (
            {"clusters": [{**CLUSTER, "endpoint": "https://h", "context": "c"}]},
            "either endpoint or",
        ),
        ({"clusters": [{**CLUSTER, "ca": "x", "ca_file": "y"}]}, "either ca or ca_file"),
        ({"clusters": [{**CLUSTER, "ca": "LS0tLS1CRUdJTg=="}]}, "decode it first"),
        ({"clusters": [{**CLUSTER, "ca_file": "absent.pem"}]}, "No such file"),
        ({"clusters": [{**CLUSTER, "ca_file": "/dev/zero"}]}, "can't be used"),
        ({"clusters": ["prod"]}, "an entry of `field: value` lines"),
        ({"alert_bots": ["U0123"]}, "bot ID"),
        ({"approvers": [{"users": "U0123"}]}, "a list is expected"),
        ({"bindings": [{"cluster": "prod"}]}, "bindings[0].role_arn: missing"),
        ({"accounts": [ACCOUNT, ACCOUNT]}, "accounts[1].id: '111122223333' is already used"),
        (
            {"sweep": {"channel": "C0123456789", "schedule": "* * * * * *"}},
            "is no schedule of cron; expected five fields",
        ),
        ({"<<": {"a": 1}}, "merge keys"),
        ({"fleet": 1}, "unknown field 'fleet'"),
    ],
)
def test_a_fault_says_what_is_expected(parts: dict[str, Any], words: str) -> None:
    assert any(words in line for line in faults(changed(**parts)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty or no mapping"),
        (b"- 1", "empty or no mapping"),
        (b"a: \xff", "byte 0xff is not UTF-8"),
        (b"a\x00b: 1", "not valid YAML"),
        (b"a: 'x", "not valid YAML"),
        (b"a: !!python/object/apply:os.system [x]", None),
        (b"a: !!python/name:os.system x", "the tag"),
        (b"version: 1\n---\nversion: 1", "a second document"),
        (b"[" * 100_000, "nested deeper than 32"),
        (b"a: &a [*a]", "used inside itself"),
        (b"? [a]\n: b", "a key must be a plain word"),
        (b"#" * (2**20 + 1), "larger than 1 MB"),
        (b"accounts:\n" + b"- {id: a}\n" * 90_000, "more than 200,000 values"),
        (
            b"a: &a [1,1,1,1,1,1,1,1,1,1]\n"
            + b"".join(
                b"%c: &%c [%s]\n" % (n, n, b",".join([b"*%c" % (n - 1)] * 10))
                for n in range(ord("b"), ord("k"))
            ),
            "more than 200,000 values",
        ),
    ],
)
def test_hostile_bytes_are_refused(data: bytes, words: str | None) -> None:
    told = faults(data)

    assert words is None or words in told[0]


def test_a_hundred_faults_are_cut_to_fifty_and_counted() -> None:
    told = faults(changed(alert_bots=["x"] * 100))

    assert len(told) == 51
    assert told[-1] == "fleet.yaml: and 50 more"


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(FleetFileError, match="can't be read: No such file"):
        load(tmp_path / "absent.yaml")


def test_the_schema_accepts_the_whole_file_and_refuses_an_unknown_field() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    document = yaml.safe_load(WHOLE)

    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "x": 1}, schema)
    assert json.dumps(schema)


@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_file_or_in_faults(data: bytes) -> None:
    with suppress(FleetFileError):
        assert parse(data, Path("fleet.yaml")).fleet.accounts


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["prod"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["version", "accounts", "clusters", "channels", "approvers", "bindings"]),
        _values | st.lists(st.dictionaries(st.sampled_from(["id", "name", "cluster"]), _values)),
    )
)
def test_any_structure_ends_in_a_file_or_in_faults(document: dict[str, Any]) -> None:
    with suppress(FleetFileError):
        assert parse(
            yaml.safe_dump({**SMALL, **document}).encode(), Path("fleet.yaml")
        ).fleet.accounts
