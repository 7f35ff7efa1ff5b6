"""A real Airflow 2.11 with its webserver and scheduler, for the tests of its REST API."""

import os
from pathlib import Path
from typing import Any

import httpx

from tests.dagaudit.running_airflow import PASSWORD, Daemons, eventually
from tests.real_airflow import AIRFLOW_2, venv

ADMIN, AUDITOR = "admin", "auditor"


class RunningAirflow2:
    """One Airflow 2 in a folder of its own, on SQLite; `end` leaves no process behind."""

    def __init__(self, home: Path, dags: dict[str, str]) -> None:
        self._daemons = Daemons(home, dags, str(venv(AIRFLOW_2) / "bin" / "python"))
        self.home, self.port = home, self._daemons.port
        self.address = f"airflow+http://localhost:{self.port}"
        self.environment = {"AIRFLOW_USERNAME": AUDITOR, "AIRFLOW_PASSWORD": PASSWORD}
        self._daemons.settings |= _settings(self.port)
        # The executor calls `airflow` by its name.
        path = f"{venv(AIRFLOW_2) / 'bin'}:{os.environ.get('PATH', '')}"
        self._daemons.settings["PATH"] = path
        self._http = httpx.Client(
            base_url=f"http://localhost:{self.port}/api/v1",
            timeout=60,
            trust_env=False,
            auth=(ADMIN, PASSWORD),
        )

    def start(self) -> None:
        """Make the database and the users, start the daemons and wait until they answer."""
        self._daemons.run("db", "migrate")
        # The roles: the webserver would make them, too late for the users.
        self._daemons.run("sync-perm")
        for name, role in ((ADMIN, "Admin"), (AUDITOR, "Viewer")):
            names = [
                "--username",
                name,
                "--firstname",
                name,
                "--lastname",
                name,
                "--email",
                f"{name}@example.org",
            ]
            self._daemons.run("users", "create", *names, "--role", role, "--password", PASSWORD)
        for daemon in ("webserver", "scheduler"):
            self._daemons.start(daemon)
        eventually(self._answers)

    def _answers(self) -> bool:
        try:
            return self._http.get("/dags").is_success
        except httpx.TransportError:
            return False

    def get(self, path: str) -> Any:
        """What the API says."""
        return self._http.get(f"/{path}").raise_for_status().json()

    def run(self, dag_id: str) -> str:
        """Start a run by hand and wait until it has ended; its id."""
        eventually(lambda: self._http.get(f"/dags/{dag_id}").is_success)
        answer = self._http.post(f"/dags/{dag_id}/dagRuns", json={})
        run_id = str(answer.raise_for_status().json()["dag_run_id"])
        self.wait_for(dag_id, run_id)
        return run_id

    def clear(self, dag_id: str, run_id: str) -> None:
        """Clear the run's tasks and wait until they have run again."""
        body = {"dry_run": False, "only_failed": False, "dag_run_id": run_id, "reset_dag_runs": True}
        self._http.post(f"/dags/{dag_id}/clearTaskInstances", json=body).raise_for_status()
        self.wait_for(dag_id, run_id)

    def wait_for(self, dag_id: str, run_id: str) -> None:
        """Wait until a run has ended."""
        path = f"dags/{dag_id}/dagRuns/{run_id.replace('+', '%2B')}"
        eventually(lambda: self.get(path)["state"] in ("success", "failed"))

    def kill(self, daemon: str) -> None:
        """As the kernel kills: without a chance to say goodbye."""
        self._daemons.kill(daemon)

    def end(self) -> None:
        """End every process."""
        self._http.close()
        self._daemons.end()


def _settings(port: int) -> dict[str, str]:
    return {
        "AIRFLOW__CORE__EXECUTOR": "SequentialExecutor",
        "AIRFLOW__API__AUTH_BACKENDS": "airflow.providers.fab.auth_manager.api.auth.backend.basic_auth",
        "AIRFLOW__WEBSERVER__WEB_SERVER_HOST": "127.0.0.1",
        "AIRFLOW__WEBSERVER__WEB_SERVER_PORT": str(port),
        "AIRFLOW__WEBSERVER__WORKERS": "1",
        "AIRFLOW__WEBSERVER__SECRET_KEY": "only-for-tests",
        "AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL": "5",
        "AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "5",
    }
