"""The analyzers in turn, each kept apart from the others."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from analyzers.run_all.audit import Ports, audit, run_step
from analyzers.run_all.plan import Given, plan
from analyzers.run_all.run import Inputs, Stopped, Surroundings, TooSlow, run_all
from analyzers.run_all.source_texts import Remembering, texts_of, with_its_lines
from dagaudit.adapters.null import NullLlm
from dagaudit.errors import AccessRefused, LlmUnavailable, StoreUnwritable
from dagaudit.report import FINAL, LATEST, Report, ReportStatus
from dagaudit.section import CodeSection, SectionStatus
from dagaudit.spec import Budget, Llm, LlmMode, OnExceeded, Thresholds
from tests.analyzers.report_merger.samples import code, dag, finding
from tests.fakes import MemoryCache, MemorySource, MemoryStore, ScriptedLlm

DAG = """\
from datetime import datetime
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator

PASSWORD = "hunter2hunter2"

with DAG("etl", start_date=datetime.now(), schedule="@daily"):
    BashOperator(task_id="extract", bash_command="true") >> BashOperator(task_id="load", bash_command="true")
"""
LOG = {
    "dag_id=etl/run_id=scheduled__2026-11-20T00:00:00+00:00/task_id=load/attempt=1.log": (
        '{"timestamp":"2026-11-20T00:00:05Z","level":"error","event":"Task failed with exception",'
        '"logger":"task","error_detail":[{"exc_type":"ValueError","exc_value":"bad row","frames":[]}]}\n'
    )
}
NIGHT = datetime(2026, 11, 21, 2, tzinfo=UTC)
AROUND = Surroundings(clock=lambda: NIGHT)


def ports(files=None, logs=None, **changes) -> Ports:
    made = {
        "llm": NullLlm(),
        "cache": MemoryCache(),
        "reports": MemoryStore(),
        "dags": (MemorySource({"etl.py": DAG} if files is None else files),),
        "logs": MemorySource(LOG if logs is None else logs),
    }
    return Ports(**{**made, **changes})


def planned(**changes):
    return plan(None, Given(**{"dags": ("/dags",), "logs": "/logs", "reports": "/reports", **changes}))


def stored(made: Ports) -> Report:
    (key,) = [key for key in made.reports.objects if key.endswith(f"/{FINAL}")]
    return Report.model_validate_json(made.reports.objects[key])


def test_audit_goes_from_source_and_logs_to_a_published_report():
    made = ports()

    outcome = audit(planned(), made, AROUND)

    report = stored(made)
    assert report == outcome.report
    assert report.totals.dags == 1
    assert report.totals.failed_attempts == 1
    assert {name: section.status.value for name, section in report.sections.items()} == {
        "code": "ok",
        "logs": "ok",
        "stats": "ok",
        "drift": "ok",
    }


def test_features_of_the_night_are_kept_under_the_reports_id():
    made = ports()

    report = audit(planned(), made, AROUND).report

    assert f"drift/{report.created_at:%Y/%m/%d}/{report.report_id}.parquet" in made.reports.objects
    assert report.totals.drift["numbers"] == "collecting"


def test_source_of_a_dag_is_kept_without_its_secrets():
    sections, _ = run_all(planned(), Inputs(NullLlm(), MemoryCache(), ports().dags), AROUND)

    text = sections.texts[0, "etl.py"]
    assert "hunter2" not in text
    assert len(text.split("\n")) == len(DAG.split("\n"))


@pytest.mark.parametrize("part", ["code", "logs", "stats"])
def test_analyzer_that_crashes_costs_only_its_section(monkeypatch, part):
    monkeypatch.setattr(f"analyzers.run_all.run._{part}", lambda *_: {}["lost"])
    made = ports()

    outcome = audit(planned(), made, AROUND)

    section = outcome.report.sections[part]
    assert section.status is SectionStatus.FAILED
    assert section.reason == "KeyError: 'lost'"
    assert outcome.report.status is ReportStatus.PARTIAL
    assert outcome.summary.exit_code == 1
    others = {"code", "logs", "stats"} - {part}
    assert all(outcome.report.sections[name].status is not SectionStatus.FAILED for name in others)


def test_source_that_cannot_be_listed_is_named():
    class Refused(MemorySource):
        def files(self):
            raise AccessRefused("s3://b/dags may not be listed; grant s3:ListBucket")

    outcome = audit(planned(), ports(dags=(Refused({}),)), AROUND)

    assert outcome.report.sections["code"].reason == "s3://b/dags may not be listed; grant s3:ListBucket"


def test_file_that_cannot_be_read_makes_the_report_partial():
    source = MemorySource({"etl.py": DAG}, broken={"secret.py": AccessRefused("secret.py may not be read")})

    report = audit(planned(), ports(dags=(source,)), AROUND).report

    assert report.sections["code"].failures[0].path == "secret.py"
    assert report.status is ReportStatus.PARTIAL


def test_input_that_this_version_cannot_open_is_a_skipped_section_with_its_reason():
    made = ports(logs=None, absent={"logs": "not available in this version: airflow"})

    report = audit(planned(), made, AROUND).report

    assert report.sections["logs"].status is SectionStatus.SKIPPED
    assert "not available in this version" in report.sections["logs"].reason


class Interrupting:
    """Ends the process's patience when a part begins."""

    def __init__(self, part: str, error: type[BaseException]) -> None:
        self.part, self.error = part, error

    def start(self, part: str, total: int | None = None) -> None:
        if part == self.part:
            raise self.error

    def advance(self, part: str, steps: int = 1) -> None:
        """Nothing."""

    def finish(self, part: str) -> None:
        """Nothing."""


def test_run_that_is_told_to_end_leaves_a_partial_report_marked_so():
    around = Surroundings(clock=lambda: NIGHT, progress=Interrupting("log_analyzer", Stopped))

    outcome = audit(planned(), ports(), around)

    statuses = {name: section.status.value for name, section in outcome.report.sections.items()}
    assert statuses == {"code": "ok", "logs": "failed", "stats": "failed", "drift": "failed"}
    assert outcome.report.sections["stats"].reason == "the run was told to end before this was done"
    assert outcome.summary.stopped
    assert outcome.summary.exit_code == 1


def test_analyzer_that_takes_too_long_has_failed_and_the_next_one_runs():
    around = Surroundings(clock=lambda: NIGHT, progress=Interrupting("log_analyzer", TooSlow))

    report = audit(planned(), ports(), around).report

    assert report.sections["logs"].reason == "took longer than its 1800 seconds"
    assert report.sections["stats"].status is not SectionStatus.FAILED


def test_limit_of_an_analyzer_is_that_of_its_spec():
    seen = []

    @contextmanager
    def interruptible(seconds):
        seen.append(seconds)
        yield

    run_all(
        planned(logs=None),
        Inputs(NullLlm(), MemoryCache(), ports().dags),
        Surroundings(lambda: NIGHT, interruptible=interruptible),
    )

    # The source, the model on it, the statistics.
    assert seen == [1800, 1800, 1800, 1800]


def test_required_model_that_is_missing_ends_the_run_before_it_begins():
    from dataclasses import replace

    made = ports()

    with pytest.raises(LlmUnavailable):
        audit(
            replace(planned(), model=Llm(mode=LlmMode.REQUIRED, model="m", endpoint="https://gpu")),
            made,
            AROUND,
        )
    assert made.reports.objects == {}


def test_store_that_is_full_leaves_nothing_behind():
    store = MemoryStore(full=True)

    with pytest.raises(StoreUnwritable):
        audit(planned(), ports(reports=store), AROUND)
    assert store.objects == {}


def test_copy_of_the_manifest_is_put_where_it_is_wanted():
    folder = MemoryStore()

    outcome = audit(planned(), ports(copy_folder=folder, copy_name="final.json"), AROUND)

    assert Report.model_validate_json(folder.objects["final.json"]) == outcome.report


def test_second_run_on_the_same_says_nothing_new():
    made = ports()
    audit(planned(), made, AROUND)

    later = Surroundings(clock=lambda: NIGHT.replace(hour=3))
    since = audit(planned(), made, later).report.since_last

    assert since.previous is not None
    assert since.reason is None
    assert (since.findings.new, since.findings.fixed, since.causes.new, since.causes.fixed) == (0, 0, 0, 0)


def test_repaired_source_is_told_as_fixed():
    made = ports()
    audit(planned(), made, AROUND)
    repaired = DAG.replace("datetime.now()", "datetime(2026, 1, 1)")

    later = Surroundings(clock=lambda: NIGHT.replace(hour=3))
    again = ports({"etl.py": repaired}, reports=made.reports)
    since = audit(planned(), again, later).report.since_last

    assert since.findings.fixed == 1
    assert since.findings.new == 0


def test_steps_one_by_one_make_the_same_findings_as_all_at_once():
    made, whole = ports(), ports()
    for step in ("code", "logs", "stats", "drift", "merge"):
        summary = run_step(step, planned(), made, AROUND)
        assert summary.exit_code == 0
    run_step("all", planned(), whole, AROUND)

    assert stored(made).totals == stored(whole).totals
    assert stored(made).status is ReportStatus.OK
    nights = [
        [data for key, data in each.reports.objects.items() if key.startswith("drift/20")]
        for each in (made, whole)
    ]
    assert len(nights[0]) == 1
    assert nights[0] == nights[1]


def test_step_leaves_its_section_at_the_root():
    made = ports()

    run_step("code", planned(), made, AROUND)

    assert set(made.reports.objects) == {"dag_ai_audit.json"}
    assert CodeSection.model_validate_json(made.reports.objects["dag_ai_audit.json"]).dags


def test_section_of_an_earlier_night_is_marked():
    made = ports()
    run_step("logs", planned(), made, Surroundings(clock=lambda: NIGHT.replace(day=1)))
    run_step("code", planned(), made, AROUND)

    run_step("merge", planned(), made, AROUND)

    assert stored(made).sections["logs"].status is SectionStatus.PARTIAL
    assert "made 2026-11-01 02:00 UTC" in stored(made).sections["logs"].failures[0].message
    assert stored(made).sections["code"].status is SectionStatus.OK


def test_statistics_alone_look_at_the_source_themselves():
    made = ports()

    run_step("stats", planned(), made, AROUND)

    assert set(made.reports.objects) == {"dag_stats.json"}


@pytest.mark.parametrize(("limit", "gate"), [(0, "failed"), (99, "passed")])
def test_thresholds_of_the_spec_make_the_gate(limit, gate):
    from dataclasses import replace

    made = replace(planned(), thresholds=Thresholds(critical=limit, high=limit))

    outcome = audit(made, ports(), AROUND)

    assert outcome.report.gate.value == gate
    assert outcome.summary.exit_code == 0


@pytest.mark.parametrize(("exceeded", "code"), [("Fail", 79), ("StaticOnly", 0)])
def test_spent_budget_is_exit_79_only_where_the_spec_says_so(exceeded, code):
    from dataclasses import replace

    budget = Budget(max_tokens_per_run=1, on_exceeded=OnExceeded(exceeded))
    model = Llm(model="m", endpoint="https://gpu", budget=budget)

    outcome = audit(replace(planned(), model=model), ports(llm=ScriptedLlm([])), AROUND)

    assert outcome.summary.exit_code == code
    assert outcome.report.totals.findings > 0


def test_excluded_files_are_not_read():
    source = Remembering(MemorySource({"etl.py": DAG, "tests/test_etl.py": "x"}), ("tests/*",))

    assert [file.path for file in source.files()] == ["etl.py"]


def test_line_whose_secret_only_a_rule_knows_is_shown_as_the_rule_shows_it():
    source = Remembering(MemorySource({"etl.py": "a = 1\nopen_sesame('friend')\n"}))
    for file in source.files():
        source.read(file)
    section = code(finding(line=2, evidence="open_sesame('***')"), dags=(dag(),))

    assert texts_of((source,), section) == {(0, "etl.py"): "a = 1\nopen_sesame('***')\n"}


def test_masked_text_keeps_its_lines():
    text = 'a = 1\nkey = """one\ntwo\nthree"""\nb = 2\n'

    assert (
        with_its_lines(text, 'a = 1\nkey = """***"""\nb = 2\n') == 'a = 1\nkey = """***\n***\n***"""\nb = 2\n'
    )


def test_latest_names_the_run():
    made = ports()

    outcome = audit(planned(), made, AROUND)

    assert outcome.report.report_id.encode() in made.reports.objects[LATEST]
