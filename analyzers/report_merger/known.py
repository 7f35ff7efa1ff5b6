"""Every finding and cause a report knows, open or fixed: what the next report compares itself with.

It travels inside the report as known.parquet and is handed on from report to report. So it is
written once like the rest, belongs to exactly the report that latest.json names, and survives the
deletion of old runs.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from dagaudit.finding import Finding
from dagaudit.task_attempt import Cause

TABLE = "known"
# The kind of the mark that an analyzer has looked at all.
LOOKED_AT = "looked_at"
# A finding that stays away for half a year and returns is new to everybody who works there.
MEMORY = timedelta(days=180)
MAX_FIXED = 50_000
MAX_DAGS = 20


class KnownState(StrEnum):
    """Whether it is still there."""

    OPEN = "open"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Known:
    """One finding or cause, as far as comparing needs it, or the mark that a section was there."""

    kind: str
    """finding, cause, or looked_at for an analyzer that has looked."""
    id: str
    """The fingerprint, the cause_id, or the section's name."""
    section: str
    """Which section has to look in order to find it again."""
    state: KnownState
    first_seen: datetime
    """The creation of the first report that had it."""
    last_seen: datetime
    """The creation of the newest report that had it."""
    rule: str | None = None
    bundle: int | None = None
    path: str | None = None
    dags: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Findings and causes do not share ids by chance."""
        return (self.kind, self.id)

    def seen_again(self, now: datetime, earlier: "Known | None") -> "Known":
        """As this report knows it, keeping the day it first appeared."""
        first = earlier.first_seen if earlier else now
        return replace(self, first_seen=first, last_seen=now, state=KnownState.OPEN)


def known_finding(section: str, finding: Finding, now: datetime) -> Known:
    """A finding as it will be compared."""
    return Known(
        kind="finding",
        id=finding.fingerprint,
        section=section,
        state=KnownState.OPEN,
        first_seen=now,
        last_seen=now,
        rule=finding.rule,
        bundle=finding.bundle,
        path=finding.path,
    )


def known_cause(cause: Cause, now: datetime) -> Known:
    """A cause as it will be compared."""
    return Known(
        kind="cause",
        id=cause.cause_id,
        section="logs",
        state=KnownState.OPEN,
        first_seen=now,
        last_seen=now,
        dags=cause.dags[:MAX_DAGS],
    )


def bounded(items: Iterable[Known], now: datetime) -> tuple[Known, ...]:
    """Without what is too old to matter, and at most so many fixed ones, newest first to stay."""
    young = [item for item in items if now - item.last_seen <= MEMORY]
    fixed = [item for item in young if item.state is KnownState.FIXED]
    fixed.sort(key=lambda item: (item.last_seen, item.key), reverse=True)
    dropped = {item.key for item in fixed[MAX_FIXED:]}
    return tuple(sorted((item for item in young if item.key not in dropped), key=lambda item: item.key))


def decode(data: bytes) -> tuple[Known, ...]:
    """The items of a known.parquet; polars' own errors where it is none."""
    import polars

    rows = polars.read_parquet(io.BytesIO(data)).to_dicts()
    return tuple(
        Known(**{**row, "state": KnownState(row["state"]), "dags": tuple(row["dags"])}) for row in rows
    )
