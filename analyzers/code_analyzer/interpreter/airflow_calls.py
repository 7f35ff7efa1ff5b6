"""Calls of what Airflow offers to DAG files: DAG, TaskGroup, chain, Label, Asset and their kin."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
from collections.abc import Callable

from analyzers.code_analyzer.interpreter import asset_calls, edges
from analyzers.code_analyzer.interpreter.dags import make_dag
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.groups import make_group
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import LabelValue, Scope
from analyzers.code_analyzer.model import Task, XComArg
from analyzers.code_analyzer.values import Const, Unknown, Value, Why


def _dag(scope: Scope, node: ast.AST, given: Arguments) -> Value:
    return make_dag(scope, node, given)


def _group(scope: Scope, node: ast.AST, given: Arguments) -> Value:
    return make_group(scope, node, given)


def _chain(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    edges.chain(scope, node, _all_args(scope, node, given))
    return Const(None, node=node, file=scope.file)


def _all_args(scope: Scope, node: ast.AST, given: Arguments) -> list[Value]:
    if given.spread:
        edges.lost(scope, node, *given.args, unknown(scope, node, given.spread))
    return given.args


def _chain_linear(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    edges.chain_linear(scope, node, _all_args(scope, node, given))
    return Const(None, node=node, file=scope.file)


def _cross(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    up = given.kwargs.get("from_tasks") or (given.args[0] if given.args else unknown(scope, node, "missing"))
    down = given.kwargs.get("to_tasks") or (given.args[-1] if given.args else unknown(scope, node, "missing"))
    edges.cross(scope, node, up, down)
    return Const(None, node=node, file=scope.file)


def _label(scope: Scope, node: ast.AST, given: Arguments) -> Value:
    text = given.args[0] if given.args else given.kwargs.get("label")
    known = text.value if isinstance(text, Const) and isinstance(text.value, str) else None
    return LabelValue(known, node=node, file=scope.file)


def _xcom_arg(scope: Scope, node: ast.AST, given: Arguments) -> Value:
    operator = given.args[0] if given.args else given.kwargs.get("operator")
    key = given.args[1] if len(given.args) > 1 else given.kwargs.get("key")
    if isinstance(operator, XComArg):
        operator = operator.task
    if not isinstance(operator, Task):
        return unknown(scope, node, "the operator of an XComArg is not known")
    known = key.value if isinstance(key, Const) else None if key is not None else "return_value"
    return XComArg(operator, str(known) if known is not None else None, node=node, file=scope.file)


def _asset(scope: Scope, node: ast.AST, given: Arguments) -> Value:
    return asset_calls.make_asset(scope, node, given)


def _alias(scope: Scope, node: ast.AST, given: Arguments) -> Value:
    return asset_calls.make_asset(scope, node, given, "alias")


def _all(scope: Scope, node: ast.AST, given: Arguments) -> Value:
    return asset_calls.make_expression(scope, node, given, "all")


def _any(scope: Scope, node: ast.AST, given: Arguments) -> Value:
    return asset_calls.make_expression(scope, node, given, "any")


def _days_ago(scope: Scope, node: ast.AST, given: Arguments) -> Value:
    return Unknown("days_ago() depends on the day", Why.INPUT, node=node, file=scope.file)


def _current_dag(scope: Scope, node: ast.AST, given: Arguments) -> Value:
    return scope.machine.dag or Const(None, node=node, file=scope.file)


ROLES: dict[str, Callable[..., Value]] = {
    "dag_class": _dag,
    "group_class": _group,
    "chain": _chain,
    "chain_linear": _chain_linear,
    "cross_downstream": _cross,
    "label": _label,
    "xcom_arg": _xcom_arg,
    "asset_class": _asset,
    "alias_class": _alias,
    "all_class": _all,
    "any_class": _any,
    "days_ago": _days_ago,
    "current_dag": _current_dag,
}
