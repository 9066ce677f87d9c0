"""Edits of one part of a world each, which leave whatever else is wrong in it as it is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from diagnostics.evidence import ROLE_ARN, EnvVar, IamRole
from diagnostics.iam import parse
from tests.engine import healthy as h

if TYPE_CHECKING:
    from collections.abc import Callable

    from diagnostics.evidence import Container, ServiceAccount
    from tests.engine.fleet_double import World

Statement = dict[str, Any]
WEB_IDENTITY = frozenset({"AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"})
NAME = "payments-api"


def edit_account(world: World, change: Callable[[ServiceAccount], ServiceAccount]) -> None:
    """Change the service account, where there is one."""
    world.accounts = [
        change(a) if (a.namespace, a.name) == ("payments", "api") else a for a in world.accounts
    ]


def set_annotations(world: World, annotations: dict[str, str]) -> None:
    edit_account(world, lambda a: replace(a, annotations={**a.annotations, **annotations}))


def drop_annotation(world: World, key: str = ROLE_ARN) -> None:
    """Take an annotation off, and from the pods what came of it."""
    edit_account(
        world,
        lambda a: replace(a, annotations={k: v for k, v in a.annotations.items() if k != key}),
    )
    leave_bare(world)


def rename_role(world: World, change: Callable[[str], str]) -> None:
    """Change the annotated ARN wherever it stands: in annotations and in the pods that got it."""
    held = {
        a.annotations[ROLE_ARN]: change(a.annotations[ROLE_ARN])
        for a in world.accounts
        if a.annotations.get(ROLE_ARN)
    }
    world.accounts = [
        replace(a, annotations={k: held.get(v, v) for k, v in a.annotations.items()})
        for a in world.accounts
    ]
    edit_containers(
        world,
        lambda c: replace(
            c, env=tuple(replace(v, value=held.get(v.value or "", v.value)) for v in c.env)
        ),
    )


def edit_pods(world: World, **spec: object) -> None:
    """Set fields of every pod's spec."""
    world.pods = [replace(p, spec=replace(p.spec, **spec)) for p in world.pods]  # type: ignore[arg-type]


def edit_containers(world: World, change: Callable[[Container], Container]) -> None:
    world.pods = [
        replace(p, spec=replace(p.spec, containers=tuple(change(c) for c in p.spec.containers)))
        for p in world.pods
    ]


def leave_bare(world: World) -> None:
    """The webhook gave the pods nothing."""
    edit_pods(world, token_volumes=())
    edit_containers(
        world,
        lambda c: replace(
            c,
            env=tuple(v for v in c.env if v.name not in WEB_IDENTITY),
            mounts=tuple(m for m in c.mounts if m.volume != "aws-iam-token"),
        ),
    )


def set_variable(container: Container, variable: EnvVar) -> Container:
    kept = tuple(v for v in container.env if v.name != variable.name)
    return replace(container, env=(variable, *kept))


def role_of(world: World) -> IamRole | None:
    """The role that is meant, in whichever account it is."""
    return next((r for r in world.roles.values() if r.name == NAME), None)


def edit_trust(world: World, change: Callable[[list[Statement]], object]) -> None:
    """Change the statements of the meant role's trust policy, where the role exists."""
    role = role_of(world)
    if role is None:
        return
    policy = json.loads(role.trust_text)
    change(policy["Statement"])
    text = json.dumps(policy)
    world.roles[role.account, role.name] = replace(role, trust_text=text, trust=parse(text))


def edit_statements(world: World, change: Callable[[Statement], object]) -> None:
    """Change each Allow of web identities in the meant role's trust policy."""

    def every(statements: list[Statement]) -> None:
        for statement in statements:
            if statement["Effect"] == "Allow" and "Federated" in statement["Principal"]:
                change(statement)

    edit_trust(world, every)


def set_claim(world: World, claim: str, value: str) -> None:
    """Ask for another value of `sub` or `aud`, under whatever key it is asked for."""

    def change(statement: Statement) -> None:
        equals = statement["Condition"]["StringEquals"]
        equals.update({key: value for key in equals if key.endswith(f":{claim}")})

    edit_statements(world, change)


def trust_issuer(world: World, issuer: str) -> None:
    """Name another cluster's issuer in place of this one's, in principals and keys."""
    old, new = (i.removeprefix("https://") for i in (h.ISSUER, issuer))

    def change(statement: Statement) -> None:
        text = json.dumps(statement).replace(old, new)
        statement.update(json.loads(text))

    edit_statements(world, change)


def move_role(world: World, account: str) -> None:
    """Put the meant role into another account, with all that names it."""
    role = role_of(world)
    rename_role(
        world, lambda arn: arn.replace(f"{h.SHARED}:role/payments", f"{account}:role/payments")
    )
    if role is None:
        return
    text = role.trust_text.replace(h.SHARED, account)
    del world.roles[role.account, role.name]
    world.roles[account, role.name] = replace(
        role,
        account=account,
        arn=role.arn.replace(h.SHARED, account),
        trust_text=text,
        trust=parse(text),
    )
