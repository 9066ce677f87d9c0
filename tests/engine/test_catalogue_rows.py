"""Every row of both catalogues is a fault of the engine's tests: a broken world or a text, and the code that leads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diagnostics.checks.catalogue import catalogue
from tests.engine.faults import FAULTS

SHARED = Path(__file__).resolve().parents[3] / "shared"

ROWS: dict[int, tuple[str, ...]] = {
    # 1 service account and injection
    1: ("IRSA103", "the_annotation_is_missing"),
    2: ("IRSA103", "the_annotation_is_empty"),
    3: ("IRSA105", "the_annotation_has_blanks", "a_placeholder_is_left"),
    4: ("IRSA106", "the_annotation_is_on_the_pod_template", "the_key_has_an_underscore"),
    5: ("IRSA401", "the_role_does_not_exist"),
    6: ("IRSA107", "the_path_was_dropped"),
    7: ("IRSA101", "the_deployment_runs_as_default"),
    8: ("IRSA406", "the_sub_names_another_service_account"),
    9: ("IRSA201", "the_pods_are_older_than_the_annotation"),
    10: ("IRSA201", "the_pods_have_the_old_role"),
    11: ("IRSA201", "the_pod_came_with_its_service_account"),
    12: ("IRSA202", "the_webhook_is_gone"),
    13: ("IRSA204", "the_pod_is_skipped"),
    14: ("IRSA204", "the_container_is_skipped"),
    15: ("IRSA205", "the_manifest_sets_one_of_the_two"),
    16: ("IRSA207", "a_volume_has_the_webhooks_name"),
    17: ("IRSA215", "the_windows_pod_is_chosen_by_affinity", "the_token_path_is_no_windows_path"),
    18: ("IRSA204", "a_container_was_added_after_the_webhook"),
    # 2 token and container
    19: ("IRSA209", "the_process_may_not_read_its_token"),
    20: ("IRSA207", "the_variable_names_the_api_token"),
    21: ("IRSA210", "the_process_kept_its_token"),
    22: ("IRSA216", "the_token_is_no_jwt"),
    23: ("IRSA109", "the_token_lifetime_is_a_duration"),
    24: ("IRSA108", "the_audience_is_annotated_as_something_else"),
    25: ("IRSA210", "the_process_kept_its_token"),
    26: ("IRSA205", "the_chart_injects_beside_the_webhook"),
    # 3 network and STS endpoint
    27: ("IRSA214", "sts_times_out"),
    28: ("IRSA214", "the_global_endpoint_times_out"),
    29: ("IRSA214", "sts_times_out", "the_name_of_sts_is_not_resolved"),
    30: ("IRSA214", "sts_times_out"),
    31: ("IRSA214", "the_connection_is_refused"),
    32: ("IRSA214", "a_proxy_fails"),
    33: ("IRSA214", "tls_is_intercepted"),
    34: ("IRSA501", "the_endpoint_policy_refuses"),
    35: ("IRSA213", "sts_is_off_in_the_region"),
    36: ("IRSA504", "sts_throttles"),
    37: ("IRSA307", "the_keys_can_not_be_fetched"),
    # 4 IAM OIDC provider
    38: ("IRSA301", "there_is_no_provider"),
    39: ("IRSA303", "the_provider_is_in_the_clusters_account_only"),
    40: ("IRSA308", "the_cluster_was_created_anew"),
    41: ("IRSA304", "the_provider_knows_another_audience"),
    42: ("IRSA306", f"the_text_says_{'thumbprint'}"),
    43: ("IRSA302", "the_provider_has_the_dual_stack_host"),
    44: ("IRSA305", "the_providers_url_ends_in_a_slash"),
    45: ("IRSA309", "the_account_is_full_of_providers"),
    46: ("IRSA307", "the_issuer_is_not_public", "the_keys_were_not_published_again"),
    47: ("IRSA307", "the_issuer_has_a_private_certificate"),
    48: ("IRSA310", "the_issuer_is_set_for_logins_too"),
    # 5 trust policy
    49: ("IRSA405", "the_sub_names_another_namespace"),
    50: ("IRSA411", "a_star_stands_under_string_equals"),
    51: ("IRSA410", "the_key_carries_the_providers_arn"),
    52: ("IRSA410", "the_keys_carry_https", "the_key_lacks_its_claim"),
    53: ("IRSA408", "aud_and_sub_are_swapped"),
    54: ("IRSA408", "the_aud_is_another"),
    55: ("IRSA404", "the_provider_of_another_account_is_trusted"),
    56: ("IRSA403", "the_action_is_assume_role"),
    57: ("IRSA404", "the_provider_stands_under_aws"),
    58: ("IRSA415", "a_claim_is_asked_for_that_iam_does_not_have"),
    59: ("IRSA412", "the_conditions_exclude_one_another"),
    60: ("IRSA415", "an_external_id_is_required"),
    61: ("IRSA417", "the_corrected_policy_is_too_long"),
    62: ("IRSA418", "the_trust_policy_was_changed_a_minute_ago"),
    63: ("IRSA407", "the_sub_is_in_another_case"),
    # 6 organization guardrails, and failures that only look like IRSA
    64: ("IRSA501", "a_control_policy_lists_other_issuers_only"),
    65: ("IRSA601", "a_service_control_policy_denies_the_service"),
    66: ("IRSA601", "the_role_lacks_a_permission"),
    67: ("IRSA605", "the_role_assumes_itself"),
    68: ("IRSA605", "the_second_hop_is_not_trusted"),
    69: ("IRSA503", "the_duration_is_too_long"),
    70: ("IRSA503", "the_session_name_is_bad"),
    # 7 SDK and application
    71: ("IRSA602", "the_sdk_is_too_old"),
    72: ("IRSA211", "java_lacks_the_sts_module"),
    73: ("IRSA602", "the_sdk_is_too_old"),
    74: ("IRSA206", "static_keys_come_first", "a_profile_is_set"),
    75: ("IRSA213", "the_region_is_missing"),
    # 8 Pod Identity interplay and drift
    76: ("IRSA212", "an_association_waits_for_new_pods"),
    77: ("IRSA217", "the_pods_are_older_than_the_association_and_no_provider_exists"),
    78: ("IRSA605", "the_chain_lacks_tag_session"),
    79: ("IRSA603", "the_pod_identity_agent_is_down"),
    80: ("IRSA103", "a_tool_dropped_the_annotation"),
    81: ("IRSA110", "helm_owns_the_service_account"),
}
"""Row of the longer list to its code and the faults that show it. Where several rows share a fault, they share a
symptom too, and the finding says what would tell them apart."""

KNOWN = {(fault.code, fault.name) for fault in FAULTS}
INFERRED = (5, 6, 25, 33, 34, 44, 62, 70)
"""Rows that nobody has documented, as the list marks them."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"row {row}")
def test_a_row_is_shown_by_a_fault(row: int) -> None:
    code, *names = ROWS[row]

    assert names
    assert {(code, name) for name in names} <= KNOWN


def test_there_is_no_gap_between_the_rows() -> None:
    assert list(ROWS) == list(range(1, 82))


def test_every_check_stands_for_a_row_or_a_line_of_the_catalogue() -> None:
    if not SHARED.is_dir():
        pytest.skip("the catalogue beside the project is not here to compare with")
    lines = set(re.findall(r"IRSA\d{3}", (SHARED / "CATALOGUE.md").read_text(encoding="utf-8")))
    codes = {check.code for check in catalogue()}

    assert lines <= codes
    assert codes - lines <= {code for code, *_ in ROWS.values()}


def test_the_rows_are_those_of_the_longer_list() -> None:
    if not SHARED.is_dir():
        pytest.skip("the list beside the project is not here to compare with")
    text = (SHARED / "CAUSES.md").read_text(encoding="utf-8")
    listed = {int(n): line for n, line in re.findall(r"^\| (\d+) \|(.*)$", text, re.MULTILINE)}

    assert set(listed) == set(ROWS)
    assert {n for n, line in listed.items() if "(inf)" in line} == set(INFERRED)
