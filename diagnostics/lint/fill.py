"""Holes of a trust policy filled so that the rest of it can be judged.

What only the tool knows counts as right: an unknown issuer is the statement's own, an unknown value fits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diagnostics.document.tree import HOLE
from diagnostics.iam.json_text import Json, escape
from diagnostics.iam.keys import ISSUER_CLAIMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from diagnostics.lint.policy_source import PolicySource

ACCOUNT: Final = "111122223333"
ISSUER: Final = "oidc.eks.us-east-1.amazonaws.com/id/0000000000000000000000000000HOLE"
"""Stands for an issuer that only the tool knows."""
FILLED: Final = "filled-in"
"""Stands for a part of a value that only the tool knows."""
_ANYTHING: Final[Json] = {
    "Effect": "Deny",
    "Principal": {"AWS": ACCOUNT},
    "Action": "sts:AssumeRole",
}
"""Stands for a statement that only the tool knows; lets nobody in and keeps out no web identity."""
_ISSUER_URL: Final = re.compile(
    r"(?:\.oidc\[0\]\.issuer|\.oidc\.0\.issuer|cluster_oidc_issuer_url|OpenIdConnectIssuerUrl)\]?$"
)
"""Expressions whose value begins with https://.

Source: Terraform AWS provider, aws_eks_cluster `identity.oidc.issuer`; terraform-aws-eks output
cluster_oidc_issuer_url; CloudFormation, AWS::EKS::Cluster return values.
"""

_HOST: Final = re.compile(r"oidc[.-][\w.-]{1,100}(?:/|$)", re.ASCII)
"""How a key that is written out in part begins: oidc.eks.${AWS::Region}.amazonaws.com/id/${Id}."""


def filled(source: PolicySource) -> Json:
    """The document with every hole filled so that the rest can be judged."""
    document = source.document
    if not isinstance(document, dict):
        return document
    statements = document.get("Statement")
    out = dict(document)
    version = out.get("Version")
    if isinstance(version, str) and HOLE in version:
        out["Version"] = "2012-10-17"
    if isinstance(statements, list):
        source.partial = source.partial or HOLE in statements
        out["Statement"] = [
            _ANYTHING if s == HOLE else _statement_filled(s, source, f"/Statement/{i}")
            for i, s in enumerate(statements)
        ]
    elif isinstance(statements, dict):
        out["Statement"] = _statement_filled(statements, source, "/Statement")
    return out


def _statement_filled(statement: Json, source: PolicySource, pointer: str) -> Json:
    if not isinstance(statement, dict):
        return statement
    issuer = _issuer(statement)
    out: dict[str, Json] = {}
    for name, value in statement.items():
        if name in ("Principal", "NotPrincipal"):
            out[name] = _principal_filled(value, issuer)
        elif name == "Condition" and (value == HOLE or isinstance(value, dict)):
            blocks = value if isinstance(value, dict) else {HOLE: HOLE}
            # What a tool puts in later may be any condition, so nothing can be said to be missing.
            source.partial = source.partial or HOLE in blocks.values()
            out[name] = {
                operator: (
                    _conditions_filled(
                        block, issuer, source, f"{pointer}/Condition/{escape(operator)}"
                    )
                    if isinstance(block, dict)
                    else block
                )
                for operator, block in blocks.items()
                if block != HOLE
            }
        elif name == "Action":
            out[name] = _each(value, lambda t: "sts:AssumeRoleWithWebIdentity" if HOLE in t else t)
        elif name == "Effect":
            out[name] = _each(value, lambda t: t.replace(HOLE, "Allow"))
        else:
            out[name] = _each(value, lambda t: t.replace(HOLE, "x"))
    return out


def _principal_filled(value: Json, issuer: str) -> Json:
    if value == HOLE:
        return {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"}
    if not isinstance(value, dict):
        return value
    return {
        kind: _each(
            who,
            lambda text: _provider(text, issuer),
        )
        if kind == "Federated"
        else _each(who, lambda text: ACCOUNT if HOLE in text else text)
        for kind, who in value.items()
    }


def _conditions_filled(
    block: dict[str, Json], issuer: str, source: PolicySource, pointer: str
) -> Json:
    out: dict[str, Json] = {}
    for key, value in block.items():
        below = f"{pointer}/{escape(key)}"
        filled = key
        if HOLE in key:
            head, colon, claim = key.rpartition(":")
            expression = (source.holes.get(f"{below}#") or ("",))[-1]
            scheme = "https://" if head == HOLE and _ISSUER_URL.search(expression) else ""
            prefix = head.partition(HOLE)[0]
            if _HOST.match(prefix):
                prefix = ""  # the issuer's own beginning: region or ID are filled in
            named = claim if colon and HOLE not in claim else "sub"
            filled = f"{prefix}{scheme}{issuer}:{named}"
            if not colon and key != HOLE:
                filled = key.replace(HOLE, issuer)
            source.spots.setdefault(f"{pointer}/{escape(filled)}", source.spot(below))
            source.keys.setdefault(f"{pointer}/{escape(filled)}", source.key_spot(below))
            for index in range(len(value) if isinstance(value, list) else 0):
                known = source.spots.get(f"{below}/{index}")
                if known is not None:
                    source.spots.setdefault(f"{pointer}/{escape(filled)}/{index}", known)
        out[filled] = _each(value, lambda t: t if t == HOLE else t.replace(HOLE, FILLED))
    return out


def _each(value: Json, change: Callable[[str], str]) -> Json:
    """Change every text of an element."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _each(item, change) for key, item in value.items()}
    return value


def _issuer(statement: dict[str, Json]) -> str:
    """The issuer that a statement is about, as far as it is written out."""
    principal = statement.get("Principal")
    federated = principal.get("Federated") if isinstance(principal, dict) else None
    for one in federated if isinstance(federated, list) else [federated]:
        if isinstance(one, str):
            _, marker, issuer = one.partition(":oidc-provider/")
            if marker and HOLE not in issuer and issuer:
                return issuer.removeprefix("https://").rstrip("/")
    block = statement.get("Condition")
    for keys in block.values() if isinstance(block, dict) else ():
        for key in keys if isinstance(keys, dict) else ():
            head, _, claim = key.rpartition(":")
            if claim in ISSUER_CLAIMS and HOLE not in head and "." in head and "://" not in head:
                return head if not head.startswith("arn:") else ISSUER
    return ISSUER


def _provider(text: str, issuer: str) -> str:
    if HOLE not in text:
        return text
    whole = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"
    parts = text.split(":", 5)
    if text == HOLE or len(parts) < 6:  # noqa: PLR2004  an ARN has six parts
        return (
            whole
            if "/" not in text.replace("://", "") or text == HOLE
            else text.replace(HOLE, issuer)
        )
    kind, slash, rest = parts[5].partition("/")
    return ":".join(
        (
            parts[0],
            "aws" if HOLE in parts[1] else parts[1],
            parts[2].replace(HOLE, "iam"),
            parts[3].replace(HOLE, ""),
            ACCOUNT if HOLE in parts[4] else parts[4],
            f"{kind.replace(HOLE, 'oidc-provider')}{slash}{issuer if HOLE in rest else rest}",
        )
    )
