"""`dagaudit audit` and `dagaudit init`, as somebody types them."""

import sys
from pathlib import Path

import pytest

from analyzers.run_all.plan import Given
from dagaudit.cli import app as command_line
from dagaudit.cli.audit import _default_reports
from dagaudit.report import FINAL, Report
from dagaudit.spec import load_audit
from tests.analyzers.run_all.test_run import DAG, LOG

CLEAN = DAG.replace("datetime.now()", "datetime(2026, 1, 1)").replace('PASSWORD = "hunter2hunter2"\n', "")


@pytest.fixture
def dags(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "etl.py").write_text(DAG)
    return folder


@pytest.fixture
def logs(tmp_path) -> Path:
    folder = tmp_path / "logs"
    for name, text in LOG.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def dagaudit(monkeypatch, capsys):
    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["dagaudit", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            command_line.main()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return run


def test_last_line_is_the_path_of_the_finished_document(dagaudit, dags):
    code, out, err = dagaudit("audit", "dags", "--reports", "out")

    path = out.splitlines()[-1]
    assert code == 0
    assert err == ""
    assert Report.model_validate_json(Path(path).read_bytes()).totals.dags == 1
    assert path.startswith("out/runs/dt=")
    assert path.endswith(f"/{FINAL}")


def test_summary_says_what_broke_what_needs_whom_and_what_next(dagaudit, dags, logs):
    _, out, _ = dagaudit("audit", "dags", "--logs", "logs", "--reports", "out")

    lines = out.splitlines()
    assert lines[0].startswith("1 of 1 DAG is failing from 1 cause")
    assert "What broke" in lines
    assert any(line.split()[:1] == ["failing"] and "etl" in line for line in lines)
    assert any(line.startswith("Findings    ") and "1 high" in line for line in lines)
    assert "Since last  nothing to compare with: this is the first report" in lines
    assert "Next    dagaudit dashboard out" in lines
    assert "\x1b" not in out


def test_quiet_prints_the_path_only(dagaudit, dags):
    _, out, err = dagaudit("audit", "dags", "--reports", "out", "--quiet")

    assert len(out.splitlines()) == 1
    assert err == ""


def test_second_audit_is_compared_with_the_first(dagaudit, dags):
    dagaudit("audit", "dags", "-q")
    (dags / "etl.py").write_text(CLEAN)

    _, out, _ = dagaudit("audit", "dags")

    assert "Since last  findings: 2 fixed" in out


def test_default_reports_root_is_one_per_audited_place(dags, tmp_path):
    same = [_default_reports(Given(dags=each)) for each in (("dags",), (str(dags),))]
    other = _default_reports(Given(dags=("dags",), logs="logs"))

    assert same[0] == same[1]
    assert same[0].parent == tmp_path / "data" / "dagaudit" / "reports"
    assert other != same[0]


@pytest.mark.parametrize(("floor", "expected"), [("critical", 80), ("high", 80)])
def test_finding_over_the_threshold_is_exit_80_with_a_report(dagaudit, dags, floor, expected):
    code, out, _ = dagaudit("audit", "dags", "--reports", "out", "--fail-on", floor)

    assert code == expected
    assert "Gate        failed" in out
    assert Path(out.splitlines()[-1]).is_file()


def test_clean_source_passes_the_gate(dagaudit, dags):
    (dags / "etl.py").write_text(CLEAN)

    code, out, _ = dagaudit("audit", "dags", "--reports", "out", "--fail-on", "medium")

    assert code == 0
    assert "All clear" in out


WRONG = {
    "nothing to audit": ((), "nothing to audit"),
    "missing folder": (("no/such",), "no/such does not exist"),
    "missing logs": (("dags", "--logs", "no/such"), "no/such does not exist"),
    "unknown scheme": (("ftp://x/y",), "ftp"),
    "unknown profile": (("dags", "--profile", "loose"), "--profile loose is unknown"),
    "unknown severity": (("dags", "--fail-on", "low"), "--fail-on low is unknown"),
    "unknown version": (("dags", "--target", "three"), "not an Airflow version"),
    "missing file": (("-f", "no.yaml"), "dagaudit init"),
    "model without a name": (("dags", "--llm", "ollama://host"), "model"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG.keys())
def test_wrong_input_is_exit_78_and_one_sentence(dagaudit, dags, arguments, words):
    code, out, err = dagaudit("audit", *arguments)

    assert code == 78
    assert words in err
    assert out == ""
    assert len(err.splitlines()) == 1


def test_empty_folder_is_never_all_clear(dagaudit, tmp_path, dags):
    (tmp_path / "empty").mkdir()

    _, out, _ = dagaudit("audit", "empty", "--reports", "out")

    assert "No DAG was found where the audit looked." in out
    assert "ll clear" not in out


def test_run_history_that_does_not_answer_is_named_and_costs_only_itself(dagaudit, dags):
    _, out, _ = dagaudit("audit", "dags", "--history", "airflow+http://127.0.0.1:9", "--reports", "out")

    report = Report.model_validate_json(Path(out.splitlines()[-1]).read_bytes())
    assert "airflow+http://127.0.0.1:9: cannot be reached" in out
    assert report.totals.dags == 1
    assert report.sections["stats"].status.value == "partial"


def test_run_history_alone_that_does_not_answer_is_a_failed_section(dagaudit, dags):
    _, out, _ = dagaudit("audit", "--history", "airflow+http://127.0.0.1:9", "--reports", "out")

    report = Report.model_validate_json(Path(out.splitlines()[-1]).read_bytes())
    assert report.status.value == "failed"
    assert report.sections["stats"].status.value == "failed"
    assert "cannot be reached" in report.sections["stats"].reason


def test_broken_files_are_named_and_cost_only_themselves(dagaudit, dags):
    (dags / "broken.py").write_text("from airflow import DAG\ndef (:\n")
    (dags / "binary.py").write_bytes(b"airflow dag" + bytes(range(256)) * 40)
    (dags / "huge.py").write_text("# airflow dag\n" + "x = 1\n" * 4_000_000)

    code, out, _ = dagaudit("audit", "dags", "--reports", "out")

    report = Report.model_validate_json(Path(out.splitlines()[-1]).read_bytes())
    assert code == 0
    assert report.totals.dags == 1
    assert report.status.value == "partial"
    assert "huge.py" in out
    assert report.totals.findings_by_rule["DGA101"] >= 1


def test_sample_of_init_is_accepted_by_audit(dagaudit, dags):
    code, out, _ = dagaudit("init")

    audited, printed, err = dagaudit(
        "audit", "dags", "--logs", "dags", "-f", "audit.yaml", "--reports", "out"
    )
    assert code == 0
    assert "dagaudit audit -f audit.yaml" in out
    assert audited == 0, err
    report = Report.model_validate_json(Path(printed.splitlines()[-1]).read_bytes())
    assert report.audit.name == "nightly"
    assert report.gate.value == "passed"


def test_sample_of_init_is_a_whole_spec(dagaudit, dags):
    dagaudit("init", "mine.yaml")

    audit = load_audit(Path("mine.yaml").read_text(), "mine.yaml")

    assert audit.spec.schedule == "30 2 * * *"


def test_commented_parts_of_the_sample_are_valid_too(dagaudit, dags):
    dagaudit("init")
    lines = Path("audit.yaml").read_text().splitlines()
    optional = [
        line.replace("# ", "", 1)
        if line.startswith("  # ") and line[4:].lstrip("- ").partition(":")[0] in OPTIONAL
        else line
        for line in lines
    ]

    audit = load_audit("\n".join(optional), "audit.yaml")

    assert audit.spec.llm.model == "llama3.2"
    assert len(audit.spec.analyzers) == 3


OPTIONAL = {
    "analyzers", "name", "severityFloor", "ruleSelector", "profile", "exclude",
    "llm", "mode", "provider", "endpoint", "model",
}  # fmt: skip


def test_init_overwrites_only_by_force(dagaudit, dags):
    Path("audit.yaml").write_text("mine")

    code, _, err = dagaudit("init")
    kept = Path("audit.yaml").read_text()
    forced, _, _ = dagaudit("init", "--force")

    assert code != 0
    assert "--force" in err
    assert kept == "mine"
    assert forced == 0
    assert "DagAudit" in Path("audit.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("-v", "audit", "nowhere"), 78),
        (("audit", "dags", "--reports", "dags/etl.py"), 1),
        (("graph", "dags", "--format", "xml"), 2),
    ],
)
def test_audit_has_the_exit_codes_of_a_run(dagaudit, dags, arguments, expected):
    code, _, err = dagaudit(*arguments)

    assert code == expected
    assert err.startswith("error: ")


def test_spec_may_leave_out_the_destination_that_is_typed(dagaudit, dags, tmp_path):
    (tmp_path / "audit.yaml").write_text(
        "apiVersion: dagaudit.io/v1alpha1\nkind: DagAudit\nmetadata: {name: nightly}\n"
        "spec:\n  source: {s3: {uri: s3://bucket/dags}}\n"
    )

    code, out, err = dagaudit("audit", "dags", "-f", "audit.yaml", "--reports", "out", "-q")

    assert (code, err) == (0, "")
    assert out.startswith("out/runs/dt=")
    code, _, err = dagaudit("audit", "dags", "-f", "audit.yaml")
    assert (code, err) == (78, "error: audit.yaml: spec.report is missing\n")


@pytest.mark.parametrize("command", ["audit", "code"])
def test_link_that_leads_in_a_circle_is_wrong_input(dagaudit, dags, tmp_path, command):
    (tmp_path / "loop").symlink_to("loop")

    code, _, err = dagaudit(command, "loop")

    assert code == (78 if command == "audit" else 2)
    assert err.startswith("error: loop ")
    assert "give a folder with DAGs" in err


@pytest.mark.parametrize(("command", "expected"), [("audit", 1), ("code", 2)])
def test_own_defect_is_one_sentence_and_never_says_findings(dagaudit, dags, monkeypatch, command, expected):
    def broken(**_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(command_line, "app", broken)

    code, out, err = dagaudit(command, "dags")

    assert (code, out) == (expected, "")
    assert err.startswith(
        "error: dagaudit itself is at fault: ZeroDivisionError: division by zero; please report"
    )
    assert err.count("\n") == 1
