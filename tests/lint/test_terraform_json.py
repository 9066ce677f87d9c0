"""Terraform's JSON form is judged as its native form is."""

from __future__ import annotations

import json

import pytest

from tests.conftest import ROOT
from tests.lint.test_lint import found, linted

TEXT = (ROOT / "tests/lint/styles/cdktf.tf.json").read_text(encoding="utf-8")


def test_a_sound_file_is_clean() -> None:
    report = linted(("cdk.tf.json", TEXT))

    assert [str(f) for f in report.findings] == []
    assert report.files == 1


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        ("payments:api", "payments: api", "IRSA407", 10),
        ("serviceaccount:web:web", "serviceaccount:web", "IRSA407", 19),
        ("eks.amazonaws.com/role-arn", "eks.amazonaws.com/role_arn", "IRSA106", 23),
        ("kube-system:aws-node", "kube-system/aws-node", "IRSA407", 28),
        ('"sts:AssumeRoleWithWebIdentity"],', '"sts:AssumeRole"],', "IRSA403", 7),
        ('"namespace": "payments"', '"namespace": "billing"', "IRSA405", 23),
    ],
)  # fmt: skip
def test_a_fault_has_its_place(before: str, after: str, code: str, line: int) -> None:
    assert TEXT.count(before) >= 1, before

    report = linted(("cdk.tf.json", TEXT.replace(before, after, 1)))

    assert (code, line) in found(report)


@pytest.mark.parametrize("text", ["[]", "{", '{"resource": 3, "data": [[]], "module": {"a": "b"}}'])
def test_what_is_no_configuration_is_no_crash(text: str) -> None:
    report = linted(("x.tf.json", text))

    assert {f.code for f in report.findings} <= {"IRSA001"}


def test_a_template_that_can_not_be_read_stays_a_text() -> None:
    bad = {"resource": {"aws_iam_role": {"a": {"assume_role_policy": "${jsonencode({)}"}}}}

    assert {f.code for f in linted(("x.tf.json", json.dumps(bad))).findings} <= {"IRSA001"}
