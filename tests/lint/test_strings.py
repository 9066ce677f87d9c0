"""Annotations and labels that are no strings: what YAML makes of a value, and every form in which lint reads one."""

from __future__ import annotations

import pytest

from diagnostics.lint import LintReport, Source, lint
from diagnostics.result import Severity

REFUSED = [
    "3600",
    "true",
    "True",
    "TRUE",
    "yes",
    "Yes",
    "YES",
    "y",
    "Y",
    "n",
    "no",
    "on",
    "Off",
    "0o14",
    "014",
    "0x1F",
    "1_000",
    "1e3",
    "1.5",
    ".5",
    "5.",
    ".inf",
    ".NaN",
    "+5",
    "-5",
    "0b11",
    "09",
    "1__0",
    "1E+3",
    "12e03",
    "-.5",
    "0.",
    "+.inf",
    "-.INF",
    "1_000.5",
    "-0b11",
    "-0x1f",
    "111122223333",
    "99999999999999999999",
    "[a]",
]
TAKEN = [
    "null",
    "~",
    "Null",
    "NULL",
    "nUll",
    "1:30",
    "2020-01-01",
    "2001-12-14t21:59:43.10-05:00",
    "_1",
    "1.2.3",
    "=",
    "1,000",
    "0o18",
    "0x",
    "1e",
    "e3",
    "tRue",
    "yEs",
    "0b12",
    "190:20:30",
    "190:20:30.15",
    "1e400",
    "'3600'",
    '"true"',
    "regional",
    "arn:aws:iam::111122223333:role/api",
]
"""As a real kube-apiserver (1.20) answered each of them in an annotation; `1:30` and dates are numbers to others."""

ACCOUNT = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: api
  namespace: payments
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/api
    eks.amazonaws.com/token-expiration: 3600
"""
POD_TEMPLATE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, annotations: {prometheus.io/port: 80}}
spec:
  template:
    metadata:
      annotations:
        prometheus.io/port: 8080
        eks.amazonaws.com/token-expiration: 3600
    spec: {containers: []}
"""
CRON_JOB = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: api}
spec:
  jobTemplate: {spec: {template: {metadata: {annotations: {eks.amazonaws.com/token-expiration: 3600}}}}}
"""
ROLLOUT = POD_TEMPLATE.replace("apps/v1", "argoproj.io/v1alpha1").replace("Deployment", "Rollout")
ITEMS = "kind: List\napiVersion: v1\nitems:\n- " + ACCOUNT.replace("\n", "\n  ")
HELM_OUTPUT = "---\n# Source: app/templates/serviceaccount.yaml\n" + ACCOUNT
MERGED = """\
x: &irsa {eks.amazonaws.com/token-expiration: 3600}
apiVersion: v1
kind: ServiceAccount
metadata: {name: api, annotations: {<<: *irsa}}
"""
JSON = '{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"annotations": {"a/b": 3600}}}'
STRATEGIC = """\
resources: [app.yaml]
patches:
- target: {kind: ServiceAccount, name: api}
  patch: |-
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: api
      annotations:
        eks.amazonaws.com/token-expiration: 3600
"""
OLD_STRATEGIC = STRATEGIC.replace(
    "patches:\n- target: {kind: ServiceAccount, name: api}\n  patch: |-",
    "patchesStrategicMerge:\n- |-",
)
INLINE_JSON6902 = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
patches:
- path: other.yaml
- target: {kind: ServiceAccount, name: api}
  patch: |-
    - op: add
      path: /metadata/annotations/eks.amazonaws.com~1token-expiration
      value: 3600
"""
JSON6902 = """\
- op: replace
  path: /metadata/annotations/eks.amazonaws.com~1token-expiration
  value: 3600
"""
WHOLE_JSON6902 = """\
[{"op": "add", "path": "/metadata/annotations", "value": {"eks.amazonaws.com/token-expiration": 3600}}]
"""
COMMON = "commonAnnotations:\n  team: 3600\n"
EKSCTL = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {name: api, namespace: payments, annotations: {eks.amazonaws.com/token-expiration: 3600}}
"""
HELM_VALUES = "serviceAccount:\n  annotations:\n    eks.amazonaws.com/token-expiration: 3600\n"
HELM_RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: app}
spec: {values: {serviceAccount: {annotations: {eks.amazonaws.com/token-expiration: 3600}}}}
"""
KUBECTL = """\
resource "kubectl_manifest" "api" {
  yaml_body = <<-YAML
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: api
      annotations:
        eks.amazonaws.com/role-arn: ${aws_iam_role.api.arn}
        eks.amazonaws.com/token-expiration: 3600
  YAML
}
"""
KUBECTL_ENCODED = """\
resource "kubectl_manifest" "api" {
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "ServiceAccount"
    metadata   = { name = "api", annotations = { "eks.amazonaws.com/token-expiration" = 3600 } }
  })
}
"""
HELM_RESOURCE = """\
resource "helm_release" "api" {
  values = [<<-EOT
    replicas: ${var.replicas}
    serviceAccount:
      annotations:
        eks.amazonaws.com/role-arn: ${module.irsa.iam_role_arn}
        eks.amazonaws.com/token-expiration: 3600
  EOT
  ]
}
"""
PLACES = {
    "manifest": ("app.yaml", ACCOUNT),
    "pod template": ("app.yaml", POD_TEMPLATE),
    "pod template of a CronJob": ("app.yaml", CRON_JOB),
    "pod template of another controller": ("app.yaml", ROLLOUT),
    "List": ("app.yaml", ITEMS),
    "Helm output": ("<stdin>", HELM_OUTPUT),
    "merge key": ("app.yaml", MERGED),
    "JSON manifest": ("app.json", JSON),
    "strategic merge patch": ("kustomization.yaml", STRATEGIC),
    "strategic merge patch, older field": ("kustomization.yml", OLD_STRATEGIC),
    "JSON 6902 patch, inline": ("kustomization.yaml", INLINE_JSON6902),
    "JSON 6902 patch, file": ("patch.yaml", JSON6902),
    "JSON 6902 patch of all annotations": ("patch.json", WHOLE_JSON6902),
    "commonAnnotations": ("overlays/prod/kustomization.yaml", COMMON),
    "eksctl": ("cluster.yaml", EKSCTL),
    "Helm values": ("values.yaml", HELM_VALUES),
    "HelmRelease": ("release.yaml", HELM_RELEASE),
    "kubectl_manifest": ("main.tf", KUBECTL),
    "kubectl_manifest, encoded": ("main.tf", KUBECTL_ENCODED),
    "helm_release": ("main.tf", HELM_RESOURCE),
}


def linted(name: str, text: str) -> LintReport:
    return lint([Source(name=name, text=text, asked=True)])


def annotated(value: str) -> str:
    return ACCOUNT.replace("3600", value).replace("token-expiration", "other")


@pytest.mark.parametrize("value", REFUSED)
def test_a_value_that_the_api_server_refuses_is_found(value: str) -> None:
    (found,) = linted("app.yaml", annotated(value)).open

    assert (found.code, found.spot.line, found.spot.column) == ("IRSA005", 8, 30)
    assert found.seen.startswith("eks.amazonaws.com/other: ")


@pytest.mark.parametrize("value", TAKEN)
def test_a_value_that_the_api_server_takes_is_right(value: str) -> None:
    assert linted("app.yaml", annotated(value)).open == ()


@pytest.mark.parametrize("place", PLACES)
def test_it_is_found_where_it_is_written(place: str) -> None:
    file, text = PLACES[place]

    (found,) = linted(file, text).open

    line = text.split("\n")[found.spot.line - 1]
    assert found.code == "IRSA005"
    assert line[found.spot.column - 1 :].startswith("3600")
    assert "number 3600" in found.headline
    assert found.wanted.endswith('"3600"')
    values = place in ("Helm values", "HelmRelease", "helm_release")
    assert found.weight is (Severity.RISK if values else Severity.CAUSE)


@pytest.mark.parametrize("place", PLACES)
def test_in_quotes_it_is_right(place: str) -> None:
    file, text = PLACES[place]

    assert linted(file, text.replace("3600", '"3600"')).open == ()


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("token-expiration: 3600", 'Write eks.amazonaws.com/token-expiration: "3600"'),
        ("token-expiration: 1e3", 'Write eks.amazonaws.com/token-expiration: "1000"'),
        ("token-expiration: 30", 'Write eks.amazonaws.com/token-expiration: "600"'),
        ("sts-regional-endpoints: true", 'Write eks.amazonaws.com/sts-regional-endpoints: "true"'),
        ("sts-regional-endpoints: yes", 'Write eks.amazonaws.com/sts-regional-endpoints: "true"'),
        ("audience: 0x10", 'Write eks.amazonaws.com/audience: "0x10"'),
    ],
)
def test_the_fix_is_what_to_write(written: str, fix: str) -> None:
    report = linted("app.yaml", ACCOUNT.replace("token-expiration: 3600", written))

    assert [f.next for f in report.open if f.code == "IRSA005"] == [fix]
    mended = ACCOUNT.replace("eks.amazonaws.com/token-expiration: 3600", fix.removeprefix("Write "))
    assert linted("app.yaml", mended).open == ()


def test_a_label_of_a_service_account_is_a_string_too() -> None:
    (found,) = linted(
        "a.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, labels: {tier: 1}}\n"
    ).open

    assert (found.code, found.wanted) == ("IRSA005", 'tier: "1"')


def test_other_annotations_of_workloads_are_none_of_ours() -> None:
    report = linted("app.yaml", POD_TEMPLATE.replace("token-expiration: 3600", 'audience: "x"'))

    assert report.open == ()


def test_terraform_makes_strings_of_numbers_itself() -> None:
    text = """\
resource "kubernetes_service_account" "api" {
  metadata {
    name        = "api"
    annotations = { "eks.amazonaws.com/token-expiration" = 3600 }
  }
}
"""
    assert linted("main.tf", text).open == ()


def test_terraform_s_own_objects_are_read_and_their_numbers_are_strings() -> None:
    text = """\
resource "kubernetes_manifest" "api" {
  manifest = {
    apiVersion = "v1"
    kind       = "ServiceAccount"
    metadata = {
      name        = "api"
      annotations = { "eks.amazonaws.com/role-arn" = "api", "eks.amazonaws.com/token-expiration" = 3600 }
    }
  }
}
"""
    assert [(f.code, f.spot.line) for f in linted("main.tf", text).open] == [("IRSA105", 7)]


@pytest.mark.parametrize(
    "body", ["${file(var.path)}", "a: [\n${indent(2, var.x)}", "%{ if a }\nx: 1\n%{ endif }"]
)
def test_a_string_that_is_yaml_only_once_it_is_filled_in_is_left_alone(body: str) -> None:
    text = f'resource "kubectl_manifest" "x" {{\n  yaml_body = <<-Y\n{body}\n  Y\n}}\n'

    assert linted("main.tf", text).findings == ()


def test_a_patch_says_which_value_to_write() -> None:
    (found,) = linted("kustomization.yaml", INLINE_JSON6902).open

    assert (found.object, found.next) == ("patch of ServiceAccount api", 'Write value: "3600"')


def test_a_patch_that_gives_a_role_is_judged_as_a_service_account_is() -> None:
    text = INLINE_JSON6902.replace("token-expiration", "role-arn").replace("3600", "payments-api")
    (found,) = linted("kustomization.yaml", text).open
    assert (found.code, found.spot.line, found.spot.column) == ("IRSA105", 9, 14)

    (found,) = linted("kustomization.yaml", text.replace("ServiceAccount", "Deployment")).open
    assert (found.code, found.spot.line) == ("IRSA106", 8)


def test_a_patch_that_is_no_yaml_is_said_with_its_place_in_the_file() -> None:
    text = STRATEGIC.replace("  annotations:\n", "  annotations: [\n")

    (found,) = linted("kustomization.yaml", text).open

    assert (found.code, found.spot.line) == ("IRSA001", 10)
