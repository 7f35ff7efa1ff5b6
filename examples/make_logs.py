"""Runs the example DAGs on a real Airflow and keeps their task logs in `examples/logs/`.

    .venv/bin/python examples/make_logs.py [--into examples/logs]

Airflow (requirements/airflow-3.3.txt) lives in a virtualenv of its own in the user's cache and runs in a
temporary folder with its own SQLite database, so nothing else is touched. It takes about ten minutes.

What the kept logs differ in from what Airflow wrote:

- The days of a week are run in one go. The times of each run are shifted as a whole, so that the run
  starts when it was due; all distances within a run are as they were.
- Delays between retries are seconds instead of minutes.
- Paths of this machine and its name are replaced by those of Airflow's official image.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from neutral_logs import keep

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from tests.real_airflow import venv  # noqa: E402

FIRST_DAY, OUTAGE, LAST_DAY = date(2026, 11, 16), date(2026, 11, 19), date(2026, 11, 20)
START = "start_date=datetime(2026, 11, 1, tzinfo=UTC)"
WAREHOUSE_PORT = 5439
PATIENCE_SECONDS = 900
NOT_SHIFTED = ("monitoring", "churn_scores", "batch_jobs", "data_checks")
BY_HAND = {
    "backup_files": ("2026-11-17T01:00:00+00:00", "2026-11-20T01:00:00+00:00"),
    "cache_warmup": ("2026-11-18T07:00:00+00:00", "2026-11-20T07:00:00+00:00"),
    "churn_scores": ("2026-11-17T05:00:00+00:00", "2026-11-20T05:00:00+00:00"),
    "feature_flags": ("2026-11-19T09:30:00+00:00",),
    "geo_lookup": ("2026-11-18T10:00:00+00:00",),
    "holiday_mailing": ("2026-11-20T06:00:00+00:00",),
    "invoice_pdf": ("2026-11-19T15:00:00+00:00",),
    "ledger_quality": ("2026-11-20T08:00:00+00:00",),
    "license_check": ("2026-11-18T12:00:00+00:00",),
    "mail_digest": ("2026-11-20T07:30:00+00:00",),
    "market_open": ("2026-11-19T08:00:00+00:00",),
    "orders_quality": ("2026-11-20T04:30:00+00:00",),
    "scratch_dump": ("2026-11-20T02:30:00+00:00",),
    "slow_export": ("2026-11-19T23:00:00+00:00",),
    "stock_forecast": ("2026-11-17T20:00:00+00:00",),
    "tax_rates": ("2026-11-19T03:00:00+00:00",),
    "thumbnails": ("2026-11-17T18:00:00+00:00", "2026-11-19T18:00:00+00:00"),
}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def settings(home: Path, port: int) -> dict[str, str]:
    """The environment of every Airflow process."""
    (home / "passwords.json").write_text(json.dumps({"admin": "admin"}))
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "AIRFLOW_HOME": str(home),
        "DATA_ROOT": str(home / "data"),
        "AIRFLOW_CONN_AIRFLOW_API": f"http://admin:admin@localhost:{port}/http",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://localhost:{port}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://localhost:{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": "only-for-the-example-logs-" + "0" * 48,
        "AIRFLOW__API__SECRET_KEY": "only-for-the-example-logs",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "10",
    }


def lay_out(dags: Path, last_day: date) -> None:
    """Copy the DAGs, line by line the same, with the days that they are to run for."""
    shutil.rmtree(dags, ignore_errors=True)
    for folder in ("dags", "faults"):
        shutil.copytree(HERE / folder, dags, dirs_exist_ok=True)
    first = f"start_date=datetime({FIRST_DAY.year}, {FIRST_DAY.month}, {FIRST_DAY.day}, tzinfo=UTC)"
    last = f"end_date=datetime({last_day.year}, {last_day.month}, {last_day.day}, 23, tzinfo=UTC)"
    for path in dags.glob("*.py"):
        text = re.sub(r"(retry_delay\W+)timedelta\(minutes=", r"\1timedelta(seconds=", path.read_text())
        if path.stem not in NOT_SHIFTED:
            days = f"{first}, {last}" if "catchup" in text else f"{first}, {last}, catchup=True"
            text = text.replace("catchup=False", "catchup=True")
            # What others start runs today, after any end date that could be given here.
            text = re.sub(rf"(?<!schedule=None,\n    ){re.escape(START)}", days, text)
        path.write_text(text)


@contextmanager
def airflow(command: list[str], environment: dict[str, str], *daemons: str) -> Iterator[None]:
    """Daemons of Airflow, each in a process group of its own, ended with all that they started."""
    home = Path(environment["AIRFLOW_HOME"])
    with ExitStack() as stack:
        running = []
        for daemon in daemons:
            output = stack.enter_context((home / f"{daemon}.out").open("wb"))
            running.append(
                subprocess.Popen(
                    [*command, daemon],
                    env=environment,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
        try:
            yield
        finally:
            for process in running:
                os.killpg(process.pid, signal.SIGTERM)
            for process in running:
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def warehouse() -> Iterator[None]:
    """Listens where the DAGs look for the warehouse's proxy, and takes whatever comes."""
    with socket.create_server(("127.0.0.1", WAREHOUSE_PORT)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1024)

        threading.Thread(target=serve, daemon=True).start()
        yield
        server.shutdown(socket.SHUT_RDWR)


class Api:
    """The calls to Airflow's REST API that are needed here."""

    def __init__(self, port: int) -> None:
        self.base = f"http://localhost:{port}"
        self.token: str | None = None

    def call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call; a body makes it a POST."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            document: dict[str, Any] = json.load(answer)
        return document

    def wait_until_up(self) -> None:
        """Wait for the API and sign in."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while self.token is None:
            try:
                answer = self.call("/auth/token", {"username": "admin", "password": "admin"})
                self.token = answer["access_token"]
            except OSError:
                if time.monotonic() > ends:
                    raise
                time.sleep(2)

    def known(self) -> set[str]:
        """The DAGs that Airflow has parsed."""
        return {dag["dag_id"] for dag in self.call("/api/v2/dags?limit=100")["dags"]}

    def counts(self) -> tuple[int, int]:
        """How many runs there are, and how many of them have not ended."""
        path = "/api/v2/dags/~/dagRuns?limit=1"
        runs = self.call(path)["total_entries"]
        return runs, self.call(f"{path}&state=queued&state=running")["total_entries"]

    def trigger(self, dag_id: str, moment: str) -> None:
        """Start a run for a moment; a busy Airflow is asked again."""
        body = {"logical_date": moment, "dag_run_id": f"manual__{moment}"}
        for _ in range(5):
            try:
                self.call(f"/api/v2/dags/{dag_id}/dagRuns", body)
            except urllib.error.HTTPError as error:
                if error.code == HTTPStatus.CONFLICT:
                    return
                print(f"{dag_id}: {error}, asking again", file=sys.stderr)
                time.sleep(5)
            else:
                return

    def wait_until_quiet(self) -> None:
        """Wait until no run has been waiting or running, and none been added, for 45 seconds."""
        ends = time.monotonic() + PATIENCE_SECONDS
        before, quiet_since = -1, time.monotonic()
        while time.monotonic() - quiet_since < 45:
            runs, unended = self.counts()
            if unended or runs != before:
                before, quiet_since = runs, time.monotonic()
            print(f"{runs} runs, {unended} of them not ended", file=sys.stderr)
            if time.monotonic() > ends:
                print("going on without those", file=sys.stderr)
                return
            time.sleep(5)


def run_everything(python: Path, home: Path) -> None:
    """Days with the warehouse, days without it, and the runs by hand."""
    port = free_port()
    command, environment = [str(python), "-m", "airflow"], settings(home, port)
    subprocess.run([*command, "db", "migrate"], env=environment, check=True, capture_output=True)
    api = Api(port)
    lay_out(home / "dags", OUTAGE - timedelta(days=1))
    with airflow(command, environment, "api-server", "dag-processor"):
        api.wait_until_up()
        while not set(BY_HAND) <= api.known():
            time.sleep(3)
        # Before the scheduler starts: SQLite bears few writers at a time.
        for dag_id, moments in BY_HAND.items():
            for moment in moments:
                api.trigger(dag_id, moment)
        with airflow(command, environment, "scheduler", "triggerer"):
            run_days(api, home)


def run_days(api: Api, home: Path) -> None:
    """The days on which the warehouse answers, then the days on which it does not."""
    drop = home / "data" / "drop"
    drop.mkdir(parents=True, exist_ok=True)
    with warehouse():
        time.sleep(60)
        (drop / "ledger.csv").write_text("account,amount\n1200,14.50\n8400,99.00\n")
        api.wait_until_quiet()
    lay_out(home / "dags", LAST_DAY)
    api.wait_until_quiet()
    api.trigger("monitoring", "2026-11-20T12:00:00+00:00")
    api.wait_until_quiet()


def main() -> None:
    """Run it all."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--into", type=Path, default=HERE / "logs")
    options.add_argument("--work", type=Path, help="keep Airflow's folder here instead of a temporary one")
    chosen = options.parse_args()
    # A kill must end the daemons too, as an interrupt does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    python = venv() / "bin" / "python"
    with ExitStack() as stack:
        home = chosen.work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="airflow-")))
        home.mkdir(parents=True, exist_ok=True)
        run_everything(python, home)
        files, size = keep(home / "logs", chosen.into, home, python.parent.parent)
    print(f"{files} files, {size / 1e6:.2f} MB in {chosen.into}")


if __name__ == "__main__":
    main()
