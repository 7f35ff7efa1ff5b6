"""What the REST client makes of answers that a healthy Airflow 3 does not give, on a server of our own."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dagaudit.adapters import open_run_history
from dagaudit.adapters.airflow import AirflowHistory
from dagaudit.adapters.airflow_client import Credentials
from dagaudit.address import parse
from dagaudit.errors import AccessRefused, SourceMissing, SourceUnreadable, SpecInvalid

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
Query = dict[str, list[str]]
Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]
KEYS = {
    "dags": "dags", "dagRuns": "dag_runs", "taskInstances": "task_instances", "pools": "pools",
    "jobs": "jobs", "importErrors": "import_errors", "dagWarnings": "dag_warnings",
    "eventLogs": "event_logs", "tries": "task_instances",
}  # fmt: skip


class Server:
    """Answers by the path's last word; `said` overrides what an empty Airflow would say."""

    def __init__(self, api: str = "v2") -> None:
        self.api = api
        self.said: dict[str, Callable[[str, Query], Answer]] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self._answer()

            def _answer(self) -> None:
                outer.asked.append(
                    (self.command, self.path, {name.lower(): text for name, text in self.headers.items()})
                )
                code, body, *more = outer.answer(self.path)
                data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                self.send_response(code)
                for name, value in (more[0] if more else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        self.address = f"airflow+http://127.0.0.1:{self._http.server_address[1]}"

    def answer(self, path: str) -> Answer:
        parts = urlsplit(path)
        word = parts.path.rpartition("/")[2]
        if word in self.said:
            return self.said[word](parts.path, parse_qs(parts.query, keep_blank_values=True))
        if not parts.path.startswith(f"/api/{self.api}/"):
            return 404, {"detail": "Not Found"}
        if word == "version":
            return 200, {"version": "3.3.2" if self.api == "v2" else "2.11.0"}
        if word == "health":
            return 200, {"metadatabase": {"status": "healthy"}}
        return 200, {KEYS[word]: [], "total_entries": 0}

    def paths(self, word: str) -> list[str]:
        """What was asked for whose path ends so."""
        return [path for _, path, _ in self.asked if urlsplit(path).path.endswith(f"/{word}")]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def airflow2() -> Iterator[Server]:
    made = Server("v1")
    yield made
    made.close()


def read(server, credentials=None, options="", pauses=None):
    place = parse(f"{server.address}{options}")
    waited = pauses if pauses is not None else []
    return AirflowHistory(place, credentials, pause=waited.append).read(SINCE)


def always(code, body, headers=None):
    return lambda _path, _query: (code, body, headers or {})


def run(number, **fields):
    return {
        "dag_id": "orders", "dag_run_id": f"r{number:04}", "state": "success", "run_type": "scheduled",
        "run_after": "2026-11-20T00:00:00Z", **fields,
    }  # fmt: skip


def test_offset_pages_are_read_to_the_end(server):
    rows = [run(number) for number in range(250)]

    def page(_path, query):
        start, most = int(query.get("offset", ["0"])[0]), min(int(query["limit"][0]), 100)
        return 200, {"dag_runs": rows[start : start + most], "total_entries": 250}

    server.said["dagRuns"] = page

    assert len(read(server).runs) == 250
    assert len(server.paths("dagRuns")) == 3


def test_cursor_pages_are_read_to_the_end(server):
    pages = {"": ([run(1)], "second"), "second": ([run(2)], None)}

    def page(_path, query):
        rows, following = pages[query["cursor"][0]]
        return 200, {"dag_runs": rows, "total_entries": 2, "next_cursor": following}

    server.said["dagRuns"] = page

    assert [one.run_id for one in read(server).runs] == ["r0001", "r0002"]


def test_cursor_that_leads_back_to_itself_ends(server):
    server.said["dagRuns"] = always(200, {"dag_runs": [run(1)], "total_entries": 2, "next_cursor": "same"})

    assert len(read(server).runs) == 1
    assert len(server.paths("dagRuns")) == 2


def test_rows_that_the_server_withholds_are_told(server):
    server.said["dagRuns"] = always(200, {"dag_runs": [], "total_entries": 7})

    messages = [failure.message for failure in read(server).failures]
    assert len(messages) == 1
    assert "0 of 7 rows" in messages[0]


def test_rows_that_come_into_being_meanwhile_are_no_failure(server):
    pages = {"": ([run(1)], "second", 2), "second": ([run(2)], None, 3)}

    def page(_path, query):
        rows, following, total = pages[query["cursor"][0]]
        return 200, {"dag_runs": rows, "total_entries": total, "next_cursor": following}

    server.said["dagRuns"] = page

    assert read(server).failures == ()


def test_unknown_words_are_kept_and_counted(server):
    server.said["dagRuns"] = always(
        200, {"dag_runs": [run(1, state="hibernating"), run(2, run_type="psychic")], "total_entries": 2}
    )

    history = read(server)
    assert [one.state for one in history.runs] == ["hibernating", "success"]
    assert history.unknown_values == {"run state=hibernating": 1, "run type=psychic": 1}


def test_row_without_its_id_costs_only_itself(server):
    server.said["dagRuns"] = always(200, {"dag_runs": [{"state": "success"}, run(2)], "total_entries": 2})

    history = read(server)
    assert len(history.runs) == 1
    assert "1 lack" in history.failures[0].message


def test_part_that_may_not_be_read_costs_only_itself(server):
    server.said["dagRuns"] = always(200, {"dag_runs": [run(1)], "total_entries": 1})
    server.said["pools"] = always(403, {"detail": "Forbidden"})

    history = read(server)
    assert len(history.runs) == 1
    assert [failure.message for failure in history.failures] == [
        f"pools: {server.address}: 403, pools may not be read; give the user the role Viewer, or renew AIRFLOW_TOKEN where that is set"
    ]


@pytest.mark.parametrize(
    ("word", "code", "complete"),
    [("pools", 403, True), ("dagRuns", 403, False), ("eventLogs", 400, False), ("eventLogs", 403, True)],
)
def test_only_what_may_come_by_asking_again_makes_a_read_incomplete(server, word, code, complete):
    server.said[word] = always(code, {})

    assert read(server).complete is complete


def test_busy_server_is_asked_again_after_the_time_it_names(server):
    answers = iter([(429, {}, {"Retry-After": "7"}), (503, {})])
    server.said["pools"] = lambda _path, _query: next(answers, (200, {"pools": [], "total_entries": 0}))
    pauses: list[float] = []

    assert read(server, pauses=pauses).failures == ()
    assert pauses[0] == 7.0
    assert 0.5 <= pauses[1] <= 1.0


def test_server_that_stays_busy_is_named(server):
    server.said["pools"] = always(503, {})

    assert "503 for pools, 4 times" in read(server).failures[0].message


@pytest.mark.parametrize(
    ("word", "answer", "error", "text"),
    [
        ("version", (200, "<html>portal</html>"), SourceUnreadable, "is not JSON"),
        ("version", (302, "", {"Location": "/login"}), SourceUnreadable, "leads elsewhere"),
        ("version", (404, "{}"), SourceMissing, "is no Airflow"),
        ("version", (200, {"name": "x"}), SourceUnreadable, "tells no Airflow version"),
        ("dagRuns", (401, {"detail": "Not authenticated"}), AccessRefused, "401"),
    ],
)
def test_server_that_is_no_airflow_is_one_sentence(server, word, answer, error, text):
    server.said[word] = always(*answer)

    with pytest.raises(error, match=text) as caught:
        read(server)
    assert "\n" not in str(caught.value)


def test_nobody_there_is_said_with_the_remedy():
    server = Server()
    server.close()

    with pytest.raises(SourceUnreadable, match="cannot be reached; check host and port"):
        read(server)


def test_token_that_ran_out_is_renewed(server):
    tokens = iter(["one", "two"])
    server.said["token"] = lambda _path, _query: (201, {"access_token": next(tokens)})
    answers = iter([(401, {})])
    server.said["pools"] = lambda _path, _query: next(answers, (200, {"pools": [], "total_entries": 0}))

    assert read(server, Credentials("ada", "secret")).failures == ()
    assert server.asked[-1][2]["authorization"] == "Bearer two"


def test_nothing_but_the_sign_in_is_a_post(server):
    server.said["token"] = always(201, {"access_token": "one"})

    read(server, Credentials("ada", "secret"))

    assert {path for method, path, _ in server.asked if method != "GET"} == {"/auth/token"}


def test_given_token_is_used_as_it_is(server):
    read(server, Credentials(token="given"))

    assert server.asked[-1][2]["authorization"] == "Bearer given"
    assert not server.paths("token")


def test_airflow_2_is_found_and_signed_in_to_by_password(airflow2):
    history = read(airflow2, Credentials("ada", "secret"))

    assert history.airflow_version == "2.11.0"
    assert airflow2.asked[-1][2]["authorization"].startswith("Basic ")
    assert not airflow2.paths("jobs")


def test_airflow_2_lists_task_instances_run_by_run(airflow2):
    old = run(1, dag_run_id="scheduled__2026-11-20T00:00:00+00:00", run_after=None)
    old |= {"data_interval_end": "2026-11-20T00:00:00+00:00"}
    task = {"dag_id": "orders", "dag_run_id": old["dag_run_id"], "task_id": "load", "state": "success"}
    airflow2.said["dagRuns"] = always(200, {"dag_runs": [old], "total_entries": 1})
    airflow2.said["taskInstances"] = always(200, {"task_instances": [task], "total_entries": 1})

    history = read(airflow2)

    assert [one.task_id for one in history.task_instances] == ["load"]
    assert history.runs[0].run_after == datetime(2026, 11, 20, tzinfo=UTC)
    assert (
        "/dags/orders/dagRuns/scheduled__2026-11-20T00%3A00%3A00%2B00%3A00/taskInstances"
        in (airflow2.paths("taskInstances")[0])
    )


def test_old_api_on_airflow_3_is_said_to_be_gone(server):
    with pytest.raises(SourceMissing, match=r"no /api/v1, which ended with Airflow 2"):
        read(server, options="?version=V1")


def test_watermark_is_the_servers_clock(server):
    server.said["version"] = always(200, {"version": "3.3.2"})

    history = read(server)

    assert abs((history.read_at - datetime.now(UTC)).total_seconds()) < 60
    assert (history.read_at - history.next_since).total_seconds() == 120


@pytest.mark.parametrize("options", ["?version=V3", "?timeoutSeconds=soon", "?timeoutSeconds=0"])
def test_option_without_meaning_is_refused_before_anything_is_asked(options):
    with pytest.raises(SpecInvalid):
        open_run_history(f"airflow+https://airflow.example{options}", {})


def test_history_in_a_file_is_said_to_be_unsupported():
    with pytest.raises(SpecInvalid, match=r"use one of airflow\+https"):
        open_run_history("file:///somewhere", {})


def test_credentials_are_never_shown():
    assert "secret" not in repr(Credentials("ada", "secret", "secret-token"))


def test_token_with_a_line_break_is_refused_without_showing_it():
    with pytest.raises(SpecInvalid, match="line break") as caught:
        Credentials(token="abc\ndef")
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize("code", [413, 504])
def test_page_that_is_too_large_is_asked_for_in_smaller_ones(server, code):
    rows = [run(number) for number in range(60)]

    def page(_path, query):
        start, most = int(query.get("offset", ["0"])[0]), int(query["limit"][0])
        if most > 25:
            return code, {"detail": "too much"}
        return 200, {"dag_runs": rows[start : start + most], "total_entries": 60}

    server.said["dagRuns"] = page

    assert len(read(server).runs) == 60


def test_page_that_is_always_too_large_costs_its_part_alone(server):
    server.said["dagRuns"] = always(413, {})

    found = read(server)

    (failure,) = found.failures
    assert failure.message.startswith("runs: ")
    assert "413 for dags/~/dagRuns, also for small pages" in failure.message
    assert not found.complete


@pytest.mark.parametrize(
    ("event", "extra", "state"),
    [
        ("patch_task_instance", '{"new_state": "failed", "note": "secret"}', "failed"),
        ("patch_dag_run", '{"state": "success"}', "success"),
        ("dagrun_failed", None, "failed"),
        ("post_clear_task_instances", '{"dry_run": false}', None),
        ("clear", "no JSON", None),
        ("clear", '["a"]', None),
        ("ui.failed", "{}", "failed"),
        ("api.patch_task_instance", '{"new_state": "success"}', "success"),
    ],
)
def test_what_a_person_did_is_read_from_the_event_log(server, event, extra, state):
    row = {"event_log_id": 7, "event": event, "owner": "anna", "dag_id": "orders", "extra": extra}
    server.said["eventLogs"] = always(200, {"event_logs": [row], "total_entries": 1})

    (found,) = read(server).events

    assert (found.owner, found.new_state) == ("anna", state)
    assert "secret" not in found.model_dump_json()


def test_refused_event_log_names_the_permission(server):
    server.said["eventLogs"] = always(403, {})

    assert "can read on Audit Logs" in read(server).failures[0].message


def test_clear_by_airflow_2_names_its_run_in_the_request_alone(airflow2):
    row = {
        "event_log_id": 7, "event": "api.post_clear_task_instances", "owner": "anna", "dag_id": "orders",
        "run_id": None, "extra": '{"dag_run_id": "r1", "dry_run": false}',
    }  # fmt: skip
    airflow2.said["eventLogs"] = always(200, {"event_logs": [row], "total_entries": 1})

    (found,) = read(airflow2).events

    assert (found.event, found.run_id) == ("post_clear_task_instances", "r1")
    (asked,) = airflow2.paths("eventLogs")
    assert "api.post_clear_task_instances%2C" in asked
