"""Finds in task code what whoever starts a run may choose: `dag_run.conf` and params."""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.syntax import body_nodes, last_name

# What these return is harmless, whatever goes in.
_QUOTING = frozenset({"quote", "int", "float", "len", "bool", "list2cmdline"})
_CONF = ("dag_run", "conf")
_MOST_NAMES = 20


def read_from_run(file: FileContext, expression: ast.expr) -> Iterator[tuple[str, ...]]:
    """What an expression takes from it, as ("dag_run", "conf") or ("params", "table").

    Names are followed to what the same function assigns to them; a test, or what is quoted, takes nothing.
    """
    given = _given(file.scopes.function(expression))
    waiting: list[ast.AST] = [expression]
    seen: set[str] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Compare) or (isinstance(node, ast.Call) and last_name(node.func) in _QUOTING):
            continue
        path = _path(node)
        if path is not None:
            yield path
            continue
        if isinstance(node, ast.Name) and node.id not in seen and len(seen) < _MOST_NAMES:
            seen.add(node.id)
            waiting.extend(given.get(node.id, ()))
        children = (node.body, node.orelse) if isinstance(node, ast.IfExp) else ast.iter_child_nodes(node)
        waiting.extend(children)


def _given(function: ast.AST | None) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in body_nodes(function) if function is not None else ():
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def _path(node: ast.AST) -> tuple[str, ...] | None:
    if isinstance(node, ast.Attribute) and node.attr == "conf" and _named(node.value) == "dag_run":
        return _CONF
    asked = _asked(node)
    return ("params", asked[1]) if asked is not None and _named(asked[0]) == "params" else None


def _named(node: ast.expr) -> str:
    """`dag_run` of the name itself, of `context["dag_run"]` and of `context.get("dag_run")`."""
    asked = _asked(node)
    return asked[1] if asked is not None else node.id if isinstance(node, ast.Name) else ""


def _asked(node: ast.AST) -> tuple[ast.expr, str] | None:
    """What is asked for a plain key, and the key."""
    if isinstance(node, ast.Subscript):
        base, key = node.value, node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        if not node.args:
            return None
        base, key = node.func.value, node.args[0]
    else:
        return None
    return (base, key.value) if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
