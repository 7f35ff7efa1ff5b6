"""Every example in a rule's docstring is true: Bad is found, on the marked lines, Good is not."""

from datetime import date

import pytest

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.registry import all_rules
from analyzers.code_analyzer.rule_text import rule_text
from dagaudit.finding import Severity
from tests.fakes import MemorySource

RULES = all_rules()
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-{'bad' if example.bad else 'good'}-{number}")
    for rule in RULES
    for number, example in enumerate(rule_text(rule.documentation).examples, 1)
]
TODAY = date(2026, 11, 21)


def audit(example, **options):
    options.setdefault("today", TODAY)
    if example.target:
        options["target"] = example.target
    # A single file is its own source, so that safe mode does not ask whether it speaks of DAGs.
    address = "memory://example.py" if len(example.files) == 1 else "memory://"
    return analyze([MemorySource(example.files, address=address)], CodeOptions(**options))


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_rule_says_what_it_is(rule):
    text = rule_text(rule.documentation)

    assert text.id == rule.id
    assert text.why
    assert {example.bad for example in text.examples} == {True, False}


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_rule_stays_silent_on_an_empty_file(rule):
    section = analyze(
        [MemorySource({"empty.py": ""}, address="memory://empty.py")], CodeOptions(select=(rule.id,))
    )

    assert section.findings == ()
    assert section.failures == ()


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_example_is_true(rule, example):
    # DGA001 needs the rule that the suppression names; the rest of the default profile runs with each.
    strict = CodeOptions(profile="strict")
    section = audit(example, select=tuple(each.id for each in RULES if strict.picks(each)))
    found = {(each.path, each.line) for each in section.findings if each.rule == rule.id}

    # What exec() and the like define cannot be found, and that is told besides the finding.
    assert not [failure for failure in section.failures if "may define DAGs" not in failure.message]
    assert not section.failures or rule.id == "DGA415"
    if not example.bad:
        assert found == set()
    elif example.marked:
        assert found == example.marked
    else:
        assert found


@pytest.mark.parametrize(("rule", "example"), [each for each in EXAMPLES if not each.values[1].bad])
def test_good_example_has_no_other_error(rule, example):
    section = audit(example)

    assert [each for each in section.findings if each.severity.at_least(Severity.HIGH)] == []
