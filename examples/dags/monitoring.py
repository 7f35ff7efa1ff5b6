"""Looks after this Airflow every hour, through its own REST API.

It sees a slow or failing fleet. It cannot tell that the scheduler is dead, because then it does not run
itself: that needs a watcher outside Airflow.
"""

import json
import logging
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import BaseHook, dag, get_current_context, task

log = logging.getLogger(__name__)

CONNECTION = "airflow_api"
WINDOW = timedelta(hours=24)
MAX_FAILED_RUNS = 3
TIMEOUT_SECONDS = 30


class AirflowApi:
    """The few calls that this DAG needs."""

    def __init__(self) -> None:
        connection = BaseHook.get_connection(CONNECTION)
        self.base = f"{connection.schema or 'http'}://{connection.host}:{connection.port or 8080}"
        answer = self._call(
            "/auth/token", body={"username": connection.login, "password": connection.password}
        )
        self.token = answer["access_token"]

    def get(self, path: str) -> Any:
        return self._call(f"/api/v2/{path}", token=self.token)

    def _call(self, path: str, body: dict[str, Any] | None = None, token: str | None = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.base + path, data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return json.load(response)


def since() -> str:
    return (datetime.now(UTC) - WINDOW).strftime("%Y-%m-%dT%H:%M:%SZ")


@dag(
    schedule="@hourly",
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=30),
    default_args={
        "owner": "data-platform",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=5),
    },
    tags=["monitoring"],
    doc_md=__doc__,
)
def monitoring():
    @task
    def check_dag_runs() -> dict[str, int]:
        own = get_current_context()["dag"].dag_id
        states: dict[str, int] = {}
        page = AirflowApi().get(f"dags/~/dagRuns?start_date_gte={since()}&limit=100&order_by=-start_date")
        for run in page["dag_runs"]:
            if run["dag_id"] != own:
                states[run["state"]] = states.get(run["state"], 0) + 1
        log.info("runs of the last %s: %s", WINDOW, states)
        return states

    @task
    def check_task_failures() -> list[str]:
        own = get_current_context()["dag"].dag_id
        page = AirflowApi().get(
            f"dags/~/dagRuns/~/taskInstances?state=failed&start_date_gte={since()}&limit=100"
        )
        failed = sorted(
            {f"{row['dag_id']}.{row['task_id']}" for row in page["task_instances"] if row["dag_id"] != own}
        )
        log.info("%d tasks failed", len(failed))
        return failed[:50]

    @task
    def check_scheduler_health() -> dict[str, str]:
        health = AirflowApi().get("monitor/health")
        return {part: str(state["status"]) for part, state in health.items() if state.get("status")}

    @task(trigger_rule="all_done")
    def report(runs: dict[str, int], failures: list[str], health: dict[str, str]) -> dict[str, Any]:
        ended = runs.get("success", 0) + runs.get("failed", 0)
        sick = sorted(part for part, status in health.items() if status != "healthy")
        return {
            "failed_runs": runs.get("failed", 0),
            "success_rate": round(runs.get("success", 0) / ended, 3) if ended else None,
            "failed_tasks": failures,
            "sick": sick,
        }

    @task
    def alert(summary: dict[str, Any]) -> None:
        if summary["sick"] or summary["failed_runs"] > MAX_FAILED_RUNS:
            log.warning("attention: %s", json.dumps(summary))
        else:
            log.info("all quiet: %s", json.dumps(summary))

    runs, failures, health = check_dag_runs(), check_task_failures(), check_scheduler_health()
    runs >> failures >> health
    alert(report(runs, failures, health))


monitoring()
