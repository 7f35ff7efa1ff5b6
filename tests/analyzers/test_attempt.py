"""A crash costs only its own part."""

import pytest

from analyzers.attempt import attempt, attempt_each
from dagaudit.errors import SpecInvalid
from dagaudit.finding import Failure


def test_result_is_handed_on():
    assert attempt("part", lambda: 3) == 3


def test_crash_becomes_a_failure():
    assert attempt("part", lambda: 1 // 0, "a.py") == Failure(
        part="part", path="a.py", message="ZeroDivisionError: integer division or modulo by zero"
    )


def test_error_of_ours_keeps_its_words():
    def work():
        raise SpecInvalid("say it better")

    assert attempt("part", work) == Failure(part="part", message="say it better")


def test_other_parts_go_on_after_a_crash():
    results = dict(attempt_each([1, 0, 2], lambda part: f"by {part}", lambda part: 4 // part))

    assert (results[1], results[2]) == (4, 2)
    assert results[0].part == "by 0"


def test_interruption_is_no_failure():
    def work():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attempt("part", work)
