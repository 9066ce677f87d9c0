"""Canned answers of the stub: a workspace, a reply of the bot, modals, scenarios and a world."""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]

BOT: Final = {"user": "UBOT", "bot_id": "BBOT"}
ROLE: Final = "arn:aws:iam::222233334444:role/payments-api"
ERROR: Final = (
    "WebIdentityErr: failed to retrieve credentials\n"
    "caused by: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity\n"
    "\tstatus code: 403, request id: 5e8a7e0c-0000-4000-8000-3d1c7ab0a001"
)
_SUB: Final = "oidc.eks.eu-west-1.amazonaws.com/id/AAAABBBBCCCCDDDDEEEEFFFF00001111:sub"
DIFF: Final = f"""\
--- trust policy of payments-api (present)
+++ trust policy of payments-api (corrected)
@@ -9,7 +9,7 @@
       "Condition": {{
         "StringEquals": {{
-          "{_SUB}": "system:serviceaccount: payments:api"
+          "{_SUB}": "system:serviceaccount:payments:api"
         }}
       }}
"""

STATE: Final[Json] = {
    "team": {"id": "T1", "name": "Northwind", "domain": "northwind"},
    "me": "UONCALL",
    "users": [
        {
            "id": "UONCALL",
            "name": "mina",
            "real_name": "Mina Park",
            "title": "On call",
            "team_id": "T1",
        },
        {
            "id": "UAPPROVE",
            "name": "jonas",
            "real_name": "Jonas Weber",
            "title": "Platform team, may approve",
            "team_id": "T1",
        },
        {
            "id": "UGUEST",
            "name": "tess",
            "real_name": "Tess Okoro",
            "is_restricted": True,
            "team_id": "T1",
        },
        {"id": "USTRANGE", "name": "rui", "real_name": "Rui Costa", "team_id": "T2"},
    ],
    "channels": [
        {
            "id": "C1",
            "name": "incidents",
            "topic": "Whatever woke you up goes here",
            "members": ["UONCALL", "UAPPROVE", "UBOT"],
        },
        {"id": "C2", "name": "payments", "members": ["UONCALL", "UAPPROVE", "UGUEST", "UBOT"]},
        {
            "id": "C3",
            "name": "ext-acme",
            "is_ext_shared": True,
            "members": ["UONCALL", "USTRANGE", "UBOT"],
        },
        {"id": "D1", "name": "", "is_im": True, "members": ["UONCALL", "UBOT"]},
    ],
    "bot": {"user_id": "UBOT", "bot_id": "BBOT", "name": "IRSA Doctor"},
    "commands": [
        {
            "command": "/irsa",
            "description": "Diagnose an AWS web-identity failure",
            "usage_hint": "diagnose | help",
        }
    ],
    "shortcuts": [
        {
            "name": "Diagnose IRSA",
            "type": "message",
            "callback_id": "irsa.diagnose_message",
            "description": "Run the checks on this message",
        }
    ],
}


def plain(text: str) -> Json:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    """A mrkdwn text object."""
    return {"type": "mrkdwn", "text": text}


def run(text: str, **style: bool) -> Json:
    """A run of rich text."""
    return {"type": "text", "text": text} | ({"style": style} if style else {})


REPLY: Final[list[Json]] = [
    {"type": "header", "text": plain("The service account has no role annotation")},
    {
        "type": "context",
        "elements": [
            mrkdwn("*prod-eu* · `payments/api` · role `payments-api`"),
            mrkdwn("checked <!date^1795500000^{date_short_pretty} at {time}|just now>"),
        ],
    },
    {
        "type": "section",
        "fields": [mrkdwn("*Seen*\n(no annotation)"), mrkdwn(f"*Expected*\n`{ROLE}`")],
    },
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    run("The webhook injects a role only where the annotation "),
                    run("eks.amazonaws.com/role-arn", code=True),
                    run(" stands. Then:"),
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [
                    {"type": "rich_text_section", "elements": [run("Apply the annotation.")]},
                    {"type": "rich_text_section", "elements": [run("Restart the pods.")]},
                ],
            },
            {
                "type": "rich_text_preformatted",
                "language": "diff",
                "elements": [run(DIFF)],
            },
        ],
    },
    {
        "type": "actions",
        "block_id": "act",
        "elements": [
            {
                "type": "button",
                "action_id": "apply",
                "style": "primary",
                "text": plain("Apply annotation"),
                "accessibility_label": "Apply annotation to payments/api",
                "confirm": {
                    "title": plain("Apply the annotation?"),
                    "text": mrkdwn("Sets `eks.amazonaws.com/role-arn` on *payments/api*."),
                    "confirm": plain("Apply"),
                    "deny": plain("Not now"),
                },
            },
            {
                "type": "button",
                "action_id": "restart",
                "style": "danger",
                "text": plain("Restart pods"),
                "confirm": {
                    "title": plain("Restart?"),
                    "text": plain("Pods are replaced."),
                    "confirm": plain("Restart"),
                    "deny": plain("No"),
                    "style": "danger",
                },
            },
            {"type": "button", "action_id": "refused", "text": plain("Check again")},
            {"type": "button", "action_id": "checks", "text": plain("Show all checks")},
            {
                "type": "overflow",
                "action_id": "over",
                "options": [
                    {"text": plain("Mute this channel"), "value": "mute"},
                    {"text": plain("Dismiss"), "value": "dismiss"},
                ],
            },
        ],
    },
    {
        "type": "context",
        "elements": [mrkdwn("1 failed · 14 passed · 2 not checked · 1.4 s · `d-7f3a`")],
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": {"text": plain("Helpful"), "value": "up"},
                "negative_button": {"text": plain("Not helpful"), "value": "down"},
            },
            {"type": "icon_button", "icon": "trash", "text": plain("Dismiss"), "action_id": "gone"},
        ],
    },
]

MODAL: Final[Json] = {
    "type": "modal",
    "title": plain("All checks"),
    "submit": plain("Check again"),
    "close": plain("Close"),
    "blocks": [
        {"type": "section", "text": mrkdwn("*IRSA103* Failed: the annotation is missing")},
        {"type": "divider"},
        {
            "type": "input",
            "block_id": "ns",
            "label": plain("Namespace"),
            "hint": plain("Where the pod runs"),
            "element": {"type": "plain_text_input", "action_id": "value"},
        },
        {
            "type": "input",
            "block_id": "cluster",
            "label": plain("Cluster"),
            "element": {
                "type": "static_select",
                "action_id": "value",
                "options": [
                    {"text": plain("prod-eu"), "value": "prod-eu"},
                    {"text": plain("prod-us"), "value": "prod-us"},
                ],
                "initial_option": {"text": plain("prod-eu"), "value": "prod-eu"},
            },
        },
        {
            "type": "input",
            "block_id": "also",
            "optional": True,
            "label": plain("Also"),
            "element": {
                "type": "checkboxes",
                "action_id": "value",
                "options": [
                    {
                        "text": mrkdwn("Restart the pods"),
                        "description": plain("A rolling restart"),
                        "value": "restart",
                    }
                ],
            },
        },
        {
            "type": "actions",
            "block_id": "go",
            "elements": [{"type": "button", "action_id": "more", "text": plain("Why?")}],
        },
    ],
}

SECOND_MODAL: Final[Json] = {
    "type": "modal",
    "title": plain("Why"),
    "close": plain("Back"),
    "blocks": [{"type": "section", "text": mrkdwn("Because of the *webhook*.")}],
}


def home_view(user: str) -> Json:
    """The Home tab of one person."""
    return {
        "id": f"H{user}",
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Recent incidents")},
            {"type": "section", "text": mrkdwn(f"Hello <@{user}>, nothing is broken.")},
            {
                "type": "actions",
                "block_id": "h",
                "elements": [{"type": "button", "action_id": "open", "text": plain("Diagnose")}],
            },
        ],
    }


def scenarios() -> list[Json]:
    """Two failures to try."""
    return [
        {
            "id": "missing-annotation",
            "title": "The annotation is missing",
            "story": "payments/api went live last night; nobody annotated its service account.",
            "channel": "C2",
            "paste": ERROR,
            "code": "IRSA103",
            "group": "The article's failures",
        },
        {
            "id": "stray-space",
            "title": "A stray space in the trust policy",
            "story": "kube-system/external-dns copied the policy from a blog post.",
            "channel": "C1",
            "paste": ERROR,
            "code": "IRSA407",
            "group": "The article's failures",
        },
    ]


def world(*, annotated: bool, subjects: list[str]) -> Json:
    """A world of one account and one cluster, before or after the fix."""
    annotations = {"eks.amazonaws.com/role-arn": ROLE} if annotated else {}
    issuer = "https://oidc.eks.eu-west-1.amazonaws.com/id/AAAABBBBCCCCDDDDEEEEFFFF00001111"
    return {
        "accounts": [
            {
                "id": "222233334444",
                "name": "payments",
                "roles": [
                    {
                        "name": "payments-api",
                        "arn": ROLE,
                        "trust": {"Version": "2012-10-17", "Statement": [{"sub": subjects}]},
                    }
                ],
                "providers": [f"arn:aws:iam::222233334444:oidc-provider/{issuer[8:]}"],
            }
        ],
        "clusters": [
            {
                "name": "prod-eu",
                "account": "111122223333",
                "region": "eu-west-1",
                "issuer": issuer,
                "service_accounts": [
                    {"namespace": "payments", "name": "api", "annotations": annotations},
                    {
                        "namespace": "kube-system",
                        "name": "external-dns",
                        "annotations": {"eks.amazonaws.com/role-arn": f"{ROLE}-dns"},
                    },
                ],
                "pods": [
                    {
                        "namespace": "payments",
                        "name": "api-5d9c7b6f4-x2x1z",
                        "service_account": "api",
                        "workload": "api",
                        "phase": "Running",
                        "role_arn": ROLE if annotated else None,
                    },
                    {
                        "namespace": "kube-system",
                        "name": "external-dns-7c6b4-p9q2r",
                        "service_account": "external-dns",
                        "workload": "external-dns",
                        "phase": "Running",
                        "role_arn": f"{ROLE}-dns",
                    },
                ],
            }
        ],
    }
