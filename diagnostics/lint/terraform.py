"""Terraform files: roles, policy documents, service accounts, providers, and the common modules for IRSA.

A folder is read as one, so that `local.x` and `data.aws_iam_policy_document.y.json` are followed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from diagnostics.document.json_tree import embedded
from diagnostics.document.tree import HOLE, Mapping, Node, Scalar, Sequence, TreeError
from diagnostics.evidence import ROLE_ARN
from diagnostics.lint.annotations import keep_account
from diagnostics.lint.policy_document import document_of
from diagnostics.lint.policy_source import path_of, policy_of
from diagnostics.lint.provider import provider_findings
from diagnostics.lint.terraform_modules import module_policy
from diagnostics.lint.terraform_objects import terraform_objects

if TYPE_CHECKING:
    from diagnostics.document.hcl_tree import Block
    from diagnostics.lint.sources import Sources

_LOCAL: Final = re.compile(r"local\.([\w-]{1,200})")
_DOCUMENT: Final = re.compile(
    r"data\.aws_iam_policy_document\.([\w-]{1,200})(?:\[[^\]]{1,100}\])?\.(?:json|minified_json)"
)
_ROLE: Final = re.compile(r"((?:aws_iam_role|module)\.[\w-]{1,200})(?:\[[^\]]{1,100}\])?\.\w{1,60}")
_DEEPEST: Final = 8


@dataclass(slots=True, kw_only=True)
class Folder:
    """The files that Terraform reads as one."""

    files: list[tuple[str, Block]]
    local: dict[str, Node] = field(default_factory=dict)
    documents: dict[str, tuple[str, Block]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index what others refer to."""
        for file, root in self.files:
            for block in root.blocks:
                if block.kind == "locals":
                    self.local.update(block.attributes)
                elif block.kind == "data" and block.labels[:1] == ("aws_iam_policy_document",):
                    self.documents[block.labels[-1]] = (file, block)

    def known(self, node: Node, depth: int = 0) -> Node:
        """The tree with every local value put in that is written out somewhere."""
        if depth > _DEEPEST * 4:
            return node
        if isinstance(node, Scalar):
            return self._scalar(node, depth) if node.holes else node
        if isinstance(node, Sequence):
            return Sequence(
                line=node.line,
                column=node.column,
                items=[self.known(item, depth + 1) for item in node.items],
            )
        pairs = []
        for key, value in node.pairs:
            named = self.known(key, depth + 1)
            pairs.append(
                (named if isinstance(named, Scalar) else key, self.known(value, depth + 1))
            )
        return Mapping(line=node.line, column=node.column, pairs=pairs)

    def _scalar(self, node: Scalar, depth: int) -> Node:
        if node.unknown:
            match = _LOCAL.fullmatch(node.holes[0])
            found = self.local.get(match[1]) if match else None
            if found is None or depth > _DEEPEST:
                return node
            return _moved(self.known(found, depth + _DEEPEST // 4), node)
        parts = node.text.split(HOLE)
        text = parts[0]
        holes: list[str] = []
        for hole, part in zip(node.holes, parts[1:], strict=False):
            match = _LOCAL.fullmatch(hole)
            found = self.local.get(match[1]) if match and depth <= _DEEPEST else None
            value = self.known(found, depth + 2) if found is not None else None
            if isinstance(value, Scalar) and len(value.text) + len(text) < 20_000:  # noqa: PLR2004  bounded
                text += value.text + part
                holes.extend(value.holes)
            else:
                text += HOLE + part
                holes.append(hole)
        return Scalar(
            line=node.line,
            column=node.column,
            text=text,
            holes=tuple(holes),
            inside=node.inside,
            widths=node.widths if len(holes) == len(node.holes) else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owner:
    """The role that a policy document is for."""

    name: str | None
    address: str
    path: str | None


def _moved(value: Node, place: Scalar) -> Node:
    """A value shown where it is used; what is written elsewhere keeps its own place."""
    if isinstance(value, Scalar):
        return Scalar(
            line=place.line,
            column=place.column,
            text=value.text,
            string=value.string,
            holes=value.holes,
        )
    return value


def terraform(out: Sources) -> None:
    """Read all folders."""
    for files in out.terraform.values():
        folder = Folder(files=files)
        owners: dict[str, _Owner] = {}
        for file, root in files:
            for block in root.blocks:
                _block(block, file, folder, owners, out)
        for name, (file, block) in folder.documents.items():
            owner = owners.get(name)
            policy = document_of(block, file, folder.known, of_a_role=owner is not None)
            if policy is not None:
                if owner is not None:
                    policy.role, policy.address, policy.path = owner.name, owner.address, owner.path
                out.policies.append(policy)


def _block(
    block: Block,
    file: str,
    folder: Folder,
    owners: dict[str, _Owner],
    out: Sources,
) -> None:
    if block.kind == "module":
        policy = module_policy(block, file, folder.known)
        if policy is not None:
            out.policies.append(policy)
        return
    kind = block.labels[0] if block.kind == "resource" and block.labels else ""
    if block.kind == "resource":
        terraform_objects(block, file, folder.known, out)
    if kind == "aws_iam_role":
        _role(block, file, folder, owners, out)
    elif kind in ("kubernetes_service_account", "kubernetes_service_account_v1"):
        for meta in block.named("metadata"):
            _account(meta, block.address, file, folder, out)
    elif kind == "aws_iam_openid_connect_provider":
        url, ids = block.attributes.get("url"), block.attributes.get("client_id_list")
        place = Scalar(line=block.line, column=block.column, text="")
        out.findings.extend(
            provider_findings(
                file,
                block.address,
                url=folder.known(url) if url is not None else None,
                client_ids=folder.known(ids) if ids is not None else None,
                place=place,
            )
        )


def _role(
    block: Block,
    file: str,
    folder: Folder,
    owners: dict[str, _Owner],
    out: Sources,
) -> None:
    written = block.attributes.get("assume_role_policy")
    if written is None:
        return
    name = block.attributes.get("name")
    known = folder.known(name) if name is not None else None
    role = known.text if isinstance(known, Scalar) and HOLE not in known.text else None
    path = block.attributes.get("path")
    owner = _Owner(
        name=role,
        address=block.address,
        path=path_of(folder.known(path) if path is not None else None),
    )
    value = folder.known(written)
    if isinstance(value, Scalar) and value.unknown:
        match = _DOCUMENT.fullmatch(value.holes[0]) if value.holes else None
        if match:
            owners[match[1]] = owner
        return
    try:
        tree = embedded(value) if isinstance(value, Scalar) else value
        policy = policy_of(tree, file, block.address, role=role, address=block.address)
    except TreeError as error:
        out.unreadable(file, error, block.address)
        return
    policy.path = owner.path
    out.policies.append(policy)


def _account(meta: Block, address: str, file: str, folder: Folder, out: Sources) -> None:
    written = meta.attributes.get("annotations")
    annotations = folder.known(written) if written is not None else None
    if not isinstance(annotations, Mapping):
        return
    role, defined = annotations.get(ROLE_ARN), None
    if isinstance(role, Scalar) and role.unknown and role.holes:
        defined = _ROLE.fullmatch(role.holes[0])
    keep_account(
        out,
        file=file,
        annotations=annotations,
        namespace=_text(meta.attributes.get("namespace"), folder),
        name=_text(meta.attributes.get("name"), folder),
        object_=address,
        reference=defined[1] if defined else None,
        terraform=True,
    )


def _text(node: Node | None, folder: Folder) -> str | None:
    value = folder.known(node) if node is not None else None
    return value.text if isinstance(value, Scalar) and HOLE not in value.text else None
