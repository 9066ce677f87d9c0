"""What the objects and answers in evidence are called, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from diagnostics.languages import Words, joined, say
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

WEBHOOK: Final = "MutatingWebhookConfiguration"
_SHOWN: Final = 4
"""Names of a list that are told."""
_NAMES: Final[Mapping[str, Callable[[dict[str, Any]], Words]]] = {
    "role": lambda value: say("role {name}", name=value["Role"]["RoleName"]),
    "provider": lambda value: say("provider {issuer}", issuer=path_of(value["Url"])),
    "providers": lambda _: say("the list of providers"),
    "cluster": lambda value: say("cluster {name}", name=value["cluster"]["name"]),
    "Pod": lambda value: say("pods of namespace {namespace}", namespace=_of(value, "namespace")),
    WEBHOOK: lambda value: say("webhook {name}", name=_of(value, "name")),
    "ServiceAccount": lambda value: say("service account {name}", name=_place(value)),
    "": lambda value: say("an object {name}", name=_place(value)),
}


def name_of(kind: str, value: dict[str, Any]) -> Words:
    """Name one object or answer by its kind, as `read_bundle` tells kinds: `service account payments/api`."""
    named = _NAMES.get(kind)
    return f"{kind.lower()} {_place(value)}" if named is None else named(value)


def listed(names: Sequence[Words]) -> Words:
    """Join at least one name to a list that stays short."""
    shown = [*names[:_SHOWN]]
    if len(names) > _SHOWN:
        shown.append(say("{count} more", count=len(names) - _SHOWN))
    if len(shown) == 1:
        return shown[0]
    return say("{some} and {last}", some=joined(shown[:-1], ", "), last=shown[-1])


def path_of(url: str) -> str:
    """An issuer without its scheme."""
    return url.removeprefix("https://")


def _place(value: dict[str, Any]) -> str:
    return f"{_of(value, 'namespace')}/{_of(value, 'name')}"


def _of(value: dict[str, Any], key: str) -> str:
    meta = value.get("metadata")
    return visible(str(meta.get(key) or "?"))[:80] if isinstance(meta, dict) else "?"
