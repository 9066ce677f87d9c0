"""What an `irsa trust` command is asked: one case from options and a file, or many from lines of JSON."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import IO, Annotated, Any, NoReturn
from urllib.parse import unquote

import typer

from bot.given_file import encoding_of, open_given, read_given
from bot.streams import typed_input
from diagnostics.arn import RoleArn, provider_arn
from diagnostics.iam import PolicyError, Problem, TrustPolicy, WebIdentityRequest, parse
from diagnostics.iam.json_text import MAX_CHARACTERS, write
from diagnostics.iam.ndjson import answer, refusal_row
from diagnostics.iam.provider_form import fault_of
from diagnostics.text.visible import visible

_COLONS = 5
"""Of an ARN; its last part may hold more."""


class Exit(IntEnum):
    """What the exit status says."""

    ALLOWED = 0
    """Allowed; for `repair`, corrected or right as it is."""
    DENIED = 1
    """Denied; for `repair`, a person must decide first."""
    BAD_INPUT = 2
    """Bad usage, or a policy that can't be read or that IAM refuses to save."""
    UNDECIDED = 3


PolicyFile = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="The policy, or the answer of `aws iam get-role`; with --ndjson one case a line. "
        "- reads standard input.",
    ),
]
Provider = Annotated[
    str | None,
    typer.Option(metavar="ARN|URL", help="ARN of the IAM OIDC provider, or the issuer's URL."),
]
Sub = Annotated[
    str | None,
    typer.Option(metavar="SUBJECT", help="Subject: system:serviceaccount:<namespace>:<name>."),
]
Aud = Annotated[
    list[str] | None,
    typer.Option(metavar="AUDIENCE", help="Audience; sts.amazonaws.com by default."),
]
Role = Annotated[str | None, typer.Option(metavar="ARN", help="ARN of the role.")]
Session = Annotated[str | None, typer.Option(metavar="NAME", help="Role session name of the call.")]
Context = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE", help="Further condition key, as in aws:SourceIp=203.0.113.9."
    ),
]
Open = Annotated[
    bool,
    typer.Option(
        "--open-context",
        help="Treat what only STS knows (source IP, VPC, time …) as unknown, not as absent.",
    ),
]
Ndjson = Annotated[bool, typer.Option("--ndjson", help="Many cases, one JSON object a line.")]


@dataclass(frozen=True, slots=True)
class Case:
    """One policy, and the call to decide."""

    policy: TrustPolicy
    request: WebIdentityRequest
    name: str
    """Of the file, for messages."""


def about_a_case(
    name: str,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options that say what to decide, before its own, and hand it the case that they make.

    With `--ndjson` the lines are answered as the command of this name answers them, and it is not called itself.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        def asked(
            policy: PolicyFile = "-",
            *,
            provider: Provider = None,
            sub: Sub = None,
            aud: Aud = None,
            role: Role = None,
            session_name: Session = None,
            context: Context = None,
            open_context: Open = False,
            ndjson: Ndjson = False,
            **own: Any,
        ) -> None:
            if ndjson:
                _answer_lines(policy, name, open_context=open_context)
                return
            file = "stdin" if policy == "-" else policy
            text, found_role, tags = _unwrapped(_read(policy))
            # The tags are of the role in the file, whatever other role is asked about.
            tags = tags if role in (None, found_role) else None
            role = role or found_role
            issuer, subject = _required(provider, sub)
            parsed = _parsed(text, file, as_json=bool(own.get("as_json")))
            arn = _provider(issuer, role)
            request = WebIdentityRequest(
                role_arn=role or _any_role(arn),
                provider_arn=arn,
                claims={
                    "iss": "https://" + arn.partition(":oidc-provider/")[2],
                    "sub": subject,
                    "aud": aud or ["sts.amazonaws.com"],
                },
                session_name=session_name,
                context=_context(context or []),
                role_tags=tags,
                open_context=open_context,
            )
            command(Case(parsed, request, file), **own)

        asked.__doc__ = command.__doc__
        asked.__signature__ = _joined(asked, command)  # type: ignore[attr-defined]  # typer goes by it
        return asked

    return decorate


def show_problems(problems: Sequence[Problem], name: str) -> None:
    """Print what is wrong with a policy, with its place."""
    for problem in problems:
        kind = "error" if problem.certain else "note"
        typer.echo(f"{kind}[{problem.code}]: {problem.words}")
        typer.echo(
            f"  --> {name}:{problem.line}:{problem.column} {problem.pointer or '(document)'}"
        )


def _joined(shared: Callable[..., None], command: Callable[..., None]) -> inspect.Signature:
    """The options of both; those that a command takes without naming them are the other's."""
    first = inspect.signature(shared, eval_str=True)
    options = [p for p in first.parameters.values() if p.kind is not p.VAR_KEYWORD]
    _, *own = inspect.signature(command, eval_str=True).parameters.values()
    return first.replace(parameters=[*options, *own])


def _fail(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(Exit.BAD_INPUT)


def _read(path: str) -> str:
    try:
        if path == "-":
            typed_input()
            return sys.stdin.read(MAX_CHARACTERS + 1).removeprefix("\ufeff")
        raw = read_given(Path(path), most=4 * MAX_CHARACTERS)
        return raw.decode(encoding_of(raw))[: MAX_CHARACTERS + 1]
    except OSError as error:
        _fail(f"{path}: {error.strerror or error}")
    except UnicodeDecodeError as error:
        _fail(f"{path}: is no text in UTF-8 or UTF-16 at byte {error.start}")


def _unwrapped(text: str) -> tuple[str, str | None, dict[str, str] | None]:
    """The policy, role ARN and tags in the answer of `aws iam get-role`; any other text as it is, without the two."""
    if text.lstrip()[:3].upper() == "%7B":
        return unquote(text), None, None
    if '"AssumeRolePolicyDocument"' not in text:
        return text, None, None
    try:
        outer = json.loads(text)
    except (ValueError, RecursionError):
        return text, None, None
    role = outer.get("Role", outer) if isinstance(outer, dict) else None
    if not isinstance(role, dict) or "AssumeRolePolicyDocument" not in role:
        return text, None, None
    document = role["AssumeRolePolicyDocument"]
    arn = role.get("Arn")
    inner = unquote(document) if isinstance(document, str) else write(document)
    # get-role leaves out tags where there are none; a role of list-roles never has them.
    tags = _tags(role.get("Tags", [] if "Role" in outer else None))
    return inner, arn if isinstance(arn, str) else None, tags


def _tags(listed: object) -> dict[str, str] | None:
    """Tags as IAM lists them; None where they are not known."""
    if not isinstance(listed, list):
        return None
    pairs = [(one.get("Key"), one.get("Value")) for one in listed if isinstance(one, dict)]
    return {k: v for k, v in pairs if isinstance(k, str) and isinstance(v, str)}


def _required(provider: str | None, sub: str | None) -> tuple[str, str]:
    if provider is None or sub is None:
        missing = [o for o, v in (("--provider", provider), ("--sub", sub)) if v is None]
        _fail(
            f"{' and '.join(missing)} missing: say whose call to decide, as in --provider "
            "arn:aws:iam::111122223333:oidc-provider/ISSUER --sub system:serviceaccount:NAMESPACE:NAME"
        )
    return provider, sub


def _parsed(text: str, name: str, *, as_json: bool) -> TrustPolicy:
    try:
        return parse(text)
    except PolicyError as error:
        if as_json:
            typer.echo(json.dumps(refusal_row(error), indent=2))
            raise typer.Exit(Exit.BAD_INPUT) from None
        show_problems(error.problems, name)
        _fail(f"{name}: this is no trust policy that IAM would save.")


def _any_role(provider: str) -> str:
    """A role of the provider's account, where none is named: no part of a decision depends on which."""
    _, partition, _, _, account, _ = provider.split(":", 5)
    return f"arn:{partition}:iam::{account}:role/ROLE"


def _provider(text: str, role: str | None) -> str:
    if role is not None and RoleArn.parse(role) is None:
        _fail(f"--role {visible(role[:200])}: must be the ARN of a role")
    if text.startswith("arn:") and ":oidc-provider/" in text and text.count(":") >= _COLONS:
        if (fault := fault_of(text)) is not None:
            _fail(f"--provider {visible(text[:200])}: no provider has such an ARN: {fault}")
        return text
    owner = RoleArn.parse(role) if role else None
    if not text.startswith("https://") or owner is None:
        _fail(
            f"--provider {visible(text[:200])}: must be an OIDC provider's ARN, or the issuer's https URL "
            "together with --role"
        )
    return provider_arn(partition=owner.partition, account=owner.account, issuer=text)


def _context(pairs: list[str]) -> dict[str, str | list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            _fail(
                f"--context {visible(pair[:200])}: must be KEY=VALUE, as in aws:SourceIp=203.0.113.9"
            )
        found.setdefault(key, []).append(value)
    return {key: values[0] if len(values) == 1 else values for key, values in found.items()}


def _lines(stream: IO[str]) -> Iterator[str]:
    """Lines of bounded length; a longer one is cut (and so refused) and its rest skipped."""
    while line := stream.readline(MAX_CHARACTERS + 1):
        if not line.endswith("\n") and len(line) > MAX_CHARACTERS:
            while (rest := stream.readline(MAX_CHARACTERS)) and not rest.endswith("\n"):
                pass
        if line.strip():
            yield line


def _answer_lines(path: str, command: str, *, open_context: bool) -> None:
    with _cases(path) as stream:
        for line in _lines(stream):
            sys.stdout.write(answer(line, command, open_context=open_context) + "\n")
    sys.stdout.flush()


@contextmanager
def _cases(path: str) -> Iterator[IO[str]]:
    """The lines of a file, or of standard input, which stays open."""
    if path == "-":
        typed_input()
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
        yield sys.stdin
        return
    try:
        stream = open_given(Path(path))
    except OSError as error:
        _fail(f"{path}: {error.strerror or error}")
    with stream:
        yield stream
