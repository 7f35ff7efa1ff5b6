"""DGA604: a task talks to Airflow's own database.

Airflow 3 gives task code no access to it: a session, or a query over DagRun and its kind, fails at run time.
What tasks may ask for, they ask through the API or the task SDK.

Bad:

    from airflow.sdk import task
    from airflow.models import DagRun
    from airflow.utils.session import create_session

    @task
    def runs() -> int:
        with create_session() as session:  # <- here
            return session.query(DagRun).count()

Good:

    from airflow.sdk import task

    @task
    def runs(ti=None) -> int:
        return ti.get_dr_count(dag_id="load")

Good:

    # target: 2.10
    from airflow.decorators import task
    from airflow.utils.session import create_session

    @task
    def runs() -> int:
        with create_session() as session:
            return session.execute("select count(*) from dag_run").scalar()
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import decorator_names
from dagaudit.finding import Severity

_SESSION = re.compile(
    r"airflow\.(?:utils\.session|utils\.db)\.create_session|airflow\.settings\.(?:Session|get_session)"
    r"|airflow\.settings\.engine\.\w+"
    r"|airflow\.models(?:\.\w+)*\.(?:DagRun\.find\w*|TaskInstance\.\w+|DagModel\.get_\w+"
    r"|XCom\.(?:get_many|clear|get_one))"
)
_PROVIDES = frozenset({"airflow.utils.session.provide_session", "airflow.utils.db.provide_session"})


@file_rule("DGA604", "metadata-database-in-task", Severity.HIGH, tags=("migration",), applies_from=(3, 0))
def check(file: FileContext) -> Iterator[Problem]:
    """Sessions and model queries in task code, and functions there that ask for a session."""
    for name, calls in file.calls.items():
        if _SESSION.fullmatch(name):
            for call in calls:
                if file.scopes.in_task(call):
                    yield Problem(
                        call,
                        f"{name.rpartition('.')[2]}() needs the metadata database, out of reach in Airflow 3",
                        "ask the REST API, or the task SDK's context",
                    )
    for function in file.scopes.task_functions:
        for name, decorator in decorator_names(file, function):
            if name in _PROVIDES:
                yield Problem(
                    decorator,
                    "a session on the metadata database cannot be given to task code of Airflow 3",
                    "ask the REST API, or the task SDK's context",
                )
