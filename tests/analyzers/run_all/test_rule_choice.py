"""A DagAudit's choice of rules finds what the same table in pyproject.toml finds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dagaudit.errors import SpecInvalid
from dagaudit.report import Report
from dagaudit.spec import load_audit

DAG = """\
from airflow.sdk import DAG, Variable
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator

X = Variable.get("x")
with DAG("{dag_id}", schedule="@daily", tags={tags}):
    for number in range(12):
        BashOperator(task_id=f"a{{number}}", bash_command="ls -k")
"""
FILES = {
    "legacy/old.py": DAG.format(dag_id="old", tags=["b"]),
    "new.py": DAG.format(dag_id="new", tags=["finance"]),
    "quiet.py": DAG.format(dag_id="quiet", tags=[]),
}
PYPROJECT = """\
[tool.dagaudit]
profile = "strict"
ignore = ["DGA704", "owner-missing"]
min-severity = "medium"
per-file-ignores = { "quiet.py" = ["DGA4"] }

[tool.dagaudit.rules.DGA408]
max_tasks = 10

[tool.dagaudit.rules.tags-missing]
tags = ["finance"]

[[tool.dagaudit.overrides]]
paths = ["legacy/*"]
ignore = ["DGA301"]
severity = { DGA401 = "critical" }

[[tool.dagaudit.overrides]]
tags = ["finance"]
severity = { no-retries = "high", no-execution-timeout = "low" }
"""
AUDIT = """\
apiVersion: dagaudit.io/v1alpha1
kind: DagAudit
metadata: {name: nightly}
spec:
  source: {s3: {uri: s3://bucket/dags}}
  report: {destination: {persistentVolumeClaim: {name: reports}}}
  analyzers:
    - name: Code
      severityFloor: Medium
      ruleSelector:
        profile: Strict
        exclude: [DGA704, owner-missing]
        perFileIgnores: {quiet.py: [DGA4]}
        rules:
          DGA408: {max_tasks: 10}
          tags-missing: {tags: [finance]}
        overrides:
          - paths: ["legacy/*"]
            ignore: [DGA301]
            severity: {DGA401: Critical}
          - tags: [finance]
            severity: {no-retries: High, no-execution-timeout: Low}
"""


def _run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "dagaudit", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def _files(folder: Path) -> Path:
    for path, text in FILES.items():
        (folder / "dags" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "dags" / path).write_text(text)
    return folder


def _said(findings: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [tuple(each[key] for key in ("path", "line", "rule", "severity", "dag_id")) for each in findings]


def test_audit_and_linter_find_the_same(tmp_path):
    by_table = _files(tmp_path / "linter")
    (by_table / "pyproject.toml").write_text(PYPROJECT)
    by_spec = _files(tmp_path / "audit")
    (by_spec / "audit.yaml").write_text(AUDIT)

    linted = json.loads(_run(by_table, "code", "dags", "--format", "json", "--no-cache", "-q"))
    printed = _run(by_spec, "audit", "dags", "-f", "audit.yaml", "--reports", "out", "-q")
    manifest = by_spec / printed.splitlines()[-1]
    Report.model_validate_json(manifest.read_bytes())
    audited = json.loads((manifest.parent / "dag_ai_audit.json").read_bytes())

    assert _said(audited["findings"]) == _said(linted["findings"])
    said = {(path, rule, severity) for path, _, rule, severity, _ in _said(linted["findings"])}
    assert ("legacy/old.py", "DGA401", "critical") in said
    assert ("new.py", "DGA301", "high") in said
    assert not any(path == "quiet.py" and rule == "DGA401" for path, rule, _ in said)
    assert ("new.py", "DGA408", "medium") in said


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("overrides: [{ignore: [DGA3]}]", "must name paths or tags"),
        ("overrides: [{paths: [a], sevrity: {DGA3: High}}]", "severity"),
        ("overrides: [{paths: [a], severity: {DGA3: high}}]", "'Critical', 'High', 'Medium' or 'Low'"),
        ("rules: {DGA408: 3}", "the options of DGA408 must be a map"),
        ("rules: {DGA408: {max_tasks: {a: 1}}}", "the option DGA408.max_tasks must be a number"),
    ],
)
def test_wrong_choice_is_named(selector, said):
    text = AUDIT[: AUDIT.index("        profile:")] + f"        {selector}\n"

    with pytest.raises(SpecInvalid) as refused:
        load_audit(text, "audit.yaml")

    assert said in str(refused.value)
