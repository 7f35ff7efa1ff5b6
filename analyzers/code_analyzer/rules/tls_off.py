"""DGA506: the certificate of the other side is not checked.

Anybody between the worker and the server can then read what is sent, credentials first, and answer in the
server's name. A private certificate authority is given by `verify="/path/ca.pem"`.

Bad:

    import requests
    from airflow.sdk import task

    @task
    def fetch():
        return requests.get("https://erp.internal/orders", verify=False, timeout=30).json()  # <- here

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("fetch", schedule="@daily"):
        BashOperator(task_id="fetch", bash_command="curl -sk https://erp.internal/")  # <- here

Good:

    import requests
    from airflow.sdk import task

    @task
    def fetch():
        return requests.get("https://erp.internal/orders", verify="/etc/ssl/erp.pem", timeout=30).json()
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.arguments import remove_argument
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import calls_named, is_false
from dagaudit.finding import Fix, Severity

_COMMAND = re.compile(
    r"\bcurl\b[^|;&\n]{0,300}\s(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure)(?:\s|$)|\bwget\b[^|;&\n]{0,300}--no-check-certificate"
)
_UNCHECKED = ("ssl._create_unverified_context", "ssl._create_default_https_context")


@file_rule("DGA506", "tls-off", Severity.MEDIUM, tags=("security", "network"), fixes=edits.UNSAFE)
def check(file: FileContext) -> Iterator[Problem]:
    """`verify=False`, contexts without checks, and the switches of curl and wget."""
    for keyword in file.all(ast.keyword):
        if keyword.arg in {"verify", "verify_ssl", "ssl_verify", "verify_certs"} and is_false(keyword.value):
            yield _problem(keyword.value, f"{keyword.arg}=False", _fix(file, keyword))
    for node in file.all(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in {"verify", "verify_ssl"} and is_false(value):
                yield _problem(value, f"{key.value}: False")
    yield from _assigned(file)
    for name, call in calls_named(file, _UNCHECKED):
        yield _problem(call, name)
    for attribute in file.all(ast.Attribute):
        if attribute.attr == "CERT_NONE" and isinstance(attribute.ctx, ast.Load):
            yield _problem(attribute, "CERT_NONE")
    for text in file.all(ast.Constant):
        if isinstance(text.value, str) and ("curl" in text.value or "wget" in text.value):
            found = _COMMAND.search(text.value)
            if found is not None:
                yield _problem(text, " ".join(found[0].split()[:1]) + " without certificate check")


def _assigned(file: FileContext) -> Iterator[Problem]:
    """As `session.verify = False`."""
    for node in file.all(ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr == "verify" and is_false(node.value):
                yield _problem(node, "verify = False")


def _fix(file: FileContext, keyword: ast.keyword) -> Fix | None:
    call = file.parsed.parent(keyword)
    made = remove_argument(file.parsed, call, keyword) if isinstance(call, ast.Call) else []
    return edits.unsafe(f"remove {keyword.arg}=False", *made) if made else None


def _problem(node: ast.AST, what: str, fix: Fix | None = None) -> Problem:
    return Problem(
        node,
        f"{what}: the server's certificate is not checked",
        "check it; give the path of your own authority",
        fix=fix,
    )
