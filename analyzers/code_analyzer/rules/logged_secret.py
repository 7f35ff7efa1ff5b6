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
from analyzers.code_analyzer.secrets import is_secret_name
from analyzers.code_analyzer.syntax import last_name
from dagaudit.finding import Severity

_LOGGERS = frozenset({"log", "logger", "logging", "LOG", "LOGGER", "_log", "_logger"})
_METHODS = frozenset({"debug", "info", "warning", "warn", "error", "critical", "exception", "log"})
# What these return tells that there is a secret, not which.
_HARMLESS = frozenset(
    {"bool", "len", "type", "isinstance", "hash", "mask", "redact", "mask_secret", "any", "all"}
)
_CONNECTION = re.compile(r"(?:^|_)conn(?:ection)?\d*$|get_connection\(\)$|Connection\.get\(\)$")


@file_rule("DGA507", "logged-secret", Severity.MEDIUM, tags=("security", "secrets"))
def check(file: FileContext) -> Iterator[Problem]:
    """Secrets of Connections and Variables in log calls, and in what a task returns."""
    for call in file.all(ast.Call):
        if _logs(file, call):
            for given in (*call.args, *(keyword.value for keyword in call.keywords)):
                what = _secret_in(file, given)
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


def _secret_in(file: FileContext, node: ast.AST) -> str | None:
    waiting: list[ast.AST] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Compare):
            continue
        if isinstance(each, ast.Call):
            if last_name(each.func) in _HARMLESS:
                continue
            what = _secret_call(file, each)
            if what is not None:
                return what
        elif isinstance(each, ast.Attribute) and each.attr in {"password", "extra", "extra_dejson"}:
            if each.attr == "password" and _is_connection(file, each.value):
                return "the connection's password"
            continue
        waiting.extend(ast.iter_child_nodes(each))
    return None


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
