"""IRSA306: the issuer's certificate does not match the provider's thumbprint."""

from __future__ import annotations

from shlex import quote
from urllib.parse import urlsplit

from diagnostics.checks.places import of_text
from diagnostics.evidence import Cluster, OidcProvider, Unreadable
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA306")
def thumbprint(
    *,
    symptom: Symptom,
    cluster: Cluster | Unreadable | None,
    provider: OidcProvider | Unreadable | None,
) -> Judgement:
    """The issuer's certificate does not match the provider's thumbprint.

    Why: IAM checks the issuer's certificate against the provider's thumbprints where it is not signed by a root it
    trusts.
    Source: IAM User Guide, "Obtain the thumbprint for an OpenID Connect identity provider".
    """
    if symptom.cause is not Cause.THUMBPRINT:
        return Pass()
    return Finding(
        headline=say("The issuer's certificate does not match the thumbprint of its OIDC provider"),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("the thumbprint of the top certificate in the issuer's chain"),
        why="",
        next=say(
            "Put the thumbprint of the top certificate in the issuer's chain on the OIDC provider; the "
            "list that is given replaces the present one."
        ),
        commands=_command(provider, cluster)
        if isinstance(provider, OidcProvider) and isinstance(cluster, Cluster)
        else (),
    )


def _command(provider: OidcProvider, cluster: Cluster) -> tuple[str, ...]:
    """Read the chain, take the last certificate's SHA-1 and write it, as the IAM User Guide tells to do by hand."""
    parts = urlsplit(cluster.issuer)
    if not parts.hostname:
        return ()
    host = quote(parts.hostname)
    last = 'awk \'/BEGIN CERT/{pem=""} /BEGIN CERT/,/END CERT/{pem=pem $0 "\\n"} END{printf "%s", pem}\''
    return (
        (
            "aws iam update-open-id-connect-provider-thumbprint "
            f"--open-id-connect-provider-arn {quote(provider.arn)} --thumbprint-list "
            f'"$(openssl s_client -servername {host} -showcerts -connect {host}:{parts.port or 443} '
            f"</dev/null 2>/dev/null | {last} | openssl x509 -noout -fingerprint -sha1 | "
            "sed 's/.*=//;s/://g')\""
        ),
    )
