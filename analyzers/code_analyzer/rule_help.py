"""What rules over the DAG model ask again and again: an effective value, its place, a span of time."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any

from analyzers.code_analyzer import cron
from analyzers.code_analyzer.context import DagContext, FileContext
from analyzers.code_analyzer.file_model import DagFacts
from analyzers.code_analyzer.model import Argument, Dag, Schedule, ScheduleKind, Task
from analyzers.code_analyzer.operator_table import Operator, find_operator
from analyzers.code_analyzer.rule import Place, Version
from analyzers.code_analyzer.values import Value
from dagaudit.dag import Tier
from dagaudit.finding import Confidence


class Missing:
    """Stands for an argument that is certainly not given (UNSET), or of which nothing is sure (UNSURE)."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name

    def __bool__(self) -> bool:
        return False


Where = ast.AST | Value | Place
UNSET = Missing("UNSET")
UNSURE = Missing("UNSURE")

# Tasks that do nothing, so that no policy on work holds for them.
IDLE_OPERATORS = frozenset({"EmptyOperator", "DummyOperator", "LatestOnlyOperator"})


def effective(task: Task, name: str) -> Any:  # noqa: ANN401 - whatever the argument is
    """The plain effective value of a task's argument, UNSET or UNSURE."""
    argument = task.effective(name)
    if argument is None:
        return UNSET if task.complete else UNSURE
    return argument.value.plain(UNSURE) if argument.value.known else UNSURE


def dag_value(dag: Dag, name: str) -> Any:  # noqa: ANN401
    """The plain value of an argument of the DAG itself, UNSET or UNSURE."""
    argument = dag.argument(name)
    if argument is None:
        return UNSET if dag.open is None else UNSURE
    return argument.value.plain(UNSURE) if argument.value.known else UNSURE


def default_arg(dag: Dag, name: str) -> Any:  # noqa: ANN401
    """The plain value of a key of the DAG's default_args, UNSET or UNSURE."""
    if dag.default_args is None:
        return UNSET if dag.argument("default_args") is None and dag.open is None else UNSURE
    value = dag.default_args.get(name)
    if value is None:
        return UNSET if dag.default_args.open is None else UNSURE
    return value.plain(UNSURE) if value.known else UNSURE


def at(found: Value | Argument | None, context: DagContext | FileContext) -> Where:
    """Where something was set, in whichever file; the DAG, where it stands in none."""
    value = found.value if isinstance(found, Argument) else found
    if value is not None and value.node is not None:
        return value
    return dag_place(context) if isinstance(context, DagContext) else Place(1)


def dag_place(context: DagContext) -> Where:
    """Where the DAG is made; what an imported factory makes is told at the call in this file."""
    dag = context.dag
    if dag.node is None or (dag.file is not None and dag.file is not context.file.parsed):
        return Place(dag.home_line)
    return dag


def edge_place(context: DagContext, upstream: Task, downstream: Task) -> Where:
    """The statement that made an edge."""
    edge = context.dag.edge(upstream, downstream)
    if edge is None or edge.node is None:
        return at(downstream, context)
    return Value(node=edge.node, file=edge.file)


def seconds(value: object) -> float | None:
    """A span of time, given as timedelta or number, in seconds."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return None


def interval_seconds(schedule: Schedule) -> float | None:
    """The shortest time between two runs; None where the schedule tells none."""
    if schedule.kind is ScheduleKind.TIMEDELTA:
        return schedule.seconds
    expression = cron.expression(schedule.text) if schedule.kind is ScheduleKind.CRON else None
    return cron.interval_seconds(expression) if expression else None


# Only code written before 3.0 imports these.
_OF_AIRFLOW_2 = (
    "airflow.models",
    "airflow.operators.",
    "airflow.sensors.",
    "airflow.decorators",
    "airflow.utils.",
)


def is_written_for_2(file: FileContext) -> bool:
    """Whether its imports are those of Airflow 2, and none of Airflow 3."""
    origins = file.parsed.imports.values()
    return any(origin.startswith(_OF_AIRFLOW_2) for origin in origins) and not any(
        origin.startswith("airflow.sdk") for origin in origins
    )


def recurs(schedule: Schedule, target: Version) -> bool:
    """Whether time starts the DAG again and again."""
    if not schedule.explicit:
        return target < (3, 0)
    if schedule.kind is ScheduleKind.CRON:
        return schedule.text not in {"@once", "@continuous"}
    return schedule.kind is ScheduleKind.TIMEDELTA


def scheduled(schedule: Schedule, target: Version) -> bool:
    """Whether anything but a person or another DAG starts it, as far as is known."""
    if not schedule.explicit:
        return target < (3, 0)
    return schedule.kind not in {ScheduleKind.NONE, ScheduleKind.UNKNOWN}


def tasks_known(dag: Dag) -> bool:
    """Whether every task, its id and every edge is known, whatever else of the DAG is not."""
    if dag.tier is Tier.OPAQUE or any(task.task_id is None for task in dag.tasks):
        return False
    return all(_spares_tasks(reason.text, dag) for reason in dag.reasons)


def _spares_tasks(reason: str, dag: Dag) -> bool:
    return reason == dag.schedule.reason or reason.startswith(_ABOUT_THE_DAG)


_ABOUT_THE_DAG = (
    "start_date is not known", "catchup is not known", "tags is not known", "max_active_runs is not known",
    "default_args are not all known", "it may have other arguments",
)  # fmt: skip


def operator_of(task: Task) -> Operator | None:
    """What the table knows of the task's class."""
    return find_operator(task.operator_class) if task.operator_class else None


def is_kind(task: Task, *names: str) -> bool:
    """Whether the task is of one of these classes or derives from one, as far as the table knows."""
    if task.operator in names:
        return True
    return task.operator_class is not None and not _ancestors(task.operator_class).isdisjoint(names)


@lru_cache(maxsize=1024)
def _ancestors(operator_class: str) -> frozenset[str]:
    operator = find_operator(operator_class)
    return frozenset(operator.ancestors) if operator else frozenset()


def is_surely_task(task: Task) -> bool:
    """Whether its class is an operator; other classes may take a task_id, too."""
    if task.decorator is not None or operator_of(task) is not None:
        return True
    return task.operator.removesuffix("Async").endswith(("Operator", "Sensor"))


def is_sensor(task: Task) -> bool:
    """Whether it waits for something."""
    return (
        is_kind(task, "BaseSensorOperator")
        or task.operator.endswith("Sensor")
        or (task.decorator == "task.sensor")
    )


def is_branch(task: Task) -> bool:
    """Whether it chooses among its downstream tasks."""
    return (task.decorator or "").startswith("task.branch") or is_kind(
        task, "BaseBranchOperator", "BranchMixIn", "BranchPythonOperator"
    )


def is_short_circuit(task: Task) -> bool:
    """Whether it may skip all that comes after it."""
    return task.decorator == "task.short_circuit" or is_kind(task, "ShortCircuitOperator")


def works(task: Task) -> bool:
    """Whether the task does anything itself, so that retries and timeouts mean something."""
    return not (
        task.operator in IDLE_OPERATORS
        or task.is_teardown
        or is_branch(task)
        or is_short_circuit(task)
        or task.decorator == "task.stub"
    )


def trigger_rule(task: Task) -> str | None:
    """The effective rule in lower case; None where it is not known."""
    value = effective(task, "trigger_rule")
    if value is UNSET:
        return "all_done_setup_success" if task.is_teardown else "all_success"
    return value.rpartition(".")[2].lower() if isinstance(value, str) else None


def names(tasks: "list[Task] | set[Task]", limit: int = 5) -> str:
    """Ids in words, shortened."""
    shown = sorted(task.name for task in tasks)
    more = f" and {len(shown) - limit} more" if len(shown) > limit else ""
    return ", ".join(f"`{name}`" for name in shown[:limit]) + more


def may_coexist(first: Any, second: Any) -> bool:  # noqa: ANN401 - Task or Dag
    """Whether two tasks or DAGs can both exist: not in different arms of one `if`."""
    arms = dict(first.arms)
    return all(arms.get(test, arm) == arm for test, arm in second.arms)


def confidence_in(*dags: DagFacts) -> Confidence | None:
    """How sure a rule over the bundle may be: no more than of the least known of these."""
    return None if all(dag.tier is Tier.EXACT for dag in dags) else Confidence.LIKELY


def string_literals(value: Value) -> Iterator[Value]:
    """Every string inside a value."""
    from analyzers.code_analyzer.values import Const, Text, walk

    for inner in walk(value):
        if isinstance(inner, Text) or (isinstance(inner, Const) and isinstance(inner.value, str)):
            yield inner
