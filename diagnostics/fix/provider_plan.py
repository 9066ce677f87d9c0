"""Changes of IAM OIDC providers, exactly, before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from shlex import quote

from diagnostics.fix.kind import FixKind
from diagnostics.languages import Words, say


@dataclass(frozen=True, slots=True, kw_only=True)
class SetClientIds:
    """Add one client ID to an OIDC provider, or take it out again, in an account that allows it."""

    cluster: str
    """Of the service account whose token is refused; the rules of approval go by it."""
    namespace: str
    account: str
    """Of the provider; 12 digits."""
    provider_arn: str
    before: tuple[str, ...]
    """The client IDs that the diagnosis saw; the precondition of the write. Their order means nothing."""
    after: tuple[str, ...]
    """The same with one more, or one less."""

    @property
    def kind(self) -> FixKind:
        """Its kind."""
        return FixKind.PROVIDER

    @property
    def adds(self) -> bool:
        """Whether the client ID is added."""
        return len(self.after) > len(self.before)

    @property
    def client_id(self) -> str:
        """The one that is added or taken out."""
        (changed,) = set(self.before) ^ set(self.after)
        return changed

    @property
    def subject(self) -> str:
        """What is changed: two fixes of one subject are in each other's way."""
        return f"client IDs of OIDC provider {self.provider_arn}"

    @property
    def summary(self) -> Words:
        """The button's label."""
        return (
            say("Add audience to provider") if self.adds else say("Remove audience from provider")
        )

    @property
    def command(self) -> str:
        """The same by hand."""
        operation = (
            "add-client-id-to-open-id-connect-provider"
            if self.adds
            else "remove-client-id-from-open-id-connect-provider"
        )
        return (
            f"aws iam {operation} --open-id-connect-provider-arn {quote(self.provider_arn)} "
            f"--client-id {quote(self.client_id)}"
        )

    def undo(self) -> SetClientIds:
        """Put back what was there."""
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProvider:
    """Create the OIDC provider of a cluster's issuer, or delete one that was created here and is as it was made."""

    cluster: str
    """Of the service account whose token is refused; the rules of approval go by it."""
    namespace: str
    account: str
    """In which the provider is missing; 12 digits."""
    provider_arn: str
    url: str
    """The issuer, with https://."""
    client_ids: tuple[str, ...]
    present: bool = True
    """Whether it is to be there afterwards; the precondition is the opposite."""

    @property
    def kind(self) -> FixKind:
        """Its kind."""
        return FixKind.PROVIDER

    @property
    def subject(self) -> str:
        """What is changed: two fixes of one subject are in each other's way."""
        return f"OIDC provider {self.provider_arn}"

    @property
    def summary(self) -> Words:
        """The button's label."""
        return say("Create OIDC provider") if self.present else say("Delete OIDC provider")

    @property
    def command(self) -> str:
        """The same by hand."""
        if not self.present:
            return (
                "aws iam delete-open-id-connect-provider "
                f"--open-id-connect-provider-arn {quote(self.provider_arn)}"
            )
        ids = " ".join(quote(one) for one in self.client_ids)
        return f"aws iam create-open-id-connect-provider --url {quote(self.url)} --client-id-list {ids}"

    def undo(self) -> SetProvider:
        """Put back what was there."""
        return replace(self, present=not self.present)
