"""DGA906: a task returns a trained model.

What a task returns is serialised as JSON into the metadata database. A model of scikit-learn, torch or
xgboost cannot be: the task fails after the training, when all the work is done. Save it, and return where
it is.

Bad:

    from airflow.sdk import task
    from sklearn.linear_model import LogisticRegression

    @task
    def train(rows: list):
        model = LogisticRegression()
        model.fit(rows, [0, 1])
        return model  # <- here

Good:

    import joblib
    from airflow.sdk import task
    from sklearn.linear_model import LogisticRegression

    @task
    def train(rows: list) -> str:
        model = LogisticRegression()
        model.fit(rows, [0, 1])
        joblib.dump(model, "/mnt/models/model.joblib")
        return "/mnt/models/model.joblib"

    def make_model():
        return LogisticRegression()
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.ml_code import is_model
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity


@file_rule("DGA906", "model-by-xcom", Severity.HIGH, tags=("ml", "xcom"))
def check(file: FileContext) -> Iterator[Problem]:
    """Returns, alone or in a tuple or dictionary, by functions that an operator calls."""
    for function in file.scopes.entry_functions:
        for node in file.returns.get(function, ()):
            for value in _parts(node.value):
                name = file.names.of(value)
                if is_model(name) and name is not None:
                    shown = name.replace("()", "").removesuffix(".fit").rpartition(".")[2]
                    yield Problem(
                        node,
                        f"a {shown} cannot be stored as an XCom, so the task fails after the training",
                        "save the model, and return its address",
                    )
                    break


def _parts(value: ast.expr | None) -> list[ast.expr]:
    if isinstance(value, ast.Tuple | ast.List):
        return value.elts
    if isinstance(value, ast.Dict):
        return value.values
    return [value] if value is not None else []
