"""Failures in the words of many libraries get the category that a person would choose."""

import pytest

from dagaudit.task_attempt import Outcome
from tests.analyzers.log_analyzer.failure_kinds import KINDS, chain
from tests.analyzers.log_analyzer.task_logs import attempt, failed


@pytest.mark.parametrize(
    ("category", "text"),
    [pytest.param(category, text, id=text[:60]) for category, texts in KINDS.items() for text in texts],
)
def test_exception_of_a_library_has_its_category(category, text):
    found = attempt(failed(chain(text)))

    assert found.outcome is Outcome.FAILED
    assert found.category == category
