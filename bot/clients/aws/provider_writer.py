"""The writer of OIDC providers in one account: looks again, then changes what it saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from bot.clients.aws.errors import code_of
from bot.clients.aws.writing import IamWrites
from diagnostics.errors import Stale, WriteError

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient

    from bot.clients.aws.calls import AccountCalls

MARK: Final = {"Key": "irsa-doctor", "Value": "created"}
"""The tag by which a provider that was created here is known; only such a one is ever deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    client_ids: frozenset[str]
    ours: bool


class OidcProviderWriter:
    """Fulfils `diagnostics.clients.ProviderWriter`.

    Source: IAM API reference, CreateOpenIDConnectProvider (the thumbprint is optional and looked up by IAM),
    AddClientIDToOpenIDConnectProvider, RemoveClientIDFromOpenIDConnectProvider, DeleteOpenIDConnectProvider.
    """

    def __init__(self, calls: AccountCalls) -> None:
        self._iam = IamWrites(calls)

    async def set_client_ids(
        self, *, arn: str, before: tuple[str, ...], after: tuple[str, ...]
    ) -> None:
        """iam:GetOpenIDConnectProvider, then Add- or RemoveClientID, provided that the list is still `before`."""
        (client_id,) = set(before) ^ set(after)
        seen = await self._seen(arn)
        self._compare(arn, seen, before)
        adds = client_id in after

        def change(iam: IAMClient) -> None:
            call = (
                iam.add_client_id_to_open_id_connect_provider
                if adds
                else iam.remove_client_id_from_open_id_connect_provider
            )
            call(OpenIDConnectProviderArn=arn, ClientID=client_id)

        operation = f"{'AddClientIDTo' if adds else 'RemoveClientIDFrom'}OpenIDConnectProvider"
        if not await self._iam.write(operation, arn, change):
            raise Stale(f"OIDC provider {arn}", expected="present", found=None)

    async def create(self, *, arn: str, url: str, client_ids: tuple[str, ...]) -> None:
        """iam:GetOpenIDConnectProvider, then CreateOpenIDConnectProvider, provided that there is none."""
        seen = await self._seen(arn)
        if seen is not None:
            raise Stale(f"OIDC provider {arn}", expected=None, found=_listed(seen.client_ids))
        try:
            await self._iam.write(
                "CreateOpenIDConnectProvider",
                arn,
                lambda iam: iam.create_open_id_connect_provider(
                    Url=url,
                    ClientIDList=list(client_ids),
                    Tags=[{"Key": MARK["Key"], "Value": MARK["Value"]}],
                ),
            )
        except WriteError as error:
            cause = error.__cause__.__cause__ if error.__cause__ else None
            if isinstance(cause, ClientError) and code_of(cause).startswith("EntityAlreadyExists"):
                raise Stale(f"OIDC provider {arn}", expected=None, found="present") from error
            raise

    async def delete(self, *, arn: str, client_ids: tuple[str, ...]) -> None:
        """iam:GetOpenIDConnectProvider, then DeleteOpenIDConnectProvider, if it is ours and as it was made."""
        seen = await self._seen(arn)
        self._compare(arn, seen, client_ids)
        if seen is not None and not seen.ours:
            raise Stale(
                f"tag {MARK['Key']} of OIDC provider {arn}", expected=MARK["Value"], found=None
            )
        done = await self._iam.write(
            "DeleteOpenIDConnectProvider",
            arn,
            lambda iam: iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn),
        )
        if not done:
            raise Stale(f"OIDC provider {arn}", expected="present", found=None)

    async def _seen(self, arn: str) -> _Seen | None:
        def read(iam: IAMClient) -> _Seen:
            found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
            tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", ())}
            return _Seen(
                client_ids=frozenset(found.get("ClientIDList", ())),
                ours=tags.get(MARK["Key"]) == MARK["Value"],
            )

        return await self._iam.look("GetOpenIDConnectProvider", arn, read)

    @staticmethod
    def _compare(arn: str, seen: _Seen | None, wanted: tuple[str, ...]) -> None:
        if seen is None:
            raise Stale(f"OIDC provider {arn}", expected="present", found=None)
        if seen.client_ids != frozenset(wanted):
            raise Stale(
                f"client IDs of OIDC provider {arn}",
                expected=_listed(wanted),
                found=_listed(seen.client_ids),
            )


def _listed(client_ids: frozenset[str] | tuple[str, ...]) -> str:
    return ", ".join(sorted(client_ids)) or "(none)"
