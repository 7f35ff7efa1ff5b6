"""Drift as text: a paragraph per kind, the items that moved below it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from dagaudit.cli.output import plain
from dagaudit.drift import DriftInput, DriftItem, DriftKind, DriftReference, DriftState
from dagaudit.drift_words import change_words

if TYPE_CHECKING:
    from rich.console import Console

    from dagaudit.section import DriftSection

STYLES = {
    DriftState.DRIFT: "bold red",
    DriftState.RECOVERING: "yellow",
    DriftState.SUSPECTED: "yellow",
    DriftState.STEADY: "green",
}
SHOWN = 10


def show(section: "DriftSection", pinned: Mapping[DriftKind, DriftReference], out: "Console") -> None:
    """Every kind, those that drift first."""
    for kind, reference in pinned.items():
        days = f"{reference.nights} nights, {reference.first_day} to {reference.last_day}"
        out.print(f"{kind.value}: {days}, are the reference now")
    order = list(DriftState)
    for one in sorted(section.inputs, key=lambda each: order.index(each.state)):
        for line, style in _lines(one):
            out.print(plain(line), style=style, markup=False)
    for failure in section.failures:
        out.print(plain(f"not compared: {failure.message}"), style="red", markup=False)


def _lines(one: DriftInput) -> Iterator[tuple[str, str | None]]:
    yield f"{one.kind.value}: {one.state.value.replace('_', ' ')}", STYLES.get(one.state, "dim")
    yield f"  {one.reason}", None
    if one.reset:
        yield f"  reference starts anew: {one.reset}", None
    if one.p_value is None:
        return
    test = f"p {one.p_value:.3g} of {one.permutations} permutations"
    far = f"MMD {one.distance:.3g}, {one.effect:.3g} times the farthest of the reference"
    yield f"  {one.compared} compared, {one.moved} moved; {test}; {far}", "dim"
    more = [f"{one.ks_rejected} of {one.dimensions} dimensions differ by KS"]
    if one.centroid_cosine is not None:
        more.append(f"centroid cosine {one.centroid_cosine:.4f}")
    if one.mean_shift is not None:
        more.append(f"mean shift {one.mean_shift:.3g}")
    if one.std_ratio is not None:
        more.append(f"std ratio {one.std_ratio:.3g}")
    yield f"  beside it: {', '.join(more)}", "dim"
    if one.state is not DriftState.STEADY:
        for item in one.moved_items[:SHOWN]:
            yield f"    {item_words(item)}", None


def item_words(item: DriftItem) -> str:
    """An item and what changed of it."""
    name = item.label if item.what != "moved" and item.label else item.item
    changes = "; ".join(change_words(change) for change in item.changes)
    what = "" if item.what == "moved" else f" ({item.what})"
    return f"{name}{what}{f': {changes}' if changes else ''}"
