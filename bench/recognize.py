"""Times the gate, the recogniser and the search for secrets on chat, pastes and hostile texts.

Run: `python -m bench.recognize`. Prints the best of nine runs in processor time.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from diagnostics.recognize import find_secrets, recognize, worth_reading

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 40_000
"""Characters of one Slack message, at most."""

CHAT = "hey team, lunch at 12? the deploy went fine, posting the numbers later"
PASTE = (
    "E1124 09:15:02.118822       1 reconcile.go:88] error syncing: WebIdentityErr: failed to retrieve credentials\n"
    "caused by: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity\n"
    "\tstatus code: 403, request id: 0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a\n"
)
DENIED = "Not authorized to perform sts:AssumeRoleWithWebIdentity "

# What is repeated after what starts the text; each aims at one expression or loop.
ADVERSARIAL: dict[str, tuple[str, str]] = {
    "one letter": ("", "a"),
    "blanks": ("sts ", " "),
    "blanks and a bar": ("sts | ", " "),
    "line feeds": ("sts ", "\n"),
    "backslashes": ("sts ", "\\"),
    "escaped line feeds": ("sts ", "\\n"),
    "escaped characters": ("sts ", "\\u00e9"),
    "entities": ("sts ", "&amp;lt;"),
    "open tags": ("sts ", "<span "),
    "open links": ("sts ", "<http://"),
    "quote marks": ("sts ", "> "),
    "frames": ("sts ", "│"),
    "frames and letters": ("sts ", "││a"),
    "colours": ("sts ", "\x1b["),
    "smart quotes": ("", "“web identity” "),
    "equal lines": (" web identity\n", "x" * 79 + "\n"),
    "the real thing": ("", PASTE),
    "the real message": ("", DENIED),
    "mentions": ("", "web identity "),
    "mentions, broken": ("", "w e b i d e n t i t y "),
    "wrappers": ("", "WebIdentityErr: "),
    "token paths": ("", "eks.amazonaws.com/serviceaccount/token "),
    "entries": ("", "E0813 13:51:33 web identity\n"),
    "STS hosts": ("web identity ", "sts.amazonaws.com "),
    "free words": ("", "failed to assume web "),
    "codes": ("WebIdentityErr: ", "xException"),
    "code openings": ("WebIdentityErr: ", "An error occurred ("),
    "ARN openings": (DENIED, "arn:aws:iam::"),
    "roles": (DENIED, "arn:aws:iam::111122223333:role/a"),
    "assumed roles": (DENIED, "assumed-role/"),
    "node roles": ("web identity ", "assumed-role/ /i-"),
    "issuers": (DENIED, "oidc.aaaaaaaaaaaaaa"),
    "subjects": (DENIED, "system:serviceaccount:"),
    "namespaces": (DENIED, "namespace="),
    "pods": (DENIED, "a-0123456789-"),
    "request IDs": (DENIED, "request id: "),
    "times": (DENIED, "2026-01-01T"),
    "JWT openings": ("", "eyJ"),
    "JWT headers": ("", "eyJhbGciOi."),
    "key openings": ("", "AKIA"),
    "secret labels": ("", "secret_access_key="),
    "cookies": ("sts ", "cookie: "),
    "bearers": ("sts ", "bearer "),
    "private keys": ("sts ", "-----BEGIN PRIVATE KEY-----"),
    "URLs with passwords": ("sts ", "://a:b"),
    "JSON openings": ("sts ", '{"'),
    "CloudTrail": ("", '"eventName":"AssumeRoleWithWebIdentity" '),
    "encoded ARNs": (DENIED, "arn%3Aaws%3Aiam%3A%3A"),
    "pods by path": (DENIED, "pods/a"),
    "accounts in brackets": (DENIED, "service account a (namespace: "),
    "calls that ended": ("web identity ", "AssumeRoleWithWebIdentity call returned "),
    "verbs of reading": ("web identity ", "exchanging the web identity token: "),
    "performed requests": ("web identity ", "Error performing POST "),
    "words about words": (
        "",
        '"Not authorized to perform sts:AssumeRoleWithWebIdentity" what does this ',
    ),
    "articles": ("", "article about InvalidIdentityToken: "),
    "clusters": (DENIED, "cluster=arn:aws:eks:eu-west-1:111122223333:cluster/"),
    "lone surrogates": ("sts ", "\ud800"),
}


def fill(pattern: tuple[str, str] | str, size: int) -> str:
    """Repeat a pattern up to a size."""
    start, unit = ("", pattern) if isinstance(pattern, str) else pattern
    return (start + unit * (size // len(unit) + 1))[:size]


def milliseconds(call: Callable[[str], object], text: str, *, times: int = 1) -> float:
    """The best of nine, per call."""
    best = float("inf")
    for _ in range(9):
        started = time.process_time()
        for _ in range(times):
            call(text)
        best = min(best, (time.process_time() - started) / times)
    return best * 1000


def main() -> None:
    print(f"gate, chat:     {milliseconds(worth_reading, CHAT, times=2000) * 1000:8.1f} µs")
    print(f"gate, paste:    {milliseconds(worth_reading, PASTE, times=2000) * 1000:8.1f} µs")
    print(f"paste:          {milliseconds(recognize, PASTE, times=100) * 1000:8.1f} µs")
    print(f"secrets, paste: {milliseconds(find_secrets, PASTE, times=200) * 1000:8.1f} µs")
    rows = [
        (milliseconds(recognize, text), milliseconds(find_secrets, text), name)
        for name, pattern in ADVERSARIAL.items()
        for text in (fill(pattern, SIZE),)
    ]
    print(f"{SIZE} hostile characters, worst first:   recognise  secrets")
    for recognise, secrets, name in sorted(rows, reverse=True)[:12]:
        print(f"  {name:36} {recognise:8.2f} ms {secrets:6.2f} ms")
    worst = max(max(r, s) for r, s, _ in rows)
    print(f"worst: {worst:.2f} ms ({'within' if worst <= 5 else 'over'} 5 ms)")
    log = fill(PASTE, 1_048_576)
    print(f"1 MiB of failures: {milliseconds(recognize, log):.1f} ms")


if __name__ == "__main__":
    main()
