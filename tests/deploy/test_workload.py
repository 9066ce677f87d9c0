"""The bot's own manifests against the process that runs by them."""

from __future__ import annotations

import re
import signal
import time
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot import __main__ as command_line
from bot import serve, serve_socket
from bot.clients import Limits
from bot.fleet_file import FleetFileError, load
from bot.serve_http import make_web
from bot.serve_signed import Gate
from bot.settings import Settings
from tests.deploy.manifests import KUBERNETES, objects

if TYPE_CHECKING:
    from pathlib import Path

INSIDE = {"/healthz", "/readyz", "/metrics"}
"""What nobody outside the cluster has to read."""


def one(folder: str, kind: str) -> Any:
    (found,) = (o for o in objects(folder) if o["kind"] == kind)
    return found


def container(folder: str = "bot") -> Any:
    (bot,) = one(folder, "Deployment")["spec"]["template"]["spec"]["containers"]
    return bot


def test_the_ingress_lets_through_what_comes_from_outside_and_nothing_else() -> None:
    """Slack's requests, and links to incidents, as the process serves them; not its health and metrics."""
    served = make_web(cast("Any", None), gate=Gate("secret", time.time)).router.resources()
    outside = {resource.canonical for resource in served} - INSIDE
    paths = one("ingress", "Ingress")["spec"]["rules"][0]["http"]["paths"]

    let = {(path["path"], path["pathType"]) for path in paths}

    assert {re.sub(r"\{.+\}$", "", path) for path in outside} == {path for path, _ in let}
    assert let == {("/slack/events", "Exact"), ("/i/", "Prefix")}


def test_what_the_ingress_sends_reaches_the_pod_through_service_and_network_policy() -> None:
    service = one("bot", "Service")
    (port,) = service["spec"]["ports"]
    labels = one("bot", "Deployment")["spec"]["template"]["metadata"]["labels"]
    (listening,) = container()["ports"]
    policy = one("ingress", "NetworkPolicy")
    rule = one("ingress", "Ingress")["spec"]["rules"][0]

    for path in rule["http"]["paths"]:
        backend = path["backend"]["service"]
        assert backend == {"name": service["metadata"]["name"], "port": {"name": port["name"]}}
    # The Amazon VPC CNI wants one number and one name. Source: EKS User Guide, network policies, considerations.
    assert (port["name"], port["port"]) == (listening["name"], listening["containerPort"])
    assert {"IRSA_HTTP_PORT": str(port["port"])}.items() <= {
        v["name"]: v.get("value") for v in container()["env"]
    }.items()
    assert policy["spec"]["podSelector"]["matchLabels"] == labels
    (way,) = policy["spec"]["ingress"]
    assert way["ports"] == [{"port": listening["name"], "protocol": "TCP"}]
    namespaces = {o["metadata"]["namespace"] for o in objects("ingress")}
    assert namespaces == {service["metadata"]["namespace"]}


def test_without_the_ingress_nothing_outside_the_cluster_gets_in() -> None:
    (way,) = one("bot", "NetworkPolicy")["spec"]["ingress"]

    assert way["from"] == [{"namespaceSelector": {}}]


def test_the_pod_gets_the_time_that_the_process_takes_to_end() -> None:
    """The pause, the door, what drains, and at last the calls to AWS that no thread can break off."""
    (_, pause) = container()["lifecycle"]["preStop"]["exec"]["command"]
    door = serve._GRACE + serve_socket._GRACE
    drain = Settings.from_environ({}).drain_deadline
    limits = Limits()
    last = max(limits.aws_attempts * (limits.aws_connect + limits.aws_read), limits.kube_deadline)

    grace = one("bot", "Deployment")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]

    assert float(pause) + door + drain + last <= grace - 10


def test_as_process_one_it_ends_on_sigterm(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        command_line.end_on_sigterm()
        assert signal.getsignal(signal.SIGTERM) is before
        monkeypatch.setattr("os.getpid", lambda: 1)
        command_line.end_on_sigterm()

        with pytest.raises(SystemExit) as left:
            signal.raise_signal(signal.SIGTERM)

        assert left.value.code == 143
    finally:
        signal.signal(signal.SIGTERM, before)


def test_the_example_fleet_file_is_sound_but_for_what_must_be_filled_in(tmp_path: Path) -> None:
    """So that a bot which was applied with it by mistake does not start."""
    text = (KUBERNETES / "bot" / "fleet.yaml").read_text()
    filled = tmp_path / "fleet.yaml"
    filled.write_text(re.sub(r"external_id: <.+>", "external_id: example", text))

    with pytest.raises(FleetFileError) as error:
        load(KUBERNETES / "bot" / "fleet.yaml")

    assert [(f.field, f.line) for f in error.value.faults] == [("accounts[0].external_id", 8)]
    (account,) = load(filled).fleet.accounts
    assert account.fix_role is None  # the stack makes none unless it is asked to


def test_a_request_and_a_limit_for_all_that_a_node_runs_out_of() -> None:
    for folder in ("bot", "bot-postgres"):
        resources = container(folder)["resources"]

        assert set(resources["requests"]) == {"cpu", "memory", "ephemeral-storage"}
        assert set(resources["limits"]) == {"memory", "ephemeral-storage"}


def test_two_replicas_keep_to_different_zones_and_nodes() -> None:
    pod = one("bot-postgres", "Deployment")["spec"]["template"]["spec"]

    assert [s["topologyKey"] for s in pod["topologySpreadConstraints"]] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]


def test_what_builds_the_image_is_held_by_hash() -> None:
    text = (KUBERNETES.parent / "Dockerfile").read_text()
    wanted = (KUBERNETES.parent / "build-requirements.txt").read_text()
    packages = re.findall(r"^[\w-]+==\S+ \\\n    --hash=sha256:", wanted, re.MULTILINE)

    for command in re.findall(r"pip install (?:.|\\\n)+?(?=\n[A-Z#])", text):
        assert "--require-hashes" in command or "--no-deps /dist/" in command, command
    assert len(packages) == len(re.findall(r"^[\w-]+==", wanted, re.MULTILINE)) > 0
