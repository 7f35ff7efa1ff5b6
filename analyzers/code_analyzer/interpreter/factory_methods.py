"""Methods of what waits for a call: @task and @task_group functions, operators under `.partial()`."""

import ast
from dataclasses import replace

from analyzers.code_analyzer.interpreter.factories import call_task_factory, expand_operator
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.groups import call_group
from analyzers.code_analyzer.interpreter.objects import GroupFactory, OperatorPartial, Scope, TaskFactory
from analyzers.code_analyzer.values import Value


def of_task_factory(
    scope: Scope, node: ast.Call, value: TaskFactory, name: str, given: Arguments
) -> Value | None:
    if name == "override":
        return replace(_evolved(value, given), kwargs={**value.kwargs, **given.kwargs})
    if name == "partial":
        return replace(_evolved(value, given), partial={**value.partial, **given.kwargs})
    if name == "expand":
        return call_task_factory(scope, node, value, Arguments(), _expanded(given))
    if name == "expand_kwargs":
        return call_task_factory(scope, node, value, Arguments(), _expanded_kwargs(given))
    if name == "function":
        from analyzers.code_analyzer.interpreter.calls import call_value

        return call_value(scope, node, value.function, given)
    return None


def _expanded(given: Arguments) -> dict[str, Value]:
    return dict(given.kwargs)


def _expanded_kwargs(given: Arguments) -> dict[str, Value]:
    value = given.args[0] if given.args else given.kwargs.get("kwargs")
    return {"expand_kwargs": value} if value is not None else {}


def _evolved(factory: TaskFactory, given: Arguments) -> TaskFactory:
    keywords = {**factory.keywords, **given.keywords}
    return replace(factory, keywords=keywords, open=factory.open or given.open)


def of_group_factory(
    scope: Scope, node: ast.Call, value: GroupFactory, name: str, given: Arguments
) -> Value | None:
    if name == "override":
        kwargs = {**value.kwargs, **given.kwargs}
        return GroupFactory(
            value.function, kwargs, value.open or given.open, value.partial, node=value.node, file=value.file
        )
    if name == "partial":
        partial = {**value.partial, **given.kwargs}
        return GroupFactory(
            value.function, value.kwargs, value.open, partial, node=value.node, file=value.file
        )
    if name == "expand":
        return call_group(scope, node, value, Arguments(), _expanded(given))
    if name == "expand_kwargs":
        source = _expanded_kwargs(given).get("expand_kwargs")
        if source is None:
            return None
        arguments = value.function.parameters
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        return call_group(
            scope,
            node,
            value,
            Arguments(),
            {one: source for one in names if one not in value.partial},
        )
    return None


def of_operator_partial(
    scope: Scope, node: ast.Call, value: OperatorPartial, name: str, given: Arguments
) -> Value | None:
    if name == "expand":
        return expand_operator(scope, node, value, given)
    if name == "expand_kwargs":
        wanted = Arguments()
        wanted.kwargs = _expanded_kwargs(given)
        return expand_operator(scope, node, value, wanted)
    return None
