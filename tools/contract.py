"""Generates docs/contract.md: every field of every file, from the models' own descriptions."""

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from analyzers.report_merger.attention import MEANING
from analyzers.report_merger.tables import TABLES, Table
from dagaudit.dag_detail import DagDetail
from dagaudit.drift import DriftMemory
from dagaudit.report import Latest, Report
from dagaudit.run_summary import RunSummary
from dagaudit.section import SCHEMA_VERSION, CodeSection, DriftSection, LogsSection, StatsSection

PATH = "docs/contract.md"
FILES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("latest.json", Latest),
    ("final_dashboard_data.json", Report),
    ("dag_ai_audit.json", CodeSection),
    ("dag_stats.json", StatsSection),
    ("log_analysis.json", LogsSection),
    ("drift_report.json", DriftSection),
    ("drift/state.json", DriftMemory),
    ("dags/&lt;hash2&gt;/&lt;dag_id&gt;.json", DagDetail),
    ("The termination message", RunSummary),
)
TEMPLATE = Path(__file__).parent / "contract.md.template"


def files() -> dict[str, str]:
    """The page."""
    filled = {
        "@SCHEMA_VERSION@": SCHEMA_VERSION,
        "@TABLES@": "  ".join(f"{table.name}.parquet" for table in TABLES),
        "@WEIGHTS@": "".join(f"| {name} | {_cell(words)} |\n" for name, words in MEANING.items()),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for mark, value in filled.items():
        text = text.replace(mark, value)
    return {PATH: text + "".join(_file_part()) + "".join(_table_part())}


def _file_part() -> Iterator[str]:
    yield "## Files\n"
    told: set[type[BaseModel]] = set()
    for name, model in FILES:
        yield f"\n### {name}\n\n{_sentence(model)}\n\n"
        yield from _model(model)
        told.add(model)
    yield "\n## Values in these files\n"
    waiting = [inner for _, model in FILES for inner in _inner_models(model)]
    while waiting:
        model = waiting.pop(0)
        if model in told:
            continue
        told.add(model)
        yield f"\n### {model.__name__}\n\n{_sentence(model)}\n\n"
        yield from _model(model)
        waiting += _inner_models(model)


def _table_part() -> Iterator[str]:
    yield "\n## Tables\n\nParquet, zstd. `tables[]` in the manifest has the rows and the sha256 of each.\n"
    for table in TABLES:
        yield f"\n### {table.name}.parquet\n\n| Column | Type | Meaning |\n|---|---|---|\n"
        for column, kind in table.columns.items():
            yield f"| `{column}` | {_column_type(kind)} | {_cell(_column_words(table, column))} |\n"


def _column_type(kind: str) -> str:
    types = {
        "text": "string", "whole": "int64", "number": "double", "flag": "bool", "time": "timestamp[us, UTC]",
        "texts": "list of string", "wholes": "list of int64", "parts": "list of {name, points}",
    }  # fmt: skip
    return types[kind]


def _column_words(table: Table, column: str) -> str:
    if table.extra and column in table.extra:
        return table.extra[column]
    assert table.model is not None, f"{table.name}.{column} has no words"
    return table.model.model_fields[column].description or ""


def _model(model: type[BaseModel]) -> Iterator[str]:
    yield "| Field | Type | Default | Meaning |\n|---|---|---|---|\n"
    for name, field in model.model_fields.items():
        meaning = field.description or _words_of_type(field.annotation)
        yield f"| `{name}` | {_type(field.annotation)} | {_default(field)} | {_cell(meaning)} |\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return ""
    if isinstance(value, BaseModel):
        return "its defaults"
    if isinstance(value, StrEnum):
        return f"`{value.value}`"
    if isinstance(value, tuple | dict):
        return "empty" if not value else _cell(str(value))
    return (
        {None: "null", True: "true", False: "false"}.get(value, f"`{value}`")
        if not _number(value)
        else f"`{value}`"
    )


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _words_of_type(annotation: object) -> str:
    """The docstring of the one value that the field holds."""
    names = [inner for inner in _leaves(annotation) if isinstance(inner, type)]
    ours = [name for name in names if issubclass(name, BaseModel | StrEnum)]
    return _sentence(ours[0]) if len(ours) == 1 else ""


def _type(annotation: object) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(inner[0])
    if origin in (Union, UnionType):
        # null stands last, as it does in everybody's head.
        words = [_type(each) for each in inner if each is not NoneType]
        return " or ".join([*words, *(["null"] if NoneType in inner else [])])
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in inner)
    if origin is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            return f"list of {_type(inner[0])}"
        return f"[{', '.join(_type(each) for each in inner)}]"
    if origin is dict:
        return f"object: {_type(inner[0])} to {_type(inner[1])}"
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return ", ".join(f"`{each.value}`" for each in annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    names = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "datetime": "time"}
    return names.get(getattr(annotation, "__name__", ""), "any value")


def _leaves(annotation: object) -> Iterator[object]:
    inner = get_args(annotation)
    if not inner or get_origin(annotation) is Literal:
        yield annotation
    for each in inner:
        yield from _leaves(each)


def _inner_models(model: type[BaseModel]) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []
    for field in model.model_fields.values():
        found += [
            each
            for each in _leaves(field.annotation)
            if isinstance(each, type) and issubclass(each, BaseModel) and each not in found
        ]
    return found


def _sentence(thing: type) -> str:
    return re.sub(r"\s+", " ", (thing.__doc__ or "").strip().partition("\n\n")[0])


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;").strip()
