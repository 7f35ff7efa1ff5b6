"""DGA608: Airflow's REST API v1 is called, which Airflow 3 no longer serves.

`/api/v1` answers 404. The paths of `/api/v2` are alike, but fields were renamed (`logical_date`) and the
login is by token.

Bad:

    import requests
    from airflow.sdk import task

    @task
    def trigger():
        requests.post("https://airflow.example.com/api/v1/dags/load/dagRuns", json={}, timeout=30)  # <- here

Good:

    import requests
    from airflow.sdk import task

    @task
    def trigger():
        requests.post("https://airflow.example.com/api/v2/dags/load/dagRuns", json={}, timeout=30)
        requests.get("https://kubernetes.default/api/v1/namespaces/airflow/pods", timeout=30)
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

_PATH = re.compile(
    r"/api/v1/(?:dags|dagRuns|dagSources|dagWarnings|connections|variables|pools|health|importErrors|eventLogs"
    r"|datasets|providers|plugins|version|monitor)\b"
)


@file_rule("DGA608", "rest-api-v1", Severity.MEDIUM, tags=("migration", "api"), applies_from=(3, 0))
def check(file: FileContext) -> Iterator[Problem]:
    """Paths that only Airflow has; Kubernetes has an /api/v1 of its own."""
    if "/api/v1" not in file.parsed.text:
        return
    for text in file.all(ast.Constant):
        if isinstance(text.value, str):
            found = _PATH.search(text.value)
            if found is not None:
                yield Problem(
                    text, f"{found[0]} is not served by Airflow 3", "use /api/v2, and read its field names"
                )
