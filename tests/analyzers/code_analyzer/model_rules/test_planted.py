"""A file with eighteen planted defects: each is found, on its line, and nothing bad besides them."""

import re
from datetime import date
from pathlib import Path

import pytest

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from tests.fakes import MemorySource

SOURCE = (Path(__file__).parent / "cases" / "planted.py.txt").read_text()
PLANTED = [
    (number, found[1])
    for number, line in enumerate(SOURCE.splitlines(), 1)
    if (found := re.search(r"# <- (DGA\d+)$", line))
]


def audited(profile):
    section = analyze(
        [MemorySource({"orders.py": SOURCE})], CodeOptions(profile=profile, today=date(2026, 11, 21))
    )
    assert section.failures == ()
    return section.findings


@pytest.fixture(scope="module")
def strict():
    return {(each.line, each.rule) for each in audited("strict")}


def test_eighteen_are_planted():
    assert len(PLANTED) == 18


@pytest.mark.parametrize(("line", "rule"), PLANTED)
def test_planted_defect_is_found_on_its_line(strict, line, rule):
    assert (line, rule) in strict


def test_default_profile_finds_nothing_bad_that_was_not_planted():
    bad = {(each.line, each.rule) for each in audited("default") if each.severity != "low"}

    assert bad <= set(PLANTED)
