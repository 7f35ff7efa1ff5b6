"""From the interpreter's DAG to the one that crosses process borders."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from analyzers.code_analyzer.assets import ScheduleKind
from analyzers.code_analyzer.file_model import FileModel
from analyzers.code_analyzer.graph import Edge, cycles
from analyzers.code_analyzer.interpreter.versions import (
    LAST_OF_2,
    Version,
    catchup_default,
    start_date_from_default_args,
)
from analyzers.code_analyzer.model import Dag, Reason, Task, TaskGroup
from analyzers.code_analyzer.values import Made, Mapping, Sequence, Text, Value
from dagaudit.dag import (
    AssetSchedule,
    DagModel,
    Schedule,
    TaskModel,
    Tier,
    TimedeltaSchedule,
    TimetableSchedule,
    Unknown,
)

MAX_PARAM_DEPTH = 20


def wire_dags(model: FileModel, *, bundle: int = 0, target: Version = (3, 3)) -> Iterator[DagModel]:
    """All DAGs of a file; those of one that only Airflow 2 can load are partial and say so."""
    for dag in model.dags:
        yield wire_dag(dag, model.path, bundle=bundle, target=target)
    if not model.dags:
        for dag in model.dags_before:
            because = model.dags_before_because
            yield wire_dag(dag, model.path, bundle=bundle, target=LAST_OF_2, refused=because)


def wire_dag(
    dag: Dag, path: str, *, bundle: int = 0, target: Version = (3, 3), refused: str | None = None
) -> DagModel:
    """The DAG as `dagaudit graph` prints it; `refused` tells why Airflow loads nothing of the file, if so."""
    tasks = sorted((wire_task(task) for task in dag.tasks), key=lambda task: (task.task_id, task.line))
    edges = tuple(sorted({(edge.upstream.name, edge.downstream.name) for edge in dag.edges}))
    reasons = [*dag.reasons, *_refusals(dag, edges, path, refused)]
    return DagModel(
        dag_id=dag.dag_id if dag.dag_id is not None else _pattern(dag.id_value),
        bundle=bundle,
        path=path,
        line=dag.home_line,
        tier=Tier.PARTIAL if reasons and dag.exact else dag.tier,
        reasons=tuple(
            str(reason) if reason.path == path else f"{reason.path} {reason}" for reason in reasons
        ),
        schedule=_schedule(dag),
        catchup=catchup_of(dag, target),
        start_date=start_date_of(dag, target),
        tags=_tags(dag),
        params={name: _param(value) for name, value in sorted(dag.params.items())},
        description=_text(dag, "description"),
        owners=tuple(sorted({task.owner for task in tasks if isinstance(task.owner, str)})),
        max_active_runs=_number(dag, "max_active_runs"),
        tasks=tuple(_distinct(tasks)),
        edges=edges,
    )


def _refusals(dag: Dag, edges: tuple[Edge, ...], path: str, refused: str | None) -> Iterator[Reason]:
    """Why Airflow would not show it, though what it says is known."""
    start = "Airflow does not load it: "
    if refused is not None:
        yield Reason(start + refused, dag.home_line, path)
    for text, node, file in dag.refusals:
        yield Reason(start + text, getattr(node, "lineno", dag.home_line), file.path if file else path)
    for cycle in cycles(edges):
        yield Reason(f"{start}its tasks form a cycle, {' -> '.join([*cycle, cycle[0]])}", dag.home_line, path)


def _distinct(tasks: Iterable[TaskModel]) -> Iterable[TaskModel]:
    """Without the second of two equal ids: Airflow holds one task for each."""
    seen: set[str] = set()
    for task in tasks:
        if task.task_id not in seen:
            seen.add(task.task_id)
            yield task


def _pattern(value: Value | None) -> str:
    return value.pattern() if isinstance(value, Text) else "…"


def _unknown(value: Value) -> Unknown:
    return Unknown(unknown=value.reason or "it is known only when it runs")


def wire_task(task: Task) -> TaskModel:
    """One task."""
    group = task.group
    return TaskModel(
        task_id=task.name,
        operator=task.operator,
        line=task.line,
        trigger_rule=_trigger_rule(task),
        retries=_retries(task),
        is_mapped=task.is_mapped,
        is_setup=task.is_setup,
        is_teardown=task.is_teardown,
        group=_group_id(group),
        owner=_plain_text(task, "owner", "airflow"),
        pool=_plain_text(task, "pool", "default_pool"),
        execution_timeout_seconds=_timeout(task),
    )


def _group_id(group: TaskGroup | None) -> str | None:
    return group.group_id if group is not None else None


def _trigger_rule(task: Task) -> str | Unknown:
    argument = task.effective("trigger_rule")
    if argument is None:
        return "all_success"
    plain = argument.value.plain()
    return plain if isinstance(plain, str) else _unknown(argument.value)


def _retries(task: Task) -> int | Unknown:
    argument = task.effective("retries")
    if argument is None:
        return 0
    if not argument.value.known:
        return _unknown(argument.value)
    plain = argument.value.plain()
    try:
        return int(plain) if plain is not None else 0
    except (TypeError, ValueError):
        return Unknown(unknown=f"{plain!r} is no number (line {argument.line})")


def _plain_text(task: Task, name: str, default: str) -> str | Unknown:
    argument = task.effective(name)
    if argument is None:
        return default
    if not argument.value.known:
        return _unknown(argument.value)
    plain = argument.value.plain()
    return plain if isinstance(plain, str) else default


def _timeout(task: Task) -> float | Unknown | None:
    argument = task.effective("execution_timeout")
    if argument is None:
        return None
    plain = argument.value.plain()
    if isinstance(plain, timedelta):
        return plain.total_seconds()
    return None if argument.value.known else _unknown(argument.value)


def _schedule(dag: Dag) -> Schedule:
    schedule = dag.schedule
    if schedule.kind is ScheduleKind.NONE:
        return None
    if schedule.kind is ScheduleKind.CRON:
        return schedule.text
    if schedule.kind is ScheduleKind.TIMEDELTA:
        return TimedeltaSchedule(timedelta_seconds=schedule.seconds or 0.0)
    if schedule.reason is not None:
        return Unknown(unknown=schedule.reason)
    if schedule.kind is ScheduleKind.ASSETS:
        return AssetSchedule(assets=schedule.text or "")
    return TimetableSchedule(timetable=schedule.text or "")


def catchup_of(dag: Dag, target: Version) -> bool | Unknown:
    """Effective for the target version."""
    argument = dag.arguments.get("catchup")
    if argument is None:
        return Unknown(unknown=dag.open) if dag.open else catchup_default(target)
    return bool(argument.value.plain()) if argument.value.known else _unknown(argument.value)


def start_date_of(dag: Dag, target: Version = (3, 3)) -> str | Unknown | None:
    """ISO 8601 with offset; a naive date is UTC, Airflow's default.

    In Airflow 2 the date of default_args is that of the tasks alone.
    """
    argument = dag.arguments.get("start_date")
    # A None that is given stays: only a DAG that names no date takes that of its default_args.
    value = argument.value if argument else None
    if argument is None and dag.default_args is not None and start_date_from_default_args(target):
        value = dag.default_args.get("start_date")
    if value is None:
        return Unknown(unknown=dag.open) if dag.open else None
    if not value.known:
        return _unknown(value)
    plain = value.plain()
    if isinstance(plain, str):
        try:
            plain = datetime.fromisoformat(plain)
        except ValueError:
            return Unknown(unknown=f"the date {plain!r} is not followed")
    if isinstance(plain, datetime):
        return (plain if plain.tzinfo else plain.replace(tzinfo=UTC)).isoformat()
    return None if plain is None else Unknown(unknown=f"{plain!r} is no date")


def _tags(dag: Dag) -> tuple[str, ...]:
    argument = dag.arguments.get("tags")
    if argument is None:
        return ()
    if isinstance(argument.value, Sequence):
        found = {
            item.plain() for item in argument.value.items if item.known and isinstance(item.plain(), str)
        }
        return tuple(sorted(found))
    plain = argument.value.plain()
    return tuple(sorted(set(plain))) if isinstance(plain, str) else ()


def _text(dag: Dag, name: str) -> str | None:
    argument = dag.arguments.get(name)
    plain = argument.value.plain() if argument else None
    return plain if isinstance(plain, str) else None


def _number(dag: Dag, name: str) -> int | Unknown | None:
    argument = dag.arguments.get(name)
    if argument is None:
        return None
    plain = argument.value.plain()
    if isinstance(plain, int):
        return plain
    return None if argument.value.known else _unknown(argument.value)


def _param(value: Value) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, Made) and value.class_name == "Param":
        default = value.kwargs.get("default") or (value.args[0] if value.args else None)
        return _param(default) if default is not None else None
    return _json(value)


def _json(value: Value, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON
    if depth > MAX_PARAM_DEPTH:
        return {"unknown": "it is nested too deeply"}
    if isinstance(value, Sequence) and value.open is None:
        return [_json(item, depth + 1) for item in value.items]
    if isinstance(value, Mapping) and value.open is None:
        return {str(key): _json(item, depth + 1) for key, item in value.items.items()}
    if not value.known:
        return {"unknown": value.reason or "it is known only when it runs"}
    plain = value.plain()
    if isinstance(plain, date | datetime):
        return plain.isoformat()
    if isinstance(plain, timedelta):
        return plain.total_seconds()
    if (isinstance(plain, float) and plain != plain) or plain in (float("inf"), float("-inf")):
        return str(plain)
    return plain if isinstance(plain, str | int | float | bool | None) else str(plain)
