"""Read the scenario files, fill in what they leave to the world, and refuse what contradicts itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import ValidationError

from sandbox.scenarios.model import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER = Path(__file__).parent
T = TypeVar("T")


class ScenarioError(Exception):
    """A scenario file that can't be used; the message names the file and the fault."""


@cache
def scenarios() -> tuple[Scenario, ...]:
    """All scenarios of the project, in the order of the list.

    Raises:
        ScenarioError: One of the files is wrong.
    """
    return load(sorted(FOLDER.glob("*.yaml")))


def load(files: Iterable[Path]) -> tuple[Scenario, ...]:
    """Read scenario files.

    Raises:
        ScenarioError: One of them is wrong, or two contradict each other.
    """
    found = [_read(file) for file in files]
    found.sort(key=lambda one: (one.order, one.id))
    _alone(found)
    return tuple(found)


def filled(value: T, names: Mapping[str, str]) -> T:
    """Replace `${…}` in all strings of a value, keys included; `$$` is a dollar.

    Raises:
        KeyError: A name is not known.
        ValueError: A dollar stands alone.
    """
    return _filled(value, names)  # type: ignore[no-any-return]  # the shape stays


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return Template(value).substitute(names)
    if isinstance(value, dict):
        return {_filled(key, names): _filled(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(item, names) for item in value]
    return value


def _read(file: Path) -> Scenario:
    try:
        scenario = Scenario.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{file.name}: {error}") from error
    if scenario.id != file.stem:
        raise ScenarioError(f"{file.name}: its id is {scenario.id}; file and id must be the same")
    return scenario


def _alone(found: list[Scenario]) -> None:
    """Two scenarios must not share what one of them breaks."""
    seen: dict[tuple[str, ...], str] = {}
    for one in found:
        where = one.where
        account = where.role_account or f"account of {where.cluster}"
        for key in (
            ("service account", where.cluster, where.namespace, where.service_account),
            ("workload", where.cluster, where.namespace, where.workload.name),
            ("role", account, where.role),
        ):
            if (other := seen.setdefault(key, one.id)) != one.id:
                raise ScenarioError(f"{one.id} and {other} share the {' '.join(key)}")
