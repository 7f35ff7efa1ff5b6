"""A run in shards says what a run in one process says, and a lost shard costs its own files only."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from analyzers.run_all.audit import audit
from analyzers.run_all.run import Surroundings, TooSlow
from analyzers.run_all.sharded import Part, run_part
from analyzers.run_all.shards import shard_plan, split
from dagaudit.adapters import open_dag_source
from dagaudit.errors import SourceUnreadable
from dagaudit.report import FINAL, SECTION_FILES
from dagaudit.section import CodeSection
from tests.analyzers.run_all.test_run import AROUND, DAG, NIGHT, planned, ports
from tests.fakes import MemoryCache, MemorySource, MemoryStore

EXAMPLES = Path(__file__).parents[3] / "examples" / "dags"
TIMES = ("started_at", "ended_at")


def run_in_shards(made, count: int, dead: tuple[int, ...] = (), plan=None):
    plan = plan or planned()
    for index in range(count):
        if index not in dead:
            assert run_part(Part("night-1", count, index), plan, made, AROUND).exit_code == 0
    return run_part(Part("night-1", count), plan, made, AROUND)


def code_of(made) -> CodeSection:
    (key,) = [
        key for key in made.reports.objects if key.startswith("runs/") and key.endswith(SECTION_FILES["code"])
    ]
    return CodeSection.model_validate_json(made.reports.objects[key])


def examples(**changes):
    return ports(**{"dags": (open_dag_source(str(EXAMPLES)),), **changes})


@pytest.fixture(scope="module")
def alone() -> CodeSection:
    made = examples()
    audit(planned(), made, AROUND)
    return code_of(made)


@pytest.mark.parametrize("count", [1, 3, 40])
def test_shards_find_what_one_process_finds(alone, count):
    made = examples()

    summary = run_in_shards(made, count)

    assert summary.exit_code == 0
    found = code_of(made)
    assert found.findings == alone.findings
    assert found.dags == alone.dags
    assert (found.coverage, found.failures, found.status) == (alone.coverage, alone.failures, alone.status)


def test_merge_looks_at_no_file_that_a_shard_looked_at(monkeypatch):
    files = {f"team_{number}/etl.py": DAG.replace('"etl"', f'"etl_{number}"') for number in range(4)}
    made = ports(files)
    plan = planned(logs=None)
    for index in range(2):
        run_part(Part("night-1", 2, index), plan, made, AROUND)
    monkeypatch.setattr("analyzers.code_analyzer.bundle_audit.look", pytest.fail)

    summary = run_part(Part("night-1", 2), plan, made, AROUND)

    assert summary.dags == 4


def test_next_night_knows_what_this_one_found(monkeypatch):
    made = ports({"etl.py": DAG}, audits=MemoryCache())
    plan = planned(logs=None)
    run_in_shards(made, 2, plan=plan)
    monkeypatch.setattr("analyzers.code_analyzer.bundle_audit.look", pytest.fail)

    assert run_in_shards(made, 2, plan=plan).dags == 1


def test_lost_shard_costs_its_own_files_and_is_told():
    files = {f"team_{number}/etl.py": DAG.replace('"etl"', f'"etl_{number}"') for number in range(4)}
    made = ports(files)

    summary = run_in_shards(made, 2, dead=(1,), plan=planned(logs=None))

    assert (summary.exit_code, summary.status, summary.dags) == (0, "partial", 2)
    section = code_of(made)
    assert (
        "shard 1 of 2 did not end, so 2 files were not looked at: team_2/etl.py"
        in section.failures[0].message
    )
    assert (section.coverage.seen, section.coverage.analyzed) == (4, 2)


def test_run_of_lost_shards_only_has_failed():
    assert run_in_shards(ports(), 1, dead=(0,), plan=planned(logs=None)).exit_code == 1


def test_report_is_where_it_always_is_and_nothing_else_stays():
    made = ports()

    run_in_shards(made, 2)

    assert not [key for key in made.reports.objects if key.startswith("shards/")]
    assert [key for key in made.reports.objects if key.endswith(FINAL)]


def test_parts_of_runs_that_were_lost_long_ago_go():
    made = ports()
    source = MemorySource({"etl.py": DAG})
    shard_plan(made.reports, "lost", source, 2, NIGHT - timedelta(days=9))
    shard_plan(made.reports, "going-on", source, 2, NIGHT - timedelta(hours=1))

    run_in_shards(made, 1)

    assert [key for key in made.reports.objects if key.startswith("shards/")] == ["shards/going-on/plan.json"]


@contextmanager
def too_slow(_seconds: float):
    raise TooSlow
    yield


def test_shard_that_takes_too_long_is_poison():
    summary = run_part(
        Part("night-1", 1, 0), planned(), ports(), Surroundings(clock=lambda: NIGHT, interruptible=too_slow)
    )

    assert summary.exit_code == 42
    assert "shard 0 of 1: took longer than its 1800 seconds" in summary.error


def test_source_that_does_not_answer_is_tried_again():
    class Away(MemorySource):
        def files(self):
            raise SourceUnreadable("s3://dags: nobody answers")

    with pytest.raises(SourceUnreadable):
        run_part(Part("night-1", 2, 0), planned(), ports(dags=(Away({}),)), AROUND)


def test_all_shards_go_by_the_plan_of_the_first():
    class Raced(MemoryStore):
        """Somebody else writes the plan just before we do."""

        def swap(self, key, data, expected):
            if expected is None and key.endswith("plan.json") and key not in self.objects:
                super().swap(key, data.replace(b"etl.py", b"ours.py"), None)
            return super().swap(key, data, expected)

    plan = shard_plan(Raced(), "night-1", MemorySource({"etl.py": DAG}), 1, NIGHT)

    assert plan.shards == (("ours.py",),)


def test_neighbours_stay_together_and_shards_are_about_equal():
    files = {f"{team}/dag_{number}.py": "x" * 100 for team in "abcd" for number in range(5)}

    shards = split(MemorySource(files), 4)

    assert [{path[0] for path in shard} for shard in shards] == [{"a"}, {"b"}, {"c"}, {"d"}]


def test_more_shards_than_files_leave_some_idle():
    shards = split(MemorySource({"a.py": DAG, "b.py": DAG}), 5)

    assert sorted(path for shard in shards for path in shard) == ["a.py", "b.py"]


def test_audit_without_code_needs_no_shards():
    made = replace(ports(), dags=())

    assert run_in_shards(made, 2, plan=planned(dags=())).exit_code == 0
