"""Whether anything slowly changes: each kind's state, what moved, and the nights behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dagaudit.drift import DriftInput, DriftItem, DriftKind, DriftState, TrendNight
from dagaudit.drift_words import change_words
from dagaudit.section import DriftSection
from dashboard.views import times
from dashboard.views.badges import Badge, Tone, words
from dashboard.views.links import Link
from dashboard.views.links import dag as dag_link

TITLES = {
    DriftKind.NUMBERS: "The DAGs in numbers",
    DriftKind.SOURCE: "The DAGs' source",
    DriftKind.INCIDENTS: "The kinds of incidents",
    DriftKind.MODEL: "The language model's answers",
}
TONES = {
    DriftState.DRIFT: Tone.BAD,
    DriftState.RECOVERING: Tone.WARNING,
    DriftState.SUSPECTED: Tone.WARNING,
    DriftState.STEADY: Tone.GOOD,
}
DRIFTING = (DriftState.DRIFT, DriftState.RECOVERING)
MOST_ITEMS = 20
FEWEST_NIGHTS = 2
Series = Mapping[str, Sequence[float | None]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The verdict over all kinds."""

    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """Something that moved."""

    name: str
    what: str
    changes: str
    link: Link | None


@dataclass(frozen=True, slots=True)
class KindCard:
    """One kind."""

    kind: str
    title: str
    badge: Badge
    reason: str
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    items: tuple[ItemLine, ...]
    measures: tuple[dict[str, object], ...]
    chart: "Chart | None"


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over nights; None is a gap."""

    title: str
    days: tuple[str, ...]
    lines: Series = field(default_factory=dict)


def sentence(section: DriftSection) -> Sentence:
    """What may be said in two seconds; only where every watched kind has a verdict is it an all-clear."""
    watched = [one for one in section.inputs if one.state is not DriftState.NOT_WATCHED]
    drifting = [TITLES[one.kind] for one in watched if one.state in DRIFTING]
    if drifting:
        return Sentence(Tone.BAD, f"Drift: {'; '.join(drifting)}")
    suspected = [TITLES[one.kind] for one in watched if one.state is DriftState.SUSPECTED]
    if suspected:
        return Sentence(Tone.WARNING, f"Different tonight, not confirmed yet: {'; '.join(suspected)}")
    steady = [one for one in watched if one.state is DriftState.STEADY]
    silent = len(watched) - len(steady)
    if not watched:
        return Sentence(Tone.NEUTRAL, f"No verdict on drift: {section.reason or 'nothing was watched'}")
    if silent:
        told = f"no verdict on {silent} of {times.count(len(watched), 'kind')} yet"
        return Sentence(Tone.NEUTRAL, f"{told[0].upper()}{told[1:]}; {len(steady)} steady")
    return Sentence(Tone.GOOD, "Nothing drifts: no kind differs from its reference by more than chance")


def cards(section: DriftSection) -> tuple[KindCard, ...]:
    """Every kind that is watched, what drifts first."""
    order = list(DriftState)
    return tuple(_card(one) for one in sorted(section.inputs, key=lambda one: order.index(one.state)))


def trends(nights: Sequence[TrendNight]) -> tuple[Chart, ...]:
    """The numbers on top of the reports, night by night; those that nobody counted are left out."""
    if len(nights) < FEWEST_NIGHTS:
        return ()
    groups: dict[str, dict[str, str]] = {
        "Findings": {"critical": "Critical", "high": "High", "medium": "Medium"},
        "Failures": {"failed_attempts": "Failed attempts", "failed_runs": "Failed runs", "causes": "Causes"},
        "Success rate": {"success_rate": "Succeeded"},
        "Wasted hours": {"wasted_seconds": "In failed attempts"},
        "DAGs": {"dags": "DAGs"},
    }
    days = tuple(night.day for night in nights)
    made = []
    for title, names in groups.items():
        lines = {
            label: [_number(name, getattr(night, name)) for night in nights] for name, label in names.items()
        }
        known = {label: line for label, line in lines.items() if any(one is not None for one in line)}
        if known:
            made.append(Chart(title, days, known))
    return tuple(made)


def _number(name: str, value: float | None) -> float | None:
    if value is None:
        return None
    return round(value / 3600, 2) if name == "wasted_seconds" else value


def _card(one: DriftInput) -> KindCard:
    return KindCard(
        kind=one.kind.value,
        title=TITLES[one.kind],
        badge=Badge(words(one.state.value), TONES.get(one.state, Tone.NEUTRAL)),
        reason=one.reason,
        notes=_notes(one),
        facts=_facts(one),
        items=tuple(_item(one.kind, item) for item in one.moved_items[:MOST_ITEMS]),
        measures=tuple(measure.model_dump() for measure in one.measures),
        chart=_chart(one),
    )


def _notes(one: DriftInput) -> tuple[str, ...]:
    notes = []
    if one.reset:
        notes.append(f"The reference starts anew, which is no drift: {one.reset}.")
    if one.sampled_from:
        notes.append(f"A fixed sample of {one.compared:,} of {one.sampled_from:,} was compared.")
    if one.added or one.gone:
        notes.append(
            f"{one.added:,} are new since the reference and {one.gone:,} are gone; they are not compared."
        )
    return tuple(notes)


def _facts(one: DriftInput) -> tuple[tuple[str, str], ...]:
    if one.p_value is None or one.reference is None:
        return ()
    days = f"{one.reference.nights} nights, {one.reference.first_day} to {one.reference.last_day}"
    return (
        ("Compared with", days),
        ("Pinned by", one.reference.pinned_by),
        ("p of the test", f"{one.p_value:.3g}"),
        ("Distance", f"{one.distance:.3g}, {one.effect:.2g} times the farthest of the reference"),
        ("Moved", f"{one.moved:,} of {one.compared:,} ({times.percent(one.moved_share)})"),
        ("Usually moves up to", times.percent(one.usual_share)),
        ("Dimensions that differ (KS)", f"{one.ks_rejected} of {one.dimensions}"),
        ("Centroid cosine", _plain(one.centroid_cosine)),
        ("Mean shift", _plain(one.mean_shift)),
        ("Std ratio", _plain(one.std_ratio)),
        ("Made by", one.version or times.NEVER),
    )


def _plain(value: float | None) -> str:
    return times.NEVER if value is None else f"{value:.4g}"


def _item(kind: DriftKind, item: DriftItem) -> ItemLine:
    changes = "; ".join(change_words(change) for change in item.changes)
    is_dag = kind in (DriftKind.NUMBERS, DriftKind.SOURCE)
    dag_id = item.dags[0] if item.dags else None
    return ItemLine(
        name=item.item if is_dag else item.label or item.item,
        what=item.what,
        changes=changes or f"{100 * item.distance:.0f} % of its text differs",
        link=dag_link(dag_id) if dag_id else None,
    )


def _chart(one: DriftInput) -> Chart | None:
    if len(one.nights) < FEWEST_NIGHTS:
        return None
    lines: Series = {
        "Share that moved": [night.moved_share for night in one.nights],
        "p of the test": [night.p_value for night in one.nights],
    }
    return Chart("Night by night", tuple(night.day for night in one.nights), lines)
