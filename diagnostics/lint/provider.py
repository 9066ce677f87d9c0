"""OIDC providers as source files write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.document.tree import HOLE, Node, Scalar, Sequence
from diagnostics.lint.finding import SourceFinding, Spot
from diagnostics.text.clip import listed

if TYPE_CHECKING:
    from collections.abc import Iterator


def provider_findings(
    file: str, object_: str, *, url: Node | None, client_ids: Node | None, place: Node
) -> Iterator[SourceFinding]:
    """What is wrong with a provider that is meant for an EKS cluster; others are left alone."""
    text = url.text if isinstance(url, Scalar) else ""
    spelled = not text.startswith("https://") or text.endswith("/") or ":443" in text
    if isinstance(url, Scalar) and "oidc.eks" in text and HOLE not in text and spelled:
        yield SourceFinding(
            code="IRSA305",
            spot=Spot(file=file, line=url.line, column=url.column),
            object=object_,
            headline="The provider's URL is not spelled as the cluster's issuer is.",
            seen=text[:300],
            wanted="https://oidc.eks.<region>.amazonaws.com/id/<cluster ID>",
            next="Write the issuer exactly as eks:DescribeCluster gives it.",
        )
    if text and "eks" not in text and HOLE not in text:
        return
    ids = client_ids.items if isinstance(client_ids, Sequence) else []
    texts = [item.text for item in ids if isinstance(item, Scalar)]
    if client_ids is not None and not isinstance(client_ids, Sequence):
        return
    if any(HOLE in one for one in texts) or "sts.amazonaws.com" in texts:
        return
    spot = client_ids if client_ids is not None else place
    yield SourceFinding(
        code="IRSA304",
        spot=Spot(file=file, line=spot.line, column=spot.column),
        object=object_,
        headline="The provider does not list the audience of EKS tokens.",
        seen=listed(texts),
        wanted="sts.amazonaws.com",
        next="Add sts.amazonaws.com to the client IDs.",
    )
