"""Templates that lie in files beside the DAG."""

import pytest

from tests.analyzers.code_analyzer.model_rules.audited import PRELUDE, findings

DAG = (
    PRELUDE
    + 'with DAG("a", schedule="@daily"):\n    BashOperator(task_id="t", bash_command="scripts/load.sh")\n'
)


@pytest.mark.parametrize("path", ["scripts/load.sh", "team/scripts/load.sh"])
def test_template_file_is_read_and_its_line_told(path):
    folder = path.removesuffix("scripts/load.sh")
    files = {f"{folder}dag.py": DAG, path: "set -e\nload --until {{ next_ds }}\n"}

    found = findings("DGA601", files)

    assert [(each.path, each.line, each.task_id) for each in found] == [(path, 2, "t")]


def test_file_that_is_not_there_is_no_template():
    assert findings("DGA601", {"dag.py": DAG}) == ()


def test_broken_template_file_is_told():
    found = findings("DGA133", {"dag.py": DAG, "scripts/load.sh": "a\nb {{ ds }\n"})

    assert [(each.path, each.line) for each in found] == [("scripts/load.sh", 2)]


def test_callers_value_in_a_script_is_an_injection():
    found = findings("DGA502", {"dag.py": DAG, "scripts/load.sh": "load {{ dag_run.conf.table }}\n"})

    assert [(each.path, each.line) for each in found] == [("scripts/load.sh", 1)]
