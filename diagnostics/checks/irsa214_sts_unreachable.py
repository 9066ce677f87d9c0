"""IRSA214: STS can't be reached from the pod."""

from __future__ import annotations

import re
from dataclasses import dataclass

from diagnostics.checks.evidence_of_text import said
from diagnostics.checks.places import of_text
from diagnostics.evidence import STS_REGIONAL_ENDPOINTS
from diagnostics.explain.words import clip
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA214")
def sts_unreachable(symptom: Symptom) -> Judgement:
    """STS can't be reached from the pod.

    Why: The call never arrived, so no role or policy was ever asked.
    Source: AWS PrivateLink guide, interface endpoints for STS; amazon-vpc-cni issue 1796; istio issue 11130; ACK
    community issue 1040; boto3 issue 4301.
    """
    if symptom.cause is not Cause.STS_UNREACHABLE:
        return Pass()
    text = said(symptom)
    way = next((way for way in _WAYS if way.words.search(text)), None)
    if way is None:
        way = _GLOBAL if _GLOBAL_HOST.search(text) else _REGIONAL
    return Finding(
        headline=way.headline,
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=way.wanted,
        why="",
        next=way.next,
        likely=True,
        note=way.settles,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One way in which a call doesn't arrive, by the words that show it."""

    words: re.Pattern[str]
    headline: str
    wanted: str
    next: str
    settles: str


_REACHABLE = "a way to sts.<region>.amazonaws.com on port 443"
_WAYS = (
    _Way(
        words=re.compile(
            r"proxyconnect|proxy ?error|proxy authentication|tunnel(?:ing)? (?:failed|socket)|via proxy"
        ),
        headline=say("A proxy stands between the pod and STS, and fails"),
        wanted=say("the regional STS host in NO_PROXY"),
        next=say(
            "Add the regional STS host, sts.<region>.amazonaws.com, to NO_PROXY in the pod template."
        ),
        settles=say("The pod's HTTPS_PROXY and NO_PROXY, and the proxy's log, would settle it."),
    ),
    _Way(
        words=re.compile(
            r"x509|certificate (?:signed|verify|is not trusted|has expired)|self.signed|pkix|sslhandshake"
            r"|unable to get local issuer"
        ),
        headline=say("Something on the way to STS replaces its certificate"),
        wanted=say("a certificate chain that the container trusts"),
        next=say(
            "Let STS pass the TLS inspection untouched, or add the inspecting authority to the "
            "container's trust store."
        ),
        settles=say("The issuer of the certificate that the pod is shown would settle it."),
    ),
    _Way(
        words=re.compile(
            r"no such host|enotfound|eai_again|could not resolve|name resolution|name or service not known"
            r"|unknownhost|getaddrinfo|dns error"
        ),
        headline=say("The pod can't resolve the name of STS"),
        wanted=say("an answer of the cluster's DNS for the STS host"),
        next=say(
            "Check CoreDNS, and that network policies and security groups let the pod reach DNS "
            "on port 53."
        ),
        settles=say("A name lookup from a pod of this namespace would settle it."),
    ),
    _Way(
        words=re.compile(r"connection refused|econnrefused"),
        headline=say("The connection to STS was refused before it left the node"),
        wanted=_REACHABLE,
        next=say(
            "Hold the application until its proxy sidecar is ready, and check network policies."
        ),
        settles=say("If only the first calls after a start fail, it is the sidecar's order."),
    ),
)
_GLOBAL_HOST = re.compile(r"\bsts\.amazonaws\.com")
_GLOBAL = _Way(
    words=_GLOBAL_HOST,
    headline=say("The SDK calls the global STS endpoint, which this network does not reach"),
    wanted=say("the regional endpoint, sts.<region>.amazonaws.com"),
    next=say(
        'Annotate the service account with {sts_regional_endpoints}: "true" and restart the '
        "pods, or set AWS_STS_REGIONAL_ENDPOINTS=regional.",
        sts_regional_endpoints=STS_REGIONAL_ENDPOINTS,
    ),
    settles=say(
        "The VPC's endpoints (ec2:DescribeVpcEndpoints) and the subnets' routes would settle it."
    ),
)
_REGIONAL = _Way(
    words=re.compile(""),
    headline=say("The pod can't reach STS over the network"),
    wanted=_REACHABLE,
    next=say(
        "Give the subnets NAT or an STS interface endpoint with private DNS, and let the "
        "endpoint's and the pod's security groups pass port 443."
    ),
    settles=say(
        "The subnets' routes and endpoints (ec2:DescribeRouteTables, ec2:DescribeVpcEndpoints) and the "
        "security groups would settle it."
    ),
)
