"""Tonight against the reference: what is enough to compare, and what counts as shifted."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from analyzers.drift_checker.measures import measures
from analyzers.drift_checker.moved import moved
from analyzers.drift_checker.night import Rows
from analyzers.drift_checker.panel import Nights, nights_of
from analyzers.drift_checker.shift import shift
from dagaudit.drift import DriftInput, DriftKind, DriftState


@dataclass(frozen=True, slots=True)
class Rules:
    """What a kind needs before anything is said of it."""

    current_nights: int
    """How many of the last nights are compared: three, since what runs differs from night to night; one for
    source, which stays until somebody edits it."""
    fewest_items: int
    least_moved: int
    least_share: float
    """Of the items; of the features where there is but one item."""
    effect_over: float = 0.0
    """How many times farther than any part of the reference; edits here and there add up to little."""


RULES = {
    DriftKind.NUMBERS: Rules(current_nights=3, fewest_items=20, least_moved=3, least_share=0.04),
    DriftKind.SOURCE: Rules(
        current_nights=1, fewest_items=20, least_moved=3, least_share=0.05, effect_over=1.5
    ),
    DriftKind.INCIDENTS: Rules(current_nights=3, fewest_items=10, least_moved=1, least_share=0.05),
    DriftKind.MODEL: Rules(current_nights=3, fewest_items=1, least_moved=1, least_share=0.05),
}
# Measured by bench/drift_calibration.py; docs/benchmarks.md has the rates that they give.
P_BELOW = 0.01
BEYOND_USUAL = 1.0
FEWEST_NIGHTS = 7
THINGS = {
    DriftKind.NUMBERS: "DAGs",
    DriftKind.SOURCE: "DAGs with source",
    DriftKind.INCIDENTS: "causes of failures",
    DriftKind.MODEL: "model",
}


def tonight(kind: DriftKind, reference: Sequence[Rows], current: Sequence[Rows], digest: str) -> DriftInput:
    """One kind, compared; `state` is what this night alone allows one to say.

    Deterministic: every random choice comes from the reference's digest.
    """
    rules = RULES[kind]
    items = len(current[-1].items) if current else 0
    lack = _lack(kind, rules, reference, current)
    if lack is None:
        nights = nights_of(kind, reference, current)
        if len(nights.items) < rules.fewest_items:
            lack = (
                f"{len(nights.items)} of the {rules.fewest_items} {THINGS[kind]} needed "
                "are known both in the reference and now"
            )
    if lack is not None:
        return DriftInput(
            kind=kind,
            state=DriftState.NOT_ENOUGH,
            reason=lack,
            window_nights=rules.current_nights,
            items=items,
        )
    seed = int(hashlib.sha256(f"{digest}{kind}".encode()).hexdigest()[:12], 16)
    return _compared(kind, nights, seed).model_copy(update={"items": items})


def _lack(kind: DriftKind, rules: Rules, reference: Sequence[Rows], current: Sequence[Rows]) -> str | None:
    """Why there is not enough to compare."""
    held = sum(bool(rows.items) for rows in reference)
    if held < FEWEST_NIGHTS:
        return f"only {held} of the {FEWEST_NIGHTS} reference nights needed hold {THINGS[kind]}"
    if len(current) < rules.current_nights:
        return f"{len(current)} of the {rules.current_nights} nights needed since the reference are there"
    if not all(rows.items for rows in current):
        return f"not every one of the last {rules.current_nights} nights holds {THINGS[kind]}"
    return None


def _compared(kind: DriftKind, nights: Nights, seed: int) -> DriftInput:
    rules = RULES[kind]
    test, numbers = shift(nights.panel, seed), measures(kind, nights, seed)
    away = moved(kind, nights, test.effect)
    shifted = (
        test.p_value < P_BELOW
        and away.number >= rules.least_moved
        and test.effect > rules.effect_over
        and away.share > max(BEYOND_USUAL * away.usual_share, rules.least_share)
    )
    return DriftInput(
        kind=kind,
        state=DriftState.SUSPECTED if shifted else DriftState.STEADY,
        reason="",
        shifted=shifted,
        window_nights=rules.current_nights,
        compared=len(nights.items),
        sampled_from=nights.sampled_from,
        added=nights.added,
        gone=nights.gone,
        p_value=_rounded(test.p_value),
        permutations=test.permutations,
        distance=_rounded(test.distance),
        effect=_rounded(test.effect),
        bandwidth=_rounded(test.bandwidth),
        moved=away.number,
        moved_share=_rounded(away.share),
        usual_share=_rounded(away.usual_share),
        dimensions=len(nights.names),
        ks_rejected=numbers.ks_rejected,
        centroid_cosine=_rounded(numbers.centroid_cosine),
        usual_cosine=_rounded(numbers.usual_cosine),
        mean_shift=_rounded(numbers.mean_shift),
        std_ratio=_rounded(numbers.std_ratio),
        measures=numbers.table,
        moved_items=away.items,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
