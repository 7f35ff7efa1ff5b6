"""DGA908: a model is loaded from a place that is not constant, in a format that can run code.

`pickle`, `joblib` and `torch.load` execute what the file says. Who can put a file in that place, or name
another one in the run's parameters, runs code as the worker.

Bad:

    import joblib
    from airflow.sdk import task

    @task
    def score(path: str):
        model = joblib.load(path)  # <- here
        print(model)

Good:

    import joblib
    import torch
    from airflow.sdk import task

    MODEL = "/opt/models/churn-1.4.2.joblib"

    @task
    def score(path: str):
        print(joblib.load(MODEL))
        print(torch.load(path, weights_only=True))
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import HOLE, argument, calls_named, is_true, text_of
from dagaudit.finding import Severity

_LOADS = ("pickle.load", "joblib.load", "torch.load", "dill.load", "cloudpickle.load", "numpy.load")


@file_rule("DGA908", "unsafe-model-load", Severity.LOW, tags=("ml", "security"))
def check(file: FileContext) -> Iterator[Problem]:
    """Paths that the file does not fix; `weights_only=True` and numpy without pickles are safe."""
    for name, call in calls_named(file, _LOADS):
        if is_true(argument(call, "weights_only")):
            continue
        if name == "numpy.load" and not is_true(argument(call, "allow_pickle")):
            continue
        if call.args and not _is_fixed(file, call.args[0]):
            yield Problem(
                call,
                f"{name}() runs what the file says, and which file it is stands nowhere here",
                "use a format without code (safetensors, ONNX), or a registry that checks a digest",
            )


def _is_fixed(file: FileContext, node: ast.expr) -> bool:
    """A literal path, or a stream opened from one."""
    text = text_of(file, node)
    if text is not None:
        return HOLE not in text
    if isinstance(node, ast.Call):
        return bool(node.args) and _is_fixed(file, node.args[0])
    opened = {
        item.optional_vars.id: item.context_expr
        for item in file.all(ast.withitem)
        if isinstance(item.optional_vars, ast.Name) and isinstance(item.context_expr, ast.Call)
    }
    return isinstance(node, ast.Name) and node.id in opened and _is_fixed(file, opened[node.id])
