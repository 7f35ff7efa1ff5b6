"""From report to view model."""

from datetime import UTC, datetime, timedelta

import polars
import pytest

from dagaudit.dag_detail import DagDetail, Graph, GraphNode, SourcePart, SourceText
from dagaudit.finding import Failure, Severity
from dagaudit.report import Changes, DagRow, SinceLast, detail_path
from dagaudit.section import SectionStatus
from dagaudit.task_attempt import CauseState
from dashboard.data import FLEET_SCHEMA
from dashboard.views import dag_list, failures, graph, overview, sections, source
from dashboard.views.badges import HEALTH, OUTCOME, REPORT, SECTION, SEVERITY, STATE, Tone
from tests.dashboard import sample

NOW = sample.NOW + timedelta(hours=3)


def detail_of(made: sample.Sample, dag_id: str = "orders_etl") -> DagDetail:
    return DagDetail.model_validate_json((made.folder / detail_path(dag_id)).read_bytes())


@pytest.fixture
def whole(reports):
    return reports("whole")


@pytest.mark.parametrize("words", [HEALTH, SEVERITY, SECTION, REPORT, STATE, OUTCOME])
def test_every_state_has_a_word_of_its_own(words):
    kind = type(next(iter(words)))

    assert set(words) == set(kind)
    assert len({badge.word for badge in words.values()}) == len(words)


def calm(report):
    """A report of three DAGs with nothing wrong."""
    return report.model_copy(update={"totals": report.totals.model_copy(update={"dags": 3})})


class TestVerdict:
    """The sentence on top."""

    def test_names_what_is_wrong(self, whole):
        assert overview.verdict(whole.report).text == (
            "1 of 3 DAGs failing, 1 cause behind 2 failed attempts, 1 critical or high finding."
        )

    def test_all_clear_needs_every_section(self, reports):
        report = calm(reports("empty").report)

        assert overview.verdict(report).tone is Tone.NEUTRAL
        assert "Not looked at: drift" in overview.verdict(report).text

    def test_all_clear_where_every_section_is_ok(self, reports):
        report = calm(reports("empty").report)
        sections_ = {
            name: one.model_copy(update={"status": SectionStatus.OK}) for name, one in report.sections.items()
        }

        assert overview.verdict(report.model_copy(update={"sections": sections_})).text.startswith(
            "All clear"
        )

    @pytest.mark.parametrize("status", [SectionStatus.PARTIAL, SectionStatus.FAILED])
    @pytest.mark.parametrize("name", ["code", "logs", "stats", "drift"])
    def test_never_all_clear_where_a_section_is_not_whole(self, reports, name, status):
        report = calm(reports("empty").report)
        ok = {
            key: one.model_copy(update={"status": SectionStatus.OK}) for key, one in report.sections.items()
        }
        ok[name] = ok[name].model_copy(update={"status": status})

        verdict = overview.verdict(report.model_copy(update={"sections": ok}))

        assert verdict.tone is Tone.WARNING
        assert verdict.not_whole

    def test_no_dag_at_all_is_suspicious(self, reports):
        report = reports("empty").report
        audit = report.audit.model_copy(update={"dags_address": "s3://bucket/dgas"})

        verdict = overview.verdict(report.model_copy(update={"audit": audit}))

        assert verdict.tone is Tone.WARNING
        assert "No DAG was found in s3://bucket/dgas" in verdict.text

    def test_failure_of_the_merging_is_told(self, reports):
        report = reports("empty").report.model_copy(
            update={"failures": (Failure(part="report.sarif", message="KeyError"),)}
        )

        assert "1 part of the report could not be made" in overview.verdict(report).not_whole


class TestSections:
    """Fresh and complete."""

    def test_old_report_is_called_stale(self, whole):
        shown = sections.strip(whole.report, whole.report.report_id, sample.NOW + timedelta(hours=37))

        assert shown.stale

    def test_last_nights_report_is_not_stale(self, whole):
        assert sections.strip(whole.report, whole.report.report_id, NOW).stale is None

    @pytest.mark.parametrize(
        ("kind", "name", "words"),
        [
            ("empty", "code", "No findings: the source analysis found nothing to look at (0 files)."),
            ("empty", "drift", "No findings, because the drift check was left out: not asked for."),
            ("partial", "code", "partial (3 of 4 files)"),
            ("failed", "logs", "It is not known whether there are findings: the log analysis failed"),
        ],
    )
    def test_empty_list_says_why(self, reports, kind, name, words):
        assert words in sections.why_empty(reports(kind).report, name, "findings")

    def test_section_that_an_older_report_lacks_was_not_looked_at(self, whole):
        report = whole.report.model_copy(update={"sections": {}})

        assert not sections.looked_at(report, "drift")


def test_score_shows_its_parts(whole):
    row = whole.report.attention[0]

    assert overview.score(row).startswith(f"{row.attention} = newest run failed 40 + ")


@pytest.mark.parametrize(
    ("new", "words"),
    [(0, "Nothing new. Compared with the report of 1 day ago."), (2, "Compared with the report of")],
)
def test_what_changed_is_told_against_when(whole, new, words):
    since = SinceLast(previous="20261120T000000Z-00000000", findings=Changes(new=new))
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    page = overview.overview(whole.report.model_copy(update={"since_last": since}), now)

    assert page.since.startswith(words)
    assert [change.text for change in page.changes] == (["2 new findings"] if new else [])


def test_cause_names_three_dags_and_counts_the_rest():
    cause = sample.cause().model_copy(update={"dags": tuple("abcde"), "dags_total": 60})

    assert "a, b, c and 57 more DAGs" in overview.cause_line(cause, NOW).facts


class TestDagList:
    """Filtering and paging."""

    @pytest.fixture
    def fleet(self):
        rows = [
            DagRow(
                dag_id="orders",
                owner="a",
                tags=("x", "y"),
                health="failing",
                attention=9,
                high=1,
                failed_runs=1,
            ),
            DagRow(dag_id="prices", owner=None, tags=("y",), attention=9, path="sub/prices.py"),
            DagRow(dag_id="=cmd", owner="b", attention=50, failed_runs=0),
        ]
        return polars.DataFrame([row.model_dump() for row in rows], schema=FLEET_SCHEMA)

    @pytest.mark.parametrize(
        ("wanted", "ids"),
        [
            (dag_list.Filters(), ["=cmd", "orders", "prices"]),
            (dag_list.Filters(search="ORD"), ["orders"]),
            (dag_list.Filters(search="sub prices"), ["prices"]),
            (dag_list.Filters(search="o(r"), []),
            (dag_list.Filters(owners=(dag_list.NO_OWNER,)), ["prices"]),
            (dag_list.Filters(owners=("a", "b")), ["=cmd", "orders"]),
            (dag_list.Filters(tags=("y",)), ["orders", "prices"]),
            (dag_list.Filters(health=("failing",)), ["orders"]),
            (dag_list.Filters(severities=("critical", "high")), ["orders"]),
            (dag_list.Filters(failed_in_window=True), ["orders"]),
            (dag_list.Filters(tags=("y",), health=("unknown",)), ["prices"]),
        ],
    )  # fmt: skip
    def test_filters(self, fleet, wanted, ids):
        assert dag_list.filtered(fleet, wanted).get_column("dag_id").to_list() == ids

    def test_choices_are_what_the_fleet_has(self, fleet):
        choices = dag_list.choices(fleet)

        assert choices.owners == (dag_list.NO_OWNER, "a", "b")
        assert choices.tags == ("x", "y")

    def test_csv_runs_nothing_in_a_spreadsheet(self, fleet):
        assert b"\n'=cmd," in dag_list.csv(dag_list.filtered(fleet, dag_list.Filters()))

    def test_csv_has_every_row_and_the_parts_of_the_score(self):
        row = DagRow(
            dag_id="a", attention=5, attention_parts=({"name": "late", "points": 5},), run_history=(0, 2)
        )
        frame = polars.DataFrame([row.model_dump()] * 300, schema=FLEET_SCHEMA)

        lines = dag_list.csv(frame).decode().splitlines()

        assert len(lines) == 301
        assert "late 5" in lines[1]
        assert "0 2" in lines[1]

    @pytest.mark.parametrize(("page", "first"), [(-3, 0), (1, 0), (2, 200), (99, 400)])
    def test_page_that_is_not_there_is_the_nearest(self, page, first):
        frame = polars.DataFrame(
            [DagRow(dag_id=f"{number:03}").model_dump() for number in range(450)], schema=FLEET_SCHEMA
        )

        assert dag_list.page_rows(frame, page).get_column("dag_id")[0] == f"{first:03}"

    def test_empty_fleet_is_not_blamed_on_filters(self, reports):
        words = dag_list.why_empty(reports("empty").report, dag_list.Filters(search="x"), 0)

        assert "found nothing to look at" in words


class TestSource:
    """Findings at their lines."""

    def test_finding_stands_under_its_line(self, whole):
        rows = source.code(detail_of(whole)).rows

        marked = {row.number: [mark.rule for mark in row.marks] for row in rows if row.marks}
        assert marked == {4: ["DGA401"], 7: ["DGA301"]}

    def test_line_of_the_url_is_pointed_at(self, whole):
        rows = source.code(detail_of(whole), 7).rows

        assert [row.number for row in rows if row.pointed_at] == [7]

    def test_lines_that_were_not_kept_leave_a_gap(self, whole):
        detail = detail_of(whole).model_copy(
            update={
                "source": SourceText(
                    path="orders_etl.py", total_lines=100, parts=(SourcePart(first_line=4, text="a\nb"),)
                )
            }
        )

        code = source.code(detail)

        assert code.rows[0] == source.Gap("3 lines not kept in the report")
        assert "keeps 2 of 100 lines" in code.note

    def test_form_feed_and_separator_do_not_move_lines(self, whole):
        text = "a\x0cb\u2028c\x85d\r\nsecond"
        detail = detail_of(whole).model_copy(
            update={
                "source": SourceText(
                    path="orders_etl.py", total_lines=2, parts=(SourcePart(first_line=1, text=text),)
                )
            }
        )

        assert [row.text for row in source.code(detail).rows] == ["a\x0cb\u2028c\x85d", "second"]

    def test_only_lines_around_findings(self, whole):
        text = "\n".join(f"line {number}" for number in range(1, 101))
        detail = detail_of(whole).model_copy(
            update={
                "source": SourceText(
                    path="orders_etl.py", total_lines=100, parts=(SourcePart(first_line=1, text=text),)
                )
            }
        )

        code = source.code(detail, only_findings=True)

        assert code.rows[-1] == source.Gap("81 lines without findings")
        assert code.note is None

    def test_report_without_source_quotes_the_findings(self, whole):
        code = source.code(detail_of(whole).model_copy(update={"source": None}))

        assert [row.number for row in code.rows if isinstance(row, source.CodeLine)] == [4, 7]
        assert "does not hold the source" in code.note

    def test_finding_of_another_file_is_named_apart(self, whole):
        detail = detail_of(whole)
        other = sample.finding("DGA900", 1, Severity.LOW).model_copy(update={"path": "common/regions.py"})
        detail = detail.model_copy(update={"findings": (*detail.findings, other)})

        assert source.code(detail).elsewhere == (other,)

    def test_nothing_to_show_is_none(self, reports):
        assert source.code(detail_of(reports("whole"), "wide_dag")) is None


class TestGraph:
    """The picture."""

    def test_small_dag_is_drawn_whole(self, whole):
        picture = graph.picture(detail_of(whole, "stock_sync").graph)

        assert len(picture.shown) == len(picture.option["series"][0]["data"]) == 7
        assert picture.note is None

    def test_large_dag_is_drawn_around_its_worst_task(self, whole):
        large = detail_of(whole, "wide_dag").graph
        nodes = list(large.nodes)
        nodes[200] = nodes[200].model_copy(update={"state": "failed"})

        picture = graph.picture(large.model_copy(update={"nodes": tuple(nodes)}))

        assert nodes[200].task_id in picture.shown
        assert len(picture.shown) == 5
        assert nodes[200].task_id in picture.note

    def test_chosen_task_is_the_middle(self, whole):
        assert "step_100" in graph.picture(detail_of(whole, "wide_dag").graph, "step_100").shown

    def test_unknown_task_of_the_url_changes_nothing(self, whole):
        large = detail_of(whole, "wide_dag").graph

        assert graph.picture(large, "nope") == graph.picture(large)

    def test_star_of_a_thousand_is_drawn_in_part(self):
        nodes = tuple(
            GraphNode(task_id=f"t{number}", operator=0, x=int(number > 0), y=number)
            for number in range(1_000)
        )
        star = Graph(operators=("A",), nodes=nodes, edges=tuple((0, number) for number in range(1, 1_000)))

        assert len(graph.picture(star).shown) == graph.MAX_NEAR

    def test_edges_point_at_what_is_drawn(self, whole):
        series = graph.picture(detail_of(whole, "wide_dag").graph, "step_100").option["series"][0]

        assert all(max(link.values()) < len(series["data"]) for link in series["links"])
        assert len(series["links"]) == len(series["data"]) - 1

    def test_every_task_is_in_the_list_beside_it_worst_first(self, whole):
        tasks = graph.picture(detail_of(whole).graph).tasks

        assert [(task.task_id, task.state) for task in tasks] == [("load", "failed"), ("extract", "ok")]

    def test_label_cannot_steer_the_template(self):
        nodes = (GraphNode(task_id="{b|x}", operator=5, x=0, y=0),)

        picture = graph.picture(Graph(operators=(), nodes=nodes))

        assert picture.option["series"][0]["data"][0]["label"]["formatter"] == "(b/x)"


class TestFailures:
    """The causes."""

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (failures.Wanted(), 1),
            (failures.Wanted(states=("new",)), 1),
            (failures.Wanted(states=("ongoing",)), 0),
            (failures.Wanted(owners=("upstream",)), 1),
            (failures.Wanted(owners=("platform",)), 0),
            (failures.Wanted(categories=("upstream_service",)), 1),
            (failures.Wanted(categories=("code",), states=("new",)), 0),
        ],
    )
    def test_filters(self, wanted, found):
        cause = sample.cause().model_copy(update={"state": CauseState.NEW})

        assert len(failures.wanted_causes([cause], wanted)) == found

    def test_state_filter_on_a_first_report_says_why_it_is_empty(self, whole):
        words = failures.why_empty(whole.report, failures.Wanted(states=("new",)), 1)

        assert "nothing to compare with: this is the first report" in words

    def test_cut_names_are_counted(self, whole):
        cause = replace_dags(sample.cause(), 3, 70)

        card = failures.card(cause, whole.report, NOW)

        assert (len(card.dags), card.dags_more) == (3, 67)

    def test_wording_of_a_model_is_labelled(self, whole):
        assert "qwen3:4b" in failures.card(sample.cause(), whole.report, NOW).explained_by


def replace_dags(cause, shown, total):
    return cause.model_copy(
        update={"dags": tuple(f"d{number}" for number in range(shown)), "dags_total": total}
    )
