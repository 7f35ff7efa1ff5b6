"""Defects are planted where they are said to be, and what is found of them is counted honestly."""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from analyzers.analyzer import NoProgress
from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.planting import cases
from analyzers.code_analyzer.planting.bench import TODAY, run_bench
from analyzers.code_analyzer.planting.edits import MARK, Edit, applied
from analyzers.code_analyzer.planting.forms import all_forms, forms_in
from analyzers.code_analyzer.planting.host import Host
from analyzers.code_analyzer.planting.hosts import hosts_of, own_hosts
from analyzers.code_analyzer.planting.score import Share
from analyzers.code_analyzer.planting.structure import agreement
from analyzers.code_analyzer.planting.twins import renamed
from analyzers.code_analyzer.registry import our_rules
from analyzers.code_analyzer.rule import Profile
from dagaudit.adapters import open_dag_source
from dagaudit.cli.bench.code import EXAMPLES, FLAWED
from dagaudit.dag import DagModel, Tier
from tests.fakes import MemorySource

ROOT = Path(__file__).parents[4]
HOST = '''"""Loads the shops."""
from airflow.sdk import DAG, task

with DAG("load_shops", schedule="@daily", catchup=False) as dag:
    @task
    def load(name="a"):
        """Load."""
        return name

    load()
'''


@pytest.fixture(scope="module")
def hosts():
    examples = [host for host in hosts_of(open_dag_source(str(EXAMPLES))) if host.path not in FLAWED]
    return [*own_hosts(), *examples]


@pytest.fixture
def nothing_held_out(monkeypatch):
    monkeypatch.setattr(cases, "HELD_OUT_SHARE", 0)


def form(text):
    (made,) = forms_in(text)
    return made


def bench(text, most=4):
    return run_bench([form(text)], [Host("shops.py", HOST)], NoProgress(), most=most)


def test_most_rules_have_forms():
    covered = {each.rule for each in all_forms()}

    assert covered <= {rule.id for rule in our_rules()}
    assert len(covered) >= 149


def test_every_form_has_a_place_in_the_examples(hosts):
    everywhere = {each.rule: hosts for each in all_forms()}
    planted = {case.form.key for case in cases.cases_of(all_forms(), everywhere, 0, 1000)}

    assert {each.key for each in all_forms()} - planted == set()


def test_no_rule_speaks_of_the_files_that_we_ship():
    files = {host.path: host.text for host in own_hosts()}
    section = analyze([MemorySource(files)], CodeOptions(profile=Profile.STRICT, today=TODAY))

    assert len(files) >= 2
    assert section.coverage.analyzed == len(files)
    assert section.findings == ()


def test_planted_files_are_python_and_decoys_too(hosts):
    everywhere = {each.rule: hosts[:3] for each in all_forms()}
    for case in cases.cases_of(all_forms(), everywhere, 1, 1000):
        assert case.lines
        assert not any(MARK in text for text in case.texts.values())
        if case.rule != "DGA101":
            for path, text in case.texts.items():
                assert ast.parse(text) if path.endswith(".py") else text


def test_same_seed_plants_the_same(hosts):
    def chosen(seed):
        everywhere = {each.rule: hosts for each in all_forms()}
        return [(case.key, case.texts) for case in cases.cases_of(all_forms(), everywhere, seed, 2)]

    assert chosen(3) == chosen(3)
    assert chosen(3) != chosen(4)


def test_half_of_the_cases_is_held_out_whatever_the_seed(hosts):
    everywhere = {each.rule: hosts for each in all_forms()}
    found = list(cases.cases_of(all_forms(), everywhere, 5, 1000))

    assert 0.4 < sum(case.held_out for case in found) / len(found) < 0.6


def test_edits_know_their_lines():
    text, lines = applied("a\nb\nc\n", [Edit(2, 3, f"x{MARK}\ny"), Edit(4, 4, f"z  # {MARK}\n")])

    assert text == "a\nx\ny\nz\nc\n"
    assert lines == {2, 4}


def test_overlapping_edits_are_refused():
    with pytest.raises(ValueError):
        applied("abcdef", [Edit(0, 3, "x"), Edit(2, 4, "y")])


def test_twin_has_other_names_and_the_same_meaning():
    twin = renamed({"shops.py": HOST}, {"shops.py": {8}})

    assert twin is not None
    text = twin[0]["shops.py"]
    assert "load_shops_q7" in text
    assert "def load_q7(" in text
    assert text.splitlines()[next(iter(twin[1]["shops.py"])) - 1].strip() == "return name"


def test_twin_leaves_what_is_no_python_as_it_is():
    twin = renamed({"shops.py": HOST, "requirements.txt": "apache-airflow==3.3.2\n"}, {"shops.py": {8}})

    assert twin is not None
    assert twin[0]["requirements.txt"] == "apache-airflow==3.3.2\n"


def test_found_defect_counts(nothing_held_out):
    result = bench(
        '[DGA402 get task]\nimports:\n    import requests\nalso: DGA110\nbad:\n    requests.get("http://x")\ntop:\n    X = requests.get("http://x", timeout=3)  # §'
    )
    score = result.tuning.rules["DGA402"]

    assert (score.recall, score.kept) == (Share(1, 1), Share(1, 1))


def test_missed_defect_is_told(nothing_held_out):
    result = bench("[DGA402 none module]\nbad:\n    X = 1  # §")

    assert result.tuning.rules["DGA402"].recall == Share(0, 1)
    assert [miss.what for miss in result.misses] == ["missed", "missed in the renamed twin"]
    assert result.misses[0].lines == ("shops.py:3: X = 1",)


def test_held_out_misses_are_counted_and_not_told(monkeypatch):
    monkeypatch.setattr(cases, "HELD_OUT_SHARE", 1)
    result = bench("[DGA402 none module]\nbad:\n    X = 1  # §")

    assert result.held_out.rules["DGA402"].recall == Share(0, 1)
    assert result.misses == []


def test_finding_beside_the_planted_one_is_false(nothing_held_out):
    result = bench(
        "[DGA407 star module]\nimports:\n    from os.path import *  # §\nbad:\n    X = 1\ntop:\n    exec('X = 1')"
    )

    assert result.tuning.rules["DGA407"].recall == Share(1, 1)
    assert result.tuning.rules["DGA415"].false == 2
    assert result.tuning.rules["DGA415"].precision == Share(0, 2)


def test_finding_on_the_decoy_is_false(nothing_held_out):
    result = bench(
        "[DGA415 exec module]\nalso: DGA505\nbad:\n    exec('X = 1')  # §\ngood:\n    exec('X = 2')"
    )

    assert result.tuning.rules["DGA415"].false == 1
    assert result.misses[-1].what == "false on the decoy"


def test_unknown_place_is_refused():
    with pytest.raises(ValueError, match="nowhere"):
        form("[DGA401 x nowhere]\nbad:\n    X = 1")


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 0, 0, 1), (10, 10, 0.722, 1), (0, 10, 0, 0.278), (81, 90, 0.821, 0.946)],
)
def test_intervals_are_wilsons(part, whole, low, high):
    assert Share(part, whole).interval == pytest.approx((low, high), abs=0.001)


def test_exact_dag_that_differs_is_named():
    ours = [
        DagModel(dag_id=name, path="a.py", line=1, tier=tier)
        for name, tier in (("same", Tier.EXACT), ("partly", Tier.PARTIAL), ("wrong", Tier.EXACT))
    ]
    empty = {"tasks": [], "edges": [], "catchup": False, "tags": []}
    real = {
        "same": empty,
        "partly": empty | {"tasks": ["a"]},
        "wrong": empty | {"tags": ["x"]},
        "gone": empty,
    }

    found = agreement(ours, real)

    assert found.equal == Share(1, 4)
    assert found.exact_and_wrong == ("wrong",)
    assert len(found.differences) == 3


def test_flawed_examples_are_those_that_are_expected():
    expected = tomllib.loads((ROOT / "tests" / "examples" / "expected.toml").read_text())

    assert {each["path"] for each in expected["flaws"]} == FLAWED


def bench_command(*arguments):
    command = [sys.executable, "-m", "dagaudit", "bench", "code", *arguments]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)


def test_command_takes_several_rules_at_once():
    document = json.loads(
        bench_command("--select", "DGA138,DGA139", "--cases", "1", "--format", "json").stdout
    )

    assert document["cases"] == 2


def test_rule_without_a_form_is_named():
    done = bench_command("--select", "DGA999", "--cases", "1")

    assert done.returncode == 2
    assert "nothing of DGA999 could be planted" in done.stderr


def test_command_prints_one_document():
    done = bench_command("--select", "DGA401", "--cases", "2", "--format", "json")

    document = json.loads(done.stdout)
    assert document["cases"] == 2
    assert document["failures"] == []
    found = [document[half]["recall"]["of"] for half in ("tuning", "held_out")]
    assert sum(found) == 2
