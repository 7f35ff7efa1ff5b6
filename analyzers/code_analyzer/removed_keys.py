"""Where task code asks the context for what Airflow 3 removed from it."""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.syntax import last_name
from analyzers.code_analyzer.template_names import REMOVED_IN_3

_CONTEXTS = frozenset({"context", "kwargs", "ctx", "ti_context", "_context"})
_ASKS = frozenset({"get", "pop"})
_Def = ast.FunctionDef | ast.AsyncFunctionDef


def removed_keys(file: FileContext) -> Iterator[tuple[ast.expr, ast.Constant]]:
    """Each `context["ds"]` or `context.get("ds")` of a removed key, with the key."""
    for subscript in file.all(ast.Subscript):
        key = _removed(subscript.slice)
        if key is not None and _is_context(file, subscript.value) and file.scopes.in_task(subscript):
            yield subscript, key
    for call in file.all(ast.Call):
        func = call.func
        if isinstance(func, ast.Attribute) and func.attr in _ASKS and call.args:
            key = _removed(call.args[0])
            if key is not None and _is_context(file, func.value) and file.scopes.in_task(call):
                yield call, key


def removed_parameters(file: FileContext) -> Iterator[tuple[_Def, ast.arg]]:
    """Each parameter that Airflow 2 filled in of a function that an operator calls, with the function."""
    given = {each.value for each in file.all(ast.Constant) if isinstance(each.value, str)}
    for function in file.scopes.entry_functions:
        if (
            isinstance(function, ast.Lambda)
            or file.scopes.is_callback(function)
            or _is_called(file, function)
        ):
            continue
        for parameter in (*function.args.args, *function.args.kwonlyargs):
            # Where op_kwargs name it, the DAG itself gives the value.
            if parameter.arg in REMOVED_IN_3 and parameter.arg not in given and parameter.arg != "conf":
                yield function, parameter


def _removed(key: ast.AST) -> ast.Constant | None:
    known = isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value in REMOVED_IN_3
    return key if known and isinstance(key, ast.Constant) else None


def _is_context(file: FileContext, node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return last_name(node.func) == "get_current_context"
    if not isinstance(node, ast.Name):
        return False
    if node.id in _CONTEXTS:
        return True
    function = file.scopes.function(node)
    kwarg = getattr(getattr(function, "args", None), "kwarg", None)
    return kwarg is not None and kwarg.arg == node.id


def _is_called(file: FileContext, function: _Def) -> bool:
    """Whether the DAG calls it with arguments of its own, as a @task or as a helper."""
    return any(
        isinstance(call.func, ast.Name) and call.func.id == function.name and bool(call.args or call.keywords)
        for call in file.all(ast.Call)
    )
