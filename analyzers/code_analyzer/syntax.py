"""What rules over the AST ask again and again."""

import ast
from collections.abc import Iterable, Iterator

from analyzers.code_analyzer.context import FileContext

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LITERALS = (ast.Constant, ast.JoinedStr, ast.BinOp, ast.List, ast.Tuple, ast.Set, ast.Dict)


def argument(call: ast.Call, name: str, position: int | None = None) -> ast.expr | None:
    """The expression given as keyword, or at a position."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if position is not None and position < len(call.args):
        return call.args[position]
    return None


def has_open_arguments(call: ast.Call) -> bool:
    """Whether `*x` or `**x` may give more than is seen."""
    return any(keyword.arg is None for keyword in call.keywords) or any(
        isinstance(each, ast.Starred) for each in call.args
    )


def is_true(node: ast.AST | None) -> bool:
    """Whether it is the literal True."""
    return isinstance(node, ast.Constant) and node.value is True


def is_false(node: ast.AST | None) -> bool:
    """Whether it is the literal False."""
    return isinstance(node, ast.Constant) and node.value is False


def literal_text(node: ast.AST | None) -> str | None:
    """The value of a string literal."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


_CHANGES = frozenset({
    "append", "extend", "insert", "remove", "pop", "clear", "update", "setdefault", "add", "discard",
    "popitem", "sort", "reverse",
})  # fmt: skip
HOLE = "\0"
"""Stands in a text for what is not known."""


def text_of(file: FileContext, node: ast.AST | None, depth: int = 8) -> str | None:
    """The text of a string, f-string, `+` of strings or named constant; None where there is no text in it."""
    if depth == 0:
        return None
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(file, each, depth - 1) or HOLE for each in node.values)
    if isinstance(node, ast.FormattedValue):
        return text_of(file, node.value, depth - 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = text_of(file, node.left, depth - 1), text_of(file, node.right, depth - 1)
        return None if left is None and right is None else (left or HOLE) + (right or HOLE)
    if isinstance(node, ast.Name):
        value = constant_of(file, node.id)
        return text_of(file, value, depth - 1) if value is not None else None
    return None


def constant_of(file: FileContext, name: str) -> ast.expr | None:
    """The one value that a module-level name is ever given, where it is made of literals."""
    value = file.module_values.get(name)
    return value if isinstance(value, _LITERALS) else None


def last_name(node: ast.AST) -> str:
    """`DAG` of `airflow.DAG`, "" of anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def names_in(node: ast.AST) -> set[str]:
    """The names that an expression or statement reads."""
    return {
        each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    }


def body_nodes(function: ast.AST, *, nested: bool = False) -> Iterator[ast.AST]:
    """The nodes of a function's body in source order, without those of functions inside it."""
    body = getattr(function, "body", [])
    waiting: list[ast.AST] = list(reversed(body)) if isinstance(body, list) else [body]
    while waiting:
        node = waiting.pop()
        yield node
        if nested or not isinstance(node, _SCOPES):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def calls_named(file: FileContext, names: Iterable[str]) -> Iterator[tuple[str, ast.Call]]:
    """The calls of these names, with the name."""
    for name in names:
        for call in file.calls.get(name, ()):
            yield name, call


def makes_task(name: str | None) -> bool:
    """Whether a call of this name makes a task: an operator, a sensor, or one through `.partial`."""
    if name is None:
        return False
    return name.removesuffix(".partial").endswith(("Operator", "Sensor"))


def makes_dag(name: str | None) -> bool:
    """Whether a call of this name makes a DAG."""
    return name is not None and name.rpartition(".")[2] in {"DAG", "dag"} and name.startswith("airflow")


def is_task_decorator(name: str | None) -> bool:
    """Whether it is `@task` or one of its kind, as `@task.branch`."""
    if name is None:
        return False
    parts = name.split(".")
    return parts[-1] == "task" or (len(parts) > 1 and parts[-2] == "task")


def decorator_names(file: FileContext, function: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The qualified names of a function's decorators, with the expression."""
    for decorator in getattr(function, "decorator_list", ()):
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = file.parsed.qualified_name(called)
        if name is not None:
            yield name, decorator


def statement_of(file: FileContext, node: ast.AST) -> ast.stmt | None:
    """The statement that a node belongs to."""
    each: ast.AST | None = node
    while each is not None and not isinstance(each, ast.stmt):
        each = file.parsed.parent(each)
    return each


def changed_name(node: ast.AST) -> str | None:
    """The name whose content this node changes."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
        return _root(node.func.value)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return _root(node.value)
    return None


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
