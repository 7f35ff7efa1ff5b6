"""A real Airflow with its API server, DAG processor and scheduler, for the tests of its REST API."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.real_airflow import venv

USER, PASSWORD = "admin", "only for tests"
PATIENCE_SECONDS = 240
DAEMONS = ("api-server", "dag-processor", "scheduler", "triggerer")


class Daemons:
    """The processes of one Airflow in a folder of its own; `end` leaves none behind."""

    def __init__(self, home: Path, dags: dict[str, str], python: str) -> None:
        (home / "dags").mkdir(parents=True)
        for name, text in dags.items():
            (home / "dags" / name).write_text(text)
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = int(server.getsockname()[1])
        self.home = home
        self.settings = _settings(home, self.port)
        self._command = [python, "-m", "airflow"]
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, *arguments: str) -> None:
        """One command of Airflow's, to its end."""
        done = subprocess.run(
            [*self._command, *arguments], env=self.settings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-4000:]

    def start(self, daemon: str) -> None:
        """Start a daemon; what it says lies in a file of its name."""
        with (self.home / f"{daemon}.out").open("wb") as output:
            self._running[daemon] = subprocess.Popen(
                [*self._command, daemon],
                env=self.settings,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, daemon: str) -> None:
        """As the kernel kills: without a chance to say goodbye."""
        process = self._running.pop(daemon)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """End every process."""
        for process in self._running.values():
            os.killpg(process.pid, signal.SIGTERM)
        for process in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            # What a daemon started may outlive it.
            _kill_group(process.pid)
            process.wait()
        shutil.rmtree(self.home / "logs", ignore_errors=True)


class RunningAirflow:
    """One Airflow in a folder of its own, on SQLite; `end` leaves no process behind."""

    def __init__(self, home: Path, dags: dict[str, str]) -> None:
        self._daemons = Daemons(home, dags, str(venv() / "bin" / "python"))
        self.home, self.port = home, self._daemons.port
        self.address = f"airflow+http://localhost:{self.port}"
        self.environment = {"AIRFLOW_USERNAME": USER, "AIRFLOW_PASSWORD": PASSWORD}
        self._http = httpx.Client(base_url=f"http://localhost:{self.port}", timeout=60, trust_env=False)

    def start(self) -> None:
        """Make the database, start the daemons and sign in."""
        self._daemons.run("db", "migrate")
        for daemon in DAEMONS:
            self._daemons.start(daemon)
        eventually(self._sign_in)

    def _sign_in(self) -> bool:
        try:
            answer = self._http.post("/auth/token", json={"username": USER, "password": PASSWORD})
        except httpx.TransportError:
            return False
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return True

    def get(self, path: str) -> Any:
        """What the API says."""
        return self._http.get(f"/api/v2/{path}").raise_for_status().json()

    def ask(self, path: str, query: dict[str, Any]) -> httpx.Response:
        """The API's answer, whatever it is."""
        return self._http.get(path, params=query)

    def run(self, dag_id: str) -> str:
        """Start a run by hand and wait until it has ended; its id."""
        eventually(lambda: self._http.get(f"/api/v2/dags/{dag_id}").is_success)
        answer = self._http.post(f"/api/v2/dags/{dag_id}/dagRuns", json={"logical_date": None})
        run_id = str(answer.raise_for_status().json()["dag_run_id"])
        self.wait_for(dag_id, run_id)
        return run_id

    def mark(self, dag_id: str, run_id: str, task_id: str, state: str) -> None:
        """As a person does who knows better."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id.replace('+', '%2B')}/taskInstances/{task_id}"
        self._http.patch(path, json={"new_state": state}).raise_for_status()

    def clean(self) -> None:
        """What an operator runs each night to keep the database small: every ended run goes."""
        before = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
        tables = "dag_run,task_instance,task_instance_history,log"
        asked = ["--tables", tables, "--clean-before-timestamp", before]
        self._daemons.run("db", "clean", *asked, "--skip-archive", "--yes")

    def clear(self, dag_id: str, run_id: str) -> None:
        """Clear the run's tasks and wait until they have run again."""
        body = {"dry_run": False, "only_failed": False, "dag_run_id": run_id}
        self._http.post(f"/api/v2/dags/{dag_id}/clearTaskInstances", json=body).raise_for_status()
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


def eventually(holds: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    ends = time.monotonic() + PATIENCE_SECONDS
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < ends, "it did not come to be in time"
        pause.wait(0.5)


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _settings(home: Path, port: int) -> dict[str, str]:
    (home / "passwords.json").write_text(json.dumps({USER: PASSWORD}))
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "TZ": "UTC",
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://localhost:{port}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://localhost:{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": "only-for-tests-" + "0" * 49,
        "AIRFLOW__API__SECRET_KEY": "only-for-tests",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        # A killed scheduler is noticed in seconds.
        "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
        "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "1",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "10",
        "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "20",
        "AIRFLOW__DAG_PROCESSOR__HEALTH_CHECK_THRESHOLD": "20",
    }
