"""Ruff as an engine for Airflow's rename tables."""

import pytest

from analyzers.code_analyzer import ruff_engine
from analyzers.code_analyzer.rules import airflow_2_name
from tests.analyzers.code_analyzer.model_rules.audited import findings

OLD = "from airflow.operators.bash import BashOperator\nBashOperator(task_id='a', bash_command='b')\n"


def test_diagnostics_carry_the_path_that_was_given():
    found = list(ruff_engine.check({"shop/b.py": OLD, "shop/a.py": OLD}, ["AIR302", "AIR312"]))

    assert [each.path for each in found] == ["shop/a.py", "shop/b.py"]
    assert {each.code for each in found} == {"AIR312"}


def test_no_files_cost_no_call():
    assert list(ruff_engine.check({}, ["AIR302", "AIR312"])) == []


def test_failing_ruff_names_the_remedy(monkeypatch):
    monkeypatch.setattr(ruff_engine, "_binary", lambda: "/nowhere/ruff")

    with pytest.raises(ruff_engine.RuffUnavailable, match="install dagaudit"):
        list(ruff_engine.check({"a.py": OLD}, ["AIR302", "AIR312"]))


def test_name_is_told_once_where_it_is_imported():
    source = OLD + OLD.splitlines()[1] + "  # in no DAG\n"

    assert [each.line for each in findings("DGA600", {"a.py": source})] == [1]


def test_code_with_new_names_only_is_not_handed_over():
    assert findings("DGA600", {"a.py": "from airflow.sdk import DAG\n"}) == ()
    assert airflow_2_name.check.collect is not None


def test_settings_of_the_folder_do_not_matter(monkeypatch, tmp_path):
    (tmp_path / "ruff.toml").write_text('exclude = ["*.py"]\nlint.select = ["E"]\n')
    monkeypatch.chdir(tmp_path)

    assert list(ruff_engine.check({"a.py": OLD}, ["AIR302", "AIR312"]))


def test_names_that_moved_in_a_later_version_wait_for_it():
    source = "# no dag\nfrom airflow.utils.timezone import utcnow\nprint(utcnow())\n"

    (found,) = findings("DGA600", {"a.py": source}, target=(3, 1))
    assert (found.line, found.severity.value) == (2, "low")
    assert "moved in Airflow 3.1 (AIR321)" in found.message
    assert findings("DGA600", {"a.py": source}, target=(3, 0)) == ()
