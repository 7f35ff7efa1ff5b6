"""Nothing in a URL is believed."""

import pytest

from dashboard import state
from dashboard.state import Key


@pytest.mark.parametrize("value", ["20261121T090248Z-f2de5f6c"])
def test_report_id_is_taken(value):
    assert state.report_id({Key.REPORT: value}) == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        "latest",
        "../../etc/passwd",
        "20261121T090248Z-F2DE5F6C",
        "20261121T090248Z-f2de5f6c/..",
        "99999999T999999Z-00000000",
    ],
)
def test_what_is_no_report_id_is_not(value):
    assert state.report_id({Key.REPORT: value}) is None


@pytest.mark.parametrize("value", ["0", "-1", "1e3", "²", "٣", "9" * 30, "", "1_000", " 7"])
def test_what_is_no_line_is_not_taken(value):
    assert state.line({Key.LINE: value}) is None


def test_line_is_taken():
    assert state.line({Key.LINE: "42"}) == 42


@pytest.mark.parametrize("parse", [state.dag_id, state.task_id, state.cause_id])
def test_endless_or_missing_id_is_not_taken(parse):
    assert parse({}) is None
    assert parse(dict.fromkeys((Key.DAG, Key.TASK, Key.CAUSE), "x" * 10_000)) is None


def test_keys_are_told_apart():
    assert len({key.value for key in Key}) == len(Key)
