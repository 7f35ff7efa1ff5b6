"""The dashboard in a browser: the way of somebody who is on call."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import real
from tests.dashboard import sample

PICTURES = real.ROOT / "build" / "screenshots"
PAGES = {
    "overview": "/",
    "dags": "/dags",
    "dag-why": "/dag?id=orders_etl",
    "dag-code": "/dag?id=orders_etl&tab=Code&line=4",
    "dag-graph": "/dag?id=stock_sync&tab=Graph",
    "dag-runs": "/dag?id=orders_etl&tab=Runs",
    "failures": "/failures",
    "findings": "/findings",
    "trends": "/trends",
}


def test_overview_leads_to_the_line_of_a_finding(visitor):
    page = visitor.open("/")

    page.get_by_role("link", name="orders_etl").click()
    page.get_by_role("link", name="line 4").click()

    expect(page.locator(".dagaudit-code .here")).to_contain_text('BUCKET = Variable.get("bucket")')
    expect(page.locator(".dagaudit-code .here + .mark")).to_contain_text("DGA401")
    expect(page).to_have_url(re.compile(r"/dag\?.*id=orders_etl"))


def test_deep_link_opens_the_same_view_in_a_fresh_browser(visitor):
    page = visitor.open("/dag?id=orders_etl&tab=Code&line=7")

    expect(page.locator(".dagaudit-code .here")).to_contain_text("extract = BashOperator")
    expect(page.get_by_role("tab", name="Code")).to_have_attribute("aria-selected", "true")


def test_filter_stands_in_the_url_and_outlives_a_reload(visitor):
    page = visitor.open("/dags")

    page.get_by_text("Any failed run in the window").click()
    expect(page.get_by_text("1 of 3 DAGs match")).to_be_visible()
    expect(page).to_have_url(re.compile("failed=true"))
    page.reload()

    expect(page.get_by_text("1 of 3 DAGs match")).to_be_visible()


def test_tile_leads_to_the_list_behind_it(visitor):
    page = visitor.open("/")

    page.get_by_role("link", name="Failing DAGs").click()

    expect(page.get_by_text("1 of 3 DAGs match")).to_be_visible()


def test_dag_opens_from_the_list_by_keyboard(visitor):
    page = visitor.open("/dags")

    page.get_by_role("combobox", name=re.compile("Open a DAG")).press_sequentially("stock")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Healthy: no failure")).to_be_visible()


def test_back_returns_to_the_list(visitor):
    page = visitor.open("/dags?q=orders")
    page.get_by_role("combobox", name=re.compile("Open a DAG")).press_sequentially("orders")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Causes of failure")).to_be_visible()

    # Streamlit leaves an entry of its own between two pages whose URLs hold different keys.
    page.go_back()
    page.go_back()

    expect(page.get_by_text("1 of 3 DAGs match")).to_be_visible()


def test_cause_leads_to_its_evidence(visitor):
    page = visitor.open("/")

    page.get_by_role("link", name="The database refuses connections").click()

    expect(page.get_by_text("psycopg2.OperationalError: connection refused")).to_be_visible()
    expect(page.get_by_text("load.log:12")).to_be_visible()


@pytest.mark.parametrize("path", ["/failures", "/dag?id=orders_etl", "/dag?id=orders_etl&tab=Code"])
def test_hostile_text_is_shown_and_does_nothing(visitor, path):
    page = visitor.open(path)

    expect(page.get_by_text(sample.HOSTILE).first).to_be_visible()
    assert page.title().endswith(" · DagAudit")
    assert page.locator("img[src*=foreign], a[href*=foreign], .katex, main script").count() == 0


def test_hostile_title_of_a_cause_is_inert_as_a_link(open_browser, tmp_path):
    hostile = sample.replace(
        sample.whole(),
        logs=sample.whole().logs.model_copy(update={"causes": (sample.cause(sample.HOSTILE),)}),
    )
    with real.dashboard(sample.publish_sample(tmp_path, hostile).root) as site:
        page = open_browser(site).open("/")

        link = page.get_by_role("link", name="beacon")
        expect(link).to_contain_text("$x^2$ **bold**")
        assert page.title() == "Overview · DagAudit"
        assert page.locator("img[src*=foreign], a[href*=foreign], .katex, main script").count() == 0


def test_newer_report_of_the_night_is_offered(open_browser, tmp_path):
    sample.publish_sample(tmp_path, sample.whole())
    with real.dashboard(tmp_path) as site:
        page = open_browser(site).open("/")
        sample.publish_sample(tmp_path, sample.empty(), sample.NOW.replace(year=2027), 2)

        older = re.search(r"report (\d{8}T\d{6}Z-[0-9a-f]{8})", page.content())
        assert older

        page = open_browser(site).open(f"/?report={older[1]}")
        expect(page.get_by_text("1 of 3 DAGs failing")).to_be_visible()


def test_missing_report_says_how_to_make_one(open_browser, tmp_path):
    with real.dashboard(tmp_path / "nothing") as site:
        visitor = open_browser(site)
        visitor.page.goto(site)

        expect(visitor.page.get_by_text("dagaudit audit DAGS")).to_be_visible()


def test_static_page_of_the_very_report_is_one_click_away(visitor):
    page = visitor.open("/dags")

    with page.expect_popup() as opened:
        page.get_by_role("link", name="to print or send").click()

    expect(opened.value.get_by_text("orders_etl").first).to_be_visible()
    assert "report=2" in opened.value.url


@pytest.mark.parametrize("query", ["?report=20200101T000000Z-00000000", "?report=../../etc/passwd"])
def test_static_page_that_is_not_there_is_not_found_and_nothing_else_is(visitor, query):
    answer = visitor.page.request.get(f"{visitor.site}/report.html{query}")

    assert answer.status == (404 if "2020" in query else 200)
    assert "root:" not in answer.text()


def test_answers_forbid_what_other_hosts_offer(visitor):
    answer = visitor.page.request.get(visitor.site)

    assert "img-src 'self' data: blob:" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("width", real.WIDTHS)
@pytest.mark.parametrize("scheme", real.SCHEMES)
def test_pages_fit_the_screen(open_browser, site, scheme, width):
    visitor = open_browser(site, color_scheme=scheme, viewport={"width": width, "height": real.WIDTHS[width]})
    for name, path in PAGES.items():
        page = visitor.open(path)
        expect(page.get_by_test_id("stHtml").first).to_contain_text("report from")
        real.photograph(page, PICTURES / f"{name}-{scheme}-{width}.png", width)

        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.set_viewport_size({"width": width, "height": real.WIDTHS[width]})
