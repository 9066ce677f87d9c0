"""What writes more than annotations is off until somebody turns it on, one thing at a time, in both tools alike."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.manifests import objects
from tests.deploy.templates import ACCOUNT, Stack, listed
from tests.deploy.terraform import MODULES, Module

if TYPE_CHECKING:
    from collections.abc import Iterator

BOT = "arn:aws:iam::999988887777:role/irsa-doctor-bot"
ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/5A1B9C0D3E7F42618A0B9C8D7E6F5A41"
IAM = f"arn:aws:iam::{ACCOUNT}"
MEMBER = {"BotRoleArn": BOT, "ExternalId": "example"}
OPT_INS = {
    "fix role": {"FixRole": "yes"},
    "trust policies": {"FixRole": "yes", "TrustPolicyPath": "/workloads/"},
    "providers": {"FixRole": "yes", "ProviderFixes": "yes"},
    "proof role": {"ProofRole": "yes"},
    "no CloudTrail": {"CloudTrail": "no"},
    "organization": {"OrganizationId": "o-abcdefghij"},
    "rotation": {"FormerExternalId": "older"},
    "path": {"FixRole": "yes", "TrustPolicyPath": "/", "RolePath": "/platform/"},
    "everything": {
        "FixRole": "yes",
        "TrustPolicyPath": "/teams/a/",
        "ProviderFixes": "yes",
        "ProofRole": "yes",
        "OrganizationId": "o-abcdefghij",
    },
}
SAME = {
    "BotRoleArn": "bot_role_arn",
    "ExternalId": "external_id",
    "FormerExternalId": "former_external_id",
    "PermissionsBoundary": "permissions_boundary",
    "RolePath": "role_path",
    "OrganizationId": "organization_id",
    "FixRole": "fix_role",
    "TrustPolicyPath": "trust_policy_path",
    "ProviderFixes": "provider_fixes",
    "ProofRole": "proof_role",
    "CloudTrail": "cloudtrail",
    "Identity": "identity",
    "Issuer": "issuer",
    "ClusterName": "cluster_name",
    "HubRoleArn": "hub_role_arn",
    "ProofRoleName": "proof_role_name",
    "FixRoleName": "fix_role_name",
    "ControlPolicies": "control_policies",
    "ReadRoleArn": "read_role_arn",
    "FixRoleArn": "fix_role_arn",
    "ProofRoleArn": "proof_role_arn",
}
WORDS: dict[str, object] = {"yes": True, "no": False, "IRSA": "irsa", "PodIdentity": "pod-identity"}
WRITES = ("Update", "Create", "Delete", "Add", "Remove", "Tag", "Put", "Attach", "Set")


def in_terraform(parameters: dict[str, str]) -> dict[str, object]:
    return {SAME[name]: WORDS.get(value, value) for name, value in parameters.items()}


def statements_of(stack: Stack) -> Iterator[Any]:
    """Every statement of every policy that a stack makes."""
    for name, resource in stack.document["Resources"].items():
        made = stack.resource(name)
        if made is None:
            continue
        if resource["Type"] == "AWS::IAM::RolePolicy":
            yield from made["PolicyDocument"]["Statement"]
        for policy in made.get("Policies", ()):
            yield from policy["PolicyDocument"]["Statement"]


def alike(found: Any) -> Any:
    """A statement with one way of writing lists, in any order of statements."""
    return sorted(
        json.dumps(
            {k: sorted(listed(v)) if k in ("Action", "Resource") else v for k, v in s.items()},
            sort_keys=True,
        )
        for s in found
    )


def trusts_of(stack: Stack) -> list[str]:
    roles = [n for n, r in stack.document["Resources"].items() if r["Type"] == "AWS::IAM::Role"]
    made = [json.loads(stack.trust(name)) for name in roles if stack.resource(name) is not None]
    return alike(s for trust in made for s in trust["Statement"])  # type: ignore[no-any-return]


def trusts_in(module: Module) -> list[str]:
    made = [json.loads(r["assume_role_policy"]) for r in module.resources("aws_iam_role").values()]
    return alike(s for trust in made for s in trust["Statement"])  # type: ignore[no-any-return]


BOTH = [
    *(("member-roles.yaml", "member", {**MEMBER, **asked}) for asked in ({}, *OPT_INS.values())),
    ("bot-role.yaml", "bot", {"Identity": "IRSA", "Issuer": ISSUER}),
    (
        "bot-role.yaml",
        "bot",
        {
            "Identity": "IRSA",
            "Issuer": ISSUER,
            "ProofRoleName": "irsa-doctor-prove",
            "RolePath": "/platform/",
        },
    ),
    (
        "bot-role.yaml",
        "bot",
        {
            "Identity": "PodIdentity",
            "ClusterName": "tools",
            "ControlPolicies": "yes",
            "OrganizationId": "o-abcdefghij",
        },
    ),
    (
        "bot-role.yaml",
        "bot",
        {"Identity": "IRSA", "Issuer": ISSUER, "HubRoleArn": f"{IAM}:role/irsa-doctor-hub"},
    ),
    ("hub-role.yaml", "hub", {"BotRoleArn": BOT, "ExternalId": "hub"}),
    (
        "hub-role.yaml",
        "hub",
        {
            "BotRoleArn": BOT,
            "ExternalId": "hub",
            "RolePath": "/platform/",
            "OrganizationId": "o-abcdefghij",
            "ProofRoleName": "irsa-doctor-prove",
        },
    ),
]


@pytest.mark.parametrize(
    ("template", "module", "parameters"),
    BOTH,
    ids=lambda v: "-".join(sorted(v)[:9]) if isinstance(v, dict) else v,
)
def test_terraform_makes_what_cloudformation_makes(
    template: str, module: str, parameters: dict[str, str]
) -> None:
    stack, made = Stack(template, **parameters), Module(module, **in_terraform(parameters))

    assert alike(made.statements()) == alike(statements_of(stack))
    assert trusts_in(made) == trusts_of(stack)
    roles = [n for n, r in stack.document["Resources"].items() if r["Type"] == "AWS::IAM::Role"]
    paths = {stack.resource(n)["Path"] for n in roles if stack.resource(n) is not None}
    assert {r["path"] for r in made.resources("aws_iam_role").values()} == paths
    assert trusts_of(stack)


def test_access_entries_are_the_same_in_both() -> None:
    arns = {f"{kind}RoleArn": f"{IAM}:role/irsa-doctor-{kind}" for kind in ("Read", "Fix", "Proof")}
    for given in ({"ReadRoleArn": arns["ReadRoleArn"]}, arns):
        parameters = {"ClusterName": "prod", **given}
        stack = Stack("access-entries.yaml", **parameters)
        entries = [stack.resource(name) for name in ("Read", "Fix", "Prove")]
        made = Module("access", **in_terraform(parameters)).resources("aws_eks_access_entry")

        assert {(e["principal_arn"], *e["kubernetes_groups"]) for e in made.values()} == {
            (e["PrincipalArn"], *e["KubernetesGroups"]) for e in entries if e is not None
        }
        assert len(made) == len(given)


def test_every_module_is_held_against_its_template() -> None:
    assert {module for _, module, _ in BOTH} | {"access"} == set(MODULES)


def test_nothing_in_aws_is_written_by_default_nor_with_the_fix_role_alone() -> None:
    for asked in ({}, {"FixRole": "yes"}, {"ProofRole": "yes"}):
        actions = _allowed(Stack("member-roles.yaml", **MEMBER, **asked))

        assert actions
        assert not [a for a in actions if a.partition(":")[2].startswith(WRITES)]


def test_each_opt_in_adds_its_own_writes_and_no_others() -> None:
    fix = _allowed(Stack("member-roles.yaml", **MEMBER, FixRole="yes"))
    trust = Stack("member-roles.yaml", **MEMBER, **OPT_INS["trust policies"])
    providers = Stack("member-roles.yaml", **MEMBER, **OPT_INS["providers"])

    assert _allowed(trust) - fix == {"iam:UpdateAssumeRolePolicy"}
    assert _allowed(providers) - fix == {
        "iam:AddClientIDToOpenIDConnectProvider",
        "iam:CreateOpenIDConnectProvider",
        "iam:DeleteOpenIDConnectProvider",
        "iam:RemoveClientIDFromOpenIDConnectProvider",
        "iam:TagOpenIDConnectProvider",
    }


def test_a_proof_role_may_do_nothing_in_aws() -> None:
    made = Stack("member-roles.yaml", **MEMBER, ProofRole="yes").resource("Prover")

    assert "Policies" not in made
    assert "ManagedPolicyArns" not in made


@pytest.mark.parametrize(
    ("path", "role", "writable"),
    [
        ("/workloads/", "role/workloads/api", True),
        ("/workloads/", "role/workloads/team/api", True),
        ("/workloads/", "role/admin", False),
        ("/workloads/", "role/workloads-admin", False),
        ("/", "role/admin", True),
        ("/", "role/irsa-doctor-read", False),
        ("/", "role/irsa-doctor-fix", False),
        ("/", "role/irsa-doctor-prove", False),
        ("/", "role/irsa-doctor-hub", False),
    ],
)
def test_trust_policies_are_written_under_the_path_and_never_those_of_the_bot(
    path: str, role: str, *, writable: bool
) -> None:
    stack = Stack("member-roles.yaml", **MEMBER, FixRole="yes", TrustPolicyPath=path)
    arn = f"{IAM}:{role}"
    matching = {
        s["Effect"]
        for s in statements_of(stack)
        if "iam:UpdateAssumeRolePolicy" in listed(s["Action"])
        and any(fnmatchcase(arn, pattern) for pattern in listed(s["Resource"]))
    }

    assert (matching == {"Allow"}) is writable


@pytest.mark.parametrize(
    ("template", "module", "parameters"),
    [
        ("member-roles.yaml", "member", {**MEMBER, "FixRole": "yes", "ProofRole": "yes"}),
        ("bot-role.yaml", "bot", {"Identity": "IRSA", "Issuer": ISSUER}),
        ("bot-role.yaml", "bot", {"Identity": "PodIdentity", "ClusterName": "tools"}),
        ("hub-role.yaml", "hub", {"BotRoleArn": BOT, "ExternalId": "hub"}),
    ],
)
def test_each_role_takes_the_boundary_that_an_organization_asks_for(
    template: str, module: str, parameters: dict[str, str]
) -> None:
    boundary = f"{IAM}:policy/platform/bound"
    plain = Stack(template, **parameters)
    bound = Stack(template, **parameters, PermissionsBoundary="platform/bound")
    roles = [n for n, r in plain.document["Resources"].items() if r["Type"] == "AWS::IAM::Role"]
    made = Module(module, **in_terraform(parameters), permissions_boundary=boundary)

    wanted = [bound.resource(name) for name in roles if bound.resource(name) is not None]

    assert {role["PermissionsBoundary"] for role in wanted} == {boundary}
    assert not [n for n in roles if "PermissionsBoundary" in (plain.resource(n) or {})]
    in_terraform_too = made.resources("aws_iam_role").values()
    assert [r["permissions_boundary"] for r in in_terraform_too] == [boundary] * len(wanted)


def test_only_providers_that_the_bot_created_can_be_deleted() -> None:
    stack = Stack("member-roles.yaml", **MEMBER, **OPT_INS["providers"])
    (deleting,) = [s for s in statements_of(stack) if "Delete" in str(s["Action"])]

    assert deleting["Condition"] == {"StringEquals": {"aws:ResourceTag/irsa-doctor": "created"}}


@pytest.mark.parametrize("asked", ["TrustPolicyPath", "ProviderFixes"])
def test_a_write_without_the_fix_role_is_refused_in_words(asked: str) -> None:
    value = "yes" if asked == "ProviderFixes" else "/workloads/"

    assert Stack("member-roles.yaml", **MEMBER, **{asked: value}).refusals() == [
        "TrustPolicyPath and ProviderFixes need FixRole=yes."
    ]
    assert Stack("member-roles.yaml", **MEMBER, FixRole="yes", **{asked: value}).refusals() == []


@pytest.mark.parametrize(
    ("folder", "group", "granted"),
    [
        ("prove", "irsa-doctor:prove", [([""], ["serviceaccounts/token"], ["create"])]),
        ("prove-pod", "irsa-doctor:prove", [([""], ["pods"], ["create"])]),
        ("fix-events", "irsa-doctor:fix", [([""], ["events"], ["create"])]),
    ],
)
def test_each_kubernetes_opt_in_is_a_folder_of_its_own(
    folder: str, group: str, granted: list[Any]
) -> None:
    found = objects(folder)
    (role,) = [o for o in found if o["kind"] == "ClusterRole"]
    (binding,) = [o for o in found if o["kind"] == "ClusterRoleBinding"]

    assert [(r["apiGroups"], r["resources"], r["verbs"]) for r in role["rules"]] == granted
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert [s["name"] for s in binding["subjects"]] == [group]


def test_pods_of_a_proof_are_held_to_dry_runs() -> None:
    policy, binding = [
        o for o in objects("prove-pod") if o["kind"].startswith("ValidatingAdmissionPolicy")
    ]

    assert policy["spec"]["matchConditions"][0]["expression"] == (
        "'irsa-doctor:prove' in request.userInfo.groups"
    )
    assert [v["expression"] for v in policy["spec"]["validations"]] == ["request.dryRun"]
    assert policy["spec"]["failurePolicy"] == "Fail"
    assert binding["spec"]["policyName"] == policy["metadata"]["name"]
    assert binding["spec"]["validationActions"] == ["Deny"]


def _allowed(stack: Stack) -> set[str]:
    return {
        action
        for s in statements_of(stack)
        if s["Effect"] == "Allow"
        for action in listed(s["Action"])
    }
