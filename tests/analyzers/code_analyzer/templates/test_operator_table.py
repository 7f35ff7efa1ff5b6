"""What the table of operators knows."""

import pytest

from analyzers.code_analyzer.operator_table import find_operator


@pytest.mark.parametrize(
    "name",
    [
        "airflow.providers.standard.operators.bash.BashOperator",
        "airflow.operators.bash.BashOperator",
        "airflow.operators.bash_operator.BashOperator",
    ],
)
def test_operator_is_found_by_every_import_path(name):
    operator = find_operator(name)

    assert operator is not None
    assert operator.template_fields == {"bash_command", "env", "cwd"}
    assert operator.template_ext == {".sh", ".bash"}


def test_arguments_include_those_of_the_bases():
    operator = find_operator("airflow.providers.standard.sensors.filesystem.FileSensor")

    assert operator is not None
    assert {"filepath", "poke_interval", "retries"} <= (operator.arguments or set())
    assert operator.deferrable


@pytest.mark.parametrize(
    "name", ["shop.operators.BashOperator", "airflow.providers.unheard.operators.x.XOperator", "BashOperator"]
)
def test_unknown_class_is_none(name):
    assert find_operator(name) is None


def test_arguments_of_a_class_that_takes_anything_are_not_known():
    operator = find_operator("airflow.providers.standard.operators.hitl.ApprovalOperator")

    assert operator is not None
    assert operator.arguments is None


def test_fields_made_by_a_function_of_the_provider_are_known():
    operator = find_operator("airflow.providers.amazon.aws.operators.athena.AthenaOperator")

    assert operator is not None
    assert {"query", "aws_conn_id"} <= (operator.template_fields or set())
