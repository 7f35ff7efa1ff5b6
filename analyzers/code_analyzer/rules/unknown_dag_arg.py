"""DGA139: a DAG is given an argument that it does not have.

Airflow refuses the file with a TypeError, so none of its DAGs is there.

Bad:

    from airflow.sdk import DAG

    with DAG("report", shedule="@daily"):  # <- here
        ...

Good:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily"):
        ...
"""

import ast
import difflib
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Confidence, Severity

_MAKERS = (
    "airflow.DAG", "airflow.sdk.DAG", "airflow.models.DAG", "airflow.models.dag.DAG", "airflow.sdk.dag",
    "airflow.decorators.dag", "airflow.models.dag.dag", "airflow.decorators.dag.dag",
)  # fmt: skip
_ARGUMENTS = frozenset({
    "access_control", "auto_register", "catchup", "dag_display_name", "dag_id", "dagrun_timeout",
    "default_args", "description", "doc_md", "end_date", "is_paused_upon_creation",
    "jinja_environment_kwargs", "max_active_runs", "max_active_tasks", "max_consecutive_failed_dag_runs",
    "on_failure_callback", "on_success_callback", "owner_links", "params", "render_template_as_native_obj",
    "schedule", "start_date", "tags", "template_searchpath", "template_undefined", "user_defined_filters",
    "user_defined_macros",
    # Since Airflow 3.
    "allowed_run_types", "deadline", "disable_bundle_versioning", "fail_fast", "rerun_with_latest_version",
    "task_group",
})  # fmt: skip
# Of Airflow 1 and 2: what became of them is told by DGA600 and DGA606.
_OF_OLD = frozenset({
    "concurrency", "default_view", "fail_stop", "full_filepath", "orientation", "schedule_interval",
    "sla_miss_callback", "timetable",
})  # fmt: skip


@file_rule("DGA139", "unknown-dag-arg", Severity.HIGH, tags=("correctness",))
def check(file: FileContext) -> Iterator[Problem]:
    """Compare the keywords of `DAG(…)` and `@dag(…)` with what any version takes."""
    for name in _MAKERS:
        for call in file.calls.get(name, ()):
            for keyword in call.keywords:
                if keyword.arg and keyword.arg not in _ARGUMENTS | _OF_OLD:
                    yield _problem(keyword)


def _problem(keyword: ast.keyword) -> Problem:
    close = difflib.get_close_matches(keyword.arg or "", sorted(_ARGUMENTS), n=1, cutoff=0.75)
    return Problem(
        keyword,
        f"a DAG has no argument `{keyword.arg}`",
        suggestion=f"did you mean `{close[0]}`?"
        if close
        else "remove it; what tasks share goes into default_args",
        # A later version may have it; a misspelt name no version has.
        confidence=None if close else Confidence.LIKELY,
    )
