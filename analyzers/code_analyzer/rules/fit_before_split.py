"""DGA907: a preprocessing step is fitted before the data is split.

The scaler, encoder or selector then knows the test rows: their mean, their categories, their target. The
score on the test set comes out better than the model is, and nobody sees it before production.

Bad:

    from airflow.sdk import task
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    @task
    def train(rows: list, target: list):
        scaler = StandardScaler()
        scaled = scaler.fit_transform(rows)  # <- here
        left, right, y_left, y_right = train_test_split(scaled, target)

Good:

    from airflow.sdk import task
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    @task
    def train(rows: list, target: list):
        left, right, y_left, y_right = train_test_split(rows, target)
        scaler = StandardScaler().fit(left)
        print(scaler.transform(right), y_left, y_right)
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import last_name, names_in
from dagaudit.finding import Severity

_FITS = frozenset({"fit_transform", "fit_resample"})
_SPLITS = frozenset({"train_test_split"})


@file_rule("DGA907", "fit-before-split", Severity.MEDIUM, tags=("ml", "data"))
def check(file: FileContext) -> Iterator[Problem]:
    """In one function: the split works on what a fitted step returned."""
    splits = [call for call in file.all(ast.Call) if last_name(call.func) in _SPLITS]
    for split in splits:
        function = file.scopes.function(split)
        wanted = {name for given in split.args for name in names_in(given)}
        for call in file.all(ast.Call):
            if last_name(call.func) not in _FITS or call.lineno >= split.lineno:
                continue
            if file.scopes.function(call) is function and _assigned(file, call) & wanted:
                yield Problem(
                    call,
                    "this step sees the test rows, so the score on them is too good",
                    "split first, fit on the training rows, and only transform the others",
                )


def _assigned(file: FileContext, call: ast.Call) -> set[str]:
    statement: ast.AST | None = call
    while statement is not None and not isinstance(statement, ast.stmt):
        statement = file.parsed.parent(statement)
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
