"""The drift block of report.html: each kind in a few words, and what moved most."""

from dataclasses import dataclass

from dagaudit.drift import DriftInput, DriftItem, DriftKind, DriftState
from dagaudit.drift_words import change_words
from dagaudit.section import DriftSection

TITLES = {
    DriftKind.NUMBERS: "The DAGs in numbers",
    DriftKind.SOURCE: "The DAGs' source",
    DriftKind.INCIDENTS: "The kinds of incidents",
    DriftKind.MODEL: "The language model's answers",
}
TAGS = {
    DriftState.DRIFT: "at_risk",
    DriftState.RECOVERING: "at_risk",
    DriftState.SUSPECTED: "at_risk",
    DriftState.STEADY: "healthy",
}
MOST_ITEMS = 10


@dataclass(frozen=True, slots=True)
class DriftLine:
    """One kind."""

    title: str
    state: str
    tag: str
    reason: str
    reset: str | None
    numbers: str
    items: tuple[tuple[str, str], ...]
    """(name, from what to what)"""


def drift_lines(section: DriftSection) -> tuple[DriftLine, ...]:
    """The kinds that are watched; what drifts comes first."""
    order = list(DriftState)
    watched = [one for one in section.inputs if one.state is not DriftState.NOT_WATCHED]
    return tuple(_line(one) for one in sorted(watched, key=lambda one: order.index(one.state)))


def _line(one: DriftInput) -> DriftLine:
    shown = one.moved_items[:MOST_ITEMS] if one.state is not DriftState.STEADY else ()
    return DriftLine(
        title=TITLES[one.kind],
        state=one.state.value,
        tag=TAGS.get(one.state, "unknown"),
        reason=one.reason,
        reset=one.reset,
        numbers=_numbers(one),
        items=tuple(_item(item) for item in shown),
    )


def _numbers(one: DriftInput) -> str:
    if one.p_value is None or one.reference is None:
        return ""
    days = f"{one.reference.nights} nights, {one.reference.first_day} to {one.reference.last_day}"
    return (
        f"p {one.p_value:.3g}, {one.moved:,} of {one.compared:,} moved, distance {one.effect:.2g} times the "
        f"farthest of the reference ({days})"
    )


def _item(item: DriftItem) -> tuple[str, str]:
    words = "; ".join(change_words(change) for change in item.changes)
    if item.what == "moved":
        return item.item, words
    return item.label or item.item, f"{item.what}; {words}"
