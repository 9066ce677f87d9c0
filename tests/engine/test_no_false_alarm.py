"""Unusual but valid set-ups: nothing is called a cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from diagnostics.evidence import (
    AUDIENCE,
    SKIP_CONTAINERS,
    Container,
    EnvVar,
    Mount,
    PodSpec,
    TokenVolume,
    TrustChange,
    Webhooks,
)
from diagnostics.fleet import Account
from diagnostics.recognize.symptom import Cause
from diagnostics.result import Severity, Status, Verdict
from tests.engine import faults
from tests.engine import healthy as h
from tests.engine.diagnosing import diagnosed
from tests.engine.fleet_double import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engine.fleet_double import World

GOV_ISSUER = "https://oidc.eks.us-gov-west-1.amazonaws.com/id/A1B2C3D4E5F60718293A4B5C6D7E8F90"
CHINA_ISSUER = "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/A1B2C3D4E5F60718293A4B5C6D7E8F90"


def one_role_for_two_clusters(world: World) -> None:
    faults.trust(world, h.statement(issuer=h.OTHER_ISSUER), h.statement())


def string_like_for_a_namespace(world: World) -> None:
    faults.trust(world, h.statement(sub="system:serviceaccount:payments:*", operator="StringLike"))


def the_role_in_another_account_with_a_provider_there(world: World) -> None:
    away = h.role(h.statement(account=h.TEAM), account=h.TEAM)
    world.roles[h.TEAM, away.name] = away
    there = h.provider(account=h.TEAM)
    world.providers[there.arn] = there
    faults.annotated(world, away.arn)


def a_custom_audience_that_all_three_know(world: World) -> None:
    world.accounts[0] = h.service_account(annotations={AUDIENCE: "team"})
    only = h.provider(client_ids=("sts.amazonaws.com", "team"))
    world.providers[only.arn] = only
    faults.trust(world, h.statement(aud="team"))
    volume = TokenVolume(
        name="aws-iam-token", audience="team", path="token", expiration_seconds=86400
    )
    faults.pod_with(world, token_volumes=(volume,))


def pod_identity_beside_irsa(world: World) -> None:
    uri = EnvVar(
        name="AWS_CONTAINER_CREDENTIALS_FULL_URI", value="http://169.254.170.23/v1/credentials"
    )
    faults.pod_with(world, containers=(h.container(extra=(uri,)),))


def a_self_hosted_webhook_with_a_config_map(world: World) -> None:
    hook = replace(h.WEBHOOK, url=None, service="kube-system/pod-identity-webhook")
    world.webhooks = Webhooks(items=(hook,))
    world.accounts[0] = h.service_account(role_arn=None)


def a_manifest_that_brings_its_own_token(world: World) -> None:
    world.accounts[0] = h.service_account(role_arn=None)
    template = PodSpec(
        service_account="api",
        containers=(h.container(),),
        token_volumes=h.pod().spec.token_volumes,
    )
    world.workloads = [h.deployment(template=template)]
    world.webhooks = Webhooks()


def a_sidecar_that_needs_no_aws(world: World) -> None:
    faults.pod_with(
        world,
        containers=(h.container(), Container(name="istio-proxy")),
        annotations={SKIP_CONTAINERS: "istio-proxy"},
    )


def a_sidecar_added_after_the_webhook(world: World) -> None:
    faults.pod_with(world, containers=(h.container(), Container(name="istio-proxy")))


def a_migration_account_without_a_pod(world: World) -> None:
    world.accounts.append(h.service_account())
    world.workloads = [h.deployment("api-server", name="server")]
    world.pods = []


def keys_for_another_store_in_a_pod_that_uses_its_role(world: World) -> None:
    keys = (EnvVar(name="AWS_ACCESS_KEY_ID", value="minio"),)
    faults.pod_with(world, containers=(h.container(extra=keys),))


def a_windows_container(world: World) -> None:
    win = h.container()
    env = (
        EnvVar(name="AWS_ROLE_ARN", value=h.ROLE),
        EnvVar(
            name="AWS_WEB_IDENTITY_TOKEN_FILE",
            value=r"C:\var\run\secrets\eks.amazonaws.com\serviceaccount\token",
        ),
    )
    faults.pod_with(world, containers=(replace(win, env=env),))


def _partition(world: World, partition: str, issuer: str, region: str) -> None:
    def moved(text: str) -> str:
        return text.replace("arn:aws:", f"arn:{partition}:")

    arn = moved(h.ROLE)
    here = replace(h.cluster("prod-eu", issuer, region), partition=partition)
    world.clusters["prod-eu"] = here
    statement = h.statement(issuer=issuer)
    statement["Principal"] = {"Federated": here.provider_arn_in(h.SHARED)}
    world.roles[h.SHARED, "payments-api"] = replace(h.role(statement), arn=arn)
    there = replace(h.provider(issuer=issuer), arn=here.provider_arn_in(h.SHARED))
    world.providers = {there.arn: there}
    faults.annotated(world, arn)


def gov_cloud(world: World) -> None:
    _partition(world, "aws-us-gov", GOV_ISSUER, "us-gov-west-1")


def china(world: World) -> None:
    _partition(world, "aws-cn", CHINA_ISSUER, "cn-north-1")


def a_cluster_of_its_own_issuer(world: World) -> None:
    issuer = "https://issuer.example.com/prod"
    entry, other = world.fleet.clusters
    world.fleet = replace(world.fleet, clusters=(replace(entry, issuer=issuer), other))
    world.clusters = {}
    faults.trust(world, h.statement(issuer=issuer))
    only = h.provider(issuer=issuer)
    world.providers = {only.arn: only}


def an_account_without_names(world: World) -> None:
    world.fleet = replace(
        world.fleet,
        accounts=(*world.fleet.accounts, Account(id="999988887777", name="x", read_role=None)),
    )


def an_association_that_new_pods_will_get(world: World) -> None:
    faults.association(world)


def a_control_policy_that_lists_this_issuer(world: World) -> None:
    key = h.ISSUER.removeprefix("https://")
    faults.control_policy(world, Condition={"Null": {f"{key}:sub": "true"}})


def a_control_policy_over_other_roles(world: World) -> None:
    faults.control_policy(world, Resource="arn:aws:iam::*:role/regulated/*")


def logins_from_another_issuer(world: World) -> None:
    world.clusters["prod-eu"] = replace(world.clusters["prod-eu"], status="UPDATING")
    world.login_issuers = ("https://login.example.com",)


def a_trust_policy_that_was_changed_long_ago(world: World) -> None:
    world.changes = [TrustChange(at=NOON - timedelta(hours=3), by="")]


def a_windows_pod_by_its_node_selector(world: World) -> None:
    a_windows_container(world)
    spec = replace(world.pods[0].spec, windows=True)
    world.pods = [replace(world.pods[0], spec=spec)]


def a_full_account_that_has_the_provider(world: World) -> None:
    for number in range(100):
        other = h.provider(issuer=f"https://token.example.com/{number}")
        world.providers[other.arn] = other


def only_pod_identity(world: World) -> None:
    """Neither annotation nor web identity: the agent on the node gives the role."""
    world.accounts[0] = h.service_account(role_arn=None)
    asks_the_agent(world)


def asks_the_agent(world: World) -> None:
    folder = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
    env = (
        EnvVar(
            name="AWS_CONTAINER_CREDENTIALS_FULL_URI", value="http://169.254.170.23/v1/credentials"
        ),
        EnvVar(name="AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", value=f"{folder}/token"),
    )
    mounts = (Mount(volume="eks-pod-identity-token", path=folder),)
    token = TokenVolume(
        name="eks-pod-identity-token",
        audience="pods.eks.amazonaws.com",
        path="token",
        expiration_seconds=86400,
    )
    app = Container(name="app", env=env, mounts=mounts)
    faults.pod_with(world, containers=(app,), token_volumes=(token,))


def an_annotation_that_pod_identity_overrides(world: World) -> None:
    asks_the_agent(world)
    faults.association(world)


def a_volume_with_a_token_for_somebody_else_too(world: World) -> None:
    ours = h.pod().spec.token_volumes[0]
    faults.pod_with(world, token_volumes=(ours, replace(ours, audience="vault", path="vault")))


def a_volume_with_a_token_for_somebody_else_first(world: World) -> None:
    ours = h.pod().spec.token_volumes[0]
    faults.pod_with(world, token_volumes=(replace(ours, audience="vault", path="vault"), ours))


def a_pod_that_skips_the_webhook_and_brings_what_it_needs(world: World) -> None:
    a_manifest_that_brings_its_own_token(world)
    faults.pod_with(world, labels={"eks.amazonaws.com/skip-pod-identity-webhook": "true"})


def variables_from_a_config_map_beside_the_webhooks(world: World) -> None:
    plain = h.container()
    faults.pod_with(world, containers=(replace(plain, env_from=("configmap settings",)),))


def a_token_mounted_by_sub_path_that_has_not_expired(world: World) -> None:
    faults.mount_one_file(world)


VARIANTS: list[Callable[[World], None]] = [
    one_role_for_two_clusters,
    string_like_for_a_namespace,
    the_role_in_another_account_with_a_provider_there,
    a_custom_audience_that_all_three_know,
    pod_identity_beside_irsa,
    a_self_hosted_webhook_with_a_config_map,
    a_manifest_that_brings_its_own_token,
    a_sidecar_that_needs_no_aws,
    a_sidecar_added_after_the_webhook,
    a_migration_account_without_a_pod,
    keys_for_another_store_in_a_pod_that_uses_its_role,
    a_windows_container,
    gov_cloud,
    china,
    a_cluster_of_its_own_issuer,
    an_account_without_names,
    an_association_that_new_pods_will_get,
    a_control_policy_that_lists_this_issuer,
    a_control_policy_over_other_roles,
    logins_from_another_issuer,
    a_trust_policy_that_was_changed_long_ago,
    a_windows_pod_by_its_node_selector,
    a_full_account_that_has_the_provider,
    only_pod_identity,
    an_annotation_that_pod_identity_overrides,
    a_volume_with_a_token_for_somebody_else_too,
    a_volume_with_a_token_for_somebody_else_first,
    a_pod_that_skips_the_webhook_and_brings_what_it_needs,
    variables_from_a_config_map_beside_the_webhooks,
    a_token_mounted_by_sub_path_that_has_not_expired,
]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda f: f.__name__.replace("_", " "))
async def test_a_valid_set_up_raises_no_alarm(variant: Callable[[World], None]) -> None:
    world = h.healthy()
    variant(world)

    diagnosis = await diagnosed(world, h.case(h.symptom(Cause.ACCESS_DENIED, role_arn=None)))

    causes = {
        r.code: r.finding and r.finding.headline
        for r in diagnosis.results
        if r.status is Status.FAIL and r.severity is Severity.CAUSE
    }
    assert causes == {}
    assert diagnosis.verdict is Verdict.HEALTHY, diagnosis.headline
    assert diagnosis.fixes == ()


@pytest.mark.parametrize("failed", [False, True])
async def test_a_profile_in_a_file_of_its_own_is_at_most_likely(failed: bool) -> None:  # noqa: FBT001
    """It may start from the web identity and go on to a role of another account."""
    world = h.healthy()
    env = (
        EnvVar(name="AWS_PROFILE", value="team"),
        EnvVar(name="AWS_CONFIG_FILE", value="/etc/aws/config"),
    )
    faults.pod_with(world, containers=(h.container(extra=env),))
    text = h.symptom(Cause.NODE_ROLE, role_arn=None) if failed else None

    found = {r.code: r for r in (await diagnosed(world, h.case(text))).results}["IRSA206"]

    assert found.status is (Status.FAIL if failed else Status.PASS)
    assert found.finding is None or found.finding.likely


async def test_keys_of_a_sidecar_beside_a_container_with_the_role_are_only_likely() -> None:
    world = h.healthy()
    side = Container(name="minio", env=(EnvVar(name="AWS_ACCESS_KEY_ID", value="minio"),))
    faults.pod_with(world, containers=(side, h.container()))

    found = {r.code: r for r in (await diagnosed(world)).results}["IRSA206"]

    assert found.finding is not None
    assert found.finding.likely
