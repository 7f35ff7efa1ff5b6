"""What the drift report says, and what is remembered from night to night below `drift/`."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from dagaudit.wire import Wire

STATE = "drift/state.json"
"""Below the reports root; the nights' features lie beside it as drift/YYYY/MM/DD/<report_id>.parquet."""
STATE_SCHEMA = "1.0.0"


class DriftKind(StrEnum):
    """What is watched."""

    NUMBERS = "numbers"
    SOURCE = "source"
    INCIDENTS = "incidents"
    MODEL = "model"


class DriftState(StrEnum):
    """What may be said of a kind. Only `steady` says that nothing drifts; no other word means that."""

    DRIFT = "drift"
    RECOVERING = "recovering"
    SUSPECTED = "suspected"
    STEADY = "steady"
    COLLECTING = "collecting"
    NOT_ENOUGH = "not_enough"
    NOT_WATCHED = "not_watched"


class DriftReference(Wire):
    """The pinned nights that every later night is compared with."""

    version: str = Field(description="What made the features; another version starts a new reference.")
    nights: int
    first_day: str = Field(description="YYYY-MM-DD.")
    last_day: str
    reports: tuple[str, ...] = Field(description="The report_ids, oldest first.")
    keys: tuple[str, ...] = Field(description="Their features below the reports root.")
    digest: str = Field(description="sha256 over the contents of those files, in order.")
    pinned_at: datetime
    pinned_by: str = Field(default="first nights", description="first nights, or person (--pin).")


class DriftMeasure(Wire):
    """One feature or dimension, reported beside the decision and never deciding."""

    name: str
    ks: float = Field(description="Kolmogorov-Smirnov distance, 0..1, one reference night per item.")
    p_value: float = Field(description="Of the KS test; the items recur, so it is a guide, not a proof.")
    q_value: float = Field(description="After Benjamini-Hochberg over all features of the kind.")
    psi: float | None = Field(
        default=None, description="Population stability index on ten reference deciles; numbers only."
    )
    before: float | None = Field(default=None, description="Median of the reference, in the feature's unit.")
    now: float | None = Field(default=None, description="Median of the current nights.")
    known: int = Field(default=0, description="How many items have a value now.")


class DriftChange(Wire):
    """A feature of an item, from what it was to what it is."""

    feature: str
    before: float | None = Field(default=None, description="Median over the reference nights.")
    now: float | None = None
    unit: str = "1"


class DriftItem(Wire):
    """A DAG, a cause of failures or the model that moved beyond what it did in the reference."""

    item: str = Field(description="dag_id, cause_id, or the model's name.")
    label: str = Field(default="", description="The cause's title, or the DAG's file.")
    dags: tuple[str, ...] = Field(default=(), description="At most 20 DAGs that it is about.")
    distance: float = Field(description="How far; the greatest comes first.")
    what: str = Field(default="moved", description="moved, new, gone, more or fewer.")
    changes: tuple[DriftChange, ...] = Field(default=(), description="At most 5, greatest first.")


class DriftNight(Wire):
    """One night of one kind."""

    day: str
    report_id: str
    state: DriftState
    shifted: bool | None = Field(default=None, description="null where there was not enough to compare.")
    p_value: float | None = None
    effect: float | None = None
    moved_share: float | None = None
    centroid_cosine: float | None = None


class DriftInput(Wire):
    """One kind of features tonight, against its reference."""

    kind: DriftKind
    state: DriftState
    reason: str = Field(description="The state in a sentence, with what to do.")
    since: str | None = Field(default=None, description="The day on which drift was confirmed.")
    version: str | None = Field(default=None, description="What made tonight's features.")
    reset: str | None = Field(default=None, description="Why the reference before was given up, if it was.")
    reference: DriftReference | None = None
    shifted: bool | None = Field(default=None, description="Tonight alone; `state` needs more nights.")
    window_nights: int = Field(default=1, description="How many nights count as now.")
    items: int = Field(default=0, description="Items tonight.")
    compared: int = Field(default=0, description="Items known in the reference and now.")
    sampled_from: int | None = Field(default=None, description="Of so many, where a sample was compared.")
    added: int = Field(default=0, description="Items that the reference does not know.")
    gone: int = Field(default=0, description="Items of the reference that are no longer there.")
    p_value: float | None = Field(default=None, description="Of the MMD permutation test.")
    permutations: int = 0
    distance: float | None = Field(default=None, description="MMD between now and the reference, 0..1.4.")
    effect: float | None = Field(
        default=None, description="distance / the greatest distance of any part of the reference."
    )
    bandwidth: float | None = Field(default=None, description="Of the RBF kernel.")
    moved: int = 0
    moved_share: float | None = Field(default=None, description="Share of compared items that moved.")
    usual_share: float | None = Field(default=None, description="The same in the worst reference night.")
    dimensions: int = 0
    ks_rejected: int = Field(default=0, description="Dimensions with q < 0.05.")
    centroid_cosine: float | None = Field(default=None, description="1 where the means point the same way.")
    usual_cosine: float | None = Field(default=None, description="The lowest of any reference night.")
    mean_shift: float | None = Field(default=None, description="Norm of the difference of the means.")
    std_ratio: float | None = Field(
        default=None, description="Median over dimensions: now / reference spread."
    )
    measures: tuple[DriftMeasure, ...] = Field(default=(), description="At most 20, smallest q first.")
    moved_items: tuple[DriftItem, ...] = Field(default=(), description="At most 20, farthest first.")
    nights: tuple[DriftNight, ...] = Field(default=(), description="At most 90, oldest first.")


class TrendNight(Wire):
    """The numbers on top of one night's report."""

    day: str
    report_id: str
    dags: int | None = None
    critical: int | None = None
    high: int | None = None
    medium: int | None = None
    low: int | None = None
    causes: int | None = None
    failed_attempts: int | None = None
    runs: int | None = None
    failed_runs: int | None = None
    success_rate: float | None = None
    wasted_seconds: float | None = None


class NightRecord(Wire):
    """What is remembered of one night."""

    day: str
    report_id: str
    created_at: datetime
    key: str = Field(description="Its features below the reports root.")
    versions: dict[DriftKind, str] = Field(default_factory=dict)
    items: dict[DriftKind, int] = Field(default_factory=dict, description="How many items it holds.")
    results: dict[DriftKind, DriftNight] = Field(default_factory=dict)
    references: dict[DriftKind, str] = Field(
        default_factory=dict, description="Digest of the reference that a result was compared with."
    )
    trend: TrendNight | None = None


class DriftMemory(Wire):
    """drift/state.json: the pinned references and the nights, swapped whole."""

    schema_version: str = STATE_SCHEMA
    references: dict[DriftKind, tuple[DriftReference, ...]] = Field(default_factory=dict)
    nights: tuple[NightRecord, ...] = Field(default=(), description="Oldest first, at most 400, one a day.")


def night_key(report_id: str, created_at: datetime) -> str:
    """Where a night's features lie below the reports root."""
    return f"drift/{created_at:%Y/%m/%d}/{report_id}.parquet"
