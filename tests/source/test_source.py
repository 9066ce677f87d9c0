"""The owner is found by what it leaves behind, and the change in its form is healthy by lint's own measure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.evidence import FieldManager, IamRole, ServiceAccount
from diagnostics.iam import WebIdentityRequest, parse, repair
from diagnostics.lint import LintReport, Source, lint
from diagnostics.source import (
    SourceChange,
    Tool,
    account_change,
    owner_of_account,
    owner_of_role,
    role_change,
)
from tests.lint.sound import EKS_GUIDE_TRUST

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ARN = "arn:aws:iam::111122223333:role/payments-api"
PROVIDER = (
    "arn:aws:iam::111122223333:oidc-provider/"
    "oidc.eks.eu-west-1.amazonaws.com/id/5A1B9C0D3E7F42618A0B9C8D7E6F5A41"
)

ROLES = {
    "CloudFormation": (
        {"aws:cloudformation:stack-name": "payments", "aws:cloudformation:logical-id": "ApiRole"},
        Tool.CLOUDFORMATION,
        "payments",
    ),
    "eksctl": (
        {
            "aws:cloudformation:stack-name": "eksctl-prod-addon-iamserviceaccount-payments-api",
            "alpha.eksctl.io/cluster-name": "prod",
            "alpha.eksctl.io/iamserviceaccount-name": "payments/api",
        },
        Tool.EKSCTL,
        "iam.serviceAccounts",
    ),
    "Terraform, terraform: true": ({"terraform": "true"}, Tool.TERRAFORM, "Terraform"),
    "Terraform, ManagedBy": ({"ManagedBy": "Terraform"}, Tool.TERRAFORM, "Terraform"),
    "Terraform, managed-by": ({"managed-by": "opentofu"}, Tool.TERRAFORM, "Terraform"),
    "Crossplane": (
        {"crossplane-kind": "role.iam.aws.upbound.io", "crossplane-name": "payments-api"},
        Tool.CROSSPLANE,
        "payments-api",
    ),
    "ACK": (
        {
            "services.k8s.aws/controller-version": "iam-v1.3.4",
            "services.k8s.aws/namespace": "payments",
        },
        Tool.ACK,
        "ACK",
    ),
}

ACCOUNTS = {
    "Helm": ({"meta.helm.sh/release-name": "api"}, {}, (), Tool.HELM, "api"),
    "Helm by label": (
        {},
        {"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "api"},
        (),
        Tool.HELM,
        "api",
    ),
    "Argo CD": (
        {"argocd.argoproj.io/tracking-id": "shop:/ServiceAccount:payments/api"},
        {},
        (),
        Tool.ARGO_CD,
        "application shop",
    ),
    "Argo CD over Helm": (
        {"argocd.argoproj.io/tracking-id": "shop:/ServiceAccount:payments/api"},
        {"app.kubernetes.io/managed-by": "Helm"},
        (),
        Tool.ARGO_CD,
        "application shop",
    ),
    "Flux": (
        {},
        {
            "kustomize.toolkit.fluxcd.io/name": "apps",
            "kustomize.toolkit.fluxcd.io/namespace": "flux",
        },
        (),
        Tool.FLUX,
        "apps",
    ),
    "Flux HelmRelease": ({}, {"helm.toolkit.fluxcd.io/name": "api"}, (), Tool.FLUX_HELM, "api"),
    "eksctl": ({}, {"app.kubernetes.io/managed-by": "eksctl"}, (), Tool.EKSCTL, "eksctl"),
    "Terraform": ({}, {}, ("Terraform",), Tool.TERRAFORM, "Terraform"),
    "Argo CD by field manager": ({}, {}, ("argocd-controller",), Tool.ARGO_CD, "Argo CD"),
    "EKS add-on": ({}, {}, ("eks",), Tool.EKS_ADDON, "add-on"),
}


def role(tags: dict[str, str]) -> IamRole:
    text = EKS_GUIDE_TRUST.replace("payments:api", "default:api")
    return IamRole(
        arn=ARN,
        name="payments-api",
        path="/",
        account="111122223333",
        trust_text=text,
        trust=parse(text),
        tags=tags,
    )


def corrected(one: IamRole) -> SourceChange:
    assert one.trust is not None
    fixed = repair(
        one.trust,
        WebIdentityRequest(
            role_arn=ARN,
            provider_arn=PROVIDER,
            claims={"sub": "system:serviceaccount:payments:api", "aud": "sts.amazonaws.com"},
        ),
    )
    assert fixed.policy is not None
    change = role_change(one, fixed.policy)
    assert change is not None
    return change


def account(
    annotations: dict[str, str] | None = None,
    labels: dict[str, str] | None = None,
    managers: tuple[str, ...] = (),
) -> ServiceAccount:
    return ServiceAccount(
        namespace="payments",
        name="api",
        uid="1",
        resource_version="1",
        created=NOON,
        annotations=annotations or {},
        labels=labels or {},
        managers=tuple(
            FieldManager(manager=m, operation="Apply", time=NOON, annotations=frozenset())
            for m in managers
        ),
    )


def linted(*files: tuple[str, str]) -> LintReport:
    return lint([Source(name=name, text=text, asked=True) for name, text in files])


@pytest.mark.parametrize("name", ROLES)
def test_the_owner_of_a_role_is_told_by_its_tags(name: str) -> None:
    tags, tool, place = ROLES[name]
    owner = owner_of_role({"team": "payments", **tags})

    assert owner is not None
    assert owner.tool is tool
    assert place in owner.place


@pytest.mark.parametrize("name", ROLES)
def test_the_correction_in_the_form_of_the_owner_is_clean_and_read(name: str) -> None:
    change = corrected(role(ROLES[name][0]))

    report = linted((change.file, change.text))

    assert [f"{f.code} {f.headline}" for f in report.findings] == []
    assert report.files == 1
    assert report.notes == ()
    if change.owner.tool is not Tool.EKSCTL:
        # Lint did see the policy: the same text with a wildcard is no longer clean.
        spoiled = change.text.replace("payments:api", "payments:*")
        assert {f.code for f in linted((change.file, spoiled)).open} == {"IRSA411"}


@pytest.mark.parametrize("name", ACCOUNTS)
def test_the_owner_of_a_service_account_is_told_by_its_marks(name: str) -> None:
    annotations, labels, managers, tool, place = ACCOUNTS[name]
    owner = owner_of_account(account(annotations, labels, managers))

    assert owner is not None
    assert owner.tool is tool
    assert place in owner.place


@pytest.mark.parametrize("name", ACCOUNTS)
def test_the_annotation_in_the_form_of_the_owner_is_clean_and_read(name: str) -> None:
    annotations, labels, managers, tool, _ = ACCOUNTS[name]
    change = account_change(account(annotations, labels, managers), ARN)

    assert change is not None
    if tool is Tool.EKS_ADDON:
        assert f"--service-account-role-arn {ARN}" in change.text
        return
    report = linted((change.file, change.text))
    assert [f"{f.code} {f.headline}" for f in report.findings] == []
    assert report.files == 1
    spoiled = change.text.replace("::111122223333:", "::11112222333:")
    assert {f.code for f in linted((change.file, spoiled)).open} == {"IRSA105"}


def test_both_changes_fit_together() -> None:
    trust = corrected(role({"terraform": "true"}))
    annotation = account_change(account({"meta.helm.sh/release-name": "api"}), ARN)
    assert annotation is not None

    assert linted((trust.file, trust.text), (annotation.file, annotation.text)).findings == ()
    unfit = trust.text.replace("payments:api", "payments:other").replace(
        "default:api", "default:other"
    )
    assert {
        f.code for f in linted((trust.file, unfit), (annotation.file, annotation.text)).open
    } == {"IRSA406"}


@pytest.mark.parametrize("tags", [{}, {"team": "x"}, {"managed-by": "hand"}, {"createdby": "true"}])
def test_no_owner_is_made_up(tags: dict[str, str]) -> None:
    assert owner_of_role(tags) is None


def test_no_owner_no_change() -> None:
    assert owner_of_account(account(managers=("kubectl-client-side-apply",))) is None
    assert account_change(account(), ARN) is None
    assert (
        account_change(account({"meta.helm.sh/release-name": "x"}), "no ARN\n  evil: yes") is None
    )


@given(
    value=st.text(max_size=60),
    key=st.sampled_from(["crossplane-name", "services.k8s.aws/namespace"]),
)
def test_hostile_tags_stay_within_their_quotes(value: str, key: str) -> None:
    change = corrected(role({key: value}))

    codes = {f.code for f in linted((change.file, change.text)).findings}
    assert codes <= {"IRSA001"}
