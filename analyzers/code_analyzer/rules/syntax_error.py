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

import re
from collections.abc import Iterator

from analyzers.code_analyzer.parsed_file import SourceBroken
from analyzers.code_analyzer.rule import Place, Problem, broken_file_rule
from dagaudit.finding import Severity

_PLACE = re.compile(r"^.*?\.py:? (?=\S)| at line \d+$")


@broken_file_rule("DGA101", "syntax-error", Severity.CRITICAL, tags=("correctness",))
def check(error: SourceBroken) -> Iterator[Problem]:
    """The error's own place."""
    # The place is shown beside the message; what is left is the parser's own word.
    words = _PLACE.sub("", str(error))
    yield Problem(Place(error.line, error.column), f"Airflow cannot load this file: {words}")
