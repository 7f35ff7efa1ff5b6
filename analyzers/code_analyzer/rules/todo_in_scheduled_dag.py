"""DGA711: a scheduled DAG holds a TODO or FIXME.

It runs every night with what its author still wanted to mend.

Bad:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily"):
        # TODO check that orders are unique
        ...

Good:

    from airflow.sdk import DAG

    with DAG("report", schedule="@daily"):
        ...
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Place, Problem, Profile, file_rule
from analyzers.code_analyzer.rule_help import scheduled
from dagaudit.finding import Severity

_MARK = re.compile(r"\b(TODO|FIXME|XXX)\b")


@file_rule("DGA711", "todo-in-scheduled-dag", Severity.LOW, profile=Profile.STRICT, tags=("ownership",))
def check(file: FileContext) -> Iterator[Problem]:
    """Look at the comments of files whose DAGs run by themselves."""
    if not _MARK.search(file.parsed.text):
        return
    if not any(scheduled(dag.schedule, file.settings.target) for dag in file.dags):
        return
    for line, comment in file.parsed.comments.items():
        found = _MARK.search(comment)
        if found:
            yield Problem(
                Place(line, code=comment), f"this DAG runs with a {found[1]} in it", suggestion="do it"
            )
