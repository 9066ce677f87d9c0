"""One broken world per code: the fault, the case, and what must lead."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from diagnostics.case import Case
from diagnostics.evidence import (
    AUDIENCE,
    ROLE_ARN,
    SKIP_CONTAINERS,
    TOKEN_EXPIRATION,
    ControlPolicies,
    ControlPolicy,
    EnvVar,
    FieldManager,
    Mount,
    PodIdentityAssociation,
    PodSpec,
    PublishedKeys,
    TokenVolume,
    TrustChange,
    Webhooks,
)
from diagnostics.fleet import Binding, Hints, WorkloadRef
from diagnostics.recognize import recognize
from diagnostics.recognize.symptom import Cause, Kind
from tests.engine import edits as e
from tests.engine import healthy as h
from tests.engine.fleet_double import NOON, World

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Fault:
    """A broken world."""

    code: str
    name: str
    break_it: Callable[[World], object]
    case: Case = field(default_factory=h.case)
    risk: bool = False
    follows: tuple[str, ...] = ()
    """Codes that must be listed as following from it."""
    says: str = ""
    """What the headline or note must hold."""


FAULTS: list[Fault] = []


def fault(code: str, **more: object) -> Callable[[Callable[[World], object]], None]:
    def declare(function: Callable[[World], object]) -> None:
        FAULTS.append(
            Fault(code=code, name=function.__name__, break_it=function, **more)  # type: ignore[arg-type]
        )

    return declare


def annotated(world: World, role_arn: str | None, **annotations: str) -> None:
    extra = {k.replace("__", "/").replace("_", "-"): v for k, v in annotations.items()}
    world.accounts[0] = h.service_account(role_arn=role_arn, annotations=extra)
    world.pods = [h.pod(role_arn)]


def trust(world: World, *statements: dict[str, object]) -> None:
    world.roles[h.SHARED, "payments-api"] = h.role(*statements)


def pod_with(world: World, **spec: object) -> None:
    plain = h.pod()
    world.pods = [replace(plain, spec=replace(plain.spec, **spec))]  # type: ignore[arg-type]


# -- 1 the workload and its service account ------------------------------------------------------


def everything_runs_as_default(world: World) -> None:
    world.workloads = [
        replace(w, template=replace(w.template, service_account="default")) for w in world.workloads
    ]
    e.leave_bare(world)
    e.edit_pods(world, service_account="default")


@fault("IRSA101", case=h.case(workload=WorkloadRef(kind="Deployment", name="api")))
def the_deployment_runs_as_default(world: World) -> None:
    everything_runs_as_default(world)


@fault("IRSA101")
def nobody_named_the_workload_which_runs_as_default(world: World) -> None:
    everything_runs_as_default(world)


@fault(
    "IRSA101",
    case=Case(
        symptom=h.symptom(Cause.NODE_ROLE, role_arn=None, workload="api", namespace="payments"),
        hints=Hints(cluster="prod-eu"),
    ),
)
def the_text_names_a_workload_that_runs_as_default(world: World) -> None:
    everything_runs_as_default(world)


@fault(
    "IRSA101",
    case=h.case(h.symptom(Cause.NODE_ROLE), service_account="default"),
    follows=("IRSA103",),
)
def the_text_names_default_while_another_carries_the_role(world: World) -> None:
    everything_runs_as_default(world)


@fault("IRSA102", says="does not exist in namespace payments")
def the_service_account_does_not_exist(world: World) -> None:
    held = [a for a in world.accounts if (a.namespace, a.name) != ("payments", "api")]
    world.accounts = [h.service_account("apis", role_arn=None), *held]


@fault("IRSA103", case=h.case(h.symptom(role_arn=None)))
def the_annotation_is_missing(world: World) -> None:
    e.drop_annotation(world)


@fault("IRSA103")
def the_annotation_is_empty(world: World) -> None:
    e.drop_annotation(world)
    e.set_annotations(world, {ROLE_ARN: ""})


@fault("IRSA103", says="was last written by helm at 2026-11-24 11:00 UTC")
def a_tool_dropped_the_annotation(world: World) -> None:
    annotated(world, None)
    wrote = FieldManager(
        manager="helm",
        operation="Update",
        time=NOON - timedelta(hours=1),
        annotations=frozenset(),
    )
    world.accounts[0] = replace(world.accounts[0], managers=(wrote,))


@fault("IRSA104", follows=("IRSA401",), says="Role payments-api trusts this service account")
def the_annotation_names_a_missing_role_while_another_trusts_it(world: World) -> None:
    e.rename_role(world, lambda arn: arn.replace("payments-api", "payments-apo"))


@fault("IRSA104", follows=("IRSA406",))
def the_annotation_names_another_accounts_role(world: World) -> None:
    other = h.role(h.statement(sub="system:serviceaccount:payments:worker"), name="payments-worker")
    world.roles[h.SHARED, other.name] = other
    annotated(world, other.arn)


@fault("IRSA104", says="the fleet file says bound")
def the_fleet_file_gives_another_role(world: World) -> None:
    bound = h.role(h.statement(), name="bound")
    world.roles[h.SHARED, "bound"] = bound
    world.fleet = replace(
        world.fleet,
        bindings=(
            Binding(
                cluster="prod-eu", namespace="payments", service_account="api", role_arn=bound.arn
            ),
        ),
    )


@fault("IRSA105", says="a space at character 1")
def the_annotation_has_blanks(world: World) -> None:
    e.rename_role(world, lambda arn: f" {arn}")


@fault("IRSA105", says="account ID is 11 characters")
def the_account_id_has_11_digits(world: World) -> None:
    annotated(world, "arn:aws:iam::11112222333:role/payments-api")


@fault("IRSA105", says="instance-profile where role/ is expected")
def the_annotation_is_an_instance_profile(world: World) -> None:
    annotated(world, f"arn:aws:iam::{h.SHARED}:instance-profile/payments-api")


@fault("IRSA105", says="a placeholder in it was never filled in")
def a_placeholder_is_left(world: World) -> None:
    annotated(world, "arn:aws:iam::${ACCOUNT_ID}:role/payments-api")


@fault("IRSA105", says="partition aws-cn, while the cluster is in aws")
def the_annotation_is_of_another_partition(world: World) -> None:
    annotated(world, h.ROLE.replace("arn:aws:", "arn:aws-cn:"))


@fault("IRSA106", follows=("IRSA103",), says="is spelled eks.amazonaws.com/role_arn")
def the_key_has_an_underscore(world: World) -> None:
    held = next((a.role_arn for a in world.accounts if a.name == "api" and a.role_arn), h.ROLE)
    e.drop_annotation(world)
    e.set_annotations(world, {"eks.amazonaws.com/role_arn": held})


@fault("IRSA106", follows=("IRSA103",), says="on the pod template instead")
def the_annotation_is_on_the_pod_template(world: World) -> None:
    annotated(world, None)
    template = replace(h.deployment().template, annotations={ROLE_ARN: h.ROLE})
    world.workloads = [h.deployment(template=template)]


@fault("IRSA107", says="it has path /team/payments/")
def the_path_was_dropped(world: World) -> None:
    role = e.role_of(world)
    if role is not None:
        path = "/team/payments/"
        arn = role.arn.replace(":role/", f":role{path}")
        world.roles[role.account, role.name] = replace(role, path=path, arn=arn)


@fault("IRSA108", follows=("IRSA304", "IRSA408"))
def the_audience_is_annotated_as_something_else(world: World) -> None:
    e.set_annotations(world, {AUDIENCE: "vault"})


@fault("IRSA109", risk=True)
def the_token_lifetime_is_a_duration(world: World) -> None:
    world.accounts[0] = h.service_account(annotations={TOKEN_EXPIRATION: "24h"})


@fault("IRSA110", risk=True, says="Helm owns")
def helm_owns_the_service_account(world: World) -> None:
    world.accounts[0] = h.service_account(annotations={"meta.helm.sh/release-name": "payments"})


@fault("IRSA111", follows=("IRSA103",), says="The annotation is on staging/api")
def the_namesake_is_annotated(world: World) -> None:
    e.drop_annotation(world)
    role = e.role_of(world)
    world.accounts.append(
        h.service_account(namespace="staging", role_arn=role.arn if role else h.ROLE)
    )


# -- 2 what the pod really got -------------------------------------------------------------------


@fault("IRSA201", says="1 pod of service account api still runs without a role")
def the_pods_are_older_than_the_annotation(world: World) -> None:
    e.leave_bare(world)
    world.pods = [replace(p, created=NOON - timedelta(hours=5)) for p in world.pods]


@fault("IRSA201", says="still runs with another role")
def the_pods_have_the_old_role(world: World) -> None:
    world.pods = [h.pod(f"arn:aws:iam::{h.SHARED}:role/old", age=timedelta(hours=5))]


@fault("IRSA202", follows=())
def the_webhook_is_gone(world: World) -> None:
    world.webhooks = Webhooks()
    e.leave_bare(world)


@fault("IRSA203", follows=("IRSA201",), says="leaves out namespace payments")
def the_webhook_watches_another_namespace(world: World) -> None:
    hook = replace(h.WEBHOOK, namespace_selector="kubernetes.io/metadata.name in (kube-system)")
    world.webhooks = Webhooks(items=(hook,))
    e.leave_bare(world)


@fault("IRSA203", follows=("IRSA201",), says="no caBundle")
def the_webhook_has_no_ca(world: World) -> None:
    hook = replace(
        h.WEBHOOK, url=None, service="kube-system/pod-identity-webhook", ca_bundle_present=False
    )
    world.webhooks = Webhooks(items=(hook,))
    world.pods = [h.pod(None)]


@fault("IRSA203", follows=("IRSA201",), says="leaves out namespace payments")
def the_webhook_selects_labels_that_are_not_read(world: World) -> None:
    hook = replace(h.WEBHOOK, namespace_selector="team in (a)")
    world.webhooks = Webhooks(items=(hook,))
    world.pods = [h.pod(None)]


@fault("IRSA204", says="on the pod's skip-containers list")
def the_container_is_skipped(world: World) -> None:
    e.leave_bare(world)
    e.edit_pods(world, annotations={SKIP_CONTAINERS: "side, app"})


@fault("IRSA204", says="label that makes the webhook skip")
def the_pod_is_skipped(world: World) -> None:
    pod_with(
        world,
        containers=(h.container(None),),
        labels={"eks.amazonaws.com/skip-pod-identity-webhook": "true"},
    )


@fault("IRSA205", says="sets AWS_ROLE_ARN itself to another role")
def the_manifest_sets_another_role(world: World) -> None:
    old = EnvVar(name="AWS_ROLE_ARN", value=f"arn:aws:iam::{h.SHARED}:role/old")
    world.workloads = [
        replace(
            w,
            template=replace(
                w.template,
                containers=tuple(e.set_variable(c, old) for c in w.template.containers),
            ),
        )
        for w in world.workloads
    ]
    e.edit_containers(world, lambda c: e.set_variable(c, old))


@fault("IRSA206", says="sets AWS_ACCESS_KEY_ID")
def static_keys_come_first(world: World) -> None:
    static_keys_in(world)


def static_keys_in(world: World) -> None:
    keys = EnvVar(name="AWS_ACCESS_KEY_ID", value=None, source="secret aws-keys")
    e.edit_containers(world, lambda c: e.set_variable(c, keys))


@fault(
    "IRSA206",
    case=h.case(h.symptom(Cause.PERMISSION, source_role=None)),
    follows=("IRSA602",),
)
def the_text_names_a_user_whose_keys_come_first(world: World) -> None:
    static_keys_in(world)


@fault("IRSA207", says="a path where none is mounted")
def the_token_is_not_mounted(world: World) -> None:
    e.edit_containers(world, lambda c: replace(c, mounts=()))


def for_nomad(volume: TokenVolume) -> TokenVolume:
    return replace(volume, audience="nomad", expiration_seconds=3600)


@fault("IRSA208", says="is for audience nomad, not sts.amazonaws.com")
def the_projected_token_is_for_nomad(world: World) -> None:
    world.pods = [
        replace(
            p, spec=replace(p.spec, token_volumes=tuple(for_nomad(v) for v in p.spec.token_volumes))
        )
        for p in world.pods
    ]


def mount_one_file(world: World) -> None:
    """The manifest mounts the token alone, by subPath, where the webhook would mount its folder."""
    path = f"{h.TOKEN_DIR}/token"
    one = Mount(volume="aws-iam-token", path=path, sub_path="token")
    e.edit_containers(world, lambda c: replace(c, mounts=(one,)))


@fault(
    "IRSA209",
    case=h.case(h.symptom(Cause.TOKEN_FILE, excerpt="open …/token: permission denied")),
)
def the_process_may_not_read_its_token(world: World) -> None:
    e.edit_pods(world, run_as_user=1000)


@fault("IRSA212", risk=True)
def pod_identity_is_set_up_too(world: World) -> None:
    uri = EnvVar(
        name="AWS_CONTAINER_CREDENTIALS_FULL_URI", value="http://169.254.170.23/v1/credentials"
    )
    pod_with(world, containers=(h.container(extra=(uri,)),))


def two_containers(world: World) -> None:
    pod_with(world, containers=(h.container(), h.container(None, name="backup")))


@fault(
    "IRSA204",
    case=h.case(h.symptom(Cause.NODE_ROLE)),
    says="Only some containers of the pod have the role; backup has none",
)
def a_container_was_added_after_the_webhook(world: World) -> None:
    two_containers(world)


@fault("IRSA205", says="gets AWS_ROLE_ARN twice")
def the_chart_injects_beside_the_webhook(world: World) -> None:
    old = EnvVar(name="AWS_ROLE_ARN", value=f"arn:aws:iam::{h.SHARED}:role/old")
    plain = h.container()
    pod_with(world, containers=(replace(plain, env=(*plain.env, old)),))


@fault("IRSA205", says="sets AWS_WEB_IDENTITY_TOKEN_FILE itself, so the webhook adds nothing")
def the_manifest_sets_one_of_the_two(world: World) -> None:
    own = h.container(None, extra=(EnvVar(name="AWS_WEB_IDENTITY_TOKEN_FILE", value="/token"),))
    world.workloads = [h.deployment(template=PodSpec(service_account="api", containers=(own,)))]
    world.pods = [h.pod(spec=PodSpec(service_account="api", containers=(own,)))]


@fault("IRSA207", says="has the webhook's name, but holds no token")
def a_volume_has_the_webhooks_name(world: World) -> None:
    pod_with(world, token_volumes=())


@fault("IRSA207", says="the Kubernetes API's own token")
def the_variable_names_the_api_token(world: World) -> None:
    path = "/var/run/secrets/kubernetes.io/serviceaccount/token"
    plain = h.container(None)
    env = (
        EnvVar(name="AWS_ROLE_ARN", value=h.ROLE),
        EnvVar(name="AWS_WEB_IDENTITY_TOKEN_FILE", value=path),
    )
    pod_with(world, containers=(replace(plain, env=env),), token_volumes=())


@fault("IRSA215", says="got the token path of a Linux one")
def the_windows_pod_is_chosen_by_affinity(world: World) -> None:
    e.edit_pods(world, windows=True)


@fault("IRSA206", says="sets AWS_PROFILE")
def a_profile_is_set(world: World) -> None:
    profile = (EnvVar(name="AWS_PROFILE", value="default"),)
    pod_with(world, containers=(h.container(extra=profile),))


@fault("IRSA201", says="The pod was created within seconds of its service account")
def the_pod_came_with_its_service_account(world: World) -> None:
    world.accounts[0] = replace(world.accounts[0], created=NOON - timedelta(minutes=5), managers=())
    world.pods = [h.pod(None, age=timedelta(minutes=5) - timedelta(seconds=2))]


# -- 3 the OIDC provider -------------------------------------------------------------------------


@fault("IRSA301", says="has no IAM OIDC provider for cluster prod-eu")
def there_is_no_provider(world: World) -> None:
    world.providers.pop(h.provider_arn(), None)


@fault("IRSA302", follows=("IRSA301",), says="the same ID at another host or region")
def the_provider_is_in_another_region(world: World) -> None:
    world.providers.pop(h.provider_arn(), None)
    near = h.provider(issuer=h.ISSUER.replace("eu-west-1", "eu-west-2"))
    world.providers[near.arn] = near


@fault("IRSA302", follows=("IRSA301",), says="differs in a few characters")
def the_provider_has_a_mistyped_id(world: World) -> None:
    world.providers.pop(h.provider_arn(), None)
    near = h.provider(issuer=h.ISSUER.replace("A1B2", "A1B3"))
    world.providers[near.arn] = near


@fault("IRSA302", follows=("IRSA301",), says="the issuer's dual-stack name")
def the_provider_has_the_dual_stack_host(world: World) -> None:
    world.providers.pop(h.provider_arn(), None)
    dual = h.provider(
        issuer=h.ISSUER.replace("oidc.eks.eu-west-1.amazonaws.com", "oidc-eks.eu-west-1.api.aws")
    )
    world.providers[dual.arn] = dual


@fault("IRSA309", risk=True, says="has 101 OIDC providers; IAM allows 100")
def the_account_is_full_of_providers(world: World) -> None:
    world.providers.pop(h.provider_arn(), None)
    for number in range(100):
        other = h.provider(issuer=f"https://token.example.com/{number}")
        world.providers[other.arn] = other


@fault("IRSA303", follows=("IRSA301",), says="but the role is in 444455556666")
def the_provider_is_in_the_clusters_account_only(world: World) -> None:
    e.move_role(world, h.TEAM)


@fault("IRSA304", says="does not list the audience sts.amazonaws.com")
def the_provider_knows_another_audience(world: World) -> None:
    only = h.provider(client_ids=("sts.amazonaws.com.cn",))
    world.providers[only.arn] = only


@fault("IRSA305", follows=("IRSA301",), says="spells the issuer's URL differently")
def the_providers_url_ends_in_a_slash(world: World) -> None:
    world.providers.pop(h.provider_arn(), None)
    slash = h.provider(issuer=f"{h.ISSUER}/")
    world.providers[slash.arn] = slash


@fault("IRSA308", says="was created after role")
def the_cluster_was_created_anew(world: World) -> None:
    world.clusters["prod-eu"] = replace(world.clusters["prod-eu"], created=NOON - timedelta(days=1))
    old = "https://oidc.eks.eu-west-1.amazonaws.com/id/FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
    e.trust_issuer(world, old)


# -- 4 the role and its trust policy -------------------------------------------------------------


@fault("IRSA401", says="does not exist in account")
def the_role_does_not_exist(world: World) -> None:
    world.roles.clear()


def trust_a_service(statements: list[e.Statement]) -> None:
    statements[:] = [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
        *(s for s in statements if s["Effect"] == "Deny"),
    ]


@fault("IRSA402", says="trusts ec2.amazonaws.com, but no OIDC provider")
def only_a_service_is_trusted(world: World) -> None:
    e.edit_trust(world, trust_a_service)


@fault("IRSA403", says="allows sts:AssumeRole, not")
def the_action_is_assume_role(world: World) -> None:
    e.edit_statements(world, lambda s: s.update(Action="sts:AssumeRole"))


@fault("IRSA404", says="the provider of cluster prod-us, not that of prod-eu")
def another_clusters_provider_is_trusted(world: World) -> None:
    e.trust_issuer(world, h.OTHER_ISSUER)


@fault("IRSA404", says="the provider of account 444455556666, but is in 111122223333")
def the_provider_of_another_account_is_trusted(world: World) -> None:
    trust(world, h.statement(account=h.TEAM))


@fault("IRSA404", says="not as Federated")
def the_provider_stands_under_aws(world: World) -> None:
    trust(world, {**h.statement(), "Principal": {"AWS": h.provider_arn()}})


@fault("IRSA405", says="trusts staging/api, not payments/api")
def the_sub_names_another_namespace(world: World) -> None:
    e.set_claim(world, "sub", "system:serviceaccount:staging:api")


@fault("IRSA406", says="trusts payments/worker, not payments/api")
def the_sub_names_another_service_account(world: World) -> None:
    e.set_claim(world, "sub", "system:serviceaccount:payments:worker")


@fault("IRSA407", says="it holds a space at character 23")
def the_sub_has_a_blank(world: World) -> None:
    e.set_claim(world, "sub", "system:serviceaccount: payments:api")


@fault("IRSA407", says="it holds a space at character 23")
def the_blank_is_in_one_of_several_clusters_statements(world: World) -> None:
    trust(
        world,
        h.statement(issuer=h.OTHER_ISSUER),
        h.statement(sub="system:serviceaccount: payments:api"),
    )


@fault("IRSA407")
def the_sub_is_in_another_case(world: World) -> None:
    trust(world, h.statement(sub="system:serviceaccount:Payments:api"))


@fault("IRSA407")
def the_sub_says_service_accounts(world: World) -> None:
    trust(world, h.statement(sub="system:serviceaccounts:payments:api"))


@fault("IRSA408", says="wants audience consul")
def the_aud_is_another(world: World) -> None:
    e.set_claim(world, "aud", "consul")


@fault("IRSA409", risk=True)
def the_aud_is_not_checked(world: World) -> None:
    trust(world, h.statement(aud=None))


def keys_with_https(statement: e.Statement) -> None:
    conditions = statement["Condition"]
    conditions["StringEquals"] = {f"https://{k}": v for k, v in conditions["StringEquals"].items()}


@fault("IRSA410")
def the_keys_carry_https(world: World) -> None:
    e.edit_statements(world, keys_with_https)


@fault("IRSA410")
def the_key_carries_the_providers_arn(world: World) -> None:
    whole = h.statement()
    whole["Condition"] = {"StringEquals": {f"{h.provider_arn()}:sub": h.SUBJECT}}
    trust(world, whole)


@fault("IRSA410")
def the_key_lacks_its_claim(world: World) -> None:
    whole = h.statement()
    whole["Condition"] = {"StringEquals": {h.ISSUER.removeprefix("https://"): h.SUBJECT}}
    trust(world, whole)


@fault("IRSA408", says="the values of sub and aud swapped")
def aud_and_sub_are_swapped(world: World) -> None:
    trust(world, h.statement(sub="sts.amazonaws.com", aud=h.SUBJECT))


@fault("IRSA415", says="does not offer the claim iss")
def a_claim_is_asked_for_that_iam_does_not_have(world: World) -> None:
    key = f"{h.ISSUER.removeprefix('https://')}:iss"
    e.edit_statements(world, lambda s: s["Condition"]["StringEquals"].update({key: h.ISSUER}))


@fault("IRSA411", says="a wildcard")
def a_star_stands_under_string_equals(world: World) -> None:
    e.set_claim(world, "sub", "system:serviceaccount:payments:*")


@fault("IRSA412", says="leaves this service account out")
def the_conditions_exclude_one_another(world: World) -> None:
    key = f"{h.ISSUER.removeprefix('https://')}:sub"
    e.edit_statements(world, lambda s: s["Condition"].update(StringNotEquals={key: h.SUBJECT}))


@fault("IRSA413", says="The Deny in statement 2")
def a_deny_matches(world: World) -> None:
    role = e.role_of(world)
    if role is not None:
        deny = {**h.statement(account=role.account, aud=None), "Effect": "Deny"}
        e.edit_trust(world, lambda statements: statements.append(deny))


@fault("IRSA414", says="no statement for cluster prod-eu")
def the_shared_role_lacks_this_cluster(world: World) -> None:
    third = h.OTHER_ISSUER.replace("0F9E", "1111")
    role = e.role_of(world)
    away = role.account if role else h.SHARED
    others = [h.statement(account=away, issuer=i) for i in (h.OTHER_ISSUER, third)]

    def change(statements: list[e.Statement]) -> None:
        statements[:] = [*others, *(s for s in statements if s["Effect"] == "Deny")]

    e.edit_trust(world, change)


@fault("IRSA415", says="lacks the tag team that its trust policy demands")
def the_role_lacks_a_tag(world: World) -> None:
    e.edit_statements(
        world,
        lambda s: s["Condition"]["StringEquals"].update({"aws:ResourceTag/team": "payments"}),
    )


@fault("IRSA415", says="is not in the account")
def the_policy_is_for_another_account(world: World) -> None:
    e.edit_statements(
        world,
        lambda s: s["Condition"].update(StringEquals={"aws:ResourceAccount": h.TEAM}),
    )


@fault("IRSA415", says="sts:ExternalId")
def an_external_id_is_required(world: World) -> None:
    whole = h.statement()
    whole["Condition"]["StringEquals"]["sts:ExternalId"] = "example"  # type: ignore[index]
    trust(world, whole)


@fault("IRSA416", risk=True)
def no_sub_is_asked_for(world: World) -> None:
    trust(world, h.statement(sub=None))


@fault("IRSA418", risk=True, case=h.case(h.symptom()))
def the_role_was_made_a_minute_ago(world: World) -> None:
    fresh = replace(h.role(h.statement()), created=NOON - timedelta(minutes=1))
    world.roles[h.SHARED, fresh.name] = fresh


@fault("IRSA502", follows=("IRSA408",))
def the_aud_is_chinas(world: World) -> None:
    e.set_claim(world, "aud", "sts.amazonaws.com.cn")


# -- what AWS keeps beside role and provider ------------------------------------------------------


def association(world: World) -> None:
    world.associations = [
        PodIdentityAssociation(
            id="a-1",
            namespace="payments",
            service_account="api",
            role_arn=f"arn:aws:iam::{h.SHARED}:role/by-association",
            created=NOON - timedelta(minutes=30),
        )
    ]


@fault("IRSA212", risk=True, says="New pods will get role by-association")
def an_association_waits_for_new_pods(world: World) -> None:
    association(world)


@fault("IRSA217", follows=("IRSA301",), says="older than their Pod Identity association")
def the_pods_are_older_than_the_association_and_no_provider_exists(world: World) -> None:
    association(world)
    world.providers.pop(h.provider_arn(), None)


@fault("IRSA310", risk=True, says="takes logins from its own issuer")
def the_issuer_is_set_for_logins_too(world: World) -> None:
    world.clusters["prod-eu"] = replace(world.clusters["prod-eu"], status="UPDATING")
    world.login_issuers = (h.ISSUER,)


@fault(
    "IRSA418", risk=True, case=h.case(h.symptom()), says="The trust policy was changed 1 minute ago"
)
def the_trust_policy_was_changed_a_minute_ago(world: World) -> None:
    world.changes = [TrustChange(at=NOON - timedelta(minutes=1), by="arn:aws:iam::1:role/admin")]


def control_policy(world: World, **statement: object) -> None:
    deny = {
        "Sid": "OnlyKnownIssuers",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Resource": "*",
        **statement,
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    policy = ControlPolicy(id="p-1", name="only-known-issuers", text=text, attached_to="r-1")
    for account in (h.SHARED, h.TEAM):
        world.policies[account] = ControlPolicies(account=account, items=(policy,))


@fault(
    "IRSA501", case=h.case(h.symptom()), says="resource control policy only-known-issuers denies"
)
def a_control_policy_lists_other_issuers_only(world: World) -> None:
    key = h.OTHER_ISSUER.removeprefix("https://")
    control_policy(world, Condition={"Null": {f"{key}:sub": "true"}})


@fault("IRSA307", case=h.case(h.symptom(Cause.VERIFICATION_KEY)), says="a private address only")
def the_issuer_is_not_public(world: World) -> None:
    world.published = PublishedKeys(
        issuer=h.ISSUER,
        fault="its host has private addresses only, which AWS can't reach",
        place=f"{h.ISSUER}/.well-known/openid-configuration",
    )


@fault("IRSA307", case=h.case(h.symptom(Cause.THUMBPRINT)), says="not one that AWS trusts")
def the_issuer_has_a_private_certificate(world: World) -> None:
    world.published = PublishedKeys(
        issuer=h.ISSUER,
        fault="its certificate is not signed by a publicly trusted authority, or is another host's",
        place=f"{h.ISSUER}/.well-known/openid-configuration",
    )


@fault(
    "IRSA307",
    case=h.case(h.symptom(Cause.VERIFICATION_KEY)),
    says="does not publish the key that the cluster signs",
)
def the_keys_were_not_published_again(world: World) -> None:
    world.signing = frozenset({"key-2"})


# -- what only the text shows --------------------------------------------------------------------


def pasted(code: str, name: str, text: str, says: str = "", **known: object) -> None:
    """A failure that the text alone shows, read as the bot reads it."""
    found = recognize(text)
    assert found, name
    symptom = replace(found[0], **known)  # type: ignore[arg-type]
    FAULTS.append(
        Fault(code=code, name=name, break_it=lambda _: None, case=h.case(symptom), says=says)
    )


STS = "operation error STS: AssumeRoleWithWebIdentity, "
ASSUMED = f"User: arn:aws:sts::{h.SHARED}:assumed-role/payments-api/botocore-session-1 is not authorized to perform"
NODE = (
    f"AccessDenied: User: arn:aws:sts::{h.SHARED}:assumed-role/prod-NodeInstanceRole-1ABC/i-0f3c9b7a61d2e4c58 "
    "is not authorized to perform: s3:ListBucket"
)

pasted(
    "IRSA210",
    "the_process_kept_its_token",
    STS
    + "https response error StatusCode: 400, api error ExpiredTokenException: Token expired: current date/time "
    "1732449600 must be before the expiration date/time 1732438800",
    "had expired 3 hours before",
)


@fault(
    "IRSA210",
    case=h.case(h.symptom(Cause.EXPIRED_TOKEN)),
    says="mounts its token by subPath, so it is never renewed",
)
def the_token_is_mounted_by_sub_path(world: World) -> None:
    mount_one_file(world)


pasted(
    "IRSA216",
    "the_token_is_no_jwt",
    STS
    + "api error InvalidIdentityToken: The ID Token provided is not a valid JWT. (You may see this error if you "
    "sent an Access Token)",
    "is no web identity token",
)
pasted(
    "IRSA214",
    "sts_times_out",
    "WebIdentityErr: failed to retrieve credentials caused by: RequestError: send request failed caused by: Post "
    '"https://sts.eu-west-1.amazonaws.com/": dial tcp 52.94.1.2:443: i/o timeout',
    "can't reach STS over the network",
)
pasted(
    "IRSA214",
    "the_global_endpoint_times_out",
    "WebIdentityErr: failed to retrieve credentials caused by: RequestError: send request failed caused by: Post "
    '"https://sts.amazonaws.com/": dial tcp 52.94.1.2:443: i/o timeout',
    "the global STS endpoint",
)
pasted(
    "IRSA214",
    "the_name_of_sts_is_not_resolved",
    "WebIdentityErr: failed to retrieve credentials caused by: RequestError: send request failed caused by: Post "
    '"https://sts.eu-west-1.amazonaws.com/": dial tcp: lookup sts.eu-west-1.amazonaws.com: no such host',
    "can't resolve the name of STS",
)
pasted(
    "IRSA214",
    "the_connection_is_refused",
    "WebIdentityErr: failed to retrieve credentials caused by: RequestError: send request failed caused by: Post "
    '"https://sts.eu-west-1.amazonaws.com/": dial tcp 52.94.1.2:443: connect: connection refused',
    "refused before it left the node",
)
pasted(
    "IRSA214",
    "a_proxy_fails",
    "WebIdentityErr: failed to retrieve credentials caused by: RequestError: send request failed caused by: Post "
    '"https://sts.eu-west-1.amazonaws.com/": proxyconnect tcp: dial tcp 10.0.0.9:3128: i/o timeout',
    "A proxy stands between",
)
pasted(
    "IRSA214",
    "tls_is_intercepted",
    "WebIdentityErr: failed to retrieve credentials caused by: RequestError: send request failed caused by: Post "
    '"https://sts.eu-west-1.amazonaws.com/": tls: failed to verify certificate: x509: certificate signed by unknown '
    "authority",
    "does not trust the certificate",
)
pasted(
    "IRSA501",
    "the_endpoint_policy_refuses",
    STS
    + "https response error StatusCode: 403, api error AccessDenied: User: arn:aws:sts::111122223333:"
    "federated-user is not authorized to perform: sts:AssumeRoleWithWebIdentity because no VPC endpoint policy "
    "allows the sts:AssumeRoleWithWebIdentity action",
    "A VPC endpoint policy refuses the call",
    kind=Kind.WEB_IDENTITY,
    cause=Cause.ACCESS_DENIED,
)
pasted(
    "IRSA213",
    "sts_is_off_in_the_region",
    STS
    + "api error RegionDisabledException: STS is not activated in this region for account:111122223333. Your "
    "account administrator can activate STS in this region using the IAM Console.",
    "STS is not activated in",
)
pasted(
    "IRSA504",
    "sts_throttles",
    STS + "https response error StatusCode: 400, api error Throttling: Rate exceeded",
    "there were too many",
)
pasted(
    "IRSA307",
    "the_keys_can_not_be_fetched",
    STS
    + "api error InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  please "
    "reference AssumeRoleWithWebIdentity documentation for requirements",
    "could not fetch the issuer's keys, which are public now",
)
pasted(
    "IRSA503",
    "the_duration_is_too_long",
    STS
    + "api error ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    "a longer session than the role allows",
)
pasted(
    "IRSA503",
    "the_session_name_is_bad",
    STS
    + "api error ValidationError: 1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy "
    r"constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*",
    "session name has characters or a length that STS refuses",
)
pasted(
    "IRSA503",
    "the_role_arn_is_invalid",
    STS + "api error ValidationError: Request ARN is invalid",
    "The role ARN that the pod sends is no role's ARN",
)
pasted(
    "IRSA211",
    "java_lacks_the_sts_module",
    "software.amazon.awssdk.core.exception.SdkClientException: To use web identity tokens, the 'sts' service module "
    "must be on the class path.",
    "lacks software.amazon.awssdk:sts",
)
pasted(
    "IRSA213",
    "the_region_is_missing",
    "Error: Region is missing at fromTokenFile AssumeRoleWithWebIdentity",
    "No region is set",
)
pasted("IRSA602", "the_sdk_is_too_old", NODE, "although the pod has a role of its own")
pasted(
    "IRSA601",
    "the_role_lacks_a_permission",
    f"AccessDenied: {ASSUMED}: s3:ListBucket on resource: arn:aws:s3:::example because no identity-based policy "
    "allows the s3:ListBucket action",
    "role payments-api lacks the permission s3:ListBucket",
)
pasted(
    "IRSA601",
    "a_service_control_policy_denies_the_service",
    f"AccessDenied: {ASSUMED}: ec2:RunInstances on resource: arn:aws:ec2:eu-west-1:{h.SHARED}:instance/* with an "
    "explicit deny in a service control policy",
    "a service control policy refuses what the role asked for",
)
pasted(
    "IRSA605",
    "the_role_assumes_itself",
    f"AccessDenied: {ASSUMED}: sts:AssumeRole on resource: {h.ROLE}",
    "tries to assume itself",
)
pasted(
    "IRSA605",
    "the_second_hop_is_not_trusted",
    f"AccessDenied: {ASSUMED}: sts:AssumeRole on resource: arn:aws:iam::{h.TEAM}:role/dns",
    "role payments-api is not allowed to assume role dns",
)
pasted(
    "IRSA605",
    "the_chain_lacks_tag_session",
    f"AccessDenied: {ASSUMED}: sts:TagSession on resource: arn:aws:iam::{h.TEAM}:role/dns",
    "does not allow sts:TagSession",
)
pasted(
    "IRSA603",
    "the_pod_identity_agent_is_down",
    'failed to refresh cached credentials, failed to load credentials, : Get "http://169.254.170.23/v1/credentials": '
    "dial tcp 169.254.170.23:80: i/o timeout",
    "agent does not answer",
)
pasted(
    "IRSA215",
    "the_token_path_is_no_windows_path",
    "WebIdentityErr: failed fetching WebIdentity token: AWS_WEB_IDENTITY_TOKEN_FILE "
    "/var/run/secrets/eks.amazonaws.com/serviceaccount/token must be an absolute path: not found",
    "got the token path",
)

for _code, _cause in (
    ("IRSA210", Cause.EXPIRED_TOKEN),
    ("IRSA211", Cause.SDK_LACKS_STS),
    ("IRSA213", Cause.NO_REGION),
    ("IRSA213", Cause.REGION_DISABLED),
    ("IRSA214", Cause.STS_UNREACHABLE),
    ("IRSA306", Cause.THUMBPRINT),
    ("IRSA307", Cause.VERIFICATION_KEY),
    ("IRSA503", Cause.VALIDATION),
    ("IRSA504", Cause.THROTTLED),
    ("IRSA601", Cause.PERMISSION),
    ("IRSA602", Cause.NODE_ROLE),
    ("IRSA603", Cause.POD_IDENTITY),
    ("IRSA604", Cause.OTHER_FEDERATION),
    ("IRSA605", Cause.ROLE_CHAINING),
):
    FAULTS.append(
        Fault(
            code=_code,
            name=f"the_text_says_{_cause}",
            break_it=lambda _: None,
            case=h.case(h.symptom(_cause)),
        )
    )

FAULTS.append(
    Fault(
        code="IRSA501",
        name="the_text_names_a_resource_control_policy",
        break_it=lambda _: None,
        case=h.case(h.symptom(message="… with an explicit deny in a resource control policy")),
    )
)


@fault("IRSA419", risk=True, case=h.case(h.symptom(Cause.PERMISSION)))
def the_role_has_a_boundary(world: World) -> None:
    bound = replace(
        h.role(h.statement()), permissions_boundary=f"arn:aws:iam::{h.SHARED}:policy/boundary"
    )
    world.roles[h.SHARED, bound.name] = bound


@fault("IRSA417", risk=True, says="has 2745 characters, and IAM takes 2048")
def the_corrected_policy_is_too_long(world: World) -> None:
    others = [
        h.statement(sub=[f"system:serviceaccount:payments:{'x' * 40}{n}" for n in range(30)]),
    ]
    trust(world, *others)
