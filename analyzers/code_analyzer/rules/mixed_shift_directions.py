"""DGA709: one statement mixes `>>` and `<<`.

`a >> b << c` reads as a chain, but makes `c` a second task before `b`.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        a, b, c = [EmptyOperator(task_id=name) for name in "abc"]
        a >> b << c  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        a, b, c = [EmptyOperator(task_id=name) for name in "abc"]
        [a, c] >> b
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, Profile, file_rule
from dagaudit.finding import Severity


@file_rule("DGA709", "mixed-shift-directions", Severity.LOW, profile=Profile.STRICT, tags=("ownership",))
def check(file: FileContext) -> Iterator[Problem]:
    """Look at statements that are nothing but shifts."""
    if not file.dags:
        return
    for statement in file.all(ast.Expr):
        directions = set()
        node = statement.value
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift | ast.LShift):
            directions.add(type(node.op))
            node = node.left
        if len(directions) > 1:
            yield Problem(
                statement,
                "`>>` and `<<` stand in one statement",
                suggestion="write one direction, one line for each",
            )
