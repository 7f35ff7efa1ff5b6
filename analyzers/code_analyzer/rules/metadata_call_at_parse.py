"""DGA401: a Variable or a Connection is read while the file is parsed.

The DAG processor parses every file again and again, whether or not a task runs. Each of these reads asks the
metadata database or the secrets backend, and when that is slow or down, the DAG cannot be loaded at all. A
template, or a read inside the task, asks only when the value is needed.

Bad:

    from airflow.sdk import DAG, Variable
    from airflow.providers.standard.operators.bash import BashOperator

    BUCKET = Variable.get("bucket")  # <- here

    with DAG("export", schedule="@daily"):
        BashOperator(task_id="copy", bash_command=f"aws s3 cp /data/out s3://{BUCKET}/")

Bad:

    from airflow.sdk import DAG
    from airflow.hooks.base import BaseHook

    def host():
        return BaseHook.get_connection("warehouse").host  # <- here

    HOST = host()

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("export", schedule="@daily"):
        BashOperator(task_id="copy", bash_command="aws s3 cp /data/out s3://{{ var.value.bucket }}/")

Good:

    from airflow.sdk import Variable, dag, task

    def bucket():
        return Variable.get("bucket")

    @dag(schedule="@daily")
    def export():
        @task
        def copy():
            print(bucket())

        copy()

    export()
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

_READS = {
    "Variable.get": "use a template, as {{ var.value.name }}, or read it inside the task",
    "Variable.get_variable_from_secrets": "read it inside the task",
    "Variable.set": "set it inside a task",
    "Connection.get": "use a template, as {{ conn.name.host }}, or read it inside the task",
    "Connection.get_connection_from_secrets": "read it inside the task",
    "BaseHook.get_connection": "use a template, as {{ conn.name.host }}, or read it inside the task",
    "BaseHook.get_connections": "read them inside the task",
    "BaseHook.get_hook": "make the hook inside the task",
}


@file_rule(
    "DGA401",
    "metadata-call-at-parse",
    Severity.MEDIUM,
    tags=("parse-time", "performance"),
    options={"secrets_cache": False},
)
def check(file: FileContext) -> Iterator[Problem]:
    """Calls of Airflow's own classes only: any other `Variable.get` is somebody else's."""
    # With `[secrets] use_cache` Airflow asks once in a while, no longer at every parse.
    severity = Severity.LOW if file.settings.option("DGA401", "secrets_cache") else None
    for name, calls in file.calls.items():
        advice = _READS.get(".".join(name.split(".")[-2:])) if name.startswith("airflow") else None
        if advice is None:
            continue
        for call in calls:
            if file.scopes.at_parse(call):
                what = ".".join(name.split(".")[-2:])
                yield Problem(
                    call,
                    f"{what}() asks the metadata database at every parse of the file",
                    advice,
                    severity=severity,
                )
