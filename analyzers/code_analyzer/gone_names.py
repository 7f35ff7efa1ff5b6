"""What of Airflow 2 can no longer be imported in Airflow 3: data measured by tools/make_gone_names.py.

Every public name of Airflow 2.11.0 was imported in Airflow 3.3.2. What Airflow 2 did not have either is
not in the table, and nothing is said about it.
"""

import gzip
import json
from functools import cache
from importlib.resources import files
from typing import Any

_MAX_MOVES = 4


def is_gone(module: str, name: str | None = None) -> bool:
    """Whether `import module`, or `from module import name`, fails in Airflow 3."""
    parts = module.split(".")
    if any(".".join(parts[:end]) in _gone_modules() for end in range(1, len(parts) + 1)):
        return True
    if name is None:
        return False
    whole = f"{module}.{name}"
    if name in _gone_names().get(module, ()):
        return True
    return whole in _gone_modules() and whole not in _table()["members_like_gone_modules"]


def still_works(name: str) -> bool:
    """Whether a name was imported in Airflow 3 and only warned of its new place."""
    module, _, member = name.rpartition(".")
    return name in _table()["moved"] and bool(module) and not is_gone(module, member)


def is_known(module: str) -> bool:
    """Whether Airflow 2.11 had this module, so that the table has a verdict on it."""
    return module in _gone_modules() or module in _gone_names()


def new_place(name: str) -> str | None:
    """Where a name of Airflow 2 is in Airflow 3, as its own deprecation warnings say; None: nobody says."""
    place = name
    for _ in range(_MAX_MOVES):
        further = _table()["moved"].get(place)
        if further is None or further == place:
            break
        place = further
    return place if place != name else None


@cache
def _gone_modules() -> frozenset[str]:
    return frozenset(_table()["gone_modules"])


@cache
def _gone_names() -> dict[str, frozenset[str]]:
    return {module: frozenset(names) for module, names in _table()["gone_names"].items()}


@cache
def _table() -> dict[str, Any]:
    data = (files("analyzers.code_analyzer") / "gone_names.json.gz").read_bytes()
    table: dict[str, Any] = json.loads(gzip.decompress(data))
    return table
