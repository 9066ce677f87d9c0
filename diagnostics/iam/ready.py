"""The corrected policy as text to run or paste: AWS CLI, Terraform, CloudFormation, eksctl."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from diagnostics.arn import RoleArn
from diagnostics.iam.subject import Subject

if TYPE_CHECKING:
    from diagnostics.iam.policy import TrustPolicy


def ready_texts(role_arn: str, policy: TrustPolicy) -> tuple[tuple[str, str], ...]:
    """(tool, text) for the tools that teams keep trust policies in.

    Sources: AWS CLI `iam update-assume-role-policy`; Terraform `aws_iam_role.assume_role_policy`; CloudFormation
    `AWS::IAM::Role`; eksctl "IAM Roles for Service Accounts".
    """
    role = RoleArn.parse(role_arn)
    name = role.name if role else "ROLE_NAME"
    return (
        ("AWS CLI", _aws(name, policy)),
        ("Terraform", _terraform(policy)),
        ("CloudFormation", _cloudformation(name, role.path if role else "/", policy)),
        ("eksctl", _eksctl(name, policy)),
    )


def _aws(name: str, policy: TrustPolicy) -> str:
    return (
        "cat > trust-policy.json <<'EOF'\n"
        f"{policy.printed()}\n"
        "EOF\n"
        f"aws iam update-assume-role-policy --role-name {shlex.quote(name)} \\\n"
        "  --policy-document file://trust-policy.json"
    )


def _terraform(policy: TrustPolicy) -> str:
    # In HCL `${` and `%{` begin templates; doubled they stand for themselves.
    body = policy.printed().replace("${", "$${").replace("%{", "%%{")
    return f'# in the resource "aws_iam_role"\nassume_role_policy = jsonencode({body})'


def _cloudformation(name: str, path: str, policy: TrustPolicy) -> str:
    # JSON is YAML's flow style, so the policy goes in as it is.
    body = policy.printed().replace("\n", "\n    ")
    lines = ["Type: AWS::IAM::Role", "Properties:", f"  RoleName: {name}"]
    if path != "/":
        lines.append(f"  Path: {path}")
    lines.append(f"  AssumeRolePolicyDocument:\n    {body}")
    return "\n".join(lines)


def _eksctl(name: str, policy: TrustPolicy) -> str:
    subjects = _subjects(policy)
    note = (
        "# eksctl writes the trust policy itself, for one service account per role;\n"
        "# use it for a role that eksctl made. For a shared role use another of these texts.\n"
    )
    if not subjects:
        return note + "# This policy names no service account that eksctl could be told."
    entries = "".join(
        f"    - metadata: {{name: {s.name}, namespace: {s.namespace}}}\n"
        f"      roleName: {name}\n"
        "      roleOnly: true\n"
        for s in subjects[-1:]
    )
    more = (
        f"# The policy names {len(subjects)} service accounts; the last one is shown.\n"
        if len(subjects) > 1
        else ""
    )
    return f"{note}{more}iam:\n  withOIDC: true\n  serviceAccounts:\n{entries}".rstrip()


def _subjects(policy: TrustPolicy) -> list[Subject]:
    found: dict[Subject, None] = {}
    for statement in policy.statements:
        if not statement.allow:
            continue
        for condition in statement.conditions:
            if condition.name.endswith(":sub") and not condition.base.negated:
                for value in condition.values:
                    subject = Subject.parse(value)
                    if subject is not None:
                        found[subject] = None
    return list(found)
