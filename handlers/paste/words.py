"""What a person's own words say about the target: options, `namespace/name`, a cluster's or workload's name."""

from __future__ import annotations

import hashlib
import re
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn
from diagnostics.fleet import KINDS, Hints, WorkloadRef
from diagnostics.languages import Words, say
from diagnostics.recognize.symptom import Cause, Kind, Symptom

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST: Final = 4_000
"""Characters of a question that are read for options; an error may be longer."""

_OPTIONS: Final = {
    "--cluster": "cluster",
    "--namespace": "namespace",
    "-n": "namespace",
    "--service-account": "service_account",
    "--serviceaccount": "service_account",
    "--workload": "workload",
    "--role": "role_arn",
}
_NAME: Final = r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
_PAIR: Final = re.compile(rf"({_NAME})/({_NAME})")
_NAMED: Final = re.compile(_NAME)
_HYPHENATED: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_INCIDENT: Final = re.compile(
    r"(?:irsa )?(?:show |what was |status of )?(?:incident )?#?([0-9a-f]{8,20})"
)
_COMMON: Final = frozenset(
    ("web-identity", "service-account", "service-accounts", "trust-policy", "on-call", "look-up")
)


_COMMON_PAIRS: Final = frozenset(
    ("and/or", "either/or", "i/o", "n/a", "read/write", "tcp/ip", "w/o", "yes/no", "24/7")
)


class Misused(Exception):
    """What was typed can't be read; the words say how to write it."""

    def __init__(self, words: Words) -> None:
        """Keep the words as they were said, for whatever language they are read in."""
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question taken apart."""

    hints: Hints
    rest: str
    """What is left: an error, or free words."""
    workload: str | None = None
    """A name in free words that may be a workload's, of whatever kind."""

    @property
    def names_something(self) -> bool:
        """Whether the words alone say enough to look."""
        return self.workload is not None or self.hints != Hints()

    @property
    def names_target(self) -> bool:
        """Whether they name more than a place to look in."""
        hints = self.hints
        named = hints.service_account or hints.workload or hints.role_arn or self.workload
        return named is not None

    def symptom(self) -> Symptom | None:
        """The workload's name as a symptom, since only the cluster knows its kind."""
        if self.workload is None:
            return None
        digest = hashlib.sha256(repr((self.workload, self.hints)).encode()).hexdigest()[:40]
        return Symptom(
            kind=Kind.WEB_IDENTITY,
            cause=Cause.OTHER,
            excerpt="",
            fingerprint=f"named:{digest}",
            workload=self.workload,
        )


def named_incident(words: str) -> str | None:
    """The beginning of an incident's ID, where the words name one and nothing else: "incident 5f0c27ab".

    A message says the same in its blocks and in its text.
    """
    lines = {line.strip().lower().rstrip(".?!") for line in words.splitlines() if line.strip()}
    found = _INCIDENT.fullmatch(lines.pop()) if len(lines) == 1 else None
    return found[1] if found else None


def parse(text: str, *, clusters: Iterable[str]) -> Asked:
    """Read options (`--cluster prod-eu`), `namespace/service-account` and names out of a question.

    Raises:
        Misused: For an option without a value, or a value that can't be one.
    """
    known = frozenset(clusters)
    lines = text[:LONGEST].splitlines() or [""]
    asked = _options(lines[0], known)
    rest = "\n".join((asked.rest, *text.splitlines()[1:])).strip()
    return replace(asked, rest=rest)


def _options(line: str, clusters: frozenset[str]) -> Asked:
    found: dict[str, str] = {}
    rest: list[str] = []
    words = iter(_split(line))
    for word in words:
        name, equals, value = word.partition("=")
        field = _OPTIONS.get(name)
        if field is None:
            if name.startswith("--") and name != "--" and not rest:
                raise Misused(
                    say(
                        "I do not know the option {option}. I know {options}.",
                        option=name[:40],
                        options=_known(),
                    )
                )
            rest.append(word)
            continue
        given = value if equals else next(words, "")
        if not given or given.startswith("--"):
            raise Misused(
                say(
                    "{option} needs a value, such as {example}.",
                    option=name,
                    example=f"{name} {_EXAMPLES[field]}",
                )
            )
        found[field] = _checked(name, field, given)
    hints = Hints(
        cluster=found.get("cluster"),
        namespace=found.get("namespace"),
        service_account=found.get("service_account"),
        workload=_workload(found["workload"]) if "workload" in found else None,
        role_arn=found.get("role_arn"),
    )
    return _free(hints, rest, clusters)


def _free(hints: Hints, words: list[str], clusters: frozenset[str]) -> Asked:
    """Read names out of free words; only a short line is one, a long one is an error."""
    kept: list[str] = []
    workload: str | None = None
    few = len(words) <= 30  # noqa: PLR2004  a sentence, not a log line
    for word in words:
        bare = word.strip("`'\",?!():;.*_")
        pair = _PAIR.fullmatch(bare)
        if few and bare in clusters and hints.cluster is None:
            hints = replace(hints, cluster=bare)
        elif few and pair is not None and pair[1] in KINDS and hints.workload is None:
            hints = replace(hints, workload=WorkloadRef(kind=KINDS[pair[1]], name=pair[2]))
        elif few and pair and bare not in _COMMON_PAIRS and hints.service_account is None:
            namespace = hints.namespace or pair[1]
            hints = replace(hints, namespace=namespace, service_account=pair[2])
        elif few and _HYPHENATED.fullmatch(bare) and bare not in _COMMON and workload is None:
            workload = bare
            kept.append(word)
            continue
        else:
            kept.append(word)
            continue
    if hints.service_account is not None or hints.workload is not None:
        workload = None
    return Asked(hints=hints, rest=" ".join(kept), workload=workload)


_EXAMPLES: Final = {
    "cluster": "prod-eu",
    "namespace": "payments",
    "service_account": "api",
    "workload": "deployment/api",
    "role_arn": "arn:aws:iam::111122223333:role/api",
}


def _known() -> Words:
    return say("--cluster, --namespace, --service-account, --workload and --role")


def _checked(name: str, field: str, value: str) -> str:
    shown = value[:60]
    if field == "role_arn":
        if RoleArn.parse(value) is None:
            raise Misused(
                say(
                    "{value} is not the ARN of an IAM role, such as {example}.",
                    value=shown,
                    example=_EXAMPLES[field],
                )
            )
    elif field == "workload":
        _workload(value)
    elif field != "cluster" and _NAMED.fullmatch(value) is None:
        raise Misused(
            say(
                "{value} can't be the value of {option}; expected a name such as {example}.",
                value=shown,
                option=name,
                example=_EXAMPLES[field],
            )
        )
    return value


def _workload(value: str) -> WorkloadRef:
    kind, slash, name = value.partition("/")
    if not slash or kind.lower() not in KINDS or _NAMED.fullmatch(name) is None:
        raise Misused(
            say(
                "{value} is not a workload; write KIND/NAME, such as {example}.",
                value=value[:60],
                example=_EXAMPLES["workload"],
            )
        )
    return WorkloadRef(kind=KINDS[kind.lower()], name=name)


def _split(line: str) -> list[str]:
    if "--" not in line and " -n " not in line:
        return line.split(" ")
    try:
        return shlex.split(line, posix=True)
    except ValueError:  # an unbalanced quote: most likely an error text
        return line.split()
