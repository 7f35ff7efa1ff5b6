"""The masks: what differs from line to line by its very form, written for polars' (Rust's) regexes."""

import polars as pl

# In this order: what is made of numbers before the numbers themselves.
MASKS = (
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?", "<TIME>"),
    (r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b", "<ID>"),
    (r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d+)?\b", "<IP>"),
    (r"\b0[xX][0-9a-fA-F]+\b", "<NUM>"),
    (r"\b[a-fA-F]*\d[0-9a-fA-F]{7,}\b", "<NUM>"),
    (r"(?:/[\w.@=%+\-]+){2,}", "<PATH>"),
    (r"[-+]?\d+(?:[.,]\d+)*", "<NUM>"),
)


def masked(texts: list[str]) -> list[str]:
    """Each text with its values masked."""
    series = pl.Series(texts, dtype=pl.String)
    for pattern, mark in MASKS:
        series = series.str.replace_all(pattern, mark)
    return series.to_list()
