"""The files of a whole report."""

import hashlib
import io
import json

import jsonschema
import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.report_merger import fit, manifest
from analyzers.report_merger.sections import Sections
from analyzers.report_merger.tables import TABLES
from dagaudit.dag_detail import DagDetail
from dagaudit.finding import Failure, Severity
from dagaudit.report import FINAL, SECTION_FILES, Report, ReportStatus, detail_path
from dagaudit.section import CodeSection, DriftSection, LogsSection, SectionStatus, StatsSection
from dagaudit.task_attempt import EvidenceLine
from tests.analyzers.report_merger.samples import (
    AUDIT,
    attempt,
    cause,
    code,
    dag,
    dag_stats,
    finding,
    logs,
    merged,
    night,
    stats,
)


def report_of(files) -> Report:
    return Report.model_validate_json(files[FINAL])


def details_of(files) -> dict[str, DagDetail]:
    found = [DagDetail.model_validate_json(data) for name, data in files.items() if name.startswith("dags/")]
    return {one.dag_id: one for one in found}


@pytest.fixture(scope="module")
def files():
    return merged()


def test_report_has_every_file_and_the_manifest_last(files):
    expected = {*SECTION_FILES.values(), *(f"{table.name}.parquet" for table in TABLES)}
    expected |= {"report.html", "report.sarif", FINAL}

    assert expected < set(files)
    assert list(files)[-1] == FINAL


def test_equal_input_gives_equal_bytes(files):
    assert merged(night()) == files


MODELS = {
    "dag_ai_audit.json": CodeSection,
    "dag_stats.json": StatsSection,
    "log_analysis.json": LogsSection,
    "drift_report.json": DriftSection,
    FINAL: Report,
    detail_path("etl"): DagDetail,
}


@pytest.mark.parametrize("name", MODELS)
def test_file_is_valid_against_the_json_schema_of_its_model(files, name):
    schema = MODELS[name].model_json_schema(mode="serialization")
    document = json.loads(files[name])
    if "graph" in document:
        # In a graph's nodes defaults are left out, which the contract says.
        schema["$defs"]["GraphNode"]["required"] = ["task_id", "operator", "x", "y"]

    jsonschema.validate(document, schema)


def test_section_files_are_the_sections_themselves(files):
    assert CodeSection.model_validate_json(files["dag_ai_audit.json"]) == night().code


def test_tables_are_listed_with_rows_and_hash(files):
    for entry in report_of(files).tables:
        assert hashlib.sha256(files[entry.path]).hexdigest() == entry.sha256
        assert polars.read_parquet(io.BytesIO(files[entry.path])).height == entry.rows


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_empty_table_has_all_its_columns(table):
    frame = polars.read_parquet(io.BytesIO(merged(Sections())[f"{table.name}.parquet"]))

    assert frame.columns == list(table.columns)


def test_fleet_table_has_a_row_per_dag_with_its_sentence(files):
    rows = polars.read_parquet(io.BytesIO(files["fleet.parquet"])).to_dicts()

    assert [row["dag_id"] for row in rows] == ["etl", "ml", "well"]
    assert rows[2]["verdict"] == "Healthy: no failure in 4 known runs; no findings in the source."


def test_totals_count_what_is_there(files):
    totals = report_of(files).totals

    assert (totals.dags, totals.findings, totals.causes, totals.failed_attempts) == (3, 3, 1, 1)
    assert totals.findings_by_severity == {"critical": 1, "high": 0, "medium": 1, "low": 1}
    assert totals.dags_by_health == {"at_risk": 1, "failing": 1, "healthy": 1}


def test_dag_document_has_graph_findings_attempts_and_causes(files):
    detail = details_of(files)["etl"]

    assert [node.task_id for node in detail.graph.nodes] == ["check", "extract", "load"]
    assert detail.graph.edges == ((0, 2), (1, 0), (1, 2))
    assert [node.state for node in detail.graph.nodes] == [None, None, "failed"]
    assert [one.rule for one in detail.findings] == ["DGA301", "DGA406"]
    assert [one.cause_id for one in detail.causes] == ["c1"]
    assert len(detail.attempts) == 2


def test_finding_without_dag_is_shown_with_every_dag_of_its_file():
    two = code(finding(path="both.py"), dags=(dag("a", "both.py"), dag("b", "both.py"), dag("c", "c.py")))

    details = details_of(merged(Sections(code=two)))

    assert [len(details[dag_id].findings) for dag_id in "abc"] == [1, 1, 0]


def test_source_is_shown_whole_where_it_is_short():
    sections = Sections(code=code(finding()), texts={(0, "etl.py"): "one\ntwo\nthree"})

    source = details_of(merged(sections))["etl"].source

    assert source.total_lines == 3
    assert [part.text for part in source.parts] == ["one\ntwo\nthree"]


def test_long_source_is_shown_around_its_findings():
    text = "\n".join(f"line {number}" for number in range(1, 5001))
    sections = Sections(
        code=code(finding(line=3000), finding("DGA9", line=3004)), texts={(0, "etl.py"): text}
    )

    source = details_of(merged(sections))["etl"].source

    assert [part.first_line for part in source.parts] == [1, 2994]
    assert source.parts[1].text.splitlines()[-1] == "line 3010"


@pytest.mark.parametrize(
    "dag_id", ["../../etc/passwd", "a/b", "..", "con.", "ä" * 200, "x" * 240, 'we"ird\n']
)
def test_any_dag_id_makes_a_safe_file_name(dag_id):
    path = detail_path(dag_id)

    folder, hash2, name = path.split("/")
    assert (folder, len(hash2)) == ("dags", 2)
    assert len(name.encode()) < 255
    assert name.isascii()
    assert name.isprintable()


def test_dag_that_only_logs_know_has_a_document():
    files = merged(Sections(logs=logs(attempts=(attempt("ghost"),))))

    assert details_of(files)["ghost"].verdict.startswith("Failing: the newest run failed")


FAILED_CODE = CodeSection(status=SectionStatus.FAILED, reason="KeyError: x")
STATUSES = {
    "all ok": (Sections(code=code(), logs=logs()), ReportStatus.OK),
    "one failed": (Sections(code=FAILED_CODE, logs=logs()), ReportStatus.PARTIAL),
    "one partial": (Sections(code=code(status=SectionStatus.PARTIAL)), ReportStatus.PARTIAL),
    "the only one failed": (Sections(code=FAILED_CODE), ReportStatus.FAILED),
    "nothing asked": (Sections(), ReportStatus.FAILED),
}


@pytest.mark.parametrize(("sections", "status"), STATUSES.values(), ids=STATUSES.keys())
def test_report_is_as_whole_as_its_sections(sections, status):
    assert report_of(merged(sections)).status is status


def test_broken_page_costs_only_the_page(monkeypatch):
    monkeypatch.setattr("analyzers.report_merger.merge.html", lambda *_: 1 / 0)

    files = merged()

    report = report_of(files)
    assert "report.html" not in files
    assert report.status is ReportStatus.PARTIAL
    assert report.failures[0].part == "report.html"


def huge() -> Sections:
    """10,000 DAGs that all fail, with 50,000 findings and texts of hostile length."""
    ids = [f"team_{number % 97}.pipeline_with_a_rather_long_name_{number:05}" for number in range(10_000)]
    findings = [
        finding(
            f"DGA{100 + number % 60}",
            f"folder/{dag_id}.py",
            dag_id=dag_id,
            severity=list(Severity)[number % 4],
            line=number + 1,
            message="m" * 700,
            evidence="e" * 900,
        )
        for dag_id in ids
        for number in range(5)
    ]
    causes = [
        cause(
            f"cause_{number}",
            tuple(ids) if not number else tuple(ids[number::120]),
            title="t" * 5000,
            evidence=tuple(EvidenceLine(line=line, text="x" * 500) for line in range(1, 60)),
        )
        for number in range(120)
    ]
    failures = tuple(
        Failure(part="reading", path=f"{number}.py", message="f" * 9000) for number in range(500)
    )
    return Sections(
        code=code(
            *findings,
            dags=tuple(dag(dag_id, f"folder/{dag_id}.py") for dag_id in ids),
            status=SectionStatus.PARTIAL,
            failures=failures,
        ),
        logs=logs(*causes, attempts=tuple(attempt(dag_id) for dag_id in ids)),
        stats=stats(*(dag_stats(dag_id, failed=3) for dag_id in ids)),
    )


@pytest.fixture(scope="module")
def huge_files():
    return merged(huge())


@pytest.mark.xdist_group("huge")
def test_manifest_of_ten_thousand_dags_is_within_a_megabyte_and_says_what_was_cut(huge_files):
    report = report_of(huge_files)

    assert len(huge_files[FINAL]) <= 1_000_000
    assert len(report.attention) <= 200
    assert len(report.causes) <= 50
    assert report.causes[0].dags_total == 10_000
    assert {cut.list for cut in report.cut} >= {"attention", "causes", "dags"}


@pytest.mark.xdist_group("huge")
def test_page_of_ten_thousand_dags_is_within_five_megabytes_and_says_what_was_cut(huge_files):
    page = huge_files["report.html"].decode()

    assert len(huge_files["report.html"]) <= 5_000_000
    assert 0 < page.count('<li class="row"') <= 500
    assert "more DAGs, all with less attention, were cut" in page
    assert "m" * 400 not in page


@pytest.mark.xdist_group("huge")
def test_every_dag_document_is_within_its_size(huge_files):
    assert max(len(data) for name, data in huge_files.items() if name.startswith("dags/")) <= 200_000


def test_dag_of_two_thousand_tasks_keeps_its_whole_graph():
    edges = tuple((f"group_{n // 50}.task_{n:04}", f"group_{n // 50}.task_{n + 1:04}") for n in range(1999))
    big = dag("big", "big.py", edges=edges)
    tasks = tuple(task.model_copy(update={"operator": "_PythonDecoratedOperator"}) for task in big.tasks)

    files = merged(Sections(code=code(dags=(big.model_copy(update={"tasks": tasks}),))))

    detail = details_of(files)["big"]
    assert len(files[detail_path("big")]) <= 200_000
    assert len(detail.graph.nodes) == len(tasks)
    assert {cut.list: cut.total for cut in detail.cut}["model.tasks"] == len(tasks)


@settings(max_examples=30, deadline=None)
@given(lengths=st.lists(st.integers(0, 400), min_size=4, max_size=4))
def test_manifest_fits_whatever_its_lists_hold(lengths):
    rows, causes, failures, text = lengths
    base = report_of(merged(Sections(code=code(), logs=logs(cause()))))
    row, one = base.dags[0], base.causes[0]
    summary = base.sections["code"].model_copy(
        update={"failures": (Failure(part="x", message="y" * text),) * min(failures, 50)}
    )
    report = base.model_copy(
        update={
            "dags": (row.model_copy(update={"dag_id": "d" * text}),) * rows,
            "attention": (row,) * min(rows, 200),
            "causes": (one.model_copy(update={"dags": ("d" * text,) * causes}),) * 50,
            "sections": {"code": summary},
        }
    )

    assert len(manifest.encode(report)) <= 1_000_000


def test_shortened_list_is_told_with_both_numbers():
    report = report_of(merged()).model_copy(update={"attention": report_of(merged()).attention * 90})

    data = fit.fit(
        report, 20_000, (fit.shortener("attention"),), lambda each: each.model_dump_json().encode()
    )

    shorter = Report.model_validate_json(data)
    assert shorter.cut[0].total == 180
    assert shorter.cut[0].kept == len(shorter.attention) < 180


def test_addresses_stand_in_the_report():
    audit = AUDIT.model_copy(update={"reports_address": "s3://bucket/reports"})

    assert report_of(merged(audit=audit)).audit.reports_address == "s3://bucket/reports"
