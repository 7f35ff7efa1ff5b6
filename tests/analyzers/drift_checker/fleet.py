"""A small fleet night after night, through the analyzer and into a store."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy

from analyzers.drift_checker.analyze import Seen, analyze
from analyzers.drift_checker.keep import keep
from dagaudit.adapters.null import NullLlm
from dagaudit.dag import DagModel, TaskModel, Tier
from dagaudit.dag_stats import DagStats, DayStats, FleetStats, RunStats, StructureStats
from dagaudit.drift import DriftInput, DriftKind
from dagaudit.ports import Llm, ReportStore
from dagaudit.section import (
    CodeSection,
    Coverage,
    DriftSection,
    LlmUse,
    LogsSection,
    SectionStatus,
    StatsSection,
)
from dagaudit.task_attempt import Category, Cause, CauseOwner, EvidenceLine
from tests.fakes import MemoryCache

FIRST = datetime(2026, 9, 1, 2, tzinfo=UTC)
OK = SectionStatus.OK


@dataclass(frozen=True)
class Fleet:
    """What a night looks like; a test changes parts of it."""

    size: int = 30
    slow: frozenset[int] = frozenset()
    factor: float = 3.0
    template: frozenset[int] = frozenset()
    """DAGs whose file gets many lines of something new."""
    new_causes: int = 0
    answer_tokens: int = 40
    llm: Llm = field(default_factory=NullLlm)
    cache: MemoryCache = field(default_factory=MemoryCache)

    def seen(self, night: int) -> Seen:
        now = FIRST + timedelta(days=night)
        ids = [f"dag_{number:02}" for number in range(self.size)]
        return Seen(
            code=CodeSection(
                status=OK,
                rules=("DGA301",),
                target_version="3.3",
                dags=tuple(_model(dag_id) for dag_id in ids),
                llm=LlmUse(
                    address="ollama://gpu:11434/qwen3", model="qwen3", model_digest="ab" * 32, calls=50,
                    prompt_tokens=50 * 900, answer_tokens=50 * self.answer_tokens + night % 3, seconds=100 + night % 5,
                ),
            ),
            stats=StatsSection(
                status=OK,
                coverage=Coverage(unit="dags", seen=self.size, analyzed=self.size),
                dags=tuple(self._stats(number, night, now) for number in range(self.size)),
                fleet=FleetStats(dags=self.size, runs=14 * self.size, failed_runs=self.size),
            ),
            logs=LogsSection(status=OK, causes=tuple(self._causes(night))),
            llm=self.llm,
            cache=self.cache,
            texts={(0, f"{dag_id}.py"): self._text(number) for number, dag_id in enumerate(ids)},
        )  # fmt: skip

    def _stats(self, number: int, night: int, now: datetime) -> DagStats:
        random = numpy.random.default_rng((number, night))
        seconds = (60 + 30 * number) * float(numpy.exp(random.normal(0, 0.05)))
        seconds *= self.factor if number in self.slow else 1.0
        day = DayStats(day=f"{now - timedelta(days=1):%Y-%m-%d}", runs=1, attempts=2, seconds=2 * seconds)
        return DagStats(
            dag_id=f"dag_{number:02}",
            path=f"dag_{number:02}.py",
            structure=StructureStats(
                tasks=2 + number % 5, edges=1, depth=2, width=1, interval_seconds=86_400
            ),
            runs=RunStats(source="logs", runs=14, attempts=28, p50_seconds=seconds, days=(day,)),
        )

    def _text(self, number: int) -> str:
        lines = [f"step_{number}_{line} = BashOperator(task_id='part_{line * number}')" for line in range(20)]
        if number in self.template:
            lines += [f"guard_{line} = CompanyGuard(policy={line})" for line in range(30)]
        return "\n".join(lines)

    def _causes(self, night: int) -> list[Cause]:
        random = numpy.random.default_rng(night)
        there = [number for number in range(20) if random.random() < (0.9 if number < 12 else 0.3)]
        known = [cause(f"known-{number}", f"KeyError: column_{number} is missing") for number in there]
        return known + [
            cause(f"new-{number}", f"GpuLost: device {number} fell off the bus")
            for number in range(self.new_causes)
        ]


def cause(cause_id: str, text: str) -> Cause:
    return Cause(
        cause_id=cause_id, category=Category.UNKNOWN, title=text, owner=CauseOwner.PLATFORM, retryable=False,
        advice="look", attempts=1, dags=("dag_01",), evidence=(EvidenceLine(line=1, text=text),),
    )  # fmt: skip


def _model(dag_id: str) -> DagModel:
    tasks = (TaskModel(task_id="a", operator="BashOperator", line=1),)
    return DagModel(dag_id=dag_id, path=f"{dag_id}.py", line=1, tier=Tier.EXACT, tasks=tasks)


def run(store: ReportStore, night: int, fleet: Fleet | None = None) -> DriftSection:
    """One night, analyzed and kept."""
    now = FIRST + timedelta(days=night)
    checked = analyze((fleet or Fleet()).seen(night), store, now)
    return keep(checked.section, checked.night, store, (f"{now:%Y%m%dT%H%M%SZ}-{night:08x}", now))


def nights(store: ReportStore, first: int, last: int, fleet: Fleet | None = None) -> DriftSection:
    """Every night from first to last; the last one's section."""
    for night in range(first, last + 1):
        section = run(store, night, fleet)
    return section


def of(section: DriftSection, kind: DriftKind) -> DriftInput:
    return next(one for one in section.inputs if one.kind is kind)


__all__ = ["FIRST", "Fleet", "cause", "nights", "of", "replace", "run"]
