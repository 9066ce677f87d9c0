"""Output that was handed over for one diagnosis: what of it is taken, and why the rest is not."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.clients.kube import wire
from bot.clients.kube.request import WORKLOADS
from bot.evidence import aws_output
from bot.evidence.bundle import Bundle, read_bundle
from bot.evidence.fault import EvidenceError
from bot.evidence.object_names import WEBHOOK, listed, name_of, path_of
from diagnostics.arn import account_of, place_of
from diagnostics.languages import Words, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

    from diagnostics.fleet import FleetCluster
    from diagnostics.recognize.outputs import Output

MOST_CHARACTERS: Final = 400_000
"""Of what is kept of one message."""
_ARN: Final = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):oidc-provider/")
_READ: Final[dict[str, type[BaseModel]]] = {
    "ServiceAccount": wire.ServiceAccount,
    "Pod": wire.Pod,
    WEBHOOK: wire.MutatingWebhookConfiguration,
    **dict.fromkeys(WORKLOADS, wire.Workload),
}
_KEPT: Final = frozenset(
    (
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_STS_REGIONAL_ENDPOINTS",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    )
)
"""Variables whose values a check reads; those of others are not kept."""
_ANSWERS: Final[dict[str, tuple[str | None, type[BaseModel]]]] = {
    "role": ("Role", aws_output.Role),
    "provider": (None, aws_output.Provider),
    "providers": (None, aws_output.Providers),
    "cluster": ("cluster", aws_output.Cluster),
}
_HIDDEN: Final = "(not kept)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the diagnosis is about; None where it is not known yet."""

    cluster: FleetCluster | None = None
    namespace: str | None = None
    service_account: str | None = None
    role: tuple[str, str] | None = None
    """Account and name of the role in question."""
    issuer: str | None = None
    """URL."""


@dataclass(slots=True, kw_only=True)
class Handed:
    """What became of a message."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    """What is kept: objects as `read_bundle` takes them, without all that no check reads."""
    taken: list[Words] = field(default_factory=list)
    refused: list[Words] = field(default_factory=list)
    """One clause each, with the reason."""

    @property
    def words(self) -> Words:
        """What was taken and what not, in one line; empty where there was nothing."""
        if self.taken and self.refused:
            return say(
                "Took {taken} from the pasted output, but not {refused}",
                taken=listed(self.taken),
                refused=listed(self.refused),
            )
        if self.taken:
            return say("Took {taken} from the pasted output", taken=listed(self.taken))
        if self.refused:
            return say("Took nothing: {refused}", refused=listed(self.refused))
        return ""

    @property
    def text(self) -> str:
        """What is kept, as one file of evidence."""
        return "\n".join(json.dumps(document) for document in self.documents)


def hand_over(outputs: Iterable[Output], wanted: Wanted) -> Handed:
    """Take what belongs to the diagnosis; nothing that is pasted raises."""
    handed = Handed()
    for output in outputs:
        try:
            bundle = read_bundle([("the output", output.text.encode("utf-8", "replace"))])
        except EvidenceError as error:
            handed.refused.append(_reason(error, output))
            continue
        _take(handed, bundle, output, wanted)
    handed.taken = list(dict.fromkeys(handed.taken))
    handed.refused = list(dict.fromkeys(handed.refused))
    if len(handed.text) > MOST_CHARACTERS:
        return Handed(refused=[say("it is too much: name the object in the command")])
    return handed


def _take(handed: Handed, bundle: Bundle, output: Output, wanted: Wanted) -> None:
    hooks: list[dict[str, Any]] = []
    for one in bundle.sources:
        value = one.value
        match one.kind:
            case "ServiceAccount" | "Pod" | "MutatingWebhookConfiguration":
                why = _of_kubernetes(one.kind, value, wanted)
            case kind if kind in WORKLOADS:
                why = _of_kubernetes(kind, value, wanted)
            case "role" | "provider" | "providers" | "cluster":
                why = _AWS[one.kind](value, output, wanted)
            case _:
                why = say("no check reads it")
        name = name_of(one.kind, value)
        if why is None:
            kept = hooks if one.kind == WEBHOOK else handed.documents
            kept.append(_trimmed(one.kind, value))
            handed.taken.append(name)
        else:
            handed.refused.append(name + " (" + why + ")")
    if bundle.webhooks_listed is not None:  # what a list does not hold is not there
        handed.documents.append({"kind": f"{WEBHOOK}List", "items": hooks})
        if not hooks:
            handed.taken.append(say("an empty list of webhooks"))
    else:
        handed.documents.extend(hooks)


# -- what belongs to the diagnosis ---------------------------------------------------------------


def _of_kubernetes(kind: str, value: dict[str, Any], wanted: Wanted) -> Words | None:
    if kind == WEBHOOK:
        return None
    meta = value["metadata"]
    namespace, name = meta.get("namespace"), meta.get("name")
    if wanted.namespace not in (None, namespace):
        return say("another namespace than {namespace}", namespace=wanted.namespace)
    if kind == "ServiceAccount" and wanted.service_account not in (None, name):
        return say("this is about {name}", name=wanted.service_account)
    return None


def _of_role(value: dict[str, Any], output: Output, wanted: Wanted) -> Words | None:
    del output
    role = value["Role"]
    found = (account_of(role["Arn"]), role["RoleName"])
    if wanted.role is None or found == wanted.role:
        return None
    account, name = wanted.role
    return say("this is about role {name} of account {account}", name=name, account=account)


def _of_provider(value: dict[str, Any], output: Output, wanted: Wanted) -> Words | None:
    if wanted.issuer is not None and path_of(value["Url"]) != path_of(wanted.issuer):
        return say("this is about issuer {issuer}", issuer=wanted.issuer)
    asked = _ARN.search(output.command or "")
    account = asked[1] if asked else None
    if wanted.role is None and account is None:
        return say("it does not say whose it is; paste the command's line with it")
    if account is not None and wanted.role is not None and account != wanted.role[0]:
        return say("the role is in account {account}", account=wanted.role[0])
    # The answer names no account: it is of the one that we asked for, unless the command says which.
    value["Account"] = account or (wanted.role[0] if wanted.role else None)
    return None


def _of_providers(value: dict[str, Any], output: Output, wanted: Wanted) -> Words | None:
    del output
    owners = {account_of(one["Arn"]) for one in value["OpenIDConnectProviderList"]}
    if not owners:
        return say("an empty list does not say whose it is")
    if wanted.role is not None and owners != {wanted.role[0]}:
        return say("the role is in account {account}", account=wanted.role[0])
    return None


def _of_cluster(value: dict[str, Any], output: Output, wanted: Wanted) -> Words | None:
    del output
    arn = value["cluster"]["arn"]
    want = wanted.cluster
    if want is None or (place_of(arn), arn.rpartition("/")[2]) == (
        (want.region, want.account),
        want.eks_name,
    ):
        return None
    return say(
        "this is about {name} in {region} of account {account}",
        name=want.eks_name,
        region=want.region,
        account=want.account,
    )


_AWS: Final = {
    "role": _of_role,
    "provider": _of_provider,
    "providers": _of_providers,
    "cluster": _of_cluster,
}


# -- what is kept --------------------------------------------------------------------------------


def _trimmed(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    """Keep what a check reads; names of variables stay, most of their values do not."""
    answer = _ANSWERS.get(kind)
    if answer is not None:
        key, of = answer
        read = of.model_validate(value[key] if key else value)
        trimmed = read.model_dump(mode="json", by_alias=True, exclude_none=True)
        return {key: trimmed} if key else trimmed
    model = _READ[kind]
    kept = model.model_validate(value).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    _hide(kept)
    return {"kind": kind, **kept}


def _hide(value: Any) -> None:
    if isinstance(value, list):
        for one in value:
            _hide(one)
    elif isinstance(value, dict):
        for variable in value.get("env", ()) if isinstance(value.get("env"), list) else ():
            if variable.get("value") and variable.get("name") not in _KEPT:
                variable["value"] = _HIDDEN
        for one in value.values():
            _hide(one)


def _reason(error: EvidenceError, output: Output) -> str:
    said = re.sub(r"^the output(?:, document (\d+))?: ", "", str(error)).rstrip(".")
    what = f"`{output.command[:60]}`: " if output.command else ""
    return f"{what}{said}"[:300]


__all__ = ["Handed", "Wanted", "hand_over"]
