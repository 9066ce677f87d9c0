"""Pastes, and what only speaks of them, written for these tests; each as it is and as chats and logs wrap it."""
# ruff: noqa: E501, ISC004  (pastes stand as people paste them)

from __future__ import annotations

from pathlib import Path

import pytest

from diagnostics.recognize import Kind, recognize
from tests.recognize.families import code_block, json_log, kubectl_logs, quoted, slack

FOLDER = Path(__file__).parent / "pastes"


def pastes(name: str) -> list[str]:
    """The texts of a file, which lines of three dashes part."""
    texts = (FOLDER / name).read_text(encoding="utf-8").split("\n---\n")
    return [text.strip("\n") for text in texts]


FAILURES, OTHERS = pastes("web_identity.txt"), pastes("anything_else.txt")


def told(text: str) -> bool:
    return any(s.kind is Kind.WEB_IDENTITY for s in recognize(text))


def test_every_failure_is_recognised() -> None:
    assert [text for text in FAILURES if not told(text)] == []


def test_nothing_else_is() -> None:
    assert [text for text in OTHERS if told(text)] == []


@pytest.mark.parametrize("wrap", [slack, quoted, code_block, kubectl_logs, json_log])
def test_a_wrapping_hides_no_failure(wrap: object) -> None:
    hidden = [text for text in FAILURES if not told(wrap(text))]  # type: ignore[operator]

    assert len(hidden) <= 0.01 * len(FAILURES), hidden


@pytest.mark.parametrize("wrap", [slack, quoted])
def test_slacks_marks_make_no_failure_of_anything_else(wrap: object) -> None:
    assert [text for text in OTHERS if told(wrap(text))] == []  # type: ignore[operator]


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (
            "WebIdentityErr: failed to retrieve credentials, pod/checkout-6f7d8c9b5d-q2w4x",
            {"pod": "checkout-6f7d8c9b5d-q2w4x", "workload": "checkout"},
        ),
        (
            "an IAM role must be associated with service account eso-reader (namespace: team-a)",
            {"service_account": "eso-reader", "namespace": "team-a"},
        ),
        (
            "Could not assume role using web identity, ns=shop sa: basket",
            {"service_account": "basket"},
        ),
        (
            "POST /?Action=AssumeRoleWithWebIdentity&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fbackup failed: "
            "<Code>InvalidIdentityToken</Code>",
            {"role_arn": "arn:aws:iam::111122223333:role/backup", "account_id": "111122223333"},
        ),
        (
            "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity, "
            "cluster=arn:aws:eks:eu-west-1:111122223333:cluster/batch",
            {"cluster": "arn:aws:eks:eu-west-1:111122223333:cluster/batch", "region": "eu-west-1"},
        ),
        (
            "AssumeRoleWithWebIdentity response had status code 403 AccessDenied",
            {"sts_error_code": "AccessDenied"},
        ),
        (
            "An error occurred (ThrottlingException) when calling the AssumeRoleWithWebIdentity operation: Rate exceeded",
            {"sts_error_code": "ThrottlingException", "sdk": "botocore"},
        ),
        (
            "User: arn:aws:sts::111122223333:assumed-role/prod-NodeInstanceRole/i-0123456789abcdef0 is not authorized "
            "to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/dns",
            {"role_arn": None, "role_as_written": "arn:aws:iam::444455556666:role/dns"},
        ),
    ],
)
def test_fields_are_read_where_people_and_programs_write_them(
    words: str, fields: dict[str, str | None]
) -> None:
    symptom = recognize(words)[0]

    assert {name: getattr(symptom, name) for name in fields} == fields
