"""DGA312: every exception is caught and nothing comes of it.

A task fails by raising. With the exception caught and only logged, the task is green, its retries never
start, nobody is alerted, and the tasks after it work with data that is not there.

Bad:

    import logging
    from airflow.sdk import task

    @task
    def load():
        try:
            copy_orders()
        except Exception:  # <- here
            logging.exception("could not load")

Bad:

    from airflow.sdk import task

    @task
    def load():
        for day in ["monday", "tuesday"]:
            try:
                copy_orders(day)
            except:  # <- here
                pass

Good:

    import logging
    from airflow.sdk import task

    @task
    def load(path: str):
        failed = []
        for day in ["monday", "tuesday"]:
            try:
                copy_orders(day)
            except Exception:
                logging.exception("could not load %s", day)
                failed.append(day)
        if failed:
            raise RuntimeError(f"not loaded: {failed}")
        try:
            connection.close()
        except Exception:
            logging.warning("could not close")
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import body_nodes, last_name
from dagaudit.finding import Severity

_BROAD = frozenset({"Exception", "BaseException"})
_LOGS = frozenset({
    "print", "debug", "info", "warning", "warn", "error", "critical", "exception", "log", "print_exc",
    "format_exc",
})  # fmt: skip
_CLEANUP = re.compile(
    r"close|cleanup|clean_up|remove|rmtree|unlink|delete|drop|rollback|disconnect|shutdown|stop|terminate|kill"
    r"|release|unlock|teardown|notify|send|post_message|push|emit|incr|gauge|timing"
)

_ON_PURPOSE = re.compile(
    r"best.?effort|non.?fatal|not fatal|optional|ignor|skip|not critical|may fail|can fail|expected"
    r"|on purpose|harmless|does not matter|doesn't matter",
    re.IGNORECASE,
)


@file_rule("DGA312", "swallowed-exception", Severity.MEDIUM, tags=("reliability", "errors"))
def check(file: FileContext) -> Iterator[Problem]:
    """Broad handlers in task code that do nothing but log; cleanup and callbacks may swallow."""
    for handler in file.all(ast.ExceptHandler):
        if not _is_broad(handler) or not all(_says_nothing(each) for each in handler.body):
            continue
        if not file.scopes.in_task(handler):
            continue
        function = file.scopes.function(handler)
        if function is not None and file.scopes.is_callback(function):
            continue
        if _is_explained(file, handler):
            continue
        tried = file.parsed.parent(handler)
        if not isinstance(tried, ast.Try) or _is_cleanup(file, tried):
            continue
        if not _goes_on(tried, function):
            yield Problem(
                handler,
                "every exception ends here, so the task succeeds though its work failed",
                "let it rise, or catch the exceptions that are expected, by name",
            )


def _is_explained(file: FileContext, handler: ast.ExceptHandler) -> bool:
    """Whether a comment says that failing is all right here."""
    lines = range(handler.lineno, (handler.end_lineno or handler.lineno) + 1)
    return any(_ON_PURPOSE.search(file.parsed.comments.get(line, "")) for line in lines)


def _goes_on(tried: ast.Try, function: ast.AST | None) -> bool:
    """Whether success leaves the function here, and what comes after says or does something else."""
    leaves = any(_gives(each) for statement in tried.body for each in [statement, *body_nodes(statement)])
    if function is None or not leaves:
        return False
    end = tried.end_lineno or tried.lineno
    return any(
        (_gives(each) or isinstance(each, ast.Raise)) and each.lineno > end
        for each in body_nodes(function)
        if isinstance(each, ast.Return | ast.Raise)
    )


def _gives(node: ast.AST) -> bool:
    return isinstance(node, ast.Return) and node.value is not None


def _is_broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or last_name(kind) in _BROAD for kind in kinds)


def _says_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass | ast.Continue):
        return True
    if isinstance(node, ast.Return):
        return node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
    if isinstance(node, ast.Expr):
        if isinstance(node.value, ast.Constant):
            return True
        return isinstance(node.value, ast.Call) and last_name(node.value.func) in _LOGS
    return False


def _is_cleanup(file: FileContext, tried: ast.Try) -> bool:
    around = file.parsed.parent(tried)
    if isinstance(around, ast.Try) and tried in around.finalbody:
        return True
    function = file.scopes.function(tried)
    if function is not None and _CLEANUP.search(getattr(function, "name", "")):
        return True
    calls = [
        last_name(each.func)
        for statement in tried.body
        for each in ast.walk(statement)
        if isinstance(each, ast.Call)
    ]
    return bool(calls) and all(_CLEANUP.search(name) or name in _LOGS for name in calls)
