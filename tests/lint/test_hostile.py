"""Sources that want to break the reader: bounded time, one plain sentence, no crash."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagnostics.lint import Source, lint
from tests.lint.sound import SOUND

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 20)
)
HOSTILE = {
    "deep.yaml": "eks.amazonaws.com/: " + "[" * 200_000,
    "deep.json": '{"AssumeRolePolicyDocument": ' + "[" * 200_000,
    "deep.tf": "a = " + "[" * 100_000,
    "parentheses.tf": "a = " + "(" * 50_000 + "1" + ")" * 50_000,
    "interpolations.tf": 'a = "' + '${"' * 50_000,
    "locals.tf": "locals {\n"
    + "".join(f'  a{i} = "${{local.a{i + 1}}}${{local.a{i + 1}}}"\n' for i in range(60))
    + "}\n"
    'resource "aws_iam_role" "x" {\n  name = local.a0\n  assume_role_policy = local.a0\n}\n',
    "circle.tf": "locals {\n  a = local.b\n  b = local.a\n}\n"
    'resource "aws_iam_role" "x" {\n  assume_role_policy = local.a\n}\n',
    "bomb.yaml": "kind: eks.amazonaws.com/\n" + BOMB,
    "self.yaml": "eks.amazonaws.com/: &a [*a]\n",
    "tabs.yaml": "\t\teks.amazonaws.com/: x\n",
    "null.yaml": "eks.amazonaws.com/\x00: x\n",
    "comments.yaml": "# irsa-doctor: ignore\n" * 20_000,
    "wild.json": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":'
    '"arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A"},"Action":'
    '"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"oidc.eks.eu-west-1.amazonaws.com/id/A:sub":["'
    + '","'.join(f"system:serviceaccount:{'*a' * 200}:{i}" for i in range(2000))
    + '"]}}}]}',
    "patches.yaml": "kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\npatches:\n"
    + ("- patch: |-\n" + "".join(f"    {line}\n" for line in BOMB.splitlines())) * 200,
    "objects.tf": (
        'resource "kubectl_manifest" "x" {\n  yaml_body = <<-Y\n'
        + "".join(f"    {line}\n" for line in BOMB.splitlines())
        + "  Y\n}\n"
    )
    * 200,
    "many.yaml": "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n" * 10_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sources_end_in_bounded_time(name: str) -> None:
    started = time.process_time()

    report = lint([Source(name=name, text=HOSTILE[name], asked=True)])

    assert time.process_time() - started < 20.0
    assert all(len(f.headline) < 2_000 for f in report.findings)


def test_aliases_count_as_often_as_they_are_used() -> None:
    report = lint([Source(name="bomb.yaml", text=HOSTILE["bomb.yaml"], asked=True)])

    assert [f.code for f in report.findings] == ["IRSA001"]
    assert "more than 500,000 values" in report.findings[0].headline


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
@given(name=st.sampled_from(sorted(SOUND)), data=st.data())
def test_a_damaged_source_is_never_a_crash(name: str, data: st.DataObject) -> None:
    text = SOUND[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 80)))
    junk = data.draw(st.text(alphabet="{}[]:\"'\n\t -*&!|>$%#@`\\\ue000\x00a1\u200b", max_size=12))

    report = lint([Source(name=name, text=text[:start] + junk + text[end:], asked=True)])

    for finding in report.findings:
        assert finding.spot.line >= 1
        assert finding.spot.column >= 1
        assert finding.rule.title
