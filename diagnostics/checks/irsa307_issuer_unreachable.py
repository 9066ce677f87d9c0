"""IRSA307: AWS could not fetch the issuer's keys."""

from __future__ import annotations

from diagnostics.checks.places import of_text
from diagnostics.evidence import Cluster, PublishedKeys, SigningKeys, Unreadable
from diagnostics.languages import Words, say
from diagnostics.recognize.symptom import KEYS_NOT_FETCHED, Cause, Symptom
from diagnostics.result import Finding, Place
from diagnostics.text.clip import clip, listed
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA307")
def issuer_unreachable(
    *,
    symptom: Symptom | None,
    cluster: Cluster | Unreadable | None,
    published: PublishedKeys | Unreadable | None,
    signing: SigningKeys | Unreadable | None,
) -> Judgement:
    """AWS could not fetch the issuer's keys.

    Why: STS verifies each token with keys that it fetches from the issuer over the internet.
    Source: STS API reference, IDPCommunicationError; aws-sdk-rust issue 827; eks-anywhere pull request 898;
    containers-roadmap issue 2031.
    """
    if isinstance(published, PublishedKeys) and isinstance(cluster, Cluster):
        found = _published(published, signing)
        if found is not None:
            return found
    told = symptom is not None and symptom.cause in KEYS_NOT_FETCHED - {Cause.THUMBPRINT}
    if symptom is None or not told:
        return Pass()
    public = isinstance(published, PublishedKeys)
    return Finding(
        headline=say("AWS could not fetch the issuer's keys, which are public now")
        if public
        else say("AWS could not fetch the keys of the cluster's issuer"),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("the issuer's discovery document and keys, public over https"),
        why="",
        next=say("Try again: it was most likely a passing failure on the way.")
        if public
        else say(
            "Try again; if it stays so, make the issuer's /.well-known/openid-configuration and "
            "keys reachable from the internet."
        ),
        likely=True,
        note=say("If it goes on, ask AWS Support with the request ID.")
        if public
        else say("Both documents, fetched from the internet, would settle it."),
    )


def _published(
    published: PublishedKeys, signing: SigningKeys | Unreadable | None
) -> Finding | None:
    if published.fault is not None:
        headline, mend = _remedy(published.fault)
        return Finding(
            headline=headline,
            place=Place(where="issuer", object=published.place or published.issuer),
            seen=clip(published.fault),
            wanted=say(
                "the discovery document and keys, public over https with a publicly trusted certificate"
            ),
            why="",
            next=mend,
        )
    if not isinstance(signing, SigningKeys) or not published.key_ids:
        return None
    missing = sorted(signing.key_ids - published.key_ids)
    if not missing:
        return None
    return Finding(
        headline=say("The issuer does not publish the key that the cluster signs tokens with"),
        place=Place(
            where="issuer", object=published.place or published.issuer, field="keys[*].kid"
        ),
        seen=listed(sorted(published.key_ids)),
        wanted=listed(missing),
        why="",
        next=say("Publish the API server's /openid/v1/jwks at the issuer's jwks_uri again."),
        commands=("kubectl get --raw /openid/v1/jwks",),
    )


def _remedy(fault: str) -> tuple[Words, Words]:
    """Headline and remedy for what is wrong with the documents, or with the way to them."""
    if "certificate" in fault:
        return (
            say("The certificate of the cluster's issuer is not one that AWS trusts"),
            say("Serve the issuer's host with a certificate of a publicly trusted authority."),
        )
    if "private address" in fault:
        return (
            say("The cluster's issuer has a private address only, so AWS can't fetch its keys"),
            say(
                "Give the issuer's host a public address that serves the discovery document and keys."
            ),
        )
    return (
        say("AWS can't use what the cluster's issuer publishes"),
        say(
            "Publish /.well-known/openid-configuration and the keys that it names at the issuer's URL."
        ),
    )
