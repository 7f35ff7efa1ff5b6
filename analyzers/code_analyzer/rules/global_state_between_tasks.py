"""DGA136: tasks share data through a global variable.

Each task runs in a process of its own, often on another machine: what one task puts into a module-level
list or dictionary, no other task ever sees. It may seem to work in a test, where all tasks run in one
process.

Bad:

    from airflow.sdk import dag, task

    RESULTS = []

    @dag(schedule="@daily")
    def load():
        @task
        def extract():
            RESULTS.append(42)  # <- here

        @task
        def report():
            print(RESULTS)

        extract() >> report()

    load()

Good:

    from airflow.sdk import dag, task

    TABLES = ["orders", "users"]

    @dag(schedule="@daily")
    def load():
        @task
        def extract() -> list[int]:
            return [len(TABLES)]

        @task
        def report(results: list[int]):
            print(results, TABLES)

        report(extract())

    load()
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import changed_name
from dagaudit.finding import Severity


@file_rule("DGA136", "global-state-between-tasks", Severity.HIGH, tags=("correctness", "xcom"))
def check(file: FileContext) -> Iterator[Problem]:
    """Module-level names that one task changes and another one reads."""
    shared = _module_names(file)
    writes = dict(_writes(file, shared))
    for name, node in writes.items():
        writer = file.scopes.function(node)
        # A cache may be empty in each process: that costs time, and changes no result.
        if writer is None or "cache" in name.lower():
            continue
        writers = file.scopes.entries_reaching(writer)
        for use in file.all(ast.Name):
            reader = file.scopes.function(use)
            if use.id != name or not isinstance(use.ctx, ast.Load) or reader is None or _is_write(file, use):
                continue
            if _local_to(file, reader, name) or not file.scopes.entries_reaching(reader) - writers:
                continue
            yield Problem(
                node,
                f"`{name}` is changed here and read by another task, which runs in another process",
                "return the value from this task and take it as an argument of the other",
            )
            break


def _module_names(file: FileContext) -> set[str]:
    names: set[str] = set()
    for node in file.parsed.tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def _writes(file: FileContext, shared: set[str]) -> Iterator[tuple[str, ast.AST]]:
    for call in (*file.all(ast.Call), *file.all(ast.Subscript)):
        name = changed_name(call)
        if name in shared and name is not None and file.scopes.in_task(call):
            function = file.scopes.function(call)
            if function is not None and not _local_to(file, function, name):
                yield name, call
    for statement in file.all(ast.Global):
        if file.scopes.in_task(statement):
            for name in statement.names:
                if name in shared:
                    yield name, statement


def _is_write(file: FileContext, use: ast.Name) -> bool:
    parent = file.parsed.parent(use)
    while isinstance(parent, ast.Subscript | ast.Attribute):
        if changed_name(parent) == use.id:
            return True
        parent = file.parsed.parent(parent)
    return isinstance(parent, ast.Call) and changed_name(parent) == use.id


def _local_to(file: FileContext, function: ast.AST, name: str) -> bool:
    """Whether the function, or one around it, has a variable of its own by that name."""
    around: ast.AST | None = function
    while around is not None:
        parameters = getattr(around, "args", None)
        if isinstance(parameters, ast.arguments) and name in {
            each.arg for each in ast.walk(parameters) if isinstance(each, ast.arg)
        }:
            return True
        body = getattr(around, "body", [])
        nodes = [each for part in body for each in ast.walk(part)] if isinstance(body, list) else []
        declared = any(isinstance(each, ast.Global) and name in each.names for each in nodes)
        bound = any(
            isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store)
            for each in nodes
        )
        if bound and not declared:
            return True
        around = file.scopes.function(around)
    return False
