"""The embedded Kubernetes API on its own: what the API server's own documents say it does."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from sandbox.kube import patches
from sandbox.kube.access import FIXERS, READERS, User
from sandbox.kube.api import KubernetesApi
from sandbox.kube.identity_webhook import configuration
from sandbox.kube.managed_fields import claimed
from sandbox.kube.status import ApiError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ACCOUNTS = "/api/v1/namespaces/web/serviceaccounts"
DEPLOYMENTS = "/apis/apps/v1/namespaces/web/deployments"
PODS = "/api/v1/namespaces/web/pods"
ROLE = "eks.amazonaws.com/role-arn"
MERGE, STRATEGIC, JSON = (
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/json-patch+json",
)


class Door:
    """Knows two users by name."""

    async def user(self, token: str) -> User | None:
        groups = {"reader": (READERS,), "fixer": (FIXERS,)}.get(token)
        return User(name=token, groups=groups) if groups else None


class Cluster:
    """A client with the administrator's token."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self._client = client

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        kind: str = "application/json",
        token: str = "admin",  # noqa: S107  the test's own
        raw: bytes | None = None,
    ) -> tuple[int, Any]:
        data = raw if raw is not None else None if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        async with self._client.request(method, path, data=data, headers=headers) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str) -> Any:
        status, found = await self.ask("GET", path)
        assert status == 200, found
        return found

    async def create(self, path: str, *bodies: Any) -> Any:
        found = None
        for body in bodies:
            status, found = await self.ask("POST", path, body)
            assert status == 201, found
        return found

    async def patch(self, path: str, body: Any, kind: str = MERGE, *, expect: int = 200) -> Any:
        status, found = await self.ask("PATCH", path, body, kind=kind)
        assert status == expect, found
        return found


@pytest.fixture
async def cluster() -> AsyncIterator[Cluster]:
    api = KubernetesApi(
        issuer="https://issuer.example.com/id/1",
        region="eu-west-1",
        admin_token="admin",
        authenticator=Door(),
        now=lambda: datetime.now(UTC),
    )
    async with TestClient(TestServer(api.app())) as client:
        opened = Cluster(client)
        await opened.create("/api/v1/namespaces", {"metadata": {"name": "web"}})
        yield opened


def deployment(name: str = "app", **spec: Any) -> Any:
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "app", "image": "app:1"}], **spec},
    }
    return {"metadata": {"name": name}, "spec": {"replicas": 2, "template": template}}


async def test_a_list_comes_in_pages_that_miss_nothing(cluster: Cluster) -> None:
    names = [f"sa-{n:02}" for n in range(7)]
    await cluster.create(ACCOUNTS, *({"metadata": {"name": name}} for name in names))
    seen: list[str] = []
    path = f"{ACCOUNTS}?limit=3"
    while True:
        page = await cluster.get(path)
        seen += [item["metadata"]["name"] for item in page["items"]]
        token = page["metadata"].get("continue")
        if not token:
            break
        path = f"{ACCOUNTS}?limit=3&continue={token}"

    assert seen == ["default", *names]
    assert page["kind"] == "ServiceAccountList"


async def test_who_changed_what_is_told_by_managed_fields(cluster: Cluster) -> None:
    await cluster.create(
        f"{ACCOUNTS}?fieldManager=helm",
        {"metadata": {"name": "api", "annotations": {ROLE: "old", "note": "x"}}},
    )

    changed = await cluster.patch(
        f"{ACCOUNTS}/api?fieldManager=irsa-doctor", {"metadata": {"annotations": {ROLE: "new"}}}
    )

    owned = {
        entry["manager"]: sorted(entry["fieldsV1"]["f:metadata"]["f:annotations"])
        for entry in changed["metadata"]["managedFields"]
    }
    assert owned == {"helm": ["f:note"], "irsa-doctor": [f"f:{ROLE}"]}


async def test_a_dry_run_shows_the_change_and_makes_none(cluster: Cluster) -> None:
    await cluster.create(ACCOUNTS, {"metadata": {"name": "api"}})
    body = {"metadata": {"annotations": {ROLE: "x"}}}

    shown = await cluster.patch(f"{ACCOUNTS}/api?dryRun=All", body)
    kept = await cluster.get(f"{ACCOUNTS}/api")

    assert shown["metadata"]["annotations"] == {ROLE: "x"}
    assert "annotations" not in kept["metadata"]
    assert kept["metadata"]["resourceVersion"] == shown["metadata"]["resourceVersion"]
    status, _ = await cluster.ask("POST", f"{ACCOUNTS}?dryRun=All", {"metadata": {"name": "b"}})
    assert status == 201
    assert (await cluster.ask("GET", f"{ACCOUNTS}/b"))[0] == 404


async def test_a_writer_who_saw_an_older_version_gets_a_conflict(cluster: Cluster) -> None:
    first = await cluster.create(ACCOUNTS, {"metadata": {"name": "api"}})
    await cluster.patch(f"{ACCOUNTS}/api", {"metadata": {"annotations": {"a": "1"}}})
    stale = {
        "metadata": {
            "resourceVersion": first["metadata"]["resourceVersion"],
            "annotations": {"a": "2"},
        }
    }

    refusal = await cluster.patch(f"{ACCOUNTS}/api", stale, expect=409)

    assert refusal["reason"] == "Conflict"
    other = {"metadata": {"uid": "another"}}
    assert (await cluster.patch(f"{ACCOUNTS}/api", other, expect=409))["reason"] == "Conflict"
    first["metadata"]["annotations"] = {"a": "3"}
    status, _ = await cluster.ask("PUT", f"{ACCOUNTS}/api", first)
    assert status == 409


async def test_a_json_patch_whose_test_fails_changes_nothing(cluster: Cluster) -> None:
    await cluster.create(ACCOUNTS, {"metadata": {"name": "api", "annotations": {"a": "1"}}})
    at = "/metadata/annotations/a"
    operations = [
        {"op": "test", "path": at, "value": "2"},
        {"op": "replace", "path": at, "value": "3"},
    ]

    refusal = await cluster.patch(f"{ACCOUNTS}/api", operations, JSON, expect=422)
    assert refusal["reason"] == "Invalid"
    operations[0]["value"] = "1"
    changed = await cluster.patch(f"{ACCOUNTS}/api", operations, JSON)

    assert changed["metadata"]["annotations"] == {"a": "3"}


async def test_an_unchanged_object_keeps_its_version(cluster: Cluster) -> None:
    first = await cluster.create(ACCOUNTS, {"metadata": {"name": "api", "labels": {"a": "b"}}})

    again = await cluster.patch(f"{ACCOUNTS}/api", {"metadata": {"labels": {"a": "b"}}})

    assert again["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


async def test_a_strategic_patch_merges_containers_by_name(cluster: Cluster) -> None:
    await cluster.create(DEPLOYMENTS, deployment())
    container = {"name": "app", "env": [{"name": "A", "value": "1"}]}
    body = {"spec": {"template": {"spec": {"containers": [container]}}}}

    changed = await cluster.patch(f"{DEPLOYMENTS}/app", body, STRATEGIC)

    (found,) = changed["spec"]["template"]["spec"]["containers"]
    assert found == {"name": "app", "image": "app:1", "env": [{"name": "A", "value": "1"}]}
    assert changed["metadata"]["generation"] == 2


async def test_a_deployment_has_a_replica_set_and_pods_and_all_go_with_it(cluster: Cluster) -> None:
    await cluster.create(DEPLOYMENTS, deployment())
    pods = (await cluster.get(PODS))["items"]
    (replica_set,) = (await cluster.get("/apis/apps/v1/namespaces/web/replicasets"))["items"]

    assert len(pods) == 2
    assert all(p["metadata"]["name"].startswith(replica_set["metadata"]["name"]) for p in pods)
    assert {p["metadata"]["ownerReferences"][0]["kind"] for p in pods} == {"ReplicaSet"}
    assert (await cluster.get(f"{DEPLOYMENTS}/app"))["status"]["readyReplicas"] == 2

    await cluster.patch(f"{DEPLOYMENTS}/app", {"spec": {"replicas": 1}})
    assert len((await cluster.get(PODS))["items"]) == 1
    await cluster.ask("DELETE", f"{DEPLOYMENTS}/app")
    assert (await cluster.get(PODS))["items"] == []
    assert (await cluster.get("/apis/apps/v1/replicasets"))["items"] == []


async def test_a_rollout_gives_a_new_replica_set_and_empties_the_old(cluster: Cluster) -> None:
    await cluster.create(DEPLOYMENTS, deployment())
    before = {p["metadata"]["uid"] for p in (await cluster.get(PODS))["items"]}
    stamp = {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}

    await cluster.patch(f"{DEPLOYMENTS}/app", {"spec": {"template": stamp}}, STRATEGIC)

    after = {p["metadata"]["uid"] for p in (await cluster.get(PODS))["items"]}
    sets = (await cluster.get("/apis/apps/v1/namespaces/web/replicasets"))["items"]
    assert len(after) == 2
    assert not before & after
    assert sorted(s["spec"]["replicas"] for s in sets) == [0, 2]


# -- the pod identity webhook -------------------------------------------------------------------


async def with_webhook(cluster: Cluster, **changes: Any) -> None:
    hook = configuration(url="https://127.0.0.1/mutate", ca_bundle="eA==")
    hook["webhooks"][0] |= changes
    await cluster.create(
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", hook
    )
    annotations = {
        ROLE: "arn:aws:iam::111122223333:role/x",
        "eks.amazonaws.com/audience": "vault",
        "eks.amazonaws.com/token-expiration": "60",
    }
    await cluster.create(ACCOUNTS, {"metadata": {"name": "api", "annotations": annotations}})


def env_of(container: Any) -> dict[str, str]:
    return {v["name"]: v.get("value", "") for v in container.get("env", ())}


async def test_the_webhook_injects_role_token_and_region_and_bounds_the_lifetime(
    cluster: Cluster,
) -> None:
    await with_webhook(cluster)
    pod = {
        "metadata": {"name": "p", "annotations": {"eks.amazonaws.com/skip-containers": "side"}},
        "spec": {
            "serviceAccountName": "api",
            "initContainers": [{"name": "init"}],
            "containers": [
                {"name": "app", "env": [{"name": "AWS_REGION", "value": "us-east-1"}]},
                {"name": "side"},
                {"name": "own", "env": [{"name": "AWS_ROLE_ARN", "value": "mine"}]},
            ],
        },
    }

    made = await cluster.create(PODS, pod)

    app, side, own = made["spec"]["containers"]
    assert env_of(app)["AWS_ROLE_ARN"] == "arn:aws:iam::111122223333:role/x"
    assert env_of(app)["AWS_REGION"] == "us-east-1"
    assert "AWS_ROLE_ARN" in env_of(made["spec"]["initContainers"][0])
    assert env_of(side) == {}
    assert env_of(own) == {"AWS_ROLE_ARN": "mine"}
    assert (
        app["volumeMounts"][0]["mountPath"] == "/var/run/secrets/eks.amazonaws.com/serviceaccount"
    )
    (volume,) = made["spec"]["volumes"]
    assert volume["projected"]["sources"][0]["serviceAccountToken"] == {
        "audience": "vault",
        "expirationSeconds": 600,
        "path": "token",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"clientConfig": {"url": "https://127.0.0.1/mutate", "caBundle": ""}},
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}},
        {"namespaceSelector": {"matchExpressions": [{"key": "x", "operator": "Exists"}]}},
        {"objectSelector": {"matchLabels": {"inject": "yes"}}},
        {"rules": []},
    ],
)
async def test_a_webhook_that_is_not_reached_injects_nothing(
    cluster: Cluster, changes: Any
) -> None:
    await with_webhook(cluster, **changes)

    await cluster.create(DEPLOYMENTS, deployment(serviceAccountName="api"))

    pods = (await cluster.get(PODS))["items"]
    assert len(pods) == 2
    assert all(env_of(p["spec"]["containers"][0]) == {} for p in pods)


# -- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "method", "path", "status"),
    [
        ("nobody", "GET", ACCOUNTS, 401),
        ("reader", "GET", ACCOUNTS, 200),
        ("reader", "GET", "/.well-known/openid-configuration", 200),
        ("reader", "DELETE", f"{ACCOUNTS}/default", 403),
        ("reader", "GET", "/api/v1/namespaces", 403),
        ("fixer", "GET", f"{ACCOUNTS}/default", 200),
        ("fixer", "GET", ACCOUNTS, 403),
        ("fixer", "GET", "/.well-known/openid-configuration", 403),
        ("fixer", "GET", "/apis/apps/v1", 200),
        ("admin", "GET", f"{ACCOUNTS}/absent", 404),
        ("admin", "GET", "/api/v1/secrets", 404),
        ("admin", "GET", f"{ACCOUNTS}?watch=true", 405),
        ("admin", "GET", f"{ACCOUNTS}?limit=many", 400),
        ("admin", "GET", f"{ACCOUNTS}?continue=nonsense", 410),
        ("admin", "GET", f"{ACCOUNTS}?labelSelector=a+in+(b)", 400),
        ("admin", "GET", f"{PODS}?fieldSelector=spec.secret%3Dx", 400),
        ("admin", "OPTIONS", ACCOUNTS, 405),
        ("admin", "PATCH", ACCOUNTS, 405),
        ("admin", "POST", f"{ACCOUNTS}/default", 405),
        ("admin", "GET", "/api/v1/serviceaccounts/default", 404),
        ("admin", "GET", "/api/v1/namespaces/web/serviceaccounts/a/b/c", 404),
        ("admin", "GET", "//", 404),
    ],
)
async def test_each_request_gets_the_answer_that_the_api_server_gives(
    cluster: Cluster, token: str, method: str, path: str, status: int
) -> None:
    got, body = await cluster.ask(method, path, token=token)

    assert got == status
    if status >= 400:
        assert (body["kind"], body["status"], body["code"]) == ("Status", "Failure", status)


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b"not json", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "application/json", 422),
        (b"[]", "application/json", 422),
        (b'{"metadata": 1}', "application/json", 422),
        (b'{"metadata": {}}', "application/json", 422),
        (b'{"kind": "Pod", "metadata": {"name": "x"}}', "application/json", 422),
        (b'{"metadata": {"name": "x", "namespace": "other"}}', "application/json", 422),
        (b'{"metadata": {"name": "x", "annotations": {"a": 1}}}', "application/json", 422),
        (b'{"metadata": {"name": "default"}}', "application/json", 409),
        (b"x" * (3 * 1024 * 1024 + 1), "application/json", 413),
    ],
)
async def test_a_body_that_is_no_service_account_is_refused(
    cluster: Cluster, raw: bytes, kind: str, status: int
) -> None:
    got, body = await cluster.ask("POST", ACCOUNTS, raw=raw, kind=kind)

    assert (got, body["code"]) == (status, status), body["message"][:200]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ({}, "application/apply-patch+yaml", 415),
        ({}, "text/plain", 415),
        ([], MERGE, 400),
        ({}, JSON, 400),
        ([{"op": "explode", "path": "/x"}], JSON, 422),
        ([{"op": "remove", "path": "/metadata/nothing"}], JSON, 422),
        ([{"op": "replace", "path": "", "value": 1}], JSON, 422),
        ([{"op": "test", "path": "no/slash", "value": 1}], JSON, 422),
        ([1], JSON, 422),
        ([{"op": "test", "path": "/a", "value": 1}] * 10_001, JSON, 413),
        ({"metadata": {"name": "other"}}, MERGE, 422),
        ({"metadata": {"annotations": {"a": ["list"]}}}, MERGE, 422),
    ],
)
async def test_a_patch_that_makes_no_sense_is_refused(
    cluster: Cluster, body: Any, kind: str, status: int
) -> None:
    before = await cluster.get(f"{ACCOUNTS}/default")

    await cluster.patch(f"{ACCOUNTS}/default", body, kind, expect=status)

    assert await cluster.get(f"{ACCOUNTS}/default") == before


async def test_an_unknown_dry_run_is_refused_rather_than_done(cluster: Cluster) -> None:
    status, body = await cluster.ask("DELETE", f"{ACCOUNTS}/default?dryRun=Server")

    assert (status, body["reason"]) == (422, "Invalid")
    await cluster.get(f"{ACCOUNTS}/default")


# -- laws ---------------------------------------------------------------------------------------

leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
objects = st.dictionaries(st.text(max_size=4), trees, max_size=4)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return value


@given(objects, objects)
def test_a_merge_patch_makes_the_object_have_what_it_says(before: Any, patch: Any) -> None:
    kept = json.dumps(before)

    after = patches.patched(before, patch, MERGE)

    assert json.dumps(before) == kept
    for key, value in patch.items():
        assert (key not in after) if value is None else (key in after)
    assert patches.patched(after, patch, MERGE) == after
    assert patches.patched({}, patch, MERGE) == without_nulls(patch)


@given(objects, trees)
def test_a_patch_is_applied_or_refused_and_never_breaks(before: Any, patch: Any) -> None:
    for kind in (MERGE, STRATEGIC, JSON):
        with contextlib.suppress(ApiError):
            assert isinstance(patches.patched({"metadata": {}, **before}, patch, kind), dict)


@given(st.dictionaries(st.sampled_from("abcd"), st.text(max_size=2)), st.data())
def test_every_annotation_has_exactly_one_owner(first: dict[str, str], data: st.DataObject) -> None:
    def found(values: dict[str, str], managed: list[Any]) -> Any:
        meta = {"name": "x", "annotations": values, "managedFields": managed}
        return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta}

    managed = claimed(None, found(first, []), manager="a", time="t")
    values = first
    for manager in ("b", "c", "a"):
        after = data.draw(st.dictionaries(st.sampled_from("abcd"), st.text(max_size=2)))
        managed = claimed(found(values, managed), found(after, []), manager=manager, time="t")
        values = after
    owners: dict[str, int] = {}
    for entry in managed:
        for key in entry["fieldsV1"].get("f:metadata", {}).get("f:annotations", {}):
            owners[key] = owners.get(key, 0) + 1

    assert owners == {f"f:{key}": 1 for key in values}
