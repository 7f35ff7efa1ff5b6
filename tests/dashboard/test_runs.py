"""What the dashboard shows of how a DAG's runs went."""

import pytest

from dagaudit.dag_detail import DagDetail
from dagaudit.finding import Confidence
from dagaudit.report import detail_path
from dashboard.views import overview, runs
from tests.dashboard import sample
from tests.dashboard.pages import crashed, words
from tests.dashboard.troubled import SLOWER, troubled


def detail_of(made, dag_id):
    return DagDetail.model_validate_json((made.folder / detail_path(dag_id)).read_bytes())


@pytest.fixture
def report(tmp_path):
    return sample.publish_sample(tmp_path, troubled())


@pytest.fixture
def detail(report):
    return detail_of(report, "stock_sync")


def test_problems_come_with_word_confidence_and_age(detail):
    missed, slower = runs.problems(detail, sample.NOW)

    assert (missed.badge.word, missed.facts) == ("missed", "")
    assert (slower.badge.word, slower.facts) == ("slower", "likely · since 7 days ago")


def test_figures_that_are_not_known_are_left_out(detail):
    assert runs.figures(detail) == (
        ("Succeeded the first time", "11 of 14 runs"),
        ("Starts after it is due", "4 s, 95 % within 1 min 35 s"),
        ("Started late", "2 runs"),
        ("A failure that was overwritten", "1 run"),
        ("Not counted", "3 backfill runs"),
    )


def test_chain_that_decides_is_named(detail):
    assert runs.path_sentence(detail) == "extract → load decided when it landed in 9 of 12 runs of version 4."
    assert [line.share for line in runs.path(detail)] == [0.8]


def test_newest_version_comes_first(detail):
    assert [line.version for line in runs.versions(detail)] == ["4", "3"]


def test_who_marked_what_is_told(detail):
    (line,) = runs.by_hand(detail)

    assert (line.who, line.did, line.where) == ("anna", "marked as success", "r1 load")


def test_dag_without_history_shows_nothing_of_it(reports):
    bare = detail_of(reports("whole"), "orders_etl")

    assert (runs.figures(bare), runs.path(bare), runs.versions(bare), runs.by_hand(bare)) == ((), (), (), ())
    assert runs.path_sentence(bare) == ""


def test_missed_run_puts_a_dag_without_failures_on_the_attention_list(report):
    page = overview.overview(report.report, sample.NOW)

    line = next(line for line in page.dags if line.link.label == "stock_sync")
    assert line.badge.word == "at risk"
    assert "its run was due at 02:00" in line.facts
    assert "missed run 30 + slower 8" in line.score


def test_overview_counts_the_dags_by_problem(report):
    page = overview.overview(report.report, sample.NOW)

    tile = next(tile for tile in page.tiles if tile.label == "Runs that succeeded")
    assert tile.note.endswith("; 1 missed, 1 slower")


def test_what_is_only_suspected_counts_half(tmp_path):
    suspected = SLOWER.model_copy(update={"confidence": Confidence.SUSPECTED})
    made = sample.publish_sample(tmp_path, troubled((suspected,)))

    row = next(row for row in made.report.dags if row.dag_id == "stock_sync")
    assert ("slower", 4) in {(part.name, part.points) for part in row.attention_parts}


@pytest.mark.parametrize(
    ("tab", "shown"), [("Why", "p50 of load rose"), ("Runs", "Succeeded the first time")]
)
def test_page_of_the_dag_shows_them(report, open_page, tab, shown):
    app = open_page(report.root, "dag", id="stock_sync", tab=tab)

    assert crashed(app) == []
    assert shown in words(app)
    assert "<script>" not in words(app)
