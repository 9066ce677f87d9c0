"""IRSA214: STS can't be reached from the pod."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diagnostics.checks.evidence_of_text import said
from diagnostics.checks.places import of_text
from diagnostics.evidence import STS_REGIONAL_ENDPOINTS, Cluster, Unreadable
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, check

if TYPE_CHECKING:
    from collections.abc import Callable


@check("IRSA214")
def sts_unreachable(symptom: Symptom, cluster: Cluster | Unreadable | None) -> Judgement:
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
    host = _host(symptom, cluster)
    return Finding(
        headline=way.headline,
        place=of_text(),
        seen=_seen(symptom),
        wanted=way.wanted(host),
        why="",
        next=way.next(host),
        likely=way.likely,
        note=way.settles,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One way in which a call doesn't arrive, by the words that show it."""

    words: re.Pattern[str]
    headline: str
    wanted: Callable[[str], str]
    next: Callable[[str], str]
    settles: str
    likely: bool = True
    """Whether the words leave open what they say of the way."""


def _host(symptom: Symptom, cluster: Cluster | Unreadable | None) -> str:
    """The regional STS host of the cluster, or else of the region that the text names."""
    if isinstance(cluster, Cluster):
        region, china = cluster.region, cluster.partition == "aws-cn"
    else:
        region = symptom.region or "REGION"
        china = region.startswith("cn-")
    return f"sts.{region}.amazonaws.com{'.cn' if china else ''}"


def _seen(symptom: Symptom) -> str:
    """What the text says from the host on: there stands what happened to the call."""
    found = _CALL.search(symptom.excerpt)
    return clip(found[0] if found else symptom.message or symptom.excerpt)


_CALL = re.compile(r'(?:Post "?|lookup |to )?https?://sts\.[^\n]+')


def _reachable(host: str) -> str:
    return say("a way to {host} on port 443", host=host)


_WAYS = (
    _Way(
        words=re.compile(
            r"proxyconnect|proxy ?error|proxy authentication|tunnel(?:ing)? (?:failed|socket)|via proxy"
        ),
        headline=say("A proxy stands between the pod and STS, and fails"),
        likely=False,
        wanted=lambda host: say("NO_PROXY with {host}, or a proxy that passes it on", host=host),
        next=lambda host: say(
            "Add {host} to NO_PROXY in the pod template if the pod's network reaches STS without the "
            "proxy, or else mend the proxy.",
            host=host,
        ),
        settles=say("The proxy's log shows why; its address is in the pod's HTTPS_PROXY."),
    ),
    _Way(
        words=re.compile(
            r"x509|certificate (?:signed|verify|is not trusted|has expired)|self.signed|pkix|sslhandshake"
            r"|unable to get local issuer"
        ),
        headline=say("The container does not trust the certificate that it is shown for STS"),
        likely=False,
        wanted=lambda _: say("a certificate chain that the container trusts"),
        next=lambda _: say(
            "Put CA certificates into the image if it has none; if TLS is inspected on the way, let STS "
            "pass untouched or add the inspecting authority to the container's trust store."
        ),
        settles=say(
            "The issuer of the certificate settles it: Amazon means that the image lacks CA "
            "certificates, another that TLS is inspected."
        ),
    ),
    _Way(
        words=re.compile(
            r"no such host|enotfound|eai_again|could not resolve|name resolution|name or service not known"
            r"|unknownhost|getaddrinfo|dns error"
        ),
        headline=say("The pod can't resolve the name of STS"),
        likely=False,
        wanted=lambda host: say("an answer of the cluster's DNS for {host}", host=host),
        next=lambda _: say(
            "Check CoreDNS, and that network policies and security groups let the pod reach DNS "
            "on port 53."
        ),
        settles=say("A name lookup from a pod of this namespace shows whether it still fails."),
    ),
    _Way(
        words=re.compile(r"connection refused|econnrefused"),
        headline=say("The connection to STS was refused before it left the node"),
        wanted=_reachable,
        next=lambda _: say(
            "Hold the application until its proxy sidecar is ready, and check network policies."
        ),
        settles=say("If only the first calls after a start fail, it is the sidecar's order."),
    ),
)
_GLOBAL_HOST = re.compile(r"\bsts\.amazonaws\.com")
_GLOBAL = _Way(
    words=_GLOBAL_HOST,
    headline=say("The SDK calls the global STS endpoint, which this network does not reach"),
    wanted=lambda host: say("the regional endpoint, {host}", host=host),
    next=lambda _: say(
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
    wanted=_reachable,
    next=lambda _: say(
        "Give the subnets NAT or an STS interface endpoint with private DNS, and let the "
        "endpoint's and the pod's security groups pass port 443."
    ),
    settles=say(
        "The subnets' routes and endpoints (ec2:DescribeRouteTables, ec2:DescribeVpcEndpoints) and the "
        "security groups would settle it."
    ),
)
