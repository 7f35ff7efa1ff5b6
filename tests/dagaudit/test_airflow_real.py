"""The run history of a real Airflow."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analyzers.log_analyzer.analyze import analyze as analyze_logs
from analyzers.stat_reporter.analyze import analyze
from dagaudit import run_history
from dagaudit.adapters import open_log_source, open_run_history
from dagaudit.adapters.file import FileStore
from dagaudit.cli import main
from dagaudit.errors import AccessRefused
from tests.dagaudit.counting_proxy import CountingProxy
from tests.dagaudit.mwaa_front import MwaaFront
from tests.dagaudit.running_airflow import RunningAirflow, eventually
from tests.fakes import MemoryStore

pytestmark = pytest.mark.xdist_group("airflow")

DAGS = """
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import dag, task


@dag(schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC), tags=["sales"], default_args={"owner": "sales"})
def orders():
    @task(retries=1, retry_delay=timedelta(seconds=1))
    def load(ti=None):
        if ti.try_number == 1:
            raise ValueError("the first try fails")

    @task
    def count(number):
        return number

    load() >> count.expand(number=[1, 2])


@dag(schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC))
def feed():
    @task
    def fetch():
        raise RuntimeError("the partner sent nothing")

    fetch()


@dag(schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC))
def prices():
    @task
    def read():
        return 1

    read()


@dag(schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC))
def moody():
    @task
    def ask():
        if not (Path(os.environ["AIRFLOW_HOME"]) / "well").exists():
            raise RuntimeError("not today")

    ask()


@dag(schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC))
def wide():
    for number in range(120):
        EmptyOperator(task_id=f"step_{number}")


orders()
feed()
prices()
moody()
wide()
"""
BROKEN = "from airflow import DAG\nimport partner_of_nobody\n"


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("running") / "airflow"
    running = RunningAirflow(folder, {"shop.py": DAGS, "broken.py": BROKEN})
    try:
        running.start()
        yield running
    finally:
        running.end()


@pytest.fixture(scope="module")
def since():
    return datetime.now(UTC) - timedelta(days=1)


@pytest.fixture(scope="module")
def runs(airflow, since):
    """Runs that ended; the last one was cleared and ran again."""
    started = {dag_id: airflow.run(dag_id) for dag_id in ("orders", "feed", "prices")}
    airflow.clear("prices", started["prices"])
    return started


@pytest.fixture(scope="module")
def first(airflow, runs, since):
    # The server's clock comes in whole seconds; what ended within the same one would come again.
    ended = datetime.now(UTC)
    eventually(lambda: datetime.now(UTC) - ended > timedelta(seconds=2))
    return open_run_history(airflow.address, airflow.environment).read(since)


@pytest.fixture(scope="module")
def section(airflow, first):
    history = open_run_history(airflow.address, airflow.environment)
    return analyze(None, None, history, now=first.read_at)


def stats(section, dag_id):
    return next(dag.runs for dag in section.dags if dag.dag_id == dag_id)


def test_every_run_comes_with_its_state(first, runs):
    assert {(one.dag_id, one.run_id, one.state) for one in first.runs} == {
        ("orders", runs["orders"], "success"),
        ("feed", runs["feed"], "failed"),
        ("prices", runs["prices"], "success"),
    }


def test_every_mapped_index_is_a_task_instance(first):
    of_orders = {(one.task_id, one.map_index) for one in first.task_instances if one.dag_id == "orders"}

    assert of_orders == {("load", -1), ("count", 0), ("count", 1)}


def test_nothing_is_unknown_or_unread(first):
    assert (first.unknown_values, first.failures, first.airflow_version) == ({}, (), "3.3.2")


def test_tries_are_asked_for_only_where_there_was_more_than_one(first):
    assert [(one.task_id, one.try_number, one.state) for one in first.tries] == [
        ("load", 1, "failed"),
        ("load", 2, "success"),
        ("read", 1, "success"),
        ("read", 2, "success"),
    ]


def test_retry_that_saved_a_run_is_told(section):
    orders = stats(section, "orders")

    assert (orders.source, orders.successful_runs, orders.retries, orders.recovered_by_retry) == (
        "history", 1, 1, 1,
    )  # fmt: skip
    assert orders.wasted_seconds > 0


def test_mapped_indices_are_attempts_of_one_task(section):
    counted = {task.task_id: task.attempts for task in stats(section, "orders").tasks}

    assert counted == {"load": 2, "count": 2}


def test_failed_run_is_a_failed_run(section):
    feed = stats(section, "feed")

    assert (feed.failed_runs, feed.failed_attempts, feed.success_rate) == (1, 1, 0.0)
    assert feed.last_success_at is None


def test_cleared_run_has_no_duration_and_no_retry(section):
    prices = stats(section, "prices")

    assert prices.history.cleared_runs == 1
    assert (prices.successful_runs, prices.p50_seconds, prices.retries) == (1, None, 0)


def test_file_that_does_not_import_is_named(section):
    assert any(
        "broken.py" in failure.message and "partner_of_nobody" in failure.message
        for failure in section.failures
    )


def test_owner_and_tags_are_known_without_source(section):
    orders = next(dag for dag in section.dags if dag.dag_id == "orders")

    assert (orders.owner, orders.tags, orders.path) == ("sales", ("sales",), "shop.py")


def test_reading_leaves_no_row_in_the_audit_log(airflow, first, since):
    before = airflow.get("eventLogs?limit=1")["total_entries"]

    open_run_history(airflow.address, airflow.environment).read(since)

    assert airflow.get("eventLogs?limit=1")["total_entries"] == before


@pytest.fixture
def signed_in(airflow, monkeypatch):
    for name, text in airflow.environment.items():
        monkeypatch.setenv(name, text)
    return airflow.address


def run_command(monkeypatch, capsys, *arguments):
    monkeypatch.setattr("sys.argv", ["dagaudit", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code or 0, capsys.readouterr().out


def test_stats_command_counts_from_the_history(signed_in, airflow, section, monkeypatch, capsys):
    arguments = ("stats", str(airflow.home / "dags"), "--history", signed_in, "--format", "json", "-q")

    code, out = run_command(monkeypatch, capsys, *arguments)

    rows = {row["dag_id"]: row for row in json.loads(out)["dags"]}
    assert code == 0
    assert rows["feed"]["runs"]["source"] == "history"
    assert rows["orders"]["structure"]["tasks"] == 2


def test_audit_command_reports_from_the_history_alone(signed_in, section, tmp_path, monkeypatch, capsys):
    arguments = ("audit", "--history", signed_in, "--reports", str(tmp_path / "out"), "-q")

    code, out = run_command(monkeypatch, capsys, *arguments)

    document = json.loads(Path(out.splitlines()[-1]).read_bytes())
    assert code == 0
    assert document["sections"]["stats"]["status"] == "partial"
    assert document["totals"]["runs"] >= 3

    _, out = run_command(monkeypatch, capsys, *arguments)

    # The second audit asked for what changed alone, and tells of all.
    again = json.loads(Path(out.splitlines()[-1]).read_bytes())
    assert again["totals"] == document["totals"]


def told(section):
    """What the log analyzer says of each attempt, whichever way its log came."""
    shown = {
        "path", "dag_id", "run_id", "task_id", "map_index", "try_number", "outcome", "category", "confidence",
        "signature", "root_exception", "fingerprint", "cause_id", "course", "evidence",
    }  # fmt: skip
    return {one["path"]: one for one in (each.model_dump(include=shown) for each in section.attempts)}


@pytest.fixture(scope="module")
def by_api(airflow, section):
    return analyze_logs(open_log_source(airflow.address, environment=airflow.environment))


def test_logs_through_the_api_tell_what_the_files_tell(airflow, runs, by_api):
    from_files = told(analyze_logs(open_log_source(str(airflow.home / "logs"))))

    feed = f"dag_id=feed/run_id={runs['feed']}/task_id=fetch/attempt=1.log"
    load = f"dag_id=orders/run_id={runs['orders']}/task_id=load/attempt="
    through_api = told(by_api)
    assert list(through_api) == [feed, f"{load}1.log", f"{load}2.log"]
    assert through_api == {path: from_files[path] for path in through_api}
    assert through_api[feed]["root_exception"] == "RuntimeError"
    assert through_api[f"{load}1.log"]["course"] == "recovered"
    assert by_api.failures == ()


def test_log_that_airflow_has_lost_is_a_failure(airflow, runs, by_api):
    path = f"dag_id=feed/run_id={runs['feed']}/task_id=fetch/attempt=1.log"
    log = airflow.home / "logs" / path
    log.rename(log.with_name("hidden"))
    try:
        section = analyze_logs(open_log_source(airflow.address, environment=airflow.environment))
    finally:
        log.with_name("hidden").rename(log)

    (failure,) = section.failures
    assert (failure.path, section.status) == (path, "partial")
    assert "Airflow has no log of it" in failure.message
    assert path not in told(section)


def test_audit_of_these_logs_counts_from_the_history_there(signed_in, by_api, tmp_path, monkeypatch, capsys):
    arguments = ("audit", "--logs", signed_in, "--reports", str(tmp_path / "out"), "-q")

    code, out = run_command(monkeypatch, capsys, *arguments)

    document = json.loads(Path(out.splitlines()[-1]).read_bytes())
    rows = {row["dag_id"]: row for row in document["dags"]}
    assert code == 0
    assert document["sections"]["logs"]["status"] == "ok"
    assert {cause["root_exception"] for cause in document["causes"]} == {"RuntimeError", "ValueError"}
    assert rows["orders"]["success_rate"] == 1.0


def test_wrong_password_for_logs_is_refused(airflow):
    wrong = {"AIRFLOW_USERNAME": "admin", "AIRFLOW_PASSWORD": "guess"}
    source = open_log_source(airflow.address, environment=wrong)

    with pytest.raises(AccessRefused, match=r"401.*AIRFLOW_PASSWORD"):
        list(source.files())


def test_logs_command_reads_through_the_api(signed_in, by_api, monkeypatch, capsys):
    code, out = run_command(monkeypatch, capsys, "logs", signed_in, "--since", "2h", "--format", "json")

    assert code == 0
    assert [one["path"] for one in json.loads(out)["attempts"]] == list(told(by_api))


def test_wrong_password_is_one_sentence_with_the_remedy(airflow, since):
    history = open_run_history(airflow.address, {"AIRFLOW_USERNAME": "admin", "AIRFLOW_PASSWORD": "guess"})

    with pytest.raises(AccessRefused, match=r"401.*AIRFLOW_PASSWORD") as caught:
        history.read(since)
    assert "guess" not in str(caught.value)


def test_second_read_brings_only_what_changed(airflow, first):
    run_id = airflow.run("feed")

    second = open_run_history(airflow.address, airflow.environment).read(first.read_at)

    assert [one.run_id for one in second.runs] == [run_id]
    assert [one.run_id for one in second.task_instances] == [run_id]
    # Two task instances were tried twice before, and none since.
    assert second.calls == first.calls - 2
    assert len(first.followed_by(second).runs) == 4


def wait_for_the_next_second():
    """The server's clock comes in whole seconds, and a read goes back a little from it."""
    ended = datetime.now(UTC)
    eventually(lambda: datetime.now(UTC) - ended > timedelta(seconds=2))


@pytest.fixture(scope="module")
def proxy(airflow):
    made = CountingProxy(f"http://localhost:{airflow.port}")
    yield made
    made.close()


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return FileStore(str(tmp_path_factory.mktemp("reports")))


@pytest.fixture(scope="module")
def cleared(airflow, runs, root, since, section):
    """A run that failed, was read so, and was cleared thereafter; another one was marked."""
    run_id = airflow.run("moody")
    open_run_history(airflow.address, airflow.environment, root).read(since)
    (airflow.home / "well").touch()
    airflow.clear("moody", run_id)
    airflow.mark("feed", runs["feed"], "fetch", "success")
    return run_id


@pytest.fixture(scope="module")
def known(airflow, root, since, cleared):
    return open_run_history(airflow.address, airflow.environment, root).read(since)


def test_sync_reads_only_what_changed(airflow, proxy, since, section, monkeypatch):
    airflow.run("wide")
    wait_for_the_next_second()
    monkeypatch.setattr(run_history, "OVERLAP", timedelta(0))
    store = MemoryStore()
    open_run_history(proxy.address, airflow.environment, store).read(since)
    first, first_rows = proxy.counted(), dict(proxy.rows)
    wait_for_the_next_second()
    airflow.run("prices")
    proxy.rows.clear()

    open_run_history(proxy.address, airflow.environment, store).read(since)

    second = proxy.counted()
    # 120 task instances and more take two pages, retried ones a request each.
    assert (first["taskInstances"], first["tries"]) == (2, 2)
    assert second == dict.fromkeys(set(first) - {"tries"}, 1)
    assert sum(second.values()) == 11
    assert first_rows["taskInstances"] > 120
    assert (proxy.rows["dagRuns"], proxy.rows["taskInstances"]) == (1, 1)


def test_run_that_was_cleared_stays_known_as_failed(cleared, known):
    assert [one.state for one in known.earlier_runs if one.run_id == cleared] == ["failed"]
    assert next(one.state for one in known.runs if one.run_id == cleared) == "success"


def test_who_cleared_and_marked_it_is_told(airflow, root, known):
    found = analyze(
        None, None, open_run_history(airflow.address, airflow.environment, root), now=known.read_at
    )

    moody, feed = stats(found, "moody").history, stats(found, "feed").history
    assert (moody.overwritten_failures, moody.first_time_runs, moody.first_time_successes) == (1, 1, 0)
    assert [(one.who, one.did, one.new_state) for one in moody.by_hand] == [("admin", "cleared", None)]
    assert [(one.who, one.did, one.task_id, one.new_state) for one in feed.by_hand] == [
        ("admin", "marked", "fetch", "success")
    ]


def test_same_history_comes_through_aws(airflow, since, known, monkeypatch):
    airflow.run("orders")

    def behind(path, query):
        answer = airflow.ask(f"/api/v2{path}", query)
        return answer.status_code, answer.json()

    front = MwaaFront(behind)
    for name, value in front.environment_variables().items():
        monkeypatch.setenv(name, value)
    try:
        through_aws = open_run_history("mwaa://eu-west-1/shop", {}).read(since)
    finally:
        front.close()

    direct = open_run_history(airflow.address, airflow.environment).read(since)
    assert through_aws.failures == ()
    for part in ("airflow_version", "dags", "runs", "task_instances", "tries", "events", "pools"):
        assert getattr(through_aws, part) == getattr(direct, part)


def test_history_outlives_airflows_own(airflow, root, since, known):
    airflow.clean()
    assert airflow.get("dags/~/dagRuns")["total_entries"] == 0

    after = open_run_history(airflow.address, airflow.environment, root).read(since)

    assert {one.key for one in after.runs} >= {one.key for one in known.runs}
    assert after.earlier_runs == known.earlier_runs


@pytest.mark.parametrize(
    ("daemon", "component"),
    [("triggerer", "triggerer"), ("dag-processor", "dag_processor"), ("scheduler", "scheduler")],
)
def test_killed_daemon_is_named(airflow, known, daemon, component):
    eventually(lambda: airflow.get("monitor/health")[component]["status"] == "healthy")
    before = analyze(
        None, None, open_run_history(airflow.address, airflow.environment), now=datetime.now(UTC)
    )
    words = f"Airflow's {component.replace('_', ' ')} is unhealthy"
    assert not any(words in failure.message for failure in before.failures)

    airflow.kill(daemon)
    eventually(lambda: airflow.get("monitor/health")[component]["status"] == "unhealthy")

    history = open_run_history(airflow.address, airflow.environment)
    after = analyze(None, None, history, now=datetime.now(UTC))
    assert any(words in failure.message for failure in after.failures)
    assert healthy(before)[component] == 1.0
    assert healthy(after)[component] == 0.0


def healthy(section):
    return {
        metric.labels["component"]: metric.value
        for metric in section.metrics
        if metric.name == "component_healthy"
    }
