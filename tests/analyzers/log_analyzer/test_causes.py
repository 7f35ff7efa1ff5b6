"""What failed attempts have in common: fingerprints, causes, courses."""

import json

import pytest

from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, Course
from tests.analyzers.log_analyzer.task_logs import (
    PATH,
    PRE,
    RUN,
    SITE,
    attempt,
    failed,
    failure,
    lines,
    raised,
    section,
    succeeded,
    supervisor,
)

OOM = "Process terminated by signal. Likely out of memory error (OOM)."
KILLED = lines(PRE, RUN, supervisor(OOM, signal=-9, signal_name="SIGKILL"))


def path(dag, task="load", run="r1", number=1):
    return f"dag_id={dag}/run_id={run}/task_id={task}/attempt={number}.log"


def outage(dag):
    message = "HTTPSConnectionPool(host='api.example', port=443): Max retries exceeded"
    own = (f"/opt/airflow/dags/{dag}.py", "call")
    return failed(
        failure(
            raised("ConnectionError", message, (own,)),
            raised("ConnectionRefusedError", "[Errno 111] Connection refused", (own,)),
        )
    )


def test_outage_of_one_host_is_one_cause_over_many_dags():
    found = section({path(dag): outage(dag) for dag in ("orders", "prices", "stock")})

    assert [(cause.dags, cause.title) for cause in found.causes] == [
        (("orders", "prices", "stock"), "The connection to api.example:443 is refused")
    ]


def test_port_of_the_moment_names_no_service():
    def text(port):
        message = f"HTTPConnectionPool(host='127.0.0.1', port={port}): Max retries exceeded"
        return failed(failure(raised("ConnectionError", message)))

    found = section({path("a", number=1): text(41001), path("a", number=2): text(52002)})

    assert [cause.attempts for cause in found.causes] == [2]


def test_two_functions_are_two_causes():
    one = failed(failure(raised("KeyError", "'a'", (("/opt/airflow/dags/shop.py", "load"),))))
    other = failed(failure(raised("KeyError", "'a'", (("/opt/airflow/dags/shop.py", "store"),))))

    assert len(section({path("a"): one, path("b"): other}).causes) == 2


def test_shared_function_is_one_cause():
    def text(dag):
        frames = (
            (f"/opt/airflow/dags/{dag}.py", "run"),
            ("/opt/airflow/dags/common/regions.py", "bucket_for"),
        )
        return failed(failure(raised("KeyError", "'apac'", frames)))

    assert [cause.attempts for cause in section({path("a"): text("a"), path("b"): text("b")}).causes] == [2]


def test_fingerprint_outlives_line_numbers_and_the_prefix_of_modules():
    def text(line, prefix):
        record = failure(
            raised(
                "ValueError",
                f"<class 'unusual_prefix_{prefix * 40}_shop.Order'> is late",
                ((f"{SITE}/x/a.py", "f"),),
            )
        )
        record["error_detail"][0]["frames"][-1]["lineno"] = line
        return failed(record)

    assert attempt(text(3, "a")).fingerprint == attempt(text(99, "b")).fingerprint


def test_fingerprint_tells_remote_codes_apart():
    def text(code):
        return failed(
            failure(raised("ClientError", f"An error occurred ({code}) when calling the GetObject operation"))
        )

    assert attempt(text("AccessDenied")).fingerprint != attempt(text("ThrottlingException")).fingerprint


def test_ids_are_the_same_in_every_run():
    text = failed(failure(raised("KeyError", "'bucket'")))

    assert section({PATH: text}) == section({PATH: text})


COURSES = {
    Course.RECOVERED: (failed(failure(raised("OSError", "x"))), succeeded()),
    Course.PERSISTENT: (failed(failure(raised("OSError", "x"))), failed(failure(raised("OSError", "x")))),
    Course.CHANGING: (failed(failure(raised("OSError", "x"))), failed(failure(raised("KeyError", "'a'")))),
    Course.SINGLE: (failed(failure(raised("OSError", "x"))),),
}


@pytest.mark.parametrize(("course", "texts"), COURSES.items(), ids=COURSES)
def test_course_tells_what_retries_did(course, texts):
    found = section({path("a", number=i): text for i, text in enumerate(texts, start=1)})

    assert found.attempts[0].course is course


def test_scheduler_names_what_an_empty_log_cannot():
    said = "a failed in pod ns/a. Pod phase: Failed, container_reason: OOMKilled, exit_code: 137"
    side = f"[2026-11-20T06:00:00.0Z] {{x.py:1}} ERROR - {said}\n"

    found = section({PATH: "", f"{PATH}.SchedulerJob.log": side}).attempts[0]

    assert (found.category, found.confidence, found.evidence[0].path) == (
        Category.MEMORY_RESOURCE,
        Confidence.CONFIRMED,
        f"{PATH}.SchedulerJob.log",
    )


def test_trigger_that_died_fails_its_attempt():
    waiting = succeeded({"event": "Pausing task as DEFERRED. "})
    trigger = lines(
        {"event": "Trigger 1 exited", "level": "error", "error_detail": [raised("TypeError", "bad path")]},
        {"event": "Trigger exited without sending an event. Dependent tasks", "level": "error"},
    )

    found = section({PATH: waiting, f"{PATH}.trigger.1.log": trigger}).attempts[0]

    assert (found.signature, found.evidence[0].line) == ("type-error", 1)


def test_kill_alone_is_only_suspected_to_be_memory():
    found = attempt(KILLED)

    assert (found.category, found.confidence) == (Category.MEMORY_RESOURCE, Confidence.SUSPECTED)


def test_causes_come_by_impact():
    files = {path(dag): outage(dag) for dag in ("orders", "prices")}
    files |= {path("shop", run=f"r{i}"): failed(failure(raised("KeyError", "'a'"))) for i in range(5)}

    assert [(len(cause.dags), cause.attempts) for cause in section(files).causes] == [(2, 2), (1, 5)]


def test_cause_knows_when_it_was_seen():
    found = section({PATH: failed(failure(raised("KeyError", "'a'")))}).causes[0]

    assert found.first_seen == found.last_seen == attempt(failed(failure(raised("KeyError", "'a'")))).ended_at


OLD = """[2023-01-12T03:26:33.347+0000] {taskinstance.py:1150} ERROR - Task failed with exception
Traceback (most recent call last):
  File "/home/airflow/.local/lib/python3.8/site-packages/airflow/operators/python.py", line 171, in execute
    return_value = self.execute_callable()
  File "/opt/airflow/dags/shop.py", line 7, in load
    rows = settings["bucket"]
KeyError: 'bucket'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/opt/airflow/dags/shop.py", line 9, in load
    raise RuntimeError("no bucket")
RuntimeError: no bucket
[2023-01-12T03:26:33.400+0000] {taskinstance.py:1300} INFO - Marking task as FAILED. dag_id=shop, task_id=load
"""


def test_airflow_2_traceback_is_followed_to_its_root():
    found = attempt(OLD)

    assert (found.signature, found.root_exception, found.evidence[0].line) == ("key-error", "KeyError", 7)


def test_identity_is_the_paths_even_where_records_say_otherwise():
    text = failed(
        {"event": "Triggering Dag Run.", "dag_id": "other", "run_id": "x"}, failure(raised("KeyError", "'a'"))
    )

    assert (attempt(text).dag_id, attempt(text).run_id) == ("shop", "manual__1")


def test_identity_keys_come_back_as_json():
    found = json.loads(section({PATH: succeeded()}).model_dump_json())["attempts"][0]

    assert (found["dag_id"], found["map_index"], found["try_number"]) == ("shop", None, 1)
