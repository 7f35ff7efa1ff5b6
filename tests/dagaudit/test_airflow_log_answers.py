"""What is made of logs that a healthy Airflow does not give, on a server of our own."""

from datetime import UTC, datetime, timedelta

import pytest

from analyzers.log_analyzer.analyze import analyze
from dagaudit.adapters import airflow_errors, airflow_logs, open_log_source, open_run_history
from dagaudit.adapters.airflow_logs import AirflowLogs, Clocks
from dagaudit.adapters.watermark import Watermark
from dagaudit.address import parse
from dagaudit.cli import main
from dagaudit.cli.doctor_places import history_check, source_check
from dagaudit.errors import SpecInvalid
from tests.dagaudit.test_airflow_answers import Server, always
from tests.fakes import MemoryStore

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
FAILED = {
    "timestamp": "2026-11-21T07:00:00Z",
    "level": "error",
    "logger": "task",
    "event": "Task failed with exception",
    "error_detail": [{"exc_type": "KeyError", "exc_value": "'price'", "frames": [], "is_cause": False}],
}
HEADER = [
    {"event": "::group::Log message source details"},
    {"event": "/logs/attempt=1.log"},
    {"event": "::endgroup::"},
]


@pytest.fixture
def server():
    made = Server()
    yield made
    made.close()


@pytest.fixture
def airflow2():
    made = Server("v1")
    yield made
    made.close()


def instance(task_id, **other):
    row = {
        "dag_id": "shop", "dag_run_id": "r", "task_id": task_id, "map_index": -1, "try_number": 1,
        "state": "failed", "start_date": "2026-11-21T06:59:00Z", "end_date": "2026-11-21T07:00:00Z",
    }  # fmt: skip
    return row | other


def listing(server, *rows):
    server.said["taskInstances"] = always(200, {"task_instances": list(rows), "total_entries": len(rows)})


def path_of(task_id):
    return f"dag_id=shop/run_id=r/task_id={task_id}/attempt=1.log"


def source_at(server, options="", pauses=None, marks=None):
    waited = pauses if pauses is not None else []
    clocks = Clocks(now=lambda: NOW, elapsed=lambda: 5.0, pause=waited.append)
    return AirflowLogs(parse(f"{server.address}{options}"), clocks=clocks, marks=marks)


def test_night_without_failures_is_a_good_night(server, monkeypatch, capsys):
    listing(server, instance("load", state="success"), instance("wait", state="running", end_date=None))

    section = analyze(source_at(server))
    monkeypatch.setattr("sys.argv", ["dagaudit", "logs", server.address])
    with pytest.raises(SystemExit) as end:
        main()

    assert (section.status, section.attempts, section.failures) == ("ok", (), ())
    assert not end.value.code


def test_log_comes_in_several_answers(server):
    listing(server, instance("load"))

    def answer(_path, query):
        if query.get("token") == ["more"]:
            return 200, {"content": [FAILED], "continuation_token": None}
        return 200, {
            "content": [*HEADER, {**FAILED, "level": "info", "event": "a"}],
            "continuation_token": "more",
        }

    server.said["1"] = answer
    source = source_at(server)

    (file,) = source.files()
    first, second = source.read(file).splitlines()
    assert b'"event":"a"' in first
    assert b"KeyError" in second


def test_log_that_never_ends_is_a_failure(server):
    listing(server, instance("load"))
    server.said["1"] = always(200, {"content": [FAILED], "continuation_token": "more"})

    (failure,) = analyze(source_at(server)).failures

    assert "does not end within 50 answers" in failure.message
    assert len(server.paths("1")) == 50


@pytest.mark.parametrize(
    "content",
    [
        [],
        [HEADER[0], {"event": "Could not read served logs: no host"}, HEADER[2]],
        [{"event": "Task was skipped, no logs available."}],
        [{"event": "Error fetching the logs. Try number 0 is invalid.", "level": "error"}],
        [*HEADER, "*** Log file does not exist: /logs/1.log"],
    ],
)
def test_airflows_word_on_a_missing_log_is_no_log(server, content):
    listing(server, instance("load"))
    server.said["1"] = always(200, {"content": content, "continuation_token": None})

    section = analyze(source_at(server))

    assert section.attempts == ()
    assert ["Airflow has no log of it" in failure.message for failure in section.failures] == [True]
    if content:
        assert "It says: " in section.failures[0].message


def test_line_that_airflow_could_not_parse_stays_the_line(server):
    listing(server, instance("load"))
    server.said["1"] = always(
        200, {"content": [*HEADER, "Traceback:", FAILED | {"z": 1}], "continuation_token": None}
    )
    source = source_at(server)

    (file,) = source.files()

    assert source.read(file).splitlines()[0] == b"Traceback:"


def test_airflow_2_log_without_a_file_is_a_failure(airflow2):
    run = {"dag_id": "shop", "dag_run_id": "r", "state": "failed", "run_type": "manual"}
    airflow2.said["dagRuns"] = always(200, {"dag_runs": [run], "total_entries": 1})
    listing(airflow2, instance("load"))
    airflow2.said["1"] = always(
        200, "worker\n*** Log file does not exist: /logs/1.log\n*** Fetching from: http://worker:8793\n"
    )

    (failure,) = analyze(source_at(airflow2)).failures

    assert "It says: Log file does not exist" in failure.message


def test_too_large_log_is_left_out_and_told(server, monkeypatch):
    monkeypatch.setattr(airflow_errors, "MOST_BYTES", 4 * 1024**2)
    listing(server, instance("load"), instance("small"))

    def answer(path, _query):
        event = "x" * (5 * 1024**2 if "load" in path else 5)
        return 200, {"content": [FAILED | {"more": event}], "continuation_token": None}

    server.said["1"] = answer

    section = analyze(source_at(server))

    assert [one.path for one in section.attempts] == [path_of("small")]
    assert [failure.path for failure in section.failures] == [path_of("load")]
    assert "more than 4 MiB" in section.failures[0].message


def test_only_the_newest_logs_are_read_and_the_rest_is_told(server, monkeypatch):
    monkeypatch.setattr(airflow_logs, "MOST_LOGS", 1)
    listing(server, instance("old", end_date="2026-11-21T06:00:00Z"), instance("new"))
    server.said["1"] = always(200, {"content": [FAILED], "continuation_token": None})

    section = analyze(source_at(server))

    assert [one.path for one in section.attempts] == [path_of("new")]
    assert ["of 2 logs the newest 1 are read" in failure.message for failure in section.failures] == [True]


def test_attempt_of_before_the_window_is_not_read(server):
    listing(server, instance("old", end_date="2026-11-20T06:00:00Z"), instance("new"))

    assert [file.path for file in source_at(server, "?lookbackHours=2").files()] == [path_of("new")]


def test_server_that_keeps_failing_is_left_alone(server):
    listing(server, *(instance(f"t{number}") for number in range(8)))
    server.said["1"] = always(500, {})

    section = analyze(source_at(server))

    asked = {path.partition("taskInstances/")[2].partition("/")[0] for path in server.paths("1")}
    assert (len(asked), len(section.failures)) == (5, 8)
    assert "failed to give 5 in a row" in section.failures[-1].message


def test_lost_logs_do_not_stop_the_others(server):
    listing(server, *(instance(f"t{number}") for number in range(8)))
    server.said["1"] = lambda path, _query: (
        (200, {"content": [FAILED], "continuation_token": None}) if "t7" in path else (404, {})
    )

    assert [one.path for one in analyze(source_at(server)).attempts] == [path_of("t7")]


def test_logs_are_asked_for_ten_times_a_second(server):
    listing(server, instance("a"), instance("b"))
    server.said["1"] = always(200, {"content": [FAILED], "continuation_token": None})
    pauses = []

    analyze(source_at(server, pauses=pauses))

    assert pauses == [pytest.approx(0.1)]


def test_window_reaches_back_to_the_last_report(server):
    store = MemoryStore()
    marks = Watermark(store, server.address)
    marks.put((NOW - timedelta(hours=60)).timestamp())

    list(source_at(server, marks=marks).files())

    assert "updated_at_gte=2026-11-18T19%3A45" in server.paths("taskInstances")[0]


def test_mark_stays_where_the_listing_failed(server):
    store = MemoryStore()
    marks = Watermark(store, server.address)
    listing(server, instance("load", try_number=2))
    server.said["tries"] = always(500, {})
    source = source_at(server, marks=marks)

    list(source.files())
    source.commit()
    assert marks.get() is None

    server.said["tries"] = always(200, {"task_instances": []})
    list(source.files())
    source.commit()
    assert marks.get() is not None


@pytest.mark.parametrize("hours", ["0", "-1", "x", "721"])
def test_impossible_window_is_refused(hours):
    with pytest.raises(SpecInvalid, match="lookbackHours"):
        open_log_source(f"airflow+https://airflow.example?lookbackHours={hours}")


def test_window_of_logs_is_none_of_a_history():
    with pytest.raises(SpecInvalid, match="lookbackHours= is for logs"):
        open_run_history("airflow+https://airflow.example?lookbackHours=3", {})


def test_nothing_is_counted_from_failures_alone(server, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["dagaudit", "stats", str(tmp_path), "--logs", server.address, "-q"])
    with pytest.raises(SystemExit) as end:
        main()

    assert end.value.code == 2
    assert "give the address as --history" in " ".join(capsys.readouterr().err.split())


def test_doctor_tries_the_run_history(server):
    assert history_check(server.address).said == f"run history at {server.address} can be read: Airflow 3.3.2"


def test_doctor_names_what_of_the_history_is_refused(server):
    server.said["eventLogs"] = always(403, {})

    check = history_check(server.address)

    assert (check.verdict, "event log" in check.said) == ("warn", True)


def test_doctor_fails_where_the_history_refuses(server):
    server.said["version"] = always(401, {})

    check = history_check(server.address)

    assert (check.verdict, "401" in check.said) == ("fail", True)


def test_doctor_is_content_with_logs_of_a_night_without_failures(server):
    check = source_check("task logs", server.address, lambda: source_at(server))

    assert (check.verdict, "nothing failed lately" in check.said) == ("ok", True)


def test_mapped_task_is_asked_for_by_its_index(server):
    listing(server, instance("load", map_index=2, dag_id="a/b"))
    server.said["1"] = always(200, {"content": [FAILED], "continuation_token": None})

    (one,) = analyze(source_at(server)).attempts

    assert one.path == "dag_id=a%2Fb/run_id=r/task_id=load/map_index=2/attempt=1.log"
    assert (one.dag_id, one.map_index, one.root_exception) == ("a/b", 2, "KeyError")
    assert "map_index=2" in server.paths("1")[0]


def test_task_that_runs_again_tells_of_the_try_that_failed(server):
    listing(server, instance("load", try_number=2, state="running", end_date=None))
    tries = [instance("load"), instance("load", try_number=2, state="running", end_date=None)]
    server.said["tries"] = always(200, {"task_instances": tries})

    assert [file.path for file in source_at(server).files()] == [path_of("load")]
