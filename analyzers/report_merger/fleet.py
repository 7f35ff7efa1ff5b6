"""Brings together what the sections know of each DAG."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from analyzers.report_merger.sections import Sections
from analyzers.report_merger.since_last import Comparison
from dagaudit.dag import DagModel
from dagaudit.dag_stats import DagStats, RunStats
from dagaudit.drift import DriftState
from dagaudit.finding import Finding
from dagaudit.run_problem import RunProblem
from dagaudit.section import DriftSection
from dagaudit.task_attempt import Attempt, Cause, CauseState, Outcome

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DagFacts:
    """One DAG, from all sides."""

    dag_id: str
    model: DagModel | None
    stats: DagStats | None
    findings: tuple[Finding, ...]
    """Worst first; those of its file that name no DAG are among them."""
    states: dict[str, CauseState]
    """Fingerprint to state; empty where there is nothing to compare with."""
    attempts: tuple[Attempt, ...]
    """Newest first."""
    causes: tuple[Cause, ...]
    drifted: bool = False
    """Whether it is among what moved most in a kind that drifts."""

    @property
    def runs(self) -> RunStats | None:
        """How its runs went, where anything ran."""
        return self.stats.runs if self.stats else None

    @property
    def problems(self) -> tuple[RunProblem, ...]:
        """What is wrong with its runs, worst first."""
        return self.stats.problems if self.stats else ()


def facts(sections: Sections, comparison: Comparison) -> list[DagFacts]:
    """Every DAG that any section names, by id."""
    models = _first_by_id(sections.code.dags)
    stats = {dag.dag_id: dag for dag in sections.stats.dags}
    attempts = _by_dag(sections.logs.attempts)
    causes: dict[str, list[Cause]] = defaultdict(list)
    for cause in ranked_causes(sections, comparison):
        for dag_id in cause.dags:
            causes[dag_id].append(cause)
    findings = _findings_by_dag(all_findings(sections), sections.code.dags)
    drifted = _drifted(sections.drift)
    ids = {*models, *stats, *attempts, *causes, *findings}
    return [
        DagFacts(
            dag_id=dag_id,
            model=models.get(dag_id),
            stats=stats.get(dag_id),
            findings=tuple(found := sorted(findings.get(dag_id, ()), key=worst_first)),
            states=_states(found, comparison),
            attempts=tuple(sorted(attempts.get(dag_id, ()), key=_newest_first)),
            causes=tuple(causes.get(dag_id, ())),
            drifted=dag_id in drifted,
        )
        for dag_id in sorted(ids)
    ]


def _drifted(section: DriftSection) -> set[str]:
    """The DAGs that moved, of kinds in which drift is confirmed; suspicion alone troubles nobody."""
    return {
        dag_id
        for one in section.inputs
        if one.state is DriftState.DRIFT
        for item in one.moved_items
        for dag_id in item.dags
    }


def all_findings(sections: Sections) -> list[Finding]:
    """Of every section, in the order of the source."""
    found = [finding for _, section in sections.items() for finding in section.findings]
    return sorted(found, key=lambda finding: (finding.place, finding.fingerprint))


def ranked_causes(sections: Sections, comparison: Comparison) -> list[Cause]:
    """What hits most comes first; each knows its state against the report before."""
    causes = sorted(
        sections.logs.causes, key=lambda cause: (-len(cause.dags), -cause.attempts, cause.cause_id)
    )
    return [
        cause.model_copy(update={"state": comparison.states.get(("cause", cause.cause_id))})
        for cause in causes
    ]


def worst_first(finding: Finding) -> tuple[int, tuple[int, str, int, int, str], str]:
    """What findings are sorted by where people read them."""
    return (finding.severity.rank, finding.place, finding.fingerprint)


def newest_run_failed(attempts: Iterable[Attempt]) -> bool | None:
    """Whether a task's last try failed in the newest run that is known; None without attempts."""
    runs: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        if attempt.outcome is not Outcome.UNKNOWN:
            runs[attempt.run_id].append(attempt)
    if not runs:
        return None
    newest = max(runs, key=lambda run_id: (max(_moment(one) for one in runs[run_id]), run_id))
    return any(one.outcome is Outcome.FAILED for one in last_tries(runs[newest]))


def last_tries(attempts: Iterable[Attempt]) -> list[Attempt]:
    """The newest attempt at each task instance."""
    last: dict[tuple[str, str, int], Attempt] = {}
    for attempt in attempts:
        index = -1 if attempt.map_index is None else attempt.map_index
        key = (attempt.run_id, attempt.task_id, index)
        if key not in last or attempt.try_number >= last[key].try_number:
            last[key] = attempt
    return list(last.values())


def _moment(attempt: Attempt) -> datetime:
    moment = attempt.started_at or attempt.ended_at or _LONG_AGO
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _newest_first(attempt: Attempt) -> tuple[float, str, str, int, int]:
    age = (_moment(attempt) - _LONG_AGO).total_seconds()
    index = -1 if attempt.map_index is None else attempt.map_index
    return (-age, attempt.run_id, attempt.task_id, index, -attempt.try_number)


def _first_by_id(dags: Iterable[DagModel]) -> dict[str, DagModel]:
    first: dict[str, DagModel] = {}
    for dag in sorted(dags, key=lambda dag: (dag.bundle, dag.path, dag.line)):
        first.setdefault(dag.dag_id, dag)
    return first


def _by_dag(attempts: Iterable[Attempt]) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        found[attempt.dag_id].append(attempt)
    return found


def _findings_by_dag(findings: Iterable[Finding], dags: Iterable[DagModel]) -> dict[str, list[Finding]]:
    in_file: dict[tuple[int, str], set[str]] = defaultdict(set)
    for dag in dags:
        in_file[dag.bundle, dag.path].add(dag.dag_id)
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.dag_id is not None:
            found[finding.dag_id].append(finding)
            continue
        for dag_id in in_file.get((finding.bundle, finding.path), ()):
            found[dag_id].append(finding)
    return found


def _states(findings: Iterable[Finding], comparison: Comparison) -> dict[str, CauseState]:
    states = {}
    for finding in findings:
        state = comparison.states.get(("finding", finding.fingerprint))
        if state is not None:
            states[finding.fingerprint] = state
    return states
