"""What lint says of sound and faulty sources, each with its place."""

from __future__ import annotations

import json

import pytest

from diagnostics.lint import LintReport, Source, lint
from tests.lint.sound import (
    CLOUDFORMATION,
    EKS_GUIDE_TRUST,
    EKSCTL,
    MANIFESTS,
    SOUND,
    TERRAFORM_MODULES,
    TERRAFORM_RAW,
)


def linted(*files: tuple[str, str]) -> LintReport:
    return lint([Source(name=name, text=text, asked=True) for name, text in files])


def found(report: LintReport) -> set[tuple[str, int]]:
    return {(f.code, f.spot.line) for f in report.open}


def line_of(text: str, part: str) -> int:
    assert text.count(part) >= 1, part
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("name", SOUND)
def test_what_the_documentation_shows_is_clean(name: str) -> None:
    report = linted((name, SOUND[name]))

    assert [str(f) for f in report.findings] == []
    assert report.files == 1
    assert report.notes == ()


def test_the_sound_set_ups_are_clean_together() -> None:
    files = [item for item in SOUND.items() if item[0] not in ("modules.tf", "cluster.yaml")]

    assert linted(*files).findings == ()


ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/5A1B9C0D3E7F42618A0B9C8D7E6F5A41"

FAULTS = {
    # name: (file, sound text, before, after, code, part of the line that is pointed at)
    "blank in the annotation": (
        "app.yaml",
        MANIFESTS,
        "arn: arn:aws:iam::111122223333:role/payments-api\n",
        'arn: "arn:aws:iam::111122223333:role/payments-api "\n',
        "IRSA105",
        "role/payments-api ",
    ),
    "eleven digits": (
        "app.yaml",
        MANIFESTS,
        "iam::111122223333:",
        "iam::11112222333:",
        "IRSA105",
        "11112222333",
    ),
    "placeholder": (
        "app.yaml",
        MANIFESTS,
        "::111122223333:",
        "::${ACCOUNT_ID}:",
        "IRSA105",
        "${ACCOUNT_ID}",
    ),
    "key misspelled": (
        "app.yaml",
        MANIFESTS,
        "eks.amazonaws.com/role-arn",
        "eks.amazonaws.com/role_arn",
        "IRSA106",
        "role_arn",
    ),
    "token lifetime": ("app.yaml", MANIFESTS, '"3600"', '"300"', "IRSA109", '"300"'),
    "annotation on the pod template": (
        "app.yaml",
        MANIFESTS,
        "  template:\n    spec:",
        (
            "  template:\n    metadata:\n      annotations:\n"
            "        eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/other\n    spec:"
        ),
        "IRSA106",
        "role/other",
    ),
    "keys beside the role": (
        "app.yaml",
        MANIFESTS,
        "- name: AWS_REGION\n",
        "- name: AWS_ACCESS_KEY_ID\n",
        "IRSA206",
        "AWS_ACCESS_KEY_ID",
    ),
    "variable of the webhook": (
        "app.yaml",
        MANIFESTS,
        "- name: AWS_REGION\n",
        "- name: AWS_ROLE_ARN\n",
        "IRSA205",
        "AWS_ROLE_ARN",
    ),
    "wrong action": (
        "t.json",
        EKS_GUIDE_TRUST,
        "sts:AssumeRoleWithWebIdentity",
        "sts:AssumeRole",
        "IRSA403",
        '"sts:AssumeRole"',
    ),
    "scheme in the provider": (
        "t.json",
        EKS_GUIDE_TRUST,
        "oidc-provider/oidc",
        "oidc-provider/https://oidc",
        "IRSA404",
        "https://",
    ),
    "scheme in the key": (
        "t.json",
        EKS_GUIDE_TRUST,
        f'"{ISSUER}:sub"',
        f'"https://{ISSUER}:sub"',
        "IRSA410",
        "https://",
    ),
    "key of another cluster": (
        "t.json",
        EKS_GUIDE_TRUST,
        f'"{ISSUER}:sub"',
        '"oidc.eks.eu-west-1.amazonaws.com/id/C7D2E94F0B1A4835967E8D1C2B3A4F50:sub"',
        "IRSA410",
        "C7D2E94F0B1A",
    ),
    "subject misspelled": (
        "t.json",
        EKS_GUIDE_TRUST,
        "system:serviceaccount:",
        "system:serviceaccounts:",
        "IRSA407",
        "serviceaccounts",
    ),
    "subject with a slash": (
        "t.json",
        EKS_GUIDE_TRUST,
        "payments:api",
        "payments/api",
        "IRSA407",
        "payments/api",
    ),
    "wildcard taken literally": (
        "t.json",
        EKS_GUIDE_TRUST,
        "payments:api",
        "payments:*",
        "IRSA411",
        "payments:*",
    ),
    "audience misspelled": (
        "t.json",
        EKS_GUIDE_TRUST,
        '"sts.amazonaws.com"',
        '"sts.amazon.com"',
        "IRSA408",
        "sts.amazon.com",
    ),
    "audience under sub": (
        "t.json",
        EKS_GUIDE_TRUST,
        "system:serviceaccount:payments:api",
        "sts.amazonaws.com",
        "IRSA408",
        ":sub",
    ),
    "a key no call has": (
        "t.json",
        EKS_GUIDE_TRUST,
        f'"{ISSUER}:aud"',
        '"sts:ExternalId"',
        "IRSA415",
        "sts:ExternalId",
    ),
    "open to every namespace": (
        "t.json",
        EKS_GUIDE_TRUST,
        '"StringEquals": {\n          "' + ISSUER + ':sub": "system:serviceaccount:payments:api"',
        '"StringLike": {\n          "' + ISSUER + ':sub": "system:serviceaccount:*:api"',
        "IRSA416",
        "serviceaccount:*:api",
    ),
    "principal of another kind": (
        "t.json",
        EKS_GUIDE_TRUST,
        '"Federated"',
        '"AWS"',
        "IRSA402",
        '"Principal"',
    ),
    "refused by IAM": ("t.json", EKS_GUIDE_TRUST, '"Allow"', '"allow"', "IRSA002", '"allow"'),
    "Terraform wildcard": (
        "raw.tf",
        TERRAFORM_RAW,
        "payments:api",
        "payments:*",
        "IRSA411",
        "payments:*",
    ),
    "Terraform issuer URL as key": (
        "raw.tf",
        TERRAFORM_RAW,
        'replace(aws_iam_openid_connect_provider.eks.url, "https://", "")}:sub',
        "aws_eks_cluster.prod.identity[0].oidc[0].issuer}:sub",
        "IRSA410",
        "issuer}:sub",
    ),
    "Terraform wrong action": (
        "raw.tf",
        TERRAFORM_RAW,
        "sts:AssumeRoleWithWebIdentity",
        "sts:AssumeRole",
        "IRSA403",
        '"sts:AssumeRole"',
    ),
    "Terraform client ID": (
        "raw.tf",
        TERRAFORM_RAW,
        '["sts.amazonaws.com"]\n}\n\ndata',
        '["sts.amazonaws"]\n}\n\ndata',
        "IRSA304",
        "client_id_list",
    ),
    "Terraform annotation of another account": (
        "raw.tf",
        TERRAFORM_RAW,
        'name      = "api"',
        'name      = "worker"',
        "IRSA406",
        "role-arn",
    ),
    "Terraform module": (
        "m.tf",
        TERRAFORM_MODULES,
        "kube-system:ebs-csi-controller-sa",
        "system:serviceaccount:kube-system:x",
        "IRSA407",
        "kube-system:x",
    ),
    "Terraform jsonencode": (
        "m.tf",
        TERRAFORM_MODULES,
        "serviceaccount:${var.namespace}",
        "serviceacount:${var.namespace}",
        "IRSA407",
        "serviceacount",
    ),
    "Terraform heredoc": (
        "m.tf",
        TERRAFORM_MODULES,
        "serviceaccount:jobs:*",
        "serviceaccount:*",
        "IRSA416",
        "serviceaccount:*",
    ),
    "CloudFormation in a !Sub": (
        "c.yaml",
        CLOUDFORMATION,
        "payments:api",
        "payments:*",
        "IRSA411",
        "payments:*",
    ),
    "CloudFormation client IDs": (
        "c.yaml",
        CLOUDFORMATION,
        "[sts.amazonaws.com]",
        "[sts]",
        "IRSA304",
        "[sts]",
    ),
    "eksctl without provider": (
        "e.yaml",
        EKSCTL,
        "withOIDC: true",
        "withOIDC: false",
        "IRSA301",
        "withOIDC",
    ),
    "eksctl attached role": (
        "e.yaml",
        EKSCTL,
        "arn:aws:iam::111122223333:role/cache",
        "cache-role",
        "IRSA105",
        "cache-role",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_gives_its_code_at_its_line(name: str) -> None:
    file, sound, before, after, code, part = FAULTS[name]
    assert before in sound
    text = sound.replace(before, after, 1)

    report = linted((file, text))

    assert (code, line_of(text, part)) in found(report)
    if code != "IRSA415":  # whose fault takes the audience's condition away as well
        assert {f.code for f in report.open} == {code}


def test_a_column_points_at_the_value() -> None:
    text = EKS_GUIDE_TRUST.replace("payments:api", "payments:*")

    (finding,) = linted(("t.json", text)).open

    line = text.split("\n")[finding.spot.line - 1]
    assert line[finding.spot.column - 1 :].startswith('"system:serviceaccount:payments:*"')


def test_a_policy_within_a_literal_block_keeps_its_columns() -> None:
    text = CLOUDFORMATION.replace("payments:api", "payments:*")

    (finding,) = linted(("c.yaml", text)).open

    line = text.split("\n")[finding.spot.line - 1]
    assert line[finding.spot.column - 1 :].startswith('"system:serviceaccount:payments:*"')


def test_a_plan_is_read_with_its_modules() -> None:
    policy = json.loads(EKS_GUIDE_TRUST.replace("payments:api", "payments:*"))
    plan = {
        "format_version": "1.2",
        "planned_values": {
            "root_module": {
                "child_modules": [
                    {
                        "resources": [
                            {
                                "address": "module.irsa.aws_iam_role.this[0]",
                                "type": "aws_iam_role",
                                "values": {"name": "api", "assume_role_policy": json.dumps(policy)},
                            }
                        ]
                    }
                ]
            }
        },
    }

    (finding,) = linted(("plan.json", json.dumps(plan, indent=1))).open

    assert (finding.code, finding.object) == ("IRSA411", "module.irsa.aws_iam_role.this[0]")


def test_an_annotation_and_a_trust_policy_of_other_files_are_brought_together() -> None:
    role = json.dumps(
        {
            "Role": {
                "RoleName": "payments-api",
                "AssumeRolePolicyDocument": json.loads(EKS_GUIDE_TRUST),
            }
        }
    )
    manifests = MANIFESTS.replace("namespace: payments", "namespace: checkout")

    (finding,) = linted(("role.json", role), ("app.yaml", manifests)).open

    assert finding.code == "IRSA405"
    assert finding.spot.file == "app.yaml"
    assert finding.related[0][0].file == "role.json"
    assert "system:serviceaccount:checkout:api" in finding.next


def test_a_role_of_the_same_name_in_another_account_is_another_role() -> None:
    trust = EKS_GUIDE_TRUST.replace("111122223333", "444455556666")
    body = {"RoleName": "payments-api", "AssumeRolePolicyDocument": json.loads(trust)}
    manifests = MANIFESTS.replace("namespace: payments", "namespace: checkout")

    report = linted(("role.json", json.dumps({"Role": body})), ("app.yaml", manifests))

    assert "444455556666" in trust
    assert report.open == ()


def test_an_eksctl_role_is_for_its_service_account_alone() -> None:
    manifests = MANIFESTS.replace("name: api", "name: worker")

    codes = {f.code for f in linted(("e.yaml", EKSCTL), ("app.yaml", manifests)).open}

    assert codes == {"IRSA406"}


def test_a_namespace_left_open_matches_any_that_the_policy_names() -> None:
    manifests = MANIFESTS.replace("  namespace: payments\n", "")

    assert linted(("raw.tf", TERRAFORM_RAW), ("app.yaml", manifests)).open == ()


def test_helm_templates_are_left_out_with_a_word_on_how_to_read_them() -> None:
    chart = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  {{- with .Values.annotations }}\n  a: b\n"

    report = linted(("templates/sa.yaml", chart))

    assert report.findings == ()
    assert "helm template" in report.notes[0]


def test_rendered_helm_output_of_many_documents_is_read() -> None:
    output = "---\n# Source: chart/templates/a.yaml\n" + MANIFESTS + "---\n---\n# nothing\n---\n"

    report = linted(("<stdin>", output.replace("role/payments-api", "role-payments-api")))

    assert {f.code for f in report.open} == {"IRSA105"}


def test_identity_policies_are_none_of_our_business() -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }

    report = linted(("p.json", json.dumps(policy)))

    assert report.findings == ()
    assert report.files == 0


LATER = {
    "a condition": ("Condition = {", "Condition = var.guarded ? {} : {"),
    "an operator's keys": ("StringEquals = {", "StringEquals = merge({}, {"),
    "a statement": ("Statement = [{", "Statement = [var.more, {"),
    "all statements": ("Statement = [{", "Statement = concat(var.more, [{"),
    "the principal": (
        "Principal = { Federated = module.eks.oidc_provider_arn }",
        "Principal = var.who",
    ),
    "the action": ('Action    = "sts:AssumeRoleWithWebIdentity"', "Action = var.actions"),
    "the effect": ('Effect    = "Allow"', "Effect = var.effect"),
    "the version": ('Version = "2012-10-17"', "Version = var.version"),
    "a Sid": ('Effect    = "Allow"', 'Effect = "Allow"\n      Sid = "${var.name}Trust"'),
}


@pytest.mark.parametrize("part", LATER)
def test_what_only_the_tool_works_out_is_no_fault(part: str) -> None:
    before, after = LATER[part]
    start = TERRAFORM_MODULES.index('resource "aws_iam_role" "json"')
    head, text = TERRAFORM_MODULES[:start], TERRAFORM_MODULES[start:]
    assert before in text
    text = text.replace(before, after, 1)
    if after.count("(") > after.count(")"):
        end = "        }\n      }\n    }]" if "merge" in after else "    }]"
        closed = "        })\n      }\n    }]" if "merge" in after else "    }])"
        text = text.replace(end, closed, 1)

    report = linted(("m.tf", head + text))

    assert [f"{f.code} {f.headline}" for f in report.findings] == []


def test_values_of_charts_are_read_at_any_depth() -> None:
    values = (
        "web:\n  serviceAccount:\n    annotations:\n      eks.amazonaws.com/role-arn: my-role\n"
    )

    (finding,) = linted(("values.yaml", values)).open

    assert (finding.code, finding.spot.line) == ("IRSA105", 4)


ELSEWHERE = {
    "GitHub with an unknown provider": """
      identifiers = [aws_iam_openid_connect_provider.github.arn]
      type = "Federated"
    }
    condition {
      test = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values = ["sts.amazonaws.com"]
    }
    condition {
      test = "StringLike"
      variable = "token.actions.githubusercontent.com:sub"
      values = var.repos
    }
""",
    "any provider and claim": """
      identifiers = [aws_iam_openid_connect_provider.this.arn]
      type = "Federated"
    }
    condition {
      test = "StringLike"
      variable = "${aws_iam_openid_connect_provider.this.url}:${var.field}"
      values = var.values
    }
""",
    "a subject made by format": """
      identifiers = [var.oidc_provider]
      type = "Federated"
    }
    condition {
      test = "StringEquals"
      variable = "${local.oidc_issuer}:sub"
      values = [format("system:serviceaccount:%s:%s", var.namespace, var.name)]
    }
    condition {
      test = "StringEquals"
      variable = "${local.oidc_issuer}:aud"
      values = ["sts.amazonaws.com"]
    }
""",
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_other_federations_and_generic_modules_are_left_alone(name: str) -> None:
    text = (
        'data "aws_iam_policy_document" "x" {\n  statement {\n'
        '    actions = ["sts:AssumeRoleWithWebIdentity"]\n    principals {'
        + ELSEWHERE[name]
        + "  }\n}\n"
    )

    assert [f"{f.code} {f.headline}" for f in linted(("d.tf", text)).findings] == []


def test_a_format_that_makes_no_subject_is_found() -> None:
    text = TERRAFORM_RAW.replace(
        '"system:serviceaccount:payments:api"',
        'format("system:serviceaccounts:%s:%s", var.a, var.b)',
    )

    assert {f.code for f in linted(("raw.tf", text)).open} == {"IRSA407"}


def test_an_unknown_provider_of_a_cluster_without_a_subject_is_wide_open() -> None:
    start = TERRAFORM_RAW.index("    condition {")
    end = TERRAFORM_RAW.index("    condition {", start + 1)

    assert {
        f.code for f in linted(("raw.tf", TERRAFORM_RAW[:start] + TERRAFORM_RAW[end:])).open
    } == {"IRSA416"}


@pytest.mark.parametrize("form", ["${%s}", "{{ .%s }}", "<%s>"])
def test_placeholders_of_policy_templates_count_as_right(form: str) -> None:
    text = (
        EKS_GUIDE_TRUST.replace(ISSUER, form % "OIDC_PROVIDER")
        .replace("111122223333", form % "ACCOUNT_ID")
        .replace("payments:api", f"{form % 'NAMESPACE'}:{form % 'NAME'}")
    )

    report = linted(("trust.json", text))

    assert [f"{f.code} {f.headline}" for f in report.findings] == []
    assert "placeholders" in report.notes[0]
    spoiled = text.replace("system:serviceaccount:", "system:serviceaccounts:")
    assert {f.code for f in linted(("trust.json", spoiled)).open} == {"IRSA407"}


def test_a_fix_names_the_issuer_as_it_is_written() -> None:
    text = EKS_GUIDE_TRUST.replace(f'"{ISSUER}:sub"', f'"https://{ISSUER}:sub"')

    (finding,) = linted(("t.json", text)).open

    assert finding.wanted == f"{ISSUER}:sub"
