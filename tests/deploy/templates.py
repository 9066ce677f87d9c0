"""CloudFormation templates with their parameters filled in: as much of the language as ours use."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cfnlint.decode import cfn_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

DEPLOY: Final = Path(__file__).resolve().parents[2] / "deploy"
ACCOUNT: Final = "222233334444"
_GONE: Final = object()


class Stack:
    """A template with parameters.

    Args:
        name: File in `deploy/cloudformation`.
        parameters: As given; the template's defaults beneath them.
    """

    def __init__(self, name: str, **parameters: str) -> None:
        document: Any = cfn_yaml.load(str(DEPLOY / "cloudformation" / name))
        self.document = document
        given = {
            key: value["Default"]
            for key, value in document["Parameters"].items()
            if "Default" in value
        }
        self.values: dict[str, Any] = {
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": "eu-west-1",
            **given,
            **parameters,
        }
        unknown = set(parameters) - set(document["Parameters"])
        assert not unknown, f"{name} has no parameter {unknown}"

    def resource(self, logical_id: str) -> Any:
        """The properties of a resource; None where its condition leaves it out."""
        found = self.document["Resources"][logical_id]
        if "Condition" in found and not self._holds(found["Condition"]):
            return None
        return self._value(found["Properties"])

    def refusals(self) -> list[str]:
        """What the template's rules say against these parameters, before anything is made."""
        return [
            assertion["AssertDescription"]
            for rule in self.document.get("Rules", {}).values()
            if self._value(rule["RuleCondition"])
            for assertion in rule["Assertions"]
            if not self._value(assertion["Assert"])
        ]

    def trust(self, logical_id: str) -> str:
        """The trust policy of a role, as text."""
        document = self.resource(logical_id)["AssumeRolePolicyDocument"]
        return document if isinstance(document, str) else json.dumps(document)

    def _holds(self, condition: str) -> bool:
        return bool(self._value(self.document["Conditions"][condition]))

    def _value(self, node: Any) -> Any:
        if isinstance(node, list):
            values = [self._value(item) for item in node]
            return [value for value in values if value is not _GONE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (key,) = node
            if key == "Ref" or key.startswith("Fn::"):
                return self._function(key, node[key])
        pairs = {str(key): self._value(value) for key, value in node.items()}
        return {key: value for key, value in pairs.items() if value is not _GONE}

    def _function(self, name: str, argument: Any) -> Any:
        if name in _TRUTHS:
            return _TRUTHS[name]([self._value(one) for one in argument])
        match name:
            case "Ref":
                found = self.values.get(argument, f"<{argument}>")
                return _GONE if argument == "AWS::NoValue" else found
            case "Fn::Sub":
                return re.sub(r"\$\{([^}]+)\}", lambda m: str(self.values[m[1]]), argument)
            case "Fn::If":
                condition, yes, no = argument
                return self._value(yes if self._holds(condition) else no)
        assert name == "Fn::GetAtt", name
        return f"<{argument}>"


_TRUTHS: Final[dict[str, Callable[[list[Any]], bool]]] = {
    "Fn::Equals": lambda values: values[0] == values[1],
    "Fn::Not": lambda values: not values[0],
    "Fn::Or": any,
}


def statements(policies: Any) -> list[Any]:
    """All statements of a role's inline policies."""
    return [s for policy in policies for s in policy["PolicyDocument"]["Statement"]]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
