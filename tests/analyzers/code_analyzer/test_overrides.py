"""Other rules and severities for some paths and some tags."""

import pytest

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import options_from
from dagaudit.errors import SpecInvalid
from tests.fakes import MemorySource

DAG = """
from airflow.sdk import DAG, Variable
from airflow.providers.standard.operators.bash import BashOperator

X = Variable.get("x")
with DAG("{dag_id}", schedule=None, tags={tags}):
    BashOperator(task_id="a", bash_command="ls")
"""
FILES = {
    "legacy/old.py": DAG.format(dag_id="old", tags=[]),
    "new.py": DAG.format(dag_id="new", tags=["finance", "b"]),
}


def told(*overrides, **options):
    section = analyze([MemorySource(FILES)], options_from({"overrides": list(overrides), **options}))
    return {(each.path, each.rule): each.severity.value for each in section.findings}


def test_rule_is_off_on_a_path():
    found = told({"paths": ["legacy/*"], "ignore": ["DGA4"]})

    assert ("legacy/old.py", "DGA401") not in found
    assert ("new.py", "DGA401") in found


def test_rule_outside_the_profile_is_on_for_a_tag():
    found = told({"tags": ["finance"], "select": ["no-retries"]})

    assert [path for path, rule in found if rule == "DGA301"] == ["new.py"]


@pytest.mark.parametrize(
    "severity", ["low", {"DGA4": "low"}, {"metadata-call-at-parse": "low", "DGA4": "critical"}]
)
def test_severity_differs_on_a_path(severity):
    found = told({"paths": ["legacy/*"], "severity": severity})

    assert found["legacy/old.py", "DGA401"] == "low"
    assert found["new.py", "DGA401"] == "medium"


def test_severity_counts_for_the_floor():
    found = told({"paths": ["legacy/*"], "severity": "low"}, min_severity="medium")

    assert ("legacy/old.py", "DGA401") not in found
    assert ("new.py", "DGA401") in found


def test_paths_and_tags_must_both_fit():
    found = told({"paths": ["legacy/*"], "tags": ["finance"], "ignore": ["DGA401"]})

    assert {path for path, rule in found if rule == "DGA401"} == set(FILES)


def test_later_override_has_the_last_word():
    found = told({"paths": ["*"], "ignore": ["DGA401"]}, {"tags": ["b"], "select": ["DGA401"]})

    assert [path for path, rule in found if rule == "DGA401"] == ["new.py"]


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ({"ignore": ["DGA4"]}, "neither paths nor tags"),
        ({"path": ["a"]}, "did you mean paths"),
        ({"paths": "a"}, "list of strings"),
        ({"paths": ["a"], "severity": "bad"}, "'bad' is none of"),
        ({"paths": ["a"], "ignore": ["no-retires"]}, "did you mean no-retries"),
    ],
)
def test_mistake_is_named(override, words):
    with pytest.raises(SpecInvalid, match=words):
        told(override)


def test_overrides_are_tables():
    with pytest.raises(SpecInvalid, match=r"\[\[tool.dagaudit.overrides\]\]"):
        options_from({"overrides": {"paths": ["a"]}})
