"""Every check there is: adding a file named after its code adds it here, to the docs and to the tests."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import diagnostics.checks
from diagnostics.wiring import Check


@cache
def catalogue() -> tuple[Check, ...]:
    """Return all checks in the order of their codes, which is the order of the handshake.

    Judging them may go in another order: each after those that it names in `after`.

    Raises:
        ValueError: Two files declare the same code, a file declares none, or `after` names no check.
    """
    checks: dict[str, Check] = {}
    for found in pkgutil.iter_modules(diagnostics.checks.__path__):
        if not found.name.startswith("irsa"):
            continue
        module = importlib.import_module(f"{diagnostics.checks.__name__}.{found.name}")
        declared = [value for value in vars(module).values() if isinstance(value, Check)]
        if len(declared) != 1 or not found.name.startswith(declared[0].code.lower() + "_"):
            raise ValueError(f"{found.name}.py declares exactly one check, of the code in its name")
        if declared[0].code in checks:
            raise ValueError(f"{declared[0].code} is declared twice")
        checks[declared[0].code] = declared[0]
    for one in checks.values():
        for code in one.after:
            if code not in checks:
                raise ValueError(f"{one.code} comes after {code}, which is no check")
    return tuple(checks[code] for code in sorted(checks))
