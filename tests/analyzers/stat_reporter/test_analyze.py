"""The whole section."""

from datetime import UTC, datetime, timedelta

import pytest

from analyzers.stat_reporter.analyze import analyze
from dagaudit.dag import DagModel, TaskModel, Tier, Unknown
from dagaudit.dag_stats import StructureStats
from dagaudit.finding import Failure
from dagaudit.section import CodeSection, LogsSection, SectionStatus
from dagaudit.task_attempt import Attempt, Outcome

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def dag(dag_id, edges=(), **fields):
    names = sorted({name for edge in edges for name in edge} | set(fields.pop("tasks", ())))
    tasks = tuple(TaskModel(task_id=name, operator="BashOperator", line=1) for name in names)
    return DagModel(
        **{"dag_id": dag_id, "path": f"{dag_id}.py", "line": 1, "tier": Tier.EXACT} | fields,
        tasks=tasks,
        edges=edges,
    )


def code(*dags, status=SectionStatus.OK):
    return CodeSection(status=status, dags=dags)


def attempt(dag_id, task_id, outcome="success", *, seconds=1.0, run="r1"):
    start = NOW - timedelta(hours=3)
    return Attempt(
        path=f"{dag_id}/{run}/{task_id}",
        dag_id=dag_id,
        run_id=run,
        task_id=task_id,
        outcome=Outcome(outcome),
        started_at=start,
        ended_at=start + timedelta(seconds=seconds),
    )


def logs(*attempts, status=SectionStatus.OK):
    return LogsSection(status=status, attempts=attempts)


def metrics(section):
    return {metric.name: metric.value for metric in section.metrics if not metric.labels}


def test_structure_is_counted_from_the_source():
    edges = (("a", "b"), ("a", "c"), ("a", "d"), ("b", "e"), ("c", "e"))

    section = analyze(code(dag("etl", edges, schedule="@daily")), None, now=NOW)

    assert section.dags[0].structure == StructureStats(
        tasks=5,
        edges=5,
        operators={"BashOperator": 5},
        max_fan_out=3,
        max_fan_in=2,
        depth=3,
        width=3,
        critical_path=("a", "b", "e"),
        interval_seconds=86_400,
        runs_per_day=1.0,
    )


def test_critical_path_follows_durations_where_they_are_known():
    model = dag("etl", (("a", "b"), ("a", "c"), ("b", "d"), ("d", "e"), ("c", "e")))
    attempts = [
        attempt("etl", name, seconds=seconds) for name, seconds in zip("abcde", (1, 1, 60, 1, 1), strict=True)
    ]

    section = analyze(code(model), logs(*attempts), now=NOW)

    assert section.dags[0].structure.critical_path == ("a", "c", "e")


def test_dag_without_source_has_runs_but_no_structure():
    section = analyze(code(), logs(attempt("old", "a")), now=NOW)

    assert (section.dags[0].structure, section.dags[0].runs.runs) == (None, 1)


def test_dag_that_never_ran_has_no_runs():
    section = analyze(code(dag("new", tasks=["a"])), logs(), now=NOW)

    assert section.dags[0].runs is None


def test_opaque_dag_has_no_structure():
    section = analyze(code(dag("dark", tier=Tier.OPAQUE)), None, now=NOW)

    assert section.dags[0].structure is None


def test_unknown_schedule_stays_unknown():
    section = analyze(code(dag("etl", schedule=Unknown(unknown="line 3"))), None, now=NOW)

    assert (section.dags[0].schedule, section.dags[0].structure.runs_per_day) == (None, None)


def test_owners_stand_in_one_cell():
    section = analyze(code(dag("etl", owners=("anna", "ben"))), None, now=NOW)

    assert section.dags[0].owner == "anna, ben"


def test_fleet_sums_up_what_its_dags_say():
    section = analyze(
        code(
            dag("a", tasks=["x"], schedule="@daily", owners=("anna",)),
            dag("b", tasks=["x", "y"], schedule="@daily", owners=("anna",)),
            dag("c", schedule=None),
        ),
        logs(attempt("a", "x"), attempt("b", "x", "failed")),
        now=NOW,
    )

    fleet = section.fleet
    assert (fleet.dags, fleet.tasks, fleet.scheduled_dags) == (3, 3, 2)
    assert (fleet.runs, fleet.failed_runs, fleet.attempts, fleet.failed_attempts) == (2, 1, 2, 1)
    assert fleet.owners == {"anna": 2, "unknown": 1}
    assert fleet.schedules == {"@daily": 2, "manual": 1}
    assert [(day.day, day.runs, day.failed_runs) for day in fleet.days] == [("2026-11-20", 2, 1)]


def test_success_rate_of_the_fleet_counts_known_runs_only():
    section = analyze(
        None,
        logs(attempt("a", "x"), attempt("b", "x", "failed"), attempt("c", "x", "unknown")),
        now=NOW,
    )

    assert metrics(section)["success_rate"] == 0.5


def test_age_of_the_last_success_is_told_per_dag():
    section = analyze(None, logs(attempt("a", "x", seconds=60), attempt("b", "x", "failed")), now=NOW)

    ages = [(one.labels, one.value, one.unit) for one in section.metrics if one.name == "last_success_age"]
    assert ages == [({"dag_id": "a"}, 3 * 3600 - 60, "seconds")]


def test_run_numbers_are_absent_without_logs():
    assert "runs" not in metrics(analyze(code(dag("a")), None, now=NOW))


def test_dags_are_sorted_by_id():
    section = analyze(code(dag("b"), dag("c")), logs(attempt("a", "x")), now=NOW)

    assert [row.dag_id for row in section.dags] == ["a", "b", "c"]


def test_everything_looked_at_is_ok():
    section = analyze(code(dag("a", tasks=["x"])), logs(attempt("a", "x")), now=NOW)

    assert (section.status, section.coverage.seen, section.coverage.analyzed) == (SectionStatus.OK, 1, 1)


def test_nothing_given_is_skipped_with_its_reason():
    section = analyze(None, None, now=NOW)

    assert (section.status, section.reason) == (
        SectionStatus.SKIPPED,
        "neither DAG source, logs nor run history were given",
    )


@pytest.mark.parametrize(
    ("sources", "text"),
    [
        ((code(status=SectionStatus.PARTIAL), None), "the source of the DAGs: not all could be read"),
        ((None, logs(status=SectionStatus.FAILED)), "the task logs: not all could be read"),
    ],
)
def test_numbers_from_part_of_the_input_are_partial(sources, text):
    section = analyze(*sources, now=NOW)

    assert section.status is SectionStatus.PARTIAL
    assert section.failures[0].message.startswith(text)


def test_second_definition_of_a_dag_id_is_named():
    section = analyze(code(dag("a", path="one.py", tasks=["x"]), dag("a", path="two.py")), None, now=NOW)

    assert (section.dags[0].path, [failure.path for failure in section.failures]) == ("one.py", ["two.py"])


def test_cycle_is_named_and_costs_only_its_own_numbers():
    section = analyze(code(dag("a", (("x", "y"), ("y", "x"))), dag("b", tasks=["z"])), None, now=NOW)

    assert section.failures == (
        Failure(
            part="stats",
            path="a.py",
            message="a: x, y lie on a cycle or behind one and have no level;"
            " depth, width and critical path leave them out",
        ),
    )
    assert [row.structure.depth for row in section.dags] == [0, 1]


def test_same_input_gives_the_same_bytes():
    dags = [dag(name, (("x", "y"),), schedule="@daily") for name in "abc"]
    attempts = [attempt(name, "x") for name in "cab"]

    one = analyze(code(*dags), logs(*attempts), now=NOW)
    other = analyze(code(*reversed(dags)), logs(*reversed(attempts)), now=NOW)

    assert one.model_dump_json() == other.model_dump_json()
