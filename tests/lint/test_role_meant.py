"""A malformed role annotation: the role that it means, told from all sources, else the command that prints it."""

from __future__ import annotations

import json

import jmespath  # type: ignore[import-untyped]
import pytest

from diagnostics.lint import LintReport, Source, SourceFinding, lint
from tests.lint.sound import CLOUDFORMATION, EKS_GUIDE_TRUST, TERRAFORM_RAW

ARN = "arn:aws:iam::111122223333:role/payments-api"
KEY = "eks.amazonaws.com/role-arn"


def account(value: str, *, name: str = "api", namespace: str = "payments") -> str:
    return f"""\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {name}
  namespace: {namespace}
  annotations:
    {KEY}: {json.dumps(value)}
"""


def linted(*files: tuple[str, str]) -> LintReport:
    return lint([Source(name=name, text=text, asked=True) for name, text in files])


def malformed(*files: tuple[str, str]) -> SourceFinding:
    (found,) = [f for f in linted(*files).open if f.code == "IRSA105"]
    assert "<the role's ARN>" not in found.next
    return found


GET_ROLE = "`aws iam get-role --role-name payments-api --query Role.Arn --output text`"
ALONE = {
    "a blank in it": (f"{ARN} ", ARN, f"Write {KEY}: {ARN}"),
    "a session's ARN": (
        "arn:aws:sts::111122223333:assumed-role/payments-api/pod",
        ARN,
        f"Write {KEY}: {ARN} (a session's ARN leaves out the role's path; {GET_ROLE} prints it whole).",
    ),
    "a name": (
        "payments-api",
        "arn:aws:iam::<account>:role/payments-api",
        f"Write the role's ARN, which {GET_ROLE} prints with credentials of its account.",
    ),
    "a name after role/": (
        "role/payments-api",
        "arn:aws:iam::<account>:role/payments-api",
        f"Write the role's ARN, which {GET_ROLE} prints with credentials of its account.",
    ),
    "eleven digits": (
        "arn:aws:iam::11112222333:role/team/payments-api",
        "arn:aws:iam::<account>:role/payments-api",
        f"Write the role's ARN, which {GET_ROLE} prints with credentials of its account.",
    ),
    "a placeholder": (
        "arn:aws:iam::${ACCOUNT_ID}:role/payments-api",
        "arn:aws:iam::<account>:role/payments-api",
        (
            "Put the value in place of ${ACCOUNT_ID}, or lint what your tool makes of the file, as in "
            f"`envsubst < sa.yaml | irsa lint -`. {GET_ROLE} prints the whole ARN."
        ),
    ),
    "nothing of a role": (
        "???",
        "arn:aws:iam::<account>:role/<name>",
        (
            'Write the ARN of the role that trusts payments/api: `aws iam list-roles --query "Roles[?contains('
            "to_string(AssumeRolePolicyDocument), 'system:serviceaccount:payments:api')].Arn\" --output text` prints "
            "it with credentials of the role's account."
        ),
    ),
}


@pytest.mark.parametrize("case", ALONE)
def test_a_file_alone_tells_what_to_write_or_what_prints_it(case: str) -> None:
    value, wanted, fix = ALONE[case]

    found = malformed(("sa.yaml", account(value)))

    assert (found.wanted, found.next) == (wanted, fix)


def test_the_query_finds_the_roles_that_name_the_service_account() -> None:
    query = malformed(("sa.yaml", account("???"))).next.split('"')[1]
    roles = [
        {"Arn": ARN, "AssumeRolePolicyDocument": json.loads(EKS_GUIDE_TRUST)},
        {"Arn": "other", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    ]

    assert jmespath.search(query, {"Roles": roles}) == [ARN]


GET_ROLE_ANSWER = json.dumps(
    {
        "Role": {
            "RoleName": "payments-api",
            "Arn": "arn:aws:iam::444455556666:role/team/payments-api",
            "AssumeRolePolicyDocument": json.loads(EKS_GUIDE_TRUST),
        }
    }
)
TOGETHER = {
    "the same service account elsewhere": (
        "TODO?",
        ("prod/sa.yaml", account(ARN)),
        f"Write {KEY}: {ARN}, as prod/sa.yaml:7:33 has it for the same service account.",
    ),
    "the answer of get-role": (
        "payments-api",
        ("role.json", GET_ROLE_ANSWER),
        f"Write {KEY}: arn:aws:iam::444455556666:role/team/payments-api (the role of that name).",
    ),
    "a role that trusts it": (
        "TODO?",
        ("role.json", GET_ROLE_ANSWER),
        f"Write {KEY}: arn:aws:iam::444455556666:role/team/payments-api (the role that trusts payments/api).",
    ),
    "Terraform": (
        "TODO?",
        ("main.tf", TERRAFORM_RAW),
        (
            "Write the ARN of aws_iam_role.api, the role that trusts payments/api: `aws iam get-role --role-name "
            "payments-api --query Role.Arn --output text` prints it."
        ),
    ),
    "Terraform, the name made by an expression": (
        "TODO?",
        ("main.tf", TERRAFORM_RAW.replace('"payments-api"', "var.name")),
        (
            "Write the ARN of aws_iam_role.api, the role that trusts payments/api: `echo aws_iam_role.api.arn | "
            "terraform console` prints it."
        ),
    ),
    "CloudFormation, the name left to it": (
        "TODO?",
        ("stack.yaml", CLOUDFORMATION.replace("RoleName: payments-api", "Description: x")),
        (
            "Write the ARN of Role, the role that trusts payments/api: `aws cloudformation describe-stack-resource "
            "--stack-name <stack> --logical-resource-id Role --query StackResourceDetail.PhysicalResourceId --output "
            "text` prints its name."
        ),
    ),
}


@pytest.mark.parametrize("case", TOGETHER)
def test_other_files_tell_what_one_leaves_open(case: str) -> None:
    value, other, fix = TOGETHER[case]

    found = malformed(("sa.yaml", account(value)), other)

    assert found.next == fix


def test_terraform_refers_to_the_role_of_its_folder() -> None:
    text = TERRAFORM_RAW.replace("aws_iam_role.api.arn", '"payments-api"')

    found = malformed(("main.tf", text))

    assert found.next == f'Write "{KEY}" = aws_iam_role.api.arn (the role of that name).'
    assert found.related[0][1] == "the role's trust policy"


def test_an_object_of_terraform_refers_to_the_role_too() -> None:
    text = (
        TERRAFORM_RAW
        + f"""
resource "kubernetes_manifest" "api" {{
  manifest = {{
    apiVersion = "v1"
    kind       = "ServiceAccount"
    metadata   = {{ name = "api", namespace = "payments", annotations = {{ "{KEY}" = "payments-api" }} }}
  }}
}}
"""
    )

    assert (
        malformed(("main.tf", text)).next
        == f'Write "{KEY}" = aws_iam_role.api.arn (the role of that name).'
    )


def test_the_only_account_of_all_files_is_put_in() -> None:
    found = malformed(
        ("a.yaml", account("worker", name="worker")), ("b.yaml", account(ARN, name="other"))
    )

    assert found.wanted == "arn:aws:iam::111122223333:role/worker"


def test_two_answers_are_no_answer() -> None:
    found = malformed(
        ("sa.yaml", account("payments-api")),
        ("dev.yaml", account(ARN)),
        ("prod.yaml", account(ARN.replace("111122223333", "444455556666"))),
    )

    assert found.wanted == "arn:aws:iam::<account>:role/payments-api"
    assert "get-role" in found.next


def test_a_patch_and_eksctl_name_their_own_field() -> None:
    patch = f"""\
- op: add
  path: /metadata/annotations/{KEY.replace("/", "~1")}
  value: "{ARN} "
"""
    cluster = f"""\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {{name: api, namespace: payments}}
    attachRoleARN: "{ARN} "
"""
    assert malformed(("patch.yaml", patch)).next == f"Write value: {ARN}"
    assert malformed(("cluster.yaml", cluster)).next == f"Write attachRoleARN: {ARN}"


TEMPLATE = account("arn:aws:iam::${account}:role/payments-api")
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {path: ./apps, postBuild: {substituteFrom: [{kind: ConfigMap, name: vars}]}}
"""
LATER = {
    "Flux": (TEMPLATE, ("flux.yaml", FLUX)),
    "Terraform's templatefile": (
        TEMPLATE,
        ("main.tf", 'locals {\n  x = templatefile("${path.module}/sa.yaml", { account = 1 })\n}\n'),
    ),
    "Helm": (account('{{ .Values.role | default "x" }}'), ("other.yaml", account(ARN, name="x"))),
}


@pytest.mark.parametrize("tool", LATER)
def test_what_a_tool_is_seen_to_fill_in_counts_as_right_and_is_noted(tool: str) -> None:
    text, other = LATER[tool]

    report = linted(("sa.yaml", text), other)

    assert report.open == ()
    assert (
        "sa.yaml: has placeholders, which count as right until they are filled in" in report.notes
    )


def test_a_token_lifetime_that_is_filled_in_later_is_not_judged() -> None:
    text = account(ARN) + '    eks.amazonaws.com/token-expiration: "${TTL}"\n'

    assert linted(("sa.yaml", text)).open == ()
