"""Makes assets, aliases, references and expressions of these; runs @asset functions."""

import ast

from analyzers.code_analyzer.interpreter.dags import make_dag
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import Decorator, Scope, TaskFactory
from analyzers.code_analyzer.model import Argument, Asset, AssetExpression, Dag
from analyzers.code_analyzer.values import Const, Function, Sequence, Value


def make_asset(scope: Scope, node: ast.AST, given: Arguments, kind: str = "asset") -> Asset:
    """`Asset("name", uri="...")`, `Dataset("uri")`, `AssetAlias("name")`."""
    name = given.kwargs.get("name") or (given.args[0] if given.args else None)
    uri = given.kwargs.get("uri") or (given.args[1] if len(given.args) > 1 else None)
    asset = Asset(_text(name), _text(uri), kind, node=node, file=scope.file)
    asset.arguments = {
        key: Argument(key, value, keyword=given.keywords.get(key)) for key, value in given.kwargs.items()
    }
    if kind == "asset" and asset.uri is None and uri is None:
        asset.uri = asset.name
    if kind == "asset" and asset.name is None and name is None:
        asset.name = asset.uri
    asset.known_id = not given.open and all(part is None or part.known for part in (name, uri))
    asset.known_id = asset.known_id and (asset.name is not None or asset.uri is not None)
    return asset


def _text(value: Value | None) -> str | None:
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else None


def make_reference(scope: Scope, node: ast.AST, given: Arguments) -> Value:
    """`Asset.ref(name=...)` or `Asset.ref(uri=...)`."""
    kind = "uri_ref" if "uri" in given.kwargs else "name_ref"
    return make_asset(scope, node, given, kind)


def make_expression(scope: Scope, node: ast.AST, given: Arguments, kind: str) -> Value:
    """`AssetAny(a, b)`, `AssetAll(a, b)`."""
    items = list(given.args)
    if given.spread or given.open:
        items.append(unknown(scope, node, given.spread or given.open or ""))
    return AssetExpression(kind, items, node=node, file=scope.file)


def define(scope: Scope, node: ast.AST, decorator: Decorator, function: Value) -> Value:
    """`@asset(schedule=...)`: an asset, and a DAG of one task that makes it."""
    inner = function.function if isinstance(function, TaskFactory) else function
    if not isinstance(inner, Function):
        return unknown(scope, node, "what @asset decorates is not known")
    result = (
        _multi(scope, node, decorator)
        if decorator.kind == "asset.multi"
        else _single(scope, node, decorator, inner)
    )
    dag = _its_dag(scope, node, decorator, result, inner)
    items: list[Value] = result.items if isinstance(result, AssetExpression) else [result]
    outlets = Sequence(items, list, node=node, file=scope.file)
    scope.machine.dag_stack.append(dag)
    groups, scope.machine.group_stack = scope.machine.group_stack, []
    try:
        _its_task(scope, node, function, inner, outlets)
    finally:
        scope.machine.dag_stack.pop()
        scope.machine.group_stack = groups
    return result


def _multi(scope: Scope, node: ast.AST, decorator: Decorator) -> AssetExpression:
    outlets = decorator.kwargs.get("outlets")
    items = list(outlets.items) if isinstance(outlets, Sequence) else []
    return AssetExpression("all", items, node=node, file=scope.file)


def _single(scope: Scope, node: ast.AST, decorator: Decorator, inner: Function) -> Asset:
    described = Arguments()
    described.kwargs = {
        key: value for key, value in decorator.kwargs.items() if key in {"name", "uri", "group", "extra"}
    }
    given_name = described.kwargs.get("name")
    if given_name is None or (isinstance(given_name, Const) and given_name.value is None):
        described.kwargs["name"] = Const(inner.name, node=inner.node, file=scope.file)
    return make_asset(scope, node, described)


_NOT_OF_THE_DAG = {"name", "uri", "group", "extra", "watchers", "outlets", "access_control"}


def _its_dag(scope: Scope, node: ast.AST, decorator: Decorator, result: Value, inner: Function) -> Dag:
    wanted = Arguments()
    wanted.kwargs = {key: value for key, value in decorator.kwargs.items() if key not in _NOT_OF_THE_DAG}
    wanted.keywords = decorator.keywords
    wanted.open = decorator.open
    named = wanted.kwargs.get("dag_id")
    if named is None or (isinstance(named, Const) and not named.value):
        own = result.arguments["name"].value if isinstance(result, Asset) else None
        wanted.kwargs["dag_id"] = own or Const(inner.name, node=inner.node, file=scope.file)
    wanted.kwargs["catchup"] = Const(False, node=node, file=scope.file)
    dag = make_dag(scope, node, wanted, form="asset")
    dag.function, dag.registered, dag.used_as_context = inner, True, True
    return dag


def _its_task(scope: Scope, node: ast.AST, function: Value, inner: Function, outlets: Sequence) -> None:
    from analyzers.code_analyzer.interpreter.factories import call_task_factory
    from analyzers.code_analyzer.interpreter.tasks import Kind, make_task

    if isinstance(function, TaskFactory):
        function.kwargs["outlets"] = outlets
        call_task_factory(scope, node, function, Arguments())
        return
    given = Arguments()
    given.kwargs = {
        "task_id": Const(inner.name, node=inner.node, file=scope.file),
        "outlets": outlets,
        "inlets": Sequence(_inlets(inner), list, node=inner.node, file=scope.file),
        "python_callable": inner,
    }
    make_task(scope, inner.node or node, Kind(_MAIN_OPERATOR), given)


_MAIN_OPERATOR = "airflow.sdk.definitions.asset.decorators._AssetMainOperator"


def _inlets(function: Function) -> list[Value]:
    arguments = function.parameters
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return [
        Asset(name, None, "name_ref", node=function.node, file=function.file)
        for name in names
        if name not in function.defaults and name not in {"self", "context", "outlet_events"}
    ]
