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
from typing import Any

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.rule import Problem, Profile, file_rule
from dagaudit.finding import Fix, Severity


@file_rule(
    "DGA709",
    "mixed-shift-directions",
    Severity.LOW,
    profile=Profile.STRICT,
    tags=("ownership",),
    fixes=edits.SAFE,
)
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
                fix=_fix(file, statement),
            )


def _fix(file: FileContext, statement: ast.Expr) -> Fix | None:
    """One line for each stretch of one direction; only where naming an operand twice does no harm."""
    parsed, line = file.parsed, statement.lineno
    column = edits.start(parsed, statement)[1]
    indent = parsed.line(line)[: column - 1]
    rest = parsed.line(line)[edits.end(parsed, statement)[1] - 1 :]
    if statement.end_lineno != line or indent.strip() or rest.strip():
        return None
    first, *steps = _operands(statement.value)
    if not all(_is_plain(each) for each in (first, *(operand for _, operand in steps))):
        return None
    stretches: list[list[ast.expr]] = [[first]]
    directions: list[type[ast.operator]] = []
    for operator, operand in steps:
        if directions and directions[-1] is not operator:
            stretches.append([stretches[-1][-1]])
        directions.append(operator)
        stretches[-1].append(operand)
    lines, at = [], 0
    for stretch in stretches:
        ordered = stretch if directions[at] is ast.RShift else stretch[::-1]
        at += len(stretch) - 1
        lines.append(" >> ".join(parsed.segment(each) for each in ordered))
    return edits.safe("write >> only", edits.replace(parsed, statement, f"\n{indent}".join(lines)))


def _operands(node: ast.expr) -> list[Any]:
    """The first operand, then (operator, operand) of each further one."""
    steps: list[Any] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift | ast.LShift):
        steps.append((type(node.op), node.right))
        node = node.left
    return [node, *reversed(steps)]


def _is_plain(node: ast.expr) -> bool:
    if isinstance(node, ast.List | ast.Tuple):
        return all(_is_plain(each) for each in node.elts)
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
