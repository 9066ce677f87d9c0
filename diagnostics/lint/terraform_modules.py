"""The public Terraform modules that make roles for service accounts, as the policies that they make.

Source: terraform-aws-modules/iam, modules iam-role-for-service-accounts(-eks), iam-eks-role and
iam-assumable-role-with-oidc, their main.tf and variables.tf.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.document.tree import HOLE, Mapping, Scalar, at, items_at
from diagnostics.iam.json_text import escape
from diagnostics.lint.finding import Spot
from diagnostics.lint.policy_source import PolicySource, add

if TYPE_CHECKING:
    from collections.abc import Callable

    from diagnostics.document.hcl_tree import Block
    from diagnostics.document.tree import Node
    from diagnostics.iam.json_text import Json

_SERVICE_ACCOUNTS: Final = ("iam-role-for-service-accounts",)
_WITH_OIDC: Final = "iam-assumable-role-with-oidc"
_EKS_ROLE: Final = "iam-eks-role"
_PREFIX: Final = "system:serviceaccount:"


def module_policy(block: Block, file: str, known: Callable[[Node], Node]) -> PolicySource | None:
    """The trust policy that a module call makes; None for any other module."""
    module = _Module(block, file, known)
    where = module.text("source") or ""
    if any(name in where for name in _SERVICE_ACCOUNTS):
        return module.service_accounts()
    if _WITH_OIDC in where:
        return module.with_oidc()
    if _EKS_ROLE in where:
        return module.eks_role()
    return None


class _Module:
    def __init__(self, block: Block, file: str, known: Callable[[Node], Node]) -> None:
        self._arguments = {name: known(value) for name, value in block.attributes.items()}
        name = self.text("role_name") or self.text("name")
        self._source = PolicySource(
            file=file, object=block.address, role=name, address=block.address, partial=True
        )
        place = Spot(file=file, line=block.line, column=block.column)
        self._source.spots[""] = place
        self._statements: list[Json] = []

    def text(self, name: str) -> str | None:
        value = self._arguments.get(name)
        return value.text if isinstance(value, Scalar) and HOLE not in value.text else None

    def service_accounts(self) -> PolicySource | None:
        providers = self._arguments.get("oidc_providers")
        test = self.text("trust_condition_test") or self.text("assume_role_condition_test")
        for _, entry in providers.pairs if isinstance(providers, Mapping) else ():
            self._statement(
                at(entry, "provider_arn"),
                items_at(entry, "namespace_service_accounts"),
                test or "StringEquals",
                prefix=_PREFIX,
            )
        return self._done()

    def eks_role(self) -> PolicySource | None:
        accounts = self._arguments.get("cluster_service_accounts")
        test = self.text("assume_role_condition_test") or "StringEquals"
        for _, entry in accounts.pairs if isinstance(accounts, Mapping) else ():
            self._statement(None, items_at(entry), test, prefix=_PREFIX)
        return self._done()

    def with_oidc(self) -> PolicySource | None:
        for name, test in (
            ("oidc_fully_qualified_subjects", "StringEquals"),
            ("oidc_subjects_with_wildcards", "StringLike"),
        ):
            subjects = items_at(self._arguments.get(name))
            if subjects:
                self._statement(None, subjects, test, prefix="")
        return self._done()

    def _statement(
        self, provider: Node | None, subjects: list[Node], test: str, *, prefix: str
    ) -> None:
        pointer = f"/Statement/{len(self._statements)}"
        key = f"{HOLE}:sub"
        place = provider or (subjects[0] if subjects else None)
        if place is not None:
            self._source.spots[pointer] = Spot(
                file=self._source.file, line=place.line, column=place.column
            )
        federated: Json = HOLE
        if provider is not None:
            federated = add(self._source, f"{pointer}/Principal/Federated", provider)
        values: list[Json] = []
        below = f"{pointer}/Condition/{escape(test)}/{escape(key)}"
        for index, subject in enumerate(subjects[:500]):
            found = add(self._source, f"{below}/{index}", subject)
            if isinstance(found, str):
                values.append(found if found == HOLE else f"{prefix}{found}")
        self._statements.append(
            {
                "Effect": "Allow",
                "Principal": {"Federated": federated},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    test: {key: values},
                    "StringEquals" if test != "StringEquals" else "StringLike": {
                        f"{HOLE}:aud": "sts.amazonaws.com"
                    },
                },
            }
        )

    def _done(self) -> PolicySource | None:
        if not self._statements:
            return None
        self._source.document = {"Version": "2012-10-17", "Statement": self._statements}
        return self._source
