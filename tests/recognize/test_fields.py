"""What a paste shows about where it happened."""
# ruff: noqa: E501  (pastes stand as people paste them)

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from diagnostics.recognize import Symptom, recognize

DENIED = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"


def only(text: str) -> Symptom:
    (symptom,) = recognize(text)
    return symptom


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        (f"{DENIED} for arn:aws:iam::444455556666:role/team/ledger-writer.", "role_arn", "arn:aws:iam::444455556666:role/team/ledger-writer"),
        (f"{DENIED} for arn:aws-cn:iam::444455556666:role/x", "role_arn", "arn:aws-cn:iam::444455556666:role/x"),
        (f"{DENIED} for arn:aws:iam::<account>:role/x", "role_arn", None),
        (f"{DENIED} for arn:aws:iam::<account>:role/x", "role_as_written", "arn:aws:iam::<account>:role/x"),
        (f"{DENIED} for arn:aws:iam::444455556666:role/x", "account_id", "444455556666"),
        (f"region: eu-west-3\n{DENIED}", "region", "eu-west-3"),
        (f"POST https://sts.us-gov-west-1.amazonaws.com/ {DENIED}", "region", "us-gov-west-1"),
        (f"bucket private-us-east-1a: {DENIED}", "region", None),
        ("No OpenIDConnect provider found in your account for https://oidc.eks.ap-south-1.amazonaws.com/id/0A1B2C", "issuer",
         "https://oidc.eks.ap-south-1.amazonaws.com/id/0A1B2C"),
        ("No OpenIDConnect provider found in your account for https://issuer.example.org/self", "issuer", "https://issuer.example.org/self"),
        (f"sub system:serviceaccount:payments:ledger {DENIED}", "service_account", "ledger"),
        (f"sub system:serviceaccount:payments:ledger {DENIED}", "namespace", "payments"),
        (f"kubectl logs -n payments ledger-7d9c6bd9c8-x2k4z\n{DENIED}", "namespace", "payments"),
        (f"kubectl logs -n payments ledger-7d9c6bd9c8-x2k4z\n{DENIED}", "pod", "ledger-7d9c6bd9c8-x2k4z"),
        (f'{{namespace="payments", pod="ledger-0", cluster="prod-eu"}} {DENIED}', "namespace", "payments"),
        (f'{{namespace="payments", pod="ledger-0", cluster="prod-eu"}} {DENIED}', "pod", "ledger-0"),
        (f'{{namespace="payments", pod="ledger-0", cluster="prod-eu"}} {DENIED}', "cluster", "prod-eu"),
        (f"kube_namespace:payments pod_name:ledger-0 cluster_name:prod-eu\n{DENIED}", "cluster", "prod-eu"),
        (f"*Namespace:* `payments`\n{DENIED}", "namespace", "payments"),
        (f"serviceaccount payments/ledger: {DENIED}", "service_account", "ledger"),
        (f"the service account annotation is missing: {DENIED}", "service_account", None),
        (f"{DENIED} (payments/ledger: namespace payments, service account ledger)", "namespace", "payments"),
        (f"{DENIED} (payments/ledger: namespace payments, service account ledger)", "service_account", "ledger"),
        (f"{DENIED} -- payments/ledger-api, service account ledger", "namespace", "payments"),
        (f"{DENIED} -- payments/ledger-api, service account ledger", "service_account", "ledger"),
        (f"{DENIED}. The service account is payments/ledger", "service_account", "ledger"),
        ("An IAM role must be associated with service account ledger (namespace: payments)", "service_account", "ledger"),
        (f"{DENIED}, is the service account wrong?", "service_account", None),
        (f"{DENIED}\nI checked the role and the service account too.", "service_account", None),
        (f"{DENIED} in every namespace, help", "namespace", None),
        (f"serviceAccountName: ledger\n{DENIED}", "service_account", "ledger"),
        (f'"logger":"controller.ingress","name":"web","namespace":"shop","error":"{DENIED}"', "namespace", None),
        (f"E1124 09:15:02.118822 1 aws_cloud_provider.go:389] {DENIED}", "workload", "cluster-autoscaler"),
        (f"deployment/ledger: {DENIED}", "workload", "ledger"),
        (f'msg="failed to flush chunks: store put chunk: {DENIED}, labels: {{app=\\"api\\"}}"', "workload", "loki"),
        (f'"logger":"controllers.SecretStore","error":"{DENIED}"', "workload", "external-secrets"),
        (f"ack-s3-controller-7d9c6bd9c8-x2k4z {DENIED}", "workload", "ack"),
        ("botocore.errorfactory.InvalidIdentityTokenException: An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: Incorrect token audience", "sdk", "botocore"),
        ("Valid credentials could not be sourced by the STS web identity provider", "kind", "web_identity"),
        (f"slack-bot: {DENIED}", "workload", None),
        (f"a g r a f a n a {DENIED}", "workload", None),
        (f"kube_deployment:ledger https://grafana.example.org/d/1 {DENIED}", "workload", "ledger"),
        (f"with provider registry.terraform.io/hashicorp/aws: {DENIED}", "workload", "terraform"),
        (f"[backstage]: catalog error {DENIED}", "workload", "backstage"),
        (f"2026-11-24T09:15:02.5Z {DENIED}", "at", datetime(2026, 11, 24, 9, 15, 2, 500000, tzinfo=UTC)),
        (f"2026-11-24T10:15:02+01:00 {DENIED}", "at", datetime(2026, 11, 24, 9, 15, 2, tzinfo=UTC)),
        (f"9999-99-99T99:99:99Z {DENIED}", "at", None),
        (f"{DENIED} request id: 0b5f1f2e-7a44-4c55-9d3e-\n8f2b6c1d0e9a", "request_id", "0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a"),
        (f"{DENIED} (token.actions.githubusercontent.com)", "federation", "GitHub Actions"),
    ],
)  # fmt: skip
def test_a_field_is_read_where_the_text_shows_it(text: str, field: str, value: object) -> None:
    assert getattr(only(text), field) == value


def test_role_chaining_names_the_role_that_was_refused_and_the_one_that_asked() -> None:
    symptom = only(
        "User: arn:aws:sts::444455556666:assumed-role/dns/1763990000 is not authorized to perform: sts:AssumeRole "
        "on resource: arn:aws:iam::777788889999:role/zone-writer"
    )

    assert symptom.role_arn == "arn:aws:iam::777788889999:role/zone-writer"
    assert (symptom.source_role, symptom.session_name) == ("dns", "1763990000")


def test_an_alerts_head_speaks_for_the_error_below() -> None:
    symptom = only(
        "[FIRING:1] PodCrashLooping\ncluster: prod-eu\nnamespace: payments\npod: ledger-7d9c6bd9c8-x2k4z\n\n"
        f"2026-11-24 09:15:02 ERROR {DENIED}"
    )

    assert (symptom.cluster, symptom.namespace, symptom.pod) == (
        "prod-eu",
        "payments",
        "ledger-7d9c6bd9c8-x2k4z",
    )


def test_the_excerpt_shows_the_lines_that_say_so_and_no_more_than_600_characters() -> None:
    noise = "\n".join(f"2026-11-24T09:14:{i % 60:02d}Z INFO reconciled {i}" for i in range(400))

    symptom = only(f"{noise}\n2026-11-24T09:15:02Z ERROR {DENIED}\n{noise}")

    assert symptom.excerpt == f"2026-11-24T09:15:02Z ERROR {DENIED}"
    assert len(only(f"{'x ' * 5000}{DENIED}{' y' * 5000}").excerpt) <= 600


def test_the_message_is_what_sts_said() -> None:
    symptom = only(
        "WebIdentityErr: failed to retrieve credentials\ncaused by: InvalidIdentityToken: Incorrect token audience\n"
        "\tstatus code: 400, request id: 0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a"
    )

    assert symptom.message == "Incorrect token audience"
