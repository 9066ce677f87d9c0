"""What a fleet file must fulfil across its entries: unique names, and names that lead somewhere.

Read from the tree, not from the models, so that these faults show beside those of single fields.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeGuard

from bot.fleet_file.cross_rules import approver_faults, freeze_faults, reader_faults
from bot.fleet_file.tree import fault_at, value_at
from diagnostics.arn import RoleArn
from diagnostics.document.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bot.fleet_file.faults import Fault

_DISCOVERED = re.compile(
    r"[^/\s]{1,100}/[a-z]{2,5}(?:-[a-z]{2,12}){1,2}-\d{1,2}/[\w-]{1,100}", re.ASCII
)
"""`account/region/name`: what a cluster is called that EKS lists and the file does not."""

_BINDING = ("cluster", "namespace", "service_account")
"""What a binding is known by."""
_RULES = {
    "approvers": approver_faults,
    "freezes": freeze_faults,
    "readers": reader_faults,
}


def cross_faults(root: Mapping) -> Iterator[Fault]:
    """Yield every fault that lies between entries."""
    for section in ("accounts", "clusters"):
        if isinstance(node := root.get(section), Sequence) and not node.items:
            yield fault_at(node, section, "empty; at least one entry is expected")
    yield from _duplicates(root, "accounts", "id")
    yield from _duplicates(root, "accounts", "name")
    yield from _duplicates(root, "clusters", "name")
    yield from _duplicates(root, "channels", "id")
    yield from _names_that_are_ids(root)
    accounts = {text for e in _entries(root, "accounts") for text in _texts(e, "id", "name")}
    clusters = {text for e in _entries(root, "clusters") for text in _texts(e, "name")}
    for index, entry in enumerate(_entries(root, "clusters")):
        yield from _unknown(entry, "account", accounts, f"clusters[{index}]", "accounts")
        yield from _cluster_exclusions(entry, f"clusters[{index}]")
    for section in ("channels", "bindings"):
        for index, entry in enumerate(_entries(root, section)):
            yield from _unknown(entry, "cluster", clusters, f"{section}[{index}]", "clusters")
    for section, faults in _RULES.items():
        for index, entry in enumerate(_entries(root, section)):
            yield from _named(entry, "clusters", clusters, f"{section}[{index}]")
            yield from faults(entry, f"{section}[{index}]")
    for index, entry in enumerate(_entries(root, "readers")):
        yield from _named(entry, "accounts", accounts, f"readers[{index}]")
    for index, entry in enumerate(_entries(root, "accounts")):
        yield from _foreign_roles(entry, f"accounts[{index}]")
    yield from _proofs(root)
    yield from _double_bindings(root)
    yield from _hub(root)


def _entries(root: Mapping, section: str) -> list[Mapping]:
    node = root.get(section)
    if not isinstance(node, Sequence):
        return []
    # An entry that is no mapping keeps its index, with nothing in it.
    return [
        item if isinstance(item, Mapping) else Mapping(line=item.line, column=item.column)
        for item in node.items
    ]


def _texts(entry: Mapping, *keys: str) -> Iterator[str]:
    for key in keys:
        if (node := value_at(entry, key)) is not None:
            yield node.text


def _duplicates(root: Mapping, section: str, key: str) -> Iterator[Fault]:
    first: dict[str, Scalar] = {}
    for index, entry in enumerate(_entries(root, section)):
        if (node := value_at(entry, key)) is None:
            continue
        if (earlier := first.get(node.text)) is None:
            first[node.text] = node
        else:  # Perhaps the very same entry, by an alias of YAML.
            words = f"{node.text!r} is already used in line {earlier.line}; each must be unique"
            yield fault_at(node, f"{section}[{index}].{key}", words)


def _names_that_are_ids(root: Mapping) -> Iterator[Fault]:
    for index, entry in enumerate(_entries(root, "accounts")):
        name, own = value_at(entry, "name"), value_at(entry, "id")
        if (
            name is not None
            and re.fullmatch(r"\d{12}", name.text)
            and own
            and own.text != name.text
        ):
            words = f"{name.text!r} reads as the ID of another account; use a word"
            yield fault_at(name, f"accounts[{index}].name", words)


def _unknown(
    entry: Mapping, key: str, known: Collection[str], where: str, section: str
) -> Iterator[Fault]:
    node = value_at(entry, key)
    if node is not None and node.string and not _is_known(node.text, known, section):
        yield fault_at(node, f"{where}.{key}", _nothing_named(node.text, known, section))


def _is_known(name: str, known: Collection[str], section: str) -> bool:
    """Whether a name leads somewhere: into the file, or to a cluster as the inventory calls it."""
    return name in known or (section == "clusters" and _DISCOVERED.fullmatch(name) is not None)


def _nothing_named(name: str, known: Collection[str], section: str) -> str:
    near = get_close_matches(name[:100], list(known)[:2000], n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"add it under {section}:"
    return f"nothing named {name[:100]!r} under {section}:; {hint}"


def _cluster_exclusions(entry: Mapping, where: str) -> Iterator[Fault]:
    given = {
        key: node
        for key in ("ca", "ca_file", "endpoint", "kubeconfig", "context")
        if (node := value_at(entry, key)) is not None
    }
    if "ca" in given and "ca_file" in given:
        yield fault_at(given["ca_file"], f"{where}.ca_file", "give either ca or ca_file, not both")
    for key in ("kubeconfig", "context"):
        if "endpoint" in given and key in given:
            words = f"give either endpoint or {key}: both say where the API server is"
            yield fault_at(given[key], f"{where}.{key}", words)
            break


def _named(entry: Mapping, section: str, known: Collection[str], where: str) -> Iterator[Fault]:
    named = entry.get(section)
    if isinstance(named, Sequence):
        for index, node in enumerate(named.items):
            if (
                isinstance(node, Scalar)
                and node.string
                and not _is_known(node.text, known, section)
            ):
                words = _nothing_named(node.text, known, section)
                yield fault_at(node, f"{where}.{section}[{index}]", words)


def _foreign_roles(entry: Mapping, where: str) -> Iterator[Fault]:
    own = value_at(entry, "id")
    roles = {key: value_at(entry, key) for key in ("read_role", "fix_role", "proof_role")}
    for key, node in roles.items():
        arn = RoleArn.parse(node.text) if node is not None else None
        if node is not None and arn is not None and own is not None and arn.account != own.text:
            words = f"the role is in account {arn.account}, this entry is account {own.text}"
            yield fault_at(node, f"{where}.{key}", words)
    read, fix = roles["read_role"], roles["fix_role"]
    if read is not None and fix is not None and read.text == fix.text:
        words = "the same role as read_role; reading and fixing must be different identities"
        yield fault_at(fix, f"{where}.fix_role", words)
    prove = roles["proof_role"]
    for key, other in (("read_role", read), ("fix_role", fix)):
        if prove is not None and other is not None and prove.text == other.text:
            words = f"the same role as {key}; only a proof may make tokens of service accounts"
            yield fault_at(prove, f"{where}.proof_role", words)


def _proofs(root: Mapping) -> Iterator[Fault]:
    """Yield clusters whose proof nobody could make."""
    able = {
        text
        for e in _entries(root, "accounts")
        if value_at(e, "proof_role") is not None
        for text in _texts(e, "id", "name")
    }
    for index, entry in enumerate(_entries(root, "clusters")):
        where = f"clusters[{index}]"
        proof, pod = value_at(entry, "proof"), value_at(entry, "proof_pod")
        account = value_at(entry, "account")
        if _is_on(proof) and account is not None and account.text not in able:
            yield fault_at(
                proof, f"{where}.proof", "its account has no proof_role; name one, or turn this off"
            )
        if _is_on(pod) and not _is_on(proof):
            yield fault_at(
                pod, f"{where}.proof_pod", "given without proof: true, which it is a part of"
            )


def _is_on(node: Scalar | None) -> TypeGuard[Scalar]:
    return node is not None and node.text.lower() in ("true", "yes", "on")


def _hub(root: Mapping) -> Iterator[Fault]:
    external_id, hub = value_at(root, "hub_external_id"), value_at(root, "hub_role")
    if external_id is not None and hub is None:
        words = "given without hub_role, which it is for"
        yield fault_at(external_id, "hub_external_id", words)
    accounts = _entries(root, "accounts")
    if hub is not None and not any(True for a in accounts for _ in _texts(a, "read_role")):
        yield fault_at(hub, "hub_role", "no account has a read_role that could be assumed from it")


def _double_bindings(root: Mapping) -> Iterator[Fault]:
    first: dict[tuple[str, ...], Mapping] = {}
    for index, entry in enumerate(_entries(root, "bindings")):
        key = tuple(_texts(entry, *_BINDING))
        if len(key) == len(_BINDING) and (earlier := first.setdefault(key, entry)) is not entry:
            words = f"this service account already has a binding in line {earlier.line}"
            yield fault_at(entry, f"bindings[{index}]", words)
