"""Which tasks decide when a DAG lands, from what its runs really did.

Per run the walk starts at the task that ended last and goes back, each time to the upstream task that ended
last, for that one let it start. A mapped task ends with its last index. A task that was skipped is passed
through. Tasks that start with the first upstream task (one_success and its like) are led back to the one
that ended first; those that never wait begin the path. The graph is that of the source given, so only runs
of the newest version count.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from analyzers.stat_reporter.graph_shape import Shape
from analyzers.stat_reporter.history import DagRuns
from analyzers.stat_reporter.numbers import median
from dagaudit.dag_stats import CriticalPath, PathTask
from dagaudit.run_history import RunRecord

MOST_RUNS = 30
MOST_TASKS = 50
FIRST_IS_ENOUGH = ("one_success", "one_done", "one_failed")
NEVER_WAITS = ("always", "dummy")


@dataclass(frozen=True, slots=True)
class Span:
    """From a task's first try's start to its last end, over all its indices."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A task on the path of one run, in seconds."""

    task_id: str
    wait: float
    run: float


def critical_path(dag: DagRuns, shape: Shape, rules: Mapping[str, str]) -> CriticalPath | None:
    """The tasks that decided over the newest runs; None where no run tells."""
    runs, version = _runs(dag)
    spans = _spans(dag, shape)
    walked = [
        (spans[run.run_id], _walk(run, spans[run.run_id], shape, rules))
        for run in runs
        if run.run_id in spans
    ]
    if not walked:
        return None
    paths = Counter(tuple(step.task_id for step in steps) for _, steps in walked)
    usual, times = min(paths.items(), key=lambda item: (-item[1], item[0]))
    return CriticalPath(
        runs=len(walked),
        version=version,
        usual=usual,
        usual_runs=times,
        tasks=_tasks(walked, shape),
    )


def _runs(dag: DagRuns) -> tuple[list[RunRecord], str | None]:
    """The newest uncleared successes, all of one version."""
    good = [
        run for run in dag.counted if run.state == "success" and run.key not in dag.cleared and run.started_at
    ]
    good.sort(key=lambda run: (str(run.run_after or run.started_at), run.run_id))
    if not good:
        return [], None
    version = good[-1].version
    return [run for run in good if run.version == version][-MOST_RUNS:], version


def _spans(dag: DagRuns, shape: Shape) -> dict[str, dict[str, Span]]:
    """By run and task, of tasks that the graph knows."""
    found: dict[str, dict[str, Span]] = defaultdict(dict)
    for one in dag.tries:
        if one.task_id not in shape.down or one.started_at is None or one.ended_at is None:
            continue
        before = found[one.run_id].get(one.task_id, Span(one.started_at, one.ended_at))
        found[one.run_id][one.task_id] = Span(
            min(before.start, one.started_at), max(before.end, one.ended_at)
        )
    return dict(found)


def _walk(run: RunRecord, spans: Mapping[str, Span], shape: Shape, rules: Mapping[str, str]) -> list[Step]:
    """From the first task of the path to the last."""
    here: str | None = max(spans, key=lambda task: (spans[task].end, task))
    steps: list[Step] = []
    while here is not None:
        before = _decider(here, spans, shape, rules)
        freed = spans[before].end if before else run.started_at or spans[here].start
        span = spans[here]
        steps.append(
            Step(
                here, max(0.0, (span.start - freed).total_seconds()), (span.end - span.start).total_seconds()
            )
        )
        here = before
    return steps[::-1]


def _decider(task: str, spans: Mapping[str, Span], shape: Shape, rules: Mapping[str, str]) -> str | None:
    """The upstream task whose end let it start."""
    rule = rules.get(task, "all_success")
    if rule in NEVER_WAITS:
        return None
    above = _executed_above(task, spans, shape)
    choose = min if rule in FIRST_IS_ENOUGH else max
    return choose(above, key=lambda one: (spans[one].end, one), default=None)


def _executed_above(task: str, spans: Mapping[str, Span], shape: Shape) -> set[str]:
    """The nearest upstream tasks that ran."""
    found, seen, ahead = set(), set(), list(shape.up[task])
    while ahead:
        one = ahead.pop()
        if one in seen:
            continue
        seen.add(one)
        if one in spans:
            found.add(one)
        else:
            ahead += shape.up[one]
    return found


def _tasks(walked: list[tuple[dict[str, Span], list[Step]]], shape: Shape) -> tuple[PathTask, ...]:
    on_path: Counter[str] = Counter()
    seconds: dict[str, float] = defaultdict(float)
    waits, runs, slacks = defaultdict(list), defaultdict(list), defaultdict(list)
    for spans, steps in walked:
        for step in steps:
            on_path[step.task_id] += 1
            seconds[step.task_id] += step.wait + step.run
        for task, (wait, slack) in _slack(spans, shape).items():
            runs[task].append((spans[task].end - spans[task].start).total_seconds())
            slacks[task].append(slack)
            if wait is not None:
                waits[task].append(wait)
    total = sum(seconds.values())
    ordered = sorted(runs, key=lambda task: (-seconds[task], -on_path[task], task))
    return tuple(
        PathTask(
            task_id=task,
            runs=on_path[task],
            share=round(seconds[task] / total, 6) if total else 0.0,
            p50_seconds=median(runs[task]),
            wait_p50_seconds=median(waits[task]),
            slack_p50_seconds=median(slacks[task]),
        )
        for task in ordered[:MOST_TASKS]
    )


def _slack(spans: Mapping[str, Span], shape: Shape) -> dict[str, tuple[float | None, float]]:
    """Per task that ran: what it waited after its last upstream, and how much later it could have ended.

    What follows is taken to wait and to run as long as it did.
    """
    lasts = max(span.end for span in spans.values()).timestamp()
    latest: dict[str, float] = {}
    found: dict[str, tuple[float | None, float]] = {}
    above = {task: _executed_above(task, spans, shape) for task in spans}
    below: dict[str, list[str]] = defaultdict(list)
    for task, some in above.items():
        for one in some:
            below[one].append(task)
    for task in reversed([task for task in shape.order if task in spans]):
        ends = [latest[one] - _held(one, spans, above[one]) for one in below[task] if one in latest]
        latest[task] = min(ends, default=lasts)
        end = spans[task].end.timestamp()
        freed = max((spans[one].end for one in above[task]), default=None)
        wait = max(0.0, (spans[task].start - freed).total_seconds()) if freed else None
        found[task] = (wait, max(0.0, latest[task] - end))
    return found


def _held(task: str, spans: Mapping[str, Span], above: set[str]) -> float:
    """Seconds from when the task was free to start to its end."""
    freed = max(spans[one].end for one in above)
    return (spans[task].end - freed).total_seconds()
