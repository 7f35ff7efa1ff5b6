"""The cases in cases/*.txt: what rules find beyond their own examples, and what they leave alone.

A case is a heading `## rule: what it shows`, then code without imports; `# <- here` marks what must be found,
`# file: name` divides files, `# target: 2.10` sets the Airflow version, as in the examples of a rule.
"""

import re
from pathlib import Path

import pytest

from analyzers.code_analyzer.registry import all_rules
from analyzers.code_analyzer.rule_text import Example
from tests.analyzers.code_analyzer.model_rules.audited import found

CASES = [
    pytest.param(rule, Example(bad="# <- here" in code, code=code), id=f"{rule}-{title}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.txt"))
    for rule, title, code in re.findall(
        r"^## (\w+): (.+)\n((?:(?!## ).*\n?)*)", path.read_text(), re.MULTILINE
    )
]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_rule_finds_the_marked_lines_only(rule, example):
    options = {"target": example.target} if example.target else {}

    assert set(found(rule, example.files, **options)) == example.marked


def test_each_case_names_a_rule():
    known = {rule.id for rule in all_rules()}

    assert {case.values[0] for case in CASES} <= known


def test_no_two_cases_have_one_name():
    names = [case.id for case in CASES]

    assert len(names) == len(set(names))
