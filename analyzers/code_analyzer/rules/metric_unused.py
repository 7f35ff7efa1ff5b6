"""DGA910: a metric is computed, and nobody sees it.

The score of a model that is neither returned nor logged nor compared with anything is lost with the task.

Bad:

    from airflow.sdk import task
    from sklearn.metrics import accuracy_score

    @task
    def evaluate(expected: list, predicted: list):
        accuracy = accuracy_score(expected, predicted)  # <- here

Good:

    from airflow.sdk import task
    from sklearn.metrics import accuracy_score

    @task
    def evaluate(expected: list, predicted: list) -> float:
        accuracy = accuracy_score(expected, predicted)
        if accuracy < 0.8:
            raise ValueError(f"accuracy is only {accuracy}")
        return accuracy
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import body_nodes
from dagaudit.finding import Severity

_METRIC = re.compile(
    r"sklearn\.metrics\.(?!make_scorer|get_scorer|\w*Display|pairwise)\w+"
    r"|sklearn\.model_selection\.cross_val(?:_score|idate)"
    r"|(?:sklearn|xgboost|lightgbm|catboost)\.[\w.]+\(\)(?:\.fit\(\))?\.score"
    r"|(?:tensorflow\.)?keras\.[\w.]+\(\)\.evaluate"
)


@file_rule("DGA910", "metric-unused", Severity.LOW, tags=("ml",))
def check(file: FileContext) -> Iterator[Problem]:
    """In task code: a metric whose value goes nowhere, or into a name that is never read."""
    for name, calls in file.calls.items():
        if not _METRIC.fullmatch(name):
            continue
        for call in calls:
            function = file.scopes.function(call)
            if function is not None and file.scopes.in_task(call) and _is_lost(file, call, function):
                yield Problem(
                    call,
                    f"nobody sees what {name.rpartition('.')[2]}() found",
                    "return it, log it, or stop where it is too bad",
                )


def _is_lost(file: FileContext, call: ast.Call, function: ast.AST) -> bool:
    statement = file.parsed.parent(call)
    if isinstance(statement, ast.Expr):
        return True
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if not all(isinstance(target, ast.Name) for target in targets):
        return False
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    shared = {name for each in file.all(ast.Global) for name in each.names}
    return not names & shared and not any(
        isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load)
        for node in body_nodes(function, nested=True)
    )
