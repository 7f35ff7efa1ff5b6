"""Makes task groups, from TaskGroup(...) and from @task_group functions, plain and mapped."""

import ast
import re

from analyzers.code_analyzer.interpreter.functions import Arguments, call_function
from analyzers.code_analyzer.interpreter.machine import Machine
from analyzers.code_analyzer.interpreter.objects import GroupFactory, MappedArgument, Scope
from analyzers.code_analyzer.interpreter.references import references
from analyzers.code_analyzer.model import Dag, TaskGroup
from analyzers.code_analyzer.values import Argument, Const, Mapping, SetBy, Value

_POSITIONAL = ("group_id", "group_display_name", "prefix_group_id")


def child_id(group: TaskGroup, label: str) -> str:
    """A label with the group's prefix, where the group gives one."""
    return f"{group.group_id}.{label}" if group.prefix and group.group_id else label


def make_group(scope: Scope, node: ast.AST, given: Arguments, *, suffix: bool = False) -> TaskGroup:
    """A group in the open DAG and group."""
    kwargs = dict(given.kwargs)
    keywords = given.keywords
    if given.args:
        kwargs.update(zip(_POSITIONAL, given.args, strict=False))
    arguments = {
        name: Argument(name, value, SetBy.CALL, keywords.get(name)) for name, value in kwargs.items()
    }
    parent, dag = _around(scope.machine, kwargs)
    prefix = kwargs.get("prefix_group_id")
    group = TaskGroup(None, dag, parent, arguments=arguments, node=node, file=scope.file)
    group.prefix = bool(prefix.plain(True)) if prefix is not None else True
    if "add_suffix_on_collision" in kwargs:
        suffix = bool(kwargs["add_suffix_on_collision"].plain(False))
    own = kwargs.get("default_args")
    group.default_args = _merged(parent, own)
    _name(scope, group, kwargs.get("group_id"), suffix)
    if (given.open or (prefix is not None and not prefix.known)) and dag is not None:
        scope.machine.note(dag, node, "the arguments of a task group are not known", scope.file)
    if own is not None and not isinstance(own, Mapping) and own.plain(own) is not None and dag is not None:
        scope.machine.note(dag, node, f"default_args of a task group are not known: {own.reason}", scope.file)
    if parent is not None:
        parent.groups.append(group)
    elif dag is not None:
        dag.groups.append(group)
    return group


def _around(machine: Machine, kwargs: dict[str, Value]) -> tuple[TaskGroup | None, Dag | None]:
    parent = kwargs.get("parent_group")
    if isinstance(parent, TaskGroup):
        return parent, parent.dag
    named = kwargs.get("dag")
    dag = named if isinstance(named, Dag) else machine.dag
    group = machine.group
    return (group if group is not None and (dag is None or group.dag is dag) else None), dag


def _merged(parent: TaskGroup | None, own: Value | None) -> Mapping | None:
    mine = own if isinstance(own, Mapping) else None
    above = parent.default_args if parent is not None else None
    if above is None or mine is None:
        return mine or above
    return Mapping(
        {**above.items, **mine.items},
        {**above.key_nodes, **mine.key_nodes},
        above.open or mine.open,
        node=mine.node,
        file=mine.file,
    )


def _name(scope: Scope, group: TaskGroup, given: Value | None, suffix: bool) -> None:
    dag = group.dag
    if not isinstance(given, Const) or not isinstance(given.value, str):
        if dag is not None:
            why = given.reason if given is not None else "it has none"
            scope.machine.note(dag, group.node, f"a task group's id is not known: {why}", scope.file)
        return
    label = given.value
    parent = group.parent
    if parent is not None and parent.group_id is None and parent.prefix:
        return
    full = child_id(parent, label) if parent is not None else label
    if dag is None:
        group.group_id = full
        return
    if full in dag.ids:
        if suffix:
            label = _suffixed(dag, label)
            full = child_id(parent, label) if parent is not None else label
        else:
            dag.refusals.append((f"group id {full} is used twice", group.node, scope.file))
    dag.ids.add(full)
    dag.ids.add(f"{full}.upstream_join_id")
    dag.ids.add(f"{full}.downstream_join_id")
    group.group_id = full


def _suffixed(dag: Dag, label: str) -> str:
    stem = re.split(r"__\d+$", label)[0]
    # As Airflow does: the last in the order of their numbers, looked up without the parent's prefix.
    numbers = [
        int(other.rpartition("__")[2])
        for other in dag.ids
        if other.rpartition("__")[0] == stem and other.rpartition("__")[2].isdecimal()
    ]
    return f"{stem}__{max(numbers) + 1}" if numbers else f"{label}__1"


def call_group(
    scope: Scope,
    node: ast.AST,
    factory: GroupFactory,
    given: Arguments,
    expanded: dict[str, Value] | None = None,
) -> Value:
    """Run a @task_group function inside a group of its own."""
    wanted = Arguments()
    wanted.kwargs = {
        "group_id": Const(factory.function.name, node=factory.node, file=factory.file),
        **factory.kwargs,
    }
    wanted.open = factory.open
    group = make_group(scope, node, wanted, suffix=True)
    group.function = factory.function
    group.is_mapped = expanded is not None
    inner = Arguments()
    inner.args, inner.open, inner.spread = given.args, given.open, given.spread
    inner.kwargs = {**factory.partial, **given.kwargs}
    sources: list[Value] = [found for value in (expanded or {}).values() for found in references(value)]
    for name in expanded or {}:
        inner.kwargs[name] = MappedArgument(sources, node=node, file=scope.file)
    scope.machine.group_stack.append(group)
    try:
        result = call_function(scope, node, factory.function, inner)
        if expanded is not None:
            _after_mapping(scope, node, group, sources)
    finally:
        scope.machine.group_stack.pop()
    if isinstance(result, Const) and result.value is None:
        return group
    return result


def _after_mapping(scope: Scope, node: ast.AST, group: TaskGroup, sources: list[Value]) -> None:
    from analyzers.code_analyzer.interpreter.edges import How, relate

    for source in sources:
        relate(scope, How(node, False, origin="xcom"), group, source)
