"""How the example DAGs are prepared for their runs."""

import ast
import sys
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def laid_out(monkeypatch, tmp_path):
    """The folder that Airflow is given."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import_module("make_logs").lay_out(tmp_path / "dags", date(2026, 11, 20))
    yield tmp_path / "dags"
    del sys.modules["make_logs"], sys.modules["neutral_logs"]


def test_lines_stay_where_they_are(laid_out):
    for original in [*EXAMPLES.glob("dags/*.py"), *EXAMPLES.glob("faults/*.py")]:
        names = [line.split("(")[0] for line in original.read_text().splitlines()]
        copied = [line.split("(")[0] for line in (laid_out / original.name).read_text().splitlines()]

        assert [one.partition("=")[0] for one in copied] == [one.partition("=")[0] for one in names]


def test_scheduled_dags_catch_up_on_the_days_that_they_are_to_run(laid_out):
    text = (laid_out / "ml_pipeline.py").read_text()

    assert (
        "start_date=datetime(2026, 11, 16, tzinfo=UTC), end_date=datetime(2026, 11, 20, 23, tzinfo=UTC)"
        in text
    )
    assert "catchup=True" in text
    ast.parse(text)


def test_dag_that_others_start_has_no_end(laid_out):
    _, _, importer = (laid_out / "file_drop.py").read_text().partition("schedule=None")

    assert "end_date" not in importer


def test_retries_do_not_wait_for_minutes(laid_out):
    text = (laid_out / "ml_pipeline.py").read_text()

    assert '"retry_delay": timedelta(seconds=5)' in text
    assert '"execution_timeout": timedelta(minutes=20)' in text
