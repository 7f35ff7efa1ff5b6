"""Runs as Airflow's own history tells them."""

from datetime import timedelta

import pytest

from analyzers.stat_reporter.analyze import analyze
from dagaudit.dag import DagModel, TaskModel, Tier
from dagaudit.errors import SourceUnreadable
from dagaudit.finding import Failure
from dagaudit.run_history import (
    DagRecord,
    EventRecord,
    HealthRecord,
    JobRecord,
    PoolRecord,
)
from dagaudit.section import CodeSection, LogsSection, SectionStatus
from dagaudit.task_attempt import Attempt, Outcome
from tests.analyzers.stat_reporter.told import DUE, NOW, Told, history, run, stats, task


def section(said, logs=None):
    return analyze(None, logs, Told(said), now=NOW)


def metric(made, name, **labels):
    return next(one.value for one in made.metrics if one.name == name and one.labels == labels)


def test_outcomes_are_airflows_own():
    told = stats(run("r1"), run("r2", "failed"), run("r3"), run("r4", "running"))

    assert (told.runs, told.successful_runs, told.failed_runs) == (4, 2, 1)
    assert told.success_rate == pytest.approx(2 / 3)
    assert told.success_rate_low == pytest.approx(0.2077, abs=1e-3)


def test_durations_are_those_of_successes():
    told = stats(run("r1", seconds=40), run("r2", seconds=60), run("r3", "failed", seconds=4000))

    assert told.p50_seconds == 50.0


def test_backfills_and_runs_by_hand_are_counted_apart():
    told = stats(run("r1"), run("r2", "failed", kind="manual"), run("r3", "failed", kind="backfill"))

    assert (told.runs, told.failed_runs) == (1, 0)
    assert told.history.left_out_runs == {"backfill": 1, "manual": 1}


def test_runs_by_hand_count_where_there_are_no_others():
    told = stats(run("r1", kind="manual"), run("r2", "failed", kind="manual"))

    assert (told.runs, told.failed_runs, told.history.left_out_runs) == (2, 1, {})


@pytest.mark.parametrize(
    "told",
    [
        {
            "events": (
                EventRecord(event_id=1, event="post_clear_task_instances", dag_id="orders", run_id="r1"),
            )
        },
        {"task_instances": (task(start=DUE - timedelta(hours=1)),)},
    ],
    ids=["by the event log", "by a try older than the run"],
)
def test_cleared_run_counts_with_its_outcome_alone(told):
    told = stats(run("r1", seconds=1), **told)

    assert told.history.cleared_runs == 1
    assert (told.successful_runs, told.p50_seconds, told.history.landing_p50_seconds) == (1, None, None)


def test_delay_landing_and_waits_are_those_of_scheduled_runs():
    told = stats(run("r1", delay=10, seconds=60), task_instances=(task(),)).history

    assert (told.schedule_delay_p50_seconds, told.landing_p50_seconds) == (10.0, 70.0)
    assert (told.scheduler_wait_p50_seconds, told.queue_wait_p50_seconds) == (2.0, 3.0)


def test_run_that_started_more_than_five_minutes_late_is_late():
    later = DUE + timedelta(hours=1)

    told = stats(run("r1", delay=299), run("r2", delay=301, due=later)).history

    assert told.late_runs == 1


def test_runs_that_catchup_made_are_not_late():
    queued = DUE + timedelta(days=3)
    old = [run(f"r{day}", due=DUE + timedelta(days=day), queued_at=queued) for day in range(2)]

    told = stats(*(one.model_copy(update={"started_at": queued}) for one in old)).history

    assert (told.caught_up_runs, told.late_runs, told.schedule_delay_p50_seconds) == (2, 0, None)


@pytest.mark.parametrize(("minutes", "stuck"), [(31, ("r2",)), (29, ())])
def test_run_far_beyond_the_usual_time_is_stuck(minutes, stuck):
    started = NOW - timedelta(minutes=minutes)

    told = stats(run("r1", seconds=60), run("r2", "running", started_at=started)).history

    assert told.stuck_runs == stuck


@pytest.mark.parametrize(
    ("dag", "missed"),
    [
        ({}, True),
        ({"is_paused": True}, False),
        ({"is_stale": True}, False),
        ({"max_active_runs": 1}, False),
        ({"next_run_after": NOW - timedelta(minutes=4)}, False),
    ],
)
def test_run_that_was_due_and_not_started_is_missed(dag, missed):
    due = NOW - timedelta(hours=1)
    known = DagRecord(**{"dag_id": "orders", "next_run_after": due, "max_active_runs": 2} | dag)

    told = stats(run("r1", "running"), dags=(known,)).history

    assert told.missed_since == (due if missed else None)


def test_retries_and_what_they_cost_come_from_the_tries():
    tries = (task(attempt=1, state="failed", seconds=45), task(attempt=2))

    told = stats(run("r1"), task_instances=(task(attempt=2),), tries=tries)

    assert (told.attempts, told.retries, told.recovered_by_retry, told.wasted_seconds) == (2, 1, 1, 45.0)


def test_task_instance_that_waits_for_its_retry_has_failed_once():
    told = stats(run("r1", "running"), task_instances=(task(state="up_for_retry"),))

    assert (told.failed_attempts, told.failed_runs) == (1, 0)


@pytest.mark.parametrize("state", ["skipped", "upstream_failed", "removed"])
def test_what_never_started_was_no_attempt(state):
    told = stats(run("r1"), task_instances=(task(state=state, started_at=None),))

    assert told.attempts == 0


def test_unknown_state_is_neither_success_nor_failure():
    told = stats(run("r1", "hibernating"), task_instances=(task(state="hibernating"),))

    assert (told.successful_runs, told.failed_runs, told.success_rate) == (0, 0, None)
    assert told.unknown_attempts == 1


def test_history_decides_where_logs_tell_of_the_same_dag():
    attempts = [
        Attempt(path="a", dag_id=dag_id, run_id="r1", task_id="load", outcome=Outcome.FAILED)
        for dag_id in ("orders", "other")
    ]
    logs = LogsSection(status=SectionStatus.OK, attempts=tuple(attempts))

    made = section(history(run("r1")), logs)

    assert {dag.dag_id: (dag.runs.source, dag.runs.failed_runs) for dag in made.dags} == {
        "orders": ("history", 0),
        "other": ("logs", 1),
    }


def test_history_that_cannot_be_read_leaves_the_logs_and_says_so():
    attempt = Attempt(path="a", dag_id="orders", run_id="r1", task_id="load", outcome=Outcome.SUCCESS)

    made = section(SourceUnreadable("it is away"), LogsSection(status=SectionStatus.OK, attempts=(attempt,)))

    assert made.status is SectionStatus.PARTIAL
    assert made.dags[0].runs.source == "logs"
    assert "it is away" in made.failures[0].message


def test_history_alone_that_cannot_be_read_is_a_failed_section():
    made = section(SourceUnreadable("it is away"))

    assert (made.status, made.reason) == (SectionStatus.FAILED, made.failures[0].message)


def test_what_the_read_lacked_is_passed_on():
    lacked = Failure(part="history", message="pools: 403")

    assert lacked in section(history(run("r1"), failures=(lacked,))).failures


def test_healthy_airflow_is_ok():
    components = tuple(HealthRecord(component=name, status="healthy") for name in ("scheduler", "triggerer"))

    made = section(history(run("r1"), health=components))

    assert made.status is SectionStatus.OK
    assert metric(made, "component_healthy", component="scheduler") == 1.0


def test_component_that_never_ran_is_not_called_unhealthy():
    made = section(history(run("r1"), health=(HealthRecord(component="triggerer"),)))

    assert made.failures == ()


def test_killed_triggerer_is_seen_in_its_old_heartbeat():
    old = JobRecord(job_type="TriggererJob", state="running", latest_heartbeat=NOW - timedelta(minutes=10))

    made = section(history(run("r1"), jobs=(old,)))

    assert "triggerer is unhealthy: last heartbeat 2026-11-21 07:50:00" in made.failures[0].message
    assert metric(made, "component_healthy", component="triggerer") == 0.0
    assert metric(made, "jobs_alive", type="TriggererJob") == 0.0


def test_killed_scheduler_beside_a_living_one_is_no_outage():
    jobs = tuple(
        JobRecord(job_type="SchedulerJob", state="running", latest_heartbeat=NOW - timedelta(seconds=age))
        for age in (5, 9000)
    )

    made = section(history(run("r1"), jobs=jobs))

    assert made.failures == ()
    assert metric(made, "jobs_alive", type="SchedulerJob") == 1.0


def test_task_that_waits_for_a_pool_that_is_not_there_is_named():
    waiting = task(state="scheduled", pool="gpu", started_at=None)
    pools = (PoolRecord(name="default_pool", slots=4, occupied=3, queued=1, scheduled=2),)

    made = section(history(run("r1", "running"), task_instances=(waiting,), pools=pools))

    assert "the pool gpu does not exist, and orders.load" in made.failures[0].message
    assert metric(made, "pool_occupied_ratio", pool="default_pool") == 0.75
    assert metric(made, "pool_waiting", pool="default_pool") == 3


def test_words_that_nobody_knows_are_shown():
    made = section(history(run("r1"), unknown_values={"task state=hibernating": 3}))

    assert "task state=hibernating (3)" in made.failures[0].message


def test_later_read_replaces_what_changed_and_keeps_the_rest():
    before = history(run("r1", "running"), run("r2"), tries=(task(attempt=1, state="failed"),))

    after = before.followed_by(history(run("r1"), tries=(task(attempt=2),)))

    assert [(one.run_id, one.state) for one in after.runs] == [("r1", "success"), ("r2", "success")]
    assert [one.try_number for one in after.tries] == [1, 2]


def test_section_has_the_pools_and_the_path_that_decides():
    full = PoolRecord(name="spark", slots=1)
    both = (("load", DUE), ("check", DUE + timedelta(seconds=20)))
    instances = tuple(task("r1", task_id=name, start=start, pool="spark") for name, start in both)
    model = DagModel(
        dag_id="orders", path="orders.py", line=1, tier=Tier.EXACT, edges=(("load", "check"),),
        tasks=tuple(TaskModel(task_id=name, operator="PythonOperator", line=2) for name in ("load", "check")),
    )  # fmt: skip
    code = CodeSection(status=SectionStatus.OK, dags=(model,))

    made = analyze(code, None, Told(history(run("r1"), task_instances=instances, pools=(full,))), now=NOW)

    assert [(one.pool, one.peak) for one in made.pools] == [("spark", 2)]
    assert made.dags[0].runs.history.critical_path.usual == ("load", "check")


def test_history_without_source_has_no_path_that_decides():
    made = section(history(run("r1"), task_instances=(task(),)))

    assert made.dags[0].runs.history.critical_path is None


def test_numbers_are_of_two_weeks_and_know_since_when_all_is_known():
    old = run("r0", "failed", due=NOW - timedelta(days=40))

    made = analyze(None, None, Kept(history(old, run("r1"), since=NOW - timedelta(days=60))), now=NOW)

    assert (made.dags[0].runs.runs, made.dags[0].runs.failed_runs) == (1, 0)
    assert made.dags[0].runs.history.known_since == NOW - timedelta(days=60)


class Kept(Told):
    """Own history, which goes back further than it was asked for."""

    def read(self, since):
        return self.said
