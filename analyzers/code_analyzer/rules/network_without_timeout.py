"""DGA314: a request waits for ever.

`requests` and `urllib` have no timeout of their own. When the other side accepts the connection and then says
nothing, the task hangs in state running, holds its slot, and no retry begins.

Bad:

    import requests
    from airflow.sdk import task

    @task
    def fetch():
        return requests.get("https://api.example.com/orders").json()["count"]  # <- here

Good:

    import requests
    from airflow.sdk import task

    @task
    def fetch():
        return requests.get("https://api.example.com/orders", timeout=30).json()["count"]
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.arguments import add_argument
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import argument, calls_named, has_open_arguments
from dagaudit.finding import Severity

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")
_NAMES = (
    *(f"requests.{verb}" for verb in _VERBS),
    *(f"requests.{session}().{verb}" for session in ("Session", "session") for verb in _VERBS),
    "urllib.request.urlopen",
)
_ASKED_NONE = (*(f"httpx.{verb}" for verb in _VERBS), "httpx.Client", "httpx.AsyncClient")


@file_rule(
    "DGA314", "network-without-timeout", Severity.MEDIUM, tags=("reliability", "network"), fixes=edits.UNSAFE
)
def check(file: FileContext) -> Iterator[Problem]:
    """Calls in task code; httpx has a default, so only `timeout=None` is reported there."""
    client_default = _sets_default(file)
    for name, call in calls_named(file, _NAMES):
        if client_default and "()" in name:
            continue
        position = 2 if name.startswith("urllib") else None
        given = argument(call, "timeout", position)
        if (given is None or _is_none(given)) and not has_open_arguments(call) and file.scopes.in_task(call):
            yield _problem(file, call, name, given)
    for name, call in calls_named(file, _ASKED_NONE):
        given = argument(call, "timeout")
        if given is not None and _is_none(given) and file.scopes.in_task(call):
            yield _problem(file, call, name, given)


def _sets_default(file: FileContext) -> bool:
    """Whether sessions get a timeout elsewhere: by an adapter, or by a wrapped `session.request`."""
    assigned = [target for node in file.all(ast.Assign) for target in node.targets]
    wrapped = any(
        isinstance(each, ast.Attribute) and each.attr in {"request", "timeout"} for each in assigned
    )
    return wrapped or any("Timeout" in name and "Adapter" in name for name in file.calls)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _problem(file: FileContext, call: ast.Call, name: str, given: ast.expr | None) -> Problem:
    if given is None:
        made = add_argument(file.parsed, call, "timeout=30")
    else:
        made = [edits.replace(file.parsed, given, "30")]
    return Problem(
        call,
        f"{name.replace('()', '')}() has no timeout and may wait for ever",
        "add timeout=30",
        fix=edits.unsafe("give up after 30 seconds", *made) if made else None,
    )
