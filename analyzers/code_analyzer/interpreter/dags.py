"""Makes DAGs: from DAG(...), from @dag functions, from @asset functions."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.interpreter import schedules
from analyzers.code_analyzer.interpreter.functions import Arguments, bind_arguments, run_body
from analyzers.code_analyzer.interpreter.machine import Machine
from analyzers.code_analyzer.interpreter.objects import BudgetSpent, DagFactory, Raised, Scope
from analyzers.code_analyzer.interpreter.paths import of_this_machine
from analyzers.code_analyzer.interpreter.versions import positional_dag_arguments, schedule_argument_names
from analyzers.code_analyzer.model import Dag
from analyzers.code_analyzer.values import Argument, Const, Made, Mapping, SetBy, Unknown, Value

# What the graph shows of a DAG: where one of these is not known, the DAG is not exact.
SHOWN = ("start_date", "catchup", "tags", "max_active_runs")


def make_dag(scope: Scope, node: ast.AST, given: Arguments, *, form: str = "call") -> Dag:
    """A DAG; it is not open yet."""
    if len(scope.machine.dags) >= scope.machine.budget.dags:
        raise BudgetSpent
    kwargs = dict(given.kwargs)
    kwargs.update(zip(positional_dag_arguments(scope.machine.target), given.args, strict=False))
    arguments = {
        name: Argument(name, value, SetBy.CALL, given.keywords.get(name)) for name, value in kwargs.items()
    }
    id_value = kwargs.get("dag_id")
    if id_value is not None and of_this_machine(id_value):
        id_value = Unknown("it holds the place of the bundle", node=id_value.node, file=id_value.file)
    dag = Dag(
        id_value.value if isinstance(id_value, Const) and isinstance(id_value.value, str) else None,
        form,
        id_value,
        arguments,
        given.open or given.spread,
        arms=scope.machine.arms,
        registered=False,
        node=node,
        file=scope.file,
    )
    scope.machine.dags.append(dag)
    inside = scope.file is scope.machine.main or scope.machine.main_node is None
    dag.home_line = getattr(node if inside else scope.machine.main_node, "lineno", 1)
    _default_args(scope.machine, dag)
    _params(dag)
    dag.schedule = schedules.schedule_of(scope.machine, dag)
    _notes(scope, dag)
    if scope.machine.target < (3, 0) and not scope.machine.forgiving and not dag.open:
        dag.refusals += [(text, node, scope.file) for text in _refusals_of_2(scope, kwargs)]
    return dag


def _refusals_of_2(scope: Scope, kwargs: dict[str, Value]) -> Iterator[str]:
    """Two schedules, or one without a start."""
    schedules_given = [
        value
        for name in schedule_argument_names(scope.machine.target)
        if (value := kwargs.get(name)) is not None and not (isinstance(value, Const) and not value.value)
    ]
    if len(schedules_given) > 1:
        yield "a DAG takes one of schedule, schedule_interval and timetable"
    defaults = kwargs.get("default_args")
    may_start = defaults is not None and not (
        isinstance(defaults, Mapping) and defaults.open is None and "start_date" not in defaults.items
    )
    start = kwargs.get("start_date")
    if (
        schedules_given
        and not may_start
        and (start is None or (isinstance(start, Const) and not start.value))
    ):
        yield "the DAG has a schedule and no start_date"


def _default_args(machine: Machine, dag: Dag) -> None:
    argument = dag.arguments.get("default_args")
    if argument is None:
        return
    if isinstance(argument.value, Mapping):
        # Airflow copies the dict when the DAG is made: later changes of the original do not reach it.
        given = argument.value
        dag.default_args = Mapping(
            dict(given.items), dict(given.key_nodes), given.open, node=given.node, file=given.file
        )
    elif argument.value.plain(argument) is not None:
        reason = argument.value.reason or "they come from outside"
        dag.default_args = Mapping({}, {}, reason, node=argument.node, file=argument.value.file)


def _params(dag: Dag) -> None:
    own = dag.arguments.get("params")
    inherited = dag.default_args.get("params") if dag.default_args is not None else None
    for value in (own.value if own else None, inherited):
        if isinstance(value, Mapping):
            dag.params.update({str(key): item for key, item in value.items.items()})


def _notes(scope: Scope, dag: Dag) -> None:
    if dag.dag_id is None:
        why = dag.id_value.reason if dag.id_value is not None else dag.open or "it has no dag_id"
        scope.machine.note(dag, dag.node, f"its dag_id is not known: {why}", scope.file)
    if dag.open:
        scope.machine.note(dag, dag.node, f"it may have other arguments: {dag.open}", scope.file)
    if dag.default_args is not None and dag.default_args.open:
        scope.machine.note(
            dag, dag.default_args.node, f"default_args are not all known: {dag.default_args.open}", scope.file
        )
    if dag.schedule.reason:
        scope.machine.note(
            dag, dag.schedule.value.node if dag.schedule.value else dag.node, dag.schedule.reason, scope.file
        )
    if scope.machine.arms:
        scope.machine.note(dag, dag.node, f"it is made only {scope.machine.arm_reasons[-1]}", scope.file)
    inherited = dag.default_args.items.get("start_date") if dag.default_args else None
    for name in SHOWN:
        argument = dag.arguments.get(name)
        value = argument.value if argument else inherited if name == "start_date" else None
        if value is not None and not value.known:
            scope.machine.note(dag, value.node, f"{name} is not known: {value.reason}", scope.file)


def call_dag_factory(scope: Scope, node: ast.AST, factory: DagFactory, given: Arguments) -> Value:
    """Run a @dag function inside a DAG of its own; the DAG is its value."""
    factory.used = True
    decorator = factory.decorator
    wanted = Arguments()
    wanted.kwargs = dict(decorator.kwargs)
    wanted.keywords = dict(decorator.keywords)
    wanted.open = decorator.open
    if decorator.args and "dag_id" not in wanted.kwargs:
        wanted.kwargs["dag_id"] = decorator.args[0]
    named = wanted.kwargs.get("dag_id")
    if named is None or (isinstance(named, Const) and not named.value):
        wanted.kwargs["dag_id"] = Const(factory.function.name, node=factory.function.node, file=factory.file)
    dag = make_dag(factory.function.scope or scope, decorator.node or node, wanted, form="decorator")
    dag.function = factory.function
    dag.used_as_context = True
    dag.registered = True
    inner = Scope(factory.function.file or scope.file, factory.function.scope)
    why = bind_arguments(scope, node, factory.function, given, inner)
    if why is not None:
        raise Raised(node, f"{factory.function.name}() {why}", "TypeError")
    dag.params.update(inner.variables)
    for name, value in inner.variables.items():
        inner.variables[name] = Made(
            "airflow.sdk.definitions.param.DagParam", (), {"name": Const(name), "default": value},
            node=node, file=scope.file,
        )  # fmt: skip
    groups, scope.machine.group_stack = scope.machine.group_stack, []
    scope.machine.dag_stack.append(dag)
    try:
        run_body(scope, node, factory.function, inner)
    finally:
        scope.machine.dag_stack.pop()
        scope.machine.group_stack = groups
    return dag
