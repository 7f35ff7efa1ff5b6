"""The analyzer over a whole log source: coverage, failures, options."""

from datetime import UTC, datetime

from analyzers.log_analyzer.analyze import analyze
from analyzers.log_analyzer.options import LogOptions
from dagaudit.errors import SourceUnreadable
from dagaudit.section import SectionStatus
from tests.analyzers.log_analyzer.task_logs import PATH, START, failed, failure, raised, section, succeeded
from tests.fakes import MemorySource

OTHER = "dag_id=other/run_id=r/task_id=t/attempt=1.log"


def test_whole_source_is_ok():
    found = section({PATH: succeeded()})

    assert (found.status, found.coverage.seen, found.coverage.analyzed) == (SectionStatus.OK, 1, 1)
    assert found.coverage.unit == "attempts"


def test_empty_source_has_no_attempts():
    assert section({}).attempts == ()


def test_address_without_a_task_log_never_reads_as_a_quiet_night():
    found = section({"etl.py": "from airflow.sdk import DAG"})

    assert found.status is SectionStatus.PARTIAL
    assert "no task log was found at memory://" in found.failures[0].message


def test_unreadable_log_costs_only_its_own_attempt():
    source = MemorySource({PATH: succeeded()}, broken={OTHER: SourceUnreadable(f"{OTHER}: no rights")})

    found = analyze(source)

    assert [a.path for a in found.attempts] == [PATH]
    assert [(f.path, f.message) for f in found.failures] == [(OTHER, f"{OTHER}: no rights")]
    assert (found.status, found.coverage.seen, found.coverage.analyzed) == (SectionStatus.PARTIAL, 2, 1)


def test_unreadable_side_file_costs_only_itself():
    side = f"{PATH}.trigger.1.log"
    source = MemorySource({PATH: succeeded()}, broken={side: SourceUnreadable("gone")})

    found = analyze(source)

    assert [a.also for a in found.attempts] == [(side,)]
    assert [f.path for f in found.failures] == [side]


def test_log_of_no_known_layout_is_named():
    found = section({PATH: succeeded(), "team/shop-1.log": "x"})

    assert [f.path for f in found.failures] == ["team/shop-1.log"]
    assert "--log-filename-template" in found.failures[0].message


def test_logs_of_the_dag_processor_are_left_alone():
    found = section(
        {PATH: succeeded(), "dag_processor/2026-11-20/dags-folder/shop.py.log": "x", "notes.md": "x"}
    )

    assert found.failures == ()


def test_template_of_the_site_finds_its_logs():
    options = LogOptions(log_filename_template="{dag_id}/{task_id}/{try_number}.log")

    found = analyze(MemorySource({"shop/load/1.log": succeeded()}), options)

    assert [(a.dag_id, a.task_id) for a in found.attempts] == [("shop", "load")]


def test_since_leaves_older_attempts_out_and_counts_them():
    source = MemorySource({PATH: succeeded()})

    found = analyze(source, LogOptions(since=datetime(2026, 11, 21, tzinfo=UTC)))

    assert (found.attempts, found.coverage.skipped, found.status) == ((), 1, SectionStatus.OK)


def test_since_keeps_newer_attempts():
    class Dated(MemorySource):
        def files(self):
            from dataclasses import replace

            return (replace(file, modified_at=START.timestamp() + 60) for file in super().files())

    found = analyze(Dated({PATH: succeeded()}), LogOptions(since=START))

    assert len(found.attempts) == 1


def test_metrics_count_outcomes():
    found = section({PATH: failed(failure(raised("KeyError", "'a'"))), OTHER: succeeded()})

    counts = {m.labels.get("outcome"): m.value for m in found.metrics if m.name == "attempts"}

    assert counts == {"failed": 1, "success": 1, "unknown": 0}


def test_junk_is_an_unknown_attempt():
    found = section({PATH: b"\x00\xff\x1b[" * 1000})

    assert [a.outcome.value for a in found.attempts] == ["unknown"]


def test_attempts_come_in_order():
    files = {f"dag_id=a/run_id=r/task_id=t/attempt={i}.log": succeeded() for i in (10, 2, 1)}

    assert [a.try_number for a in section(files).attempts] == [1, 2, 10]


class Steps:
    def __init__(self):
        self.told = []

    def start(self, part, total=None):
        self.told.append(total)

    def advance(self, part, steps=1):
        self.told.append(steps)

    def finish(self, part):
        self.told.append("done")


def test_progress_is_told():
    steps = Steps()

    analyze(MemorySource({PATH: succeeded(), OTHER: succeeded()}), progress=steps)

    assert steps.told == [2, 1, 1, "done"]


def test_folder_that_cannot_be_listed_is_named():
    closed = SourceUnreadable("dag_id=closed/ may not be read by this user; grant read permission")
    source = MemorySource({PATH: succeeded()}, broken={"dag_id=closed/": closed})

    found = analyze(source)

    assert [a.path for a in found.attempts] == [PATH]
    assert [(f.path, f.message) for f in found.failures] == [("dag_id=closed/", str(closed))]
    assert found.status is SectionStatus.PARTIAL
