"""Every signature knows its own example and leaves the other alone."""

import re

import pytest

from analyzers.log_analyzer.exceptions import Link
from analyzers.log_analyzer.signatures import SIGNATURES, Scope, match_link, match_text
from dagaudit.task_attempt import Category

MATCHED = [s for s in SIGNATURES if s.scope is not Scope.RULE]
RAISED = re.compile(r"([\w.]+): (.*)", re.DOTALL)


def matched(signature, text):
    raised = RAISED.match(text)
    if (signature.exceptions or signature.scope is Scope.EXCEPTION) and raised:
        frames = {
            "metadata-database": ("/site-packages/airflow/settings.py", "f"),
            "column-missing": ("/pandas/core/frame.py", "f"),
            "environment-variable-missing": ("<frozen os>", "__getitem__"),
            "program-missing": ("/usr/lib/python3.11/subprocess.py", "_execute_child"),
            "parser-refused": ("/usr/lib/python3.11/uuid.py", "__init__"),
            "fork-refused": ("/usr/lib/python3.11/subprocess.py", "_execute_child"),
        }
        frame = frames.get(signature.id)
        return match_link(Link(raised[1], raised[2], (frame,) if frame else ()))
    return match_text(text, end=signature.scope is Scope.END)


@pytest.mark.parametrize("signature", MATCHED, ids=lambda s: s.id)
def test_signature_knows_its_positive_example(signature):
    found = matched(signature, signature.positive)

    assert found is not None
    assert found.signature.id == signature.id


@pytest.mark.parametrize("signature", MATCHED, ids=lambda s: s.id)
def test_signature_leaves_its_negative_example_alone(signature):
    found = matched(signature, signature.negative)

    assert found is None or found.signature.id != signature.id


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda s: s.id)
def test_signature_tells_what_to_do(signature):
    assert signature.advice.endswith(".")
    assert not signature.title.endswith(".")


@pytest.mark.parametrize(
    "signature", [s for s in MATCHED if s.pattern and not s.exceptions], ids=lambda s: s.id
)
def test_literals_are_lower_case(signature):
    assert signature.literals
    assert all(literal == literal.lower() for literal in signature.literals)


def test_every_category_has_signatures():
    assert {s.category for s in SIGNATURES} == set(Category)


def test_ids_are_unique():
    assert len({s.id for s in SIGNATURES}) == len(SIGNATURES)


def test_there_are_at_least_88():
    assert len(MATCHED) >= 88


SUBJECTS = {
    "KeyError: 'bucket'": "bucket",
    "jinja2.exceptions.UndefinedError: 'execution_date' is undefined": "'execution_date' is undefined",
    "FileNotFoundError: [Errno 2] No such file or directory: '/srv/in/a.csv'": "/srv/in/a.csv",
    "AirflowRuntimeError: CONNECTION_NOT_FOUND: {'message': 'Connection dwh not found'}": "dwh",
    "AirflowRuntimeError: VARIABLE_NOT_FOUND: {'message': 'Variable region not found'}": "region",
    "ModuleNotFoundError: No module named 'reportlab'": "reportlab",
    "Dag with dag_id: 'nightly' not found": "nightly",
}


@pytest.mark.parametrize(("text", "subject"), SUBJECTS.items(), ids=SUBJECTS)
def test_subject_is_named(text, subject):
    assert match_text(text).subject == subject
