"""An unchanged file is not looked at again, and a changed one always is."""

from dataclasses import replace
from datetime import date

import pytest

from analyzers.code_analyzer import bundle as bundles
from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.rule import Profile
from tests.fakes import MemorySource

OPTIONS = CodeOptions(profile=Profile.STRICT, today=date(2026, 11, 21))
DAG = """
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
from common import RETRIES

with DAG("{dag_id}", schedule="@daily", catchup=True):
    BashOperator(task_id="a", bash_command="{command}", retries=RETRIES)  # noqa: DGA999
"""
FILES = {
    "common.py": "RETRIES = 3\n",
    "one.py": DAG.format(dag_id="one", command="run.sh"),
    "two.py": DAG.format(dag_id="two", command="echo {{ execution_date }}"),
    "old.py": "from airflow.operators.python import PythonOperator\nfrom airflow import DAG\nDAG('old')\n",
    "run.sh": "echo {{ ds }}\n",
}


class Kept(dict):
    def put(self, key, data):
        self[key] = data


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def interpreted(monkeypatch):
    paths = []
    interpret = bundles.interpret

    def counting(parsed, **more):
        paths.append(parsed.path)
        return interpret(parsed, **more)

    monkeypatch.setattr(bundles, "interpret", counting)
    return paths


def test_second_run_says_the_same(kept):
    first = analyze([MemorySource(FILES)], OPTIONS, audits=kept)

    assert analyze([MemorySource(FILES)], OPTIONS, audits=kept) == first
    assert analyze([MemorySource(FILES)], OPTIONS) == first
    assert {"DGA600"} <= {finding.rule for finding in first.findings}


def test_second_run_interprets_nothing(kept, interpreted):
    analyze([MemorySource(FILES)], OPTIONS, audits=kept)
    interpreted.clear()

    analyze([MemorySource(FILES)], OPTIONS, audits=kept)

    assert interpreted == []


@pytest.mark.parametrize(
    ("changed", "text", "again"),
    [
        ("one.py", DAG.format(dag_id="one", command="exit 1"), ["one.py"]),
        ("common.py", "RETRIES = 0\n", ["common.py", "one.py", "two.py"]),
        ("run.sh", "echo {{ execution_date }}\n", ["one.py"]),
        ("new.py", DAG.format(dag_id="new", command="ls"), ["new.py"]),
    ],
)
def test_change_costs_only_what_depends_on_it(kept, interpreted, changed, text, again):
    analyze([MemorySource(FILES)], OPTIONS, audits=kept)
    interpreted.clear()
    after = FILES | {changed: text}

    section = analyze([MemorySource(after)], OPTIONS, audits=kept)

    assert sorted(interpreted) == again
    assert section == analyze([MemorySource(after)], OPTIONS)


DATED = """
from datetime import datetime
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator

"""
FROM_TO = (
    DATED
    + """
with DAG("dated", schedule="@daily", start_date=datetime(2026, 12, 1), end_date=datetime(2027, 1, 31), catchup=False):
    BashOperator(task_id="a", bash_command="ls")
"""
)
STORM = (
    DATED
    + """
with DAG("storm", schedule="@hourly", start_date=datetime(2026, 1, 1), catchup=True):
    BashOperator(task_id="a", bash_command="ls")
"""
)


@pytest.mark.parametrize(
    ("day", "again"),
    [
        (date(2026, 11, 21), []),
        (date(2026, 11, 22), ["storm.py"]),
        (date(2026, 11, 30), ["storm.py"]),
        (date(2026, 12, 1), ["dated.py", "storm.py"]),
        (date(2027, 1, 31), ["dated.py", "storm.py"]),
        (date(2027, 2, 1), ["dated.py", "storm.py"]),
        (date(2026, 11, 20), ["storm.py"]),
        (None, ["dated.py", "storm.py"]),
    ],
)
def test_another_day_costs_only_what_depends_on_it(kept, interpreted, day, again):
    files = FILES | {"dated.py": FROM_TO, "storm.py": STORM}
    analyze([MemorySource(files)], OPTIONS, audits=kept)
    interpreted.clear()
    options = replace(OPTIONS, today=day)

    section = analyze([MemorySource(files)], options, audits=kept)

    assert sorted(interpreted) == again
    assert section == analyze([MemorySource(files)], options)


@pytest.mark.parametrize(
    ("day", "again"),
    [(date(2026, 11, 21), []), (date(2026, 11, 22), ["both.py"]), (date(2026, 12, 1), ["both.py"])],
)
def test_file_costs_again_as_soon_as_one_of_its_dags_depends_on_the_day(kept, interpreted, day, again):
    files = FILES | {"both.py": FROM_TO + STORM.removeprefix(DATED)}
    analyze([MemorySource(files)], OPTIONS, audits=kept)
    interpreted.clear()
    options = replace(OPTIONS, today=day)

    section = analyze([MemorySource(files)], options, audits=kept)

    assert sorted(interpreted) == again
    assert section == analyze([MemorySource(files)], options)


def test_file_that_is_gone_is_forgotten(kept):
    analyze([MemorySource(FILES)], OPTIONS, audits=kept)
    after = {path: text for path, text in FILES.items() if path != "common.py"}

    section = analyze([MemorySource(after)], OPTIONS, audits=kept)

    assert section == analyze([MemorySource(after)], OPTIONS)


@pytest.mark.parametrize(
    "options",
    [
        replace(OPTIONS, today=date(2027, 11, 21)),
        replace(OPTIONS, target=(2, 10)),
        replace(OPTIONS, profile=Profile.DEFAULT),
        replace(OPTIONS, rule_options={"DGA206": {"max_intervals": 1}}),
    ],
    ids=["day", "target", "profile", "rule's option"],
)
def test_other_question_is_answered_anew(kept, options):
    analyze([MemorySource(FILES)], OPTIONS, audits=kept)

    assert analyze([MemorySource(FILES)], options, audits=kept) == analyze([MemorySource(FILES)], options)


@pytest.mark.parametrize("entry", [b"", b"{", b"[]", b'{"files": {"one.py": 3}}', b"\xff"])
def test_corrupt_entry_is_ignored(kept, entry):
    first = analyze([MemorySource(FILES)], OPTIONS, audits=kept)
    for key in kept:
        kept[key] = entry

    assert analyze([MemorySource(FILES)], OPTIONS, audits=kept) == first


def test_broken_file_is_told_each_time(kept):
    files = FILES | {"broken.py": "from airflow import DAG\nDAG(\n"}
    first = analyze([MemorySource(files)], OPTIONS, audits=kept)

    assert analyze([MemorySource(files)], OPTIONS, audits=kept) == first
    assert "DGA101" in {finding.rule for finding in first.findings}


def test_no_source_text_is_copied(kept):
    analyze([MemorySource(FILES)], OPTIONS, audits=kept)

    assert kept
    assert all(b"PythonOperator\\nfrom airflow import DAG" not in entry for entry in kept.values())
