"""A cluster as the evidence has it, and as its API server has the rest where that may be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.evidence.mark import beyond, lacking
from diagnostics.evidence import Pods, Webhooks

if TYPE_CHECKING:
    from bot.evidence.bundle import Bundle, Piece
    from bot.evidence.mark import Mark
    from diagnostics.clients import KubernetesReader
    from diagnostics.evidence import ServiceAccount, SigningKeys, Workload
    from diagnostics.fleet import WorkloadRef


class EvidenceKubernetes:
    """Fulfils `diagnostics.clients.KubernetesReader`.

    Each method raises:
        ReadError: Neither the evidence has it nor may the API server be asked; it names what would add it.
    """

    def __init__(self, bundle: Bundle, mark: Mark, inner: KubernetesReader | None) -> None:
        self._bundle = bundle
        self._mark = mark
        self._inner = inner

    async def issuer(self) -> str | None:
        """Ask the API server: no command's output is taken for it."""
        if self._inner is not None:
            return await self._inner.issuer()
        raise lacking("the issuer", "aws eks describe-cluster --name CLUSTER")

    async def service_account(self, namespace: str, name: str) -> ServiceAccount | None:
        """Take it from the evidence."""
        for piece in reversed(self._bundle.service_accounts):
            if (piece.value.namespace, piece.value.name) == (namespace, name):
                self._seen(piece, "get serviceaccounts", f"{namespace}/{name}")
                return piece.value
        if self._inner is not None:
            return await self._inner.service_account(namespace, name)
        raise lacking(
            f"service account {namespace}/{name}",
            f"kubectl get serviceaccount {name} --namespace {namespace} -o yaml --show-managed-fields",
        )

    async def service_accounts(self, namespace: str | None) -> tuple[ServiceAccount, ...]:
        """Take them from a list in the evidence; single ones say nothing about others."""
        pieces = [
            p for p in self._bundle.service_accounts if namespace in (None, p.value.namespace)
        ]
        if pieces and self._bundle.accounts_listed is not None:
            self._seen(pieces[0], "list serviceaccounts", namespace or "all namespaces")
            return tuple(p.value for p in pieces)
        if self._inner is not None:
            return await self._inner.service_accounts(namespace)
        scope = f"--namespace {namespace}" if namespace else "--all-namespaces"
        raise lacking("a list of service accounts", f"kubectl get serviceaccounts {scope} -o yaml")

    async def workload(self, namespace: str, ref: WorkloadRef) -> Workload | None:
        """Take it from the evidence."""
        for piece in reversed(self._bundle.workloads):
            if (piece.value.namespace, piece.value.ref) == (namespace, ref):
                self._seen(piece, f"get {ref.kind.lower()}s", f"{namespace}/{ref.name}")
                return piece.value
        if self._inner is not None:
            return await self._inner.workload(namespace, ref)
        raise lacking(
            f"{ref} of namespace {namespace}",
            f"kubectl get {ref} --namespace {namespace} -o yaml",
        )

    async def workloads(self, namespace: str | None) -> tuple[Workload, ...]:
        """Take those of the evidence, where there are any."""
        pieces = [
            p
            for p in self._bundle.workloads
            if namespace in (None, p.value.namespace) and p.value.kind != "Pod"
        ]
        if pieces:
            self._seen(pieces[0], "list workloads", namespace or "all namespaces")
            return tuple(p.value for p in pieces)
        if self._inner is not None:
            return await self._inner.workloads(namespace)
        scope = f"--namespace {namespace}" if namespace else "--all-namespaces"
        raise lacking(
            "workloads",
            f"kubectl get deployments,statefulsets,daemonsets,cronjobs {scope} -o yaml",
        )

    async def pods(self, namespace: str) -> Pods:
        """Take those of the evidence, where there are any."""
        pieces = [p for p in self._bundle.pods if p.value.namespace == namespace]
        if pieces:
            self._seen(pieces[0], "list pods", namespace)
            return Pods(items=tuple(p.value for p in pieces))
        if self._inner is not None:
            return await self._inner.pods(namespace)
        raise lacking(
            f"pods of namespace {namespace}", f"kubectl get pods --namespace {namespace} -o yaml"
        )

    async def webhooks(self) -> Webhooks:
        """Take a list from the evidence, or the one configuration that matters."""
        found = Webhooks(items=tuple(p.value for p in self._bundle.webhooks))
        file = self._bundle.webhooks_listed
        if file is None and found.pod_identity is not None:
            file = self._bundle.webhooks[0].file
        if file is not None:
            self._mark.seen(file, "kubernetes", "list mutatingwebhookconfigurations", "all")
            return found
        if self._inner is not None:
            return await self._inner.webhooks()
        raise lacking("the admission webhooks", "kubectl get mutatingwebhookconfigurations -o yaml")

    async def signing_keys(self) -> SigningKeys | None:
        """Ask the API server: no command's output is taken for it."""
        if self._inner is not None:
            return await self._inner.signing_keys()
        raise beyond("the API server's signing keys", "get of /openid/v1/jwks")

    def _seen(self, piece: Piece[Any], operation: str, resource: str) -> None:
        self._mark.seen(piece.file, "kubernetes", operation, resource)
