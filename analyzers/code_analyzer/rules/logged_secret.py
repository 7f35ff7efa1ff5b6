"""DGA507: a password is written to the log, or returned as an XCom.

Task logs and XComs are shown in the UI to everybody who may see the DAG, and are kept. Airflow masks the
passwords of Connections in logs, but not when they are part of a longer word, encoded, or put into an XCom.

Bad:

    from airflow.sdk import BaseHook, task

    @task
    def load():
        connection = BaseHook.get_connection("shop")
        print("connecting with", connection.get_uri())  # <- here

Bad:

    import logging
    from airflow.sdk import task
    from company import sign_in

    @task
    def load():
        api_token = sign_in()
        logging.info("signed in with %s", api_token)  # <- here

Bad:

    from airflow.sdk import BaseHook, task

    @task
    def password() -> str:
        connection = BaseHook.get_connection("shop")
        return connection.password  # <- here

Good:

    from airflow.sdk import BaseHook, task

    @task
    def load():
        connection = BaseHook.get_connection("shop")
        print("connecting to", connection.host)
        print("has a password:", bool(connection.password), "length", len(connection.password))
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.secrets import is_secret_name, is_secret_value
from analyzers.code_analyzer.syntax import last_name, text_of
from dagaudit.finding import Severity

_LOGGERS = frozenset({"log", "logger", "logging", "LOG", "LOGGER", "_log", "_logger"})
_METHODS = frozenset({"debug", "info", "warning", "warn", "error", "critical", "exception", "log"})
# What these return tells that there is a secret, not which.
_HARMLESS = frozenset(
    {"bool", "len", "type", "isinstance", "hash", "mask", "redact", "mask_secret", "any", "all"}
)
_SHOWING = frozenset({"str", "repr", "format", "join", "dumps", "pformat", "strip", "decode", "dict", "list"})
_NO_SECRET = re.compile(
    r"(?:page|next|continuation|sync|cancel|cursor|resume|start|end)_?token$", re.IGNORECASE
)
_CONNECTION = re.compile(r"(?:^|_)conn(?:ection)?\d*$|get_connection\(\)$|Connection\.get\(\)$")


@file_rule("DGA507", "logged-secret", Severity.MEDIUM, tags=("security", "secrets"))
def check(file: FileContext) -> Iterator[Problem]:
    """Secrets of Connections and Variables in log calls, and in what a task returns."""
    for call in file.all(ast.Call):
        if _logs(file, call):
            # Elsewhere, as in a script for the shell, a name alone says too little.
            runs = file.scopes.in_task(call) or file.scopes.at_parse(call)
            for given in (*call.args, *(keyword.value for keyword in call.keywords)):
                what = _secret_in(file, given, names=runs)
                if what is not None:
                    yield Problem(
                        call, f"{what} is written to the log", "log its name or its presence instead"
                    )
                    break
    for function in file.scopes.entry_functions:
        if file.scopes.is_callback(function):
            continue
        for node in file.returns.get(function, ()):
            what = _secret_in(file, node)
            if what is not None:
                yield Problem(
                    node,
                    f"{what} is stored as an XCom, in clear",
                    "return the connection id, and read it where needed",
                )


def _logs(file: FileContext, call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return file.parsed.qualified_name(call.func) in {"print", "pprint.pprint"}
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _METHODS:
        return False
    return last_name(call.func.value) in _LOGGERS or (file.names.of(call.func.value) or "").endswith(
        "getLogger()"
    )


def _secret_in(file: FileContext, node: ast.AST, *, names: bool = True) -> str | None:
    # What a call makes of a name need not show it: with each node, whether a name would be shown.
    waiting: list[tuple[ast.AST, bool]] = [(node, names)]
    while waiting:
        each, shown = waiting.pop()
        if isinstance(each, ast.Compare) or (isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.Not)):
            continue
        if isinstance(each, ast.Call):
            if last_name(each.func) in _HARMLESS:
                continue
            what = _secret_call(file, each)
            if what is not None:
                return what
            shown = shown and last_name(each.func) in _SHOWING
        elif isinstance(each, ast.Attribute) and each.attr in {"password", "extra", "extra_dejson"}:
            if each.attr == "password" and _is_connection(file, each.value):
                return "the connection's password"
            continue
        elif shown and (name := _secret_name(file, each)) is not None:
            return f"the value of `{name}`"
        waiting += [(child, shown) for child in _shown_parts(each)]
    return None


def _shown_parts(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.Subscript):
        # Of `token[:4]` the most is hidden; a key is no value.
        yield from () if isinstance(node.slice, ast.Slice) else (node.value,)
    elif not isinstance(node, ast.Attribute) or isinstance(node.value, ast.Call):
        yield from ast.iter_child_nodes(node)


def _secret_name(file: FileContext, node: ast.AST) -> str | None:
    """The name of a value that is called a secret: a variable, or a key of a dict."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        name = str(node.slice.value)
        return name if is_secret_name(name) and not _NO_SECRET.search(name) else None
    if not isinstance(node, ast.Name) or not is_secret_name(node.id) or _NO_SECRET.search(node.id):
        return None
    constant = text_of(file, node)
    if constant is not None and not is_secret_value(node.id, constant):
        # It holds the name of a Variable, or of a field.
        return None
    return None if _is_one_of_many(file, node) else node.id


def _is_one_of_many(file: FileContext, name: ast.Name) -> bool:
    """Whether a loop gives the name its values, as the tokens of a text."""
    loops: list[ast.For | ast.comprehension] = [*file.all(ast.For), *file.all(ast.comprehension)]
    return any(
        isinstance(each, ast.Name) and each.id == name.id for loop in loops for each in ast.walk(loop.target)
    )


def _secret_call(file: FileContext, call: ast.Call) -> str | None:
    if isinstance(call.func, ast.Attribute) and call.func.attr in {"get_uri", "get_password"}:
        return "the connection's URI, with its password," if call.func.attr == "get_uri" else "the password"
    name = file.names.of(call.func) or ""
    if name.endswith("Variable.get") and call.args and isinstance(call.args[0], ast.Constant):
        key = str(call.args[0].value)
        return f"the Variable {key}" if is_secret_name(key) else None
    return None


def _is_connection(file: FileContext, node: ast.expr) -> bool:
    return bool(_CONNECTION.search(last_name(node)) or _CONNECTION.search(file.names.of(node) or ""))
