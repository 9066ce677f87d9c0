"""Where an alert says that it happened: its labels, as hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.fleet import Hints, WorkloadRef
from diagnostics.recognize.fields import SCAN, read_fields
from diagnostics.recognize.kubernetes import workload_kind
from diagnostics.recognize.linear import storable
from diagnostics.recognize.unwrap import unwrap
from handlers.paste.reading.message import extract_text

if TYPE_CHECKING:
    from handlers.paste.reading.untrusted import Node


def alert_hints(message: Node) -> Hints:
    """Read cluster, namespace, service account and workload out of a message's labels.

    Labels stand as `namespace=payments`, `kube_namespace:payments`, `*Namespace:* payments` or as an attachment's
    field; the first of each counts.
    """
    text = unwrap(storable(extract_text(message)[:SCAN])).text
    found = read_fields(text)
    kind = workload_kind(text[:SCAN])
    return Hints(
        cluster=found.cluster,
        namespace=found.namespace,
        service_account=found.service_account,
        workload=WorkloadRef(kind=kind, name=found.workload) if kind and found.workload else None,
        role_arn=found.role_arn,
    )
