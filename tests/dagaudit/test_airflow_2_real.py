"""The run history of a real Airflow 2.11, read by a user with the role Viewer and no more."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analyzers.log_analyzer.analyze import analyze as analyze_logs
from analyzers.stat_reporter.analyze import analyze
from dagaudit.adapters import open_log_source, open_run_history
from dagaudit.adapters.file import FileStore
from dagaudit.errors import AccessRefused
from tests.dagaudit.running_airflow import eventually
from tests.dagaudit.running_airflow_2 import ADMIN, RunningAirflow2

pytestmark = pytest.mark.xdist_group("airflow2")

DAGS = """
import os
from datetime import datetime, timedelta
from pathlib import Path
from airflow.decorators import dag, task


@dag(schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False, tags=["sales"])
def orders():
    @task(retries=1, retry_delay=timedelta(seconds=1))
    def load(ti=None):
        if ti.try_number == 1:
            raise ValueError("the first try fails")

    @task
    def count(number):
        return number

    load() >> count.expand(number=[1, 2])


@dag(schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False)
def moody():
    @task
    def ask():
        if not (Path(os.environ["AIRFLOW_HOME"]) / "well").exists():
            raise RuntimeError("not today")

    ask()


orders()
moody()
"""
BROKEN = "from airflow import DAG\nimport partner_of_nobody\n"


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("running") / "airflow2"
    running = RunningAirflow2(folder, {"shop.py": DAGS, "broken.py": BROKEN})
    try:
        running.start()
        yield running
    finally:
        running.end()


@pytest.fixture(scope="module")
def since():
    return datetime.now(UTC) - timedelta(days=1)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return FileStore(str(tmp_path_factory.mktemp("reports")))


@pytest.fixture(scope="module")
def runs(airflow):
    started = {dag_id: airflow.run(dag_id) for dag_id in ("orders", "moody")}
    eventually(lambda: airflow.get("importErrors")["total_entries"] == 1)
    return started


@pytest.fixture(scope="module")
def first(airflow, root, runs, since):
    return open_run_history(airflow.address, airflow.environment, root).read(since)


@pytest.fixture(scope="module")
def section(airflow, first):
    return analyze(None, None, open_run_history(airflow.address, airflow.environment), now=first.read_at)


def stats(section, dag_id):
    return next(dag.runs for dag in section.dags if dag.dag_id == dag_id)


def test_version_runs_and_task_instances_come(first, runs):
    assert (first.airflow_version, first.unknown_values) == ("2.11.0", {})
    assert {(one.run_id, one.state) for one in first.runs} == {
        (runs["orders"], "success"),
        (runs["moody"], "failed"),
    }
    assert {(one.task_id, one.map_index) for one in first.task_instances if one.dag_id == "orders"} == {
        ("load", -1),
        ("count", 0),
        ("count", 1),
    }


def told(section):
    """What the log analyzer says of each attempt, whichever way its log came."""
    shown = {
        "path", "outcome", "category", "confidence", "signature", "root_exception", "fingerprint", "course",
        "evidence",
    }  # fmt: skip
    return {one["path"]: one for one in (each.model_dump(include=shown) for each in section.attempts)}


def test_logs_through_the_api_tell_what_the_files_tell(airflow, runs, first):
    section = analyze_logs(open_log_source(airflow.address, environment=airflow.environment))

    from_files = told(analyze_logs(open_log_source(str(airflow.home / "logs"))))
    asked = f"dag_id=moody/run_id={runs['moody']}/task_id=ask/attempt=1.log"
    load = f"dag_id=orders/run_id={runs['orders']}/task_id=load/attempt="
    assert list(told(section)) == [asked, f"{load}1.log", f"{load}2.log"]
    assert told(section) == {path: from_files[path] for path in told(section)}
    assert told(section)[asked]["root_exception"] == "RuntimeError"
    assert section.failures == ()


def test_log_that_airflow_has_lost_is_a_failure(airflow, runs, first):
    path = f"dag_id=moody/run_id={runs['moody']}/task_id=ask/attempt=1.log"
    log = airflow.home / "logs" / path
    log.rename(log.with_name("hidden"))
    try:
        section = analyze_logs(open_log_source(airflow.address, environment=airflow.environment))
    finally:
        log.with_name("hidden").rename(log)

    (failure,) = section.failures
    assert failure.path == path
    assert "Airflow has no log of it" in failure.message


def test_viewer_may_read_all_but_the_event_log(first):
    (failure,) = first.failures

    assert failure.message.startswith("event log: ")
    assert "can read on Audit Logs" in failure.message
    assert first.complete


def test_tries_of_what_was_tried_twice_come(first):
    assert [(one.task_id, one.try_number, one.state) for one in first.tries] == [
        ("load", 1, "failed"),
        ("load", 2, "success"),
    ]


def test_retry_that_saved_a_run_is_told(section):
    orders = stats(section, "orders")

    assert (orders.successful_runs, orders.retries, orders.recovered_by_retry) == (1, 1, 1)
    assert orders.wasted_seconds > 0


def test_file_that_does_not_import_is_named(section):
    assert any("partner_of_nobody" in failure.message for failure in section.failures)


@pytest.fixture(scope="module")
def cleared(airflow, runs, first, section):
    """A run that failed and was read so, and was cleared thereafter."""
    (airflow.home / "well").touch()
    airflow.clear("moody", runs["moody"])


def test_cleared_run_stays_known_as_failed_though_the_event_log_is_refused(airflow, root, cleared):
    history = open_run_history(airflow.address, airflow.environment, root)

    moody = stats(analyze(None, None, history, now=datetime.now(UTC)), "moody").history

    assert (moody.overwritten_failures, moody.first_time_successes, moody.cleared_runs) == (1, 0, 1)


def test_who_cleared_it_is_told_to_those_who_may_know(airflow, cleared):
    admin = {**airflow.environment, "AIRFLOW_USERNAME": ADMIN}

    told = analyze(None, None, open_run_history(airflow.address, admin), now=datetime.now(UTC))

    assert [(one.who, one.did) for one in stats(told, "moody").history.by_hand] == [("admin", "cleared")]


def test_wrong_password_is_one_sentence_with_the_remedy(airflow, since):
    history = open_run_history(airflow.address, {"AIRFLOW_USERNAME": "auditor", "AIRFLOW_PASSWORD": "guess"})

    with pytest.raises(AccessRefused, match=r"401.*AIRFLOW_PASSWORD"):
        history.read(since)


def test_killed_scheduler_is_named(airflow, section):
    assert not any("scheduler" in failure.message for failure in section.failures)

    airflow.kill("scheduler")
    eventually(lambda: airflow.get("health")["scheduler"]["status"] == "unhealthy")

    history = open_run_history(airflow.address, airflow.environment)
    after = analyze(None, None, history, now=datetime.now(UTC))
    assert any("Airflow's scheduler is unhealthy" in failure.message for failure in after.failures)
