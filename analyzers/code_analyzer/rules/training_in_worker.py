"""DGA905: a neural network is trained in the worker's own process.

The worker has the memory and the GPU (often none) that fit the average task, and shares them with the tasks
beside it: a training run makes them slow, or is killed for its memory together with them. In a pod, a
container or a service of its own it gets what it asks for.

Bad:

    from airflow.sdk import task

    @task
    def train(path: str):
        import torch

        model = torch.nn.Linear(10, 1)
        loss = model(torch.load(path, weights_only=True)).sum()
        loss.backward()  # <- here

Good:

    from airflow.sdk import task

    @task.kubernetes(image="train:1.4.2")
    def train(path: str):
        import torch

        model = torch.nn.Linear(10, 1)
        loss = model(torch.load(path, weights_only=True)).sum()
        loss.backward()
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import decorator_names
from dagaudit.finding import Severity

_DEEP = ("torch", "tensorflow", "keras", "transformers", "jax")
_TRAINS = frozenset({"backward", "train_on_batch", "fit"})
_OWN_PLACE = frozenset({"kubernetes", "docker", "external_python", "virtualenv", "pyspark", "kubernetes_cmd"})


@file_rule("DGA905", "training-in-worker", Severity.LOW, tags=("ml", "performance"))
def check(file: FileContext) -> Iterator[Problem]:
    """Training steps of deep learning libraries in plain @task functions and python_callables."""
    if not any(name.split(".")[0] in _DEEP for name in file.parsed.imports.values()):
        return
    for call in file.all(ast.Call):
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in _TRAINS:
            continue
        name = file.names.of(call.func.value) or ""
        if call.func.attr == "fit" and not name.startswith(_DEEP):
            continue
        function = file.scopes.function(call)
        if function is None or not file.scopes.in_task(call) or _has_place(file, call):
            continue
        yield Problem(
            call,
            "this trains in the worker's own process, beside every other task",
            "run it by @task.kubernetes, KubernetesPodOperator or a training service",
        )


def _has_place(file: FileContext, call: ast.Call) -> bool:
    function = file.scopes.function(call)
    entries = file.scopes.entries_reaching(function) if function is not None else frozenset()
    return any(
        name.rpartition(".")[2] in _OWN_PLACE for entry in entries for name, _ in decorator_names(file, entry)
    )
