"""What is said of a DAG's runs, and when nothing is."""

import math
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from analyzers.stat_reporter.analyze import analyze
from analyzers.stat_reporter.duration_problems import Durations, duration_problems, surest_p_value
from analyzers.stat_reporter.durations import Shift
from analyzers.stat_reporter.problems import problems_of
from analyzers.stat_reporter.seasons import Timed
from dagaudit.finding import Confidence
from dagaudit.run_history import DagRecord, DagWarningRecord, ImportErrorRecord
from dagaudit.run_problem import ProblemKind
from dagaudit.section import LogsSection, SectionStatus
from dagaudit.task_attempt import Attempt, Outcome
from tests.analyzers.stat_reporter.told import DUE, NOW, Told, dag_runs, history, run, task

DAY = timedelta(days=1)
ACTIVE = DagRecord(dag_id="orders", path="shop/orders.py", next_run_after=NOW + DAY, max_active_runs=16)


def nightly(states, last=DUE, **fields):
    """One run a night, the last one due at `last`."""
    return [
        run(f"r{place}", state, due=last - (len(states) - 1 - place) * DAY, **fields)
        for place, state in enumerate(states)
    ]


def problems(*runs, dag=ACTIVE, **fields):
    return problems_of(dag_runs(*runs, dags=(dag,), **fields))


def kinds(*runs, **fields):
    return [one.kind for one in problems(*runs, **fields)]


def one_of(kind, found):
    return next(one for one in found if one.kind is kind)


def test_healthy_dag_has_no_problem():
    assert problems(*nightly(["success"] * 10)) == []


def test_missed_run_says_since_when():
    due = NOW - timedelta(hours=3)

    (found,) = problems(*nightly(["success"] * 5), dag=ACTIVE.model_copy(update={"next_run_after": due}))

    assert (found.kind, found.confidence, found.since) == (ProblemKind.MISSED, Confidence.CONFIRMED, due)
    assert "due at 2026-11-21 05:00 UTC, 3 h ago" in found.message


def test_stuck_run_says_how_long_is_usual():
    running = run("r9", "running", started_at=NOW - timedelta(hours=5))

    found = one_of(ProblemKind.STUCK, problems(*nightly(["success"] * 5), running))

    assert (found.run_id, found.seconds, found.usual_seconds) == ("r9", 5 * 3600.0, 60.0)
    assert "the run r9 has been running for 5 h; 1 min is usual, and 30 min was allowed" in found.message


def test_dag_that_stopped_succeeding_is_overdue():
    found = one_of(ProblemKind.OVERDUE, problems(*nightly(["success", "success", *["failed"] * 4])))

    assert "its last success ended at 2026-11-17 02:01 UTC" in found.message
    assert found.confidence is Confidence.LIKELY


def test_dag_that_never_succeeded_is_overdue():
    assert "no success is known" in one_of(ProblemKind.OVERDUE, problems(*nightly(["failed"] * 5))).message


def test_one_failed_night_is_not_overdue():
    assert ProblemKind.OVERDUE not in kinds(*nightly([*["success"] * 5, "failed"]))


def test_dag_that_rests_over_the_weekend_is_not_overdue_on_monday():
    friday = datetime(2026, 11, 20, 2, tzinfo=UTC)
    workdays = [friday - number * DAY for number in range(14) if (friday - number * DAY).weekday() < 5]

    made = [run(f"{due:%d}", due=due) for due in workdays]

    monday = datetime(2026, 11, 23, tzinfo=UTC)
    dag = ACTIVE.model_copy(update={"next_run_after": monday + timedelta(hours=2)})
    assert kinds(*made, dag=dag, read_at=monday + timedelta(hours=1)) == []


@pytest.mark.parametrize("last", [datetime(2026, 10, 25), datetime(2026, 3, 29)])
def test_day_of_25_or_23_hours_is_neither_late_nor_overdue(last):
    clock = ZoneInfo("Europe/Berlin")
    nights = [
        datetime(last.year, last.month, last.day, 4, tzinfo=clock) - number * DAY for number in range(8)
    ]
    made = [run(f"r{number}", due=night.astimezone(UTC)) for number, night in enumerate(nights)]

    assert kinds(*made, read_at=nights[0].astimezone(UTC) + timedelta(hours=23)) == []


@pytest.mark.parametrize("changed", [{"is_paused": True}, {"is_stale": True}])
def test_paused_dag_is_neither_missed_nor_overdue_nor_waiting(changed):
    dag = ACTIVE.model_copy(update={"next_run_after": NOW - DAY} | changed)
    waiting = run("r9", "queued", started_at=None, due=NOW - timedelta(hours=2))

    assert kinds(*nightly([*["success"] * 3, *["failed"] * 4]), waiting, dag=dag) == []


def test_run_that_waits_in_the_queue_is_late():
    waiting = run("r9", "queued", started_at=None, due=NOW - timedelta(hours=2))

    found = one_of(ProblemKind.LATE, problems(*nightly(["success"] * 5), waiting))

    assert "1 run due since 2026-11-21 06:00 UTC still in the queue" in found.message


@pytest.mark.parametrize("kind", ["manual", "backfill"])
def test_run_by_hand_that_waits_is_not_late(kind):
    waiting = run("r9", "queued", started_at=None, kind=kind, due=NOW - timedelta(hours=2))

    assert kinds(*nightly(["success"] * 5), waiting) == []


def test_cleared_run_that_is_queued_anew_is_not_late():
    again = run("r9", "queued", started_at=None, due=NOW - 5 * DAY, queued_at=NOW - timedelta(minutes=1))

    assert kinds(*nightly(["success"] * 5), again) == []


def test_run_that_started_late_last_night_is_told_and_an_older_one_is_not():
    made = nightly(["success"] * 5)
    late = {"started_at": DUE + timedelta(minutes=42), "ended_at": DUE + timedelta(minutes=43)}

    (found,) = problems(*made[:4], made[4].model_copy(update=late))

    assert found.kind is ProblemKind.LATE
    assert "started more than 5 min late, the worst by 42 min" in found.message
    older = [one.model_copy(update={"run_after": one.run_after - timedelta(hours=1)}) for one in made[:2]]
    assert kinds(*older, *made[2:]) == []


def test_failures_that_began_with_a_version_are_told():
    before = nightly(["success"] * 20, version="3", last=DUE - 4 * DAY)
    after = nightly(["failed", "failed", "failed", "success"], version="4")
    after = [one.model_copy(update={"run_id": f"n{place}"}) for place, one in enumerate(after)]

    found = one_of(ProblemKind.FAILING_SINCE_CHANGE, problems(*before, *after))

    assert "3 of 4 runs of version 4 failed, and 0 of 20 of version 3 before" in found.message


def test_flaky_task_is_named():
    made = nightly(["success"] * 12, version="3")
    tries = [
        task(f"r{place}", state, task_id=name, attempt=attempt, start=made[place].run_after)
        for place in range(5)
        for name in ("load", "check")[: 2 if place == 0 else 1]
        for attempt, state in ((1, "failed"), (2, "success"))
    ]

    found = one_of(ProblemKind.FLAKY, problems(*made, tries=tuple(tries)))

    assert found.task_id == "load"
    assert "5 of 12 successful runs of version 3 needed a retry (95 % interval 19 to 68 %)" in found.message


def test_rare_retry_is_no_flake():
    made = nightly(["success"] * 12, version="3")
    tries = tuple(
        task("r0", state, attempt=attempt, start=made[0].run_after)
        for attempt, state in ((1, "failed"), (2, "success"))
    )

    assert kinds(*made, tries=tries) == []


def section(*runs, **fields):
    return analyze(None, None, Told(history(*runs, dags=(ACTIVE,), **fields)), now=NOW)


def test_import_error_of_its_file_is_the_dags_problem():
    broken = ImportErrorRecord(
        path="/dags/shop/orders.py", stack_trace="Traceback\nValueError: password=hunter2hunter2", seen_at=NOW
    )

    (dag,) = section(*nightly(["success"] * 3), import_errors=(broken,)).dags

    assert dag.problems[0].kind is ProblemKind.IMPORT_ERROR
    assert "hunter2" not in dag.problems[0].message


def test_warning_of_airflow_is_the_dags_problem():
    warning = DagWarningRecord(dag_id="orders", kind="runtime varying value", message="line 3: now()")

    (dag,) = section(*nightly(["success"] * 3), warnings=(warning,)).dags

    assert dag.problems[0].message == "Airflow warns (runtime varying value): line 3: now()"


def slowed(nights=40, since=7, factor=2.5):
    """Runs whose task `load` got slower, with `check` as it was."""
    draw = random.Random(7)
    runs, instances = [], []
    for night, made in enumerate(nightly(["success"] * nights)):
        slow = factor if night >= nights - since else 1.0
        seconds = {
            "load": 720 * slow * math.exp(draw.gauss(0, 0.1)),
            "check": 60 * math.exp(draw.gauss(0, 0.1)),
        }
        ended = made.started_at + timedelta(seconds=sum(seconds.values()))
        runs.append(made.model_copy(update={"ended_at": ended, "version": "4" if slow > 1 else "3"}))
        instances += [
            task(made.run_id, task_id=name, start=made.started_at, seconds=each)
            for name, each in seconds.items()
        ]
    return runs, tuple(instances)


def test_task_that_got_slower_is_told_with_numbers_and_version():
    runs, instances = slowed()

    (dag,) = section(*runs, task_instances=instances, since=NOW - 90 * DAY).dags

    (found,) = dag.problems
    assert (found.kind, found.task_id, found.since) == (ProblemKind.SLOWER, "load", DUE - 6 * DAY)
    assert found.confidence is Confidence.CONFIRMED
    assert (found.runs_before, found.runs_since) == (33, 7)
    assert found.message.startswith("p50 of load rose from 11 min")
    assert found.message.endswith("since 2026-11-15 (7 runs since, 33 before); version 4 began just then")


def test_numbers_are_of_the_window_and_usual_durations_of_all_that_is_known():
    runs, instances = slowed()

    (dag,) = section(*runs, task_instances=instances).dags

    assert dag.runs.runs == 14
    assert dag.problems[0].runs_before == 33


def test_run_that_got_slower_while_no_task_did_points_at_the_queues():
    runs, instances = slowed(factor=1.0)
    later = [
        one if place < 33 else one.model_copy(update={"ended_at": one.ended_at + timedelta(minutes=30)})
        for place, one in enumerate(runs)
    ]

    (dag,) = section(*later, task_instances=instances).dags

    (found,) = dag.problems
    assert (found.kind, found.task_id) == (ProblemKind.SLOWER, None)
    assert "look at queues and pools" in found.message


@pytest.mark.parametrize("kind", ["manual", "backfill"])
def test_slow_run_by_hand_is_no_anomaly(kind):
    runs, instances = slowed(factor=1.0)
    hand = run("hand", kind=kind, seconds=9000, due=NOW - timedelta(hours=4))
    slow = task("hand", start=hand.started_at, seconds=8000)

    (dag,) = section(*runs, hand, task_instances=(*instances, slow)).dags

    assert dag.problems == ()


def test_last_nights_run_that_stands_out_is_told():
    runs, instances = slowed(factor=1.0)
    slow = next(one for one in instances if one.run_id == runs[-1].run_id and one.task_id == "load")
    longer = slow.model_copy(update={"ended_at": slow.started_at + timedelta(hours=1)})

    (dag,) = section(*runs, task_instances=tuple(longer if one is slow else one for one in instances)).dags

    (found,) = dag.problems
    assert (found.kind, found.task_id) == (ProblemKind.UNUSUALLY_LONG, "load")
    assert found.message.startswith("load took 1 h in the run of 2026-11-21 02:00 UTC; 11 min")


def attempts_of(instances):
    return tuple(
        Attempt(
            path="", dag_id="orders", run_id=one.run_id, task_id=one.task_id, outcome=Outcome.SUCCESS,
            started_at=one.started_at, ended_at=one.ended_at,
        )
        for one in instances
    )  # fmt: skip


def test_what_only_logs_tell_is_suspected():
    _, instances = slowed()
    logs = LogsSection(status=SectionStatus.OK, attempts=attempts_of(instances))

    (dag,) = analyze(None, logs, now=NOW).dags

    (found,) = dag.problems
    assert (found.kind, found.task_id, found.confidence) == (ProblemKind.SLOWER, "load", Confidence.SUSPECTED)


def test_only_the_clearest_of_many_series_is_confirmed():
    """Benjamini and Hochberg: of a thousand series that were tested, a p-value of 0.001 proves nothing."""
    sure, unsure = (
        Durations(((name, shift_of(p_value)),), (), 500, from_logs=False)
        for name, p_value in (("sure", 1e-6), ("unsure", 1e-3))
    )

    surest = surest_p_value([sure, unsure])

    assert [one.confidence for each in (sure, unsure) for one in duration_problems(each, surest)] == [
        Confidence.CONFIRMED,
        Confidence.LIKELY,
    ]


def shift_of(p_value):
    since = Timed(NOW, 1200.0, "r9", "2")
    return Shift(since, "1", 600.0, 1200.0, 30, 7, p_value)


def test_problems_are_counted_as_metrics():
    made = section(*nightly(["success", "success", *["failed"] * 4]))

    counted = {one.labels["kind"]: one.value for one in made.metrics if one.name == "run_problems"}
    assert counted["overdue"] == 1
    assert set(counted) == {kind.value for kind in ProblemKind}
