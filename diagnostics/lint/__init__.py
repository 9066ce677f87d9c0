"""Read the source of bindings before they are applied: manifests, trust policies, Terraform, CloudFormation, eksctl.

Pure: texts go in, findings with file, line and column come out.
"""

from __future__ import annotations

from diagnostics.lint.finding import SourceFinding, Spot
from diagnostics.lint.run import LintReport, Source, lint
from diagnostics.lint.suppress import IgnoreRule, read_ignore_file

__all__ = [
    "IgnoreRule",
    "LintReport",
    "Source",
    "SourceFinding",
    "Spot",
    "lint",
    "read_ignore_file",
]
