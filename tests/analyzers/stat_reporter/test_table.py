"""The table's cells."""

from datetime import UTC, datetime, timedelta

import pytest

from dagaudit.cli.stats_table import duration, render
from dagaudit.dag_stats import DagStats, FleetStats, PoolStats, RunStats
from dagaudit.finding import Failure
from dagaudit.run_problem import RunProblem
from dagaudit.section import SectionStatus, StatsSection

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "-"),
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (45, "45 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (86_400, "1 d"),
        (4 * 86_400 + 3 * 3600, "4 d 3 h"),
    ],
)
def test_duration_has_two_units_at_most(seconds, text):
    assert duration(seconds) == text


def table(*dags, **fields):
    return render(StatsSection(status=SectionStatus.OK, dags=dags, **fields), NOW).splitlines()


def ran(dag_id, **fields):
    return DagStats(dag_id=dag_id, runs=RunStats(source="logs", **fields))


def test_most_failing_dag_comes_first():
    lines = table(ran("a"), ran("b", runs=2, failed_runs=2), ran("c", runs=2, failed_runs=1))

    assert [line.split()[0] for line in lines[1:4]] == ["b", "c", "a"]


def test_rate_of_a_few_runs_is_not_shown():
    lines = table(ran("a", runs=4, successful_runs=3, failed_runs=1, success_rate=0.75))

    assert "75 %" not in lines[1]


def test_rate_of_five_runs_is_shown():
    lines = table(ran("a", runs=5, successful_runs=4, failed_runs=1, success_rate=0.8))

    assert "80 %" in lines[1]


def test_last_success_is_shown_as_its_age():
    lines = table(ran("a", runs=1, last_success_at=NOW - timedelta(hours=26)))

    assert lines[1].endswith("1 d 2 h ago")


def test_what_is_missing_is_listed_below():
    lines = table(ran("a"), failures=(Failure(part="parsing", path="b.py", message="line 3: no"),))

    assert lines[-2:] == ["not in these numbers (1):", "  b.py: line 3: no"]


def test_lines_are_cut_to_the_terminal():
    section = StatsSection(status=SectionStatus.OK, dags=(ran("a" * 30),), fleet=FleetStats(dags=1))

    assert all(len(line) <= 20 for line in render(section, NOW, width=20).splitlines())


def problem(kind, message):
    return RunProblem(kind=kind, confidence="likely", message=message)


def test_what_is_wrong_with_runs_is_listed_worst_first():
    slower = problem("slower", "p50 of load rose from 12 min to 31 min since 2026-11-14")
    missed = problem("missed", "its run was due\x1b[31m")

    lines = table(DagStats(dag_id="a", problems=(slower,)), DagStats(dag_id="b", problems=(missed,)))

    assert lines[lines.index("wrong with runs (2):") + 1 :] == [
        "  b: its run was due?[31m [missed, likely]",
        "  a: p50 of load rose from 12 min to 31 min since 2026-11-14 [slower, likely]",
    ]


def test_problems_beyond_thirty_are_counted():
    lines = table(DagStats(dag_id="a", problems=(problem("late", "late"),) * 33))

    assert lines[-1] == "  and 3 more: see --format json"


def test_full_pool_is_told_with_what_waited_for_it():
    full = PoolStats(
        pool="spark", slots=2, full_share=0.125, waited_seconds=7200, waiting=("a.x", "b.y", "c.z")
    )

    lines = table(ran("a"), pools=(full, PoolStats(pool="idle", slots=9)))

    assert lines[-2:] == [
        "pools that were full (1):",
        "  spark: full 12 % of the time (2 slots); tasks waited 2 h for it, a.x, b.y most",
    ]
