"""The manifests on a real API server: a diagnosis and its fixes under exactly that RBAC, and a workload it accepts."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
import yaml

from bot.fleet_file import Approver, FleetFile, load
from bot.preflight.needs import FIX_GROUP, PROVE_GROUP, READ_GROUP
from bot.preflight.walk import preflight
from diagnostics.errors import ReadDenied, WriteDenied
from diagnostics.fix.drive import apply
from diagnostics.fix.plan import AnnotateServiceAccount, RestartWorkload
from sandbox.scenarios.load import scenarios
from sandbox.world import World
from tests.deploy.manifests import objects, path_of
from tests.preflight.patient import PATIENT
from tests.support.apiserver import control_plane, missing_assets
from tests.support.of_a_world import clients_of
from tests.world.diagnosing import diagnosed, now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.clients import FleetClients

pytestmark = [
    pytest.mark.apiserver,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]
CLUSTER = "prod-eu"
ASKED = {
    "namespace": "payments",
    "service_account": "api",
    "audience": "sts.amazonaws.com",
    "role_arn": "arn:aws:iam::222233334444:role/payments-api",
}
RBAC = "/apis/rbac.authorization.k8s.io/v1"
MISSING = next(one for one in scenarios() if one.id == "missing-annotation")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real() -> AsyncIterator[World]:
    if reason := missing_assets(os.environ):
        pytest.skip(reason)
    async with World(kube="apiserver", control_plane=control_plane) as running:
        for group in (READ_GROUP, FIX_GROUP, PROVE_GROUP):
            for kind in ("clusterroles", "clusterrolebindings"):
                await running.kubectl(CLUSTER, "DELETE", f"{RBAC}/{kind}/{group}")
        yield running


class Installed:
    """Objects of ours in the cluster, which are gone after the test."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._made: list[str] = []

    async def apply(self, folder: str) -> None:
        """Create every object of a kustomization that the server has heard of; RBAC is in force afterwards."""
        made = [o for o in objects(folder) if not o["kind"].startswith("ValidatingAdmission")]
        for found in made:
            if found["metadata"].get("namespace") == "set-this-namespace":
                found["metadata"]["namespace"] = "payments"
            await self.create(found)
        roles = {o["metadata"]["name"]: o["rules"] for o in made if o["kind"] == "ClusterRole"}
        for binding in (o for o in made if o["kind"].endswith("RoleBinding")):
            rule = next(r for r in roles[binding["roleRef"]["name"]] if "resources" in r)
            resource = f"{rule['apiGroups'][0]}/{rule['resources'][0]}"
            where = binding["metadata"].get("namespace", "payments")
            group = binding["subjects"][0]["name"]
            # The authorizer sees a change a moment after it was made.
            async with asyncio.timeout(10):
                while not await self.may(group, rule["verbs"][0], resource, namespace=where):
                    pass

    async def create(self, found: Any) -> Any:
        """Create an object; the API server's answer."""
        answer = await self.world.kubectl(CLUSTER, "POST", path_of(found), found)
        if "namespace" not in found["metadata"] or found["kind"] == "RoleBinding":
            self._made.append(f"{path_of(found)}/{found['metadata']['name']}")
        return answer

    async def remove(self) -> None:
        """Delete what is in no namespace, and bindings; the rest goes with its namespace."""
        for path in reversed(self._made):
            await self.world.kubectl(CLUSTER, "DELETE", path)
        self._made.clear()

    async def may(
        self, group: str, verb: str, resource: str, *, namespace: str = "payments"
    ) -> bool:
        """Ask the authorizer what a group may do; the resource as GROUP/PLURAL[/SUBRESOURCE]."""
        api_group, plural, *sub = resource.split("/")
        wanted = {"verb": verb, "group": api_group, "resource": plural, "namespace": namespace}
        if sub:
            wanted["subresource"] = sub[0]
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": "somebody", "groups": [group], "resourceAttributes": wanted},
        }
        path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        answer = await self.world.kubectl(CLUSTER, "POST", path, review)
        return bool(answer["status"]["allowed"])


@pytest_asyncio.fixture(loop_scope="module")
async def installed(real: World) -> AsyncIterator[Installed]:
    """Nothing of ours yet."""
    mine = Installed(real)
    yield mine
    await mine.remove()


@pytest_asyncio.fixture(loop_scope="module")
async def clients(real: World, tmp_path: Path) -> AsyncIterator[FleetClients]:
    async with clients_of(real, tmp_path) as opened:
        yield opened


async def test_a_diagnosis_reads_everything_it_needs_under_the_read_rbac(
    installed: Installed, clients: FleetClients
) -> None:
    await installed.apply("read")

    answer = await diagnosed(MISSING, clients)

    assert answer.root is not None
    assert answer.root.code == "IRSA103"
    asked = [c for c in answer.calls if c.service == "kubernetes"]
    assert asked
    assert {c.outcome for c in asked} <= {"ok", "absent"}


async def test_buttons_write_under_the_fix_rbac_and_not_without_it(
    installed: Installed, clients: FleetClients
) -> None:
    await installed.apply("read")
    answer = await diagnosed(MISSING, clients)
    annotation = next(f for f in answer.fixes if isinstance(f, AnnotateServiceAccount))
    with pytest.raises(WriteDenied, match="serviceaccounts"):
        await apply(annotation, clients, now=now)

    await installed.apply("fix")
    await apply(annotation, clients, now=now)
    answer = await diagnosed(MISSING, clients)
    restart = next(f for f in answer.fixes if isinstance(f, RestartWorkload))
    done = await apply(restart, clients, now=now)

    assert [c.operation for c in done.calls if c.service == "kubernetes"] == [
        "get deployments",
        "patch deployments (dry run)",
        "patch deployments",
    ]


async def test_a_proof_makes_tokens_and_rehearses_pods_under_its_own_rbac_and_not_without_it(
    installed: Installed, clients: FleetClients
) -> None:
    prover = clients.prover(CLUSTER)
    for folder, attempt in (
        ("prove", lambda: prover.ask_sts(**ASKED)),
        ("prove-pod", lambda: prover.rehearse_pod("payments", "api")),
    ):
        with pytest.raises(ReadDenied, match="irsa-doctor-prove"):
            await attempt()
        await installed.apply(folder)

        await attempt()


async def test_each_opt_in_allows_one_thing(installed: Installed) -> None:
    asked = {
        "prove": (PROVE_GROUP, "create", "/serviceaccounts/token"),
        "prove-pod": (PROVE_GROUP, "create", "/pods"),
        "fix-events": (FIX_GROUP, "create", "/events"),
    }
    for folder, own in asked.items():
        await installed.apply(folder)

        assert {n for n, what in asked.items() if await installed.may(*what)} == {folder}
        await installed.remove()
        async with asyncio.timeout(10):
            while await installed.may(*own):
                pass


async def test_what_preflight_says_is_missing_is_what_mends_it(
    installed: Installed, tmp_path: Path
) -> None:
    file = _here(installed.world, tmp_path)
    environ = installed.world.environ()
    first = await preflight(file, environ, limits=PATIENT)
    (cluster,) = (place for place in first.places if place.kind == "cluster")
    for remedy in cluster.remedies:
        for found in yaml.safe_load_all(remedy.text):
            await installed.create(found)

    again = await preflight(file, environ, limits=PATIENT)

    assert len(cluster.remedies) == 3
    assert len(cluster.troubles) > 20
    assert [place.troubles for place in again.places if place.kind == "cluster"] == [()]


async def test_preflight_looks_into_the_namespaces_where_fixes_are_meant_to_be_allowed(
    installed: Installed, tmp_path: Path
) -> None:
    await installed.apply("read")
    await installed.apply("fix-namespaces")
    file = _here(installed.world, tmp_path)
    clusters = (replace(c, proof=False, events=False) for c in file.fleet.clusters)
    file = replace(file, fleet=replace(file.fleet, clusters=tuple(clusters)))
    people = frozenset({"U0MINJI001"})
    here, elsewhere = (
        replace(file, approvers=(Approver(users=people, namespaces=frozenset({namespace})),))
        for namespace in ("payments", "reports")
    )

    allowed = await preflight(here, installed.world.environ(), limits=PATIENT)
    refused = await preflight(elsewhere, installed.world.environ(), limits=PATIENT)

    (cluster,) = (place for place in allowed.places if place.kind == "cluster")
    assert cluster.works
    assert "patch serviceaccounts in payments (fix role)" in {c.what for c in cluster.checks}
    (cluster,) = (place for place in refused.places if place.kind == "cluster")
    assert len(cluster.troubles) == 8
    _, binding = yaml.safe_load_all(cluster.remedies[0].text)
    assert (binding["kind"], binding["metadata"]["namespace"]) == ("RoleBinding", "reports")


def _here(world: World, folder: Path) -> FleetFile:
    """The fleet file, less the clusters that were not started."""
    path = folder / "fleet.yaml"
    world.fleet_yaml(path)
    return load(path)


async def test_fixes_can_be_limited_to_namespaces(installed: Installed) -> None:
    await installed.apply("fix-namespaces")

    for resource in ("/serviceaccounts", "apps/deployments"):
        assert await installed.may(FIX_GROUP, "patch", resource, namespace="payments")
        assert not await installed.may(FIX_GROUP, "patch", resource, namespace="kube-system")


@pytest.mark.parametrize("group", [READ_GROUP, FIX_GROUP])
async def test_neither_identity_may_do_what_it_has_no_need_of(
    installed: Installed, group: str
) -> None:
    await installed.apply("read")
    await installed.apply("fix")
    forbidden = [
        *((verb, "/secrets") for verb in ("get", "list", "watch", "create", "patch")),
        *((verb, "/configmaps") for verb in ("get", "list")),
        ("get", "/pods/log"),
        ("create", "/pods/exec"),
        ("create", "/pods"),
        ("delete", "/pods"),
        ("create", "/serviceaccounts/token"),
        ("impersonate", "/serviceaccounts"),
        ("delete", "/serviceaccounts"),
        ("create", "apps/deployments"),
        ("delete", "apps/deployments"),
        ("get", "rbac.authorization.k8s.io/clusterroles"),
        ("bind", "rbac.authorization.k8s.io/clusterroles"),
        ("patch", "admissionregistration.k8s.io/mutatingwebhookconfigurations"),
    ]
    if group == READ_GROUP:
        forbidden += [("patch", "/serviceaccounts"), ("patch", "apps/deployments")]
    else:
        forbidden += [("list", "/serviceaccounts"), ("list", "/pods")]

    for verb, resource in forbidden:
        assert not await installed.may(group, verb, resource), f"{verb} {resource}"


async def test_the_api_server_takes_the_workload_as_it_is_written(installed: Installed) -> None:
    """Fields that a server does not know are dropped in silence; so the answer must hold what was sent."""
    for found in (*objects("bot"), *objects("ingress")):
        sent = found
        if found["kind"] == "PodDisruptionBudget":
            sent = await _as_served(installed.world, found)

        answer = await installed.create(sent)

        assert _missing(sent, answer) == [], found["kind"]


async def test_two_replicas_share_postgresql(installed: Installed) -> None:
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shared"}}
    await installed.create(space)
    found = objects("bot-postgres")
    assert "PersistentVolumeClaim" not in {o["kind"] for o in found}
    deployment = next(o for o in found if o["kind"] == "Deployment")
    deployment["metadata"]["namespace"] = "shared"

    answer = await installed.create(deployment)

    assert _missing(deployment, answer) == []
    spec = answer["spec"]
    pod = spec["template"]["spec"]
    assert (spec["replicas"], spec["strategy"]["type"]) == (2, "RollingUpdate")
    environ = {v["name"]: v for v in pod["containers"][0]["env"]}
    assert environ["IRSA_DATABASE_URL"] == {
        "name": "IRSA_DATABASE_URL",
        "valueFrom": {"secretKeyRef": {"name": "irsa-doctor-database", "key": "url"}},
    }
    assert "IRSA_SLACK_SECRETS" in environ
    volumes = {v["name"]: v for v in pod["volumes"]}
    assert set(volumes["data"]) == {"name", "emptyDir"}
    assert set(volumes) == {"fleet", "slack", "data", "tmp"}
    (policy,) = (o for o in found if o["kind"] == "NetworkPolicy")
    (alone,) = (o for o in objects("bot") if o["kind"] == "NetworkPolicy")
    postgres = {"ports": [{"port": 5432, "protocol": "TCP"}]}
    assert policy["spec"]["egress"] == [*alone["spec"]["egress"], postgres]


async def test_the_workload_is_restricted_and_finds_what_it_mounts() -> None:
    found = {o["kind"]: o for o in objects("bot")}
    pod = found["Deployment"]["spec"]["template"]["spec"]
    (bot,) = pod["containers"]

    assert bot["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert {m["name"] for m in bot["volumeMounts"]} == {v["name"] for v in pod["volumes"]}
    assert {bot[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "liveness")} == {
        "/healthz"
    }
    assert bot["readinessProbe"]["httpGet"]["path"] == "/readyz"
    # Under its own name, so that a changed file reaches the running bot; not as a subPath, which is never updated.
    (fleet,) = (v for v in pod["volumes"] if v["name"] == "fleet")
    assert fleet["configMap"]["name"] == found["ConfigMap"]["metadata"]["name"]
    assert fleet["configMap"]["name"] == "irsa-doctor-fleet"
    assert not [m for m in bot["volumeMounts"] if "subPath" in m]
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for kind, where in (
        ("PodDisruptionBudget", "selector"),
        ("NetworkPolicy", "podSelector"),
        ("Deployment", "selector"),
    ):
        assert found[kind]["spec"][where]["matchLabels"] == labels
    assert found["Service"]["spec"]["selector"] == labels


async def _as_served(world: World, budget: Any) -> Any:
    """Before Kubernetes 1.21 the API had disruption budgets in policy/v1beta1 only, and one field less."""
    groups = (await world.kubectl_get(CLUSTER, "/apis"))["groups"]
    served = next(g["versions"] for g in groups if g["name"] == "policy")
    known = {version["groupVersion"] for version in served}
    if "policy/v1" in known:
        return budget
    spec = {k: v for k, v in budget["spec"].items() if k != "unhealthyPodEvictionPolicy"}
    return {**budget, "apiVersion": "policy/v1beta1", "spec": spec}


def _missing(sent: Any, answer: Any, where: str = "") -> list[str]:
    """Paths of what was sent and is not in the answer."""
    if isinstance(sent, dict):
        if not isinstance(answer, dict):
            return [where]
        return [m for k, v in sent.items() for m in _missing(v, answer.get(k), f"{where}.{k}")]
    if isinstance(sent, list):
        if not isinstance(answer, list) or len(answer) < len(sent):
            return [where]
        pairs = zip(sent, answer, strict=False)
        return [m for i, (s, a) in enumerate(pairs) for m in _missing(s, a, f"{where}[{i}]")]
    same = answer == sent or (sent is False and answer is None)
    return [] if same else [f"{where}: {sent!r} became {answer!r}"]
