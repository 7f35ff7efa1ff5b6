"""Compares the schema of an installed CRD with the fields that this version writes and reads."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]


def lacking(installed: Schema, model: type[BaseModel], place: str) -> list[str]:
    """Fields and choices of the model that an installed schema does not know, as `spec.report.formats`."""
    wanted = model.model_json_schema(by_alias=True)
    return list(_lacking(installed, wanted, wanted.get("$defs", {}), place))


def _lacking(installed: Schema, wanted: Schema, known: Schema, place: str) -> Iterator[str]:
    if installed.get("x-kubernetes-preserve-unknown-fields"):
        return
    wanted = _resolved(wanted, known)
    choices = set(wanted.get("enum", ())) - set(installed["enum"]) if "enum" in installed else set()
    yield from (f"{place}={choice}" for choice in sorted(choices))
    for name, field in sorted(wanted.get("properties", {}).items()):
        below = installed.get("properties", {}).get(name)
        if below is None:
            yield f"{place}.{name}"
        else:
            yield from _lacking(below, field, known, f"{place}.{name}")
    for part, mark in (("items", "[]"), ("additionalProperties", "{}")):
        inner = wanted.get(part)
        if isinstance(inner, dict):
            yield from _lacking(installed.get(part) or {}, inner, known, f"{place}{mark}")


def _resolved(wanted: Schema, known: Schema) -> Schema:
    """Without references, and without the null that an optional field may be."""
    while True:
        choices = [one for one in wanted.get("anyOf", ()) if one.get("type") != "null"]
        if "$ref" in wanted:
            wanted = known[wanted["$ref"].rpartition("/")[2]]
        elif len(choices) == 1:
            wanted = choices[0]
        else:
            return wanted
