"""Groups, tasks and dependencies of a DAG of a dag-factory configuration."""

import ast
import re
from dataclasses import dataclass, field
from typing import Any

from analyzers.code_analyzer.interpreter import edges
from analyzers.code_analyzer.interpreter.dag_factory_values import Config, named, value_of
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.groups import make_group
from analyzers.code_analyzer.interpreter.objects import Raised, Scope, TaskFactory
from analyzers.code_analyzer.model import Dag, Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import Const, Symbol, Value

_NOT_OF_TASKS = {
    "operator", "decorator", "dependencies", "task_group_name", "parent_group_name", "expand", "partial",
    "python_callable_name", "python_callable_file",
}  # fmt: skip
_OUTPUT = re.compile(r"^(?:\+(\w+)(?:\[['\"](.*)['\"]\])?|(\w[\w.-]*?)\.output|XcomArg\(([^)]*)\))$")


@dataclass(frozen=True, slots=True)
class Build:
    """The DAG that is being filled."""

    scope: Scope
    node: ast.Call
    dag: Dag
    made: dict[str, Value] = field(default_factory=dict)
    """Its groups and tasks, by their names in the YAML."""


def fill(build: Build, tasks: dict[str, Config], groups: dict[str, Config]) -> None:
    """Make groups, tasks and dependencies.

    Raises:
        Raised: dag-factory or Airflow would refuse them.
    """
    for group in groups:
        _group(build, group, groups)
    for task in _in_order(tasks):
        build.made[task] = _task(build, task, tasks[task])
    _depend(build, {**tasks, **groups})


def listed(node: ast.AST, data: Any, key: str) -> dict[str, Config]:  # noqa: ANN401 - YAML data
    """Tasks or groups by name, whether they were written as a mapping or as a list."""
    if data is None:
        return {}
    if isinstance(data, list):
        rows = [(one.get(key) if isinstance(one, dict) else None, one) for one in data]
    elif isinstance(data, dict):
        rows = list(data.items())
    else:
        rows = [(None, data)]
    found: dict[str, Config] = {}
    for name, row in rows:
        if name is None or not isinstance(row, dict) or name in found:
            raise Raised(node, f"each entry needs a {key} of its own and settings", "DagFactoryException")
        found[str(name)] = {one: value for one, value in row.items() if one != key}
    return found


def _group(build: Build, name: str, groups: dict[str, Config], inside: tuple[str, ...] = ()) -> None:
    scope, node, made = build.scope, build.node, build.made
    if name in made:
        return
    if name in inside or name not in groups:
        raise Raised(node, f"task group {name} is missing or in itself", "Exception")
    config = dict(groups[name])
    parent = config.pop("parent_group_name", None)
    given = Arguments()
    if parent:
        _group(build, str(parent), groups, (*inside, name))
        given.kwargs["parent_group"] = made[str(parent)]
    given.kwargs["group_id"] = Const(name, node=node, file=scope.file)
    for key, value in config.items():
        if key not in ("dependencies", "parent_group"):
            given.kwargs[key] = value_of(scope, node, value)
    made[name] = make_group(scope, node, given)


def _in_order(tasks: dict[str, Config]) -> list[str]:
    """Upstream tasks first, else as they were written."""
    order: dict[str, None] = {}
    for name in tasks:
        pending = [name]
        while pending:
            current = pending[-1]
            waiting = [
                one
                for one in tasks[current].get("dependencies") or []
                if one in tasks and one not in order and one not in pending
            ]
            if waiting:
                pending.append(waiting[0])
            else:
                order[pending.pop()] = None
    return list(order)


def _task(build: Build, name: str, config: Config) -> Value:
    from analyzers.code_analyzer.interpreter.calls import call_value
    from analyzers.code_analyzer.interpreter.factories import expand_operator
    from analyzers.code_analyzer.interpreter.objects import OperatorPartial

    scope, node, made = build.scope, build.node, build.made
    given = Arguments()
    given.kwargs = {"task_id": value_of(scope, node, name), "dag": build.dag}
    given.kwargs |= {
        key: value_of(scope, node, value)
        for key, value in config.items()
        if key not in _NOT_OF_TASKS and value is not None
    }
    group = config.get("task_group_name")
    if group:
        if not isinstance(made.get(str(group)), TaskGroup):
            raise Raised(node, f"task group {group} is missing", "KeyError")
        given.kwargs["task_group"] = made[str(group)]
    if "decorator" in config:
        return _decorated(build, str(config["decorator"]), config, given)
    if "operator" not in config:
        raise Raised(node, f"task {name} has no operator and no decorator", "DagFactoryConfigException")
    if config.get("python_callable_name") or isinstance(config.get("python_callable"), str):
        text = str(config.get("python_callable") or config.get("python_callable_name"))
        given.kwargs["python_callable"] = named(scope, node, text)
    operator = named(scope, node, str(config["operator"]))
    given.kwargs |= {key: value_of(scope, node, one) for key, one in (config.get("partial") or {}).items()}
    if config.get("expand"):
        partial = OperatorPartial(operator, given.kwargs, {}, node=node, file=scope.file)
        wanted = Arguments()
        wanted.kwargs = {key: _output(build, one) for key, one in config["expand"].items()}
        return expand_operator(scope, node, partial, wanted)
    return call_value(scope, node, operator, given)


def _output(build: Build, data: Any) -> Value:  # noqa: ANN401 - YAML data
    """`+task`, `task.output`, `XcomArg(task)`: the output of a task that was made before."""
    found = _OUTPUT.match(data) if isinstance(data, str) else None
    name = next((one for one in (found.group(1), found.group(3), found.group(4)) if one), "") if found else ""
    value = build.made.get(name)
    if isinstance(value, XComArg):
        value = value.task
    if found is None or not isinstance(value, Task):
        return value_of(build.scope, build.node, data)
    key = found.group(2) or "return_value"
    return XComArg(value, key, node=build.node, file=build.scope.file)


def _decorated(build: Build, decorator: str, config: Config, given: Arguments) -> Value:
    from analyzers.code_analyzer.interpreter.factories import call_task_factory
    from analyzers.code_analyzer.interpreter.names import task_flavour

    scope, node = build.scope, build.node
    function = Symbol(str(config.get("python_callable") or config.get("python_callable_name")), node=node)
    factory = TaskFactory(function, task_flavour(decorator), given.kwargs, node=node, file=scope.file)
    factory.kwargs.pop("python_callable", None)
    handed = Arguments()
    for key, value in {**config, **(config.get("partial") or {})}.items():
        output = _output(build, value)
        if isinstance(output, XComArg):
            factory.kwargs.pop(key, None)
            handed.kwargs[key] = output
    expanded = {key: _output(build, one) for key, one in (config.get("expand") or {}).items()}
    return call_task_factory(scope, node, factory, handed, expanded or None)


def _depend(build: Build, configs: dict[str, Config]) -> None:
    scope, node, made = build.scope, build.node, build.made
    for name, config in configs.items():
        for up in config.get("dependencies") or []:
            if str(up) not in made:
                raise Raised(node, f"{name} depends on {up}, which is not there", "KeyError")
            edges.relate(scope, edges.How(node, False, origin="set"), made[name], made[str(up)])
