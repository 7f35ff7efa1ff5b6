"""The definitions are closed and bounded, down to the last field."""

import json
from collections.abc import Iterator

import pytest

from controller.crd import definitions

BOUNDS = {
    "string": ("maxLength", "enum", "format"),
    "array": ("maxItems",),
    "integer": (),
    "boolean": (),
    "number": (),
}
AUDIT, RUN = definitions()


def fields(schema: dict, place: str = "") -> Iterator[tuple[str, dict]]:
    """Every schema in a schema, with its place; what is inside maps and lists too."""
    yield place, schema
    for name, one in (schema.get("properties") or {}).items():
        yield from fields(one, f"{place}.{name}")
    for inner in ("items", "additionalProperties"):
        if isinstance(schema.get(inner), dict):
            yield from fields(schema[inner], f"{place}[{inner}]")


def schema_of(definition: dict) -> dict:
    return definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]


def own(definition: dict) -> list[tuple[str, dict]]:
    """Of spec and status: metadata, kind and apiVersion are Kubernetes' own."""
    found = []
    for part in ("spec", "status"):
        found += list(fields(schema_of(definition)["properties"][part], part))
    return found


ALL = [(place, one) for definition in (AUDIT, RUN) for place, one in own(definition)]


def unbounded(place: str, schema: dict) -> str:
    """What is missing, or nothing."""
    kind = schema.get("type")
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return "" if "maxProperties" in schema else f"{place}: free and without maxProperties"
    if kind == "object":
        if "additionalProperties" in schema:
            return "" if "maxProperties" in schema else f"{place}: a map without maxProperties"
        return "" if schema.get("properties") else f"{place}: an object without properties"
    if kind not in BOUNDS:
        return f"{place}: no type"
    wanted = BOUNDS[kind]
    return (
        "" if not wanted or any(bound in schema for bound in wanted) else f"{place}: {kind} without {wanted}"
    )


def test_everything_is_typed_and_bounded():
    assert [said for place, one in ALL if (said := unbounded(place, one))] == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "array", "items": {"type": "string", "maxLength": 3}},
        {"type": "object", "additionalProperties": {"type": "string", "maxLength": 1}},
        {"type": "object"},
        {},
    ],
)
def test_checker_finds_what_is_unbounded(schema):
    assert unbounded("x", schema)


def test_every_field_is_described():
    named = [(place, one) for place, one in ALL if not place.endswith("]")]

    assert [place for place, one in named if not one.get("description")] == []


@pytest.mark.parametrize("definition", [AUDIT, RUN], ids=["DagAudit", "DagAuditRun"])
def test_definition_is_small(definition):
    assert len(json.dumps(definition)) < 60_000


@pytest.mark.parametrize("definition", [AUDIT, RUN], ids=["DagAudit", "DagAuditRun"])
def test_no_schema_refers_or_chooses(definition):
    words = {"$ref", "anyOf", "oneOf", "allOf", "const", "title"}

    assert [place for place, one in own(definition) if words & set(one)] == []
