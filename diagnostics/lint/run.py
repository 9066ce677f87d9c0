"""Lint all sources together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.document.hcl_tree import read_hcl
from diagnostics.document.json_tree import read_json
from diagnostics.document.tree import (
    HOLE,
    Mapping,
    Node,
    TreeError,
    at,
    items_at,
    text_at,
)
from diagnostics.document.yaml_tree import read_yaml
from diagnostics.lint.across import TOGETHER, across
from diagnostics.lint.cloudformation import cloudformation
from diagnostics.lint.eksctl import eksctl
from diagnostics.lint.helm_values import helm_values
from diagnostics.lint.kubernetes import kubernetes
from diagnostics.lint.kustomize import is_json_patch, is_kustomization, json_patch, kustomization
from diagnostics.lint.placeholders import FILLED_LATER, placeholders
from diagnostics.lint.plan import plan
from diagnostics.lint.policy_source import policy_of
from diagnostics.lint.role_meant import roles_meant
from diagnostics.lint.sources import Sources
from diagnostics.lint.suppress import IgnoreRule, Suppression, applied, suppressions
from diagnostics.lint.terraform import terraform
from diagnostics.lint.terraform_json import read_terraform_json
from diagnostics.lint.trust import lint_policy
from diagnostics.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diagnostics.lint.finding import SourceFinding

MOST_CHARACTERS: Final = 8_000_000
"""Of one file; a plan of thousands of resources is smaller."""
_TERRAFORM: Final = (".tf", ".tofu", ".hcl")
_TERRAFORM_JSON: Final = (".tf.json", ".tofu.json")
_HELM: Final = re.compile(
    r"\{\{-?[ \t]*(?:\.|\$|if|include|with|range|toYaml|template|define|-|/\*)"
)


_TEMPLATE: Final = re.compile(
    r"\{%[-+]?[ \t]|<%[=#-]?[ \t]|%\{~?[ \t]*(?:if|for|else|end)|[:\[,][ \t]*\$\{"
)
"""Signs of Jinja, ERB and Terraform's templates in what is no YAML or JSON."""
_TEMPLATE_FILE: Final = re.compile(
    r'templatefile\([ \t\n]{0,40}"(?:[^"\n]{0,300}/)?([\w.-]{1,100})"'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file, or what stood on standard input."""

    name: str
    text: str
    asked: bool = False
    """Whether a person named it, so that a silent miss would mislead."""
    listed: bool = False
    """Whether it was named, as a hook names the files of a commit, so that others of its folder may be missing."""
    left_out: str | None = None
    """Why there is no text, where there is none: `it is over 16 MiB`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """All findings, in the order of files and lines."""

    findings: tuple[SourceFinding, ...]
    files: int
    """Files that hold something to check."""
    notes: tuple[str, ...] = ()
    """What was left out and why, a sentence each."""

    @property
    def open(self) -> tuple[SourceFinding, ...]:
        """Findings that nobody ignores."""
        return tuple(f for f in self.findings if f.suppressed is None)

    @property
    def causes(self) -> int:
        """Open findings that make calls fail."""
        return sum(1 for f in self.open if f.weight is Severity.CAUSE)


def lint(sources: Iterable[Source], ignore: Sequence[IgnoreRule] = ()) -> LintReport:
    """Read every source, judge each by itself and all together.

    Args:
        sources: Read one after the other; only what matters of each is kept.
        ignore: Rules of an ignore file.
    """
    out = Sources()
    comments: list[Suppression] = []
    notes: list[str] = []
    files = 0
    seen: dict[str, bool] = {}
    for source in sources:
        seen[source.name] = source.listed
        read = _read(source, out, notes)
        files += read
        if read:
            found, faults = suppressions(source.name, source.text)
            comments.extend(found)
            out.findings.extend(faults)
    terraform(out)
    findings = [*out.findings, *roles_meant(out, notes)]
    for policy in out.policies:
        if not policy.generated:
            findings.extend(lint_policy(policy))
    findings.extend(across(out))
    done = applied(findings, [*comments, *ignore], lambda rule: _judged(rule, seen))
    done.sort(key=lambda f: (f.spot.file, f.spot.line, f.spot.column, f.code))
    return LintReport(
        findings=tuple(dict.fromkeys(done)), files=files, notes=tuple(dict.fromkeys(notes))
    )


def _judged(rule: Suppression | IgnoreRule, seen: dict[str, bool]) -> bool:
    """Whether what a rule ignores would have been found: its file was read, and with all that it takes.

    Args:
        rule: One that matched nothing.
        seen: The files that were read, and whether each was only named.
    """
    if isinstance(rule, IgnoreRule):
        files = [listed for name, listed in seen.items() if rule.is_about(name)]
    else:
        files = [seen.get(rule.spot.file, False)]
    return bool(files) and not (rule.codes & TOGETHER and any(files))


def _read(source: Source, out: Sources, notes: list[str]) -> bool:  # noqa: PLR0911  one kind of text each
    """Read one source; whether it holds anything to check."""
    left_out = source.left_out
    if len(source.text) > MOST_CHARACTERS:
        left_out = f"it has more than {MOST_CHARACTERS:,} characters"
    if left_out is not None:
        notes.append(f"{source.name}: left out, because {left_out}")
        return False
    text = source.text.removeprefix("\ufeff").replace(HOLE, "\ufffd")
    before = len(out.findings)
    try:
        if source.name.endswith((*_TERRAFORM, *_TERRAFORM_JSON)):
            out.templates.update(_TEMPLATE_FILE.findall(text))
            folder = source.name.replace("\\", "/").rpartition("/")[0]
            read = read_terraform_json if source.name.endswith(_TERRAFORM_JSON) else read_hcl
            out.terraform.setdefault(folder, []).append((source.name, read(text)))
            return True
        if text.lstrip()[:1] in ("{", "["):
            return _document(_json_or_yaml(text), source, out, notes)
        return _yaml(text, source, out, notes)
    except TreeError as error:
        template = _template(source.name, text)
        if template is not None:
            notes.append(template)
            return False
        if source.asked or _relevant(text):
            out.unreadable(source.name, error)
            return True
        return len(out.findings) > before


def _template(file: str, text: str) -> str | None:
    """The note on what can't be read because it is a template; None where it is none."""
    if file.endswith(_TERRAFORM):
        return None
    if _HELM.search(text[:200_000]):
        tool = "render it first: helm template . | irsa lint -"
    elif _TEMPLATE.search(text[:200_000]):
        tool = "lint what your tool makes of it"
    else:
        return None
    return f"{file}: left out, because it is a template; {tool}"


def _json_or_yaml(text: str) -> Node:
    try:
        return read_json(text)
    except TreeError:
        first = next(iter(read_yaml(text)), None)
        if first is None:
            raise
        return first


def _yaml(text: str, source: Source, out: Sources, notes: list[str]) -> bool:
    any_read = False
    for node in read_yaml(text):
        any_read = _document(node, source, out, notes, say=False) or any_read
    if not any_read and source.asked:
        notes.append(f"{source.name}: nothing in it that is checked here")
    return any_read


def _document(  # noqa: C901  one kind of document each
    node: Node, source: Source, out: Sources, notes: list[str], *, say: bool = True
) -> bool:
    """Tell what a document is by what stands in it, and read it so."""
    file = source.name
    kind = text_at(node, "kind")
    version = text_at(node, "apiVersion") or ""
    policy = _policy(node)
    if policy is not None:
        role = text_at(node, "Role", "RoleName")
        if placeholders(policy):
            notes.append(FILLED_LATER.format(file=file))
        found = policy_of(policy, file, role or "trust policy", role=role)
        found.arn = text_at(node, "Role", "Arn")
        out.policies.append(found)
    elif isinstance(node, Mapping) and version.startswith("eksctl.io/"):
        eksctl(node, file, out)
    elif isinstance(node, Mapping) and is_kustomization(node, file):
        kustomization(node, file, out)
    elif is_json_patch(node):
        json_patch(node, file, out)
    elif isinstance(node, Mapping) and version and kind:
        kubernetes(node, file, out)
    elif isinstance(node, Mapping) and helm_values(node, file, out):
        pass
    elif isinstance(node, Mapping) and _is_template(node):
        cloudformation(node, file, out)
    elif isinstance(node, Mapping) and at(node, "format_version") is not None:
        plan(node, file, out)
    else:
        if source.asked and say:
            notes.append(f"{file}: nothing in it that is checked here")
        return False
    return True


def _policy(node: Node) -> Node | None:
    """The trust policy that a document is, or that `aws iam get-role` shows."""
    inner = at(node, "Role", "AssumeRolePolicyDocument")
    if isinstance(inner, Mapping):
        return inner
    for statement in items_at(node, "Statement"):
        if not _of_a_role(statement):
            continue
        if at(statement, "Principal") is not None or at(statement, "NotPrincipal") is not None:
            actions = items_at(statement, "Action") or items_at(statement, "NotAction")
            texts = [getattr(a, "text", "").lower() for a in actions]
            if not texts or any(t.startswith("sts:") or t == "*" for t in texts):
                return node
    return None


def _of_a_role(statement: Node) -> bool:
    """Whether a statement may be one of a trust policy: endpoint, key and resource control policies name a resource."""
    resource = at(statement, "Resource") or at(statement, "NotResource")
    return resource is None or at(statement, "Principal", "Federated") is not None


def _is_template(node: Mapping) -> bool:
    resources = at(node, "Resources")
    return at(node, "AWSTemplateFormatVersion") is not None or (
        isinstance(resources, Mapping)
        and any((text_at(r, "Type") or "").startswith("AWS::") for _, r in resources.pairs[:50])
    )


def _relevant(text: str) -> bool:
    """Whether a text that can't be read probably holds something that is checked here."""
    return any(
        sign in text
        for sign in (
            "eks.amazonaws.com/",
            "AssumeRoleWithWebIdentity",
            "AWS::IAM::Role",
            "AssumeRolePolicyDocument",
            "eksctl.io/",
        )
    )
