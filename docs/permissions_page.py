"""Writes permissions.md: the policies and rules of `deploy/`, with what each is for and what it risks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bot.manifest import manifest_document
from bot.preflight import needs
from tests.deploy.manifests import KUBERNETES, objects
from tests.deploy.templates import Stack, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BOT: Final = "arn:aws:iam::999988887777:role/irsa-doctor-bot"
_HEAD: Final = """\
# Permissions

Everything that the bot may do, who lets it, and what that risks. This page is written from the templates under
`deploy/` and from the list that `irsa preflight` tries; a test records each call that the bot makes and fails where
those grant more or less.

| identity | may | is used |
|---|---|---|
| the bot's own role | assume the roles below | to become one of them |
| read role | read, in AWS and in clusters | for every diagnosis |
| fix role, optional | find clusters; change annotations, restart workloads; more by opt-in | after an approved press |
| proof role, optional | nothing in AWS; in clusters, make tokens | to ask STS itself, where that is turned on |

The values are examples: bot in account 999988887777, member account 222233334444, workloads' roles under `/workloads/`.
"""


def permissions_page() -> str:
    """The page as Markdown."""
    return "\n".join([_HEAD, *_roles(), *_clusters(), *_slack()])


def _roles() -> Iterator[str]:
    bot = Stack(
        "bot-role.yaml",
        Identity="IRSA",
        Issuer="oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE",
        ControlPolicies="yes",
    )
    bot.values["AWS::AccountId"] = _BOT.split(":")[4]
    member = Stack(
        "member-roles.yaml",
        BotRoleArn=_BOT,
        ExternalId="a-value-of-your-own",
        FixRole="yes",
        TrustPolicyPath="/workloads/",
        ProviderFixes="yes",
        ProofRole="yes",
    )
    yield "## The bot's own role\n"
    yield _document("Its trust policy, with IRSA", json.loads(bot.trust("IrsaRole")))
    yield _document("What it may", bot.resource("AssumeMemberRoles")["PolicyDocument"])
    yield "### Opt-in: the organization\n"
    yield f"`organization: true` in the fleet file. {_risk(bot, 'ControlPolicies')}\n"
    yield _whys(needs.ORGANIZATION_ACTIONS)
    yield _document("What that adds", bot.resource("ReadControlPolicies")["PolicyDocument"])
    reader, fixer = member.resource("Reader"), member.resource("Fixer")
    yield "## The read role\n"
    yield _whys(needs.READ_ACTIONS)
    yield _document("Its policy", reader["Policies"][0]["PolicyDocument"])
    yield _document(
        "Its trust policy, which the fix role and the proof role have too",
        reader["AssumeRolePolicyDocument"],
    )
    find, trust, providers = (policy["PolicyDocument"] for policy in fixer["Policies"])
    yield "## The fix role\n"
    yield _whys(needs.FIX_ACTIONS)
    yield _document("Its policy without any opt-in", find)
    yield "### Opt-in: trust policies\n"
    yield f"`allow_trust_policy_fix: true` of the account. {_risk(member, 'TrustPolicyPath')}\n"
    yield _whys(needs.TRUST_ACTIONS)
    yield _document("What that adds", trust)
    yield "### Opt-in: OIDC providers\n"
    yield f"`allow_provider_fix: true` of the account. {_risk(member, 'ProviderFixes')}\n"
    yield _whys(needs.PROVIDER_ACTIONS)
    yield _document("What that adds", providers)
    yield "## The proof role\n"
    yield "`proof: true` of the cluster, and `proof_role` of its account. It has no policy in AWS.\n"
    yield f"{_risk(member, 'ProofRole')}\n"


_FOLDERS: Final = (
    ("read", "Read", needs.READ_RULES, "Every cluster."),
    (
        "fix",
        "Fix",
        needs.FIX_RULES,
        "The buttons, in every namespace; `fix-namespaces` binds the same in some, and `fix-guard` narrows both.",
    ),
    ("fix-events", "Opt-in: events", needs.EVENT_RULES, "`events: true` of the cluster."),
    ("prove", "Opt-in: proofs", needs.PROOF_RULES, "`proof: true` of the cluster."),
    (
        "prove-pod",
        "Opt-in: dry run of a pod",
        needs.PROOF_POD_RULES,
        "`proof_pod: true` of the cluster.",
    ),
)


def _clusters() -> Iterator[str]:
    yield "## In each cluster\n"
    for folder, title, rules, when in _FOLDERS:
        (binding, *_) = [o for o in objects(folder) if o["kind"] == "ClusterRoleBinding"]
        group = binding["subjects"][0]["name"]
        yield f"### {title}\n"
        yield f"{when} `kubectl apply -k deploy/kubernetes/{folder}`, for group `{group}`.\n"
        yield "| may | for |\n|---|---|"
        for rule in rules:
            what = f"{rule.resource}.{rule.group}" if rule.group else rule.resource
            yield f"| {', '.join(rule.verbs)} `{what}` | {rule.why} |"
        yield ""
        if comment := _comment(folder):
            yield f"{comment}\n"


def _comment(folder: str) -> str:
    """What the file itself says of its risk, at its top."""
    path = KUBERNETES / folder / "cluster-role.yaml"
    if not path.is_file():
        path = KUBERNETES / folder / "roles" / "cluster-roles.yaml"
    lines = path.read_text().splitlines()
    head = lines[: next(i for i, line in enumerate(lines) if not line.startswith("#"))]
    return " ".join(line.removeprefix("# ") for line in head)


def _slack() -> Iterator[str]:
    scopes = manifest_document(links="https://irsa.example.com")["oauth_config"]["scopes"]
    yield "## In Slack\n"
    yield "| scope of the bot token | for |\n|---|---|"
    for scope in scopes["bot"]:
        yield f"| `{scope}` | {needs.SLACK_SCOPES[scope]} |"
    for scope in scopes["bot_optional"]:
        yield f"| `{scope}`, optional | {needs.SLACK_SCOPES[scope]} |"
    yield "\n`--mention-only` leaves out what ends in `:history`; `links:…` is there with `--links` only.\n"


def _whys(actions: Iterable[needs.Action]) -> str:
    rows = [f"| `{a.name}`{', optional' if a.optional else ''} | {a.why} |" for a in actions]
    return "\n".join(["| action | for |", "|---|---|", *rows, ""])


def _document(title: str, document: Any) -> str:
    shown = json.loads(json.dumps(document))
    for statement in shown["Statement"]:
        for key in ("Action", "Resource"):
            values = listed(statement.get(key, []))
            if values:
                statement[key] = values[0] if len(values) == 1 else values
    return f"{title}:\n\n```json\n{json.dumps(shown, indent=2)}\n```\n"


def _risk(stack: Stack, parameter: str) -> str:
    words = str(stack.document["Parameters"][parameter]["Description"])
    clause = words.removeprefix("With FixRole: ")
    return clause[0].upper() + clause[1:]
