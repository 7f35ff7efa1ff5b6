"""Grades: figures that can be counted by hand."""

import pytest
from scipy.stats import binomtest

from analyzers.log_analyzer.grading import Label, Rate, fga, grade, grouping_accuracy
from dagaudit.section import LogsSection, SectionStatus
from dagaudit.task_attempt import Attempt, Category, EvidenceLine, Outcome


def label(path, outcome="failed", category="code", cause="a", **more):
    return Label(path=path, outcome=outcome, category=category, cause=cause, **({"retryable": False} | more))


def attempt(path, outcome=Outcome.FAILED, category=Category.CODE, cause="1", **more):
    found = {"dag_id": "d", "run_id": "r", "task_id": "t", "retryable": False} | more
    return Attempt(path=path, outcome=outcome, category=category, cause_id=cause, **found)


def graded(labels, attempts, text=""):
    section = LogsSection(status=SectionStatus.OK, attempts=tuple(attempts))
    return grade(tuple(labels), section, lambda _path, _line: text)


def test_group_counts_only_when_it_is_whole():
    found = fga(["a", "a", "b", "c", "c"], [1, 1, 2, 3, 4])

    assert (found.true_groups, found.made_groups, found.equal_groups) == (3, 4, 2)
    assert found.f1 == pytest.approx(2 * 2 / 7)


def test_grouping_accuracy_counts_members_of_equal_groups():
    assert grouping_accuracy(["a", "a", "b", "c", "c"], [1, 1, 2, 3, 4]) == pytest.approx(3 / 5)
    assert grouping_accuracy(["a", "b"], [1, 1]) == 0


@pytest.mark.parametrize(("hits", "total"), [(0, 40), (39, 40), (7, 9)])
def test_interval_is_wilsons(hits, total):
    expected = binomtest(hits, total).proportion_ci(method="wilson")

    assert Rate(hits, total).interval == pytest.approx((expected.low, expected.high))


def test_failure_that_was_not_seen_is_wrong_and_missed():
    found = graded([label("a"), label("b")], [attempt("a")])

    assert (found.category.hits, found.category.total, found.missed.hits) == (1, 2, 1)
    assert found.confusion == {("code", "code"): 1, ("code", "not failed"): 1}


def test_kind_is_right_when_all_its_attempts_are():
    labels = [label("a", cause="x"), label("b", cause="x"), label("c", cause="y")]
    found = graded(labels, [attempt("a"), attempt("b", category=Category.CONFIG), attempt("c")])

    assert (found.category_kinds.hits, found.category_kinds.total) == (1, 2)


def test_successes_and_skips_are_counted_apart():
    labels = [label("a", "success", None, None), label("b", "unknown", None, None)]
    found = graded(labels, [attempt("a"), attempt("b")])

    assert (found.false_convictions.hits, found.false_alarms_other.hits, found.category.total) == (1, 1, 0)


def test_evidence_is_judged_by_the_physical_line():
    shown = attempt("a", evidence=(EvidenceLine(line=3, text="anything"),))

    assert graded([label("a", marker="KeyError")], [shown], "KeyError: 'x'").evidence.hits == 1
    assert graded([label("a", marker="KeyError")], [shown], "all well").evidence.hits == 0
    assert graded([label("a", marker="KeyError")], [attempt("a")], "KeyError").evidence.hits == 0


def test_retryable_counts_only_where_a_failure_was_seen():
    found = graded([label("a"), label("b", retryable=True), label("c")], [attempt("a"), attempt("b")])

    assert (found.retryable.hits, found.retryable.total) == (1, 3)


def test_what_is_wrong_is_listed():
    found = graded([label("a"), label("b", "success", None, None)], [attempt("b", signature="key-error")])

    assert found.wrong == ("code called not failed/None: a", "success called failed (key-error): b")
