"""Who the token speaks for, and which role that is about: derived from names and from what was read."""

from __future__ import annotations

from diagnostics.arn import RoleArn
from diagnostics.clients import Clients
from diagnostics.errors import ReadError
from diagnostics.evidence import (
    ROLE_ARN,
    Cluster,
    ServiceAccount,
    Target,
    Unreadable,
    Workload,
)
from diagnostics.evidence.derived import BoundRole, RoleAccount, RoleInQuestion, RoleSource, Subject
from diagnostics.evidence.role_annotation import misplaced, read_past_faults
from diagnostics.wiring import probe


@probe(deadline=1.0)
async def subject(
    target: Target,
    account: ServiceAccount | Unreadable | None,
    workload: Workload | Unreadable | None,
) -> Subject | None:
    """The token's subject and audience; None where no service account is known."""
    name = target.service_account
    if name is None and isinstance(workload, Workload):
        name = workload.template.service_account
    if name is None:
        return None
    if isinstance(account, ServiceAccount):
        return Subject(namespace=target.namespace, name=name, audience=account.audience)
    return Subject(
        namespace=target.namespace, name=name, audience_read=not isinstance(account, Unreadable)
    )


@probe()
async def role_in_question(
    io: Clients,
    target: Target,
    account: ServiceAccount | Unreadable | None,
    workload: Workload | Unreadable | None,
    subject: Subject | None,
) -> RoleInQuestion | None:
    """The role that the service account is meant to assume, the strongest statement of it first."""
    named = account if isinstance(account, ServiceAccount) else None
    template = workload if isinstance(workload, Workload) else None
    value = named.annotations.get(ROLE_ARN) if named else None
    stated: list[tuple[RoleSource, str | None]] = []
    if value is not None:
        repaired = read_past_faults(value)
        source = RoleSource.ANNOTATION if str(repaired) == value else RoleSource.REPAIRED_ANNOTATION
        stated.append((source, str(repaired) if repaired else None))
    stated.extend(
        (RoleSource.MISSPELLED_ANNOTATION, place.value) for place in misplaced(named, template)
    )
    stated.append((RoleSource.NAMED, target.role_arn))
    if subject is not None:
        bound = io.fleet.bound_role(target.cluster, subject.namespace, subject.name)
        stated.append((RoleSource.BINDING, bound))
    found = _first(stated)
    if found is None and value is None and subject is not None:
        found = _first([(RoleSource.POD, await _running(io, target, subject))])
    return found


def _first(stated: list[tuple[RoleSource, str | None]]) -> RoleInQuestion | None:
    for source, text in stated:
        arn = RoleArn.parse(text) if text else None
        if arn is not None:
            return RoleInQuestion(arn=arn, source=source)
    return None


async def _running(io: Clients, target: Target, subject: Subject) -> str | None:
    """The one role that all running pods have, asked for only where nothing else names a role."""
    try:
        pods = await io.kubernetes(target.cluster).pods(target.namespace)
    except ReadError:
        return None  # the pods' own checks say that they can't be read
    live = [pod for pod in pods.live if pod.spec.service_account == subject.name]
    roles = {c.env_value("AWS_ROLE_ARN") for p in live for c in p.spec.containers if not c.init}
    return roles.pop() if len(roles) == 1 else None


@probe(deadline=1.0)
async def bound_role(io: Clients, target: Target, subject: Subject) -> BoundRole | None:
    """The role that the fleet file states, where it states one."""
    text = io.fleet.bound_role(target.cluster, subject.namespace, subject.name)
    arn = RoleArn.parse(text) if text else None
    return BoundRole(arn=arn) if arn else None


@probe(deadline=1.0)
async def role_account(
    io: Clients, target: Target, role: RoleInQuestion | None, cluster: Cluster | Unreadable | None
) -> RoleAccount | None:
    """The account that must hold the OIDC provider: the role's, or else the cluster's own."""
    if role is not None:
        return RoleAccount(id=role.arn.account, assumed=False)
    if isinstance(cluster, Cluster):
        return RoleAccount(id=cluster.account, assumed=True)
    return RoleAccount(id=io.fleet.cluster(target.cluster).account, assumed=True)
