"""One broken world per code: the fault, the case, and what must lead."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from diagnostics.case import Case
from diagnostics.evidence import (
    AUDIENCE,
    ROLE_ARN,
    SKIP_CONTAINERS,
    TOKEN_EXPIRATION,
    EnvVar,
    PodSpec,
    TokenVolume,
    Webhooks,
)
from diagnostics.fleet import Binding, Hints, WorkloadRef
from diagnostics.recognize.symptom import Cause
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


@fault("IRSA101", case=h.case(workload=WorkloadRef(kind="Deployment", name="api")))
def the_deployment_runs_as_default(world: World) -> None:
    world.workloads = [h.deployment("default")]
    world.pods = [h.pod(None, account="default")]


@fault("IRSA101")
def nobody_named_the_workload_which_runs_as_default(world: World) -> None:
    world.workloads = [h.deployment("default")]
    world.pods = [h.pod(None, account="default")]


@fault(
    "IRSA101",
    case=Case(
        symptom=h.symptom(Cause.NODE_ROLE, role_arn=None, workload="api", namespace="payments"),
        hints=Hints(cluster="prod-eu"),
    ),
)
def the_text_names_a_workload_that_runs_as_default(world: World) -> None:
    world.workloads = [h.deployment("default")]
    world.pods = [h.pod(None, account="default")]


@fault(
    "IRSA101",
    case=h.case(h.symptom(Cause.NODE_ROLE), service_account="default"),
    follows=("IRSA103",),
)
def the_text_names_default_while_another_carries_the_role(world: World) -> None:
    world.workloads = [h.deployment("default")]
    world.pods = [h.pod(None, account="default")]


@fault("IRSA102", says="does not exist in namespace payments")
def the_service_account_does_not_exist(world: World) -> None:
    world.accounts = [h.service_account("apis", role_arn=None)]
    world.pods = []


@fault("IRSA103", case=h.case(h.symptom(role_arn=None)))
def the_annotation_is_missing(world: World) -> None:
    annotated(world, None)


@fault("IRSA103")
def the_annotation_is_empty(world: World) -> None:
    annotated(world, "")
    world.pods = [h.pod(None)]


@fault("IRSA104", follows=("IRSA401",), says="role payments-api trusts this service account")
def the_annotation_names_a_missing_role_while_another_trusts_it(world: World) -> None:
    annotated(world, f"arn:aws:iam::{h.SHARED}:role/payments-apo")


@fault("IRSA104", follows=("IRSA406",))
def the_annotation_names_another_accounts_role(world: World) -> None:
    other = h.role(h.statement(sub="system:serviceaccount:payments:worker"), name="payments-worker")
    world.roles[h.SHARED, other.name] = other
    annotated(world, other.arn)


@fault("IRSA104", says="while the fleet file gives this service account role bound")
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
    annotated(world, f" {h.ROLE}")


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
    world.accounts[0] = h.service_account(
        role_arn=None, annotations={"eks.amazonaws.com/role_arn": h.ROLE}
    )
    world.pods = [h.pod(None)]


@fault("IRSA106", follows=("IRSA103",), says="on the pod template instead")
def the_annotation_is_on_the_pod_template(world: World) -> None:
    annotated(world, None)
    template = replace(h.deployment().template, annotations={ROLE_ARN: h.ROLE})
    world.workloads = [h.deployment(template=template)]


@fault("IRSA107", says="another path")
def the_path_was_dropped(world: World) -> None:
    world.roles[h.SHARED, "payments-api"] = h.role(h.statement(), path="/team/payments/")


@fault("IRSA108", follows=("IRSA304", "IRSA408"))
def the_audience_is_annotated_as_something_else(world: World) -> None:
    world.accounts[0] = h.service_account(annotations={AUDIENCE: "vault"})


@fault("IRSA109", risk=True)
def the_token_lifetime_is_a_duration(world: World) -> None:
    world.accounts[0] = h.service_account(annotations={TOKEN_EXPIRATION: "24h"})


@fault("IRSA110", risk=True, says="Helm owns")
def helm_owns_the_service_account(world: World) -> None:
    world.accounts[0] = h.service_account(annotations={"meta.helm.sh/release-name": "payments"})


@fault("IRSA111", follows=("IRSA103",), says="The annotation is on staging/api")
def the_namesake_is_annotated(world: World) -> None:
    annotated(world, None)
    world.accounts.append(h.service_account(namespace="staging"))


# -- 2 what the pod really got -------------------------------------------------------------------


@fault("IRSA201", says="1 pod of service account api still runs without a role")
def the_pods_are_older_than_the_annotation(world: World) -> None:
    world.pods = [h.pod(None, age=timedelta(hours=5))]


@fault("IRSA201", says="still runs with another role")
def the_pods_have_the_old_role(world: World) -> None:
    world.pods = [h.pod(f"arn:aws:iam::{h.SHARED}:role/old", age=timedelta(hours=5))]


@fault("IRSA202", follows=())
def the_webhook_is_gone(world: World) -> None:
    world.webhooks = Webhooks()
    world.pods = [h.pod(None)]


@fault("IRSA203", follows=("IRSA201",), says="can't act")
def the_webhook_watches_another_namespace(world: World) -> None:
    hook = replace(h.WEBHOOK, namespace_selector="kubernetes.io/metadata.name in (kube-system)")
    world.webhooks = Webhooks(items=(hook,))
    world.pods = [h.pod(None)]


@fault("IRSA203", follows=("IRSA201",))
def the_webhook_has_no_ca(world: World) -> None:
    hook = replace(
        h.WEBHOOK, url=None, service="kube-system/pod-identity-webhook", ca_bundle_present=False
    )
    world.webhooks = Webhooks(items=(hook,))
    world.pods = [h.pod(None)]


@fault("IRSA203", follows=("IRSA201",), says="can't act")
def the_webhook_selects_labels_that_are_not_read(world: World) -> None:
    hook = replace(h.WEBHOOK, namespace_selector="team in (a)")
    world.webhooks = Webhooks(items=(hook,))
    world.pods = [h.pod(None)]


@fault("IRSA204", says="excluded from injection")
def the_container_is_skipped(world: World) -> None:
    pod_with(world, containers=(h.container(None),), annotations={SKIP_CONTAINERS: "side, app"})


@fault("IRSA204", says="label that makes the webhook skip")
def the_pod_is_skipped(world: World) -> None:
    pod_with(
        world,
        containers=(h.container(None),),
        labels={"eks.amazonaws.com/skip-pod-identity-webhook": "true"},
    )


@fault("IRSA205", says="sets AWS_ROLE_ARN itself to another role")
def the_manifest_sets_another_role(world: World) -> None:
    old = f"arn:aws:iam::{h.SHARED}:role/old"
    template = PodSpec(
        service_account="api",
        containers=(h.container(None, extra=(EnvVar(name="AWS_ROLE_ARN", value=old),)),),
    )
    world.workloads = [h.deployment(template=template)]
    world.pods = [h.pod(old)]


@fault("IRSA206", says="sets AWS_ACCESS_KEY_ID")
def static_keys_come_first(world: World) -> None:
    static_keys_in(world)


def static_keys_in(world: World) -> None:
    keys = (EnvVar(name="AWS_ACCESS_KEY_ID", value=None, source="secret aws-keys"),)
    pod_with(world, containers=(h.container(extra=keys),))


@fault(
    "IRSA206",
    case=h.case(h.symptom(Cause.PERMISSION, source_role=None)),
    follows=("IRSA602",),
)
def the_text_names_a_user_whose_keys_come_first(world: World) -> None:
    static_keys_in(world)


@fault("IRSA207", says="a path where none is mounted")
def the_token_is_not_mounted(world: World) -> None:
    pod_with(world, containers=(replace(h.container(), mounts=()),))


@fault("IRSA208", says="another audience")
def the_projected_token_is_for_vault(world: World) -> None:
    pod_with(
        world,
        token_volumes=(
            TokenVolume(
                name="aws-iam-token", audience="vault", path="token", expiration_seconds=3600
            ),
        ),
    )


@fault(
    "IRSA209",
    case=h.case(h.symptom(Cause.TOKEN_FILE, excerpt="open …/token: permission denied")),
)
def the_process_may_not_read_its_token(world: World) -> None:
    pod_with(world, run_as_user=1000)


@fault("IRSA212", risk=True)
def pod_identity_is_set_up_too(world: World) -> None:
    uri = EnvVar(
        name="AWS_CONTAINER_CREDENTIALS_FULL_URI", value="http://169.254.170.23/v1/credentials"
    )
    pod_with(world, containers=(h.container(extra=(uri,)),))


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


@fault("IRSA303", follows=("IRSA301",), says="but the role is in account 444455556666")
def the_provider_is_in_the_clusters_account_only(world: World) -> None:
    away = h.role(h.statement(account=h.TEAM), account=h.TEAM)
    world.roles[h.TEAM, away.name] = away
    annotated(world, away.arn)


@fault("IRSA304", says="does not list the audience sts.amazonaws.com")
def the_provider_knows_another_audience(world: World) -> None:
    only = h.provider(client_ids=("sts.amazonaws.com.cn",))
    world.providers[only.arn] = only


@fault("IRSA305", follows=("IRSA301",), says="spelled differently")
def the_providers_url_ends_in_a_slash(world: World) -> None:
    world.providers.pop(h.provider_arn(), None)
    slash = h.provider(issuer=f"{h.ISSUER}/")
    world.providers[slash.arn] = slash


@fault("IRSA308", says="was created after role")
def the_cluster_was_created_anew(world: World) -> None:
    world.clusters["prod-eu"] = replace(world.clusters["prod-eu"], created=NOON - timedelta(days=1))
    old = "https://oidc.eks.eu-west-1.amazonaws.com/id/FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
    trust(world, h.statement(issuer=old))


# -- 4 the role and its trust policy -------------------------------------------------------------


@fault("IRSA401", says="does not exist in account")
def the_role_does_not_exist(world: World) -> None:
    world.roles.clear()


@fault("IRSA402", says="no statement that lets pods")
def only_a_service_is_trusted(world: World) -> None:
    trust(
        world,
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    )


@fault("IRSA403", says="allows another action")
def the_action_is_assume_role(world: World) -> None:
    trust(world, {**h.statement(), "Action": "sts:AssumeRole"})


@fault("IRSA404", says="the provider of cluster prod-us, not that of prod-eu")
def another_clusters_provider_is_trusted(world: World) -> None:
    trust(world, h.statement(issuer=h.OTHER_ISSUER))


@fault("IRSA404", says="the provider of account 444455556666, but is in 111122223333")
def the_provider_of_another_account_is_trusted(world: World) -> None:
    trust(world, h.statement(account=h.TEAM))


@fault("IRSA404", says="not as Federated")
def the_provider_stands_under_aws(world: World) -> None:
    trust(world, {**h.statement(), "Principal": {"AWS": h.provider_arn()}})


@fault("IRSA405", says="another namespace")
def the_sub_names_another_namespace(world: World) -> None:
    trust(world, h.statement(sub="system:serviceaccount:staging:api"))


@fault("IRSA406", says="another service account")
def the_sub_names_another_service_account(world: World) -> None:
    trust(world, h.statement(sub="system:serviceaccount:payments:worker"))


@fault("IRSA407", says='a space where "p" is expected')
def the_sub_has_a_blank(world: World) -> None:
    trust(world, h.statement(sub="system:serviceaccount: payments:api"))


@fault("IRSA407", says='a space where "p" is expected')
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


@fault("IRSA408", says="an audience that the token does not have")
def the_aud_is_another(world: World) -> None:
    trust(world, h.statement(aud="vault"))


@fault("IRSA409", risk=True)
def the_aud_is_not_checked(world: World) -> None:
    trust(world, h.statement(aud=None))


@fault("IRSA410")
def the_keys_carry_https(world: World) -> None:
    whole = h.statement()
    whole["Condition"] = {
        "StringEquals": {f"{h.ISSUER}:sub": h.SUBJECT, f"{h.ISSUER}:aud": "sts.amazonaws.com"}
    }
    trust(world, whole)


@fault("IRSA411", says="a wildcard")
def a_star_stands_under_string_equals(world: World) -> None:
    trust(world, h.statement(sub="system:serviceaccount:payments:*"))


@fault("IRSA412", says="leaves this service account out")
def the_conditions_exclude_one_another(world: World) -> None:
    key = f"{h.ISSUER.removeprefix('https://')}:sub"
    whole = h.statement()
    whole["Condition"] = {
        "StringEquals": {key: h.SUBJECT},
        "StringNotEquals": {key: h.SUBJECT},
    }
    trust(world, whole)


@fault("IRSA413", says="A Deny statement")
def a_deny_matches(world: World) -> None:
    trust(world, h.statement(), {**h.statement(), "Effect": "Deny"})


@fault("IRSA414", says="no statement for cluster prod-eu")
def the_shared_role_lacks_this_cluster(world: World) -> None:
    third = h.OTHER_ISSUER.replace("0F9E", "1111")
    trust(world, h.statement(issuer=h.OTHER_ISSUER), h.statement(issuer=third))


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
    trust(world, h.statement(aud="sts.amazonaws.com.cn"))


# -- what only the text shows --------------------------------------------------------------------

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


@fault("IRSA417", risk=True, says="longer than IAM takes")
def the_corrected_policy_is_too_long(world: World) -> None:
    others = [
        h.statement(sub=[f"system:serviceaccount:payments:{'x' * 40}{n}" for n in range(30)]),
    ]
    trust(world, *others)
