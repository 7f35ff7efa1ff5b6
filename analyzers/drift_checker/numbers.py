"""What a DAG is in numbers, on one night: structure, findings, runs."""

import hashlib
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy

from analyzers.drift_checker.night import Rows
from dagaudit import __version__
from dagaudit.dag import DagModel, Tier
from dagaudit.dag_stats import DagStats, DayStats
from dagaudit.finding import Origin, Severity
from dagaudit.section import CodeSection, LogsSection, SectionStatus, StatsSection

VERSION = "1"
"""Changes with the features below or with how they are counted."""
LOOKED = (SectionStatus.OK, SectionStatus.PARTIAL)


@dataclass(frozen=True, slots=True)
class Feature:
    """One number of a DAG."""

    name: str
    unit: str
    of: Callable[["Facts"], float | None]
    is_share: bool = False
    """A share stays as it is; everything else is compared by its logarithm, since a DAG twice as slow is that
    whether it takes a minute or a day."""
    decides: bool = True
    """Only what one night adds decides. Windows of many nights overlap and hardly differ from night to night,
    so that they would prove whatever they show; what an edit changes adds up for good, and is the source's to
    judge. Both are reported."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One DAG from all sides."""

    model: DagModel | None
    stats: DagStats | None
    findings: Counter[Severity] | None
    """None where the source was not looked at."""
    day: DayStats | None
    """The last whole day; None where nothing at all is known of it."""

    def structure(self, name: str) -> float | None:
        """A number of its structure."""
        told = self.stats.structure if self.stats else None
        return None if told is None else getattr(told, name)

    def runs(self, name: str) -> float | None:
        """A number of its runs."""
        told = self.stats.runs if self.stats else None
        return None if told is None else getattr(told, name)

    def history(self, name: str) -> float | None:
        """A number that only Airflow's own history tells."""
        told = self.stats.runs.history if self.stats and self.stats.runs else None
        return None if told is None else getattr(told, name)

    def retries(self) -> float | None:
        """Configured retries per task, where all are known."""
        tasks = self.model.tasks if self.model and self.model.tier is not Tier.OPAQUE else ()
        known = [task.retries for task in tasks if isinstance(task.retries, int)]
        return sum(known) / len(known) if known else None

    def share(self, part: str, whole: str) -> float | None:
        """One count of its runs over another."""
        some, every = self.runs(part), self.runs(whole)
        return None if some is None or not every else some / every

    def on_day(self, part: str, whole: str) -> float | None:
        """One count of the last whole day over another."""
        if self.day is None or not getattr(self.day, whole):
            return None
        return float(getattr(self.day, part) / getattr(self.day, whole))

    def found(self, severity: Severity) -> float | None:
        """How many findings of a severity."""
        return None if self.findings is None else float(self.findings[severity])


FEATURES = (
    Feature("tasks", "1", lambda dag: dag.structure("tasks"), decides=False),
    Feature("edges", "1", lambda dag: dag.structure("edges"), decides=False),
    Feature("depth", "1", lambda dag: dag.structure("depth"), decides=False),
    Feature("width", "1", lambda dag: dag.structure("width"), decides=False),
    Feature("mapped tasks", "1", lambda dag: dag.structure("mapped_tasks"), decides=False),
    Feature("schedule interval", "seconds", lambda dag: dag.structure("interval_seconds"), decides=False),
    Feature("configured retries", "1", Facts.retries, decides=False),
    Feature("critical findings", "1", lambda dag: dag.found(Severity.CRITICAL), decides=False),
    Feature("high findings", "1", lambda dag: dag.found(Severity.HIGH), decides=False),
    Feature("medium findings", "1", lambda dag: dag.found(Severity.MEDIUM), decides=False),
    Feature("low findings", "1", lambda dag: dag.found(Severity.LOW), decides=False),
    Feature("runs a day", "1", lambda dag: dag.day.runs if dag.day else None),
    Feature("failed runs a day", "ratio", lambda dag: dag.on_day("failed_runs", "runs"), is_share=True),
    Feature(
        "failed attempts a day",
        "ratio",
        lambda dag: dag.on_day("failed_attempts", "attempts"),
        is_share=True,
    ),
    Feature("time per attempt", "seconds", lambda dag: dag.on_day("seconds", "attempts")),
    Feature("duration p50", "seconds", lambda dag: dag.runs("p50_seconds"), decides=False),
    Feature("duration p95", "seconds", lambda dag: dag.runs("p95_seconds"), decides=False),
    Feature("success rate", "ratio", lambda dag: dag.runs("success_rate"), is_share=True, decides=False),
    Feature(
        "retried attempts",
        "ratio",
        lambda dag: dag.share("retries", "attempts"),
        is_share=True,
        decides=False,
    ),
    Feature("wasted time", "seconds", lambda dag: dag.runs("wasted_seconds"), decides=False),
    Feature("queue wait p50", "seconds", lambda dag: dag.history("queue_wait_p50_seconds"), decides=False),
    Feature(
        "schedule delay p50", "seconds", lambda dag: dag.history("schedule_delay_p50_seconds"), decides=False
    ),
)
NAMES = tuple(feature.name for feature in FEATURES)
UNITS = {feature.name: feature.unit for feature in FEATURES}
SHARES = numpy.array([feature.is_share for feature in FEATURES])
DECIDING = numpy.array([feature.decides for feature in FEATURES])


def numbers(code: CodeSection, stats: StatsSection, logs: LogsSection, now: datetime) -> Rows | None:
    """A row per DAG; None where neither source nor runs were looked at."""
    if code.status not in LOOKED and stats.status not in LOOKED:
        return None
    models = {dag.dag_id: dag for dag in code.dags}
    told = {dag.dag_id: dag for dag in stats.dags}
    counts = _findings(code) if code.status in LOOKED else None
    ids = sorted({*models, *told})
    yesterday = f"{now - timedelta(days=1):%Y-%m-%d}"
    is_known = any(day.day == yesterday for dag in stats.dags if dag.runs for day in dag.runs.days)
    table = []
    for dag_id in ids:
        model, counted = models.get(dag_id), told.get(dag_id)
        day = _day(counted, yesterday) if is_known else None
        facts = Facts(model, counted, _of(counts, dag_id, models), day)
        table.append([_number(feature, facts) for feature in FEATURES])
    paths = [(models.get(dag_id) or told.get(dag_id)) for dag_id in ids]
    return Rows(
        version=_version(code, stats, logs),
        names=NAMES,
        items=tuple(ids),
        values=numpy.array(table, dtype=numpy.float32).reshape(len(ids), len(FEATURES)),
        labels=tuple((one.path or "") if one else "" for one in paths),
        dags=tuple((dag_id,) for dag_id in ids),
        seen=len(ids),
    )


def comparable(values: numpy.ndarray) -> numpy.ndarray:
    """Numbers as they are compared: logarithms, and shares as they are. Any shape, features last."""
    return numpy.where(SHARES, values, numpy.log1p(numpy.maximum(values, 0.0)))


def _day(dag: DagStats | None, day: str) -> DayStats | None:
    """A day on which the DAG did not run is one of no runs, where its runs are known at all."""
    if dag is None or dag.runs is None:
        return None
    return next((one for one in dag.runs.days if one.day == day), DayStats(day=day))


def _number(feature: Feature, dag: Facts) -> float:
    value = feature.of(dag)
    return math.nan if value is None else float(value)


def _findings(code: CodeSection) -> dict[str, Counter[Severity]]:
    found: dict[str, Counter[Severity]] = {}
    for finding in code.findings:
        # What a model adds belongs to the model's own numbers.
        if finding.dag_id is not None and finding.origin is not Origin.LLM:
            found.setdefault(finding.dag_id, Counter())[finding.severity] += 1
    return found


def _of(
    counts: dict[str, Counter[Severity]] | None, dag_id: str, models: dict[str, DagModel]
) -> Counter[Severity] | None:
    return None if counts is None or dag_id not in models else counts.get(dag_id, Counter())


def _version(code: CodeSection, stats: StatsSection, logs: LogsSection) -> str:
    """Other rules count other findings, and history knows other runs than logs do: neither is drift."""
    rules = hashlib.sha256("\0".join(code.rules or ()).encode()).hexdigest()[:8]
    sources = sorted({dag.runs.source for dag in stats.dags if dag.runs})
    if not sources and logs.status in LOOKED:
        sources = ["logs"]
    of_code = f"rules {rules} for {code.target_version}" if code.status in LOOKED else "no source"
    return (
        f"features {VERSION}; DagAudit {__version__}; {of_code}; runs from {'+'.join(sources) or 'nothing'}"
    )
