"""The templates by their schemas, and the trust that they give: to the bot alone, as its service account alone."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from cfnlint.api import lint_file

from diagnostics.iam import Outcome, WebIdentityRequest, decide, parse
from tests.conftest import ROOT
from tests.deploy.templates import ACCOUNT, DEPLOY, Stack

TEMPLATES = sorted(path.name for path in (DEPLOY / "cloudformation").glob("*.yaml"))
BOT = "arn:aws:iam::999988887777:role/irsa-doctor-bot"
ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/5A1B9C0D3E7F42618A0B9C8D7E6F5A41"


@pytest.mark.parametrize("name", TEMPLATES)
def test_cloudformation_takes_the_template(name: str) -> None:
    found = lint_file(DEPLOY / "cloudformation" / name)

    assert [str(one) for one in found] == []


@pytest.mark.parametrize("role", ["Reader", "Fixer"])
def test_member_roles_let_in_the_bot_with_the_external_id_only(role: str) -> None:
    stack = Stack("member-roles.yaml", BotRoleArn=BOT, ExternalId="example", FixRole="yes")

    (statement,) = json.loads(stack.trust(role))["Statement"]

    assert statement["Principal"] == {"AWS": BOT}
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "example"}}


def test_member_roles_can_ask_for_the_organization_as_well() -> None:
    stack = Stack(
        "member-roles.yaml", BotRoleArn=BOT, ExternalId="example", OrganizationId="o-abcdefghij"
    )

    (statement,) = json.loads(stack.trust("Reader"))["Statement"]

    assert statement["Condition"] == {
        "StringEquals": {"sts:ExternalId": "example", "aws:PrincipalOrgID": "o-abcdefghij"}
    }


def test_there_is_no_fix_role_and_no_cloudtrail_where_they_are_not_wanted() -> None:
    stack = Stack("member-roles.yaml", BotRoleArn=BOT, ExternalId="example", CloudTrail="no")

    assert stack.resource("Fixer") is None
    assert "cloudtrail" not in json.dumps(stack.resource("Reader"))


@pytest.mark.parametrize(
    ("subject", "audience", "outcome"),
    [
        ("system:serviceaccount:irsa-doctor:irsa-doctor", "sts.amazonaws.com", Outcome.ALLOWED),
        ("system:serviceaccount:irsa-doctor:default", "sts.amazonaws.com", Outcome.IMPLICIT_DENY),
        ("system:serviceaccount:other:irsa-doctor", "sts.amazonaws.com", Outcome.IMPLICIT_DENY),
        ("system:serviceaccount:irsa-doctor:irsa-doctor", "vault", Outcome.IMPLICIT_DENY),
    ],
)
def test_the_bots_own_role_trusts_its_service_account_only(
    subject: str, audience: str, outcome: Outcome
) -> None:
    """Judged by the product itself."""
    trust = parse(Stack("bot-role.yaml", Identity="IRSA", Issuer=ISSUER).trust("IrsaRole"))
    request = WebIdentityRequest(
        role_arn=f"arn:aws:iam::{ACCOUNT}:role/irsa-doctor-bot",
        provider_arn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}",
        claims={"sub": subject, "aud": audience},
    )

    assert decide(trust, request).outcome is outcome


def test_by_pod_identity_the_role_is_for_one_cluster_and_passes_no_tags_on() -> None:
    stack = Stack("bot-role.yaml", Identity="PodIdentity", ClusterName="tools")

    (statement,) = json.loads(stack.trust("PodIdentityRole"))["Statement"]

    assert stack.resource("IrsaRole") is None
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(":cluster/tools")
    assert stack.resource("PodIdentityAssociation")["DisableSessionTags"] is True


def test_with_a_hub_the_bot_may_assume_the_hub_role_only() -> None:
    hub = f"arn:aws:iam::{ACCOUNT}:role/irsa-doctor-hub"
    stack = Stack("bot-role.yaml", Identity="IRSA", Issuer=ISSUER, HubRoleArn=hub)

    (statement,) = stack.resource("AssumeMemberRoles")["PolicyDocument"]["Statement"]

    assert statement["Resource"] == hub


def test_the_partition_is_that_of_the_stack() -> None:
    stack = Stack("bot-role.yaml", Identity="IRSA", Issuer=ISSUER)
    stack.values["AWS::Partition"] = "aws-cn"

    (statement,) = stack.resource("AssumeMemberRoles")["PolicyDocument"]["Statement"]

    assert all(arn.startswith("arn:aws-cn:iam::*:role/") for arn in statement["Resource"])


def test_access_entries_name_the_groups_that_rbac_binds() -> None:
    stack = Stack(
        "access-entries.yaml",
        ClusterName="prod",
        ReadRoleArn="arn:aws:iam::222233334444:role/irsa-doctor-read",
        FixRoleArn="arn:aws:iam::222233334444:role/irsa-doctor-fix",
    )
    by_auth = yaml.safe_load((DEPLOY / "kubernetes" / "aws-auth.yaml").read_text())
    mapped = yaml.safe_load(by_auth["mapRoles"])

    assert stack.resource("Read")["KubernetesGroups"] == ["irsa-doctor:read"]
    assert stack.resource("Fix")["KubernetesGroups"] == ["irsa-doctor:fix"]
    assert [entry["groups"] for entry in mapped] == [
        ["irsa-doctor:read"],
        ["irsa-doctor:fix"],
        ["irsa-doctor:prove"],
    ]


def test_the_image_is_built_of_what_is_there_and_runs_as_nobody() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (?!--)(.+)$", text, re.MULTILINE)
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()

    for source in (name for line in copied for name in line.split()[:-1]):
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE)[-1] == "65532:65532"
    assert ":latest" not in text
