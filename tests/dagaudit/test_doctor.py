"""`dagaudit doctor -f`: what a DagAudit names, tried from here."""

import subprocess
import sys
from pathlib import Path

import pytest

from dagaudit.cli.cluster import connect
from dagaudit.errors import SpecInvalid


def doctor(*words: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "dagaudit", "doctor", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def document(source: str, reports: str, more: str = "") -> str:
    return (
        "apiVersion: dagaudit.io/v1alpha1\nkind: DagAudit\nmetadata: {name: nightly}\n"
        f"spec:\n  source: {source}\n  report: {{destination: {reports}}}\n{more}"
    )


def audit(folder: Path, text: str) -> str:
    path = folder / "audit.yaml"
    path.write_text(text)
    return str(path)


def test_all_that_is_named_and_there_is_well(aws, s3, bucket, tmp_path):
    s3.put_object(Bucket=bucket, Key="dags/a.py", Body=b"")
    path = audit(
        tmp_path, document(f"{{s3: {{uri: 's3://{bucket}/dags'}}}}", f"{{s3: {{uri: 's3://{bucket}/r'}}}}")
    )

    code, said = doctor("-f", path)

    assert code == 0, said
    assert f"ok    DAGs at s3://{bucket}/dags can be read" in said
    assert f"ok    reports at s3://{bucket}/r" in said


def test_probe_of_the_reports_is_taken_away_again(aws, s3, bucket, tmp_path):
    path = audit(
        tmp_path, document(f"{{s3: {{uri: 's3://{bucket}/dags'}}}}", f"{{s3: {{uri: 's3://{bucket}/r'}}}}")
    )

    doctor("-f", path)

    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_empty_source_fails_as_a_run_would(aws, bucket, tmp_path):
    path = audit(
        tmp_path, document(f"{{s3: {{uri: 's3://{bucket}/dags'}}}}", f"{{s3: {{uri: 's3://{bucket}/r'}}}}")
    )

    code, said = doctor("-f", path)

    assert (code, "fail  DAGs at" in said) == (1, True)


def test_missing_bucket_fails_on_both_sides(aws, tmp_path):
    where = "{s3: {uri: 's3://no-such-bucket/x'}}"

    code, said = doctor("-f", audit(tmp_path, document(where, where)))

    assert code == 1
    assert "fail  DAGs at s3://no-such-bucket/x" in said
    assert "fail  reports at s3://no-such-bucket/x" in said
    assert said.count("\n      -> ") >= 2


def test_model_that_does_not_answer_fails(aws, s3, bucket, tmp_path):
    llm = "  llm: {endpoint: 'https://127.0.0.1:9', model: llama3.2}\n"
    where = f"{{s3: {{uri: 's3://{bucket}/x'}}}}"

    code, said = doctor("-f", audit(tmp_path, document(where, where, llm)))

    assert code == 1
    assert "fail  model at ollama+https://127.0.0.1:9/llama3.2" in said


def test_volume_of_the_cluster_is_not_tried_here(tmp_path):
    where = "{persistentVolumeClaim: {name: dags}}"

    code, said = doctor("-f", audit(tmp_path, document(where, where)))

    assert code == 0
    assert "warn  " in said


def test_invalid_file_says_what_is_wrong(tmp_path):
    code, said = doctor("-f", audit(tmp_path, document("{s3: {uri: nonsense}}", "{}")))

    assert (code, said.startswith("fail  ")) == (1, True)


def test_missing_file_is_told(tmp_path):
    code, said = doctor("-f", str(tmp_path / "none.yaml"))

    assert (code, "none.yaml cannot be read" in said) == (1, True)


def test_no_kubeconfig_is_told_with_the_way_out(tmp_path):
    code, said = doctor("--kubeconfig", str(tmp_path / "none"))

    assert code == 2
    assert "is no usable kubeconfig" in said
    assert "KUBECONFIG" in said


def test_missing_library_is_told_with_the_command_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "kubernetes", None)

    with pytest.raises(SpecInvalid, match=r"pip install 'dagaudit\[operator\]'"):
        connect(None, None)


def test_cluster_that_does_not_answer_fails_with_its_address(tmp_path):
    config = tmp_path / "config"
    config.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: x\n"
        "clusters: [{name: x, cluster: {server: 'http://127.0.0.1:9'}}]\n"
        "users: [{name: x, user: {}}]\ncontexts: [{name: x, context: {cluster: x, user: x}}]\n"
    )

    code, said = doctor("--kubeconfig", str(config))

    assert code == 1
    assert "fail  http://127.0.0.1:9 does not answer" in said
