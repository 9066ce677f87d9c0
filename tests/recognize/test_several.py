"""Several failures in one paste, and the same one again."""
# ruff: noqa: E501  (pastes stand as people paste them)

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from diagnostics.recognize import Cause, Kind, recognize
from tests.recognize.families import ANSWERS, WRAPPINGS, go_v1, java_v2, kubectl_logs

DENIED = "Not authorized to perform sts:AssumeRoleWithWebIdentity"


def test_the_same_failure_many_times_is_one() -> None:
    line = f"2026-11-24T09:15:{{:02d}}Z ERROR ledger {DENIED}, request id: 0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e{{:02d}}"

    assert len(recognize("\n".join(line.format(i, i) for i in range(60)))) == 1


def test_different_failures_are_told_apart_and_looked_at_in_order() -> None:
    text = "\n".join(
        (
            f"2026-11-24T09:15:01Z ERROR external-dns {DENIED} arn:aws:iam::444455556666:role/dns",
            f"2026-11-24T09:15:02Z ERROR cert-manager {DENIED} arn:aws:iam::444455556666:role/certs",
            "2026-11-24T09:15:03Z ERROR velero InvalidIdentityToken: Incorrect token audience",
            "2026-11-24T09:15:04Z ERROR app User: arn:aws:sts::444455556666:assumed-role/app/s is not authorized to perform: s3:GetObject",
        )
    )

    symptoms = recognize(text)

    assert [(s.kind, s.cause, s.workload) for s in symptoms[:3]] == [
        (Kind.WEB_IDENTITY, Cause.ACCESS_DENIED, "external-dns"),
        (Kind.WEB_IDENTITY, Cause.ACCESS_DENIED, "cert-manager"),
        (Kind.WEB_IDENTITY, Cause.INCORRECT_AUDIENCE, "velero"),
    ]
    assert [s.cause for s in symptoms[3:]] == [Cause.PERMISSION]
    assert [s.role_arn for s in symptoms[:2]] == [
        "arn:aws:iam::444455556666:role/dns",
        "arn:aws:iam::444455556666:role/certs",
    ]


def test_a_text_yields_at_most_ten() -> None:
    text = "\n".join(
        f"2026-11-24T09:15:01Z ERROR {DENIED} arn:aws:iam::444455556666:role/r{i}"
        for i in range(40)
    )

    assert len(recognize(text)) == 10


@given(st.sampled_from(ANSWERS), st.sampled_from([w for w in WRAPPINGS if w is not kubectl_logs]))
def test_the_fingerprint_survives_wrapping(answer: object, wrap: object) -> None:
    paste = go_v1(answer)  # type: ignore[arg-type]

    assert recognize(wrap(paste))[0].fingerprint == recognize(paste)[0].fingerprint  # type: ignore[operator]


def test_the_fingerprint_forgets_request_time_and_pod_suffix() -> None:
    one = f"2026-11-24T09:15:01Z ledger-7d9c6bd9c8-x2k4z {DENIED}, request id: 0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a"
    other = f"2026-11-25T19:15:01Z ledger-7d9c6bd9c8-p9qrs {DENIED}, request id: 1b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a"

    assert recognize(one)[0].fingerprint == recognize(other)[0].fingerprint


def test_the_fingerprint_tells_roles_and_causes_apart() -> None:
    prints = {
        recognize(java_v2(a) + f" arn:aws:iam::444455556666:role/{r}")[0].fingerprint
        for a in ANSWERS[:6]
        for r in "ab"
    }

    assert len(prints) == 12
