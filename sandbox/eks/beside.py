"""Two lists that EKS keeps beside each cluster, served by moto's own server under EKS's own paths.

Real are: paths, shapes, the filters by namespace and service account, and ResourceNotFoundException for clusters and
identifiers that don't exist. Not there: creating and deleting through the API, pages, permissions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from moto.core.responses import ActionResult
from moto.eks import urls
from moto.eks.exceptions import ResourceNotFoundException
from moto.eks.responses import EKSResponse

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """A Pod Identity association."""

    id: str
    namespace: str
    service_account: str
    role_arn: str
    created: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """An identity provider configuration of kind oidc."""

    name: str
    issuer_url: str


_Place = tuple[str, str, str]
"""Account, region, name of the cluster."""
_associations: dict[_Place, list[Association]] = {}
_configurations: dict[_Place, list[Configuration]] = {}


class Beside:
    """What is there, and the paths under which moto serves it. One per process, as moto's own state is."""

    @staticmethod
    def serve() -> None:
        """Add the paths to moto's EKS; before its server starts."""
        urls.url_paths.update(dict.fromkeys(_PATHS, _Response.dispatch))

    @staticmethod
    def forget() -> None:
        """Empty both lists."""
        _associations.clear()
        _configurations.clear()

    @staticmethod
    def associate(account: str, region: str, cluster: str, association: Association) -> None:
        """Add an association."""
        _associations.setdefault((account, region, cluster), []).append(association)

    @staticmethod
    def configure(account: str, region: str, cluster: str, configuration: Configuration) -> None:
        """Add an identity provider configuration."""
        _configurations.setdefault((account, region, cluster), []).append(configuration)


class _Response(EKSResponse):
    """Answers in moto's frame, which finds the operation in botocore's model."""

    def _place(self) -> _Place:
        name = str(self._get_param("name") or self._get_param("clusterName"))
        # Raises where there is no such cluster.
        self.eks_backend.describe_cluster(name=name)
        return self.current_account, self.region, name

    def _found(self, place: _Place) -> Iterator[Association]:
        namespace, account = self._get_param("namespace"), self._get_param("serviceAccount")
        for one in _associations.get(place, ()):
            if namespace in (None, one.namespace) and account in (None, one.service_account):
                yield one

    def list_pod_identity_associations(self) -> ActionResult:
        """ListPodIdentityAssociations."""
        place = self._place()
        return ActionResult({"associations": [_listed(place, one) for one in self._found(place)]})

    def describe_pod_identity_association(self) -> ActionResult:
        """DescribePodIdentityAssociation."""
        place, wanted = self._place(), self._get_param("associationId")
        for one in _associations.get(place, ()):
            if one.id == wanted:
                more = {
                    "roleArn": one.role_arn,
                    "createdAt": one.created,
                    "modifiedAt": one.created,
                }
                return ActionResult({"association": {**_listed(place, one), **more}})
        raise _absent(place, f"No association found with id: {wanted}")

    def list_identity_provider_configs(self) -> ActionResult:
        """ListIdentityProviderConfigs."""
        found = _configurations.get(self._place(), ())
        configs = [{"type": "oidc", "name": one.name} for one in found]
        return ActionResult({"identityProviderConfigs": configs})

    def describe_identity_provider_config(self) -> ActionResult:
        """DescribeIdentityProviderConfig."""
        place = self._place()
        wanted = (self._get_param("identityProviderConfig") or {}).get("name")
        for one in _configurations.get(place, ()):
            if one.name == wanted:
                oidc = {
                    "identityProviderConfigName": one.name,
                    "clusterName": place[2],
                    "issuerUrl": one.issuer_url,
                    "clientId": "kubernetes",
                    "status": "ACTIVE",
                }
                return ActionResult({"identityProviderConfig": {"oidc": oidc}})
        raise _absent(place, "Identity provider config not found")


def _listed(place: _Place, one: Association) -> dict[str, Any]:
    account, region, cluster = place
    arn = f"arn:aws:eks:{region}:{account}:podidentityassociation/{cluster}/{one.id}"
    return {
        "clusterName": cluster,
        "namespace": one.namespace,
        "serviceAccount": one.service_account,
        "associationArn": arn,
        "associationId": one.id,
    }


def _absent(place: _Place, words: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        clusterName=place[2],
        nodegroupName=None,
        fargateProfileName=None,
        addonName=None,
        message=words,
    )


_PATHS: Final = (
    "{0}/clusters/(?P<name>[^/]+)/pod-identity-associations$",
    "{0}/clusters/(?P<name>[^/]+)/pod-identity-associations/(?P<associationId>[^/]+)$",
    "{0}/clusters/(?P<name>[^/]+)/identity-provider-configs$",
    "{0}/clusters/(?P<name>[^/]+)/identity-provider-configs/describe$",
)
