"""What operators accept and render: data read from the provider wheels by tools/make_operator_table.py.

Works with no Airflow installed. A class that the table does not know is None, and rules are silent on it.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from analyzers.code_analyzer.interpreter.versions import place_in_3, present_name

_BASE = "airflow.sdk.bases.operator.BaseOperator"


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator's class."""

    name: str
    """Fully qualified, as in the newest provider."""
    ancestors: tuple[str, ...]
    """Simple names of the classes it derives from."""
    arguments: frozenset[str] | None
    """Every keyword argument that it or its bases take; None where some cannot be named."""
    template_fields: frozenset[str] | None
    template_ext: frozenset[str]

    @property
    def deferrable(self) -> bool:
        """Whether it can wait in the triggerer."""
        return "deferrable" in (self.arguments or ())


@cache
def find_operator(qualified_name: str) -> Operator | None:
    """The operator of this class, named by whichever import path of Airflow 2 or 3."""
    row_name = _row_name(qualified_name)
    if row_name is None:
        return None
    chain = list(_chain(row_name))
    rows = [row for _, row in chain]
    complete = all(row is not None for row in rows) and any(name == _BASE for name, _ in chain)
    known = [row for row in rows if row is not None]
    # BaseOperator takes any keyword argument only to refuse it.
    closed = complete and not any(row.get("open_ended") for name, row in chain if row and name != _BASE)
    fields = known[0].get("template_fields")
    extensions = next((row["template_ext"] for row in known if "template_ext" in row), ())
    return Operator(
        name=row_name,
        ancestors=tuple(name.rsplit(".", 1)[-1] for name, _ in chain[1:]),
        arguments=frozenset(argument for row in known for argument in row.get("arguments", ()))
        if closed
        else None,
        template_fields=None if fields is None else frozenset(fields),
        template_ext=frozenset(extensions),
    )


def _chain(name: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """A class and all it derives from, each with its row, or None where there is no row."""
    waiting, seen = [name], set()
    while waiting:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        row = _classes(_distribution(current)).get(current)
        yield current, row
        waiting += row["bases"] if row and current != _BASE else ()


def _row_name(qualified_name: str) -> str | None:
    qualified_name = place_in_3(present_name(qualified_name))
    distribution = _distribution(qualified_name)
    if qualified_name in _classes(distribution):
        return qualified_name
    if not qualified_name.startswith("airflow.") or distribution not in {"", "standard", "sdk"}:
        return None
    # `airflow.operators.bash.BashOperator`, `airflow.sdk.BaseSensorOperator` and others that were moved.
    return _by_simple_name().get(qualified_name.rsplit(".", 1)[-1])


def _distribution(qualified_name: str) -> str:
    if qualified_name.startswith("airflow.sdk."):
        return "sdk"
    prefix = "airflow.providers."
    if not qualified_name.startswith(prefix):
        return ""
    rest = qualified_name.removeprefix(prefix)
    return next((name for name in _distributions() if rest.startswith(name + ".")), "")


@cache
def _distributions() -> tuple[str, ...]:
    names = [entry.name.removesuffix(".json.gz") for entry in _folder().iterdir()]
    return tuple(sorted((name for name in names if name not in {"sdk", "__init__.py"}), reverse=True))


@cache
def _classes(distribution: str) -> dict[str, dict[str, Any]]:
    entry = _folder() / f"{distribution}.json.gz"
    if not distribution or not entry.is_file():
        return {}
    classes: dict[str, dict[str, Any]] = json.loads(gzip.decompress(entry.read_bytes()))["classes"]
    return classes


@cache
def _by_simple_name() -> dict[str, str]:
    return {
        name.rsplit(".", 1)[-1]: name
        for distribution in ("sdk", "standard")
        for name in _classes(distribution)
    }


def _folder() -> Any:  # noqa: ANN401 - importlib's Traversable
    return files("analyzers.code_analyzer") / "operators"
