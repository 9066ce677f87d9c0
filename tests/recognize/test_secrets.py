"""Secrets in a paste are named by kind, and go no further."""
# ruff: noqa: E501  (pastes stand as people paste them)

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.recognize import SecretKind, find_secrets, recognize, redact


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


JWT = f"{segment({'alg': 'RS256', 'kid': 'k'})}.{segment({'sub': 'system:serviceaccount:a:b'})}.{'c2ln' * 40}"
KEY = "AKIA" + "QWERTYUIOPASDFGH"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzz1"
SESSION = "IQoJb3JpZ2luX2VjE" + "Ab3/+" * 60

CASES = (
    (SecretKind.JWT, f"token: {JWT}", JWT),
    (SecretKind.JWT, json.dumps({"WebIdentityToken": JWT}), JWT),
    (SecretKind.JWT, f"line\\n{JWT}\\n", JWT),
    (SecretKind.ACCESS_KEY, f"AWS_ACCESS_KEY_ID={KEY}", KEY),
    (SecretKind.ACCESS_KEY, f'"AccessKeyId": "{KEY.replace("AKIA", "ASIA")}"', KEY.replace("AKIA", "ASIA")),
    (SecretKind.SECRET_KEY, f"AWS_SECRET_ACCESS_KEY={SECRET}", SECRET),
    (SecretKind.SECRET_KEY, f'\\"SecretAccessKey\\": \\"{SECRET}\\"', SECRET),
    (SecretKind.SECRET_KEY, f"{KEY} {SECRET}", SECRET),
    (SecretKind.SESSION_TOKEN, f"AWS_SESSION_TOKEN={SESSION}", SESSION),
    (SecretKind.SESSION_TOKEN, f"<SessionToken>{SESSION}</SessionToken>", SESSION),
    (SecretKind.AUTHORIZATION, "Authorization: Bearer abcdefghijklmnop1234", "abcdefghijklmnop1234"),
    (SecretKind.AUTHORIZATION, "curl -H 'authorization: Basic dXNlcjpwYXNzd29yZA=='", "dXNlcjpwYXNzd29yZA=="),
    (SecretKind.COOKIE, "Cookie: session=0a1b2c3d; csrf=zzz", "0a1b2c3d"),
    (SecretKind.PASSWORD, "password: hunter2222", "hunter2222"),
    (SecretKind.PASSWORD, "postgres://app:hunter2222@db/x", "hunter2222"),
    (SecretKind.API_TOKEN, "xoxb-1234567890-abcdefghij", "1234567890-abcdefghij"),
    (SecretKind.SIGNED_URL, "https://b.s3.amazonaws.com/k?X-Amz-Signature=0123456789abcdef0123", "0123456789abcdef0123"),
    (SecretKind.SECRET_KEY, f"- name: AWS_SECRET_ACCESS_KEY\n  value: {SECRET}", SECRET),
    (SecretKind.SECRET_KEY, f'{{"name": "AWS_SECRET_ACCESS_KEY", "value": "{SECRET}"}}', SECRET),
    (SecretKind.SECRET_KEY, f"      AWS_SECRET_ACCESS_KEY:        {SECRET}", SECRET),
    (SecretKind.SESSION_TOKEN, '"name":"AWS_SESSION_TOKEN","value":"abcdefgh0123456789"', "abcdefgh0123456789"),
    (SecretKind.PASSWORD, "- name: DB_PASSWORD\n  value: hunter2222", "hunter2222"),
    (SecretKind.PASSWORD, "DB_PASSWORD=hunter2222", "hunter2222"),
    (SecretKind.PASSWORD, "      DB_PASSWORD:                  hunter2222", "hunter2222"),
    (SecretKind.PASSWORD, "redis://:hunter2222@cache:6379", "hunter2222"),
    (SecretKind.API_TOKEN, "X-Api-Key: 0123456789abcdef0123", "0123456789abcdef0123"),
    (SecretKind.API_TOKEN, "token: k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9uYXdz", "aHR0cHM6Ly9zdHMuYW1hem9uYXdz"),
    (SecretKind.JWT, f"token: {base64.b64encode(JWT.encode()).decode()}", base64.b64encode(JWT.encode()).decode()[40:]),
    (SecretKind.PRIVATE_KEY, "client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlF", "QpNSUlF"),
    (SecretKind.PRIVATE_KEY, "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "secret"), CASES)
def test_a_secret_is_named_and_taken_out(kind: SecretKind, text: str, secret: str) -> None:
    assert kind in find_secrets(text)
    assert secret not in redact(text)


@pytest.mark.parametrize(("kind", "text", "secret"), CASES)
def test_no_secret_reaches_a_symptom(kind: SecretKind, text: str, secret: str) -> None:
    del kind
    paste = f"{text}\nAccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity\n{text}"

    symptoms = recognize(paste)

    assert symptoms
    assert secret not in repr(symptoms)


def test_a_token_that_a_terminal_broke_over_lines_is_taken_out_whole() -> None:
    lines = [JWT[i : i + 80] for i in range(0, len(JWT), 80)]

    left = redact("token:\n" + "\n".join(lines) + "\nend")

    assert not any(line in left for line in lines if len(line) >= 16)
    assert left.endswith("\nend")


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::444455556666:role/team/ledger-writer",
        "request id: 0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a",
        "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "https://oidc.eks.eu-central-1.amazonaws.com/id/5C0FFEE0DDBA11CAFEF00D1234567890",
        "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        "com.amazonaws.auth.WebIdentityTokenCredentialsProvider.getCredentials(WebIdentityTokenCredentialsProvider.java:76)",
        "AWS_SECRET_ACCESS_KEY=****************************************",
        "the password reset mail did not arrive",
        "- name: AWS_WEB_IDENTITY_TOKEN_FILE\n  value: /var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        "- name: AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE\n  value: /var/run/secrets/pods.eks.amazonaws.com/token",
        "- name: aws-token\n  projected:\n    sources: []\n- name: PORT\n  value: abcdefgh",
        "caBundle: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUMvakNDQWVhZ0F3SUJBZ0lCQURB",
        "PWD=/srv/app OLDPWD=/root",
        "client-secret:\n  externalSecretStoreReference: vault",
        "- name: DB_PASSWORD\n  value: $(SHARED_PASSWORD)",
        "- name: DB_PASSWORD\n  valueFrom: {secretKeyRef: {name: db, key: password}}",
        "https://oidc.eks.eu-central-1.amazonaws.com:443/id/5C0FFEE0DDBA11CAFEF00D1234567890",
        "security token included in the request is invalid",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert find_secrets(text) == ()
    assert redact(text) == text


@given(st.text(max_size=400))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)

    assert redact(once) == once


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from([KEY, JWT, SESSION]))
def test_a_secret_is_found_between_any_words(before: str, after: str, secret: str) -> None:
    assert secret not in redact(f"{before} {secret} {after}")
