"""DGA101: the file is not valid Python, so Airflow loads none of its DAGs.

The DAG processor reports an import error, the DAGs of the file vanish from the UI after a while, and their
schedules stop without a failed run that could alert anybody.

Bad:

    from airflow.sdk import DAG

    with DAG("sales", schedule="@daily"  # <- here
        pass

Good:

    from airflow.sdk import DAG

    with DAG("sales", schedule="@daily"):
        pass
"""

from collections.abc import Iterator

from analyzers.code_analyzer.parsed_file import SourceBroken
from analyzers.code_analyzer.rule import Place, Problem, broken_file_rule
from dagaudit.finding import Severity


@broken_file_rule("DGA101", "syntax-error", Severity.CRITICAL, tags=("correctness",))
def check(error: SourceBroken) -> Iterator[Problem]:
    """The error's own place."""
    yield Problem(Place(error.line, error.column), str(error))
