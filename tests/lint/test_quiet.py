"""What is right, is not ours, or is not known yet: no finding, since a wrong one is worse than none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from diagnostics.lint import LintReport, Source, lint
from tests.lint.sound import EKS_GUIDE_TRUST, MANIFESTS, TERRAFORM_RAW

if TYPE_CHECKING:
    from pathlib import Path

ARN = "arn:aws:iam::111122223333:role/api"
ACCOUNT = f"""\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: api
  namespace: payments
  annotations:
    eks.amazonaws.com/role-arn: {ARN}
    eks.amazonaws.com/token-expiration: "3600"
"""
MERGED = f"""\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ServiceAccount
  metadata: &metadata
    name: a
    annotations: &annotations {{eks.amazonaws.com/role-arn: {ARN}}}
- apiVersion: v1
  kind: ServiceAccount
  metadata: {{<<: *metadata, name: b, annotations: {{<<: [*annotations], other: x}}}}
"""


def document(actions: str, principal: str = '"AWS"', *, rest: str = 'resources = ["*"]') -> str:
    """A policy document of Terraform that no role of the sources has."""
    return f"""\
data "aws_iam_policy_document" "x" {{
  statement {{
    sid     = "Not only letters"
    actions = [{actions}]
    {rest}
    principals {{
      type        = {principal}
      identifiers = ["*"]
    }}
  }}
}}
"""


def policy(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


SILENT = {
    "CRLF": ("a.yaml", ACCOUNT.replace("\n", "\r\n")),
    "byte order mark": ("a.yaml", "\ufeff" + ACCOUNT),
    "tabs at the end of lines": ("a.yaml", ACCOUNT.replace("api\n", "api\t\n")),
    "many documents": (
        "a.yaml",
        f"---\n# none\n---\n{ACCOUNT}---\n---\n{ACCOUNT.replace('api', 'b')}...\n",
    ),
    "anchors and merges": ("a.yaml", MERGED),
    "folded": ("a.yaml", ACCOUNT.replace("role-arn: arn", "role-arn: >-\n      arn")),
    "Helm, in quotes": (
        "templates/sa.yaml",
        ACCOUNT.replace(ARN, '"arn:aws:iam::{{ .Values.account }}:role/x"').replace(
            '"3600"', '"{{ .Values.ttl }}"'
        ),
    ),
    "Helm, a whole value without quotes": (
        "templates/sa.yaml",
        ACCOUNT.replace(ARN, "{{ .Values.arn }}").replace('"3600"', "{{ .Values.ttl | quote }}"),
    ),
    "Helm, no YAML": ("templates/sa.yaml", "{{- if .Values.x }}\n" + ACCOUNT + "{{- end }}\n"),
    "Jinja": ("sa.yaml", "{% for x in y %}\n" + ACCOUNT + "{% endfor %}\n"),
    "Terraform's template": ("sa.yaml", "%{ if x ~}\n" + ACCOUNT + "%{ endif }\n"),
    "Terraform's template of JSON": (
        "trust.json",
        EKS_GUIDE_TRUST.replace('"system:serviceaccount:payments:api"', "${jsonencode(subjects)}"),
    ),
    "a bucket's policy": ("p.json", policy(Principal="*", Action="s3:*", Resource="*")),
    "a key's policy": ("p.json", policy(Principal={"AWS": "*"}, Action="*", Resource="*")),
    "the policy of an STS endpoint": (
        "p.json",
        policy(Principal="*", Action="sts:*", Resource="*"),
    ),
    "a resource control policy": (
        "rcp.json",
        policy(Principal="*", Action="sts:AssumeRoleWithWebIdentity", Resource="*"),
    ),
    "CloudFormation's include": (
        "sam.yaml",
        (
            "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n"
            "        Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://x}}\n"
        ),
    ),
    "a name made by CloudFormation": (
        "stack.yaml",
        (
            "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: !Ref Name\n"
            "      AssumeRolePolicyDocument: !Ref Policy\n"
        ),
    ),
    "Terraform, a bucket's policy": ("main.tf", document('"s3:GetObject"')),
    "Terraform, a key's policy": ("main.tf", document('"*"', '"*"')),
    "Terraform, a repository's policy": ("main.tf", document('"ecr:BatchGetImage"', rest="")),
    "Terraform, a resource control policy": (
        "main.tf",
        document(
            '"sts:AssumeRoleWithWebIdentity"', '"*"', rest='effect = "Deny"\n    resources = ["*"]'
        ),
    ),
    "Terraform, a topic's policy": ("main.tf", document("var.actions", rest="not_resources = []")),
    "kube2iam": (
        "a.yaml",
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {metadata: {annotations: "
            "{iam.amazonaws.com/role: api}}, spec: {containers: []}}}\n"
        ),
    ),
    "JSON with comments": ("tsconfig.json", '{\n  // eks\n  "a": 1,\n}\n'),
}


def linted(*files: tuple[str, str]) -> LintReport:
    return lint([Source(name=name, text=text) for name, text in files])


@pytest.mark.parametrize("name", SILENT)
def test_nothing_is_found_in_what_is_right_or_not_known(name: str) -> None:
    assert linted(SILENT[name]).findings == ()


@pytest.mark.parametrize("name", ["Helm, no YAML", "Jinja", "Terraform's template"])
def test_a_template_that_cant_be_read_is_noted(name: str) -> None:
    file, text = SILENT[name]

    (note,) = linted((file, text)).notes

    assert note.startswith(f"{file}: left out, because it is a template; ")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (document('"sts:AssumeRole"', rest=""), "IRSA002"),
        (
            document('"s3:GetObject"')
            + 'resource "aws_iam_role" "r" {\n  assume_role_policy = data.aws_iam_policy_document.x.json\n}\n',
            "IRSA002",
        ),
    ],
)
def test_a_document_that_is_a_trust_policy_is_judged_as_one(text: str, code: str) -> None:
    assert {f.code for f in linted(("main.tf", text)).open} == {code}


def test_a_trust_policy_with_a_resource_is_still_one() -> None:
    text = EKS_GUIDE_TRUST.replace('"Effect"', '"Resource": "*", "Effect"', 1)

    assert [f.code for f in linted(("t.json", text)).open] == ["IRSA002"]


def test_a_tab_that_indents_is_named() -> None:
    (found,) = linted(("a.yaml", ACCOUNT.replace("    eks", "\teks"))).open

    assert found.headline == "This is invalid YAML: a tab stands where YAML takes only spaces."
    assert (found.spot.line, found.spot.column) == (7, 1)


@pytest.mark.parametrize("field", ["valuesObject: {", "values: '{"])
def test_the_values_of_an_argo_cd_application_are_read(field: str) -> None:
    end = "}'" if field.endswith("'{") else "}"
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: x}\nspec:\n  sources:\n  - helm:\n"
        f"      {field}serviceAccount: {{annotations: {{eks.amazonaws.com/role-arn: arn:aws:iam::1:role/x}}}}{end}\n"
    )
    assert [f.code for f in linted(("app.yaml", text)).open] == ["IRSA105"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["lint", *arguments])
    return result.exit_code, result.output


def test_a_hook_that_names_one_file_says_nothing_of_suppressions_for_others(folder: Path) -> None:
    (folder / "other.json").write_text(EKS_GUIDE_TRUST)
    (folder / "main.tf").write_text(TERRAFORM_RAW.replace("payments:api", "payments:x"))
    (folder / "sa.yaml").write_text(
        "# irsa-doctor: ignore-file IRSA406 because the role is made elsewhere\n" + MANIFESTS
    )
    ignore = folder / ".irsa-doctor-ignore"
    ignore.write_text("infra/*.tf IRSA411 because it is history\n")

    assert run("other.json")[0] == 0
    assert run("sa.yaml")[0] == 0
    assert run("sa.yaml", "other.json")[0] == 0

    ignore.write_text("other.json IRSA411 because it is history\n")
    status, output = run("other.json")
    assert status == 1
    assert "IRSA004" in output


def test_a_file_that_is_named_twice_is_read_once(folder: Path) -> None:
    (folder / "infra").mkdir()
    (folder / "infra" / "main.tf").write_text(TERRAFORM_RAW.replace('= "api"', '= "worker"', 1))
    (folder / "infra" / "same.tf").symlink_to("main.tf")

    status, output = run("infra", "infra/main.tf", "./infra")

    assert status == 1
    assert "1 error, 0 warnings in 1 file that" in output


def test_the_same_note_on_many_files_is_one_line(folder: Path) -> None:
    for number in range(7):
        (folder / f"t{number}.yaml").write_text("{{- if x }}\n" + ACCOUNT)

    _, output = run()
    assert output.splitlines()[0] == (
        "note: t0.yaml and 6 more (--details): left out, because it is a template; render it first: "
        "helm template . | irsa lint -"
    )

    _, output = run("--details")
    assert output.count("note: ") == 7
