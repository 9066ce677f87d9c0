"""The admission policies that hold the writing identities to what the bot does, decided by an evaluator of CEL."""

from __future__ import annotations

import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from celpy import Environment, celtypes
from celpy.adapter import json_to_cel

from bot.preflight.needs import FIX_GROUP, PROVE_GROUP
from diagnostics.evidence import RESTARTED_AT
from tests.deploy.manifests import objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROLE = "eks.amazonaws.com/role-arn"
POLICIES = {
    found["metadata"]["name"].removeprefix("irsa-doctor-"): found
    for folder in ("fix-guard", "prove", "prove-pod")
    for found in objects(folder)
    if found["kind"] == "ValidatingAdmissionPolicy"
}
ACCOUNT: Any = {
    "metadata": {"name": "api", "resourceVersion": "7", "annotations": {"team": "payments"}},
    "automountServiceAccountToken": True,
}
DEPLOYMENT: Any = {
    "metadata": {"name": "api", "labels": {"app": "api"}},
    "spec": {
        "replicas": 2,
        "template": {
            "metadata": {"labels": {"app": "api"}},
            "spec": {
                "serviceAccountName": "api",
                "containers": [{"name": "api", "image": "api:1"}],
            },
        },
    },
}
TOKEN: Any = {"spec": {"audiences": ["sts.amazonaws.com"], "expirationSeconds": 600}}


@pytest.fixture(autouse=True)
def _recursion() -> Iterator[None]:
    """Put the process's recursion limit back: an Environment raises it for good."""
    before = sys.getrecursionlimit()
    yield
    sys.setrecursionlimit(before)


def admits(policy: str, before: Any, after: Any) -> bool:
    """Whether every validation holds."""
    spec, environment = POLICIES[policy]["spec"], Environment()
    given = {"object": json_to_cel(after), "oldObject": json_to_cel(before)}

    def value(expression: str) -> Any:
        named = celtypes.MapType({celtypes.StringType(k): v for k, v in variables.items()})
        program = environment.program(environment.compile(expression))
        return program.evaluate({**given, "variables": named})

    variables: dict[str, Any] = {}
    for variable in spec.get("variables", ()):
        variables[variable["name"]] = value(variable["expression"])
    return all(bool(value(v["expression"])) for v in spec["validations"])


def _set(*path: str, to: Any) -> Callable[[Any], None]:
    def change(found: Any) -> None:
        for key in path[:-1]:
            found = found.setdefault(key, {})
        if to is None:
            found.pop(path[-1], None)
        else:
            found[path[-1]] = to

    return change


TEMPLATE = ("spec", "template", "metadata")


@pytest.mark.parametrize(
    ("policy", "before", "change", "admitted"),
    [
        ("annotation-only", ACCOUNT, _set("metadata", "annotations", ROLE, to="arn"), True),
        ("annotation-only", {"metadata": {}}, _set("metadata", "annotations", ROLE, to="a"), True),
        (
            "annotation-only",
            {"metadata": {"annotations": {ROLE: "arn"}}},
            _set("metadata", "annotations", to=None),
            True,
        ),
        ("annotation-only", ACCOUNT, _set("metadata", "annotations", "team", to="x"), False),
        ("annotation-only", ACCOUNT, _set("metadata", "annotations", "more", to="x"), False),
        ("annotation-only", ACCOUNT, _set("metadata", "annotations", to=None), False),
        ("annotation-only", ACCOUNT, _set("metadata", "labels", "app", to="x"), False),
        ("annotation-only", ACCOUNT, _set("metadata", "finalizers", to=["x/y"]), False),
        ("annotation-only", ACCOUNT, _set("metadata", "ownerReferences", to=[{}]), False),
        ("annotation-only", ACCOUNT, _set("secrets", to=[{"name": "x"}]), False),
        ("annotation-only", ACCOUNT, _set("imagePullSecrets", to=[{"name": "x"}]), False),
        ("annotation-only", ACCOUNT, _set("automountServiceAccountToken", to=False), False),
        ("restart-only", DEPLOYMENT, _set(*TEMPLATE, "annotations", RESTARTED_AT, to="t"), True),
        ("restart-only", DEPLOYMENT, _set(*TEMPLATE, "annotations", "x", to="t"), False),
        ("restart-only", DEPLOYMENT, _set(*TEMPLATE, "labels", "app", to="x"), False),
        ("restart-only", DEPLOYMENT, _set("spec", "template", "spec", "hostPID", to=True), False),
        ("restart-only", DEPLOYMENT, _set("spec", "template", "spec", "containers", to=[]), False),
        ("restart-only", DEPLOYMENT, _set("spec", "replicas", to=0), False),
        ("restart-only", DEPLOYMENT, _set("metadata", "labels", "app", to="x"), False),
        ("restart-only", DEPLOYMENT, _set("metadata", "annotations", "x", to="y"), False),
        ("for-sts-only", TOKEN, lambda _: None, True),
        ("for-sts-only", TOKEN, _set("spec", "audiences", to=["sts.amazonaws.com.cn"]), True),
        ("for-sts-only", TOKEN, _set("spec", "audiences", to=None), False),
        ("for-sts-only", TOKEN, _set("spec", "audiences", to=[]), False),
        (
            "for-sts-only",
            TOKEN,
            _set("spec", "audiences", to=["sts.amazonaws.com", "https://kubernetes.default.svc"]),
            False,
        ),
        ("for-sts-only", TOKEN, _set("spec", "expirationSeconds", to=3600), False),
        ("for-sts-only", TOKEN, _set("spec", "expirationSeconds", to=None), False),
    ],
)
def test_what_the_bot_changes_is_admitted_and_nothing_else_of_the_object(
    policy: str, before: Any, change: Callable[[Any], None], *, admitted: bool
) -> None:
    after = deepcopy(before)
    change(after)

    assert admits(policy, before, after) is admitted


def test_each_policy_holds_its_one_identity_and_denies() -> None:
    groups = {
        "annotation-only": FIX_GROUP,
        "restart-only": FIX_GROUP,
        "for-sts-only": PROVE_GROUP,
        "dry-run-only": PROVE_GROUP,
    }
    bindings = {
        found["spec"]["policyName"]: found["spec"]["validationActions"]
        for folder in ("fix-guard", "prove", "prove-pod")
        for found in objects(folder)
        if found["kind"] == "ValidatingAdmissionPolicyBinding"
    }

    assert POLICIES.keys() == groups.keys()
    assert bindings == {f"irsa-doctor-{name}": ["Deny"] for name in groups}
    for name, policy in POLICIES.items():
        assert policy["spec"]["failurePolicy"] == "Fail"
        (condition,) = policy["spec"]["matchConditions"]
        assert condition["expression"] == f"'{groups[name]}' in request.userInfo.groups"
