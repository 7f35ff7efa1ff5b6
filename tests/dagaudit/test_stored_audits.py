"""What was found in DAG files lies below the reports root, on a real disk and a real S3 server."""

import zlib

import pytest

from analyzers.code_analyzer.analyze import analyze
from dagaudit.adapters import open_audit_cache, open_report_store
from tests.fakes import MemorySource, MemoryStore

KEY = "0a1b-2c3d"
PLACE = "cache/code/0a1b.z"
DAG = """
from airflow.sdk import DAG, Variable
from airflow.providers.standard.operators.bash import BashOperator

with DAG("shop", schedule="@daily"):
    BashOperator(task_id="a", bash_command=Variable.get("command"))
"""


@pytest.fixture(params=["file", "s3"])
def address(request, tmp_path):
    if request.param == "file":
        return str(tmp_path / "reports")
    return f"s3://{request.getfixturevalue('bucket')}/reports"


@pytest.fixture
def audits(address):
    return open_audit_cache(address)


def test_entry_is_read_as_it_was_written(audits, address):
    audits.put(KEY, b'{"files":{}}')

    assert open_audit_cache(address).get(KEY) == b'{"files":{}}'


def test_nothing_is_there_at_first(audits):
    assert audits.get(KEY) is None


def test_another_question_takes_the_place_of_the_first(audits, address):
    audits.put(KEY, b"1")
    audits.put("0a1b-ffff", b"2")

    assert audits.get(KEY) is None
    assert audits.get("0a1b-ffff") == b"2"
    assert list(open_report_store(address).keys("cache/")) == [PLACE]


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        KEY.encode(),
        KEY.encode() + b"\n",
        KEY.encode() + b"\nnot packed",
        KEY.encode() + b"\n" + zlib.compress(b"x" * 999)[:-5],
    ],
    ids=["empty", "no body", "empty body", "not packed", "cut off"],
)
def test_broken_entry_is_as_good_as_none(audits, address, stored):
    open_report_store(address).write(PLACE, stored)

    assert audits.get(KEY) is None


def test_entry_that_unpacks_to_too_much_is_not_believed(audits, address, monkeypatch):
    monkeypatch.setattr("dagaudit.adapters.stored_audits.MAX_BYTES", 1000)
    open_report_store(address).write(PLACE, KEY.encode() + b"\n" + zlib.compress(b"0" * 5000))

    assert audits.get(KEY) is None


def test_full_store_costs_no_audit(monkeypatch, tmp_path):
    monkeypatch.setattr("dagaudit.adapters.open_report_store", lambda *_: MemoryStore(full=True))

    audits = open_audit_cache(tmp_path)
    audits.put(KEY, b"1")

    assert audits.get(KEY) is None


def test_second_audit_of_the_same_files_says_the_same(audits, monkeypatch):
    first = analyze([MemorySource({"shop.py": DAG})], audits=audits)
    monkeypatch.delattr("analyzers.code_analyzer.bundle.interpret")

    assert analyze([MemorySource({"shop.py": DAG})], audits=audits) == first
    assert "DGA401" in {each.rule for each in first.findings}
