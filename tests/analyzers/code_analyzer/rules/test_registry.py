"""How rules are found."""

import sys
from importlib.metadata import EntryPoint

import pytest

from analyzers.code_analyzer import registry
from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.registry import all_rules, find_rule
from analyzers.code_analyzer.rule import Kind, Profile
from analyzers.code_analyzer.rule_text import rule_text
from dagaudit.errors import SpecInvalid
from dagaudit.finding import Severity
from tests.fakes import MemorySource

FOREIGN = '''
"""{id}: a DAG has the word foo.

Because we say so.
"""
import ast
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

@file_rule("{id}", "{name}", Severity.LOW)
def check(file):
    for node in file.all(ast.Name):
        if node.id == "foo":
            yield Problem(node, "foo")
'''


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Installs a package that adds a rule, as pip would."""
    monkeypatch.syspath_prepend(str(tmp_path))
    registry.all_rules.cache_clear()

    def add(module, source, value=None):
        (tmp_path / f"{module}.py").write_text(source)
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[dagaudit.rules]\n{module} = {value or module}\n")

    yield add
    registry.all_rules.cache_clear()
    for name in [name for name in sys.modules if name.startswith("foreign_")]:
        del sys.modules[name]


def test_rule_of_another_package_runs(install):
    install("foreign_rule", FOREIGN.format(id="ACME001", name="acme-foo"))

    section = analyze(
        [MemorySource({"a.py": "foo\n"}, address="memory://a.py")], CodeOptions(select=("ACME",))
    )

    assert [(each.rule, each.line) for each in section.findings] == [("ACME001", 1)]


def test_entry_point_may_name_the_function(install):
    install("foreign_function", FOREIGN.format(id="ACME002", name="acme-bar"), "foreign_function:check")

    assert find_rule("acme-bar").id == "ACME002"


@pytest.mark.parametrize(("rule_id", "name"), [("DGA401", "acme-foo"), ("ACME001", "no-retries")])
def test_taken_id_or_name_is_refused(install, rule_id, name):
    install("foreign_twin", FOREIGN.format(id=rule_id, name=name))

    with pytest.raises(SpecInvalid, match="two rules are called"):
        all_rules()


def test_entry_point_that_is_no_rule_is_refused(install):
    install("foreign_nothing", "check = 1\n")

    with pytest.raises(SpecInvalid, match="foreign_nothing"):
        all_rules()


def test_entry_points_are_read_by_group():
    assert EntryPoint("x", "y", registry.ENTRY_POINTS).group == "dagaudit.rules"


@pytest.mark.parametrize("wanted", ["DGA401", "dga401", "metadata-call-at-parse", " DGA401 "])
def test_rule_is_found_by_id_or_name(wanted):
    assert find_rule(wanted).id == "DGA401"


@pytest.mark.parametrize(
    ("wanted", "hint"), [("DGA4011", "DGA401"), ("no-retry", "no-retries"), ("zzz", "dagaudit rules")]
)
def test_unknown_rule_names_the_closest(wanted, hint):
    with pytest.raises(SpecInvalid, match=hint):
        find_rule(wanted)


def test_severities_are_those_of_the_design():
    critical = {rule.id for rule in all_rules() if rule.severity is Severity.CRITICAL}

    assert critical == {"DGA101", "DGA102", "DGA104", "DGA501", "DGA502"}


def test_policies_are_strict():
    default = {rule.id for rule in all_rules() if rule.profile is Profile.DEFAULT}

    assert not default & {"DGA301", "DGA304", "DGA305", "DGA310"}
    assert not any(rule.startswith("DGA7") for rule in default)


@pytest.mark.parametrize("rule", all_rules(), ids=[rule.id for rule in all_rules()])
def test_metadata_is_complete(rule):
    assert rule.id.startswith("DGA")
    assert rule.name == rule.name.lower().replace("_", "-").replace(" ", "-")
    assert rule.tags
    assert rule.kind in Kind
    assert len(rule.tags) <= 20
    assert rule_text(rule.documentation).summary.endswith(".")
    assert rule.collect is None or rule.kind is Kind.BUNDLE


def test_docstring_without_id_is_refused():
    with pytest.raises(ValueError, match="begins with its id"):
        rule_text("A rule about something.")


def test_example_of_several_files_is_taken_apart():
    text = rule_text(
        "DGA1: a.\n\nBad:\n\n    # target: 2.10\n"
        "    # file: a.py\n    x = 1  # <- here\n    # file: b.py\n    y = 2\n"
    )

    assert text.examples[0].files == {"a.py": "x = 1  # <- here\n", "b.py": "y = 2\n"}
    assert text.examples[0].marked == {("a.py", 1)}
    assert text.examples[0].target == (2, 10)
