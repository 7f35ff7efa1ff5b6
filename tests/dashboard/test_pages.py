"""Every page on every kind of report."""

import json
from dataclasses import replace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dagaudit.finding import Severity
from tests.dashboard import sample
from tests.dashboard.pages import code_of, crashed, words

PAGES = [
    ("overview", {}),
    ("dags", {}),
    ("dag", {}),
    ("dag", {"id": "orders_etl"}),
    ("dag", {"id": "orders_etl", "tab": "Code"}),
    ("dag", {"id": "orders_etl", "tab": "Graph"}),
    ("dag", {"id": "orders_etl", "tab": "Runs"}),
    ("failures", {}),
    ("findings", {}),
    ("trends", {}),
]


@pytest.mark.parametrize("kind", ["whole", "partial", "failed", "empty"])
@pytest.mark.parametrize(("page", "params"), PAGES, ids=str)
def test_page_is_drawn_whatever_the_report(reports, open_page, kind, page, params):
    app = open_page(reports(kind).root, page, **params)

    assert crashed(app) == []
    assert "report from" in words(app)


@pytest.mark.parametrize("page", ["overview", "dags", "dag", "failures", "findings", "trends"])
def test_page_of_another_schema_says_what_to_do(tmp_path, open_page, page):
    made = sample.publish_sample(tmp_path, sample.whole())
    old = {**json.loads(made.final.read_bytes()), "schema_version": "2.4.0"}
    made.final.write_text(json.dumps(old))

    app = open_page(tmp_path, page) if page == "overview" else _first_page(open_page(tmp_path), page)

    assert not app.exception
    assert "schema 2\\.4\\.0" in app.error[0].value
    assert "same version" in app.error[0].value


def _first_page(app: AppTest, page: str) -> AppTest:
    app.switch_page(f"app_pages/{page}.py")
    return app.run()


def test_missing_report_names_the_place_and_the_command(tmp_path, open_page):
    app = open_page(tmp_path / "nothing")

    assert "nothing" in app.error[0].value
    assert "dagaudit audit" in app.code[0].value


def test_no_address_says_how_to_give_one(open_page):
    assert "DASHBOARD\\_DATA\\_PATH" in open_page("").error[0].value


def test_damaged_manifest_is_a_sentence_and_no_trace(tmp_path, open_page):
    sample.publish_sample(tmp_path, sample.whole()).final.write_bytes(b"{}")

    app = open_page(tmp_path)

    assert not app.exception
    assert "run the audit" in app.error[0].value


def test_damaged_table_costs_only_its_card(tmp_path, open_page):
    made = sample.publish_sample(tmp_path, sample.whole())
    (made.folder / "findings.parquet").write_bytes(b"junk")

    app = open_page(tmp_path, "findings")

    assert not app.exception
    assert "findings\\.parquet" in app.warning[0].value


def test_crash_of_a_card_leaves_the_rest(reports, open_page, monkeypatch, caplog):
    def crash(*_: object) -> None:
        raise KeyError("secret detail")

    monkeypatch.setattr("dashboard.widgets.summary.causes", crash)

    app = open_page(reports("whole").root)

    assert "top causes could not be drawn" in app.warning[0].value
    assert "secret detail" not in words(app)
    assert "orders\\_etl" in app.page_link[-2].value
    assert "secret detail" in caplog.text


def test_final_document_alone_leads_to_the_rest(reports, open_page, tmp_path):
    copy = tmp_path / "final_dashboard_data.json"
    copy.write_bytes(reports("whole").final.read_bytes())

    app = open_page(copy, "dag", id="orders_etl")

    assert "The database refuses connections" in words(app)


def test_final_document_in_its_own_folder_needs_no_root(reports, open_page):
    app = open_page(reports("whole").final, "findings")

    assert len(app.dataframe[-1].value) == 3


class TestOverview:
    """The first page."""

    def test_tiles_tell_the_numbers(self, reports, open_page):
        app = open_page(reports("whole").root)

        assert {tile.label: tile.value for tile in app.metric} == {
            "DAGs": "3",
            "Failing DAGs": "1",
            "Runs that succeeded": "95.2 %",
            "Causes of failure": "1",
            "Serious findings": "1",
        }

    def test_numbers_of_a_failed_section_are_not_known(self, reports, open_page):
        app = open_page(reports("failed").root)

        assert {tile.label: tile.value for tile in app.metric}["Causes of failure"] == "not known"
        assert "not the whole truth: the log analysis failed" in words(app)

    def test_failures_are_listed_behind_the_strip(self, reports, open_page):
        assert "broken.py: it cannot be read: Permission denied" in words(open_page(reports("partial").root))

    def test_newer_report_is_offered_and_not_forced(self, tmp_path, open_page):
        sample.publish_sample(tmp_path, sample.whole())
        app = open_page(tmp_path)
        newer = sample.publish_sample(tmp_path, sample.empty(), sample.NOW.replace(year=2027), 2)
        st.cache_resource.clear()
        app.run()

        assert app.metric[0].value == "3"

        app.button[0].click().run()

        assert app.metric[0].value == "0"
        assert app.session_state["pinned_report"] == newer.report.report_id

    def test_url_opens_an_older_report(self, tmp_path, open_page):
        older = sample.publish_sample(tmp_path, sample.whole())
        sample.publish_sample(tmp_path, sample.empty(), sample.NOW.replace(year=2027), 2)

        app = open_page(tmp_path, report=older.report.report_id)

        assert app.metric[0].value == "3"

    def test_deleted_report_makes_room_for_the_newest(self, tmp_path, open_page):
        older = sample.publish_sample(tmp_path, sample.whole())
        app = open_page(tmp_path)
        sample.publish_sample(tmp_path, sample.empty(), sample.NOW.replace(year=2027), 2)
        older.final.unlink()
        st.cache_resource.clear()
        app.run()

        assert app.metric[0].value == "0"

    def test_changes_since_the_last_report_lead_to_their_lists(self, tmp_path, open_page):
        sample.publish_sample(tmp_path, sample.empty())
        sample.publish_sample(tmp_path, sample.whole(), sample.NOW.replace(year=2027), 2)

        app = open_page(tmp_path)

        assert any("3 new findings" in one.value for one in app.page_link)

    def test_what_was_fixed_is_named_by_the_report_before(self, tmp_path, open_page):
        sample.publish_sample(tmp_path, sample.whole())
        sample.publish_sample(tmp_path, sample.empty(), sample.NOW.replace(year=2027), 2)
        app = open_page(tmp_path)
        assert "4 fixed" in [box.label for box in app.expander]

        app.session_state["fixed"] = True
        app.run()

        assert "The database refuses connections (orders_etl)" in words(app)
        assert "DGA401 variable-at-top-level in orders_etl.py" in words(app)

    def test_deleted_report_before_costs_only_what_was_fixed(self, tmp_path, open_page):
        before = sample.publish_sample(tmp_path, sample.whole())
        sample.publish_sample(tmp_path, sample.empty(), sample.NOW.replace(year=2027), 2)
        before.final.unlink()
        app = open_page(tmp_path)
        app.session_state["fixed"] = True
        app.run()

        assert "What was fixed" in app.warning[-1].value
        assert app.metric[0].value == "0"


class TestDags:
    """The list."""

    def test_big_fleet_is_paged(self, reports, open_page):
        app = open_page(reports("many").root, "dags")

        assert crashed(app) == []
        assert len(app.dataframe[0].value) == 200
        assert "10,003 DAGs, page 1 of 51" in words(app)

    def test_url_filters(self, reports, open_page):
        app = open_page(reports("many").root, "dags", q="dag_0012", health="healthy")

        shown = app.dataframe[0].value
        assert set(shown["health"].map(lambda words: words[0])) == {"healthy"}
        assert all("dag_0012" in name for name in shown["dag_id"])

    def test_failed_run_in_window_is_a_filter_of_its_own(self, reports, open_page):
        app = open_page(reports("whole").root, "dags", failed="true")

        assert list(app.dataframe[0].value["dag_id"]) == ["orders_etl"]

    @pytest.mark.parametrize(
        ("key", "value"),
        [("health", "../../etc"), ("owner", "<script>"), ("page", "-7"), ("page", "x" * 999)],
    )
    def test_nonsense_in_the_url_is_ignored(self, reports, open_page, key, value):
        app = open_page(reports("whole").root, "dags", **{key: value})

        assert crashed(app) == []
        assert len(app.dataframe[0].value) == 3

    def test_nothing_found_says_why(self, reports, open_page):
        assert "None of the 3 DAGs matches" in words(open_page(reports("whole").root, "dags", q="zzz"))

    def test_choosing_a_dag_opens_it(self, reports, open_page):
        app = open_page(reports("whole").root, "dags")

        app.selectbox(key="open-dag").select("stock_sync").run()

        assert "Healthy: no failure" in words(app)


class TestDag:
    """One DAG."""

    def test_finding_stands_at_its_line(self, reports, open_page):
        app = open_page(reports("whole").root, "dag", id="orders_etl", tab="Code", line="4")

        source = code_of(app)
        line = source.index("BUCKET = Variable.get")
        assert line < source.index("DGA401") < source.index("with DAG(")
        assert "row found here" in source

    def test_closed_tabs_cost_nothing(self, reports, open_page):
        app = open_page(reports("whole").root, "dag", id="orders_etl")

        assert not app.dataframe
        assert not app.get("echarts_chart")

    def test_graph_is_drawn_where_the_report_placed_it(self, reports, open_page):
        app = open_page(reports("whole").root, "dag", id="stock_sync", tab="Graph")

        nodes = json.loads(app.get("echarts_chart")[0].spec)["series"][0]["data"]
        assert {node["id"]: node["value"][0] for node in nodes}["check"] == 2

    def test_unknown_dag_is_a_sentence(self, reports, open_page):
        app = open_page(reports("whole").root, "dag", id="../../../etc/passwd")

        assert crashed(app) == []
        assert "This report has no DAG" in app.warning[0].value

    def test_model_text_says_who_wrote_it(self, reports, open_page):
        assert "Worded by qwen3:4b" in words(open_page(reports("whole").root, "dag", id="orders_etl"))


class TestFailures:
    """The causes."""

    def test_cause_of_the_url_stands_alone(self, reports, open_page):
        app = open_page(reports("whole").root, "failures", cause="cause-db")

        assert "Show all causes" in app.button[0].label

    def test_filter_that_leaves_nothing_says_so(self, reports, open_page):
        app = open_page(reports("whole").root, "failures", category="memory resource")

        assert "None of the 1 cause matches" in words(app)

    def test_failed_analysis_is_no_absence_of_failures(self, reports, open_page):
        assert "It is not known whether there are" in words(open_page(reports("failed").root, "failures"))


class TestFindings:
    """The inbox."""

    def test_severity_of_the_url_filters(self, reports, open_page):
        app = open_page(reports("whole").root, "findings", finding_severity=["high", "critical"])

        assert list(app.dataframe[-1].value["rule"]) == ["DGA401"]

    def test_one_of_a_file_without_dag_is_shown_in_place(self, tmp_path, open_page):
        made = sample.whole()
        broken = sample.finding("DGA101", 1, Severity.CRITICAL, message="'(' was never closed")
        broken = broken.model_copy(update={"dag_id": None, "path": "broken.py", "fingerprint": "broken"})
        code = made.code.model_copy(update={"findings": (broken,)})
        sample.publish_sample(tmp_path, replace(made, code=code))
        app = open_page(tmp_path, "findings")

        app.selectbox(key="open-finding").select_index(0).run()

        assert "broken.py:1" in words(app)
        assert "was never closed" in words(app)

    def test_opening_one_leads_to_its_line(self, reports, open_page):
        app = open_page(reports("whole").root, "findings")

        app.selectbox(key="open-finding").select_index(0).run()

        assert "row found here" in code_of(app)
