"""Runs one part of the fault DAGs: namespaces, services, Airflow, and the people who interfere."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "examples"))

from make_logs import Api, airflow, free_port, settings  # noqa: E402

from tools.failure_corpus import services  # noqa: E402
from tools.failure_corpus.virtualenv import dbt  # noqa: E402

MOMENT = "2026-11-20T02:00:00+00:00"
# Successes are cheap and false alarms are dear: those that look bad run more often.
MORE_MOMENTS = tuple(f"2026-11-20T{hour:02}:00:00+00:00" for hour in (3, 4, 5))
QUIET = {"tuned": "quiet_successes.py", "held_back": "calm_tasks.py"}
NOT_STARTED = {"neighbour_broken", "nightly_probe_target"}
CGROUP = Path("/sys/fs/cgroup/memory/airflow-worker-small")
STATES = """
select json_agg(t) from (
  select dag_id, run_id, task_id, map_index, try_number, state from task_instance
  union all
  select dag_id, run_id, task_id, map_index, try_number, state from task_instance_history
) t
"""
EVENTS = "select json_agg(t) from (select * from log order by id) t"


def run_part(part: str, python: Path, home: Path) -> None:
    """Run every DAG of a part once and leave logs, states and the scheduler's output below `home`."""
    home.mkdir(parents=True, exist_ok=True)
    folder = home / "dags"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "faults" / "common", folder / "common")
    (folder / ".airflowignore").write_text("common/\n")
    for path in (HERE / ("faults" if part == "tuned" else part)).iterdir():
        if path.suffix in {".py", ".java"}:
            shutil.copy(path, folder)
        elif path.name == "dbt_project":
            shutil.copytree(path, folder / path.name)
    moto_server = python.parent / "moto_server"
    with _world(home), services.everything(home, moto_server):
        _run(part, python, home)
        for name, query in (("states.json", STATES), ("events.json", EVENTS)):
            (home / name).write_text(_ask(query))


@contextmanager
def _world(home: Path) -> Iterator[None]:
    """Host names, name server, a tiny disk, a file that may not be read and a small memory cgroup."""

    def run(*command: str) -> None:
        subprocess.run(command, check=True)

    run("mount", "--make-rprivate", "/")
    run("ip", "link", "set", "lo", "up")
    (home / "hosts").write_text(
        "127.0.0.1 localhost\n" + "".join(f"127.0.0.1 {name}\n" for name in services.HOSTS)
    )
    (home / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    for name in ("hosts", "resolv.conf"):
        run("mount", "--bind", str(home / name), f"/etc/{name}")
    run("mount", "-t", "tmpfs", "tmpfs", "/srv")
    for name in ("scratch", "secure", "drop", "in"):
        Path("/srv", name).mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", "/srv/scratch")
    for name in ("keys.txt", "deploy.sh"):
        Path("/srv/secure", name).write_text("#!/bin/sh\necho deployed\n")
        shutil.chown(f"/srv/secure/{name}", "nobody", "nogroup")
        Path("/srv/secure", name).chmod(0o600)
    CGROUP.mkdir(exist_ok=True)
    (CGROUP / "memory.limit_in_bytes").write_text(str(600 << 20))
    try:
        yield
    finally:
        CGROUP.rmdir()


def _environment(home: Path, port: int) -> dict[str, str]:
    connections = {
        "warehouse": "postgresql://etl:etl@warehouse.internal:5432/postgres",
        "crm": "http://api.crm.internal:8080",
        "objects": "aws://corpus:corpus@/?endpoint_url=http%3A%2F%2Fobjects.internal%3A9000&region_name=eu-central-1",
        "objects_denied": "aws://corpus:corpus@/?endpoint_url=http%3A%2F%2Fthrottled.internal%3A9001",
        "drop": json.dumps({"conn_type": "fs", "extra": {"path": "/srv/drop"}}),
        "kube": json.dumps({"conn_type": "kubernetes", "extra": {"kube_config": _kube_config()}}),
    }
    own = {f"AIRFLOW_CONN_{name.upper()}": text for name, text in connections.items()} | {
        "AIRFLOW__CORE__PARALLELISM": os.environ.get("CORPUS_PARALLELISM", "4"),
        # Its test, that a file has the words "dag" and "airflow", leaves out some of ours.
        "AIRFLOW__CORE__DAG_DISCOVERY_SAFE_MODE": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql+psycopg2://airflow:corpus@127.0.0.1:5432/metadata",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "45",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
        "AWS_ACCESS_KEY_ID": "corpus",
        "AWS_SECRET_ACCESS_KEY": "corpus",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "NO_COLOR": "1",
    }
    return settings(home, port) | own


def _kube_config() -> str:
    cluster = {"name": "kube", "cluster": {"server": f"http://kube.internal:{services.KUBE_PORT}"}}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [cluster],
            "users": [{"name": "worker", "user": {"token": "corpus"}}],
            "contexts": [{"name": "kube", "context": {"cluster": "kube", "user": "worker"}}],
            "current-context": "kube",
        }
    )


def _run(part: str, python: Path, home: Path) -> None:
    port = free_port()
    environment = _environment(home, port)
    environment["PATH"] = f"{python.parent}:{environment['PATH']}:{dbt().parent}"
    # Root without its privilege to read and write everything: file modes count, as they do for other users.
    command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", str(python), "-m", "airflow"]
    subprocess.run([*command, "db", "migrate"], env=environment, check=True, capture_output=True)
    api = Api(port)
    with airflow(command, environment, "api-server", "dag-processor"):
        api.wait_until_up()
        dags = _wait_until_parsed(api, home / "dags")
        quiet = set(re.findall(r'pipeline\("(\w+)"', (home / "dags" / QUIET[part]).read_text()))
        for dag_id in sorted(dags - NOT_STARTED):
            api.trigger(dag_id, MOMENT)
        for moment in MORE_MOMENTS:
            for dag_id in sorted(quiet & dags - NOT_STARTED):
                api.trigger(dag_id, moment)
        with airflow(command, environment | {"IMAGE": "worker"}, "scheduler", "triggerer"):
            _interfere(api, dags)
            api.wait_until_quiet()


def _wait_until_parsed(api: Api, folder: Path) -> set[str]:
    """Wait until every file has shown its DAGs, and two looks in a row find the same ones."""
    files = {path.name for path in folder.glob("*.py")}
    before: set[str] = set()
    while True:
        pages = [api.call(f"/api/v2/dags?limit=100&offset={offset}")["dags"] for offset in (0, 100)]
        found = {dag["dag_id"] for page in pages for dag in page}
        seen = {Path(dag["fileloc"]).name for page in pages for dag in page}
        errors = api.call("/api/v2/importErrors")["import_errors"]
        if errors:
            sys.exit("\n".join(f"{error['filename']}: {error['stack_trace']}" for error in errors))
        if seen == files and found == before:
            return found
        before = found
        time.sleep(5)


def _interfere(api: Api, dags: set[str]) -> None:
    """What a person does while tasks run: fail one by hand, clear another."""
    waiting = {"marked_by_hand": "wait_to_be_failed", "cleared_by_hand": "wait_to_be_cleared"}
    waiting = {dag: task for dag, task in waiting.items() if dag in dags}
    while waiting:
        for dag_id, task_id in list(waiting.items()):
            run = f"/api/v2/dags/{dag_id}/dagRuns/manual__{MOMENT}"
            if api.call(f"{run}/taskInstances/{task_id}")["state"] != "running":
                continue
            time.sleep(2)
            if dag_id == "cleared_by_hand":
                body = {
                    "dry_run": False,
                    "dag_run_id": f"manual__{MOMENT}",
                    "task_ids": [task_id],
                    "only_failed": False,
                }
                api.call(f"/api/v2/dags/{dag_id}/clearTaskInstances", body)
            else:
                _patch(api, f"{run}/taskInstances/{task_id}", {"new_state": "failed"})
            del waiting[dag_id]
        time.sleep(2)


def _patch(api: Api, path: str, body: dict[str, str]) -> None:
    import urllib.request

    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {api.token}"}
    request = urllib.request.Request(api.base + path, json.dumps(body).encode(), headers, method="PATCH")
    try:
        urllib.request.urlopen(request, timeout=60).read()
    except urllib.error.HTTPError as error:
        sys.exit(f"{path}: {error} {error.read().decode()}")


def _ask(query: str) -> str:
    address = "postgresql://airflow:corpus@127.0.0.1:5432/metadata"
    return subprocess.check_output(["psql", address, "-At", "-c", query], text=True)
