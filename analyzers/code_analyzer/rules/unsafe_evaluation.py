"""DGA505: data is evaluated as code.

`eval`, `exec`, `pickle` and an unrestricted YAML loader run whatever the data says. Data that comes from an
XCom, a run's `conf`, a queue or a bucket was written by somebody else.

Bad:

    import pickle
    from airflow.sdk import task

    @task
    def score(blob: bytes):
        return pickle.loads(blob)  # <- here

Bad:

    import yaml
    from airflow.sdk import task

    @task
    def configure(**context):
        settings = yaml.load(context["dag_run"].conf["settings"], Loader=yaml.Loader)  # <- here
        return eval(settings["expression"])  # <- here

Good:

    import ast
    import json
    import yaml
    from airflow.sdk import task

    @task
    def configure(text: str):
        print(yaml.safe_load(text), yaml.load(text, Loader=yaml.SafeLoader), json.loads(text))
        return ast.literal_eval("[1, 2]")
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import argument, calls_named, last_name, text_of
from dagaudit.finding import Severity

_UNPICKLES = (
    "pickle.loads", "cPickle.loads", "dill.loads", "cloudpickle.loads", "marshal.loads", "jsonpickle.decode",
    "pandas.read_pickle", "shelve.open",
)  # fmt: skip
_YAML = ("yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.full_load", "ruamel.yaml.load")
_SAFE_LOADERS = frozenset({"SafeLoader", "CSafeLoader", "BaseLoader", "CBaseLoader"})


@file_rule("DGA505", "unsafe-evaluation", Severity.MEDIUM, tags=("security",))
def check(file: FileContext) -> Iterator[Problem]:
    """Of anything but constants; `exec` at parse time is DGA415's."""
    for name, call in calls_named(file, ("eval", "exec")):
        if (
            call.args
            and text_of(file, call.args[0]) is None
            and (name == "eval" or file.scopes.in_task(call))
        ):
            yield _problem(call, name, "use ast.literal_eval, a dictionary of functions, or json")
    for name, call in calls_named(file, _UNPICKLES):
        if call.args and not isinstance(call.args[0], ast.Constant):
            yield _problem(call, name, "exchange JSON, Parquet or another format that cannot run code")
    for name, call in calls_named(file, _YAML):
        loader = argument(call, "Loader", 1)
        if loader is None or last_name(loader) not in _SAFE_LOADERS:
            yield _problem(call, name, "use yaml.safe_load")


def _problem(call: ast.Call, name: str, advice: str) -> Problem:
    return Problem(call, f"{name}() runs what the data says", advice)
