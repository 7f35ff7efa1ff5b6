"""What a function returns, as far as its `return` statements say it in so many words."""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.values import Function


def returned_expressions(function: Function) -> list[ast.expr]:
    """The expressions of its `return` statements, both arms of a conditional one."""
    definition = function.definition
    if isinstance(definition, ast.Lambda):
        return list(_arms(definition.body))
    found: list[ast.expr] = []
    pending: list[ast.AST] = list(definition.body)
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.Return):
            if node.value is not None:
                found += _arms(node.value)
        elif not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef | ast.expr
        ):
            pending += ast.iter_child_nodes(node)
    return found


def returned_strings(function: Function) -> Iterator[tuple[ast.Constant, str]]:
    """Every string literal that it returns, alone or in a list."""
    for expression in returned_expressions(function):
        items = expression.elts if isinstance(expression, ast.List | ast.Tuple | ast.Set) else [expression]
        for item in items:
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                yield item, item.value


def may_return_several(function: Function) -> bool:
    """Whether it may return more than one string: only literals of one are sure not to."""
    for expression in returned_expressions(function):
        if isinstance(expression, ast.Constant | ast.JoinedStr):
            continue
        if isinstance(expression, ast.List | ast.Tuple) and len(expression.elts) <= 1:
            continue
        return True
    return False


def _arms(expression: ast.expr) -> Iterator[ast.expr]:
    if isinstance(expression, ast.IfExp):
        yield from _arms(expression.body)
        yield from _arms(expression.orelse)
    else:
        yield expression
