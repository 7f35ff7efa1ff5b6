"""DGA122: `>>` stands between two lists.

Lists do not know the operator; Python raises a TypeError while the file is parsed. `chain` joins lists of
one length pair by pair and refuses others; `cross_downstream` joins each with each.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        a, b, c, d = [EmptyOperator(task_id=name) for name in "abcd"]
        [a, b] >> [c, d]  # <- here

Good:

    from airflow.sdk import DAG, chain
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        a, b, c, d = [EmptyOperator(task_id=name) for name in "abcd"]
        chain([a, b], [c, d])
"""

import ast
from collections.abc import Iterator
from itertools import pairwise

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity


@file_rule("DGA122", "list-to-list-shift", Severity.HIGH, tags=("correctness",))
def check(file: FileContext) -> Iterator[Problem]:
    """Look at displays of lists on both sides."""
    if not file.dags:
        return
    for node in file.all(ast.BinOp):
        if isinstance(node.op, ast.RShift | ast.LShift) and _is_list(node.left) and _is_list(node.right):
            yield Problem(
                node,
                "two lists cannot be joined by a shift: Python raises a TypeError",
                suggestion="use `chain(…)` for pairs, `cross_downstream(…)` for each with each",
            )
    for name, calls in file.calls.items():
        if name.startswith("airflow.") and name.endswith(".chain"):
            for call in calls:
                yield from _uneven(call)


def _is_list(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift | ast.LShift):
        # A chain of shifts is worth what stands last in it.
        return _is_list(node.right)
    return isinstance(node, ast.List | ast.ListComp | ast.Tuple)


def _uneven(call: ast.Call) -> Iterator[Problem]:
    for left, right in pairwise(call.args):
        if not isinstance(left, ast.List) or not isinstance(right, ast.List):
            continue
        if any(isinstance(item, ast.Starred) for item in (*left.elts, *right.elts)):
            continue
        if len(left.elts) != len(right.elts):
            yield Problem(
                right,
                f"`chain` cannot join a list of {len(left.elts)} to one of {len(right.elts)}",
                suggestion="use `cross_downstream`, or put a task between them",
            )
