"""What all objects have in common."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  pydantic reads it at run time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    """What all have in common: unknown fields are dropped, null counts as absent."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data


class OwnerReference(Wire):
    """metadata.ownerReferences[]."""

    kind: str = ""
    name: str = ""
    controller: bool = False


class ManagedFields(Wire):
    """metadata.managedFields[]."""

    manager: str = ""
    operation: str = ""
    time: datetime | None = None
    fields_v1: dict[str, Any] = Field(default_factory=dict, alias="fieldsV1")


class Metadata(Wire):
    """metadata."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    annotations: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)
    owner_references: tuple[OwnerReference, ...] = ()
    managed_fields: tuple[ManagedFields, ...] = ()


class Object(Wire):
    """Whatever has a name of its own."""

    metadata: Metadata


class Requirement(Wire):
    """matchExpressions[] of a label selector or a node selector term."""

    key: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()
