"""Three public styles of IRSA set-up are clean as documented, and the mistakes that their users report are found."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.lint.test_lint import linted

FOLDER = ROOT / "tests/lint/styles"
STYLES = {file.name: file.read_text(encoding="utf-8") for file in sorted(FOLDER.iterdir())}
"""Written from the documentation of eksctl, of terraform-aws-modules/iam (v5 and v6), and of what CDK and CDK for
Terraform put out."""

MISTAKES = {
    # what people report: (file, before, after, code)
    "eksctl: no OIDC provider": ("cluster.yaml", "withOIDC: true", "withOIDC: false", "IRSA301"),
    "eksctl: a role that is no ARN": (
        "cluster.yaml",
        "arn:aws:iam::111122223333:role/existing",
        "existing",
        "IRSA105",
    ),
    "terraform: a slash for the colon": (
        "main.tf",
        "kube-system:aws-node",
        "kube-system/aws-node",
        "IRSA407",
    ),
    "terraform: the issuer's URL in the key": (
        "main.tf",
        '"${module.eks.oidc_provider}:sub"',
        '"https://${module.eks.oidc_provider}:sub"',
        "IRSA410",
    ),
    "terraform: the policy names another service account": (
        "main.tf",
        "serviceaccount:data:loader",
        "serviceaccount:data:load",
        "IRSA406",
    ),
    "terraform: assume_role_with_oidc's wildcard": (
        "main.tf",
        '"system:serviceaccount:data:loader"',
        '"system:serviceaccount:data:*"',
        "IRSA411",
    ),
    "cdk: the plain principal, which allows sts:AssumeRole": (
        "stack.template.json",
        '\\"sts:AssumeRoleWithWebIdentity\\"',
        '\\"sts:AssumeRole\\"',
        "IRSA403",
    ),
    "cdk: the audience of the SDK's endpoint": (
        "stack.template.json",
        ':aud\\":\\"sts.amazonaws.com\\"}}',
        ':aud\\":\\"sts.eu-west-1.amazonaws.com\\"}}',
        "IRSA408",
    ),
}


@pytest.mark.parametrize("name", STYLES)
def test_a_documented_style_is_clean(name: str) -> None:
    report = linted((name, STYLES[name]))

    assert [str(f) for f in report.open] == []
    assert report.files == 1


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_reported_mistake_is_found_and_nothing_else_fails(mistake: str) -> None:
    name, before, after, code = MISTAKES[mistake]
    text = STYLES[name]
    assert text.count(before) == 1, before

    report = linted((name, text.replace(before, after)))

    causes = {f.code for f in report.open if f.weight.value == "cause"}
    assert causes == {code}
