"""What every fix holds to, over the rules' examples, Airflow's own examples and mutated ones.

The conditions are looked at anew here, with a whole audit before and after, not by asking the fixer.
"""

import ast
import io
import re
import tokenize
from collections import Counter
from dataclasses import replace
from difflib import SequenceMatcher

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.registry import all_rules
from analyzers.code_analyzer.rule_text import MARK, rule_text
from tests.analyzers.code_analyzer.agreement import dialects_basic, dialects_hard, dialects_more
from tests.analyzers.code_analyzer.fixes.mending import STRICT, mended
from tests.fakes import MemorySource
from tests.real_airflow import packages

BAD = [
    pytest.param(rule, example, id=f"{rule.id}-{number}")
    for rule in all_rules()
    for number, example in enumerate(rule_text(rule.documentation).examples)
    if example.bad
]
SOURCES = [
    dialects_basic.HEAD + text
    for cases in (dialects_basic.CASES, dialects_more.CASES, dialects_hard.CASES)
    for text in cases.values()
]
# What a mutation takes away or puts in, so that there is something to mend.
MUTATIONS = [
    (r", schedule=[^,()]+(?=[,)])", ""),
    (r", catchup=\w+", ""),
    (r"task_id=", "email_on_failure=True, task_id="),
    (r'bash_command="true"', 'bash_command="/opt/é.sh"'),
    (r'bash_command="true"', 'bash_command="x {{ execution_date }}"'),
    (r'trigger_rule="\w+"', 'trigger_rule="dummy"'),
    (r"\n", "\r\n"),
    (r" >> ", " << "),
    (r"\n\n", "\n# noqa: DGA401\n\n"),
    (r"    ", "\t"),
]


def seen(files, options=STRICT):
    address = f"memory://{next(iter(files))}" if len(files) == 1 else "memory://"
    return analyze([MemorySource(files, address=address)], options)


def counts(section):
    return Counter((each.path, each.rule, each.dag_id, each.task_id) for each in section.findings)


def structure(section):
    return [
        (
            dag.path,
            dag.dag_id,
            re.sub(r"line \d+", "a line", repr(dag.schedule)),
            [(task.task_id, task.operator, task.group, task.is_mapped) for task in dag.tasks],
            dag.edges,
        )
        for dag in section.dags
    ]


def comments(data):
    text = io.StringIO(data.decode().replace("\r\n", "\n"))
    return [
        token.string for token in tokenize.generate_tokens(text.readline) if token.type == tokenize.COMMENT
    ]


def hold(files, options=STRICT, *, unsafe=False):
    """Mend, and look whether all that a fix promises is so."""
    before = {path: text.encode() for path, text in files.items()}
    made = mended(before, options, unsafe=unsafe)
    after = before | made.files[0]
    was, is_now = seen(before, options), seen(after, options)
    fixed = Counter((each.path, each.rule, each.dag_id, each.task_id) for each in made.made)

    assert made.failures == []
    assert counts(is_now) - counts(was) == Counter()
    assert fixed - (counts(was) - counts(is_now)) == Counter()
    if "DGA600" not in {each.rule for each in made.made} and "DGA603" not in {
        each.rule for each in made.made
    }:
        assert structure(is_now) == structure(was)
    for path in made.files[0]:
        ast.parse(after[path])
        lost = Counter(comments(before[path])) - Counter(comments(after[path]))
        assert all("noqa" in each or "dagaudit:" in each for each in lost)
        assert (b"\r" in after[path]) == (b"\r" in before[path])
    assert mended(after, options, unsafe=unsafe).files == [{}]
    return made


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize(("rule", "example"), BAD)
def test_fixes_of_bad_examples(rule, example, unsafe):
    files = {
        name: re.sub(rf"\s*{MARK}$", "", text, flags=re.MULTILINE) for name, text in example.files.items()
    }
    target = example.target or (3, 3)
    parts = {name: text for name, text in files.items() if name.endswith(".py")}

    if rule.id == "DGA101":
        return
    hold(files if len(parts) > 1 else parts, replace(STRICT, target=target), unsafe=unsafe)


@pytest.mark.parametrize("rule", [rule for rule in all_rules() if rule.fixes], ids=lambda rule: rule.id)
def test_rule_that_claims_a_fix_has_one(rule):
    kinds = set()
    for example in rule_text(rule.documentation).examples:
        files = {name: text.replace(f"  {MARK}", "") for name, text in example.files.items()}
        section = seen(files, replace(STRICT, target=example.target or (3, 3)))
        kinds |= {each.fix.applicability for each in section.findings if each.rule == rule.id and each.fix}

    assert kinds
    assert kinds <= set(rule.fixes)


def test_rule_that_claims_no_fix_offers_none():
    without = {rule.id for rule in all_rules() if not rule.fixes}
    for rule in all_rules():
        for example in rule_text(rule.documentation).examples:
            offered = {each.rule for each in seen(example.files).findings if each.fix is not None}

            assert not offered & without


def test_at_least_fifteen_rules_have_a_safe_fix():
    assert sum("safe" in rule.fixes for rule in all_rules()) >= 15


@pytest.mark.xdist_group("airflow")
@pytest.mark.parametrize("part", ["airflow/example_dags", "airflow/providers/standard/example_dags"])
def test_fixes_of_airflows_own_examples(part):
    root = packages() / part
    files = {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*.py"))}
    # As they are there is next to nothing to mend.
    files = {path: re.sub(r"\n\s+catchup=\w+,", "", text) for path, text in files.items()}

    made = hold(files)

    assert len(made.made) > 3
    for path, data in made.files[0].items():
        blocks = SequenceMatcher(None, files[path].splitlines(), data.decode().splitlines(), autojunk=False)
        assert blocks.ratio() > 0.8


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_fixes_of_mutated_dags(data):
    text = data.draw(st.sampled_from(SOURCES))
    for old, new in data.draw(st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=4)):
        text = re.sub(old, lambda _, new=new: new, text)
    try:
        ast.parse(text)
    except SyntaxError:
        return

    hold({"a.py": text}, unsafe=data.draw(st.booleans()))
