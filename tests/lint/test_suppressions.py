"""What is ignored, and why."""

from __future__ import annotations

import pytest

from diagnostics.lint import Source, lint, read_ignore_file
from tests.lint.sound import EKS_GUIDE_TRUST, MANIFESTS, TERRAFORM_RAW

BROKEN = TERRAFORM_RAW.replace("payments:api", "payments:*")
WHY = "because the operator makes these names"


def codes(text: str, name: str = "raw.tf") -> list[tuple[str, str | None]]:
    report = lint([Source(name=name, text=text)])
    return [(f.code, f.suppressed) for f in report.findings]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('payments:*"]', f'payments:*"] # irsa-doctor: ignore IRSA411 {WHY}'),
        (
            '      values   = ["system',
            f'      # irsa-doctor: ignore IRSA411 {WHY}\n      values   = ["system',
        ),
        ("    condition {", f"    # irsa-doctor: ignore IRSA411 {WHY}\n    condition {{"),
        ("  statement {", f"  // irsa-doctor: ignore IRSA411, IRSA416 {WHY}\n  statement {{"),
        ('data "aws', f'# irsa-doctor: ignore IRSA411 {WHY}\ndata "aws'),
        ("resource", f"# irsa-doctor: ignore-file IRSA411 {WHY}\nresource"),
    ],
)
def test_a_comment_covers_its_line_or_what_begins_after_it(before: str, after: str) -> None:
    assert codes(BROKEN.replace(before, after, 1)) == [
        ("IRSA411", "the operator makes these names")
    ]


def test_a_comment_does_not_reach_past_its_construct() -> None:
    text = BROKEN.replace("resource", f"# irsa-doctor: ignore IRSA411 {WHY}\nresource", 1)

    assert sorted(codes(text)) == [("IRSA004", None), ("IRSA411", None)]


@pytest.mark.parametrize(
    "rest", ["IRSA411", "IRSA411 because", "because it is so", "IRSA411 it is so"]
)
def test_a_suppression_without_code_or_reason_ignores_nothing(rest: str) -> None:
    text = BROKEN.replace('payments:*"]', f'payments:*"] # irsa-doctor: ignore {rest}')

    assert sorted(codes(text)) == [("IRSA003", None), ("IRSA411", None)]


def test_yaml_items_are_covered_to_their_end() -> None:
    text = MANIFESTS.replace("role/payments-api", "payments-api").replace(
        "metadata:", f"# irsa-doctor: ignore IRSA105 {WHY}\nmetadata:", 1
    )

    assert codes(text, "app.yaml") == [("IRSA105", "the operator makes these names")]


def test_json_is_ignored_from_a_file_by_path() -> None:
    rules, faults = read_ignore_file(
        ".irsa-doctor-ignore",
        "# old\npolicies/*.json IRSA411 because it goes away in May\nx.json IRSA411\n",
    )
    broken = EKS_GUIDE_TRUST.replace("payments:api", "payments:*")

    report = lint([Source(name="./policies/api.json", text=broken)], rules)

    assert [(f.code, f.suppressed) for f in report.findings] == [("IRSA411", "it goes away in May")]
    assert [(f.code, f.spot.line) for f in faults] == [("IRSA003", 3)]
