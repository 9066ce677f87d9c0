"""Words of a Slack message, wherever they hide."""
# ruff: noqa: E501  (pastes stand as people paste them)

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.fleet import WorkloadRef
from diagnostics.recognize import recognize
from handlers.paste.reading import (
    TEXT_LIMIT,
    alert_hints,
    edit_of,
    extract_text,
    files_to_read,
    newly_said,
)

DENIED = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def run(kind: str, text: str) -> dict[str, Any]:
    return {"type": kind, "elements": [{"type": "text", "text": text}]}


HIDING_PLACES: dict[str, dict[str, Any]] = {
    "text": {"text": DENIED},
    "escaped text": {"text": f"&lt;ledger&gt; {DENIED} &amp; more"},
    "section": {"text": "", "blocks": [section(DENIED)]},
    "section fields": {"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": DENIED}]}]},
    "context": {"blocks": [{"type": "context", "elements": [{"type": "plain_text", "text": DENIED}]}]},
    "header": {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": DENIED}}]},
    "preformatted": {"text": "see", "blocks": [rich(run("rich_text_section", "see"), run("rich_text_preformatted", DENIED))]},
    "quote": {"blocks": [rich(run("rich_text_quote", DENIED))]},
    "list": {"blocks": [rich({"type": "rich_text_list", "elements": [run("rich_text_section", "a"), run("rich_text_section", DENIED)]})]},
    "table": {"blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "error"}, {"type": "raw_text", "text": DENIED}]]}]},
    "markdown": {"blocks": [{"type": "markdown", "text": f"```\n{DENIED}\n```"}]},
    "a block of tomorrow": {"blocks": [{"type": "card_2027", "body": {"content": [{"text": {"text": DENIED}}]}}]},
    "Alertmanager": {"text": "", "attachments": [{"fallback": "[FIRING:1]", "title": "[FIRING:1] LedgerDown", "text": DENIED, "color": "danger"}]},
    "Grafana": {"attachments": [{"title": "[Alerting] ledger", "fields": [{"title": "message", "value": DENIED, "short": False}]}]},
    "Datadog": {"attachments": [{"pretext": DENIED, "title": "Triggered: ledger"}]},
    "PagerDuty": {"text": "", "blocks": [section("*Incident #7*"), section(DENIED)]},
    "Opsgenie": {"attachments": [{"fallback": f"New alert: {DENIED}"}]},
    "Sentry": {"attachments": [{"blocks": [section(f"```{DENIED}```")]}]},
    "CloudWatch": {"attachments": [{"color": "#f00", "blocks": [{"type": "section", "fields": [{"text": DENIED}]}]}]},
    "a forwarded message": {"text": "look", "attachments": [{"is_share": True, "from_url": "https://x.slack.com/archives/C1/p1",
                            "message_blocks": [{"message": {"blocks": [rich(run("rich_text_preformatted", DENIED))]}}]}]},
    "a quoted message": {"attachments": [{"is_msg_unfurl": True, "from_url": "https://x.slack.com/archives/C1/p1", "text": DENIED}]},
    "a snippet's preview": {"text": "", "files": [{"mode": "snippet", "preview": DENIED}]},
}  # fmt: skip


@pytest.mark.parametrize("place", HIDING_PLACES)
def test_the_error_is_found_in_every_place(place: str) -> None:
    assert len(recognize(extract_text(HIDING_PLACES[place]))) == 1


def test_text_that_repeats_the_blocks_is_read_once() -> None:
    message = {
        "text": f"help ```{DENIED} &amp; so on```",
        "blocks": [
            rich(
                run("rich_text_section", "help "),
                run("rich_text_preformatted", f"{DENIED} & so on"),
            )
        ],
    }

    assert extract_text(message).count("AssumeRoleWithWebIdentity") == 1


def test_the_preview_of_a_link_is_not_what_somebody_pasted() -> None:
    message = {
        "text": "worth a read: <https://github.com/acme/charts/issues/7>",
        "attachments": [{"from_url": "https://github.com/acme/charts/issues/7", "text": DENIED}],
    }

    assert recognize(extract_text(message)) == ()


def test_links_show_their_address_and_people_do_not_show() -> None:
    link = {"type": "link", "url": "https://oidc.eks.eu-west-1.amazonaws.com/id/0A", "text": "here"}
    parts = [{"type": "text", "text": "issuer "}, link, {"type": "user", "user_id": "U1"}]

    text = extract_text({"blocks": [rich({"type": "rich_text_section", "elements": parts})]})

    assert text == "issuer https://oidc.eks.eu-west-1.amazonaws.com/id/0A"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "text",
                    "blocks",
                    "elements",
                    "attachments",
                    "fields",
                    "files",
                    "message",
                    "message_blocks",
                    "rows",
                    "title",
                    "value",
                    "mode",
                    "url_private",
                    "id",
                    "subtype",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(st.dictionaries(st.text(max_size=12), json_values, max_size=5), json_values)
def test_a_message_of_any_shape_is_read_without_failing(
    message: dict[str, Any], value: object
) -> None:
    for shaped in (message, dict.fromkeys(("text", "blocks", "attachments", "files"), value)):
        extract_text(shaped)
        files_to_read(shaped)
        alert_hints(shaped)
        edit_of({"subtype": "message_changed", "message": shaped})


def test_depth_and_size_are_bounded() -> None:
    block: dict[str, Any] = section("deep")
    for _ in range(5000):
        block = {"type": "unknown", "elements": [block]}
    wide = {"attachments": [{"text": f"{i} " + "x" * 50_000} for i in range(100)]}

    assert extract_text({"blocks": [block]}) == ""
    assert len(extract_text(wide)) <= TEXT_LIMIT


@pytest.mark.parametrize(
    "message",
    [
        {"text": "cluster=prod-eu namespace=payments serviceaccount=ledger deployment=ledger-api"},
        {"attachments": [{"text": "*cluster:* `prod-eu`\n*namespace:* `payments`\n*service account:* `ledger`\n*deployment:* `ledger-api`"}]},
        {"attachments": [{"fields": [{"title": k, "value": v} for k, v in
                          (("Cluster", "prod-eu"), ("Namespace", "payments"), ("ServiceAccount", "ledger"), ("Deployment", "ledger-api"))]}]},
        {"attachments": [{"text": "kube_cluster_name:prod-eu, kube_namespace:payments, service_account:ledger, deployment:ledger-api"}]},
    ],
)  # fmt: skip
def test_an_alerts_labels_are_hints(message: dict[str, Any]) -> None:
    hints = alert_hints(message)

    assert (hints.cluster, hints.namespace, hints.service_account) == (
        "prod-eu",
        "payments",
        "ledger",
    )
    assert hints.workload == WorkloadRef(kind="Deployment", name="ledger-api")


def test_text_files_are_worth_reading_and_nothing_else() -> None:
    url = "https://files.slack.com/files-pri/T1-F1/x"
    files = [
        {"id": "F1", "mode": "snippet", "name": "a", "url_private": url, "size": 10},
        {"id": "F2", "mode": "hosted", "name": "app.LOG", "mimetype": "application/octet-stream", "url_private": url},
        {"id": "F3", "mode": "hosted", "filetype": "png", "mimetype": "image/png", "url_private": url},
        {"id": "F4", "mode": "external", "filetype": "text", "url_private": url},
        {"id": "F5", "mode": "tombstone"},
        {"id": "F6", "mode": "hosted", "mimetype": "text/plain", "url_private_download": f"{url}/download", "url_private": url},
        {"mode": "snippet", "url_private": url},
    ]  # fmt: skip

    chosen = files_to_read({"files": files})

    assert [(f.id, f.size) for f in chosen] == [("F1", 10), ("F2", 0), ("F6", 0)]
    assert chosen[2].url.endswith("/download")
    assert len(files_to_read({"files": files[:1] * 40})) == 5


def changed(before: str, after: str) -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": {"text": after},
        "previous_message": {"text": before},
    }


def test_an_edit_that_adds_the_error_says_something_new() -> None:
    edit = edit_of(changed("help!", f"help! {DENIED}"))

    assert edit is not None
    assert len(newly_said(edit)) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DENIED, f"{DENIED} (edited: please help)"),
        (
            f"{DENIED} request id: 0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a",
            f"{DENIED} request id: 1b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a",
        ),
        (DENIED, "never mind"),
    ],
)
def test_an_edit_of_what_was_said_before_says_nothing_new(before: str, after: str) -> None:
    edit = edit_of(changed(before, after))

    assert edit is not None
    assert newly_said(edit) == ()


def test_other_events_are_no_edits() -> None:
    assert edit_of({"type": "message", "text": "x"}) is None
    assert edit_of({"subtype": "message_changed"}) is None
