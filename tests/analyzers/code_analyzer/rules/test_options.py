"""What a run is asked to do."""

import pytest

from analyzers.code_analyzer.options import CodeOptions, ids_of, options_from, version_of
from analyzers.code_analyzer.registry import all_rules, find_rule
from analyzers.code_analyzer.rule import Profile
from dagaudit.errors import SpecInvalid
from dagaudit.finding import Severity


def picked(**options):
    return {rule.id for rule in all_rules() if CodeOptions(**options).picks(rule)}


def test_default_profile_leaves_the_policies_out():
    assert "DGA401" in picked()
    assert "DGA301" not in picked()


def test_strict_profile_has_all_of_the_target():
    assert picked(profile=Profile.STRICT) == {rule.id for rule in all_rules() if rule.applies_to((3, 3))}


def test_prefix_selects_within_the_profile():
    chosen = picked(select=("DGA3",))

    assert chosen
    assert all(rule.startswith("DGA3") for rule in chosen)
    assert "DGA301" not in chosen


@pytest.mark.parametrize("key", ["DGA301", "no-retries"])
def test_whole_id_or_name_runs_though_the_profile_lacks_it(key):
    assert picked(select=(key,)) == {"DGA301"}


def test_ignore_is_stronger_than_select():
    assert "DGA401" not in picked(select=("DGA4",), ignore=("DGA401",))
    assert picked(select=("DGA401",), ignore=("DGA4",)) == set()


def test_rule_of_another_version_does_not_run():
    assert "DGA602" in picked(target=(3, 0))
    assert "DGA602" not in picked(target=(2, 10))


def test_table_is_read():
    options = options_from(
        {
            "select": ["DGA4", "no-retries"],
            "ignore": "dga406",
            "profile": "strict",
            "target-version": "2.10.4",
            "fail_on": "medium",
            "min-severity": "low",
            "per-file-ignores": {"legacy/*": ["DGA4"]},
            "rules": {"DGA316": {"one-machine": True}},
        }
    )

    assert options == CodeOptions(
        select=("DGA4", "no-retries"),
        ignore=("DGA406",),
        profile=Profile.STRICT,
        target=(2, 10),
        fail_on=Severity.MEDIUM,
        per_file_ignores={"legacy/*": ("DGA4",)},
        rule_options={"DGA316": {"one_machine": True}},
    )


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"selct": ["DGA4"]}, ["selct", "select"]),
        ({"profile": "loose"}, ["profile", "loose", "strict"]),
        ({"target": 3.3}, ["target", "3.3", "string"]),
        ({"target": "three"}, ["three", "2.10"]),
        ({"select": 4}, ["select", "list"]),
        ({"fail-on": "fatal"}, ["fail-on", "fatal", "critical"]),
        ({"rules": ["DGA408"]}, ["rules", "table"]),
        ({"per-file-ignores": ["DGA4"]}, ["per-file-ignores", "table"]),
    ],
)
def test_wrong_table_is_refused_with_the_remedy(table, words):
    with pytest.raises(SpecInvalid) as refusal:
        options_from(table)

    assert all(word in str(refusal.value) for word in words)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"select": ("DGA999",)}, ["DGA999"]),
        ({"ignore": ("no-retrys",)}, ["no-retrys", "no-retries"]),
        ({"per_file_ignores": {"*": ("DGX",)}}, ["DGX"]),
        ({"rule_options": {"DGA316": {"one_machin": True}}}, ["one_machin", "one_machine"]),
        ({"rule_options": {"DGA316": {"one_machine": "yes"}}}, ["one_machine", "bool"]),
        ({"rule_options": {"DGA999": {}}}, ["DGA999"]),
    ],
)
def test_unknown_rule_or_option_is_refused(options, words):
    with pytest.raises(SpecInvalid) as refusal:
        CodeOptions(**options).checked(all_rules())

    assert all(word in str(refusal.value) for word in words)


def test_options_of_a_rule_may_be_given_under_its_name():
    options = CodeOptions(rule_options={"local-file-handoff": {"one_machine": True}}).checked(all_rules())

    assert options.settings(all_rules()).option("DGA316", "one_machine") is True


def test_defaults_of_a_rule_fill_what_is_not_given():
    rule = find_rule("DGA316")

    assert CodeOptions().settings([rule]).option("DGA316", "shared_paths") == rule.options["shared_paths"]


@pytest.mark.parametrize(("text", "version"), [("3.3", (3, 3)), ("2.10.4", (2, 10)), (" 3.0.0rc1 ", (3, 0))])
def test_version(text, version):
    assert version_of(text) == version


def test_ids():
    assert ids_of("dga3, No-Retries  DGA401") == ("DGA3", "no-retries", "DGA401")
