"""`kubectl describe` to the object that it describes, as far as it shows it.

The form is for people: it leaves out a projected token's audience and path, security contexts and who wrote a field.
What it leaves out stays out, so that nothing is concluded from it.

Source: kubectl 1.32, `k8s.io/kubectl/pkg/describe`.
"""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from bot.evidence.fault import EvidenceError
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FIELD: Final = re.compile(r"( *)([^:\s][^:]*):(?:[ \t]+(.*)|[ \t]*)")
_PAIR: Final = re.compile(r"([^:\s]+): ?(.*)")
_LABEL: Final = re.compile(r"([^=\s]+)=(\S*)")
_SECRET: Final = re.compile(r"<set to the key '([^']*)' in secret '([^']*)'>")
_CONFIG: Final = re.compile(r"<set to the key '([^']*)' of config map '([^']*)'>")
_FIELD_REF: Final = re.compile(r"(.*) \(v1:([^)]+)\)")
_PREFIX: Final = re.compile(r" with prefix '([^']*)'")
_MOUNT: Final = re.compile(r'(/.*) from (\S+) \((?:[^"]*path="([^"]*)")?.*\)')
_NONE: Final = frozenset(("<none>", "<unset>", ""))
_CUT: Final = "..."
_EKS: Final = "eks.amazonaws.com/"

Lines = list[str]


def described(file: str, text: str) -> list[dict[str, Any]]:
    """Read the objects of a text, one after the other.

    Raises:
        EvidenceError: One is of a kind that the form does not show well enough, or is cut off.
    """
    return [_object(file, lines) for lines in _apart(text)]


def _apart(text: str) -> Iterator[Lines]:
    found: Lines = []
    for line in text.replace("\t", "  ").splitlines():
        if line.startswith("Name:") and found:
            yield found
            found = []
        if line.strip():
            found.append(line.rstrip())
    if found:
        yield found


def _object(file: str, lines: Lines) -> dict[str, Any]:
    top = _fields(lines)
    name = _first(top, "Name")
    kind = _kind(top)
    if kind is None:
        shown = visible(_first(top, "Kind") or name)[:80]
        raise EvidenceError(
            f"{file}: the describe form of {shown} does not show enough; use kubectl get … -o yaml"
        )
    metadata: dict[str, Any] = {
        "name": name,
        "namespace": _first(top, "Namespace"),
        "labels": _labels(top.get("Labels", [])),
        "annotations": _annotations(file, top.get("Annotations", [])),
        "creationTimestamp": _time(_first(top, "CreationTimestamp") or _first(top, "Start Time")),
    }
    if kind == "ServiceAccount":
        return {"kind": kind, "metadata": metadata}
    if kind == "Pod":
        return _pod(top, metadata)
    template = _template(file, top.get("Pod Template", []))
    spec: dict[str, Any] = {"template": template}
    if kind == "CronJob":
        spec = {"jobTemplate": {"spec": spec}}
    return {"kind": kind, "metadata": metadata, "spec": spec}


def _kind(top: dict[str, Lines]) -> str | None:
    """What is described; the form says it by its fields only."""
    if "Pod Template" in top or "Schedule" in top:
        for field, kind in _WORKLOADS:
            if field in top:
                return kind
        return None
    if "Containers" in top and "Node" in top:
        return "Pod"
    if {"Mountable secrets", "Image pull secrets", "Tokens"} & set(top):
        return "ServiceAccount"
    return None


_WORKLOADS: Final = (
    ("Schedule", "CronJob"),
    ("Parallelism", "Job"),
    ("Completions", "Job"),
    ("StrategyType", "Deployment"),
    ("Desired Number of Nodes Scheduled", "DaemonSet"),
    ("Update Strategy", "StatefulSet"),
    ("Replicas", "ReplicaSet"),
)


def _fields(lines: Iterable[str]) -> dict[str, Lines]:
    """The fields at the outermost level: the rest of the line, then the lines that belong to it, left-aligned."""
    lines = list(lines)
    edge = min((_indent(line) for line in lines), default=0)
    found: dict[str, Lines] = {}
    under: Lines = []
    for line in lines:
        match = _FIELD.fullmatch(line)
        if _indent(line) == edge and match is not None:
            under = [match[3] or ""]
            found.setdefault(match[2].strip(), under)
        elif under:
            under.append(line)
    return found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _first(fields: dict[str, Lines], name: str) -> str:
    value = fields.get(name, [""])[0].strip()
    return "" if value in _NONE else value


def _below(lines: Lines) -> Lines:
    """The lines under a field, without the rest of its own."""
    return lines[1:]


def _labels(lines: Lines) -> dict[str, str]:
    return {m[1]: m[2] for line in lines if (m := _LABEL.fullmatch(line.strip()))}


def _annotations(file: str, lines: Lines) -> dict[str, str]:
    """Read `key: value` per line; a long value stands on the lines below its key, and may be cut off."""
    found: dict[str, str] = {}
    key: str | None = None
    for line in lines:
        match = _PAIR.fullmatch(line.lstrip(" ") if line is not lines[0] else line)
        if match is not None and ("/" in match[1] or key is None or match[2]):
            key = match[1]
            found[key] = match[2]
        elif key is not None and not found[key]:
            found[key] = line.strip()
    for name, value in found.items():
        if name.startswith(_EKS) and value.endswith(_CUT):
            raise EvidenceError(f"{file}: annotation {visible(name)[:80]} is cut off; use -o yaml")
    return {name: value for name, value in found.items() if not value.endswith(_CUT)}


def _pod(top: dict[str, Lines], metadata: dict[str, Any]) -> dict[str, Any]:
    status = _first(top, "Status").partition(" ")[0]
    owner, slash, owner_name = _first(top, "Controlled By").partition("/")
    if slash:
        metadata["ownerReferences"] = [{"kind": owner, "name": owner_name, "controller": True}]
    if status == "Terminating":
        metadata["deletionTimestamp"] = metadata["creationTimestamp"]
    spec = _spec(top)
    spec["nodeName"] = _first(top, "Node").partition("/")[0]
    return {
        "kind": "Pod",
        "metadata": metadata,
        "spec": spec,
        "status": {"phase": "Running" if status == "Terminating" else status},
    }


def _template(file: str, lines: Lines) -> dict[str, Any]:
    fields = _fields(_below(lines))
    return {
        "metadata": {
            "labels": _labels(fields.get("Labels", [])),
            "annotations": _annotations(file, fields.get("Annotations", [])),
        },
        "spec": _spec(fields),
    }


def _spec(fields: dict[str, Lines]) -> dict[str, Any]:
    return {
        "serviceAccountName": _first(fields, "Service Account"),
        "initContainers": [
            _container(name, lines)
            for name, lines in _fields(_below(fields.get("Init Containers", []))).items()
        ],
        "containers": [
            _container(name, lines)
            for name, lines in _fields(_below(fields.get("Containers", []))).items()
        ],
        "volumes": [
            _volume(name, lines)
            for name, lines in _fields(_below(fields.get("Volumes", []))).items()
            if name not in _NONE
        ],
        "nodeSelector": _labels(fields.get("Node-Selectors", [])),
    }


def _container(name: str, lines: Lines) -> dict[str, Any]:
    fields = _fields(_below(lines))
    sources = fields.get("Environment Variables from", [])
    mounts = (_MOUNT.fullmatch(line.strip()) for line in fields.get("Mounts", []))
    return {
        "name": name,
        "image": _first(fields, "Image"),
        "env": list(_environment(_below(fields.get("Environment", [])))),
        "envFrom": [_from(line) for line in _below(sources) if line.strip()],
        "volumeMounts": [
            {"mountPath": m[1], "name": m[2], "subPath": m[3] or ""}
            for m in mounts
            if m is not None
        ],
    }


def _environment(lines: Lines) -> Iterator[dict[str, Any]]:
    for name, (value, *_) in _fields(lines).items():
        if secret := _SECRET.match(value):
            of: dict[str, Any] = {"secretKeyRef": {"key": secret[1], "name": secret[2]}}
        elif config := _CONFIG.match(value):
            of = {"configMapKeyRef": {"key": config[1], "name": config[2]}}
        elif field := _FIELD_REF.fullmatch(value):
            of = {"fieldRef": {"fieldPath": field[2]}}
        else:
            yield {"name": name, "value": value}
            continue
        yield {"name": name, "valueFrom": of}


def _from(line: str) -> dict[str, Any]:
    words = line.split()
    kind = "configMapRef" if words[1:2] == ["ConfigMap"] else "secretRef"
    prefix = _PREFIX.search(line)
    return {kind: {"name": words[0]}, "prefix": prefix[1] if prefix else ""}


def _volume(name: str, lines: Lines) -> dict[str, Any]:
    fields = _fields(_below(lines))
    if "TokenExpirationSeconds" not in fields:
        return {"name": name}
    seconds = _first(fields, "TokenExpirationSeconds")
    token: dict[str, Any] = {"shown": False}
    if seconds.isdecimal():
        token["expirationSeconds"] = int(seconds[:9])
    return {"name": name, "projected": {"sources": [{"serviceAccountToken": token}]}}


def _time(text: str) -> str | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC).isoformat() if text else None
    except (ValueError, OverflowError):
        return None


__all__ = ["described"]
