"""Makes tasks: from operator calls, from @task functions, plain and mapped."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
from dataclasses import dataclass

from analyzers.code_analyzer.interpreter import xcoms
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.groups import child_id
from analyzers.code_analyzer.interpreter.machine import Machine
from analyzers.code_analyzer.interpreter.objects import BudgetSpent, Raised, Scope
from analyzers.code_analyzer.interpreter.paths import of_this_machine
from analyzers.code_analyzer.interpreter.setup_teardown import remember
from analyzers.code_analyzer.model import Dag, Task, TaskGroup
from analyzers.code_analyzer.values import Argument, Const, Function, Mapping, SetBy, Text, Unknown, Value

# What the graph shows of a task: where one of these is not known, its DAG is not exact.
SHOWN = ("trigger_rule", "retries")


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of task is made."""

    operator_class: str
    """Qualified."""
    decorator: str | None = None
    function: Value | None = None
    """Under @task."""
    template_fields: frozenset[str] | None = None
    """Where a class of the bundle declares them."""

    @property
    def unique(self) -> bool:
        """Whether a repeated id gets a number: that of @task functions does."""
        return self.decorator is not None


def make_task(
    scope: Scope, node: ast.AST, kind: Kind, given: Arguments, expanded: dict[str, Value] | None = None
) -> Task:
    """A task in the open DAG and group, or in those that its arguments name."""
    scope.machine.task_count += 1
    scope.machine.step(10)
    if scope.machine.task_count > scope.machine.budget.tasks:
        raise BudgetSpent
    arguments = _arguments(given)
    task = Task(
        None,
        kind.operator_class.rpartition(".")[2],
        kind.operator_class,
        arguments=arguments,
        open=given.open,
        decorator=kind.decorator,
        arms=scope.machine.arms,
        node=node,
        file=scope.file,
    )
    task.function = _function(kind.function, arguments)
    task.is_mapped = expanded is not None
    task.template_fields = kind.template_fields
    for name, value in (expanded or {}).items():
        task.expanded[name] = Argument(name, value, SetBy.EXPAND)
    dag = _dag_of(scope.machine, arguments)
    task.group = _group_of(scope.machine, arguments, dag)
    if dag is None and task.group is not None:
        dag = task.group.dag
    _inherit(task, dag)
    if dag is None and (named := task.effective("dag")) is not None and isinstance(named.value, Dag):
        dag = named.value
        _inherit(task, dag)
    _name(scope.machine, task, dag, kind.unique)
    scope.machine.tasks.append(task)
    if dag is not None:
        add_to_dag(scope, task, dag)
    remember(scope.machine, task)
    xcoms.depend_on_arguments(scope, task)
    return task


def _arguments(given: Arguments) -> dict[str, Argument]:
    return {
        name: Argument(name, value, SetBy.CALL, given.keywords.get(name))
        for name, value in given.kwargs.items()
    }


def _function(function: Value | None, arguments: dict[str, Argument]) -> Function | None:
    found = function
    if found is None and (argument := arguments.get("python_callable")) is not None:
        found = argument.value
    return found if isinstance(found, Function) else None


def _dag_of(machine: Machine, arguments: dict[str, Argument]) -> Dag | None:
    named = arguments.get("dag")
    if named is not None and isinstance(named.value, Dag):
        return named.value
    if named is not None and not (isinstance(named.value, Const) and named.value.value is None):
        return None
    return machine.dag


def _group_of(machine: Machine, arguments: dict[str, Argument], dag: Dag | None) -> TaskGroup | None:
    named = arguments.get("task_group")
    if named is not None and isinstance(named.value, TaskGroup):
        return named.value
    group = machine.group
    # An open group counts whatever DAG it is of; Airflow refuses the mixture.
    return group if dag is not None else None


def _inherit(task: Task, dag: Dag | None) -> None:
    """Merge the default_args of DAG, group and task; each wins over the one before."""
    sources: list[tuple[Mapping | None, SetBy]] = []
    if dag is not None:
        sources.append((dag.default_args, SetBy.DAG_DEFAULT_ARGS))
        if task.group is not None:
            sources.append((task.group.default_args, SetBy.GROUP_DEFAULT_ARGS))
    own = task.arguments.get("default_args")
    if own is not None:
        if isinstance(own.value, Mapping):
            sources.append((own.value, SetBy.TASK_DEFAULT_ARGS))
        else:
            task.inherited_open = own.value.reason
    for mapping, set_by in sources:
        if mapping is None:
            continue
        for key, value in mapping.items.items():
            if isinstance(key, str):
                task.inherited[key] = Argument(key, value, set_by)
        task.inherited_open = task.inherited_open or mapping.open


def _name(machine: Machine, task: Task, dag: Dag | None, unique: bool) -> None:
    argument = task.effective("task_id")
    task.id_value = argument.value if argument else None
    if task.id_value is not None and of_this_machine(task.id_value):
        task.id_value = Unknown(
            "it holds the place of the bundle", node=task.id_value.node, file=task.id_value.file
        )
    if not isinstance(task.id_value, Const) or not isinstance(task.id_value.value, str):
        if task.group is not None and isinstance(task.id_value, Text):
            prefix = child_id(task.group, "")
            task.id_value = Text(
                (prefix, *task.id_value.parts), node=task.id_value.node, file=task.id_value.file
            )
        return
    plain = task.id_value.value
    if unique and dag is not None:
        plain = _unique(dag, task.group, plain)
    if task.group is None:
        task.task_id = plain
    elif task.group.group_id is not None or not task.group.prefix:
        task.task_id = child_id(task.group, plain)


def _unique(dag: Dag, group: TaskGroup | None, label: str) -> str:
    """A repeated @task call gets `__1`, `__2`, …"""
    ids = dag.ids
    full = child_id(group, label) if group else label
    if full not in ids:
        return label
    stem = _stem(full)
    highest = 0
    for other in ids:
        head, _, number = other.rpartition("__")
        if head == stem and number.isdecimal():
            highest = max(highest, int(number))
    return f"{_stem(label)}__{highest + 1}"


def _stem(name: str) -> str:
    head, separator, number = name.rpartition("__")
    return head if separator and number.isdecimal() else name


def add_to_dag(scope: Scope, task: Task, dag: Dag) -> None:
    """Join a DAG, and say what of it is then not exact."""
    if task.dag is dag:
        return
    task.dag = dag
    dag.tasks.append(task)
    if task.group is not None:
        task.group.tasks.append(task)
    node = task.node
    if task.task_id is None:
        why = task.id_value.reason if task.id_value is not None else task.open or "it has no task_id"
        scope.machine.note(dag, node, f"a task's id is not known: {why}", scope.file)
    elif task.task_id in dag.ids:
        dag.refusals.append((f"task id {task.task_id} is used twice", node, scope.file))
    else:
        dag.ids.add(task.task_id)
    if scope.machine.arms != dag.arms and scope.machine.arms:
        scope.machine.note(
            dag, node, f"task {task.name} is made only {scope.machine.arm_reasons[-1]}", scope.file
        )
    for reason in (task.open, task.inherited_open):
        if reason:
            scope.machine.note(dag, node, f"task {task.name} may have other arguments: {reason}", scope.file)
    for name in SHOWN:
        argument = task.effective(name)
        if argument is not None and not argument.value.known:
            scope.machine.note(
                dag, argument.node, f"{name} of {task.name} is not known: {argument.value.reason}", scope.file
            )


def join_dag(scope: Scope, task: Task, dag: Dag) -> None:
    """A task without a DAG joins one later, by a dependency or by add_task."""
    if task.task_id is None and isinstance(task.id_value, Const):
        task.task_id = str(task.id_value.value)
    if scope.machine.group is not None and task.group is None and scope.machine.group.dag is dag:
        task.group = scope.machine.group
        if task.task_id is not None:
            task.task_id = child_id(scope.machine.group, task.task_id)
    add_to_dag(scope, task, dag)


def require(value: Value | None, node: ast.AST, what: str) -> Value:
    """An argument that must be there."""
    if value is None:
        raise Raised(node, f"{what} is missing", "TypeError")
    return value
