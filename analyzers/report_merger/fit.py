"""Shortens a document's lists until it fits its size, and says in the document what was cut."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dagaudit.report import Cut
from dagaudit.wire import Wire

Document = TypeVar("Document", bound=Wire)


@dataclass(frozen=True, slots=True)
class Shortener(Generic[Document]):
    """One list of a document that may be shortened."""

    name: str
    """Its path in the document."""
    length: Callable[[Document], int]
    shorten: Callable[[Document, int], Document]
    least: int = 0
    """Never fewer than these."""


def shortener(name: str, least: int = 0) -> Shortener[Document]:
    """For a tuple that is a field of the document itself."""

    def shorten(document: Document, keep: int) -> Document:
        return document.model_copy(update={name: getattr(document, name)[:keep]})

    return Shortener(name, lambda document: len(getattr(document, name)), shorten, least)


def fit(
    document: Document,
    limit: int,
    shorteners: Sequence[Shortener[Document]],
    encode: Callable[[Document], bytes],
) -> bytes:
    """The document as bytes, at most `limit`; lists are shortened in the order given, least needed first."""
    data = encode(document)
    totals = {each.name: each.length(document) for each in shorteners}
    cut: dict[str, Cut] = {each.list: each for each in getattr(document, "cut", ())}
    for each in shorteners:
        keep = each.length(document)
        while len(data) > limit and keep > each.least:
            # In proportion to what is too much: two or three rounds instead of one per row.
            keep = max(each.least, min(int(keep * limit / len(data) * 0.95), keep - 1))
            document = each.shorten(document, keep)
            keep = each.length(document)
            total = max(totals[each.name], cut[each.name].total if each.name in cut else 0)
            cut[each.name] = Cut(list=each.name, kept=keep, total=total)
            document = document.model_copy(update={"cut": tuple(cut[name] for name in sorted(cut))})
            data = encode(document)
    return data
