"""Fixes before real Airflow 3.3.2: Airflow 2's own example DAGs load better, and none of them changes."""

import pytest

from analyzers.code_analyzer.options import CodeOptions
from tests.analyzers.code_analyzer.fixes.mending import mended
from tests.real_airflow import AIRFLOW_2, packages, read_dags

pytestmark = pytest.mark.xdist_group("airflow")


def test_examples_of_airflow_2_load_in_airflow_3_as_they_were(tmp_path):
    root = packages(AIRFLOW_2) / "airflow" / "example_dags"
    files = {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*.py"))}

    made = mended(files, CodeOptions(), unsafe=True)
    for name, contents in (("before", files), ("after", files | made.files[0])):
        for path, data in contents.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_bytes(data)
    read = read_dags(tmp_path / "home", tmp_path / "before", tmp_path / "after")
    before, after = (read[str(tmp_path / name)]["dags"] for name in ("before", "after"))

    assert made.failures == []
    assert len(made.made) > 100
    assert len(after) >= len(before) + 20
    assert {dag_id: after.get(dag_id) for dag_id in before} == before
