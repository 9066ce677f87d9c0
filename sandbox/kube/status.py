"""Refusals, as the API server words them.

Source: Kubernetes API conventions, "Response Status Kind"; k8s.io/apimachinery, pkg/api/errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.kube.resources import Resource


class ApiError(Exception):
    """A request that is refused, with the `Status` object that says so."""

    def __init__(self, code: int, reason: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details

    @property
    def status(self) -> dict[str, Any]:
        """The answer's body."""
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "details": self.details,
            "code": self.code,
        }


def not_found(resource: Resource, name: str) -> ApiError:
    """There is no object of that name."""
    return ApiError(
        404,
        "NotFound",
        f'{resource.qualified} "{name}" not found',
        name=name,
        group=resource.group,
        kind=resource.plural,
    )


def no_such_path() -> ApiError:
    """The path is none that is served."""
    return ApiError(404, "NotFound", "the server could not find the requested resource")


def exists(resource: Resource, name: str) -> ApiError:
    """There is already an object of that name."""
    return ApiError(
        409,
        "AlreadyExists",
        f'{resource.qualified} "{name}" already exists',
        name=name,
        kind=resource.plural,
    )


def conflict(resource: Resource, name: str, why: str | None = None) -> ApiError:
    """The object is not the one that the caller saw."""
    why = why or (
        "the object has been modified; please apply your changes to the latest version and try again"
    )
    return ApiError(
        409,
        "Conflict",
        f'Operation cannot be fulfilled on {resource.qualified} "{name}": {why}',
        name=name,
        kind=resource.plural,
    )


def invalid(message: str, **details: Any) -> ApiError:
    """The object, or a patch to it, makes no sense."""
    return ApiError(422, "Invalid", message, **details)


def bad_request(message: str) -> ApiError:
    """The request can't be read."""
    return ApiError(400, "BadRequest", message)


def unsupported_patch(content_type: str) -> ApiError:
    """A kind of patch that is not taken."""
    return ApiError(
        415,
        "UnsupportedMediaType",
        f"the body of the request was in an unknown format - {content_type[:100]!r} is not accepted; accepted "
        "media types include: application/json-patch+json, application/merge-patch+json, "
        "application/strategic-merge-patch+json",
    )


def unauthorized() -> ApiError:
    """The caller is not known."""
    return ApiError(401, "Unauthorized", "Unauthorized")


def expired() -> ApiError:
    """A list's continue token is too old to be used."""
    return ApiError(
        410,
        "Expired",
        "The provided continue parameter is too old to display a consistent list result.",
    )
