"""Airflow's own example DAGs are good: the default profile finds next to nothing bad in them."""

from datetime import date

import pytest

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from dagaudit.finding import Severity
from tests.fakes import MemorySource
from tests.real_airflow import packages

FOLDERS = ("airflow/example_dags", "airflow/providers/standard/example_dags")
MOST_FINDINGS_PER_FILE = 0.1
# What is said of them is true, and meant by whoever wrote them: two run every minute.
TRUE_OF_MODEL_RULES = {
    ("DGA208", "example_branch_python_dop_operator_3.py"),
    ("DGA208", "example_passing_params_via_test_command.py"),
}
MODEL_RULES = tuple("123679")
OF_THE_AST = {
    "DGA128",
    "DGA129",
    "DGA134",
    "DGA135",
    "DGA136",
    "DGA312",
    "DGA313",
    "DGA314",
    "DGA315",
    "DGA316",
}


@pytest.fixture(scope="module")
def section():
    root = packages()
    files = {
        str(path.relative_to(root)): path.read_bytes()
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*.py"))
    }
    assert len(files) > 70
    return analyze([MemorySource(files)], CodeOptions(today=date(2026, 11, 21)))


@pytest.fixture(scope="module")
def bad(section):
    return [each for each in section.findings if each.severity.at_least(Severity.MEDIUM)]


def test_no_rule_crashes_on_them(section):
    assert section.failures == ()


def test_at_most_one_in_ten_files_has_a_bad_finding(section, bad):
    assert len(bad) / section.coverage.analyzed <= MOST_FINDINGS_PER_FILE


def test_rules_over_the_model_say_only_what_is_true(bad):
    said = {
        (each.rule, each.path.rpartition("/")[2])
        for each in bad
        if each.rule[3] in MODEL_RULES and each.rule not in OF_THE_AST
    }

    assert said == TRUE_OF_MODEL_RULES
