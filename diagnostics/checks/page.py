"""The pages of the checks, one per code and an index, written from their declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.explain.order import EXPLAINS
from diagnostics.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diagnostics.wiring import Check, Need

LINKS: Final = {
    "1": "The workload and its service account",
    "2": "What the pod really got",
    "3": "The OIDC provider",
    "4": "The role and its trust policy",
    "5": "Above the account, and at STS",
    "6": "Not IRSA after all",
}
"""The links of the handshake, by the first digit of a code."""
_FACTS = {
    "Target": "",
    "Now": "",
    "Symptom": "the pasted text",
    "ServiceAccount": "the service account (`get serviceaccounts`)",
    "Siblings": "service accounts of the cluster (`list serviceaccounts`)",
    "Workload": "the workload (`get deployments`, `statefulsets`, `daemonsets`, `jobs`, `cronjobs`)",
    "NamespaceWorkloads": "the namespace's workloads (`list` of the same)",
    "Pods": "the service account's pods (`list pods`)",
    "NamespacePods": "the namespace's pods (`list pods`)",
    "Webhooks": "the admission webhooks (`list mutatingwebhookconfigurations`)",
    "Cluster": "the cluster's issuer (`eks:DescribeCluster`)",
    "Subject": "",
    "RoleInQuestion": "",
    "RoleAccount": "",
    "BoundRole": "the fleet file's bindings",
    "IamRole": "the role (`iam:GetRole`)",
    "TrustAnswer": "what the role's trust policy decides (`iam:GetRole`)",
    "TrustingRoles": "roles that trust this service account (`iam:ListRoles`)",
    "OidcProvider": "the OIDC provider (`iam:GetOpenIDConnectProvider`)",
    "ProviderArns": "the account's OIDC providers (`iam:ListOpenIDConnectProviders`)",
    "HomeProvider": "the provider in the cluster's account (`iam:GetOpenIDConnectProvider`)",
    "PodIdentityAssociations": "Pod Identity associations (`eks:ListPodIdentityAssociations`)",
    "LoginIssuers": "identity provider configurations (`eks:ListIdentityProviderConfigs`)",
    "TrustChanges": "recent changes of the trust policy (`cloudtrail:LookupEvents`)",
    "ControlPolicies": "the organization's resource control policies (`organizations:ListPoliciesForTarget`)",
    "PublishedKeys": "what the issuer publishes (https, without credentials)",
    "SigningKeys": "the API server's keys (`get` of `/openid/v1/jwks`)",
    "KnownIssuers": "the issuers of the fleet's clusters (`eks:DescribeCluster`)",
}


_NOTE = "<!-- Written by `make docs` from the checks' own declarations; do not edit. -->"


def page(checks: Iterable[Check]) -> str:
    """Write the index as Markdown: a line per check, in the order of the handshake."""
    lines = [
        "# Checks",
        "",
        _NOTE,
        "",
        "Every reply names its checks by these codes; each has a page. A **cause** alone makes STS refuse the call, or",
        "keeps the pod from asking; a **risk** works today, and is dangerous or fragile. A check that lacks its",
        "evidence says so, and names what would let it answer.",
    ]
    section = ""
    for check in checks:
        if check.code[4] != section:
            section = check.code[4]
            lines += ["", f"## {section} {LINKS[section]}", ""]
        lines.append(f"- [{check.code}](checks/{check.code}.md) {check.title} ({_kind(check)})")
    return "\n".join(lines) + "\n"


def check_page(check: Check, checks: Iterable[Check]) -> str:
    """Write the page of one check as Markdown; `checks` are all, for the links between them.

    Raises:
        KeyError: The check reads a fact that has no words here yet.
    """
    titles = {one.code: one.title for one in checks}
    lines = [
        f"# {check.code}: {check.title}",
        "",
        _NOTE,
        "",
        f"A **{_kind(check)}**, in link {check.code[4]} of the handshake: {LINKS[check.code[4]]}.",
        "",
        "## Why it matters",
        "",
        check.why,
        "",
        "## What it reads",
        "",
        *(f"- {words}" for words in _reads(check.needs)),
    ]
    if check.after:
        lines += ["", "## Not checked until these pass", "", *_linked(check.after, titles)]
    explains = tuple(f"IRSA{code}" for code in EXPLAINS.get(check.code[4:], ()))
    if explains:
        lines += ["", "## Where these fail too, this is why", "", *_linked(explains, titles)]
    explained = tuple(
        f"IRSA{code}" for code, others in EXPLAINS.items() if check.code[4:] in others
    )
    if explained:
        lines += [
            "",
            "## Where one of these fails too, that is why",
            "",
            *_linked(explained, titles),
        ]
    lines += ["", "## Source", "", check.source, "", "[All checks](../checks.md)"]
    return "\n".join(lines) + "\n"


def _kind(check: Check) -> str:
    return "cause" if check.severity is Severity.CAUSE else "risk"


def _reads(needs: tuple[Need, ...]) -> tuple[str, ...]:
    words = dict.fromkeys(_FACTS[need.kind.__name__] for need in needs)
    return tuple(word for word in words if word) or ("names only",)


def _linked(codes: Iterable[str], titles: Mapping[str, str]) -> list[str]:
    return [f"- [{code}]({code}.md) {titles[code]}" for code in codes if code in titles]
