"""DGA501: a password, a key or a token stands in the source.

Whoever can read the repository, a fork of it or the code tab of the UI has it, and it stays in the history
of the repository when the line is gone. Take it from a Connection or a secrets backend at run time, and
treat the one that was written down as lost. DagAudit masks the value wherever it shows the line.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("load", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load.py ", env={"DB_PASSWORD": "Tr0ub4dor&3"})  # <- here

Bad:

    API_KEY = "k9Jd83hfPq02LmZx7aTe"  # <- here
    ENGINE = "postgresql://loader:s3same0pen@warehouse:5432/dwh"  # <- here
    AWS = {"aws_access_key_id": "AKIAQ7R2M5XW3PLKD6TV"}  # <- here

Good:

    import os
    from airflow.sdk import Variable, task

    TOKEN_URL = "https://login.example.com/token"
    SECRET_NAME = "prod/warehouse"
    PASSWORD_KEY = "warehouse_password"
    EXAMPLE = "postgresql://user:password@localhost/db"

    @task
    def load():
        password = os.environ["DB_PASSWORD"]
        token = "{{ conn.warehouse.password }}"
        api_key = Variable.get("api_key")
        print(len(password), len(token), len(api_key))
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.secrets import is_secret_name, is_secret_value, secret_inside, secret_shape
from dagaudit.finding import Severity

_WORDS = ("passw", "secret", "token", "key")


@file_rule("DGA501", "hard-coded-secret", Severity.CRITICAL, tags=("security", "secrets"))
def check(file: FileContext) -> Iterator[Problem]:
    """String literals with the shape of a key, and those that a secret-like name is given."""
    for node in file.all(ast.Constant):
        value = node.value
        if not isinstance(value, str) or len(value) < 4:
            continue
        found = secret_shape(value) or (secret_inside(value) if _may_hold_pairs(file, node) else None)
        if found is not None:
            what, secret = found
            yield _problem(node, what, secret)
            continue
        name = _name_given(file, node)
        if name is not None and is_secret_name(name) and is_secret_value(name, value):
            yield _problem(node, f"the value of {name}", value)


def _may_hold_pairs(file: FileContext, node: ast.Constant) -> bool:
    """Not a docstring: it shows what data looks like, with examples."""
    text = str(node.value)
    is_pair = ("=" in text or ":" in text) and any(word in text.lower() for word in _WORDS)
    return is_pair and not isinstance(file.parsed.parent(node), ast.Expr)


def _problem(node: ast.AST, what: str, secret: str) -> Problem:
    return Problem(
        node,
        f"{what} stands in the source",
        "take it from a Connection, a secrets backend or the environment, and replace it where it is valid",
        hide=(secret,),
    )


def _name_given(file: FileContext, node: ast.Constant) -> str | None:
    """The name that the literal is given: of a variable, an argument, a parameter or a key."""
    parent = file.parsed.parent(node)
    if isinstance(parent, ast.keyword):
        return parent.arg
    if isinstance(parent, ast.Assign | ast.AnnAssign):
        target = parent.targets[0] if isinstance(parent, ast.Assign) else parent.target
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
            return str(target.slice.value)
        return target.id if isinstance(target, ast.Name) else getattr(target, "attr", None)
    if isinstance(parent, ast.Dict):
        for key, value in zip(parent.keys, parent.values, strict=True):
            if value is node and isinstance(key, ast.Constant) and isinstance(key.value, str):
                return key.value
    if isinstance(parent, ast.arguments):
        return _parameter(parent, node)
    return None


def _parameter(parameters: ast.arguments, default: ast.Constant) -> str | None:
    positional = [*parameters.posonlyargs, *parameters.args]
    pairs = list(zip(reversed(positional), reversed(parameters.defaults), strict=False))
    pairs += [
        (each, value)
        for each, value in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
        if value is not None
    ]
    return next((each.arg for each, value in pairs if value is default), None)
