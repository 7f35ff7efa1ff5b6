"""The features of one night, and the Parquet file that keeps them."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy
import orjson
from numpy.typing import NDArray

from dagaudit.drift import DriftKind
from dagaudit.errors import ReportUnreadable

if TYPE_CHECKING:
    import polars

FloatArray = NDArray[numpy.floating]
BoolArray = NDArray[numpy.bool_]
SCHEMA = "1"
"""Of the file. Another one is not read, and the reference starts anew."""
MAX_DAGS = 20
_HEAD = "dagaudit_drift"


@dataclass(frozen=True, slots=True)
class Rows:
    """The items of one kind on one night."""

    version: str
    """What made them; rows of different versions are never compared."""
    names: tuple[str, ...]
    """Of the dimensions; for an embedding they are numbers."""
    items: tuple[str, ...]
    """Sorted and unique."""
    values: FloatArray
    """items x dimensions, float32; NaN where not known."""
    labels: tuple[str, ...] = ()
    dags: tuple[tuple[str, ...], ...] = ()
    seen: int = 0
    """How many items there were before a sample was taken."""


@dataclass(frozen=True, slots=True)
class Night:
    """Everything kept of one night."""

    kinds: Mapping[DriftKind, Rows] = field(default_factory=dict)


def sampled(items: Sequence[str], most: int) -> list[str]:
    """At most so many of the items, sorted: those of the lowest hash, so that every night takes the same."""
    if len(items) <= most:
        return sorted(items)
    return sorted(sorted(items, key=_hash)[:most])


def encode(night: Night) -> bytes:
    """The night as Parquet: a row per item, and in its metadata what made them."""
    import polars

    head = {
        kind.value: {"version": rows.version, "names": rows.names, "seen": rows.seen}
        for kind, rows in night.kinds.items()
    }
    frames = [
        polars.DataFrame(
            {
                "kind": [kind.value] * len(rows.items),
                "item": rows.items,
                "label": rows.labels or [""] * len(rows.items),
                "dags": [list(each[:MAX_DAGS]) for each in rows.dags] or [list[str]()] * len(rows.items),
                "values": polars.Series(rows.values.astype(numpy.float32)).cast(_schema()["values"]),
            },
            schema=_schema(),
        )
        for kind, rows in night.kinds.items()
        if rows.items
    ]
    buffer = io.BytesIO()
    frame = polars.concat(frames) if frames else polars.DataFrame(schema=_schema())
    metadata = {_HEAD: orjson.dumps({"schema": SCHEMA, "kinds": head}).decode()}
    frame.write_parquet(buffer, compression="zstd", metadata=metadata)
    return buffer.getvalue()


def decode(data: bytes, key: str) -> Night:
    """The night of a file.

    Raises:
        ReportUnreadable: it is damaged or of another schema.
    """
    import polars

    try:
        head = orjson.loads(polars.read_parquet_metadata(io.BytesIO(data)).get(_HEAD, "{}"))
        frame = polars.read_parquet(io.BytesIO(data))
    except (polars.exceptions.PolarsError, orjson.JSONDecodeError, OSError) as error:
        raise ReportUnreadable(f"{key} is damaged: {error}") from error
    if head.get("schema") != SCHEMA or set(frame.columns) != set(_schema()):
        raise ReportUnreadable(f"{key} is of another version of the drift check")
    kinds = {}
    for name, told in head["kinds"].items():
        part = frame.filter(polars.col("kind") == name)
        width = len(told["names"])
        flat = part["values"].explode().to_numpy() if part.height else numpy.empty(0)
        values = flat.astype(numpy.float32).reshape(part.height, width)
        kinds[DriftKind(name)] = Rows(
            version=told["version"],
            names=tuple(told["names"]),
            items=tuple(part["item"]),
            values=values,
            labels=tuple(part["label"]),
            dags=tuple(tuple(each) for each in part["dags"]),
            seen=told["seen"],
        )
    return Night(kinds)


def _schema() -> "dict[str, polars.DataType]":
    import polars

    texts = polars.List(polars.String())
    numbers = polars.List(polars.Float32())
    text = polars.String()
    return {"kind": text, "item": text, "label": text, "dags": texts, "values": numbers}


def _hash(item: str) -> bytes:
    return hashlib.blake2b(item.encode("utf-8", "surrogatepass"), digest_size=8).digest()
