"""The reader and the writer of a cluster against a real API server, under RBAC, by EKS tokens."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from bot.clients import Limits, build_clients
from diagnostics.errors import ReadDenied, ReadError, Stale, WriteDenied, WriteError
from diagnostics.evidence import RESTARTED_AT, ROLE_ARN
from diagnostics.fleet import Account, Fleet, FleetCluster, WorkloadRef
from diagnostics.journal import recording
from tests.clients.conftest import MEMBER, OTHER
from tests.support.apiserver import ISSUER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clients import FleetClients
    from diagnostics.evidence import ServiceAccount
    from tests.clients.authenticator import Authenticator
    from tests.clients.conftest import Moto
    from tests.support.apiserver import ControlPlane

pytestmark = [pytest.mark.apiserver, pytest.mark.asyncio(loop_scope="package")]

READER = f"arn:aws:sts::{MEMBER}:assumed-role/irsa-doctor-read/irsa-doctor-read"
FIXER = f"arn:aws:sts::{MEMBER}:assumed-role/irsa-doctor-fix/irsa-doctor-fix"
ROLE = f"arn:aws:iam::{MEMBER}:role/payments"
TEMPLATE: dict[str, Any] = {
    "metadata": {"labels": {"app": "api"}},
    "spec": {
        "serviceAccountName": "api",
        "securityContext": {"runAsUser": 1000, "fsGroup": 2000},
        "initContainers": [{"name": "wait", "image": "busybox"}],
        "containers": [
            {
                "name": "api",
                "image": "api:1",
                "env": [
                    {"name": "AWS_REGION", "value": "eu-west-1"},
                    {"name": "EMPTY"},
                    {
                        "name": "AWS_ACCESS_KEY_ID",
                        "valueFrom": {"secretKeyRef": {"name": "aws", "key": "id"}},
                    },
                ],
                "envFrom": [
                    {"secretRef": {"name": "more"}},
                    {"configMapRef": {"name": "arns"}, "prefix": "AWS_"},
                    {"configMapRef": {"name": "other"}, "prefix": "APP_"},
                ],
                "volumeMounts": [
                    {"name": "token", "mountPath": "/var/run/token"},
                    {"name": "token", "mountPath": "/token", "subPath": "token"},
                ],
            }
        ],
        "volumes": [
            {
                "name": "token",
                "projected": {
                    "sources": [
                        {
                            "serviceAccountToken": {
                                "audience": "sts.amazonaws.com",
                                "expirationSeconds": 86400,
                                "path": "token",
                            }
                        }
                    ]
                },
            }
        ],
    },
}


def fleet_of(plane: ControlPlane, **cluster: Any) -> Fleet:
    return Fleet(
        accounts=(
            Account(
                id=MEMBER,
                name="member",
                read_role=f"arn:aws:iam::{MEMBER}:role/irsa-doctor-read",
                fix_role=f"arn:aws:iam::{MEMBER}:role/irsa-doctor-fix",
            ),
            Account(
                id=OTHER, name="other", read_role=f"arn:aws:iam::{OTHER}:role/irsa-doctor-read"
            ),
        ),
        clusters=tuple(
            FleetCluster(
                name=name,
                account=account,
                region="eu-west-1",
                eks_name="prod",
                endpoint=plane.url,
                ca=plane.ca_pem,
                **cluster,
            )
            for name, account in (("prod-eu", MEMBER), ("other-eu", OTHER))
        ),
    )


@asynccontextmanager
async def clients_of(plane: ControlPlane, moto: Moto, **limits: Any) -> AsyncIterator[FleetClients]:
    async with build_clients(fleet_of(plane), moto.environ, limits=Limits(**limits)) as clients:
        yield clients


_names = iter(f"payments-{n}" for n in range(1000))


@pytest_asyncio.fixture(loop_scope="package")
async def namespace(plane: ControlPlane) -> str:
    """A namespace of its own with a service account and a deployment; both roles may work in it."""
    name = next(_names)
    await plane.create("/api/v1/namespaces", {"metadata": {"name": name}})
    await plane.create(
        f"/api/v1/namespaces/{name}/serviceaccounts",
        {"metadata": {"name": "api", "annotations": {ROLE_ARN: ROLE + "s"}}},
        {"metadata": {"name": "bare"}},
    )
    await plane.create(
        f"/apis/apps/v1/namespaces/{name}/deployments",
        {
            "metadata": {"name": "api"},
            "spec": {
                "replicas": 2,
                "selector": {"matchLabels": {"app": "api"}},
                "template": TEMPLATE,
            },
        },
    )
    await plane.create(
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        *(
            {
                "metadata": {"name": f"{role}-{name}"},
                "roleRef": {
                    "apiGroup": "rbac.authorization.k8s.io",
                    "kind": "ClusterRole",
                    "name": role,
                },
                "subjects": [
                    {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}
                ],
            }
            for role, user in (("reader", READER), ("fixer", FIXER))
        ),
    )
    return name


async def found(clients: FleetClients, namespace: str, name: str = "api") -> ServiceAccount:
    account = await clients.kubernetes("prod-eu").service_account(namespace, name)
    assert account is not None
    return account


async def test_a_service_account_is_read_with_who_annotated_it_and_when(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    async with clients_of(plane, moto) as clients:
        with recording() as calls:
            account = await found(clients, namespace)

    assert account.role_arn == ROLE + "s"
    assert account.subject == f"system:serviceaccount:{namespace}:api"
    assert account.annotated_at is not None
    assert account.uid
    assert account.resource_version
    assert [(c.service, c.operation, c.outcome) for c in calls] == [
        ("sts", "AssumeRole", "ok"),
        ("kubernetes", "get serviceaccounts", "ok"),
    ]
    assert str(calls[1]) == f"get serviceaccounts {namespace}/api (cluster prod-eu)"


async def test_what_is_not_there_is_none(plane: ControlPlane, moto: Moto, namespace: str) -> None:
    async with clients_of(plane, moto) as clients:
        reader = clients.kubernetes("prod-eu")
        with recording() as calls:
            assert await reader.service_account(namespace, "absent") is None
            assert await reader.service_account("no-such-namespace", "api") is None
            assert await reader.workload(namespace, WorkloadRef(kind="Job", name="absent")) is None
            assert await reader.service_account(namespace, "../../../secrets") is None
            assert (await reader.pods("no-such-namespace")).items == ()

    assert [c.outcome for c in calls if c.service == "kubernetes"] == ["absent"] * 3 + ["ok"]


async def test_a_workload_is_read_with_its_pod_template(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    async with clients_of(plane, moto) as clients:
        workload = await clients.kubernetes("prod-eu").workload(
            namespace, WorkloadRef(kind="Deployment", name="api")
        )

    assert workload is not None
    template = workload.template
    assert (template.service_account, template.run_as_user, template.fs_group) == (
        "api",
        1000,
        2000,
    )
    init, api = template.containers
    assert (init.name, init.init) == ("wait", True)
    assert [(v.name, v.value, v.source) for v in api.env] == [
        ("AWS_REGION", "eu-west-1", None),
        ("EMPTY", "", None),
        ("AWS_ACCESS_KEY_ID", None, "secret aws, key id"),
    ]
    # Variables that begin otherwise are none of AWS's.
    assert api.env_from == ("secret more", "configmap arns")
    assert [(m.volume, m.path, m.sub_path) for m in api.mounts] == [
        ("token", "/var/run/token", ""),
        ("token", "/token", "token"),
    ]
    (volume,) = template.token_volumes
    assert (volume.audience, volume.path, volume.expiration_seconds) == (
        "sts.amazonaws.com",
        "token",
        86400,
    )


async def test_pods_name_their_controller(plane: ControlPlane, moto: Moto, namespace: str) -> None:
    async with clients_of(plane, moto) as clients:
        reader = clients.kubernetes("prod-eu")
        pods = (await reader.pods(namespace)).items
        while len(pods) < 2:
            pods = (await reader.pods(namespace)).items
        owner = pods[0].owner
        assert owner is not None
        replica_set = await reader.workload(namespace, owner)
        alone = await reader.workload(namespace, WorkloadRef(kind="Pod", name=pods[0].name))

    assert owner.kind == "ReplicaSet"
    assert pods[0].phase == "Pending"
    assert replica_set is not None
    assert replica_set.template.service_account == "api"
    assert alone is not None
    assert alone.template.service_account == "api"


async def test_lists_are_read_page_by_page(plane: ControlPlane, moto: Moto, namespace: str) -> None:
    async with clients_of(plane, moto, page=2) as clients:
        with recording() as calls:
            accounts = await clients.kubernetes("prod-eu").service_accounts(namespace)

    assert {a.name for a in accounts} == {"api", "bare", "default"}
    assert [c.operation for c in calls].count("list serviceaccounts") == 2


@pytest.mark.usefixtures("namespace")
async def test_a_list_beyond_the_limit_is_refused_rather_than_cut(
    plane: ControlPlane, moto: Moto
) -> None:
    async with clients_of(plane, moto, page=2, most_objects=2) as clients:
        with pytest.raises(ReadError) as caught:
            await clients.kubernetes("prod-eu").service_accounts(None)

    assert caught.value.why == "cluster prod-eu has more than 2 serviceaccounts in all namespaces"
    assert caught.value.enable == "name the namespace"


async def test_workloads_of_every_kind_are_listed(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    """The test's API server has no batch/v1 cronjobs, which reads as none."""
    async with clients_of(plane, moto) as clients:
        workloads = await clients.kubernetes("prod-eu").workloads(namespace)

    assert [str(w.ref) for w in workloads] == ["deployment/api"]


@pytest.mark.usefixtures("namespace")
async def test_the_issuer_is_the_one_that_the_api_server_publishes(
    plane: ControlPlane, moto: Moto
) -> None:
    async with clients_of(plane, moto) as clients:
        assert await clients.kubernetes("prod-eu").issuer() == ISSUER


async def test_webhooks_tell_whether_they_see_pods(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    name = f"pod-identity-webhook-{namespace}"
    await plane.create(
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
        {
            "metadata": {"name": name},
            "webhooks": [
                {
                    "name": "iam-for-pods.amazonaws.com",
                    "admissionReviewVersions": ["v1"],
                    "sideEffects": "None",
                    "failurePolicy": "Ignore",
                    "clientConfig": {"url": "https://127.0.0.1:1/mutate"},
                    "namespaceSelector": {
                        "matchExpressions": [
                            {"key": "x", "operator": "NotIn", "values": ["a", "b"]}
                        ]
                    },
                    "objectSelector": {"matchLabels": {"never": "matched"}},
                    "rules": [
                        {
                            "apiGroups": [""],
                            "apiVersions": ["v1"],
                            "operations": ["CREATE"],
                            "resources": ["pods"],
                        }
                    ],
                }
            ],
        },
    )
    async with clients_of(plane, moto) as clients:
        webhooks = await clients.kubernetes("prod-eu").webhooks()

    hook = webhooks.pod_identity
    assert hook is not None
    assert hook.matches_pods
    assert hook.failure_policy == "Ignore"
    assert hook.url == "https://127.0.0.1:1/mutate"
    assert hook.namespace_selector == "x notin (a,b)"
    assert hook.object_selector == "never=matched"


async def test_a_refusal_by_rbac_names_the_rule_that_is_missing(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    async with clients_of(plane, moto) as clients:
        with recording() as calls, pytest.raises(ReadDenied) as caught:
            await clients.kubernetes("other-eu").service_account(namespace, "api")

    user = f"arn:aws:sts::{OTHER}:assumed-role/irsa-doctor-read/irsa-doctor-read"
    assert caught.value.why.startswith("403 Forbidden: serviceaccounts")
    assert caught.value.enable == (
        f'in cluster other-eu, RBAC must allow verb "get" on "serviceaccounts" (apiGroup "") '
        f"in namespace {namespace} for user {user} (arn:aws:iam::{OTHER}:role/irsa-doctor-read)"
    )
    assert calls[-1].outcome == "Forbidden"


async def test_an_identity_without_access_entry_is_told_apart_from_missing_rbac(
    plane: ControlPlane, moto: Moto, namespace: str, authenticator: Authenticator
) -> None:
    authenticator.strangers.add(READER)
    try:
        async with clients_of(plane, moto) as clients:
            with pytest.raises(ReadDenied) as caught:
                await clients.kubernetes("prod-eu").service_account(namespace, "api")
    finally:
        authenticator.strangers.clear()

    role = f"arn:aws:iam::{MEMBER}:role/irsa-doctor-read"
    assert caught.value.why == f"401 Unauthorized: cluster prod-eu does not know {role}"
    assert "EKS access entry" in caught.value.enable


async def test_an_annotation_is_set_corrected_and_removed_by_our_field_manager(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    async with clients_of(plane, moto) as clients:
        writer = clients.kubernetes_writer("prod-eu")
        for name, before in (("api", ROLE + "s"), ("bare", None)):
            account = await found(clients, namespace, name)
            with recording() as calls:
                written = await writer.annotate_service_account(
                    namespace=namespace,
                    name=name,
                    uid=account.uid,
                    key=ROLE_ARN,
                    before=before,
                    after=ROLE,
                )
            assert written.role_arn == ROLE
            assert (await found(clients, namespace, name)).role_arn == ROLE
            # An object that was made without tracked fields stays without.
            owners = {m.manager for m in written.managers if ROLE_ARN in m.annotations}
            assert "irsa-doctor" in owners or not account.managers
            assert [c.operation for c in calls if c.service == "kubernetes"] == [
                "get serviceaccounts",
                "patch serviceaccounts (dry run)",
                "patch serviceaccounts",
            ]
        undone = await writer.annotate_service_account(
            namespace=namespace,
            name="bare",
            uid=(await found(clients, namespace, "bare")).uid,
            key=ROLE_ARN,
            before=ROLE,
            after=None,
        )

    assert undone.role_arn is None


@pytest.mark.parametrize(
    ("before", "uid", "what"),
    [
        ("arn:aws:iam::111122223333:role/other", None, f"annotation {ROLE_ARN}"),
        (None, None, f"annotation {ROLE_ARN}"),
        (ROLE + "s", "another", "service account"),
    ],
)
async def test_nothing_is_written_on_what_has_changed(  # noqa: PLR0917  pytest passes by name
    plane: ControlPlane,
    moto: Moto,
    namespace: str,
    before: str | None,
    uid: str | None,
    what: str,
) -> None:
    async with clients_of(plane, moto) as clients:
        account = await found(clients, namespace)
        with recording() as calls, pytest.raises(Stale) as caught:
            await clients.kubernetes_writer("prod-eu").annotate_service_account(
                namespace=namespace,
                name="api",
                uid=uid or account.uid,
                key=ROLE_ARN,
                before=before,
                after=ROLE,
            )

    assert caught.value.what.startswith(what)
    assert caught.value.found in (ROLE + "s", account.uid)
    assert not [c for c in calls if c.operation.startswith("patch")]


async def test_a_service_account_that_is_gone_is_stale(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    async with clients_of(plane, moto) as clients:
        with pytest.raises(Stale) as caught:
            await clients.kubernetes_writer("prod-eu").annotate_service_account(
                namespace=namespace, name="gone", uid="x", key=ROLE_ARN, before=None, after=ROLE
            )

    assert (caught.value.expected, caught.value.found) == ("present", None)


@pytest.mark.parametrize(
    ("meanwhile", "outcome"),
    [
        ({"labels": {"touched": "yes"}}, "written"),
        ({"annotations": {ROLE_ARN: "arn:aws:iam::111122223333:role/somebody-else"}}, "stale"),
    ],
)
@pytest.mark.parametrize("dry", [True, False])
async def test_a_change_between_look_and_write_counts_only_if_it_is_about_the_annotation(  # noqa: PLR0917  pytest passes by name
    plane: ControlPlane,
    moto: Moto,
    namespace: str,
    meanwhile: dict[str, Any],
    outcome: str,
    dry: bool,  # noqa: FBT001  a parameter of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with clients_of(plane, moto) as clients:
        account = await found(clients, namespace)
        writer: Any = clients.kubernetes_writer("prod-eu")
        send = writer._access.exchange
        left = 1

        async def exchange(request: Any) -> Any:
            nonlocal left
            if request.method == "PATCH" and ("dryRun" in request.query) is dry and left:
                left = 0
                await plane.request(
                    "PATCH",
                    f"/api/v1/namespaces/{namespace}/serviceaccounts/api",
                    {"metadata": meanwhile},
                    content_type="application/merge-patch+json",
                )
            return await send(request)

        monkeypatch.setattr(writer._access, "exchange", exchange)
        change = writer.annotate_service_account(
            namespace=namespace,
            name="api",
            uid=account.uid,
            key=ROLE_ARN,
            before=ROLE + "s",
            after=ROLE,
        )
        if outcome == "written":
            assert (await change).role_arn == ROLE
        else:
            with pytest.raises(Stale) as caught:
                await change
            assert caught.value.found == "arn:aws:iam::111122223333:role/somebody-else"
    assert left == 0


async def test_what_the_api_server_finds_invalid_is_not_written(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    async with clients_of(plane, moto) as clients:
        account = await found(clients, namespace)
        with pytest.raises(
            WriteError, match=r"refused the change: .*annotations: Too long"
        ) as caught:
            await clients.kubernetes_writer("prod-eu").annotate_service_account(
                namespace=namespace,
                name="api",
                uid=account.uid,
                key=ROLE_ARN,
                before=ROLE + "s",
                after="x" * 300_000,
            )

    assert type(caught.value) is WriteError


async def test_a_restart_replaces_the_pods(plane: ControlPlane, moto: Moto, namespace: str) -> None:
    ref = WorkloadRef(kind="Deployment", name="api")
    at = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)
    async with clients_of(plane, moto) as clients:
        reader = clients.kubernetes("prod-eu")
        while len(old := (await reader.pods(namespace)).items) < 2:
            pass
        workload = await reader.workload(namespace, ref)
        assert workload is not None
        written = await clients.kubernetes_writer("prod-eu").restart_workload(
            namespace=namespace, ref=ref, uid=workload.uid, at=at
        )
        known = {pod.uid for pod in old}
        while not {pod.uid for pod in (await reader.pods(namespace)).items} - known:
            pass

    assert written.template.annotations[RESTARTED_AT] == "2026-11-24T12:00:05Z"


@pytest.mark.parametrize(
    ("kind", "name", "uid", "error", "words"),
    [
        ("Job", "x", "u", WriteError, "a Job can't be restarted"),
        ("Deployment", "gone", "u", Stale, "deployment/gone"),
        ("Deployment", "api", "another", Stale, "deployment/api"),
    ],
)
async def test_what_cannot_be_restarted_is_said(  # noqa: PLR0917  pytest passes by name
    plane: ControlPlane,
    moto: Moto,
    namespace: str,
    kind: str,
    name: str,
    uid: str,
    error: type[Exception],
    words: str,
) -> None:
    async with clients_of(plane, moto) as clients:
        with pytest.raises(error, match=words):
            await clients.kubernetes_writer("prod-eu").restart_workload(
                namespace=namespace,
                ref=WorkloadRef(kind=kind, name=name),
                uid=uid,
                at=datetime.now(UTC),
            )


async def test_a_paused_deployment_is_not_restarted(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/api"
    paused = await plane.request(
        "PATCH", path, {"spec": {"paused": True}}, content_type="application/merge-patch+json"
    )
    async with clients_of(plane, moto) as clients:
        with pytest.raises(WriteError, match="rollout resume deployment/api"):
            await clients.kubernetes_writer("prod-eu").restart_workload(
                namespace=namespace,
                ref=WorkloadRef(kind="Deployment", name="api"),
                uid=paused["metadata"]["uid"],
                at=datetime.now(UTC),
            )


async def test_a_workload_made_anew_in_mid_restart_is_stale(
    plane: ControlPlane, moto: Moto, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The uid in the patch is the precondition that the API server checks."""
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    old = await plane.request("GET", f"{path}/api")
    async with clients_of(plane, moto) as clients:
        writer: Any = clients.kubernetes_writer("prod-eu")
        send = writer._access.exchange

        async def exchange(request: Any) -> Any:
            current = await plane.request("GET", f"{path}/api")
            if request.method == "PATCH" and current["metadata"]["uid"] == old["metadata"]["uid"]:
                await plane.request("DELETE", f"{path}/api")
                await plane.create(
                    path,
                    {"metadata": {"name": "api"}, "spec": old["spec"]},
                )
            return await send(request)

        monkeypatch.setattr(writer._access, "exchange", exchange)
        with pytest.raises(Stale, match="uid"):
            await writer.restart_workload(
                namespace=namespace,
                ref=WorkloadRef(kind="Deployment", name="api"),
                uid=old["metadata"]["uid"],
                at=datetime.now(UTC),
            )


async def test_a_role_without_the_right_to_patch_is_denied(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    await plane.request(
        "DELETE", f"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/fixer-{namespace}"
    )
    bindings = await plane.request("GET", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings")
    for binding in bindings["items"]:
        if binding["metadata"]["name"].startswith("fixer-"):
            await plane.request(
                "DELETE",
                "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/"
                + binding["metadata"]["name"],
            )
    async with clients_of(plane, moto) as clients:
        account = await found(clients, namespace)
        with pytest.raises(WriteDenied, match=f"nothing was written: 403 .*RBAC.*{FIXER}"):
            await clients.kubernetes_writer("prod-eu").annotate_service_account(
                namespace=namespace,
                name="api",
                uid=account.uid,
                key=ROLE_ARN,
                before=ROLE + "s",
                after=ROLE,
            )


async def test_an_account_without_fix_role_changes_nothing(plane: ControlPlane, moto: Moto) -> None:
    async with clients_of(plane, moto) as clients:
        with pytest.raises(WriteDenied, match=f"account {OTHER} has no fix_role"):
            clients.kubernetes_writer("other-eu")


async def test_a_role_is_assumed_once_for_many_reads(
    plane: ControlPlane, moto: Moto, namespace: str
) -> None:
    async with clients_of(plane, moto) as clients:
        with recording() as calls:
            for _ in range(5):
                await found(clients, namespace)

    assert [c.operation for c in calls].count("AssumeRole") == 1
    assert len(calls) == 6
