"""Ready texts of a finding, each with where it is run; what can be taken instead of another says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.languages import Words
    from diagnostics.result import Finding

_TOOLS: Final = ("kubectl ", "aws ", "eksctl ")


def introduced(finding: Finding, cluster: str) -> Iterator[tuple[Words, str]]:
    """Each command after words such as `Run on cluster prod-eu`.

    Args:
        finding: Its commands are alternatives, but for those that its buttons make too.
        cluster: The fleet's name of the cluster, since nobody's kubectl need point there.
    """
    pressed = {fix.command for fix in finding.fixes}
    for number, command in enumerate(finding.commands):
        lead = _lead(command, finding, cluster)
        instead = number > 0 and command not in pressed
        yield say("Or {clause}", clause=lead) if instead else lead, command


def _lead(command: str, finding: Finding, cluster: str) -> Words:
    if command.startswith("kubectl "):
        return say("Run on cluster {cluster}", cluster=cluster)
    word, _, account = finding.place.where.partition(" ")
    if command.startswith("aws ") and word == "account":
        return say("Run in account {account}", account=account)
    return say("Run") if command.startswith(_TOOLS) else say("Write")
